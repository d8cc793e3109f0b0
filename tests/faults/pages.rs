//! What users read, and the programs: numbers 11 and 33 to 36.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use crate::peer::{raw, serve, End};
use crate::programs::example;

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

/// 11
#[test]
fn the_docs_promise_no_more_than_servers_and_proxies_keep() {
    says(
        "src/adapters/mod.rs",
        &["looks like", "a **whole** response", "second heartbeat", "limit the shutdown too"],
    );
    says("src/server/body.rs", &["rocket"]);
    says("docs/proxies.md", &["nginx", "HAProxy", "Apache", "Caddy", "Varnish", "lighttpd", "Squid", "h2o"]);
    says(
        "docs/middleware.md",
        &["async-compression 0.4.31", "actix-http 3.18.12", "TCP_USER_TIMEOUT", "CORS"],
    );
    says("docs/http-clients.md", &["minreq 3.0", "bitreq 0.4", "attohttpc", "awc 3.11", "ureq 3"]);
    says("docs/browsers.md", &["Firefox", "WebKit", "**the first byte of the body**"]);
}

/// 33
#[test]
fn first_programs_can_be_copied() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/frameworks/src/bin");
    // The published package does not hold other packages.
    for program in fs::read_dir(programs).into_iter().flatten() {
        let program = fs::read_to_string(program.unwrap().path()).unwrap();
        assert!(program.contains("cargo add eventwire"), "{program}");
    }
    says("README.md", &["cargo add eventwire"]);
    says(
        "MIGRATION.md",
        &["The event streams of axum 0.8, warp 0.4 and rocket 0.5", "axum `Sse::new(stream)`"],
    );
    says("src/adapters/mod.rs", &["oneshot", "start_paused = true", "EventBody::channel"]);
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
    assert!(text(&said.stdout).contains("could not connect: Connection refused"), "{said:?}");

    let said = run("inspect", &["Cargo.toml"]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(text(&said.stderr).contains("expected an event stream"), "{said:?}");

    says("examples/tail/main.rs", &["--features reqwest,json,reqwest/rustls -- https://"]);
}

/// 35
#[test]
fn the_page_fits_a_small_screen_and_its_buttons_have_names() {
    says(
        "examples/petstore/page.html",
        &["@media (max-width: 24rem)", "setAttribute(\"aria-label\"", "dotted"],
    );
}

/// 36
#[test]
fn a_handler_is_described_for_openapi_by_a_recipe() {
    says("src/adapters/mod.rs", &["# OpenAPI", "utoipa::path", "content_type = \"text/event-stream\""]);
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/frameworks/tests/openapi.rs");
    // The published package does not hold other packages.
    assert!(!recipe.exists() || fs::read_to_string(recipe).unwrap().contains("#[utoipa::path"));
}
