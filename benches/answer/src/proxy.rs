//! A proxy on its own thread, with hyper on both sides.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{client, server, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::{cpu, median, upstream};

pub type Fault = Box<dyn Error + Send + Sync>;
pub type Passed = Response<UnsyncBoxBody<Bytes, Fault>>;

/// What the proxy does with a response.
pub type Pass = fn(Response<Incoming>) -> Passed;

pub struct Proxy {
    address: SocketAddr,
    thread: String,
}

impl Proxy {
    /// Serves until the process ends.
    pub fn start(server: SocketAddr, pass: Pass) -> Self {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let address = listener.local_addr().expect("an address");
                tell.send(Proxy { address, thread: cpu::this_thread() }).ok().expect("somebody listens");
                loop {
                    let (connection, _) = listener.accept().await.expect("a connection");
                    let service =
                        service_fn(move |_| async move { Ok::<_, Fault>(pass(get(server).await?)) });
                    let connection = TokioIo::new(connection);
                    // A separate task, as in servers.
                    tokio::spawn(server::conn::http1::Builder::new().serve_connection(connection, service));
                }
            });
        });
        told.recv().expect("the proxy starts")
    }

    /// The processor time of the proxy for one answer.
    pub fn time(&self) -> Duration {
        let before = cpu::time_of(&self.thread);
        upstream::ask(self.address);
        cpu::time_of(&self.thread) - before
    }
}

async fn get(server: SocketAddr) -> Result<Response<Incoming>, Fault> {
    let connection = TcpStream::connect(server).await?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(connection)).await?;
    tokio::spawn(connection);
    let request = Request::get("/").header("host", "upstream").body(Empty::<Bytes>::new())?;
    Ok(sender.send_request(request).await?)
}

/// Times proxies in turns, and returns their medians.
pub fn compare<const N: usize>(proxies: [&Proxy; N], rounds: usize) -> [Duration; N] {
    let mut times = [(); N].map(|()| Vec::new());
    // The first answer warms up.
    for round in 0..=rounds {
        for (proxy, times) in proxies.into_iter().zip(&mut times) {
            let time = proxy.time();
            if round > 0 {
                times.push(time);
            }
        }
    }
    times.map(median)
}
