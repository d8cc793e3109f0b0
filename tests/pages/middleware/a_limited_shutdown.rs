use std::future::IntoFuture;
use std::time::Duration;

use axum::{extract::State, routing::get, serve::ListenerExt, Router};
use eventwire::server::{EventBody, EventReceiver, EventSender, SendError};
use eventwire::Event;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

async fn shutdown_begins(mut shutdown: Receiver<bool>) {
    let _ = shutdown.wait_for(|begun| *begun).await;                  // an error: its sender is gone
}

async fn grace_period_ends(shutdown: Receiver<bool>) {
    shutdown_begins(shutdown).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Serves until the streams have ended, but at most a second after the shutdown began.
async fn serve<S: IntoFuture>(served: S, shutdown: Receiver<bool>) -> Option<S::Output> {
    tokio::select! {
        served = served.into_future() => Some(served),
        () = grace_period_ends(shutdown) => None,                     // a client does not read
    }
}

async fn run(listener: TcpListener, shutdown: Receiver<bool>) -> Option<std::io::Result<()>> {
    let router = Router::new().route("/ticks", get(ticks)).with_state(shutdown.clone());
    let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));    // small events leave at once
    let served = axum::serve(listener, router).with_graceful_shutdown(shutdown_begins(shutdown.clone()));
    serve(served, shutdown).await
}

async fn ticks(State(shutdown): State<Receiver<bool>>) -> EventBody<EventReceiver> {
    let (sender, body) = EventBody::channel(16);
    let end = grace_period_ends(shutdown.clone());
    tokio::spawn(async move {
        tokio::select! {
            Ok(()) = work(&sender) => sender.finish(),
            () = sender.closed() => {}                                // the client has left, or its body has ended
            () = end => {}                                            // the client does not read
        }
    });
    body.with_shutdown(shutdown_begins(shutdown))
}

async fn work(sender: &EventSender) -> Result<(), SendError> {
    loop {
        sender.send(Event::new("21.5")).await?;                       // waits for a client that does not read
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
