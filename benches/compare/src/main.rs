//! Compares eventwire with its rivals on the same named streams, and prints markdown tables.
//!
//! `cargo run --release -- [decode] [memory] [encode] [SHAPE]... [CHUNKING]... [--quick]`

mod alloc;
mod check;
mod decode;
mod encode;
mod floor;
mod measure;
mod memory;
mod reader;
mod rivals;
#[path = "../../shapes/mod.rs"]
mod shapes;
mod table;

use std::process::ExitCode;

use crate::measure::Effort;
use crate::shapes::{Chunking, Shape, CHUNKINGS, NAMED, SHAPES};

#[global_allocator]
static COUNTING: alloc::Counting = alloc::Counting;

/// What to run: the named items, or everything of a kind if none of it is named.
pub(crate) struct Plan {
    pub(crate) shapes: Vec<&'static Shape>,
    pub(crate) chunkings: Vec<Chunking>,
    pub(crate) effort: Effort,
    kinds: Vec<&'static str>,
    is_quick: bool,
    /// For the shape that is only for writers.
    has_named: bool,
}

fn main() -> ExitCode {
    let plan = match Plan::from_words(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(help) => {
            eprintln!("{help}");
            return ExitCode::FAILURE;
        }
    };
    println!("# eventwire and its rivals");
    if cfg!(debug_assertions) {
        println!("\nNot built with --release: the figures mean nothing.");
    }
    for kind in &plan.kinds {
        match *kind {
            "decode" => decode::run(&plan),
            "memory" => memory::run(&plan),
            _ => encode::run(&plan),
        }
    }
    ExitCode::SUCCESS
}

impl Plan {
    fn from_words(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plan = Plan {
            shapes: Vec::new(),
            chunkings: Vec::new(),
            effort: Effort::FULL,
            kinds: Vec::new(),
            is_quick: false,
            has_named: false,
        };
        for word in words {
            if let Some(kind) = KINDS.iter().find(|kind| **kind == word) {
                plan.kinds.push(kind);
            } else if let Some(shape) = SHAPES.iter().find(|shape| shape.name == word) {
                plan.shapes.push(shape);
            } else if let Some(chunking) = CHUNKINGS.iter().find(|chunking| chunking.name() == word) {
                plan.chunkings.push(*chunking);
            } else if word == NAMED.name {
                plan.has_named = true;
            } else if word == "--quick" {
                (plan.is_quick, plan.effort) = (true, Effort::QUICK);
            } else {
                return Err(help(&word));
            }
        }
        if plan.kinds.is_empty() {
            plan.kinds = KINDS.to_vec();
        }
        if plan.shapes.is_empty() && !plan.has_named {
            plan.shapes = SHAPES.iter().collect();
            plan.has_named = true;
        }
        if plan.chunkings.is_empty() {
            plan.chunkings = CHUNKINGS.to_vec();
        }
        Ok(plan)
    }

    pub(crate) fn has_shape(&self, name: &str) -> bool {
        (name == NAMED.name && self.has_named) || self.shapes.iter().any(|shape| shape.name == name)
    }

    /// Bytes of body for a cell of the readers.
    pub(crate) fn body_size(&self, chunking: Chunking) -> usize {
        chunking.body_size() / if self.is_quick { 8 } else { 1 }
    }

    /// Bytes of events for a cell of the writers.
    pub(crate) fn written_size(&self) -> usize {
        if self.is_quick {
            64 << 10
        } else {
            512 << 10
        }
    }
}

fn help(word: &str) -> String {
    let shapes: Vec<_> = SHAPES.iter().map(|shape| shape.name).collect();
    let chunkings: Vec<_> = CHUNKINGS.iter().map(|chunking| chunking.name()).collect();
    format!(
        "unknown word {word:?}\nexpected any of\n  kinds      {}\n  shapes     {} {}\n  chunkings  {}\n  --quick    everything once, to see that it works",
        KINDS.join(" "),
        shapes.join(" "),
        NAMED.name,
        chunkings.join(" ")
    )
}

const KINDS: [&str; 3] = ["decode", "memory", "encode"];
