//! The service, run as a child process.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::built::example;
use crate::message::{Message, PATIENCE};

/// A running service; dropping it kills the process.
pub(crate) struct Service {
    child: Child,
    // Kept open so that the service can print more.
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Service {
    pub(crate) fn start() -> Self {
        Service::with(&["0"])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut child = program().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("contract_service listens on http://");
        let address = address.unwrap_or_else(|| panic!("expected an address, got {line:?}")).parse().unwrap();
        Service { child, _out: out, address }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Message {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        connection.write_all((head + body).as_bytes()).unwrap();
        Message::read(&mut BufReader::new(connection)).unwrap()
    }

    /// Opens a stream and returns its path.
    pub(crate) fn open(&self, parameters: &Value) -> String {
        let response = self.ask("POST", "/", &parameters.to_string());
        assert_eq!(response.status(), 201, "{}", response.text());
        response.header("location").unwrap().to_owned()
    }

    /// Waits until the process exits by itself.
    pub(crate) fn ends(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program() -> Command {
    Command::new(example("contract_service"))
}
