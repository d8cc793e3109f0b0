//! `POST /answers/{key}` asks, `GET /answers/{key}` reads the answer and resumes it.

use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::Router;
use eventwire::hub::{End, Outcome, Recorder, Recordings};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;

/// Serves the answers of a model.
pub(crate) fn routes<F>(model: impl Fn(String, Recorder) -> F + Clone + Send + Sync + 'static) -> Router
where
    F: std::future::Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let answers = Recordings::new(move || start.elapsed()).with_keep(Duration::from_secs(600));
    let asked = answers.clone();
    let ask = move |Path(key): Path<String>, question: String| async move {
        match asked.record(key) {
            Some(recorder) => {
                // A task of its own: it does not end when the client disconnects.
                tokio::spawn(model(question, recorder));
                StatusCode::ACCEPTED
            }
            // Asked already: the client reads that answer.
            None => StatusCode::CONFLICT,
        }
    };
    let read =
        move |Path(key): Path<String>, seen: Option<LastEventId>| async move { read(&answers, &key, seen) };
    Router::new().route("/answers/{key}", post(ask).get(read))
}

fn read(answers: &Recordings, key: &str, seen: Option<LastEventId>) -> Response {
    match answers.follow(key, seen.as_ref()) {
        None => StatusCode::NOT_FOUND.into_response(),
        // The client has the whole answer: a browser does not reconnect after this status.
        Some(follow) if follow.outcome() == Outcome::Ended => StatusCode::NO_CONTENT.into_response(),
        Some(follow) => EventBody::new(follow).into_response(),
    }
}

/// Stands for a language model: answers word by word.
#[allow(dead_code)]
pub(crate) async fn model(question: String, recorder: Recorder) {
    let answer = format!("You asked: {question} I have to think about that.");
    for word in answer.split_inclusive(' ') {
        recorder.append(Event::new(word));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    recorder.end(End::Done);
}
