use std::io::Read;

use eventwire::{EventReader, Frame, ReadError};

fn watch(body: impl Read) -> Result<(), ReadError> {
    let mut reader = EventReader::new(body);
    while let Some(frame) = reader.next_frame()? {
        match frame {
            Frame::Event(event) => println!("{}: {}", event.event_type(), event.data()),
            Frame::Comment(text) => println!("comment {text:?}, a heartbeat if it is empty"),
            other => println!("{other:?}"),                           // reconnection times, unknown fields
        }
    }
    Ok(())
}
