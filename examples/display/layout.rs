//! The layout of JSON.

use serde_json::value::RawValue;

/// A step of writing JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step<'a> {
    /// Punctuation, spaces included.
    Mark(&'a str),
    /// The name of a member, in its quotes.
    Name(&'a str),
    /// A string, in its quotes.
    String(&'a str),
    /// A number, `true`, `false` or `null`.
    Literal(&'a str),
    /// A line break, followed by an indent of this many levels.
    Line(usize),
}

/// Lays `text` out in lines of about `width` characters; an error if it is not JSON.
///
/// Only white space changes: the order of members, the digits of numbers and the escapes stay as they are.
/// A value that fits in a line stays in a line, which keeps the many small chunks of a language model readable.
pub(crate) fn lay_out<'a>(text: &'a str, width: usize, mut emit: impl FnMut(Step<'a>)) -> bool {
    if serde_json::from_str::<&RawValue>(text).is_err() || depth(text) > DEEPEST {
        return false;
    }
    let mut tokens = Tokens { rest: text };
    let mut open = Vec::new();
    let mut column = 0;
    while let Some(token) = tokens.next() {
        let indented = open.iter().filter(|&&is_broken| is_broken).count();
        match token {
            Token::Mark(mark @ ("{" | "[")) => {
                let is_broken = !fits(tokens.clone(), width.saturating_sub(column + 1));
                open.push(is_broken);
                emit(Step::Mark(mark));
                column += 1;
                if is_broken {
                    emit(Step::Line(indented + 1));
                    column = 2 * (indented + 1);
                }
            }
            Token::Mark(mark @ ("}" | "]")) => {
                if open.pop() == Some(true) {
                    emit(Step::Line(indented - 1));
                    column = 2 * (indented - 1);
                }
                emit(Step::Mark(mark));
                column += 1;
            }
            Token::Mark(",") if open.last() == Some(&true) => {
                emit(Step::Mark(","));
                emit(Step::Line(indented));
                column = 2 * indented;
            }
            Token::Mark(mark) => {
                emit(Step::Mark(if mark == "," { ", " } else { ": " }));
                column += 2;
            }
            Token::String(string) => {
                let is_name = tokens.clone().next() == Some(Token::Mark(":"));
                emit(if is_name { Step::Name(string) } else { Step::String(string) });
                column += string.chars().count();
            }
            Token::Literal(literal) => {
                emit(Step::Literal(literal));
                column += literal.len();
            }
        }
    }
    true
}

/// Returns whether the object or array that starts here ends within `room` characters.
fn fits(tokens: Tokens<'_>, room: usize) -> bool {
    let mut used = 0;
    let mut depth = 1;
    for token in tokens {
        used += match token {
            Token::Mark("," | ":") => 2,
            Token::Mark(_) => 1,
            // Counted in bytes, which takes no pass over a long one.
            Token::String(text) | Token::Literal(text) if text.len() > room * 4 => return false,
            Token::String(text) | Token::Literal(text) => text.chars().count(),
        };
        if used > room {
            return false;
        }
        match token {
            Token::Mark("{" | "[") => depth += 1,
            Token::Mark("}" | "]") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// Returns the depth to which arrays and objects are nested.
fn depth(text: &str) -> usize {
    let mut now = 0;
    let mut most = 0;
    for token in (Tokens { rest: text }) {
        match token {
            Token::Mark("{" | "[") => now += 1,
            Token::Mark("}" | "]") => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    /// One of `{}[],:`.
    Mark(&'a str),
    String(&'a str),
    Literal(&'a str),
}

/// The tokens of text that is known to be JSON.
#[derive(Clone)]
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let len = match text.as_bytes().first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_len(text),
            _ => text.find([' ', '\t', '\n', '\r', ',', ']', '}', ':']).unwrap_or(text.len()),
        };
        let (token, rest) = text.split_at(len);
        self.rest = rest;
        Some(match token.as_bytes()[0] {
            b'"' => Token::String(token),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => Token::Mark(token),
            _ => Token::Literal(token),
        })
    }
}

/// Returns the length of the string at the start of `text`, with its quotes.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The deepest nesting that is laid out; deeper text would be mostly indentation.
const DEEPEST: usize = 64;
