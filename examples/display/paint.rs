//! The appearance of text on a terminal.

use std::fmt::{self, Display, Write};
use std::io::{self, IsTerminal};

/// Whether to use colours.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    is_on: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Plain,
    Faint,
    Bold,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Paint {
    /// Colours on a terminal that has them, unless `NO_COLOR` is set (see no-color.org).
    pub(crate) fn of_standard_output() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Paint { is_on: io::stdout().is_terminal() && !unwanted && !dumb }
    }

    pub(crate) fn with<T: Display>(self, colour: Colour, text: T) -> Painted<T> {
        Painted { colour: if self.is_on { colour } else { Colour::Plain }, text }
    }

    /// The colour of an event type: always the same for one name, and red for errors.
    pub(crate) fn of_type(name: &str) -> Colour {
        const COLOURS: [Colour; 4] = [Colour::Blue, Colour::Magenta, Colour::Cyan, Colour::Yellow];
        match name {
            "message" => Colour::Bold,
            "error" => Colour::Red,
            _ => {
                // FNV-1a, which mixes short names well.
                let hash = name
                    .bytes()
                    .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
                COLOURS[(hash >> 16) as usize % COLOURS.len()]
            }
        }
    }
}

pub(crate) struct Painted<T> {
    colour: Colour,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self.colour {
            Colour::Plain => return self.text.fmt(f),
            Colour::Bold => "1",
            Colour::Faint => "2",
            Colour::Red => "1;31",
            Colour::Green => "32",
            Colour::Yellow => "33",
            Colour::Blue => "1;34",
            Colour::Magenta => "1;35",
            Colour::Cyan => "1;36",
        };
        write!(f, "\x1b[{code}m")?;
        self.text.fmt(f)?;
        f.write_str("\x1b[0m")
    }
}

/// Text of the stream. Control characters are shown as pictures, so that the stream cannot control the terminal.
///
/// It is shortened to `room` characters, followed by the number of bytes left out.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) text: &'a str,
    pub(crate) room: usize,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.text.char_indices().nth(self.room).map_or(self.text.len(), |(end, _)| end);
        let mut rest = &self.text[..end];
        while let Some(at) = rest.find(steers) {
            let (harmless, behind) = rest.split_at(at);
            f.write_str(harmless)?;
            let mut chars = behind.chars();
            match chars.next() {
                Some('\t') => f.write_str("    ")?,
                Some(char @ '\0'..='\x1f') => f.write_char(picture(char))?,
                Some('\x7f') => f.write_char('\u{2421}')?,
                Some(char) => write!(f, "\\u{:04x}", u32::from(char))?,
                None => {}
            }
            rest = chars.as_str();
        }
        f.write_str(rest)?;
        match self.text.len() - end {
            0 => Ok(()),
            left => write!(f, "… (+{})", Bytes(left as u64)),
        }
    }
}

/// Returns whether a terminal would act on the character rather than show it: both sets of controls, and the
/// characters that change the direction of text.
fn steers(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Unicode has a picture of each control, in the same order.
fn picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A number of bytes, with separated thousands.
pub(crate) struct Bytes(pub(crate) u64);

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} B", Thousands(self.0)))
    }
}

/// A number, with separated thousands.
pub(crate) struct Thousands(pub(crate) u64);

impl Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut spaced = String::with_capacity(digits.len() * 4 / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                spaced.push(',');
            }
            spaced.push(digit);
        }
        f.pad(&spaced)
    }
}
