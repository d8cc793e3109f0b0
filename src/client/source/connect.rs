//! How a request is sent.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use super::response_body::{BoxError, ResponseBody};

/// A response on its way.
pub(super) type Connecting = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, BoxError>> + Send>>;

/// An HTTP client.
pub(super) trait Connect: Send {
    fn connect(&mut self, request: Request<Bytes>) -> Connecting;
}

/// A function that sends a request.
pub(super) struct Sending<F>(pub(super) F);

impl<F, R, B, E> Connect for Sending<F>
where
    F: FnMut(Request<Bytes>) -> R + Send,
    R: Future<Output = Result<Response<B>, E>> + Send + 'static,
    B: Body + Send + 'static,
    B::Error: Into<BoxError>,
    E: Into<BoxError>,
{
    fn connect(&mut self, request: Request<Bytes>) -> Connecting {
        let response = (self.0)(request);
        Box::pin(async move {
            match response.await {
                Ok(response) => Ok(response.map(ResponseBody::new)),
                Err(error) => Err(error.into()),
            }
        })
    }
}
