//! The server of `examples/lean`, over real sockets.

#[allow(dead_code)]
#[path = "support/http.rs"]
mod http;
#[path = "../examples/lean/server.rs"]
mod server;

use std::future::ready;
use std::net::SocketAddr;

use eventwire::hub::{Follow, Hub};
use eventwire::server::LastEventId;
use eventwire::Event;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

async fn serve(
    follow: impl Fn(Option<LastEventId>) -> Option<Follow> + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, move |seen| ready(follow(seen))));
    address
}

async fn serve_hub(hub: &Hub) -> SocketAddr {
    let hub = hub.clone();
    serve(move |seen| Some(hub.follow(seen.as_ref()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_stream_gets_each_event_in_order_and_the_end() {
    let hub = Hub::new();
    let address = serve_hub(&hub).await;
    let clients: Vec<_> = (0..10)
        .map(|_| {
            spawn_blocking(move || {
                let mut response = http::get(address, "/events");
                assert_eq!(response.status, 200);
                assert_eq!(response.headers["content-type"], "text/event-stream");
                // It follows from here on.
                assert_eq!(response.next().event_type(), "checkpoint");
                response
            })
        })
        .collect();
    let mut responses = Vec::new();
    for client in clients {
        responses.push(client.await.unwrap());
    }
    for number in 0..100 {
        hub.publish(Event::new(number.to_string()));
    }
    hub.close();
    for response in responses {
        let (events, end) = spawn_blocking(|| response.rest()).await.unwrap();
        end.unwrap();
        let data: Vec<_> = events.iter().map(|event| event.data().to_owned()).collect();
        assert_eq!(data, (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_comes_back_goes_on_where_it_was() {
    let hub = Hub::new();
    let seen = hub.publish(Event::new("seen"));
    hub.publish(Event::new("missed"));
    let address = serve_hub(&hub).await;
    let event = spawn_blocking(move || http::resume(address, "/events", &seen).next()).await.unwrap();
    assert_eq!(event.data(), "missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_and_followers_that_cannot_be_are_errors() {
    let address = serve(|_| None).await;
    for (path, status) in [("/", 404), ("/events", 503)] {
        let response = spawn_blocking(move || http::get(address, path)).await.unwrap();
        assert_eq!(response.status, status);
    }
}
