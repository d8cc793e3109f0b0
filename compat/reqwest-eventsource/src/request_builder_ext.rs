//! `RequestBuilderExt`: a source from a request.

use reqwest::RequestBuilder;

use crate::{CannotCloneRequestError, EventSource};

/// Creates a source from a request.
pub trait RequestBuilderExt {
    /// Creates a source from this request. See [`EventSource::new`].
    ///
    /// # Errors
    ///
    /// If the request cannot be sent twice.
    fn eventsource(self) -> Result<EventSource, CannotCloneRequestError>;
}

impl RequestBuilderExt for RequestBuilder {
    fn eventsource(self) -> Result<EventSource, CannotCloneRequestError> {
        EventSource::new(self)
    }
}
