//! The command line, and the errors about it.

use crate::run::tail;

#[test]
fn an_unknown_argument_is_named_in_the_error() {
    let wrong: [(&[&str], &str); 17] = [
        (&[], "expected a URL"),
        (&["http://a/", "http://b/"], "expected one URL, found another"),
        (&["localhost:3000/x"], "expected http://HOST:PORT/PATH, found localhost:3000/x"),
        (&["/v1"], "expected http://HOST:PORT/PATH, found /v1"),
        (&["--jsno", "http://a/"], "unknown option: --jsno"),
        (&["--json=yes", "http://a/"], "unknown option: --json=yes"),
        (&["-X"], "expected a value after -X"),
        (&["-X", "GE T"], "expected a method after -X, found GE T"),
        (&["-H", "no colon"], "expected NAME: VALUE after -H, found no colon"),
        (&["-H", "na me: x"], "expected NAME: VALUE after -H, found na me: x"),
        (&["-H", "name: a\nb"], "expected NAME: VALUE after -H, found name: a"),
        (&["-d", "a", "-d", "b"], "expected one -d, found another"),
        (&["--until=a", "--until", "b"], "expected one --until, found another"),
        (
            &["--max-events", "0"],
            "expected a number from 1 to 18446744073709551615 after --max-events, found 0",
        ),
        (&["--max-wait", "x"], "expected a number from 0.001 to 1000000 after --max-wait, found x"),
        (&["--idle=0"], "expected a number from 0.001 to 1000000 after --idle, found 0"),
        (&["--once", "--reconnect", "http://a/"], "expected --once or --reconnect, found both"),
    ];
    for (arguments, words) in wrong {
        let said = tail(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert_eq!(said.errors.lines().next(), Some(&*format!("tail: {words}")));
        assert!(said.errors.contains("usage: tail"));
    }
    let help = tail(&["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.lines.iter().any(|line| line.contains("--last-event-id ID")));
}

#[test]
fn an_id_that_cannot_be_one_is_told() {
    let said = tail(&["--last-event-id", "a\nb", "http://127.0.0.1:1/"]);
    assert_eq!(said.code, Some(1));
    assert!(said.errors.starts_with("tail: ") && said.lines.is_empty(), "{said:?}");
}

#[test]
fn a_build_without_tls_says_how_to_get_one_that_has_it() {
    let said = tail(&["--once", "https://127.0.0.1:1/"]);
    assert_eq!(said.code, Some(1));
    if said.lines.iter().any(|line| line.contains("connecting")) {
        return println!("NOT RUN: this build speaks TLS");
    }
    let command =
        "cargo run --release --example tail --features reqwest,json,reqwest/rustls -- https://127.0.0.1:1/";
    assert_eq!(said.errors, format!("tail: this build speaks no TLS, this one does:\n  {command}\n"));
}
