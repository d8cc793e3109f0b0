//! The servers in Rust, each a separate process.
//!
//! A server prints its port in its first line, and publishes what its standard input asks for: `COUNT BYTES` means this
//! many events, each with this many bytes of data and a number, as its ID or in its data. It ends with its input.

mod axum_sse;
mod epoll;
mod hubs;

use std::future::Future;
use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::thread;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Runs the server with a name until its input ends.
pub fn run(words: &[&str]) {
    match *words {
        ["epoll"] => epoll::run(),
        ["axum-sse"] => in_runtime(axum_sse::run()),
        ["hub-axum"] => in_runtime(hubs::over_axum()),
        ["hub-hyper"] => in_runtime(hubs::over_hyper()),
        ["hub-redis", url, history] => {
            in_runtime(hubs::over_redis(url.to_owned(), history.parse().expect("a number")));
        }
        ["publisher", url] => in_runtime(hubs::publish_over_redis(url.to_owned())),
        _ => panic!("no such server: {words:?}"),
    }
}

fn in_runtime(server: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime").block_on(async {
        server.await;
    });
}

/// A command to publish: how many events of how many bytes.
#[derive(Clone, Copy, Debug)]
struct Order {
    count: usize,
    bytes: usize,
}

/// The commands, for a task that publishes among other tasks, as a request handler would.
fn orders() -> mpsc::UnboundedReceiver<Order> {
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for order in blocking_orders() {
            if sender.send(order).is_err() {
                break;
            }
        }
    });
    receiver
}

fn blocking_orders() -> impl Iterator<Item = Order> {
    io::stdin().lock().lines().map_while(Result::ok).map(|line| {
        let mut numbers = line.split(' ').map(|number| number.parse().expect("a number"));
        let mut next = || numbers.next().expect("two numbers");
        Order { count: next(), bytes: next() }
    })
}

async fn listen() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    say(listener.local_addr().expect("an address"));
    listener
}

fn say(address: SocketAddr) {
    println!("{}", address.port());
}

/// The data of an event: its number, and one `~` at the end, by which the clients count.
pub fn data(number: u64, bytes: usize) -> String {
    let mut data = format!("{{\"n\":{number},\"pad\":\"");
    let pad = bytes.saturating_sub(data.len() + 3);
    data.extend(std::iter::repeat_n('x', pad));
    data.push_str("\"}~");
    data
}
