//! Answers that outlive their readers: a page that is reloaded in the middle of an answer resumes it.
//!
//! ```sh
//! cargo run --example reload --features axum,hub -- 127.0.0.1:3000
//! curl -X POST -d 'A cat?' http://127.0.0.1:3000/answers/7      # asks; the answer is produced whether anyone reads or not
//! curl -N http://127.0.0.1:3000/answers/7                      # reads it, from the beginning, any number of times
//! ```

mod routes;

use std::error::Error;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!("reload listens on http://{}, Ctrl-C ends it", listener.local_addr()?);
    Ok(axum::serve(listener, routes::routes(routes::model)).await?)
}
