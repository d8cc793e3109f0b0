//! Explains why an original and its package yield different items.
//!
//! A category is a condition of the stream and a change of what was read. A difference is explained by the fewest
//! categories whose conditions hold and whose changes make both sides equal.

use crate::read::Item;
use crate::streams::Stream;

/// A library that has an original and a package of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    EventsourceStream,
    SseStream02,
    SseStream03,
}

impl Library {
    pub(crate) const ALL: [Library; 3] =
        [Library::EventsourceStream, Library::SseStream02, Library::SseStream03];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Library::EventsourceStream => "eventsource-stream 0.2.3",
            Library::SseStream02 => "sse-stream 0.2.6",
            Library::SseStream03 => "sse-stream 0.3.0",
        }
    }

    fn categories(self) -> &'static [Category] {
        match self {
            Library::EventsourceStream => &[LAST_OF_CR, LOOSE_RETRY, LARGE_RETRY, NOT_UTF8],
            Library::SseStream02 => &[LOOSE_RETRY, REFUSED_LINE],
            Library::SseStream03 => &[LARGE_RETRY, NOT_UTF8],
        }
    }
}

struct Category {
    what: &'static str,
    applies: fn(&Stream) -> bool,
    /// Original, ours.
    change: fn(&Stream, &mut Vec<Item>, &mut Vec<Item>),
}

/// The names of the categories, or nothing.
pub(crate) fn explain(
    library: Library,
    stream: &Stream,
    original: &[Item],
    ours: &[Item],
) -> Option<Vec<&'static str>> {
    let categories: Vec<_> = library.categories().iter().filter(|one| (one.applies)(stream)).collect();
    let mut sets: Vec<u32> = (1..1 << categories.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    for set in sets {
        let chosen: Vec<_> =
            (0..categories.len()).filter(|at| set >> at & 1 == 1).map(|at| categories[at]).collect();
        let (mut original, mut ours) = (original.to_vec(), ours.to_vec());
        for category in &chosen {
            (category.change)(stream, &mut original, &mut ours);
        }
        if original == ours {
            return Some(chosen.iter().map(|category| category.what).collect());
        }
    }
    None
}

const NOT_UTF8: Category = Category {
    what: "bytes that are not UTF-8: an error replaces everything after them; here they become U+FFFD",
    applies: |stream| std::str::from_utf8(&stream.body).is_err(),
    change: |_, original, ours| {
        if let Some(Item::Error(name)) = original.last() {
            if name == "Utf8" || name == "Utf8Parse" {
                original.pop();
                ours.truncate(original.len());
            }
        }
    },
};

const LAST_OF_CR: Category = Category {
    what: "the last event of a stream that ends with CR: never arrives; here it arrives with its CR",
    applies: |stream| stream.body.ends_with(b"\r"),
    change: |_, original, ours| {
        if original.len() + 1 == ours.len() {
            ours.pop();
        }
    },
};

const LOOSE_RETRY: Category = Category {
    what: "a reconnection time with a sign or spaces: accepted; here it is ignored, because it must be digits only",
    applies: |stream| {
        values_of(stream, b"retry").any(|value| {
            let is_digits = value.iter().all(u8::is_ascii_digit);
            !is_digits && String::from_utf8_lossy(value).trim().parse::<u64>().is_ok()
        })
    },
    change: |_, original, ours| without_retry(original, ours),
};

const LARGE_RETRY: Category = Category {
    what: "a reconnection time of more than 64 bits: ignored; here it becomes the largest possible",
    applies: |stream| {
        values_of(stream, b"retry").any(|value| {
            !value.is_empty()
                && value.iter().all(u8::is_ascii_digit)
                && String::from_utf8_lossy(value).parse::<u64>().is_err()
        })
    },
    change: |_, original, ours| without_retry(original, ours),
};

const REFUSED_LINE: Category = Category {
    what: "a line without colon, an unknown field, a field twice, a reconnection time that is no number, bytes that are \
           not UTF-8: an error before the events of its chunk, and the rest of the chunk is lost; here it is read as the \
           standard says",
    applies: |_| true,
    change: |stream, original, ours| {
        let errors = original.len();
        original.retain(|item| !matches!(item, Item::Error(_)));
        if original.len() == errors {
            return;
        }
        // After the lost rest of a chunk, anything may follow; before it, only what ours reads.
        let equal = original.iter().zip(ours.iter()).take_while(|(original, ours)| original == ours).count();
        if equal == original.len() || !stream.is_whole() {
            original.clear();
            ours.clear();
        }
    },
};

fn without_retry(original: &mut Vec<Item>, ours: &mut Vec<Item>) {
    for items in [original, ours] {
        for item in items.iter_mut() {
            if let Item::Event { retry, .. } = item {
                *retry = None;
            }
        }
        items.retain(holds_something);
    }
}

fn holds_something(item: &Item) -> bool {
    !matches!(item, Item::Event { event: None, data: None, id: None, retry: None })
}

/// The values of all fields of a name.
fn values_of<'a>(stream: &'a Stream, name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    stream.body.split(|byte| matches!(byte, b'\r' | b'\n')).filter_map(move |line| {
        match line.strip_prefix(name)? {
            [] => Some(&[][..]),
            [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
            _ => None,
        }
    })
}
