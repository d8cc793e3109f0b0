//! `looks_at!`: the rows of the table of readers that only look at the decoder.

/// Implements them for a reader, with the same words for all. `$decoder` borrows its `BytesDecoder`.
macro_rules! looks_at {
    ($self:ident => $decoder:expr) => {
        /// Borrows the event that the reader has advanced to.
        #[must_use]
        #[inline(always)]
        pub fn current(&$self) -> Option<$crate::event::EventRef<'_>> {
            $decoder.current()
        }

        /// Borrows the frame that the reader has advanced to.
        #[must_use]
        pub fn current_frame(&$self) -> Option<$crate::event::Frame<'_>> {
            $decoder.current_frame()
        }

        /// Returns the current last event ID. See [`Decoder::last_event_id`](crate::Decoder::last_event_id).
        #[must_use]
        pub fn last_event_id(&$self) -> &str {
            $decoder.last_event_id()
        }

        /// Returns the current reconnection time, if the server has sent one or the caller has set one.
        #[must_use]
        pub fn reconnection_time(&$self) -> Option<core::time::Duration> {
            $decoder.reconnection_time()
        }

        /// Returns the number of bytes of this connection up to the end of the last item, including a byte order mark.
        #[must_use]
        pub fn bytes_consumed(&$self) -> u64 {
            $decoder.bytes_consumed()
        }
    };
}

pub(crate) use looks_at;
