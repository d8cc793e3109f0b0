//! Which responses are event streams, and how their bodies are read.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use eventwire::client::{EventStream, Rejected, StreamError};
use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::FutureExt;
use http::{HeaderMap, Response};
use http_body::{Body, Frame};

use crate::chunks::{data, end, error, Lost};

/// A body of these frames.
#[derive(Debug)]
struct Frames(VecDeque<Result<Frame<Bytes>, Lost>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        Poll::Ready(self.0.pop_front())
    }
}

fn body(frames: impl IntoIterator<Item = Result<Frame<Bytes>, Lost>>) -> Frames {
    Frames(frames.into_iter().collect())
}

fn some(text: &'static str) -> Result<Frame<Bytes>, Lost> {
    Ok(Frame::data(text.into()))
}

#[test]
fn the_data_of_a_body_is_read_and_trailers_are_dropped() {
    let trailers = Ok(Frame::trailers(HeaderMap::new()));
    let mut events = EventStream::from_body(body([some("data: a"), some("\n\n"), trailers]));
    assert_eq!(data(&mut events), "a");
    end(&mut events);
}

#[test]
fn an_error_of_the_body_is_an_error_of_the_stream() {
    let mut events = EventStream::from_body(body([some("data: a\n\n"), Err(Lost)]));
    assert_eq!(data(&mut events), "a");
    assert!(matches!(error(&mut events), StreamError::Transport { error: Lost, .. }));
    end(&mut events);
}

#[test]
fn a_response_made_by_the_server_module_is_read() {
    let sent = futures_util::stream::iter([Event::new("a"), Event::new("b").with_id(7)]);
    let response = eventwire::server::response(EventBody::new(sent));
    let mut events = EventStream::from_response(response).unwrap();
    assert_eq!(data(&mut events), "a");
    assert_eq!(data(&mut events), "b");
    end(&mut events);
    assert_eq!(events.last_event_id(), "7");
}

fn rejected(status: u16, content_type: Option<&str>) -> Option<String> {
    let mut response = Response::builder().status(status);
    if let Some(content_type) = content_type {
        response = response.header("content-type", content_type);
    }
    let response = response.body(body([some("data: a\n\n")])).unwrap();
    match EventStream::from_response(response) {
        Ok(mut events) => {
            assert_eq!(data(&mut events), "a");
            None
        }
        Err(rejected) => {
            assert_eq!(rejected.status(), status);
            let told = rejected.to_string();
            // The body is still unread.
            let mut events = EventStream::from_body(rejected.into_response().into_body());
            assert_eq!(events.next_event().now_or_never().unwrap().unwrap().unwrap().data(), "a");
            Some(told)
        }
    }
}

#[test]
fn status_200_and_the_media_type_make_an_event_stream() {
    assert_eq!(rejected(200, Some("text/event-stream")), None);
    assert_eq!(rejected(200, Some("Text/EVENT-Stream ; charset=utf-8")), None);
}

#[test]
fn every_other_response_is_returned_complete() {
    let stream = Some("text/event-stream");
    assert_eq!(rejected(404, stream).unwrap(), "expected status 200, got 404 Not Found");
    assert_eq!(rejected(204, stream).unwrap(), "expected status 200, got 204 No Content");
    assert_eq!(rejected(201, stream).unwrap(), "expected status 200, got 201 Created");
    assert_eq!(
        rejected(200, Some("application/json")).unwrap(),
        "expected content type text/event-stream, got \"application/json\""
    );
    assert_eq!(rejected(200, None).unwrap(), "expected content type text/event-stream, got none");
}

#[test]
fn a_rejected_body_of_axum_is_an_error_for_the_question_mark_of_anyhow() {
    use axum::response::{Html, IntoResponse};

    // The body of axum is not `Sync`, which errors of anyhow must be.
    fn read(response: axum::response::Response) -> anyhow::Result<EventStream<impl Sized>> {
        Ok(EventStream::from_response(response)?)
    }

    let page = Html("<h1>busy</h1>").into_response();
    let error = read(page).err().unwrap();
    assert_eq!(
        error.to_string(),
        "expected content type text/event-stream, got \"text/html; charset=utf-8\""
    );
    let rejected = error.downcast::<Rejected<axum::body::Body>>().unwrap();
    let body = http_body_util::BodyExt::collect(rejected.into_response().into_body()).now_or_never();
    assert_eq!(body.unwrap().unwrap().to_bytes(), "<h1>busy</h1>");
}

#[test]
fn a_rejection_says_what_was_wrong_whatever_would_have_been_accepted() {
    let told = |status, headers: &[(&str, &str)]| {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body([])).unwrap();
        EventStream::from_response_if(response, |head| head.status != 200).unwrap_err().to_string()
    };
    let (stream, page, gzip) =
        (("content-type", "text/event-stream"), ("content-type", "text/html"), ("content-encoding", "gzip"));
    assert_eq!(told(201, &[stream, gzip]), "expected a body without content encoding, got \"gzip\"");
    assert_eq!(told(200, &[page, gzip]), "expected a body without content encoding, got \"gzip\"");
    assert_eq!(told(502, &[page, gzip]), "expected status 200, got 502 Bad Gateway");
    assert_eq!(told(200, &[stream]), "the response was not accepted");
    let response =
        Response::builder().status(201).header("content-type", "text/html").body(body([])).unwrap();
    assert_eq!(
        EventStream::from_response(response).unwrap_err().to_string(),
        "expected an event stream, got 201 Created with content type \"text/html\""
    );
}
