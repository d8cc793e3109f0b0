//! The peers, and which of them this machine has.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::Server;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    Epoll,
    HubHyper,
    HubAxum,
    AxumSse,
    Go,
    BetterSse,
}

pub const ALL: [Peer; 6] =
    [Peer::Epoll, Peer::HubHyper, Peer::HubAxum, Peer::AxumSse, Peer::Go, Peer::BetterSse];

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Peer::Epoll => "the limit: one thread, epoll, the same bytes",
            Peer::HubHyper => "**hub, hyper alone** (`examples/lean`)",
            Peer::HubAxum => "**hub, axum**",
            Peer::AxumSse => "axum 0.8.9 `Sse`, tokio `broadcast`",
            Peer::Go => "Go `net/http`, a channel a client",
            Peer::BetterSse => "better-sse 0.16.1, Node's `http`",
        }
    }
}

/// Other programs, or why they are missing.
pub struct Programs {
    go: Result<PathBuf, String>,
    better_sse: Result<PathBuf, String>,
}

impl Programs {
    /// Builds and installs what is missing, in the folder of this program.
    pub fn bring() -> Self {
        let folder = env::current_exe().ok().and_then(|program| Some(program.parent()?.join("peers")));
        let folder = folder.unwrap_or_else(|| PathBuf::from("target/peers"));
        Programs { go: bring_go(&folder), better_sse: bring_better_sse(&folder) }
    }

    pub fn skipped(&self) -> Vec<(Peer, &str)> {
        let programs = [(Peer::Go, &self.go), (Peer::BetterSse, &self.better_sse)];
        programs
            .into_iter()
            .filter_map(|(peer, program)| Some((peer, program.as_ref().err()?.as_str())))
            .collect()
    }

    pub fn peers(&self) -> Vec<Peer> {
        let skipped: Vec<_> = self.skipped().into_iter().map(|(peer, _)| peer).collect();
        ALL.into_iter().filter(|peer| !skipped.contains(peer)).collect()
    }

    pub fn start(&self, peer: Peer) -> Result<Server, String> {
        match peer {
            Peer::Epoll => Server::ours(&["epoll"]),
            Peer::HubHyper => Server::ours(&["hub-hyper"]),
            Peer::HubAxum => Server::ours(&["hub-axum"]),
            Peer::AxumSse => Server::ours(&["axum-sse"]),
            Peer::Go => Server::start(&mut Command::new(self.go.as_ref()?)),
            Peer::BetterSse => {
                let script = source("better_sse.mjs");
                Server::start(Command::new("node").arg(script).arg(self.better_sse.as_ref()?))
            }
        }
    }
}

fn bring_go(folder: &Path) -> Result<PathBuf, String> {
    let program = folder.join("go_server");
    let mut build = Command::new("go");
    // Uses only the standard library, so nothing is fetched.
    build.arg("build").arg("-o").arg(&program).arg(source("main.go")).env("GOPROXY", "off");
    run_within(&mut build, Duration::from_secs(120)).map_err(|why| format!("`go build`: {why}"))?;
    Ok(program)
}

fn bring_better_sse(folder: &Path) -> Result<PathBuf, String> {
    run_within(Command::new("node").arg("--version"), Duration::from_secs(10))
        .map_err(|why| format!("`node`: {why}"))?;
    let folder = folder.join("better-sse");
    let is_there = || {
        let manifest = fs::read_to_string(folder.join("node_modules/better-sse/package.json")).ok();
        manifest.is_some_and(|manifest| manifest.contains(r#""version": "0.16.1""#))
    };
    if !is_there() {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut install = Command::new("npm");
        install
            .args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg("better-sse@0.16.1");
        run_within(&mut install, Duration::from_secs(60)).map_err(|why| format!("`npm install`: {why}"))?;
    }
    if is_there() {
        Ok(folder)
    } else {
        Err("npm installed another version".to_owned())
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// Without a network, it may hang.
fn run_within(command: &mut Command, time: Duration) -> Result<(), String> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(status.to_string()),
            Ok(None) if began.elapsed() < time => thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("not ready after {} s", time.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}
