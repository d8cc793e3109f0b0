//! A server in a separate process: its commands, and the resources it uses.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program that prints its port.
    pub fn start(command: &mut Command) -> Result<Self, String> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("{command:?}: {error}"))?;
        let (input, output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut server = Server { child, input, output: BufReader::new(output), address };
        let port = server.line()?;
        server.address.set_port(port.parse().map_err(|_| format!("{command:?} said {port:?}"))?);
        Ok(server)
    }

    /// One of ours, in this program.
    pub fn ours(words: &[&str]) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        Server::start(Command::new(program).arg("--server").args(words))
    }

    pub fn publish(&mut self, count: usize, bytes: usize) -> Result<(), String> {
        self.input.write_all(format!("{count} {bytes}\n").as_bytes()).map_err(|error| error.to_string())
    }

    /// The next line of its output.
    pub fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(len) if len > 0 => Ok(line.trim_end().to_owned()),
            _ => Err("the server has ended".to_owned()),
        }
    }

    /// Processor time of all its threads, including that of the kernel on their behalf, in microseconds: as in
    /// `/proc/PID/stat`, but not in ticks of 10 ms.
    pub fn processor_time(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux");
        let times =
            threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
        times.filter_map(|time| time.split_whitespace().next()?.parse::<f64>().ok()).sum::<f64>() / 1000.0
    }

    /// Memory that it has written to, without files, in bytes.
    pub fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("Linux 4.5");
        line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") * 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
