//! Makes a source from a request.

use reqwest::RequestBuilder;

use crate::{CannotCloneRequestError, EventSource};

/// Makes a source of a request.
pub trait RequestBuilderExt {
    /// Sends this request, as often as it takes.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent twice.
    fn eventsource(self) -> Result<EventSource, CannotCloneRequestError>;
}

impl RequestBuilderExt for RequestBuilder {
    fn eventsource(self) -> Result<EventSource, CannotCloneRequestError> {
        EventSource::new(self)
    }
}
