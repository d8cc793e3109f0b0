use eventwire::server::{EventBody, EventReceiver, EventSender, SendError};
use eventwire::Event;

async fn work(sender: &EventSender) -> Result<(), SendError> {
    for word in ["Hel", "lo"] {
        sender.send(Event::new(word)).await?;                         // waits for a slow client
    }
    Ok(())
}

async fn answer() -> EventBody<EventReceiver> {
    let (sender, body) = EventBody::channel(16);
    tokio::spawn(async move {
        tokio::select! {
            Ok(()) = work(&sender) => sender.finish(),                // without it, the stream ends as failed
            () = sender.closed() => println!("the client has left"),  // and the work was dropped
        }
    });
    body.with_last_event(Event::new("[DONE]"))
}
