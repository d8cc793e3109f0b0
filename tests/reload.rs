//! The routes of `examples/reload`, over real sockets.

#[allow(dead_code)]
#[path = "support/http.rs"]
mod http;
#[path = "../examples/reload/routes.rs"]
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::Router;
use eventwire::hub::{End, Recorder};
use eventwire::Event;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// A model that produces a word for each permit.
fn paced(permits: Arc<Semaphore>) -> Router {
    routes::routes(move |_, recorder: Recorder| {
        let permits = Arc::clone(&permits);
        async move {
            for word in ["A", "cat", "sleeps"] {
                permits.acquire().await.unwrap().forget();
                recorder.append(Event::new(word));
            }
            recorder.end(End::Done);
        }
    })
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn ask(address: SocketAddr, key: &str) -> u16 {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request =
        Request::post(format!("http://{address}/answers/{key}")).body(Body::from("A cat?")).unwrap();
    let response = client.request(request).await.unwrap();
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_disconnects_resumes_the_answer_which_went_on_without_it() {
    let permits = Arc::new(Semaphore::new(1));
    let address = serve(paced(Arc::clone(&permits))).await;
    assert_eq!(ask(address, "7").await, 202);
    let seen = spawn_blocking(move || {
        let mut response = http::get(address, "/answers/7");
        loop {
            let event = response.next();
            if event.data() == "A" {
                return event.id().unwrap().to_owned();
            }
        }
    })
    .await
    .unwrap();
    // No client is connected now.
    permits.add_permits(2);
    let (last, rest) = spawn_blocking(move || {
        let (events, end) = http::resume(address, "/answers/7", &seen).rest();
        end.unwrap();
        let last = events.last().unwrap().id().unwrap().to_owned();
        let rest: Vec<_> = events
            .iter()
            .filter(|event| event.event_type() != "checkpoint")
            .map(|event| (event.event_type().to_owned(), event.data().to_owned()))
            .collect();
        (last, rest)
    })
    .await
    .unwrap();
    let message = |data: &str| ("message".to_owned(), data.to_owned());
    assert_eq!(rest, [message("cat"), message("sleeps"), ("end".to_owned(), "done".to_owned())]);
    // It has the whole answer.
    assert_eq!(spawn_blocking(move || http::resume(address, "/answers/7", &last).status).await.unwrap(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_asked_for_once_and_an_unknown_one_is_not_found() {
    let address = serve(paced(Arc::new(Semaphore::new(3)))).await;
    assert_eq!(ask(address, "7").await, 202);
    assert_eq!(ask(address, "7").await, 409);
    assert_eq!(spawn_blocking(move || http::get(address, "/answers/8").status).await.unwrap(), 404);
}
