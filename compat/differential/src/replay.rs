//! The cost of a program that reads 10,000 recorded chunks, with an original and with the package here.
//!
//! The chunks come over a connection of this machine, from a server that is a process of its own, one HTTP chunk each, or
//! out of memory where a reader is measured alone. Both sides take turns in one run: a ratio is the middle of its rounds.
//! What counts is the CPU time of the process that reads, in the program and in the kernel, and its allocations.

use std::cell::Cell;
use std::convert::Infallible;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use bytes::Bytes;
use futures_util::{stream, Stream, StreamExt};
use serde_json::Value;

use crate::counts::{allocations, cpu_parts, cpu_time};
use crate::streams;

/// Measures the programs whose name holds a text.
pub(crate) fn run(rounds: usize, text: &str) -> io::Result<()> {
    let chunks = chunks();
    let bytes: usize = chunks.iter().map(Bytes::len).sum();
    println!("{} chunks, {bytes} bytes, middle of {rounds} rounds: ours / original\n", chunks.len());
    let server = Server::start()?;
    println!("{:58} {:>8} {:>12}", "program", "CPU time", "allocations");
    for program in PROGRAMS.iter().filter(|program| program.name.contains(text)) {
        let (mut cpu, mut allocated) = (Vec::new(), Vec::new());
        let url = server.url(program.chunking);
        for round in 0..=rounds {
            let original = measure(program.original, &chunks, &url);
            let ours = measure(program.ours, &chunks, &url);
            if !program.is_floor {
                assert_eq!(original.read, ours.read, "{}: both read the same", program.name);
            }
            // The first round warms up.
            if round > 0 {
                cpu.push(ours.cpu as f64 / original.cpu as f64);
                allocated.push(ours.allocations as f64 / original.allocations as f64);
            }
        }
        println!("{:58} {:8.2} {:12.2}", program.name, middle(&mut cpu), middle(&mut allocated));
    }
    Ok(())
}

/// Runs one side of the program with a name, so often: for a profiler.
pub(crate) fn run_side(times: usize, name: &str, is_ours: bool) -> io::Result<()> {
    let Some(program) = PROGRAMS.iter().find(|program| program.name == name) else {
        return Err(io::Error::other("no program has this name"));
    };
    let (chunks, server) = (chunks(), Server::start()?);
    let side = if is_ours { program.ours } else { program.original };
    let (in_program, in_kernel) = cpu_parts();
    for _ in 0..times {
        side(&chunks, &server.url(program.chunking));
    }
    let parts = cpu_parts();
    let (in_program, in_kernel) = (parts.0 - in_program, parts.1 - in_kernel);
    println!("{}: {in_program:.2} s in the program, {in_kernel:.2} s in the kernel", program.name);
    Ok(())
}

struct Program {
    name: &'static str,
    original: Side,
    ours: Side,
    chunking: Chunking,
    /// What only reads the chunks takes the place of ours: no parser costs less.
    is_floor: bool,
}

/// How the server cuts the body into HTTP chunks.
#[derive(Clone, Copy)]
enum Chunking {
    /// One for each event, as a server sends that flushes each.
    Events,
    /// As events arrive that were sent while the client was busy: a packet of the internet holds about so much.
    Packets,
}

/// From the chunks, or the URL that serves them, to a sum of what was read.
type Side = fn(&[Bytes], &str) -> usize;

struct Measured {
    cpu: u64,
    allocations: u64,
    read: usize,
}

fn measure(side: Side, chunks: &[Bytes], url: &str) -> Measured {
    let (cpu, allocated) = (cpu_time(), allocations());
    let read = side(chunks, url);
    Measured { cpu: cpu_time() - cpu, allocations: allocations() - allocated, read }
}

fn middle(ratios: &mut [f64]) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

macro_rules! program {
    ($name:literal, $chunking:ident, $side:ident, $original:ident, $ours:ident) => {
        Program {
            name: $name,
            original: $side!($original),
            ours: $side!($ours),
            chunking: Chunking::$chunking,
            is_floor: false,
        }
    };
}

macro_rules! events_alone {
    ($library:ident) => {
        |chunks, _| {
            use $library::Eventsource;
            let events = in_memory(chunks).eventsource();
            block_on(sum(events.map(|event| event.expect("an event").data.len())))
        }
    };
}

