//! `EventSender::send_json`.

use serde::Serialize;

use super::channel::{EventSender, SendError};
use crate::event::Event;

impl EventSender {
    /// Sends a value as the JSON data of an event without type or ID, waiting for free capacity.
    ///
    /// ```
    /// use eventwire::server::EventBody;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (sender, body) = EventBody::channel(16);
    /// sender.send_json(&[21.5, 22.0]).await?;
    /// sender.finish();
    /// # drop(body);
    /// # Ok::<_, eventwire::server::SendError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the body was dropped, or if the value cannot be serialized as JSON; nothing is sent then.
    pub async fn send_json<T>(&self, value: &T) -> Result<(), SendError>
    where
        T: Serialize + ?Sized,
    {
        self.send(Event::from_json(value).map_err(SendError::value)?).await
    }
}
