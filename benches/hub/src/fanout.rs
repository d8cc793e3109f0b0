//! The cost of a delivery to the whole server, with a thousand clients: one event per wake-up, bursts of 10 and of 100.

use crate::clients::Clients;
use crate::peers::{Peer, Programs};
use crate::server::Server;
use crate::table::{quantile, ratios, shown, Goal};
use crate::{twice, Size};

/// The size of a burst, and the number of bursts.
const ROWS: [(usize, usize); 3] = [(1, 50), (10, 20), (100, 4)];

/// 100 bytes: a small JSON event.
const BYTES: usize = 100;

#[derive(Default)]
struct Row {
    /// Microseconds of a delivery, for each of the rows.
    times: [Vec<f64>; 3],
    /// Milliseconds from the command to publish until a client has the event, for single events.
    middle: Vec<f64>,
    late: Vec<f64>,
}

pub struct Fanout {
    rows: Vec<(Peer, Row)>,
    clients: usize,
}

impl Fanout {
    pub fn new(programs: &Programs, size: &Size) -> Self {
        let clients = if size.is_quick { 200 } else { 1_000 }.min(size.most);
        Fanout { rows: programs.peers().into_iter().map(|peer| (peer, Row::default())).collect(), clients }
    }

    /// Each peer once.
    pub fn run(&mut self, programs: &Programs, size: &Size) -> Result<(), String> {
        for (peer, row) in &mut self.rows {
            let run = twice(peer.name(), || Row::of(programs.start(*peer)?, self.clients, size))?;
            for (times, run) in row.times.iter_mut().zip(run.times) {
                times.extend(run);
            }
            row.middle.extend(run.middle);
            row.late.extend(run.late);
        }
        Ok(())
    }

    pub fn print(&self) {
        println!("\n## {} clients: the cost of a delivery to the whole server\n", self.clients);
        println!("Processor time of the server, including the kernel, per client for an event of {BYTES} bytes, in us;");
        println!("the next one is published when all clients have the last. In parentheses, the range.\n");
        println!(
            "| | one event | ratio to the limit | burst of 10 | burst of 100 | one event: p50, ms | p99, ms |"
        );
        println!("|---|--:|--:|--:|--:|--:|--:|");
        let limit = &self.rows[0].1.times[0];
        for (peer, row) in &self.rows {
            println!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                peer.name(),
                shown(&row.times[0], 1),
                shown(&ratios(&row.times[0], limit), 2),
                shown(&row.times[1], 2),
                shown(&row.times[2], 2),
                shown(&row.middle, 1),
                shown(&row.late, 1),
            );
        }
    }

    pub fn goals(&self, goals: &mut Vec<Goal>) {
        let times = |peer: Peer, at: usize| {
            let row = self.rows.iter().find(|row| row.0 == peer);
            row.map_or(&[][..], |(_, row)| &row.times[at][..])
        };
        let mut goal = |what: &str, at_most: f64, at: usize, peer: Peer| {
            goals.push(Goal::new(what, at_most, ratios(times(Peer::HubHyper, at), times(peer, at))));
        };
        goal("one event, hub over hyper, of the limit", 1.5, 0, Peer::Epoll);
        goal("bursts of 10, hub over hyper, of axum's `Sse`", 0.6, 1, Peer::AxumSse);
        goal("bursts of 10, hub over hyper, of Go", 0.22, 1, Peer::Go);
        goal("bursts of 10, hub over hyper, of better-sse", 0.11, 1, Peer::BetterSse);
        goal("bursts of 100, hub over hyper, of axum's `Sse`", 0.4, 2, Peer::AxumSse);
        let axum = |at| ratios(times(Peer::HubAxum, at), times(Peer::AxumSse, at));
        goals.push(Goal::new("bursts of 10, hub over axum, of axum's `Sse`", 0.6, axum(1)));
        goals.push(Goal::new("bursts of 100, hub over axum, of axum's `Sse`", 0.4, axum(2)));
    }
}

impl Row {
    /// A run of a server.
    fn of(mut server: Server, count: usize, size: &Size) -> Result<Self, String> {
        let mut row = Row::default();
        let mut clients = Clients::new();
        clients.connect(server.address, count)?;
        for _ in 0..5 {
            clients.round(&mut server, 1, BYTES)?;
        }
        for ((events, rounds), times) in ROWS.into_iter().zip(&mut row.times) {
            let rounds = if size.is_quick { rounds.div_ceil(4) } else { rounds };
            clients.round(&mut server, events, BYTES)?;
            let (before, mut waits) = (server.processor_time(), Vec::new());
            for _ in 0..rounds {
                waits.extend(clients.round(&mut server, events, BYTES)?);
            }
            let took = server.processor_time() - before;
            times.push(took / (rounds * events * clients.len()) as f64);
            if events == 1 {
                let waits: Vec<_> = waits.iter().map(|wait| wait.as_secs_f64() * 1000.0).collect();
                row.middle.push(quantile(&waits, 500));
                row.late.push(quantile(&waits, 990));
            }
        }
        clients.examine()?;
        Ok(row)
    }
}
