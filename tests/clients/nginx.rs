//! Whether streams pass through nginx, which buffers responses and closes idle connections.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use eventwire::Event;
use serde_json::Value;

use crate::http::{get, id, json, number, resume};
use crate::programs::petstore;
use crate::steady::one_by_one;
use crate::tools::tool;

const FEED: &str = "/v1/inventory/stream";

struct Nginx {
    child: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Nginx {
    fn start(upstream: SocketAddr) -> Option<Self> {
        let program = tool("NGINX")?;
        // The port is free now, and no other process requests it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("eventwire-nginx-{}", address.port()));
        std::fs::create_dir(&folder).unwrap();
        let conf = include_str!("nginx.conf")
            .replace("FOLDER", folder.to_str().unwrap())
            .replace("LISTEN", &address.to_string())
            .replace("UPSTREAM", &upstream.to_string());
        std::fs::write(folder.join("nginx.conf"), conf).unwrap();
        let child = Command::new(program)
            .arg("-p")
            .arg(&folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .spawn()
            .unwrap();
        let nginx = Nginx { child, folder, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "nginx did not start listening within 10 s");
            thread::sleep(Duration::from_millis(10));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn events_arrive_one_by_one_and_resume_through_nginx() {
    let shop = petstore(&["--pace", "20"]);
    let Some(nginx) = Nginx::start(shop.address) else { return };
    let mut stream = get(nginx.address, FEED);
    let last = one_by_one(|| stream.next());
    let mut stream = resume(nginx.address, FEED, &id(&last));
    assert_eq!(number(&stream.next()), number(&last) + 1);
}

#[test]
fn events_arrive_one_by_one_when_nginx_compresses_them() {
    let Some(curl) = tool("CURL") else { return };
    let shop = petstore(&["--pace", "20"]);
    let Some(nginx) = Nginx::start(shop.address) else { return };
    let url = format!("http://{}{FEED}", nginx.address);
    let head = ["-s", "--compressed", "-m", "0.5", "-o", "/dev/null", "-D", "-", &url];
    let head = Command::new(&curl).args(head).output().unwrap().stdout;
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.contains("content-encoding: gzip"), "{head}");

    let mut curl =
        Command::new(curl).args(["-sN", "--compressed", &url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(curl.stdout.take().unwrap()).lines().map(Result::unwrap);
    one_by_one(|| {
        let id = lines.by_ref().find_map(|line| line.strip_prefix("id: ").map(str::to_owned)).unwrap();
        let data = lines.by_ref().find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
        Event::new(data).try_with_id(id).unwrap()
    });
    curl.kill().unwrap();
    curl.wait().unwrap();
}

#[test]
fn heartbeats_keep_a_silent_connection_open_longer_than_nginx_waits() {
    for (heartbeat, stays) in [("0.3", true), ("60", false)] {
        let shop = petstore(&["--pace", "0", "--heartbeat", heartbeat]);
        let Some(nginx) = Nginx::start(shop.address) else { return };
        let mut stream = get(nginx.address, FEED);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(3) && stream.piece().is_ok_and(|piece| piece.is_some()) {}
        assert_eq!(began.elapsed() >= Duration::from_secs(3), stays, "with a heartbeat every {heartbeat} s");
    }
}

#[test]
fn nginx_reports_a_disconnected_client_to_the_server() {
    let shop = petstore(&["--pace", "20"]);
    let Some(nginx) = Nginx::start(shop.address) else { return };
    let open = || json(&Event::new(get(shop.address, "/v1/streams").text()))["open"].clone();
    let mut streams: Vec<_> = (0..10).map(|_| get(nginx.address, FEED)).collect();
    streams.iter_mut().for_each(|stream| drop(stream.next()));
    assert_eq!(open(), Value::from(10));
    drop(streams);
    let began = Instant::now();
    while open() != 0 {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "the shop did not notice the disconnect within 5 s"
        );
        thread::sleep(Duration::from_millis(2));
    }
    println!("noticed within {:?}", began.elapsed());
}
