//! A proxy that cuts connections.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

/// A proxy that forwards bytes and cuts every connection at some point, until the test ends.
pub(crate) struct Cutter {
    pub(crate) address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

/// Where a connection is cut.
#[derive(Clone, Copy)]
enum Cut {
    /// After this many bytes of the response.
    Behind(usize),
    /// At the first blank line after this many bytes: the event is complete except for its end.
    BeforeBlankLine(usize),
}

impl Cutter {
    pub(crate) fn before(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&cuts);
        thread::spawn(move || {
            let mut random = 0x9E37_79B9_7F4A_7C15_u64;
            for client in listener.incoming() {
                // xorshift64: the same places in each run.
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let bytes = (random >> 8) as usize % MOST;
                let cut = if random % 3 == 0 { Cut::BeforeBlankLine(bytes) } else { Cut::Behind(bytes) };
                let counted = Arc::clone(&counted);
                thread::spawn(move || {
                    hand_on(client.unwrap(), TcpStream::connect(upstream).unwrap(), cut);
                    counted.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        Cutter { address, cuts }
    }

    /// The number of connections that have been cut.
    pub(crate) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }
}

fn hand_on(mut client: TcpStream, mut server: TcpStream, cut: Cut) {
    let (mut requests, mut asked) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut requests, &mut asked));
    let mut passed = 0;
    let mut room = [0; 4096];
    // Either side may leave first.
    while let Ok(len @ 1..) = server.read(&mut room) {
        let place = match cut {
            Cut::Behind(bytes) => Some(bytes.saturating_sub(passed)).filter(|place| *place <= len),
            Cut::BeforeBlankLine(bytes) => {
                let from = bytes.saturating_sub(passed).min(len);
                room[from..len].windows(2).position(|two| two == b"\n\n").map(|at| from + at + 1)
            }
        };
        if client.write_all(&room[..place.unwrap_or(len)]).is_err() || place.is_some() {
            break;
        }
        passed += len;
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

/// The upper bound of the random offset of a cut: about two dozen events.
const MOST: usize = 4000;
