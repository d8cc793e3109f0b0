use std::error::Error;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use eventwire::client::EventSource;
use eventwire::{Decoder, EventId};

type Failure = Box<dyn Error + Send + Sync>;

fn resumed(source: EventSource, file: &Path) -> Result<EventSource, Failure> {
    match fs::read_to_string(file) {
        Ok(id) => Ok(source.with_decoder(Decoder::new().with_last_event_id(EventId::try_from(id)?))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(source),      // the first run
        Err(error) => Err(error.into()),
    }
}

fn save(id: &str, file: &Path) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, id)?;
    fs::rename(new, file)                                             // the old ID or the new one, never half of it
}

async fn follow(source: EventSource, file: &Path) -> Result<(), Failure> {
    let mut source = resumed(source, file)?;
    while let Some(event) = source.next_ref().await? {
        println!("{}", event.data());                                 // handle it, and only then:
        save(event.last_event_id(), file)?;
    }
    Ok(())
}
