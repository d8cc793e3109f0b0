//! The command line.

use std::ffi::OsString;

use reqwest::header::HeaderMap;
use reqwest::Url;
use serde_json::json;

use super::dialect::Dialect;
use super::http_client;

pub(crate) const USAGE: &str = "usage: llm_tokens [options] URL QUESTION
       llm_tokens --help";

pub(crate) const HELP: &str = "\
Prints the answer of a language model as it arrives.

usage: llm_tokens [options] URL QUESTION

  --api openai|anthropic  the API of the server (openai)
  --model NAME            the model (petstore-chat)
  -H 'NAME: VALUE'        a header of the request, such as the key; may be repeated
  -d BODY                 the body of the request, instead of the question
  --help                  show this

The exit status is 0 for a complete answer, 1 if there is none, 3 if it was cut off, and 4 if the server reported an
error in the middle.
";

#[derive(Debug)]
pub(crate) enum Asked {
    Answer(Box<Arguments>),
    Help,
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) url: Url,
    pub(crate) dialect: Dialect,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut rest = arguments.into_iter().map(|argument| {
        argument.into_string().map_err(|found| format!("expected UTF-8, found {}", found.to_string_lossy()))
    });
    let mut dialect = Dialect::OpenAi;
    let mut model = "petstore-chat".to_owned();
    let mut headers = HeaderMap::new();
    let (mut url, mut question, mut body) = (None, None, None);
    while let Some(argument) = rest.next() {
        let argument = argument?;
        let mut value = || rest.next().ok_or_else(|| format!("expected a value after {argument}"))?;
        match &*argument {
            "--help" | "-h" => return Ok(Asked::Help),
            "--api" => {
                dialect = match &*value()? {
                    "openai" => Dialect::OpenAi,
                    "anthropic" => Dialect::Anthropic,
                    name => return Err(format!("expected openai or anthropic after --api, found {name}")),
                }
            }
            "--model" => model = value()?,
            "-H" => {
                let (name, value) = http_client::arguments::header(&value()?)?;
                headers.append(name, value);
            }
            "-d" => body = Some(value()?),
            flag if flag.starts_with('-') => return Err(format!("unknown option: {flag}")),
            text if url.is_none() => url = Some(http_client::arguments::url(text)?),
            text if question.is_none() => question = Some(text.to_owned()),
            text => return Err(format!("expected a URL and one question, found another: {text}")),
        }
    }
    let url = url.ok_or("expected a URL and a question")?;
    let body = match (question, body) {
        (Some(question), None) => body_for(&model, &question),
        (None, Some(body)) => body,
        (Some(_), Some(_)) => return Err("expected a question or -d, found both".to_owned()),
        (None, None) => return Err("expected a question, or a body after -d".to_owned()),
    };
    Ok(Asked::Answer(Box::new(Arguments { url, dialect, headers, body })))
}

/// Both APIs accept this body.
fn body_for(model: &str, question: &str) -> String {
    let messages = json!([{ "role": "user", "content": question }]);
    json!({ "model": model, "max_tokens": MOST_TOKENS, "stream": true, "messages": messages }).to_string()
}

/// 4,096: an answer of a few pages.
const MOST_TOKENS: u32 = 4096;
