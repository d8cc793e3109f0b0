//! The hub over Redis, in two processes: one publishes, the other has the clients.

use std::thread;
use std::time::Duration;

use crate::clients::{resume, Clients};
use crate::redis_server;
use crate::server::Server;
use crate::table::{quantile, ratios, shown, Goal};
use crate::Size;

const BYTES: usize = 200;

/// Entries that a client has missed.
const MISSED: usize = 1_000;

#[derive(Default)]
struct Waits {
    middle: Vec<f64>,
    late: Vec<f64>,
}

#[derive(Default)]
pub struct OverRedis {
    /// At 1 client and at many, in one process and over Redis.
    here: [Waits; 2],
    there: [Waits; 2],
    ring: Waits,
    pages: Waits,
    clients: usize,
    rounds: usize,
    resumes: usize,
}

impl OverRedis {
    pub fn new(size: &Size) -> Self {
        let clients = if size.is_quick { 200 } else { 1_000 }.min(size.most);
        let (rounds, resumes) = if size.is_quick { (20, 10) } else { (60, 40) };
        OverRedis { clients, rounds, resumes, ..OverRedis::default() }
    }

    /// `None` without a Redis server.
    pub fn run(&mut self) -> Option<Result<(), String>> {
        let redis = redis_server::Server::start(&[])?;
        Some(self.run_with(&redis.url()))
    }

    fn run_with(&mut self, url: &str) -> Result<(), String> {
        for (at, count) in [1, self.clients].into_iter().enumerate() {
            let mut server = Server::ours(&["hub-hyper"])?;
            self.here[at].add(&waits(&mut server, None, count, self.rounds)?);
            let mut publisher = Server::ours(&["publisher", url])?;
            let mut server = Server::ours(&["hub-redis", url, "4096"])?;
            self.there[at].add(&waits(&mut server, Some(&mut publisher), count, self.rounds)?);
        }
        let mut publisher = Server::ours(&["publisher", url])?;
        // This process follows along, and has all entries in its history.
        let ring = Server::ours(&["hub-redis", url, "4096"])?;
        publisher.publish(1, BYTES)?;
        let seen = publisher.line()?;
        publisher.publish(MISSED, BYTES)?;
        for _ in 0..MISSED {
            publisher.line()?;
        }
        // This process starts when all entries exist, so its history is empty.
        let pages = Server::ours(&["hub-redis", url, "4096"])?;
        thread::sleep(Duration::from_millis(100));
        for (server, waits) in [(&ring, &mut self.ring), (&pages, &mut self.pages)] {
            let mut times = Vec::new();
            for _ in 0..self.resumes {
                times.push(resume(server.address, &seen, MISSED)?.as_secs_f64() * 1000.0);
                thread::sleep(Duration::from_millis(5));
            }
            waits.add(&times);
        }
        Ok(())
    }

    pub fn print(&self) {
        println!("\n## Over Redis: time from the command to publish until a client has the event, ms\n");
        println!("Two processes, one that publishes and one with the clients; for comparison, one process with both and without Redis.");
        println!("Single events of {BYTES} bytes, {} of each.\n", self.rounds);
        println!("| | 1 client: p50 | p99 | {} clients: p50 | p99 |", self.clients);
        println!("|---|--:|--:|--:|--:|");
        for (name, rows) in [("one process", &self.here), ("over Redis", &self.there)] {
            let [one, many] = rows;
            let cells = [&one.middle, &one.late, &many.middle, &many.late].map(|values| shown(values, 2));
            println!("| {name} | {} |", cells.join(" | "));
        }
        println!("\nA client that has missed {MISSED} entries, from connecting until it has them, ms:\n");
        println!("| | p50 | p99 |");
        println!("|---|--:|--:|");
        for (name, row) in [("from the ring", &self.ring), ("from Redis", &self.pages)] {
            println!("| {name} | {} | {} |", shown(&row.middle, 2), shown(&row.late, 2));
        }
    }

    pub fn goals(&self, goals: &mut Vec<Goal>) {
        goals.push(Goal::new("over Redis, 1 client, p50, ms", 1.5, self.there[0].middle.clone()));
        let ratio = ratios(&self.there[1].middle, &self.here[1].middle);
        goals.push(Goal::new(
            format!("over Redis, {} clients, p50 of one process", self.clients),
            1.3,
            ratio,
        ));
        goals.push(Goal::new("1,000 missed entries from the ring, p50, ms", 2.0, self.ring.middle.clone()));
        goals.push(Goal::new("1,000 missed entries from Redis, p50, ms", 10.0, self.pages.middle.clone()));
        goals.push(Goal::new("1,000 missed entries from Redis, p99, ms", 10.0, self.pages.late.clone()));
    }
}

impl Waits {
    fn add(&mut self, times: &[f64]) {
        self.middle.push(quantile(times, 500));
        self.late.push(quantile(times, 990));
    }
}

/// Per client and event, in ms.
fn waits(
    server: &mut Server,
    mut publisher: Option<&mut Server>,
    count: usize,
    rounds: usize,
) -> Result<Vec<f64>, String> {
    let mut clients = Clients::new();
    clients.connect(server.address, count)?;
    let mut waits = Vec::new();
    for round in 0..rounds + WARM_UP {
        // Twenty a second, so that each meets an idle server.
        thread::sleep(Duration::from_millis(if count == 1 { 5 } else { 20 }));
        let publisher = publisher.as_deref_mut();
        let times = match publisher {
            Some(publisher) => {
                let times = clients.round(publisher, 1, BYTES)?;
                publisher.line()?;
                times
            }
            None => clients.round(server, 1, BYTES)?,
        };
        if round >= WARM_UP {
            waits.extend(times.iter().map(|time| time.as_secs_f64() * 1000.0));
        }
    }
    clients.examine()?;
    Ok(waits)
}

const WARM_UP: usize = 5;
