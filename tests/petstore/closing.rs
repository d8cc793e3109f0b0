//! Shutdown of the shop, and its command line.

use std::time::Duration;

use crate::http::{get, post, Response};
use crate::programs::petstore;

#[test]
fn ctrl_c_sends_a_farewell_on_every_open_stream_and_ends_at_once() {
    let shop = petstore(&["--pace", "10"]);
    let paths =
        ["/v1/inventory/stream", "/v1/pets/notifications", "/.sse", "/v1/pets/recommendations/stream"];
    let mut streams: Vec<Response> = (0..100).map(|n| get(shop.address, paths[n % paths.len()])).collect();
    let question = r#"{"messages":[{"role":"user","content":"cat"}]}"#;
    streams.push(post(shop.address, "/v1/chat/completions", &[], question));
    // An idle keep-alive connection.
    let idle = std::net::TcpStream::connect(shop.address).unwrap();
    for stream in &mut streams {
        stream.piece().unwrap();
    }

    let (status, took) = shop.interrupt();
    println!("ended within {took:?}");
    assert!(status.success());
    // Milliseconds on an idle machine. Waiting for the endless streams would never finish.
    assert!(took < Duration::from_secs(5), "{took:?}");
    for stream in streams {
        let (events, ending) = stream.rest();
        assert!(ending.is_ok());
        assert_eq!(events.last().unwrap().event_type(), "shutdown");
    }
    drop(idle);
}

#[test]
fn a_client_that_does_not_read_cannot_keep_the_shop_open() {
    let shop = petstore(&["--pace", "40000"]);
    let slow = get(shop.address, "/v1/inventory/stream");
    let mut fast = get(shop.address, "/v1/inventory/stream");
    (0..40_000).for_each(|_| drop(fast.next()));
    let (status, took) = shop.interrupt();
    assert!(status.success());
    assert!(took < Duration::from_secs(3), "{took:?}");
    drop(slow);
}

#[test]
fn a_wrong_command_line_is_explained() {
    use std::process::Command;
    // Started only to learn the path of the program.
    let shop = petstore(&[]);
    let program = std::fs::read_link(format!("/proc/{}/exe", shop.id()));
    let Ok(program) = program else { return println!("NOT RUN: no /proc here") };
    let said = |arguments: &[&str]| {
        let output = Command::new(&program).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap().lines().next().map(str::to_owned))
    };
    let wrong: [(&[&str], &str); 4] = [
        (&["--lisen", "x"], "petstore: unknown option: --lisen"),
        (&["--listen"], "petstore: expected a value after --listen"),
        (&["--history", "0"], "petstore: expected a number from 1 to 1000000 after --history, found 0"),
        (&["--pace", "fast"], "petstore: expected a number from 0 to 1000000 after --pace, found fast"),
    ];
    for (arguments, words) in wrong {
        assert_eq!(said(arguments), (Some(2), Some(words.to_owned())));
    }
    let (code, words) = said(&["--listen", &shop.address.to_string()]);
    assert!(code == Some(1) && words.unwrap().starts_with(&format!("petstore: {}: ", shop.address)));
}
