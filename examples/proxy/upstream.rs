//! Requests to the upstream server.

use std::error::Error;

use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HeaderValue, ACCEPT_ENCODING, HOST};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::headers;

/// Sends a request on a new connection, which ends with the body of the response.
pub(crate) async fn ask(
    upstream: &Uri,
    request: Request<Incoming>,
) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
    let host = upstream.host().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, upstream.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(for_upstream(upstream, request)?).await?)
}

/// Returns the same request to the upstream server.
fn for_upstream(
    upstream: &Uri,
    mut request: Request<Incoming>,
) -> Result<Request<Incoming>, Box<dyn Error + Send + Sync>> {
    let path = match (upstream.path().trim_end_matches('/'), request.uri().path()) {
        // The URL of a single stream is used as it is.
        (base, "/") if !base.is_empty() => base.to_owned(),
        (base, path) => format!("{base}{path}"),
    };
    let query = request.uri().query().or(upstream.query());
    *request.uri_mut() = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")).parse()?;

    let headers = request.headers_mut();
    headers::remove_hops(headers);
    // A compressed body could not be read here.
    headers.remove(ACCEPT_ENCODING);
    let authority = upstream.authority().map_or("", |authority| authority.as_str());
    headers.insert(HOST, HeaderValue::from_str(authority)?);
    Ok(request)
}
