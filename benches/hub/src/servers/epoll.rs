//! The limit: one thread and epoll, which writes the same bytes to each socket and knows nothing of slow clients.

use std::io::{ErrorKind, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{eventfd, EventfdFlags};

use super::{blocking_orders, data, say};

pub(super) fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    say(listener.local_addr().expect("an address"));
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("epoll");
    let called = eventfd(0, EventfdFlags::NONBLOCK).expect("an eventfd");
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN).expect("added");
    epoll::add(&epoll, &called, EventData::new_u64(ORDERS), EventFlags::IN).expect("added");
    let (sender, orders) = mpsc::channel();
    let call = called.try_clone().expect("a copy");
    thread::spawn(move || {
        for order in blocking_orders() {
            sender.send(order).expect("somebody listens");
            rustix::io::write(&call, &1_u64.to_ne_bytes()).expect("written");
        }
        std::process::exit(0);
    });

    let mut sockets: Vec<TcpStream> = Vec::new();
    let mut following = Vec::new();
    let (mut number, mut ready) = (0, Vec::with_capacity(1024));
    loop {
        ready.clear();
        epoll::wait(&epoll, spare_capacity(&mut ready), None).expect("waited");
        for event in &ready {
            match event.data.u64() {
                LISTENER => {
                    while let Ok((socket, _)) = listener.accept() {
                        socket.set_nonblocking(true).expect("a socket");
                        socket.set_nodelay(true).expect("a socket");
                        let data = EventData::new_u64(sockets.len() as u64);
                        epoll::add(&epoll, &socket, data, EventFlags::IN).expect("added");
                        sockets.push(socket);
                    }
                }
                ORDERS => {
                    let mut count = [MaybeUninit::uninit(); 8];
                    rustix::io::read(&called, &mut count).expect("a count");
                    for order in orders.try_iter() {
                        let mut events = String::new();
                        for _ in 0..order.count {
                            events += &format!("id: {number}\ndata: {}\n\n", data(number, order.bytes));
                            number += 1;
                        }
                        let chunk = format!("{:x}\r\n{events}\r\n", events.len());
                        for &at in &following {
                            let mut socket: &TcpStream = &sockets[at];
                            match socket.write(chunk.as_bytes()) {
                                Ok(len) => assert_eq!(len, chunk.len(), "no room for a chunk"),
                                Err(error) => assert_ne!(error.kind(), ErrorKind::WouldBlock, "no room"),
                            }
                        }
                    }
                }
                at => {
                    // The request of a client arrives in one piece; what arrives later is its end.
                    let mut request = [0; 4096];
                    let mut socket = &sockets[at as usize];
                    match socket.read(&mut request) {
                        Ok(0) | Err(_) => epoll::delete(&epoll, socket).expect("there"),
                        Ok(len) => {
                            assert!(request[..len].ends_with(b"\r\n\r\n"), "a request in pieces");
                            socket.write_all(HEAD).expect("room for a head");
                            following.push(at as usize);
                        }
                    }
                }
            }
        }
    }
}

const LISTENER: u64 = u64::MAX;
const ORDERS: u64 = u64::MAX - 1;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n\
    transfer-encoding: chunked\r\n\r\n";
