//! The cost of a hundred clients that never read, to the server and the others, and what they find when they read.

use crate::clients::{Clients, Slow, Told};
use crate::peers::{Peer, Programs};
use crate::server::Server;
use crate::table::{quantile, ratios, shown, Goal};
use crate::{twice, Size};

/// More than the kernel buffers for any of them.
const EVENTS: usize = 3_000;
const BYTES: usize = 2_000;

/// Clients that read while the slow ones fall behind.
const READERS: usize = 20;

#[derive(Default)]
struct Row {
    /// MB by which the process grows while the slow ones fall behind.
    growth: Vec<f64>,
    /// p99 of the others, in ms.
    with: Vec<f64>,
    without: Vec<f64>,
    told: Told,
}

pub struct SlowClients {
    rows: Vec<(Peer, Row)>,
    clients: usize,
    slow: usize,
    rounds: usize,
}

impl SlowClients {
    pub fn new(programs: &Programs, size: &Size) -> Self {
        // The bare loop does not handle slow clients; over axum the hub is the same as over hyper.
        let peers = [Peer::HubHyper, Peer::AxumSse, Peer::Go, Peer::BetterSse];
        let rows = programs.peers().into_iter().filter(|peer| peers.contains(peer));
        let (clients, slow) = if size.is_quick { (500, 20) } else { (9_900.min(size.most), 100) };
        let rounds = if size.is_quick { 2 } else { 6 };
        SlowClients { rows: rows.map(|peer| (peer, Row::default())).collect(), clients, slow, rounds }
    }

    pub fn run(&mut self, programs: &Programs) -> Result<(), String> {
        let (clients, slow, rounds) = (self.clients, self.slow, self.rounds);
        for (peer, row) in &mut self.rows {
            let run = twice(peer.name(), || Row::of(programs.start(*peer)?, clients, slow, rounds))?;
            row.growth.extend(run.growth);
            row.with.extend(run.with);
            row.without.extend(run.without);
            row.told = run.told;
        }
        Ok(())
    }

    pub fn print(&self) {
        println!("\n## {} clients, {} of them never reading\n", self.clients, self.slow);
        println!("Growth of the server's process while {EVENTS} events of {BYTES} bytes are published and {READERS} others read them;");
        println!("then p99 of all others for single events of 100 bytes, with the slow ones and without; and what the slow");
        println!("ones find when they read at last (of the last run).\n");
        println!("| | growth, MB | p99 with, ms | without, ms | ratio | what the slow ones find |");
        println!("|---|--:|--:|--:|--:|---|");
        for (peer, row) in &self.rows {
            println!(
                "| {} | {} | {} | {} | {} | {} |",
                peer.name(),
                shown(&row.growth, 1),
                shown(&row.with, 0),
                shown(&row.without, 0),
                shown(&ratios(&row.with, &row.without), 2),
                words(&row.told),
            );
        }
    }

    pub fn goals(&self, goals: &mut Vec<Goal>) {
        let row = |peer: Peer| self.rows.iter().find(|row| row.0 == peer).map(|row| &row.1);
        let Some(hub) = row(Peer::HubHyper) else { return };
        goals.push(Goal::new(
            "p99 of others, with slow ones of without",
            1.3,
            ratios(&hub.with, &hub.without),
        ));
        let better = row(Peer::BetterSse).map_or_else(Vec::new, |better| ratios(&hub.growth, &better.growth));
        goals.push(Goal::new("growth by slow ones, hub of better-sse", 0.01, better).with_digits(4));
        let untold =
            if hub.growth.is_empty() { vec![] } else { vec![(self.slow - hub.told.gap_reported) as f64] };
        goals.push(Goal::new("slow ones without a gap reported", 0.0, untold).with_digits(0));
    }
}

impl Row {
    /// A run of a server.
    fn of(mut server: Server, all: usize, slow_ones: usize, rounds: usize) -> Result<Self, String> {
        let mut row = Row::default();
        let mut clients = Clients::new();
        clients.connect(server.address, READERS)?;
        let slow = Slow::connect(server.address, slow_ones)?;
        for _ in 0..5 {
            clients.round(&mut server, 1, BYTES)?;
        }
        let before = server.memory();
        for _ in 0..EVENTS / 10 {
            clients.round(&mut server, 10, BYTES)?;
        }
        row.growth.push((server.memory() - before) / 1e6);
        // The rest connect, while the slow ones still read nothing.
        clients.connect(server.address, all - slow_ones - READERS)?;
        row.with.push(late(&mut clients, &mut server, rounds)?);
        row.told = slow.read(|| clients.round(&mut server, 1, 100).map(drop))?;
        // As many clients that read take their place.
        clients.connect(server.address, slow_ones)?;
        row.without.push(late(&mut clients, &mut server, rounds)?);
        clients.examine()?;
        Ok(row)
    }
}

fn late(clients: &mut Clients, server: &mut Server, rounds: usize) -> Result<f64, String> {
    for _ in 0..WARM_UP {
        clients.round(server, 1, 100)?;
    }
    let mut waits = Vec::new();
    for _ in 0..rounds {
        waits.extend(clients.round(server, 1, 100)?.iter().map(|wait| wait.as_secs_f64() * 1000.0));
    }
    Ok(quantile(&waits, 990))
}

fn words(told: &Told) -> String {
    let parts = [
        (told.gap_reported, "a reported gap"),
        (told.lost_in_silence, "a silent loss"),
        (told.nothing_lost, "everything"),
        (told.cut_off, "the end of the connection"),
    ];
    let parts: Vec<_> =
        parts.iter().filter(|part| part.0 > 0).map(|(count, what)| format!("{count}: {what}")).collect();
    parts.join(", ")
}

const WARM_UP: usize = 2;
