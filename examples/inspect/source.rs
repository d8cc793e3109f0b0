//! The input.

use std::fs::File;
use std::io::{self, Read};

use super::arguments::Input;

/// A file or standard input, read in chunks as it arrives and never held as a whole.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    name: String,
    len: Option<u64>,
    buffer: Vec<u8>,
    chunk: usize,
}

impl Source {
    /// Opens the input, to be read in chunks of at most `chunk` bytes.
    pub(crate) fn open(input: &Input, chunk: Option<usize>) -> Result<Source, String> {
        let (reader, name, len): (Box<dyn Read>, _, _) = match input {
            Input::Standard => (Box::new(io::stdin().lock()), "standard input".into(), None),
            Input::File(path) => {
                let name = path.display().to_string();
                let file = File::open(path).map_err(|error| cannot_read(&name, &error))?;
                let about = file.metadata().map_err(|error| cannot_read(&name, &error))?;
                if about.is_dir() {
                    return Err(format!("cannot read {name}: it is a directory"));
                }
                // A pipe or device has a name but no length.
                (Box::new(file), name, about.is_file().then_some(about.len()))
            }
        };
        let chunk = chunk.unwrap_or(ONE_READ);
        // A multiple of the chunk size, so that only the last chunk of a file is shorter.
        let buffer = vec![0; chunk * (ONE_READ / chunk).max(1)];
        Ok(Source { reader, name, len, buffer, chunk })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The length of a file; `None` for a pipe or standard input.
    pub(crate) fn len(&self) -> Option<u64> {
        self.len
    }

    /// Waits for more input and yields it in chunks; none at the end.
    pub(crate) fn read(&mut self) -> Result<impl Iterator<Item = &[u8]>, String> {
        let len = loop {
            match self.reader.read(&mut self.buffer) {
                Ok(len) => break len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(cannot_read(&self.name, &error)),
            }
        };
        Ok(self.buffer[..len].chunks(self.chunk))
    }
}

fn cannot_read(name: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("cannot read {name}: there is no such file"),
        io::ErrorKind::PermissionDenied => format!("cannot read {name}: permission denied"),
        _ => format!("cannot read {name}: {error}"),
    }
}

/// The size of one read: large enough that reading costs little compared to decoding.
const ONE_READ: usize = 64 * 1024;
