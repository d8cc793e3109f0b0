//! hyper-util's client.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

pub(crate) use crate::peer::connect_with as source;

pub(crate) async fn get(place: &str) -> Response<Incoming> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    client.request(Request::get(place).body(Full::default()).unwrap()).await.unwrap()
}
