//! When a stream ends because one side disconnects.

use std::time::{Duration, Instant};

use eventwire::Event;

use crate::client::{Client, PATIENCE};
use crate::probe::Run;
use crate::servers::{Notices, Server};

/// Prints the times, which are in the docs of the adapters.
pub fn a_client_that_leaves_drops_the_stream(server: &Server) {
    let interval = Duration::from_millis(200);
    let run = Run::with_interval(server, interval);
    let mut times = Vec::new();
    for _ in 0..9 {
        let client = Client::open(run.address);
        let opened = run.opened();
        let left = Instant::now();
        drop(client);
        times.push(opened.dropped.recv_timeout(PATIENCE).unwrap() - left);
    }
    times.sort();
    println!("{}: {:?} .. {:?}, half of them {:?}", server.name, times[0], times[8], times[4]);
    // The machine may be busy, but not in every run.
    let beats = times[4].as_secs_f64() / interval.as_secs_f64();
    match server.notices {
        Notices::AtOnce => assert!(beats < 0.25, "{times:?}"),
        Notices::ByHeartbeat => assert!((0.5..1.5).contains(&beats), "{times:?}"),
        Notices::BySecondHeartbeat => assert!((1.5..2.5).contains(&beats), "{times:?}"),
    }
}

#[test]
fn actix_web_notices_late_by_default() {
    a_client_that_leaves_drops_the_stream(&crate::servers::actix_web::HALF_CLOSED);
}

pub fn shutdown_ends_a_hundred_streams_at_once(server: &Server) {
    let run = Run::new(server);
    let mut clients: Vec<_> = (0..100).map(|_| Client::open(run.address)).collect();
    let began = Instant::now();
    run.shut_down();
    for client in &mut clients {
        client.expect("data: bye\n\n");
        assert_eq!(client.rest(), b"");
    }
    let streams = began.elapsed();
    for _ in &clients {
        run.opened().dropped.recv_timeout(PATIENCE).unwrap();
    }
    drop(clients);
    run.finished();
    println!("{}: streams after {streams:?}, server after {:?}", server.name, began.elapsed());
    assert!(streams < Duration::from_secs(1), "{streams:?}");
}

/// Its body is no longer polled, so it cannot end by itself: the server has to stop waiting. Without the grace
/// periods in `servers`, axum, hyper and warp never end here.
pub fn a_client_that_does_not_read_holds_no_shutdown(server: &Server) {
    let run = Run::new(server);
    let client = Client::open(run.address);
    let opened = run.opened();
    // 64 MB: more than all buffers in between.
    let large = Event::new("x".repeat(1 << 20));
    for _ in 0..64 {
        opened.events.send(large.clone()).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    run.shut_down();
    run.finished();
    println!("{}: server after {:?}", server.name, began.elapsed());
    drop(client);
}
