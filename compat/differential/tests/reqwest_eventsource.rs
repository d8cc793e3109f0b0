//! reqwest-eventsource 0.6.0 and the package here against the same scripted servers, over real connections.
//!
//! The original has no tests of its own. What both do is compared; where they differ, both are written down.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a source yielded and what its server was asked, in words.
#[derive(Debug, PartialEq, Eq)]
struct Transcript {
    items: Vec<String>,
    requests: Vec<String>,
}

/// A server that answers each connection with the next text, and closes it. Then it is gone.
struct Script {
    url: String,
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn serve(responses: &[&str]) -> Script {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, own) = (Arc::clone(&requests), address.clone());
        let responses: Vec<Vec<u8>> = responses.iter().map(|response| unescape(response)).collect();
        thread::spawn(move || {
            for response in responses {
                let Ok((mut connection, _)) = listener.accept() else { return };
                let request = read_request(&mut connection);
                seen.lock().unwrap().push(in_words(&request.replace(&own, "HOST")));
                // The client may have gone.
                let _ = connection.write_all(&response);
                let _ = connection.shutdown(Shutdown::Write);
                // Until it has read all: what it has not read, a reset would take away.
                let _ = connection.read_to_end(&mut Vec::new());
            }
        });
        Script { url: format!("http://{address}/events"), address, requests }
    }

    fn transcript(&self, items: Vec<String>) -> Transcript {
        let items = items.iter().map(|item| item.replace(&self.address, "HOST")).collect();
        Transcript { items, requests: self.requests.lock().unwrap().clone() }
    }
}

