//! The clients of a server: one thread and epoll for all of them.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::Timespec;
use rustix::net::{sockopt, AddressFamily, SocketType};

use crate::server::Server;

/// Clients that read all they get.
pub struct Clients {
    epoll: OwnedFd,
    clients: Vec<Client>,
    /// The number of events sent to each since it connected.
    sent: usize,
    /// All that the first client received, to check what is measured.
    kept: Vec<u8>,
    orders: Vec<(usize, usize)>,
    buffer: Vec<u8>,
}

struct Client {
    socket: TcpStream,
    seen: usize,
    has_head: bool,
}

impl Clients {
    pub fn new() -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("epoll");
        let buffer = vec![0; 256 * 1024];
        Clients { epoll, clients: Vec::new(), sent: 0, kept: Vec::new(), orders: Vec::new(), buffer }
    }

    /// Connects this many more, and waits for their heads: then each of them follows.
    pub fn connect(&mut self, address: SocketAddr, count: usize) -> Result<(), String> {
        let end = self.clients.len() + count;
        while self.clients.len() < end {
            // Fewer than any server's backlog.
            let first = self.clients.len();
            for at in first..end.min(first + 100) {
                let socket = ask(address, None, None).map_err(|error| format!("to connect: {error}"))?;
                socket.set_nonblocking(true).expect("a socket");
                let data = EventData::new_u64(at as u64);
                epoll::add(&self.epoll, &socket, data, EventFlags::IN).map_err(|error| error.to_string())?;
                self.clients.push(Client { socket, seen: self.sent, has_head: false });
            }
            let mut waiting = self.clients.len() - first;
            while waiting > 0 {
                waiting -= self.read_ready(|client, was_there| !was_there && client.has_head)?;
            }
        }
        Ok(())
    }

    /// Publishes this many events of this many bytes, waits until all clients have them, and returns how long each waited.
    pub fn round(
        &mut self,
        server: &mut Server,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<Duration>, String> {
        self.sent += count;
        self.orders.push((count, bytes));
        let (sent, mut waits) = (self.sent, Vec::with_capacity(self.clients.len()));
        let began = Instant::now();
        server.publish(count, bytes)?;
        while waits.len() < self.clients.len() {
            let mut has_more = false;
            let done = self.read_ready(|client, _| {
                has_more |= client.seen > sent;
                client.seen == sent
            })?;
            let waited = began.elapsed();
            waits.extend((0..done).map(|_| waited));
            if began.elapsed() > PATIENCE {
                // Heartbeats continue, but no event arrives.
                return Err(format!("{} of {} clients got all within 30 s", waits.len(), self.clients.len()));
            }
            if has_more {
                return Err("a client got more events than were published".to_owned());
            }
        }
        Ok(waits)
    }

    pub fn len(&self) -> usize {
        self.clients.len()
    }

    /// Reads what is ready; returns for how many clients with new bytes `is_done` is true, which knows whether the head
    /// had arrived before.
    fn read_ready(&mut self, mut is_done: impl FnMut(&Client, bool) -> bool) -> Result<usize, String> {
        let mut ready = Vec::with_capacity(1024);
        let patience = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
        epoll::wait(&self.epoll, spare_capacity(&mut ready), Some(&patience))
            .map_err(|error| error.to_string())?;
        if ready.is_empty() {
            return Err("clients waited for 30 s".to_owned());
        }
        let mut done = 0;
        for event in ready {
            let at = event.data.u64() as usize;
            let client = &mut self.clients[at];
            let len = match client.socket.read(&mut self.buffer) {
                Ok(0) => return Err("the server closed a connection".to_owned()),
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error.to_string()),
            };
            let bytes = &self.buffer[..len];
            let had_head = client.has_head;
            if !client.has_head {
                if !bytes.starts_with(b"HTTP/1.1 200") {
                    return Err(format!("expected 200: {}", String::from_utf8_lossy(bytes)));
                }
                client.has_head = true;
            }
            let was = client.seen;
            client.seen += events(bytes);
            // Only reads that change something count: a heartbeat of a client that is done does not.
            if client.seen != was || !had_head {
                done += usize::from(is_done(client, had_head));
            }
            if at == 0 {
                self.kept.extend_from_slice(bytes);
            }
        }
        Ok(done)
    }

    /// Whether the first client got each event, whole and in order; otherwise there is no figure.
    pub fn examine(&self) -> Result<(), String> {
        let body = body(&self.kept)?;
        let mut sizes = self.orders.iter().flat_map(|&(count, bytes)| std::iter::repeat_n(bytes, count));
        let mut last = None;
        for found in found(&body)? {
            let Found::Event { number, bytes } = found else { return Err("a gap for who reads".to_owned()) };
            if sizes.next() != Some(bytes) || last.is_some_and(|last| last + 1 != number) {
                return Err(format!("event {number} of {bytes} bytes is out of order"));
            }
            last = Some(number);
        }
        match sizes.count() {
            0 => Ok(()),
            missing => Err(format!("{missing} events are missing")),
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

/// Clients that send a request and then read nothing for a while.
pub struct Slow(Vec<TcpStream>);

/// What slow clients found when they read at last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub nothing_lost: usize,
    pub gap_reported: usize,
    pub lost_in_silence: usize,
    pub cut_off: usize,
}

impl Slow {
    pub fn connect(address: SocketAddr, count: usize) -> Result<Self, String> {
        let sockets = (0..count).map(|_| ask(address, Some(4096), None));
        sockets.collect::<Result<_, _>>().map(Slow).map_err(|error| format!("to connect: {error}"))
    }

    /// Reads what the server still has for them, then one more event, which is published only then: clients that are still
    /// connected get it.
    pub fn read(self, publish: impl FnOnce() -> Result<(), String>) -> Result<Told, String> {
        let mut slow: Vec<_> = self.0.into_iter().map(|socket| (socket, Vec::new(), false)).collect();
        for (socket, ..) in &slow {
            socket.set_nonblocking(true).expect("a socket");
            // It has read nothing for a long time, and may have much to read.
            let _ = sockopt::set_socket_recv_buffer_size(socket, 1 << 20);
        }
        read_until_quiet(&mut slow);
        publish()?;
        read_until_quiet(&mut slow);
        let mut told = Told::default();
        for (_, bytes, is_cut) in slow {
            if is_cut {
                told.cut_off += 1;
                continue;
            }
            let (mut next, mut is_told, mut is_silent, mut has_gap) = (None, false, false, false);
            for found in found(&body(&bytes)?)? {
                match found {
                    Found::Gap => (has_gap, is_told) = (true, true),
                    Found::Event { number, .. } => {
                        is_silent |= next.is_some_and(|next| next != number) && !has_gap;
                        has_gap = false;
                        next = Some(number + 1);
                    }
                }
            }
            told.lost_in_silence += usize::from(is_silent);
            told.gap_reported += usize::from(!is_silent && is_told);
            told.nothing_lost += usize::from(!is_silent && !is_told);
        }
        Ok(told)
    }
}

/// Reads until nothing has arrived for half a second.
fn read_until_quiet(slow: &mut [(TcpStream, Vec<u8>, bool)]) {
    let (mut last, mut buffer) = (Instant::now(), vec![0; 1 << 18]);
    while last.elapsed() < Duration::from_millis(500) {
        let before = last;
        for (socket, bytes, is_cut) in &mut *slow {
            match socket.read(&mut buffer) {
                Ok(0) => *is_cut = true,
                Ok(len) => {
                    bytes.extend_from_slice(&buffer[..len]);
                    last = Instant::now();
                }
                Err(error) => *is_cut |= error.kind() != ErrorKind::WouldBlock,
            }
        }
        if last == before {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Connects, asks for what follows an ID, and returns how long it took until this many events had arrived.
pub fn resume(address: SocketAddr, seen: &str, count: usize) -> Result<Duration, String> {
    let (began, mut bytes, mut buffer, mut there) = (Instant::now(), Vec::new(), vec![0; 256 * 1024], 0);
    let mut socket = ask(address, None, Some(seen)).map_err(|error| format!("to connect: {error}"))?;
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
    // To the end of a chunk.
    while there < count || !bytes.ends_with(b"\n\r\n") {
        match socket.read(&mut buffer) {
            Ok(len) if len > 0 => {
                there += events(&buffer[..len]);
                bytes.extend_from_slice(&buffer[..len]);
            }
            other => return Err(format!("{other:?} after {there} of {count} events")),
        }
    }
    let took = began.elapsed();
    let mut numbers = Vec::with_capacity(count);
    for found in found(&body(&bytes)?)? {
        match found {
            Found::Event { number, .. } => numbers.push(number),
            Found::Gap => return Err("a gap, and nothing was trimmed".to_owned()),
        }
    }
    // Concurrent appends may be in another order; all of them must be there, once.
    numbers.sort_unstable();
    if numbers.len() != count || numbers.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
        return Err(format!("{} events of {count}, or some of them twice", numbers.len()));
    }
    Ok(took)
}

fn ask(address: SocketAddr, receive: Option<usize>, seen: Option<&str>) -> std::io::Result<TcpStream> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    if let Some(receive) = receive {
        // Before it connects, since the window is large afterwards.
        sockopt::set_socket_recv_buffer_size(&socket, receive)?;
    }
    // Closed immediately, so that no port waits for a minute.
    sockopt::set_socket_linger(&socket, Some(Duration::ZERO))?;
    rustix::net::connect(&socket, &address)?;
    let mut socket = TcpStream::from(socket);
    socket.set_nodelay(true)?;
    let seen = seen.map_or_else(String::new, |seen| format!("Last-Event-ID: {seen}\r\n"));
    let request =
        format!("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{seen}\r\n");
    socket.write_all(request.as_bytes())?;
    Ok(socket)
}

/// The number of events in some bytes of a response: each has one `~`, and nothing else does.
fn events(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'~').count()
}

enum Found {
    Event { number: u64, bytes: usize },
    Gap,
}

fn found(body: &[u8]) -> Result<Vec<Found>, String> {
    let mut all = Vec::new();
    for event in eventwire::events(body) {
        let event = event.map_err(|error| error.to_string())?;
        match event.event_type() {
            "checkpoint" => {}
            "gap" => all.push(Found::Gap),
            _ => {
                let number = event.data().strip_prefix("{\"n\":").and_then(|rest| rest.split(',').next());
                // The greeting of some servers is not one of our events.
                let Some(number) = number.and_then(|number| number.parse().ok()) else { continue };
                all.push(Found::Event { number, bytes: event.data().len() });
            }
        }
    }
    Ok(all)
}

/// The body of a response, without its chunk framing; the last chunk may be cut off.
fn body(response: &[u8]) -> Result<Vec<u8>, String> {
    let head = response.windows(4).position(|part| part == b"\r\n\r\n").ok_or("a response without a head")?;
    let (mut rest, mut body) = (&response[head + 4..], Vec::new());
    while let Some(end) = rest.windows(2).position(|part| part == b"\r\n") {
        let size =
            std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let size = size.ok_or("a chunk without a size")?;
        rest = &rest[end + 2..];
        if rest.len() < size + 2 {
            break;
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
    Ok(body)
}
