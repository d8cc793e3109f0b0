//! The streams, and their chunkings.
//!
//! eventsource-stream 0.2.3 panics at some valid streams. They are left out here, recorded and generated ones alike; no
//! other stream is known to crash or hang an original. Long lines are cut into few chunks, because one of the originals
//! takes time that grows with the square of a line's length.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;

pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
    cut: Cut,
}

#[derive(Clone, Copy)]
enum Cut {
    Whole,
    Every(usize),
    /// Into 1 to 64 bytes each, by a seed.
    Random(u64),
}

impl Stream {
    fn new(name: impl Into<String>, body: impl Into<Vec<u8>>, cut: Cut) -> Option<Self> {
        let body = body.into();
        is_harmless(&body).then(|| Stream { name: name.into(), body, cut })
    }

    pub(crate) fn chunks(&self) -> Vec<Bytes> {
        let body = Bytes::copy_from_slice(&self.body);
        let mut random = Random(if let Cut::Random(seed) = self.cut { seed } else { 0 });
        let mut chunks = Vec::new();
        let mut at = 0;
        while at < body.len() {
            let len = match self.cut {
                Cut::Whole => body.len(),
                Cut::Every(len) => len,
                Cut::Random(_) => 1 + random.below(64),
            };
            let end = body.len().min(at + len);
            chunks.push(body.slice(at..end));
            at = end;
        }
        chunks
    }

    /// Whether it comes in one chunk.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.cut, Cut::Whole)
    }

    /// Returns its beginning.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }
}

/// Whether the originals are known to read it without a panic.
fn is_harmless(body: &[u8]) -> bool {
    body.first() != Some(&0xEF)
}

/// The bodies of shared/corpus, if it is there, each cut in five ways.
pub(crate) fn recorded() -> Vec<Stream> {
    let mut streams = Vec::new();
    for path in recorded_paths() {
        let body = read(&path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The square of a line's length, where a chunk is a byte.
        let smallest = if body.len() <= 16 * 1024 { 1 } else { 64 };
        for cut in [Cut::Whole, Cut::Every(1460), Cut::Every(97), Cut::Random(7), Cut::Every(smallest)] {
            streams.extend(Stream::new(&*name, &*body, cut));
        }
    }
    streams
}

/// The recorded bodies, uncut.
pub(crate) fn recorded_bodies() -> Vec<Vec<u8>> {
    let bodies = recorded_paths().into_iter().map(|path| read(&path));
    bodies.filter(|body| is_harmless(body)).collect()
}

fn recorded_paths() -> Vec<PathBuf> {
    // It lies beside the repository.
    let folder = std::env::var_os("EVENTWIRE_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"), Into::into);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "sse"));
    paths.sort();
    paths
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a recorded body can be read")
}

/// Streams of lines that mean something, of lines that nearly do, and of others.
pub(crate) fn generated(count: usize) -> Vec<Stream> {
    (0..)
        .filter_map(|seed| {
            let mut random = Random(seed);
            let body = generate(&mut random);
            let cut = match random.below(3) {
                0 => Cut::Whole,
                1 => Cut::Every(1 + random.below(8)),
                _ => Cut::Random(seed),
            };
            Stream::new(format!("seed {seed}"), body, cut)
        })
        .take(count)
        .collect()
}

fn generate(random: &mut Random) -> Vec<u8> {
    let mut body = Vec::new();
    // Most streams keep to one line end.
    let line_end = random.of(&["\n", "\n", "\n", "\r\n", "\r\n", "\r"]);
    let mixes = random.below(8) == 0;
    // Half of them hold nothing that is odd.
    let is_odd = random.below(2) == 0;
    for _ in 0..random.below(24) {
        if random.below(4) > 0 {
            line(&mut body, random, is_odd);
        }
        let end = if mixes { random.of(&["\n", "\r\n", "\r"]) } else { line_end };
        body.extend_from_slice(end.as_bytes());
    }
    // Cut off, sometimes.
    body.truncate(body.len() - random.below(4).min(body.len()));
    body
}

