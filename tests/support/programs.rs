//! Runs the examples as child processes.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub(crate) use self::built::example;

#[path = "built.rs"]
mod built;

/// A running server; dropping it kills the process.
pub(crate) struct Program {
    child: Child,
    // Kept open so that the server can print more.
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

pub(crate) fn petstore(arguments: &[&str]) -> Program {
    petstore_at("127.0.0.1:0", arguments)
}

pub(crate) fn petstore_at(listen: &str, arguments: &[&str]) -> Program {
    Program::start("petstore", listen, arguments)
}

pub(crate) fn proxy(upstream: SocketAddr, arguments: &[&str]) -> Program {
    proxy_at("127.0.0.1:0", upstream, arguments)
}

pub(crate) fn proxy_at(listen: &str, upstream: SocketAddr, arguments: &[&str]) -> Program {
    Program::start("proxy", listen, &[&[&*format!("http://{upstream}")], arguments].concat())
}

impl Program {
    fn start(name: &str, listen: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(example(name))
            .args(["--listen", listen])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
        let address = address.unwrap_or_else(|| panic!("{name} said {line:?}")).parse().unwrap();
        Program { child, _out: out, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGINT, as Ctrl-C does, and waits until the process exits.
    pub(crate) fn interrupt(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let killed = Command::new("kill").args(["-INT", &self.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = self.child.wait().unwrap();
        (status, began.elapsed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
