//! Whether each adapter adds heartbeats by default, and none if they are turned off.
//!
//! No sockets: the clock is paused, and jumps when all tasks wait.

use std::future::{poll_fn, Future};
use std::pin::pin;
use std::time::Duration;

use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::stream::{self, Pending};
use tokio::time::{timeout, Instant};

/// Polls for one chunk after the other, whatever they are.
macro_rules! chunks {
    ($body:expr, $chunk:expr) => {
        async move {
            let mut body = pin!($body);
            let mut times = Vec::new();
            let began = Instant::now();
            let take = async {
                while poll_fn(|cx| $chunk(body.as_mut(), cx)).await.is_some() {
                    times.push(began.elapsed().as_secs());
                }
            };
            assert!(timeout(Duration::from_secs(40), take).await.is_err(), "the body has ended");
            times
        }
    };
}

/// Runs with one body of each kind, made by an adapter.
async fn check<F: Future<Output = Vec<u64>>>(times: impl Fn(EventBody<Pending<Event>>) -> F) {
    let body = || EventBody::new(stream::pending());
    assert_eq!(times(body()).await, [0, 15, 30]);
    assert_eq!(times(body().without_keep_alive()).await, [0]);
    let slow = eventwire::server::KeepAlive::default().with_interval(Duration::from_secs(25));
    assert_eq!(times(body().with_keep_alive(slow)).await, [0, 25]);
}

#[tokio::test(start_paused = true)]
async fn actix_web_adds_it() {
    use actix_web::{body::MessageBody, test::TestRequest, Responder};

    let request = &TestRequest::default().to_http_request();
    check(|body| chunks!(body.respond_to(request).into_body(), MessageBody::poll_next)).await;
}

#[tokio::test(start_paused = true)]
async fn axum_adds_it() {
    use axum::response::IntoResponse;

    check(|body| chunks!(body.into_response().into_body(), http_body::Body::poll_frame)).await;
}

#[tokio::test(start_paused = true)]
async fn poem_adds_it() {
    use futures_util::Stream;
    use poem::IntoResponse;

    check(|body| chunks!(body.into_response().into_body().into_bytes_stream(), Stream::poll_next)).await;
}

#[tokio::test(start_paused = true)]
async fn rocket_adds_it() {
    use std::pin::Pin;
    use std::task::{ready, Context, Poll};

    use rocket::{local::asynchronous::Client, response::Responder};
    use tokio::io::{AsyncRead, ReadBuf};

    fn chunk(body: Pin<&mut impl AsyncRead>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        let mut bytes = [0; 100];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(body.poll_read(cx, &mut buffer)).unwrap();
        Poll::Ready((!buffer.filled().is_empty()).then_some(()))
    }

    let client = Client::untracked(rocket::build()).await.unwrap();
    let request = client.get("/");
    let times = |body: EventBody<_>| {
        let mut response = body.respond_to(request.inner()).unwrap();
        chunks!(response.body_mut(), chunk)
    };
    check(times).await;
}

#[tokio::test(start_paused = true)]
async fn salvo_adds_it() {
    use salvo::{Response, Scribe};

    let times = |body: EventBody<_>| {
        let mut response = Response::new();
        body.render(&mut response);
        chunks!(response.take_body(), http_body::Body::poll_frame)
    };
    check(times).await;
}

#[tokio::test(start_paused = true)]
async fn warp_adds_it() {
    use warp::Reply;

    check(|body| chunks!(body.into_response().into_body(), http_body::Body::poll_frame)).await;
}