fn line(body: &mut Vec<u8>, random: &mut Random, is_odd: bool) {
    if is_odd && random.below(4) == 0 {
        body.extend_from_slice(random.of(ODD_LINES));
        return;
    }
    match random.below(10) {
        0..=5 => text(body, "data: ", random.of(TEXTS)),
        6 => text(body, "event: ", random.of(&["ping", "delta", "message", "ü"])),
        7 => text(body, "id: ", random.of(&["1", "order-7", "注文7"])),
        8 => text(body, "retry: ", random.of(&["3000", "0", "007", "99999"])),
        _ => text(body, ":", random.of(&["", " keep-alive", ": data: a"])),
    }
}

fn text(body: &mut Vec<u8>, name: &str, value: &str) {
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(value.as_bytes());
}

const TEXTS: &[&str] = &[
    "a",
    "",
    " two spaces",
    "{\"choices\":[{\"delta\":{\"content\":\"häuser\"}}]}",
    "[DONE]",
    "data: in data",
    "日本語 🦀",
    "colon: in text",
    "\t tab",
];

const ODD_LINES: &[&[u8]] = &[
    b"data",
    b"data:",
    b"data:no space",
    b"event",
    b"event:",
    b"id",
    b"id:",
    b"id: with \0 NUL",
    b"retry",
    b"retry:",
    b"retry: soon",
    b"retry: -1",
    b"retry: +5",
    b"retry: 5 ",
    b"retry:  5",
    b"retry: 18446744073709551615",
    b"retry: 18446744073709551616",
    b"retry: 99999999999999999999999",
    b"Data: another case",
    b" data: a space before it",
    b"data : a space after it",
    b"unknown: field",
    b"nothing but text",
    "dätä: not ASCII".as_bytes(),
    "\u{feff}data: a mark".as_bytes(),
    "data: \u{feff}a mark".as_bytes(),
    b"data: \0 NUL",
    b"data: \x0B\x0C\x7F",
    "data: \u{85}\u{2028} other line ends".as_bytes(),
    b"data: \xFF",
    b"data: \xE2\x82",
    b"\xC0\xAF: a",
    b": \xFF",
    b"id: \xFF",
];

/// Streams that the generator would rarely make.
pub(crate) fn odd() -> Vec<Stream> {
    let long = "x".repeat(20_000);
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"".to_vec()),
        ("a blank line", b"\n".to_vec()),
        ("blank lines", b"\n\r\n\r\r\n\n".to_vec()),
        ("no line end", b"data: a".to_vec()),
        ("no blank line", b"data: a\n\ndata: b\n".to_vec()),
        ("an HTML page", b"<!doctype html>\n<title>data: a</title>\n\n".to_vec()),
        ("a JSON text", b"{\"error\": {\"message\": \"no\"}}".to_vec()),
        ("CR only", b"data: a\r\rid: 1\rdata: b\r\r".to_vec()),
        ("CR LF only", b"data: a\r\n\r\nid: 1\r\ndata: b\r\n\r\n".to_vec()),
        ("half a character at the end", b"data: a\n\ndata: \xE2\x82".to_vec()),
        ("a bad byte between events", b"data: a\n\ndata: \xFF\n\ndata: b\n\ndata: c\n\n".to_vec()),
        ("a long line", format!("data: {long}\n\n").into_bytes()),
        ("a long comment", format!(":{long}\ndata: a\n\n").into_bytes()),
        ("many data lines", format!("{}\n", "data: a\n".repeat(500)).into_bytes()),
        ("many events", "data: a\n\n".repeat(2_000).into_bytes()),
        ("an ID without data", b"id: 7\n\ndata: a\n\n".to_vec()),
        ("an ID that is taken back", b"id: 7\ndata: a\n\nid:\ndata: b\n\ndata: c\n\n".to_vec()),
        ("a type without data", b"event: a\n\ndata: b\n\n".to_vec()),
        ("a reconnection time without data", b"retry: 7\n\ndata: a\n\n".to_vec()),
        ("fields twice", b"event: a\nevent: b\nid: 1\nid: 2\nretry: 1\nretry: 2\ndata: a\n\n".to_vec()),
    ];
    let mut streams = Vec::new();
    for (name, body) in bodies {
        let smallest = if body.len() > 4096 { 61 } else { 1 };
        for cut in [Cut::Whole, Cut::Every(smallest), Cut::Every(5), Cut::Random(1), Cut::Random(2)] {
            let cut = if body.len() > 4096 && matches!(cut, Cut::Every(5)) { Cut::Every(500) } else { cut };
            streams.extend(Stream::new(name, body.clone(), cut));
        }
    }
    streams
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
