//! A Redis server for one test, on a free port and in its own folder.

// Each test binary uses only a part of it.
#![allow(dead_code)]

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use redis::{Connection, FromRedisValue};

/// Arguments for a server that must keep what it has acknowledged when it is killed. Without them it may still have
/// writes to do while the disk is busy.
pub(crate) const DURABLE: [&str; 2] = ["--appendfsync", "always"];

/// A running server; dropping it kills the process.
pub(crate) struct Server {
    child: Option<Child>,
    folder: PathBuf,
    port: u16,
    port_word: String,
    arguments: Vec<String>,
}

impl Server {
    /// Starts a server; prints a line and returns `None` if `redis-server` is not installed.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("eventwire-redis-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        // The port is free now. If another program takes it first, the start fails with a message.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut server = Server { child: None, folder, port, port_word: port.to_string(), arguments };
        if !server.spawn() {
            assert!(std::env::var_os("EVENTWIRE_NEEDS_REDIS").is_none(), "redis-server is not installed");
            eprintln!("skipped: redis-server is not installed");
            return None;
        }
        Some(server)
    }

    fn spawn(&mut self) -> bool {
        let program = std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".into());
        let child = Command::new(program)
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--dir"])
            .arg(&self.folder)
            .args(["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"])
            .args(&self.arguments)
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = child else { return false };
        self.child = Some(child);
        let began = Instant::now();
        while TcpStream::connect(self.address()).is_err() || self.try_ask::<String>(&["PING"]).is_none() {
            assert!(began.elapsed() < Duration::from_secs(20), "redis-server did not answer within 20 s");
            sleep(Duration::from_millis(5));
        }
        true
    }

    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// The port, as an argument of a command.
    pub(crate) fn port(&self) -> &str {
        &self.port_word
    }

    /// The cluster bus port, which must be the last argument passed to `start`.
    pub(crate) fn bus(&self) -> &str {
        self.arguments.last().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        url_of(self.address())
    }

    /// Kills the server with SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Restarts the server with its data.
    pub(crate) fn restart(&mut self) {
        assert!(self.child.is_none() && self.spawn());
    }

    /// Restarts the server without its data.
    pub(crate) fn restart_empty(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
        fs::create_dir_all(&self.folder).unwrap();
        self.restart();
    }

    /// Copies the data written so far, for `restore`.
    pub(crate) fn save_aside(&self) -> PathBuf {
        let aside = self.folder.with_extension("aside");
        copy(&self.folder, &aside);
        aside
    }

    /// Puts back the data that `save_aside` copied.
    pub(crate) fn restore(&self, aside: &Path) {
        fs::remove_dir_all(&self.folder).unwrap();
        fs::rename(aside, &self.folder).unwrap();
    }

    /// Sends SIGSTOP: the connections stay open, but nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    fn connection(&self) -> Option<Connection> {
        redis::Client::open(self.url()).ok()?.get_connection_with_timeout(Duration::from_secs(5)).ok()
    }

    fn try_ask<T: FromRedisValue>(&self, words: &[&str]) -> Option<T> {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query(&mut self.connection()?).ok()
    }

    /// Runs a command.
    #[track_caller]
    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = self.connection().expect("a connection");
        redis::cmd(words[0]).arg(&words[1..]).query(&mut connection).expect("a reply")
    }

    /// Runs commands in one step.
    pub(crate) fn at_once(&self, commands: &[Vec<String>]) {
        let mut pipe = redis::pipe();
        pipe.atomic();
        for words in commands {
            pipe.cmd(&words[0]).arg(&words[1..]).ignore();
        }
        pipe.query::<()>(&mut self.connection().expect("a connection")).expect("replies");
    }
}

pub(crate) fn url_of(address: SocketAddr) -> String {
    format!("redis://{address}/")
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            // A frozen one is killed all the same.
            self.kill();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
