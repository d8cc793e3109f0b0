//! The events of each route.

use std::time::{Duration, Instant};

use eventwire::Event;
use serde_json::Value;

use crate::http::{ask, content, get, json, number, post, resume};
use crate::programs::petstore;

const BEARER: (&str, &str) = ("Authorization", "Bearer any");

fn types(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.event_type()).collect()
}

#[test]
fn a_stream_has_the_right_headers_and_begins_with_the_reconnection_time() {
    let shop = petstore(&["--pace", "20"]);
    let mut stream = get(shop.address, "/v1/inventory/stream");
    assert_eq!(stream.status, 200);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-cache, no-transform");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    assert!(!stream.headers.contains_key("connection"));
    stream.next();
    assert_eq!(stream.reconnection_time(), Some(Duration::from_secs(1)));
}

#[test]
fn recommendations_arrive_one_by_one_and_end_with_their_total() {
    let shop = petstore(&[]);
    let mut stream = get(shop.address, "/v1/pets/recommendations/stream?userId=7");
    let mut last = Instant::now();
    for id in 1..=5 {
        let event = stream.next();
        assert_eq!((event.event_type(), number(&event)), ("recommendation", id));
        assert!(json(&event)["pet"]["name"].is_string());
        // The shop pauses 250 ms between two; less means that one was held back.
        assert!(id == 1 || last.elapsed() > Duration::from_millis(100));
        last = Instant::now();
    }
    let complete = stream.next();
    assert_eq!((complete.event_type(), &json(&complete)["total"]), ("complete", &Value::from(5)));
    assert!(stream.event().unwrap().is_none());
}

#[test]
fn recommendations_resume_after_the_last_id_and_end_after_the_last_one() {
    let shop = petstore(&[]);
    let path = "/v1/pets/recommendations/stream?userId=7";
    let (all, _) = get(shop.address, path).rest();
    let (rest, ending) = resume(shop.address, path, "4").rest();
    assert!(rest.iter().map(content).eq(all[4..].iter().map(content)), "{rest:?}");
    assert!(ending.is_ok());
    assert_eq!(resume(shop.address, path, "6").status, 204);
}

#[test]
fn an_order_streams_its_statuses_with_their_times_and_then_its_completion() {
    let shop = petstore(&[]);
    let (events, ending) = get(shop.address, "/v1/orders/10427/status/stream").rest();
    assert!(ending.is_ok());
    assert_eq!(types(&events), ["message", "message", "message", "message", "message", "complete"]);
    let statuses: Vec<_> = events[..5].iter().map(|event| json(event)["status"].clone()).collect();
    assert_eq!(statuses, ["placed", "paid", "packed", "shipped", "delivered"]);
    let times: Vec<_> = events[..5].iter().map(|event| json(event)["at"].to_string()).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
}

#[test]
fn not_found_is_answered_in_json() {
    let shop = petstore(&[]);
    for order in ["0", "20001", "99999999999999999999", "x", "%00"] {
        let response = get(shop.address, &format!("/v1/orders/{order}/status/stream"));
        assert_eq!((response.status, &*response.error_code()), (404, "order_not_found"), "{order}");
    }
    let response = get(shop.address, "/v2/inventory");
    assert_eq!((response.status, &*response.error_code()), (404, "not_found"));
}

#[test]
fn inventory_events_change_stock_and_prices_and_have_consecutive_ids() {
    let shop = petstore(&["--pace", "200"]);
    let mut stream = get(shop.address, "/v1/inventory/stream");
    let events: Vec<_> = (0..100).map(|_| stream.next()).collect();
    for kind in ["stock-change", "price-change"] {
        assert!(types(&events).contains(&kind));
    }
    assert!(types(&events).iter().all(|kind| ["stock-change", "price-change"].contains(kind)));
    assert!(events.windows(2).all(|pair| number(&pair[0]) + 1 == number(&pair[1])));
}

#[test]
fn notifications_cover_all_pets_or_those_that_a_user_follows() {
    let shop = petstore(&["--pace", "600"]);
    let mut stream = get(shop.address, "/v1/pets/notifications?userId=7");
    let events: Vec<_> = (0..100).map(|_| stream.next()).collect();
    for kind in ["adoption", "status-change"] {
        assert!(types(&events).contains(&kind));
    }
    assert!(events.windows(2).all(|pair| number(&pair[0]) + 1 == number(&pair[1])));

    let mut stream = get(shop.address, "/v1/pets/notifications?userId=ada");
    for _ in 0..10 {
        assert_eq!(json(&stream.next())["kind"], "cat");
    }
}

#[test]
fn silence_is_filled_with_heartbeats() {
    let shop = petstore(&["--pace", "0", "--heartbeat", "0.03"]);
    let mut stream = get(shop.address, "/v1/inventory/stream");
    assert_eq!(stream.piece().unwrap().unwrap(), "retry: 1000\n");
    for _ in 0..3 {
        assert_eq!(stream.piece().unwrap().unwrap(), ":\n");
    }
}

