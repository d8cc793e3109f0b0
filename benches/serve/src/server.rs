//! A server on its own thread.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// Serves until the process ends, with one worker, as the client uses the other core. Returns the address, and the thread
/// whose time is that of the server.
pub fn start(router: Router) -> (SocketAddr, u32) {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
            tell.send((listener.local_addr().expect("an address"), thread_id())).expect("somebody listens");
            axum::serve(TapNoDelay(listener), router).await.expect("serves");
        });
    });
    told.recv().expect("the server starts")
}

/// Sends every chunk at once, as axum does with `tcp_nodelay`.
struct TapNoDelay(TcpListener);

impl axum::serve::Listener for TapNoDelay {
    type Io = tokio::net::TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, address)) = self.0.accept().await {
                if stream.set_nodelay(true).is_ok() {
                    return (stream, address);
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

fn thread_id() -> u32 {
    let link = std::fs::read_link("/proc/thread-self").ok();
    link.and_then(|link| link.file_name()?.to_str()?.parse().ok()).unwrap_or(0)
}
