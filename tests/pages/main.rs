//! What the snippets of the pages do. Each is a file here, included by a module that tests it.

#![allow(dead_code)]

use std::fs;
use std::path::Path;

use bytes::Bytes;
use http::{Method, Request, Response};

mod language_models;
mod middleware;
mod recipes;

#[test]
fn each_snippet_is_on_its_page_word_for_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["language_models", "middleware", "recipes"] {
        let path = root.join("docs").join(page.replace('_', "-")).with_extension("md");
        let text = fs::read_to_string(path).unwrap();
        for file in fs::read_dir(root.join("tests/pages").join(page)).unwrap() {
            let path = file.unwrap().path();
            if path.file_name().unwrap() == "mod.rs" {
                continue;
            }
            let code = fs::read_to_string(&path).unwrap();
            assert!(
                text.contains(&format!("```rust\n{code}```\n")),
                "differs from the page: {}",
                path.display()
            );
        }
    }
}

fn request(method: Method) -> Request<&'static str> {
    Request::builder().method(method).uri("http://localhost/").body("").unwrap()
}

fn event_stream(status: u16, events: &str) -> Response<String> {
    let head = Response::builder().status(status).header("content-type", "text/event-stream");
    head.body(events.to_owned()).unwrap()
}

async fn read(body: impl http_body::Body<Data = Bytes>) -> String {
    let bytes = http_body_util::BodyExt::collect(body).await.ok().expect("a body without errors").to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}
