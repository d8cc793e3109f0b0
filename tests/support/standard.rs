//! The standard's algorithm, word for word: decode the whole stream, split it into lines, process each line.

use std::time::Duration;

/// Event type, data and last event ID of each event.
pub type Events = Vec<(String, String, String)>;

#[derive(Debug, Default)]
pub struct Client {
    pub last_event_id: String,
    pub reconnection_time: Option<Duration>,
}

impl Client {
    /// Reads one connection from its first byte to its last.
    pub fn read(&mut self, input: &[u8]) -> Events {
        let text = String::from_utf8_lossy(input);
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let (mut data, mut event_type, mut id) = (String::new(), String::new(), self.last_event_id.clone());
        let mut events = Events::new();
        for line in lines(text) {
            if line.is_empty() {
                self.last_event_id.clone_from(&id);
                if let Some(data) = data.strip_suffix('\n') {
                    let name = if event_type.is_empty() { "message" } else { &event_type };
                    events.push((name.into(), data.into(), id.clone()));
                }
                data.clear();
                event_type.clear();
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => event_type = value.into(),
                "data" => data += &format!("{value}\n"),
                "id" if !value.contains('\0') => id = value.into(),
                "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                    let millis = value.parse().unwrap_or(u64::MAX);
                    self.reconnection_time = Some(Duration::from_millis(millis));
                }
                // A comment is a field with an empty name here, which is ignored too.
                _ => {}
            }
        }
        events
    }
}

/// The terminated lines, without what follows the last line end.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push(&rest[..end]);
        rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
    }
    lines
}
