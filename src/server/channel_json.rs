//! `EventSender::send_json`.

use serde::Serialize;

use super::channel::{EventSender, SendError};
use crate::event::Event;

impl EventSender {
    /// Sends a value as the JSON of an event, without type and ID, when there is room for it.
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
    /// When the body was dropped, or the value cannot be JSON: then nothing was sent.
    pub async fn send_json<T>(&self, value: &T) -> Result<(), SendError>
    where
        T: Serialize + ?Sized,
    {
        self.send(Event::from_json(value).map_err(SendError::value)?).await
    }
}
