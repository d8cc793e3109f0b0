//! Cut streams, and servers that are killed.

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
fn no_event_is_lost_or_repeated_when_the_server_is_killed_and_restarted() {
    // The shop keeps the history, so the process to kill is our proxy in front of it.
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
fn a_cut_answer_is_never_taken_for_a_complete_one() {
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
        println!("{kind:?}: a cut answer {}", looks(gateway.address));
    }
}

#[test]
fn the_answer_of_a_killed_server_is_never_taken_for_a_complete_one() {
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
        println!("{kind:?}: {}", said.errors.lines().next().unwrap_or("a clean end without [DONE]"));
    }
}

/// How the cut looks at the level of HTTP, which some proxies hide. The end marker does not depend on it.
fn looks(gateway: SocketAddr) -> &'static str {
    let headers = [("Content-Type", "application/json")];
    match post(gateway, CHAT, &headers, QUESTION_CUT).rest() {
        (_, Ok(())) => "ends as if it were complete",
        (_, Err(_)) => "ends with an error",
    }
}

fn number(event: &Value) -> u64 {
    event["id"]
        .as_str()
        .and_then(|id| id.rsplit('-').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no number: {event}"))
}
