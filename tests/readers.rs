//! The table of readers in the documentation of the crate: every method in it exists, on every reader.

use std::collections::BTreeSet;

use eventwire::client::{EventSource, EventStream};
use eventwire::traits::{AllFrames, InPieces};
use eventwire::{BytesDecoder, EventReader, Feed};

/// Compiles the methods of a type, and returns their names.
macro_rules! methods {
    ($type:ty: $($method:ident)*) => {{
        $(let _ = <$type>::$method;)*
        [$(stringify!($method)),*]
    }};
}

type Chunks = futures_util::stream::Empty<Result<bytes::Bytes, std::io::Error>>;
type Reader = EventReader<&'static [u8]>;

#[test]
fn every_cell_of_the_table_of_readers_compiles_and_every_reader_fills_its_column() {
    let columns: [(&str, Vec<&str>); 5] = [
        (
            "Feed",
            [
                &methods!(Feed<'static>: next_ref next_event advance current take_current last_event_id
                    reconnection_time bytes_consumed)[..],
                &methods!(Feed<'static, AllFrames>: next_frame advance_frame current_frame)[..],
                &methods!(Feed<'static, InPieces>: next_piece advance_piece current_piece)[..],
            ]
            .concat(),
        ),
        (
            "BytesDecoder",
            methods!(BytesDecoder: new with_decoder next_ref next_event next_frame next_piece advance current
                take_current advance_frame current_frame advance_piece current_piece last_event_id set_last_event_id
                reconnection_time bytes_consumed finish into_decoder)
            .to_vec(),
        ),
        (
            "EventReader",
            methods!(Reader: new with_decoder next_ref next_event next_frame next_piece advance current
                take_current advance_frame current_frame advance_piece current_piece last_event_id set_last_event_id
                reconnection_time bytes_consumed ending into_decoder into_frames)
            .to_vec(),
        ),
        (
            "EventStream",
            methods!(EventStream<Chunks>: new with_decoder next_ref next_event next_frame next_piece poll_advance
                current take_current poll_advance_frame current_frame poll_advance_piece current_piece
                last_event_id set_last_event_id reconnection_time bytes_consumed ending into_decoder into_frames)
            .to_vec(),
        ),
        (
            "EventSource",
            // `new` has arguments of any type.
            [
                &["new"],
                &methods!(EventSource: with_decoder next_ref next_event next_frame next_piece poll_advance current
                    take_current poll_advance_frame current_frame poll_advance_piece current_piece
                    last_event_id set_last_event_id reconnection_time bytes_consumed into_decoder into_frames)[..],
            ]
            .concat(),
        ),
    ];
    let rows = rows();
    for (number, (name, compiled)) in columns.iter().enumerate() {
        let column = number + 1;
        assert!(rows[0][column].contains(&format!("[`{name}`]")), "{}", rows[0][column]);
        let mut named = BTreeSet::new();
        for row in &rows[2..] {
            assert_eq!(row.len(), columns.len() + 1, "{row:?}");
            let methods = methods_in(&row[column]);
            assert!(!methods.is_empty() || !row[column].is_empty(), "{} has no reason in {name}", row[0]);
            named.extend(methods);
        }
        let compiled: BTreeSet<_> = compiled.iter().map(|method| method.to_string()).collect();
        assert_eq!(named, compiled, "{name}");
    }
}

/// The cells of the table, row by row.
fn rows() -> Vec<Vec<String>> {
    let docs = include_str!("../src/lib.rs");
    let (_, docs) = docs.split_once("//! # Readers").expect("a section about readers");
    let table = docs.lines().skip_while(|line| !line.starts_with("//! |"));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    table
        .map_while(|line| line.strip_prefix("//! "))
        .map_while(|row| row.starts_with('|').then(|| cells(row)))
        .collect()
}

/// Returns the names in a cell that are methods of the reader: lower case in backticks, and not a link.
fn methods_in(cell: &str) -> Vec<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')).map(str::to_owned).collect()
}

#[test]
fn no_method_of_a_reader_hides_one_of_a_trait_that_is_used_with_it() {
    // Of `Iterator`, `StreamExt`, `TryStreamExt` and `BodyExt`, including unlikely ones.
    let taken = [
        "next",
        "try_next",
        "map",
        "filter",
        "chain",
        "collect",
        "fold",
        "for_each",
        "count",
        "last",
        "nth",
        "peekable",
        "skip",
        "take",
        "scan",
        "fuse",
        "by_ref",
        "zip",
        "enumerate",
        "inspect",
        "cycle",
        "boxed",
        "frame",
        "map_err",
        "map_frame",
        "and_then",
        "or_else",
        "try_collect",
        "try_fold",
        "try_for_each",
        "into_stream",
        "into_async_read",
        "left_stream",
        "right_stream",
        "buffered",
        "chunks",
        "ready_chunks",
        "flatten",
        "forward",
        "split",
        "select_next_some",
        "poll_next_unpin",
        "try_poll_next_unpin",
        "then",
        "concat",
        "all",
        "any",
        "step_by",
        "rev",
        "max",
        "min",
        "sum",
        "product",
        "partition",
        "position",
        "find",
        "cmp",
        "eq",
        "unzip",
        "copied",
        "cloned",
        "is_sorted",
        "reduce",
        "advance_by",
        "map_while",
        "skip_while",
        "take_while",
        "take_until",
        "try_skip_while",
        "try_filter",
        "try_flatten",
        "catch_unwind",
        "into_data_stream",
        "into_stream",
        "with_trailers",
    ];
    let named: BTreeSet<_> = rows()[2..].iter().flatten().flat_map(|cell| methods_in(cell)).collect();
    let hidden: Vec<_> = named.iter().filter(|name| taken.contains(&name.as_str())).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}
