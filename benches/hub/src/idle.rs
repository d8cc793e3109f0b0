//! Idle streams: the memory of the server for each.

use std::thread;
use std::time::Duration;

use crate::clients::Clients;
use crate::peers::{Peer, Programs};
use crate::server::Server;
use crate::table::{shown, Goal};
use crate::{twice, Size};

pub struct Idle {
    rows: Vec<(Peer, Vec<f64>)>,
    clients: usize,
}

impl Idle {
    pub fn new(programs: &Programs, size: &Size) -> Self {
        let peers = programs.peers().into_iter().filter(|peer| *peer != Peer::Epoll);
        let clients = if size.is_quick { 500 } else { 10_000 }.min(size.most - FIRST);
        Idle { rows: peers.map(|peer| (peer, Vec::new())).collect(), clients }
    }

    pub fn run(&mut self, programs: &Programs) -> Result<(), String> {
        for (peer, row) in &mut self.rows {
            row.push(twice(peer.name(), || memory(&programs.start(*peer)?, self.clients))? / 1024.0);
        }
        Ok(())
    }

    pub fn print(&self) {
        println!("\n## {} idle streams: memory of each\n", self.clients);
        println!("Memory that the server's process has written to (`RssAnon`), in KiB per stream. The memory of the kernel for");
        println!("a socket is the same for all, and comes on top.\n");
        println!("| | KiB |");
        println!("|---|--:|");
        for (peer, row) in &self.rows {
            println!("| {} | {} |", peer.name(), shown(row, 1));
        }
    }

    pub fn goals(&self, goals: &mut Vec<Goal>) {
        let lean = self.rows.iter().find(|row| row.0 == Peer::HubHyper).map(|row| row.1.clone());
        goals
            .push(Goal::new("idle stream, lean example, KiB", 12.0, lean.unwrap_or_default()).with_digits(1));
    }
}

/// Bytes per stream.
fn memory(server: &Server, count: usize) -> Result<f64, String> {
    let mut clients = Clients::new();
    let mut connect = |count| {
        clients.connect(server.address, count)?;
        // Wait until the last stream is idle.
        thread::sleep(Duration::from_millis(300));
        Ok::<_, String>(server.memory())
    };
    // What is allocated once, for the first clients, is not counted.
    let before = connect(FIRST)?;
    Ok((connect(count)? - before) / count as f64)
}

const FIRST: usize = 100;
