//! What users read, and the programs: numbers 33 to 36.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use serde_json::{json, Value};
use utoipa::{OpenApi, ToSchema};

use crate::browser::Browser;
use crate::peer::{raw, serve, End};
use crate::programs::{example, petstore};
use crate::snippets;

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn says(name: &str, sentences: &[&str]) {
    let page = page(name);
    let words = page.replace("//!", " ").replace("///", " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in sentences {
        assert!(words.contains(sentence), "{name} does not say {sentence:?}");
    }
}

fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(example(name)).args(arguments).env("NO_PROXY", "127.0.0.1").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// 33
#[test]
fn first_programs_can_be_copied() {
    let pages = snippets::pages();
    assert!(pages.len() > 10);
    for snippet in pages.iter().flat_map(snippets::of) {
        let missing = snippet.missing();
        assert!(missing.is_empty(), "{} uses {missing:?}, which `cargo add` does not add", snippet.place);
    }
}

/// 34
#[tokio::test(flavor = "multi_thread")]
async fn tools_say_in_few_lines_what_is_wrong() {
    let html = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n{}", "<p>\n".repeat(149));
    let (place, _) = serve(vec![raw(html, End::Closed)]).await;
    let said = run("tail", &[&place]);
    let lines = text(&said.stdout).lines().count() + text(&said.stderr).lines().count();
    assert!(lines < 15, "{said:?}");
    assert!(!said.status.success());

    let used = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = used.local_addr().unwrap().to_string();
    let said = run("proxy", &["http://127.0.0.1:1", "--listen", &address]);
    assert!(text(&said.stderr).contains(&address) && !said.status.success(), "{said:?}");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = run("tail", &["--once", &format!("http://{free}/")]);
    assert!(text(&said.stdout).contains("no response: Connection refused"), "{said:?}");

    let said = run("inspect", &["Cargo.toml"]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(text(&said.stderr).contains("expected an event stream"), "{said:?}");

    says("examples/tail/main.rs", &["--features reqwest,json,reqwest/rustls -- https://"]);
}

/// 35
#[test]
fn the_page_fits_a_small_screen_and_its_buttons_have_names() {
    let Some(mut browser) = Browser::start() else { return };
    let shop = petstore(&[]);
    browser.size(320, 1900);
    browser.open(&format!("http://{}/", shop.address));
    browser.wait_for("document.querySelectorAll('.lane').length === 5");
    let run_into = "[...document.querySelectorAll('.lane')].filter((lane) => {
        const name = document.createRange();
        name.selectNodeContents(lane.querySelector('h2'));
        const [a, b] = [name, lane.querySelector('button')].map((part) => part.getBoundingClientRect());
        return a.right > b.left && b.right > a.left && a.bottom > b.top && b.bottom > a.top;
    }).map((lane) => lane.textContent)";
    assert_eq!(browser.run(run_into), json!([]));
    let names =
        browser.run("[...document.querySelectorAll('.lane button')].map((button) => button.ariaLabel)");
    let names: Vec<_> = names.as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(names.len() == 5 && names.iter().any(|name| name.contains("Recommendations")), "{names:?}");
    assert_eq!(BTreeSet::from_iter(&names).len(), 5, "{names:?}");
    // As they happened and late, below and above the line, away and complete.
    let signs =
        browser.run("new Set([...document.querySelectorAll('.key i')].map((sign) => sign.className)).size");
    assert_eq!(signs, 6);
}

/// The data of each event.
#[derive(ToSchema)]
#[allow(dead_code)]
struct Tick {
    price: f64,
}

#[utoipa::path(
    get,
    path = "/ticks",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last event that the client has seen")),
    responses((status = 200, description = "Ticks", content_type = "text/event-stream", body = Tick)),
)]
async fn ticks(_seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(stream::iter([Event::new(r#"{"price":21.5}"#).with_id(1)]))
}

/// 36
#[test]
fn a_handler_is_described_for_openapi_without_a_feature() {
    #[derive(OpenApi)]
    #[openapi(paths(ticks))]
    struct Api;

    let _: axum::Router = axum::Router::new().route("/ticks", axum::routing::get(ticks));
    let document: Value = serde_json::from_str(&Api::openapi().to_json().unwrap()).unwrap();
    let handler = &document["paths"]["/ticks"]["get"];
    let schema = &handler["responses"]["200"]["content"]["text/event-stream"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Tick");
    assert!(document["components"]["schemas"]["Tick"]["properties"]["price"].is_object());
    assert_eq!(handler["parameters"][0]["name"], "Last-Event-ID");
}