/// `<FF>` is that byte.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, part) in text.split("<FF>").enumerate() {
        if at > 0 {
            bytes.push(0xFF);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn read_request(connection: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|len| len == 1) {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = connection.read_exact(&mut body);
    head + &String::from_utf8_lossy(&body)
}

/// Headers in order of their names: no server cares.
fn in_words(request: &str) -> String {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default().to_string();
    let mut headers: Vec<_> = lines.filter(|line| !line.starts_with("host: ")).collect();
    headers.sort_unstable();
    [&first, &headers.join("; "), body].iter().filter(|part| !part.is_empty()).fold(
        String::new(),
        |all, part| {
            if all.is_empty() {
                (*part).to_string()
            } else {
                format!("{all} | {part}")
            }
        },
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

fn ok(body: &str) -> String {
    format!("{OK}{body}")
}

/// How the sources come back.
#[derive(Clone, Copy)]
enum Retry {
    Never,
    /// After 1 ms, so often.
    Constant(Option<usize>),
    /// After 1 ms; each call is an item.
    Recorded,
}

macro_rules! side {
    ($side:ident, $library:ident) => {
        mod $side {
            use std::sync::{Arc, Mutex};
            use std::time::Duration;

            use futures_util::StreamExt;
            use $library::retry::{Constant, Never, RetryPolicy};
            use $library::{Error, Event, EventSource};

            use super::{Retry, Script, Transcript};

            struct Recorded(Arc<Mutex<Vec<String>>>);

            impl RetryPolicy for Recorded {
                fn retry(&self, error: &Error, _: Option<(usize, Duration)>) -> Option<Duration> {
                    self.0.lock().unwrap().push(format!("asked about: {error}"));
                    Some(Duration::from_millis(1))
                }

                fn set_reconnection_time(&mut self, duration: Duration) {
                    self.0.lock().unwrap().push(format!("reconnection time {duration:?}"));
                }
            }

            pub(super) fn read(responses: &[&str], retry: Retry, most: usize) -> Transcript {
                read_request(responses, retry, most, |client, url| client.get(url))
            }

            pub(super) fn read_request(
                responses: &[&str],
                retry: Retry,
                most: usize,
                request: impl FnOnce(reqwest::Client, &str) -> reqwest::RequestBuilder,
            ) -> Transcript {
                let script = Script::serve(responses);
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let items = runtime.block_on(async {
                    let client = reqwest::Client::builder().no_proxy().build().unwrap();
                    let items = Arc::new(Mutex::new(Vec::new()));
                    let mut source = EventSource::new(request(client, &script.url)).unwrap();
                    let delay = Duration::from_millis(1);
                    source.set_retry_policy(match retry {
                        Retry::Never => Box::new(Never),
                        Retry::Constant(most) => Box::new(Constant::new(delay, most)),
                        Retry::Recorded => Box::new(Recorded(Arc::clone(&items))),
                    });
                    for _ in 0..most {
                        let item = match source.next().await {
                            None => "end".to_string(),
                            Some(Ok(Event::Open)) => "open".to_string(),
                            Some(Ok(Event::Message(event))) => format!(
                                "{}: {:?}, id {:?}, retry {:?}",
                                event.event, event.data, event.id, event.retry
                            ),
                            Some(Err(error)) => {
                                let below = std::error::Error::source(&error).map(ToString::to_string);
                                format!("error: {error}, below it {below:?}")
                            }
                        };
                        let is_end = item == "end";
                        let state = source.ready_state();
                        let item = format!("{item} [{state:?}, last ID {:?}]", source.last_event_id());
                        items.lock().unwrap().push(item);
                        if is_end {
                            break;
                        }
                    }
                    let items = items.lock().unwrap().clone();
                    items
                });
                script.transcript(items)
            }
        }
    };
}

side!(original, reqwest_eventsource);
side!(ours, our_reqwest_eventsource);

/// Both do the same; what it is.
fn same(responses: &[&str], retry: Retry, most: usize) -> Transcript {
    let original = original::read(responses, retry, most);
    let ours = ours::read(responses, retry, most);
    assert_eq!(original, ours);
    ours
}

// --- What both do

#[test]
fn events_come_after_open_and_the_end_is_an_error() {
    let read = same(&[&ok("event: a\nid: 7\nretry: 9\ndata: b\ndata: c\n\ndata: d\n\n")], Retry::Never, 9);
    assert_eq!(read.items.len(), 5, "{read:?}");
    assert_eq!(read.items[1], "a: \"b\\nc\", id \"7\", retry Some(9ms) [Open, last ID \"7\"]");
    assert_eq!(read.items[3], "error: Stream ended, below it None [Closed, last ID \"7\"]");
    assert_eq!(read.requests, ["GET /events HTTP/1.1 | accept: text/event-stream"]);
}

#[test]
fn a_client_error_closes_the_source() {
    let read = same(&["HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"], Retry::Constant(None), 9);
    assert_eq!(
        read.items[0],
        "error: Invalid status code: 404 Not Found, below it None [Closed, last ID \"\"]"
    );
    assert_eq!(read.items.len(), 2, "{read:?}");
}

#[test]
fn a_server_error_closes_the_source() {
    same(&["HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"], Retry::Constant(None), 9);
}

#[test]
fn no_content_closes_the_source() {
    let read = same(&["HTTP/1.1 204 No Content\r\n\r\n"], Retry::Constant(None), 9);
    assert_eq!(read.items.len(), 2, "{read:?}");
}

#[test]
fn a_status_that_is_nearly_good_closes_the_source() {
    let created = OK.replace("200 OK", "201 Created") + "data: a\n\n";
    same(&[&created], Retry::Constant(None), 9);
}

#[test]
fn another_media_type_closes_the_source() {
    let read = same(&[&OK.replace("text/event-stream", "text/html")], Retry::Constant(None), 9);
    assert!(read.items[0].starts_with("error: Invalid header value: \"text/html\""), "{read:?}");
}

#[test]
fn no_media_type_closes_the_source() {
    same(&["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: a\n\n"], Retry::Constant(None), 9);
}

#[test]
fn case_and_parameters_of_the_media_type_do_not_matter() {
    let response = OK.replace("text/event-stream", "Text/Event-Stream; charset=UTF-8") + "data: a\n\n";
    let read = same(&[&response], Retry::Never, 9);
    assert!(read.items[1].starts_with("message: \"a\""), "{read:?}");
}

#[test]
fn a_redirect_is_followed() {
    let redirect = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let read = same(&[redirect, &ok("data: a\n\n")], Retry::Never, 9);
    assert!(read.requests[1].starts_with("GET /other "), "{read:?}");
}

#[test]
fn the_last_event_id_goes_with_the_next_request() {
    let read = same(&[&ok("id: 7\ndata: a\n\n"), &ok("id: 8\ndata: b\n\n")], Retry::Constant(None), 6);
    assert!(read.requests[1].contains("last-event-id: 7"), "{read:?}");
}

#[test]
fn an_id_that_is_not_ascii_goes_as_it_is() {
    let read = same(&[&ok("id: 注文7\ndata: a\n\n"), &ok("id: 8\ndata: b\n\n")], Retry::Constant(None), 6);
    assert!(read.requests[1].contains("last-event-id: 注文7"), "{read:?}");
}

#[test]
fn an_id_that_no_header_can_carry_closes_the_source() {
    let read = same(&[&ok("id: \u{1}\ndata: a\n\n")], Retry::Constant(None), 9);
    assert!(read.items[3].starts_with("error: Invalid `Last-Event-ID`: \u{1}"), "{read:?}");
    assert_eq!(read.items.len(), 5, "{read:?}");
}

#[test]
fn a_body_that_breaks_off_is_a_transport_error_and_tried_again() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
               f\r\nid: 7\ndata: a\n\n\r\n40\r\ndata: half";
    let read = same(&[cut, &ok("id: 8\ndata: b\n\n")], Retry::Constant(None), 5);
    assert!(read.items[2].starts_with("error: error decoding response body"), "{read:?}");
    assert!(read.items[4].starts_with("message: \"b\""), "{read:?}");
}

#[test]
fn a_connection_without_a_response_is_a_transport_error_and_tried_again() {
    // Without an ID: this is the first request that the original sends again without `Last-Event-ID`.
    let read = ours::read(&["", &ok("id: 8\ndata: b\n\n")], Retry::Constant(None), 3);
    let original = original::read(&["", &ok("id: 8\ndata: b\n\n")], Retry::Constant(None), 3);
    assert_eq!(read.items, original.items);
    assert!(read.items[0].starts_with("error: error sending request"), "{read:?}");
}

#[test]
fn a_policy_hears_of_reconnection_times_and_of_each_loss() {
    let read = same(&[&ok("id: 7\nretry: 2\ndata: a\n\n")], Retry::Recorded, 4);
    assert!(read.items.contains(&"reconnection time 2ms".to_string()), "{read:?}");
    assert!(read.items.contains(&"asked about: Stream ended".to_string()), "{read:?}");
}

#[test]
fn a_request_with_a_body_is_sent_again_whole() {
    let responses = [&*ok("id: 7\ndata: a\n\n"), &*ok("id: 8\ndata: b\n\n")];
    let post = |client: reqwest::Client, url: &str| client.post(url).header("x-own", "1").body("question");
    let read = ours::read_request(&responses, Retry::Constant(None), 5, post);
    assert_eq!(read, original::read_request(&responses, Retry::Constant(None), 5, post));
    assert!(read.requests[1].starts_with("POST ") && read.requests[1].ends_with("question"), "{read:?}");
}

#[test]
fn a_request_with_a_stream_as_its_body_is_refused() {
    let request = || {
        let body = futures_util::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
        reqwest::Client::new().post("http://127.0.0.1:9/").body(reqwest::Body::wrap_stream(body))
    };
    let original = reqwest_eventsource::EventSource::new(request()).err().map(|error| error.to_string());
    let ours = our_reqwest_eventsource::EventSource::new(request()).err().map(|error| error.to_string());
    assert_eq!(original, ours);
    assert_eq!(ours.as_deref(), Some("expected a cloneable request"));
}

#[test]
fn a_source_may_move_to_another_thread() {
    fn movable<T: Send + Unpin + 'static>() {}
    movable::<reqwest_eventsource::EventSource>();
    movable::<our_reqwest_eventsource::EventSource>();
}

/// Servers refuse such a header: nginx, Apache, Varnish and lighttpd take 8,000 bytes.
#[test]
fn an_id_that_is_too_long_for_a_header_closes_the_source() {
    let long = format!("id: {}\ndata: a\n\n", "7".repeat(8_001));
    let ours = ours::read(&[&ok(&long), &ok("data: b\n\n")], Retry::Constant(None), 9);
    assert!(ours.items[3].starts_with("error: Invalid `Last-Event-ID`"), "{ours:?}");
    assert_eq!((ours.items.len(), ours.requests.len()), (5, 1), "{ours:?}");
}

#[test]
fn the_policies_give_the_same_delays() {
    let ms = Duration::from_millis;
    macro_rules! delays {
        ($library:ident) => {{
            use $library::retry::*;
            let mut backoff = ExponentialBackoff::new(ms(10), 3.0, Some(ms(50)), Some(3));
            let error = $library::Error::StreamEnded;
            let mut delays = Vec::new();
            for last in [None, Some((1, ms(10))), Some((2, ms(20))), Some((3, ms(10))), Some((9, ms(10)))] {
                delays.push((backoff.retry(&error, last), Constant::new(ms(7), Some(2)).retry(&error, last)));
                delays.push((DEFAULT_RETRY.retry(&error, last), Never.retry(&error, last)));
            }
            backoff.set_reconnection_time(ms(77));
            format!("{delays:?} {backoff:?} {DEFAULT_RETRY:?}")
        }};
    }
    assert_eq!(delays!(reqwest_eventsource), delays!(our_reqwest_eventsource));
}

// --- What differs: the original, and the standard or the documentation of the original

/// The original always counts one.
#[test]
fn the_number_of_retries_is_limited() {
    let refused = [""; 8];
    let original = original::read(&refused, Retry::Constant(Some(2)), 6);
    assert_eq!(original.items.len(), 6);
    assert!(original.items.iter().all(|item| item.starts_with("error: ")), "{original:?}");
    let ours = ours::read(&refused, Retry::Constant(Some(2)), 6);
    // The first attempt and two more.
    assert_eq!(ours.items.len(), 4, "{ours:?}");
    assert_eq!(ours.items[3], "end [Closed, last ID \"\"]");
}

/// "If the EventSource object's last event ID string is not the empty string, then set `Last-Event-ID`".
#[test]
fn an_empty_id_is_not_sent() {
    let responses = [&*ok("data: a\n\n"), &*ok("data: b\n\n")];
    let original = original::read(&responses, Retry::Constant(None), 5);
    assert!(original.requests[1].contains("last-event-id: "), "{original:?}");
    let ours = ours::read(&responses, Retry::Constant(None), 5);
    assert!(!ours.requests[1].contains("last-event-id"), "{ours:?}");
    assert_eq!(original.items, ours.items);
}

/// The last event ID is that of the source, not of a connection.
#[test]
fn an_id_outlives_a_connection_that_sets_none() {
    let responses = [&*ok("id: 7\ndata: a\n\n"), &*ok("data: b\n\n"), &*ok("data: c\n\n")];
    let original = original::read(&responses, Retry::Constant(None), 8);
    assert!(original.items[4].contains("id \"\""), "{original:?}");
    let ours = ours::read(&responses, Retry::Constant(None), 8);
    assert!(ours.items[4].contains("id \"7\""), "{ours:?}");
    assert!(ours.requests[2].contains("last-event-id: 7"), "{ours:?}");
}

/// The original sends both.
#[test]
fn an_id_of_the_stream_takes_the_place_of_one_of_the_request() {
    let responses = [&*ok("id: 7\ndata: a\n\n"), &*ok("id: 8\ndata: b\n\n")];
    let resume = |client: reqwest::Client, url: &str| client.get(url).header("last-event-id", "6");
    let original = original::read_request(&responses, Retry::Constant(None), 5, resume);
    assert!(original.requests[1].contains("last-event-id: 6; last-event-id: 7"), "{original:?}");
    let ours = ours::read_request(&responses, Retry::Constant(None), 5, resume);
    assert!(ours.requests[0].contains("last-event-id: 6"), "{ours:?}");
    assert!(ours.requests[1].ends_with("last-event-id: 7"), "{ours:?}");
    assert_eq!(original.items, ours.items);
}

/// "If the field name is retry": whether data follows or not.
#[test]
fn a_reconnection_time_counts_without_data() {
    let responses = [&*ok("id: 7\nretry: 2\n\ndata: a\n\n")];
    let original = original::read(&responses, Retry::Recorded, 4);
    assert!(!original.items.iter().any(|item| item.starts_with("reconnection time")), "{original:?}");
    let ours = ours::read(&responses, Retry::Recorded, 4);
    assert!(ours.items.contains(&"reconnection time 2ms".to_string()), "{ours:?}");
}

/// CR alone ends a line.
#[test]
fn the_last_event_of_a_stream_of_cr_comes() {
    let responses = [&*ok("data: a\r\rdata: b\r\r")];
    assert_eq!(original::read(&responses, Retry::Never, 9).items.len(), 4);
    let ours = ours::read(&responses, Retry::Never, 9);
    assert_eq!(ours.items.len(), 5, "{ours:?}");
    assert!(ours.items[2].starts_with("message: \"b\""), "{ours:?}");
}

/// "Streams must be decoded using the UTF-8 decode algorithm".
#[test]
fn bytes_that_are_not_utf8_cost_one_character() {
    let responses = [&*ok("data: a<FF>\n\ndata: b\n\n")];
    let original = original::read(&responses, Retry::Never, 9);
    assert!(original.items[1].starts_with("error: "), "{original:?}");
    let ours = ours::read(&responses, Retry::Never, 9);
    assert!(ours.items[1].starts_with("message: \"a\u{FFFD}\""), "{ours:?}");
    assert!(ours.items[2].starts_with("message: \"b\""), "{ours:?}");
}

/// Not compared: the original does not return an error here.
#[test]
fn a_url_that_is_none_is_an_error() {
    use futures_util::StreamExt;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut source = our_reqwest_eventsource::EventSource::get("no URL");
        source.set_retry_policy(Box::new(our_reqwest_eventsource::retry::Never));
        assert!(matches!(source.next().await, Some(Err(our_reqwest_eventsource::Error::Transport(_)))));
        assert!(source.next().await.is_none());
    });
}
