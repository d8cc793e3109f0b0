//! Servers that are killed.

use std::net::SocketAddr;

use serde_json::Value;

use crate::gateway::ALL;
use crate::http::post;
use crate::programs::{petstore, proxy, proxy_at};
use crate::run::{tail, Tail};
use crate::streams::FEED;

const CHAT: &str = "/v1/chat/completions";

const QUESTION: &str = r#"{"messages": [{"role": "user", "content": "A cat?"}]}"#;

const QUESTION_CUT: &str = r#"{"messages": [{"role": "user", "content": "A cat?"}], "fault": "cut"}"#;

#[test]
fn nothing_is_lost_and_nothing_comes_twice_when_the_server_is_killed_and_started_again() {
    // The shop keeps what there was; the server that is killed is our proxy before it.
    let shop = petstore(&["--pace", "300", "--history", "1000000"]);
    for kind in ALL {
        let mut server = proxy(shop.address, &[]);
        let at = server.address.to_string();
        let Some(gateway) = kind.before(server.address) else { continue };
        let mut tail = Tail::start(&["--json", "--max-wait", "0.1", &gateway.url(FEED)]);
        let mut ids = vec![];
        for _ in 0..3 {
            ids.extend((0..50).map(|_| number(&tail.event())));
            drop(server);
            server = proxy_at(&at, shop.address, &[]);
        }
        ids.extend((0..200).map(|_| number(&tail.event())));
        assert!(ids.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{kind:?}: {ids:?}");
    }
}

#[test]
fn an_answer_that_is_cut_is_never_taken_for_whole() {
    let shop = petstore(&[]);
    for kind in ALL {
        let Some(gateway) = kind.before(shop.address) else { continue };
        let ask =
            |question| tail(&["--json", "--once", "-d", question, "--until", "[DONE]", &gateway.url(CHAT)]);
        let whole = ask(QUESTION);
        assert_eq!(whole.code, Some(0), "{kind:?}: {whole:?}");
        let cut = ask(QUESTION_CUT);
        assert_eq!(cut.code, Some(1), "{kind:?}: {cut:?}");
        assert!(!cut.lines.is_empty() && cut.lines.len() < whole.lines.len(), "{kind:?}: {cut:?}");
        println!("{kind:?}: an answer that the server cuts {}", looks(gateway.address));
    }
}

#[test]
fn an_answer_of_a_server_that_is_killed_is_never_taken_for_whole() {
    let shop = petstore(&[]);
    for kind in ALL {
        let server = proxy(shop.address, &[]);
        let Some(gateway) = kind.before(server.address) else { continue };
        let mut tail =
            Tail::start(&["--json", "--once", "-d", QUESTION, "--until", "[DONE]", &gateway.url(CHAT)]);
        tail.event();
        drop(server);
        let said = tail.end();
        assert_eq!(said.code, Some(1), "{kind:?}: {said:?}");
        println!("{kind:?}: {}", said.errors.lines().next().unwrap_or("a clean end, but without [DONE]"));
    }
}

/// How the cut looks to a client that knows HTTP alone: the end mark does not depend on it.
fn looks(gateway: SocketAddr) -> &'static str {
    let headers = [("Content-Type", "application/json")];
    match post(gateway, CHAT, &headers, QUESTION_CUT).rest() {
        (_, Ok(())) => "ends as if it was whole",
        (_, Err(_)) => "ends with an error",
    }
}

fn number(event: &Value) -> u64 {
    event["id"]
        .as_str()
        .and_then(|id| id.rsplit('-').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no number: {event}"))
}
