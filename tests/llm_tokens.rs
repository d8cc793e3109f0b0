//! The example `llm_tokens` prints whole responses, and distinguishes the ways in which one can fail.

#[allow(dead_code)]
#[path = "client_tcp/peer.rs"]
mod peer;
#[allow(dead_code)]
#[path = "support/programs.rs"]
mod programs;

use std::io::Read;
use std::process::{Command, Stdio};

use peer::{chunked, raw, serve, stream, End, Script};
use programs::{example, petstore};

/// A response of an Anthropic-style API.
const MESSAGES: &str = include_str!("../examples/samples/messages.sse");
const ANSWER: &str = "Kiwi is a budgerigar 🦜.\nHe whistles \"what he hears\".\n";

struct Said {
    code: Option<i32>,
    out: String,
    errors: String,
}

fn llm_tokens(arguments: &[&str]) -> Said {
    let output = command(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), errors: text(output.stderr) }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(example("llm_tokens"));
    command.args(arguments).env("NO_PROXY", "127.0.0.1").stdin(Stdio::null());
    command
}

fn chat(fault: &str) -> Said {
    let shop = petstore(&[]);
    let url = format!("http://{}/v1/chat/completions", shop.address);
    let body = format!(r#"{{"messages":[{{"role":"user","content":"A cat?"}}],"fault":"{fault}"}}"#);
    llm_tokens(&["-d", &body, &url])
}

/// The response of an Anthropic-style server with this script.
async fn message(script: Script) -> Said {
    let (place, _) = serve(vec![script]).await;
    llm_tokens(&["--api", "anthropic", &format!("{place}/v1/messages"), "A bird?"])
}

#[test]
fn the_response_of_an_openai_style_api_is_printed_to_its_end() {
    let shop = petstore(&[]);
    let url = format!("http://{}/v1/chat/completions", shop.address);
    let said = llm_tokens(&[&url, "A dog?"]);
    assert_eq!((said.code, &*said.errors), (Some(0), ""));
    assert!(said.out.starts_with("Biscuit is a two-year-old beagle. 🐕\nHe likes cheese"), "{}", said.out);
    assert!(said.out.ends_with("his nose has plans.\n"), "{}", said.out);
}

#[test]
fn an_error_in_the_middle_of_a_response_is_reported_in_the_server_s_words() {
    let said = chat("error");
    let words = "llm_tokens: the server reported an error: server_error: the model failed, as requested\n";
    assert_eq!((said.code, &*said.errors), (Some(4), words));
    assert!(said.out.starts_with("Miso is a British"), "{}", said.out);
}

#[test]
fn a_response_whose_connection_is_lost_is_reported_as_cut_off() {
    let said = chat("cut");
    let words = "llm_tokens: the answer was cut off: the event stream was lost after ";
    assert!(said.code == Some(3) && said.errors.starts_with(words), "{}", said.errors);
    assert!(said.out.starts_with("Miso is a British"), "{}", said.out);
}

#[test]
fn a_rejected_request_is_reported_in_the_server_s_words() {
    let shop = petstore(&[]);
    let said = llm_tokens(&["-d", "{}", &format!("http://{}/v1/chat/completions", shop.address)]);
    let words = "llm_tokens: there is no answer: expected status 200, got 400 Bad Request\n{";
    assert!(said.code == Some(1) && said.errors.starts_with(words), "{}", said.errors);
    assert!(said.errors.contains("invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_response_of_an_anthropic_style_api_is_printed_to_its_end() {
    let (place, log) = serve(vec![stream(MESSAGES, End::Silent)]).await;
    let said = llm_tokens(&["--api", "anthropic", "-H", "x-api-key: secret", &place, "A bird?"]);
    assert_eq!((said.code, &*said.out, &*said.errors), (Some(0), ANSWER, ""));
    // The connection stayed open: the last event ends the response.
    log.is_left().await;
    assert_eq!(log.header(0, "x-api-key").unwrap(), b"secret");
    assert_eq!(log.header(0, "anthropic-version").unwrap(), b"2023-06-01");
    assert_eq!(log.header(0, "content-type").unwrap(), b"application/json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_ends_before_its_last_event_is_reported_as_cut_off() {
    // In each way: between events, inside an event, inside a line.
    let whole = MESSAGES.find("event: message_stop").unwrap();
    for (len, place) in
        [(whole, "between events"), (whole + 20, "inside an event"), (whole + 30, "inside a line")]
    {
        for script in [stream(&MESSAGES[..len], End::Closed), chunked(&MESSAGES[..len], End::Closed)] {
            let said = message(script).await;
            let words = format!(
                "llm_tokens: the answer was cut off: the event stream ended {place} after {len} bytes, before its end mark\n"
            );
            assert_eq!((said.code, &*said.out, said.errors), (Some(3), ANSWER, words));
        }
    }
    let said = message(chunked(&MESSAGES[..whole], End::Reset)).await;
    assert_eq!((said.code, &*said.out), (Some(3), ANSWER));
    assert!(said.errors.starts_with("llm_tokens: the answer was cut off: the event stream was lost after "));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_recognized_by_their_type_or_by_an_object_in_their_data() {
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let limit = r#"{"id":"7","error":{"code":429,"message":"slow down"},"choices":[]}"#;
    let told = [
        (format!("event: error\ndata: {overloaded}\n\n"), "overloaded_error: Overloaded"),
        (format!("data: {limit}\n\n"), "slow down"),
        ("event: error\ndata: out of paper\n\n".to_owned(), "out of paper"),
    ];
    for (event, words) in told {
        let said = message(stream(event, End::Closed)).await;
        let expected = format!("llm_tokens: the server reported an error: {words}\n");
        assert_eq!((said.code, &*said.out, said.errors), (Some(4), "", expected));
    }
    let harmless = MESSAGES.replace("Kiwi", r#"\"error\":{}"#).replace(r#""index":0"#, r#""error":null"#);
    let said = message(stream(harmless, End::Closed)).await;
    assert_eq!((said.code, said.out), (Some(0), ANSWER.replace("Kiwi", "\"error\":{}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_printed_before_the_next_one_arrives() {
    let body = MESSAGES.split_inclusive("\n\n").take(4).collect::<String>();
    let (place, _) = serve(vec![stream(body, End::Silent)]).await;
    let mut child =
        command(&["--api", "anthropic", &place, "A bird?"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut token = [0; 4];
    let read = child.stdout.as_mut().unwrap().read_exact(&mut token);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((read.is_ok(), &token), (true, b"Kiwi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_cannot_be_read_is_an_error() {
    let said = message(stream("data: {\"a\n\n", End::Closed)).await;
    let words =
        "llm_tokens: there is no answer: data of event \"message\" is not the expected JSON at byte 2";
    assert!(said.code == Some(1) && said.errors.starts_with(words), "{}", said.errors);

    let said = message(raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}", End::Closed)).await;
    let words = "llm_tokens: there is no answer: expected content type text/event-stream, got \"application/json\"\n{}\n";
    assert_eq!((said.code, &*said.errors), (Some(1), words));

    let said = message(stream("{\"error\":\"quota\"}\n", End::Closed)).await;
    let words = "llm_tokens: there is no answer: the body of 18 bytes is not an event stream; it begins with `{\"error\":\"quota\"}`\n";
    assert_eq!((said.code, &*said.errors), (Some(1), words));
}

#[test]
fn wrong_arguments_are_reported() {
    let wrong: [(&[&str], &str); 9] = [
        (&[], "expected a URL and a question"),
        (&["http://a/"], "expected a question, or a body after -d"),
        (&["http://a/", "b", "-d", "c"], "expected a question or -d, found both"),
        (&["http://a/", "b", "c"], "expected a URL and one question, found another: c"),
        (&["a/", "b"], "expected http://HOST:PORT/PATH, found a/"),
        (&["--api", "mine"], "expected openai or anthropic after --api, found mine"),
        (&["-H", "x"], "expected NAME: VALUE after -H, found x"),
        (&["--model"], "expected a value after --model"),
        (&["--modle", "x"], "unknown option: --modle"),
    ];
    for (arguments, words) in wrong {
        let said = llm_tokens(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert_eq!(said.errors.lines().next(), Some(&*format!("llm_tokens: {words}")));
        assert!(said.errors.contains("usage: llm_tokens"));
    }
    let help = llm_tokens(&["--help"]);
    assert!(help.code == Some(0) && help.out.contains("--api openai|anthropic"));
}
