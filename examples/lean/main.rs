//! Ten thousand idle streams in 120 MB: a hub over hyper alone. Each line of standard input becomes an event.
//!
//! ```sh
//! cargo run --release --example lean --features hub,tokio -- 127.0.0.1:3000
//! curl -N http://127.0.0.1:3000/events
//! ```
//!
//! A stream takes a file descriptor: for ten thousand, run `ulimit -n 11000` first. The memory of the kernel for each socket
//! comes on top; it is small while nothing waits to be sent.

mod server;

use std::error::Error;
use std::future::ready;
use std::io;
use std::time::Duration;

use eventwire::hub::Hub;
use eventwire::Event;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!("lean listens on http://{}/events, it stops at the end of input", listener.local_addr()?);
    let hub = Hub::new().with_history(1024).with_history_bytes(1 << 20);
    let followed = hub.clone();
    tokio::spawn(server::serve(listener, move |seen| ready(Some(followed.follow(seen.as_ref())))));

    // Reading a line blocks.
    let publishing = hub.clone();
    spawn_blocking(move || {
        io::stdin().lines().try_for_each(|line| {
            publishing.publish(Event::new(line?));
            io::Result::Ok(())
        })
    })
    .await??;
    hub.close();
    // Until the farewell is sent.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}