macro_rules! events {
    ($library:ident) => {
        |_, url| {
            use $library::Eventsource;
            block_on(async {
                let events = get(url).await.bytes_stream().eventsource();
                sum(events.map(|event| event.expect("an event").data.len())).await
            })
        }
    };
}

macro_rules! events_with_json {
    ($library:ident) => {
        |_, url| {
            use $library::Eventsource;
            block_on(async {
                let events = get(url).await.bytes_stream().eventsource();
                sum(events.map(|event| size_of_json(&event.expect("an event").data))).await
            })
        }
    };
}

macro_rules! source {
    ($library:ident) => {
        |_, url| {
            use $library::{retry::Never, Event, EventSource};
            block_on(async {
                let mut source = EventSource::new(client().get(url)).expect("a request without a body");
                source.set_retry_policy(Box::new(Never));
                sum(source.map(|event| match event {
                    Ok(Event::Message(event)) => event.data.len(),
                    _ => 0,
                }))
                .await
            })
        }
    };
}

macro_rules! blocks_alone {
    ($library:ident) => {
        |chunks, _| {
            let blocks = $library::SseStream::from_bytes_stream(in_memory(chunks));
            block_on(sum(blocks.map(|block| size_of(block.expect("a block").data))))
        }
    };
}

macro_rules! blocks {
    ($library:ident) => {
        |_, url| {
            block_on(async {
                let blocks = $library::SseStream::from_bytes_stream(get(url).await.bytes_stream());
                sum(blocks.map(|block| size_of(block.expect("a block").data))).await
            })
        }
    };
}

macro_rules! floor {
    ($name:literal, $chunking:ident, $side:ident, $original:ident) => {
        Program {
            name: $name,
            original: $side!($original),
            ours: body,
            chunking: Chunking::$chunking,
            is_floor: true,
        }
    };
}

fn body(_: &[Bytes], url: &str) -> usize {
    block_on(async {
        let chunks = get(url).await.bytes_stream();
        sum(chunks.map(|chunk| chunk.expect("a chunk").len())).await
    })
}

const PROGRAMS: &[Program] = &[
    floor!("reqwest alone / eventsource-stream over reqwest", Events, events, eventsource_stream),
    floor!("reqwest alone / the same, in packets", Packets, events, eventsource_stream),
    floor!("reqwest alone / the same, data to Value", Events, events_with_json, eventsource_stream),
    floor!(
        "reqwest alone / the same, data to Value, in packets",
        Packets,
        events_with_json,
        eventsource_stream
    ),
    floor!("reqwest alone / reqwest-eventsource", Events, source, reqwest_eventsource),
    floor!("reqwest alone / sse-stream 0.2 over reqwest", Events, blocks, sse_stream_02),
    floor!("reqwest alone / sse-stream 0.3 over reqwest", Events, blocks, sse_stream_03),
    program!("eventsource-stream, alone", Events, events_alone, eventsource_stream, our_eventsource_stream),
    program!("eventsource-stream, over reqwest", Events, events, eventsource_stream, our_eventsource_stream),
    program!(
        "eventsource-stream, over reqwest, in packets",
        Packets,
        events,
        eventsource_stream,
        our_eventsource_stream
    ),
    program!(
        "eventsource-stream, over reqwest, data to Value",
        Events,
        events_with_json,
        eventsource_stream,
        our_eventsource_stream
    ),
    program!(
        "eventsource-stream, over reqwest, data to Value, in packets",
        Packets,
        events_with_json,
        eventsource_stream,
        our_eventsource_stream
    ),
    program!("reqwest-eventsource", Events, source, reqwest_eventsource, our_reqwest_eventsource),
    program!(
        "reqwest-eventsource, in packets",
        Packets,
        source,
        reqwest_eventsource,
        our_reqwest_eventsource
    ),
    program!("sse-stream 0.2, alone", Events, blocks_alone, sse_stream_02, our_sse_stream_02),
    program!("sse-stream 0.2, over reqwest", Events, blocks, sse_stream_02, our_sse_stream_02),
    program!("sse-stream 0.3, alone", Events, blocks_alone, sse_stream_03, our_sse_stream_03),
    program!("sse-stream 0.3, over reqwest", Events, blocks, sse_stream_03, our_sse_stream_03),
];

