//! An HTTP/2 client that hides nothing: it sees each frame as it arrives.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::client::PATIENCE;

pub struct Frames {
    socket: TcpStream,
    stream: u32,
}

/// The parts of a response.
#[derive(Debug, Default)]
pub struct Answer {
    pub body: Vec<u8>,
    /// The error code of a reset; `None` if the stream ended normally.
    pub reset: Option<u32>,
}

impl Frames {
    pub fn connect(address: SocketAddr) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(PREFACE).unwrap();
        socket.write_all(&frame(SETTINGS, 0, 0, b"")).unwrap();
        Frames { socket, stream: 1 }
    }

    /// Sends a GET and reads all of its response.
    pub fn get(&mut self, path: &str) -> Answer {
        let stream = self.send(path);
        let mut answer = Answer::default();
        loop {
            let (kind, flags, of, payload) = self.read();
            match kind {
                SETTINGS if flags & ACK == 0 => {
                    self.socket.write_all(&frame(SETTINGS, ACK, 0, b"")).unwrap();
                }
                PING if flags & ACK == 0 => self.socket.write_all(&frame(PING, ACK, 0, &payload)).unwrap(),
                GOAWAY => panic!("the server goes away: {payload:?}"),
                _ if of != stream => {}
                DATA => answer.body.extend(payload),
                RESET => {
                    answer.reset = Some(u32::from_be_bytes(payload.try_into().unwrap()));
                    return answer;
                }
                _ => {}
            }
            if of == stream && [HEADERS, DATA].contains(&kind) && flags & END_STREAM != 0 {
                return answer;
            }
        }
    }

    /// Sends a GET, and returns the number of its stream.
    pub fn send(&mut self, path: &str) -> u32 {
        // From HPACK's static table: GET, http; then path and authority as literals.
        let mut block = vec![0x82, 0x86, 0x04, path.len() as u8];
        block.extend(path.as_bytes());
        block.extend(b"\x01\x04test");
        let stream = self.stream;
        self.socket.write_all(&frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)).unwrap();
        self.stream += 2;
        stream
    }

    fn read(&mut self) -> (u8, u8, u32, Vec<u8>) {
        let mut head = [0; 9];
        self.socket.read_exact(&mut head).expect("a frame");
        let len = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let mut payload = vec![0; len as usize];
        self.socket.read_exact(&mut payload).expect("a whole frame");
        (head[3], head[4], stream, payload)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