#[test]
fn a_chat_answer_arrives_in_pieces_and_ends_with_done() {
    let shop = petstore(&[]);
    let question =
        r#"{"model":"petstore-chat","stream":true,"messages":[{"role":"user","content":"A dog?"}]}"#;
    let (events, ending) = post(shop.address, "/v1/chat/completions", &[], question).rest();
    assert!(ending.is_ok());
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(done.data(), "[DONE]");
    let content = |event| json(event)["choices"][0]["delta"]["content"].as_str().unwrap_or("").to_owned();
    let answer: String = chunks.iter().map(content).collect();
    assert!(answer.starts_with("Biscuit is a two-year-old beagle. 🐕\nHe "), "{answer}");
    assert_eq!(json(chunks.last().unwrap())["choices"][0]["finish_reason"], "stop");
}

#[test]
fn a_chat_answer_fails_or_is_cut_on_request() {
    let shop = petstore(&[]);
    let ask = |fault| {
        let question = format!(r#"{{"messages":[{{"role":"user","content":"cat"}}],"fault":"{fault}"}}"#);
        post(shop.address, "/v1/chat/completions", &[], &question)
    };
    let (events, ending) = ask("error").rest();
    assert!(ending.is_ok());
    let last = events.last().unwrap();
    assert_eq!((last.event_type(), &json(last)["error"]["type"]), ("error", &Value::from("server_error")));
    assert!(events.len() > 2 && events.iter().all(|event| event.data() != "[DONE]"));

    let (events, ending) = ask("cut").rest();
    assert!(ending.is_err());
    assert!(events.len() > 2 && events.iter().all(|event| event.data() != "[DONE]"));

    assert_eq!(ask("maybe").status, 400);
}

#[test]
fn chat_refuses_an_invalid_request() {
    let shop = petstore(&[]);
    for wrong in ["", "{", "{}", "[]", r#"{"messages":[]}"#, r#"{"messages":[{"content":7}]}"#, "\"\\ud800\""]
    {
        let response = post(shop.address, "/v1/chat/completions", &[], wrong);
        assert_eq!((response.status, &*response.error_code()), (400, "invalid_request"), "{wrong}");
    }
}

#[test]
fn echo_sends_the_request_back_and_then_the_time_every_second() {
    let shop = petstore(&[]);
    let mut streams = [
        get(shop.address, "/.sse?a=b"),
        post(shop.address, "/.sse?a=b", &[BEARER, ("X-Pet", "Miso")], "two\nlines"),
    ];
    for (stream, method) in streams.iter_mut().zip(["GET", "POST"]) {
        let request = stream.next();
        assert_eq!((request.event_type(), number(&request)), ("request", 1));
        assert!(request.data().starts_with(&format!("{method} /.sse?a=b\nhost: ")), "{}", request.data());
        assert!(!request.data().contains("any"), "{}", request.data());
        if method == "POST" {
            assert!(request.data().contains("\nx-pet: Miso\n") && request.data().ends_with("\n\ntwo\nlines"));
        }
        let first = stream.next();
        assert_eq!((first.event_type(), number(&first)), ("time", 2));
    }
    let began = Instant::now();
    let second = streams[0].next();
    assert!(number(&second) == 3 && began.elapsed() > Duration::from_millis(500));
    assert_eq!(second.data().len(), "2026-03-14T09:12:04.250Z".len());
}

#[test]
fn echo_by_post_needs_a_token() {
    let shop = petstore(&[]);
    for headers in [&[][..], &[("Authorization", "Bearer ")], &[("Authorization", "Basic YTpi")]] {
        let response = post(shop.address, "/.sse", headers, "");
        assert_eq!(response.headers["www-authenticate"], "Bearer");
        assert_eq!((response.status, &*response.error_code()), (401, "unauthorized"), "{headers:?}");
    }
}

#[test]
fn the_page_loads_nothing_from_other_hosts() {
    let shop = petstore(&[]);
    let page = get(shop.address, "/");
    assert!(page.headers["content-type"].starts_with("text/html"));
    let page = page.text();
    assert!(page.contains("new EventSource("));
    for foreign in ["src=\"http", "href=\"http", "url(http", "src=\"//", "@import", "fetch(\"http"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn head_requests_and_disconnected_clients_leave_no_stream_open() {
    let shop = petstore(&["--pace", "0"]);
    let open = || json(&Event::new(get(shop.address, "/v1/streams").text()))["open"].clone();
    let head = ask(shop.address, "HEAD", "/v1/inventory/stream", &[], "");
    assert_eq!((head.status, open()), (200, Value::from(0)));

    let mut streams: Vec<_> = (0..10).map(|_| get(shop.address, "/v1/inventory/stream")).collect();
    streams.iter_mut().for_each(|stream| drop(stream.piece().unwrap()));
    assert_eq!(open(), 10);
    drop(streams);
    let began = Instant::now();
    while open() != 0 {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "the shop did not notice the disconnect within 5 s"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}