fn in_memory(chunks: &[Bytes]) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin + '_ {
    stream::iter(chunks.iter().cloned().map(Ok))
}

async fn sum(sizes: impl Stream<Item = usize>) -> usize {
    sizes.fold(0, |sum, size| async move { sum + size + 1 }).await
}

fn size_of(data: Option<String>) -> usize {
    data.map_or(0, |data| data.len())
}

/// 1 for what is no JSON, as `[DONE]`.
fn size_of_json(data: &str) -> usize {
    match serde_json::from_str::<Value>(data) {
        Ok(Value::Object(object)) => object.len(),
        _ => 1,
    }
}

fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

thread_local! {
    static CLIENT: Cell<Option<reqwest::Client>> = const { Cell::new(None) };
}

/// One for all rounds, as in most programs.
fn client() -> reqwest::Client {
    let client = CLIENT
        .take()
        .unwrap_or_else(|| reqwest::Client::builder().no_proxy().build().expect("a client without TLS"));
    CLIENT.set(Some(client.clone()));
    client
}

async fn get(url: &str) -> reqwest::Response {
    client().get(url).send().await.expect("a response of the server of this program")
}

/// The server: this program, as a process of its own.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start() -> io::Result<Self> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        if let Some(said) = process.stdout.take() {
            BufReader::new(said).read_line(&mut address)?;
        }
        Ok(Server { process, address: address.trim_end().to_string() })
    }

    fn url(&self, chunking: Chunking) -> String {
        let path = match chunking {
            Chunking::Events => "events",
            Chunking::Packets => "packets",
        };
        format!("http://{}/{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the chunks to whoever comes, and says where.
pub(crate) fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let events = chunks();
    let packets: Vec<_> = events.concat().chunks(PACKET).map(Bytes::copy_from_slice).collect();
    let (events, packets) = (response(&events), response(&packets));
    thread::scope(|scope| {
        for connection in listener.incoming() {
            // A client that has gone is its own affair.
            scope.spawn(|| connection.and_then(|connection| answer(connection, &events, &packets)).ok());
        }
    });
    Ok(())
}

/// 1,400: what a packet of 1,500 bytes holds besides its headers and those of TLS.
const PACKET: usize = 1_400;

fn response(chunks: &[Bytes]) -> Vec<u8> {
    let mut response = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
        connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_vec();
    for chunk in chunks {
        response.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        response.extend_from_slice(chunk);
        response.extend_from_slice(b"\r\n");
    }
    response.extend_from_slice(b"0\r\n\r\n");
    response
}

fn answer(mut connection: TcpStream, events: &[u8], packets: &[u8]) -> io::Result<()> {
    let mut request = [0; 4096];
    let len = connection.read(&mut request)?;
    let is_in_packets = request[..len].starts_with(b"GET /packets ");
    connection.write_all(if is_in_packets { packets } else { events })
}

/// 10,000 recorded chunks, an event each; like recorded ones where there are none.
fn chunks() -> Vec<Bytes> {
    let mut chunks = Vec::new();
    let bodies = streams::recorded_bodies();
    while chunks.len() < CHUNKS && !bodies.is_empty() {
        for body in &bodies {
            chunks.extend(events_of(body));
        }
    }
    let likeness = "data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\",\"created\":1694268190,\
        \"model\":\"gpt\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";
    chunks.resize(CHUNKS, Bytes::from(likeness));
    chunks
}

const CHUNKS: usize = 10_000;

/// The events of a body that ends with one, and in which every original reads all.
fn events_of(body: &[u8]) -> Vec<Bytes> {
    let Ok(text) = std::str::from_utf8(body) else { return Vec::new() };
    if !text.ends_with("\n\n") || text.contains('\r') {
        return Vec::new();
    }
    let is_plain = |line: &str| {
        line.is_empty() || ["data:", "event:", "id:", ":"].iter().any(|name| line.starts_with(name))
    };
    if !text.lines().all(is_plain) {
        return Vec::new();
    }
    text.split_inclusive("\n\n").map(|event| Bytes::copy_from_slice(event.as_bytes())).collect()
}
