//! Runs each of the hello servers as a process: it sends the time, resumes after a client's last event ID, and shuts
//! down.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use eventwire::EventReader;

macro_rules! hello {
    ($($server:ident)*) => {
        $(#[test]
        fn $server() {
            drive(env!(concat!("CARGO_BIN_EXE_", stringify!($server))));
        })*

        const PROGRAMS: [&str; 7] = [$(env!(concat!("CARGO_BIN_EXE_", stringify!($server)))),*];
    };
}

hello! {
    hello_actix_web
    hello_axum
    hello_hyper
    hello_poem
    hello_rocket
    hello_salvo
    hello_warp
}

/// A server that is killed when a test fails.
struct Hello(Child);

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Hello {
    /// Starts a server, and returns it with its address.
    fn start(program: &str) -> (Hello, String) {
        let child = Command::new(program).arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut server = Hello(child);
        let mut line = String::new();
        BufReader::new(server.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().strip_suffix("/time").unwrap().to_owned();
        (server, address)
    }

    fn interrupt(&self) {
        assert!(Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().unwrap().success());
    }
}

fn drive(program: &str) {
    let (mut server, address) = Hello::start(program);
    let mut times = get(&address, "");
    let first = id(&mut times);
    assert_eq!(id(&mut times), first + 1);
    drop(times);
    // Every event that it missed arrives once.
    let began = Instant::now();
    let mut times = get(&address, &format!("Last-Event-ID: {}\r\n", first - 9));
    for missed in first - 8..=first + 1 {
        assert_eq!(id(&mut times), missed);
    }
    assert!(began.elapsed() < Duration::from_millis(900));

    let began = Instant::now();
    server.interrupt();
    for event in times {
        event.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(1), "the stream went on for {:?}", began.elapsed());
    assert!(server.0.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(5), "the server went on for {:?}", began.elapsed());
}

fn id(times: &mut EventReader<impl Read>) -> u64 {
    let event = times.next().unwrap().unwrap();
    assert!(event.data().ends_with(" s since 1970"), "{}", event.data());
    event.id().unwrap().parse().unwrap()
}

/// Over HTTP/1.0, where the body ends with the connection.
fn get(address: &str, lines: &str) -> EventReader<impl Read> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(socket, "GET /time HTTP/1.0\r\nHost: test\r\n{lines}\r\n").unwrap();
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
    }
    EventReader::new(reader)
}

/// All at once, because most of them wait for their grace period of 10 s.
#[test]
fn clients_that_never_read_hold_no_server_longer_than_its_grace_period() {
    let threads = PROGRAMS.map(|program| {
        thread::spawn(move || {
            let (mut server, address) = Hello::start(program);
            let stream = get(&address, "");
            let held = [without_reading(&address), half_a_request(&address)];
            let began = Instant::now();
            server.interrupt();
            let status = loop {
                assert!(began.elapsed() < Duration::from_secs(20), "{program} is held");
                match server.0.try_wait().unwrap() {
                    Some(status) => break status,
                    None => thread::sleep(Duration::from_millis(10)),
                }
            };
            println!("{program}: ended after {:?}", began.elapsed());
            assert!(status.success(), "{program}");
            drop((stream, held));
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Asks until the server takes no more requests, because nobody reads what it answers.
fn without_reading(address: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let requests = "GET /missing HTTP/1.1\r\nHost: test\r\n\r\n".repeat(1_000);
    // actix-web reads on, so this has an end.
    for _ in 0..1_000 {
        if socket.write_all(requests.as_bytes()).is_err() {
            break;
        }
    }
    socket
}

fn half_a_request(address: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"GET /time HTTP/1.1\r\nHo").unwrap();
    socket
}

/// Each server is one file that names the crates it needs.
#[test]
fn every_crate_that_a_server_uses_is_added_above_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let added: Vec<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("//! cargo add "))
            .flat_map(|line| line.split(" --features ").next().unwrap().split(' '))
            .collect();
        let uses = text.lines().filter_map(|line| line.strip_prefix("use "));
        let paths = text.match_indices("tokio::").map(|_| "tokio::");
        for used in uses.chain(paths).map(|path| path.split("::").next().unwrap().replace('_', "-")) {
            assert!(used == "std" || added.contains(&&*used), "{used} in {}", path.display());
        }
        count += 1;
    }
    assert_eq!(count, 7);
}
