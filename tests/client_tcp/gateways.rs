//! Taps and rewrites over the bodies of every HTTP client, over real connections. See `any_client`.

use std::sync::mpsc::channel;

use eventwire::gateway::{Input, Outcome, Output, Rewrite, RewriteError, Tap, Tapped, Unseen};
use eventwire::Event;
use http_body_util::BodyExt;

use crate::peer::{chunked, raw, serve, End};
use crate::sender;

#[tokio::test]
async fn a_tap_reports_how_the_body_of_any_client_ended() {
    let body = "data: a\n\ndata: b\n\n";
    let cut = "data: a\n\ndata: b\n\ndata: c";
    for (script, outcome, bytes) in [
        (chunked(body, End::Closed), Outcome::Whole, 18),
        (chunked(cut, End::Closed), Outcome::Cut, 25),
        (chunked(cut, End::Reset), Outcome::Failed, 25),
        (chunked(body, End::Silent), Outcome::Dropped, 18),
    ] {
        let (place, _) = serve(vec![script]).await;
        let (tell, told) = channel();
        let mut events = Vec::new();
        let response = Tap::response(sender::get(&place).await, move |seen: Tapped<'_>| match seen {
            Tapped::Event(event) => events.push(event.data().to_owned()),
            Tapped::End(summary) => tell.send((std::mem::take(&mut events), summary)).unwrap(),
            _ => {}
        });
        let mut body = response.into_body();
        let mut read = Vec::new();
        while outcome != Outcome::Dropped || read.len() < 18 {
            let Some(Ok(frame)) = body.frame().await else { break };
            read.extend(frame.into_data().unwrap());
        }
        drop(body);
        let (events, summary) = told.recv().unwrap();
        assert_eq!((events, read.len() as u64), (vec!["a".into(), "b".into()], bytes), "{outcome:?}");
        assert_eq!((summary.outcome, summary.bytes, summary.unseen), (outcome, bytes, None));
        // Once.
        assert!(told.recv().is_err());
    }
}

#[tokio::test]
async fn a_rewrite_changes_the_body_of_any_client_up_to_its_end_or_its_loss() {
    for (end, is_kept, expected, is_whole) in [
        (End::Closed, true, "data: A\n\ndata: end\n\n", true),
        (End::Reset, false, "data: A\n\nevent: error\ndata: lost\n\n", true),
        (End::Reset, true, "data: A\n\nevent: error\ndata: lost\n\n", false),
    ] {
        let (place, _) = serve(vec![chunked("data: a\n\n", end)]).await;
        let rewrite = move |input: Input<'_, _>, output: &mut Output<'_>| match input {
            Input::End(_) => output.send(&Event::new("end")),
            Input::Lost(RewriteError::Body(_)) => {
                output.send(&Event::new("lost").with_type("error"));
                if is_kept {
                    output.keep();
                }
            }
            _ => {
                if let Some(event) = input.event() {
                    output.send_data(&event.data().to_uppercase());
                }
            }
        };
        let mut body = Rewrite::response(sender::get(&place).await, rewrite).unwrap().into_body();
        let mut read = Vec::new();
        let ended = loop {
            match body.frame().await {
                Some(Ok(frame)) => read.extend(frame.into_data().unwrap()),
                other => break other.is_none(),
            }
        };
        assert_eq!((String::from_utf8(read).unwrap(), ended), (expected.into(), is_whole));
    }
}

#[tokio::test]
async fn what_any_client_has_not_decoded_is_reported_by_a_tap_and_refused_by_a_rewrite() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: br\r\ncontent-length: 4\r\n\r\n";
    let (place, _) = serve(vec![raw([head, "zzzz"].concat(), End::Silent); 2]).await;
    let (tell, told) = channel();
    let response = Tap::response(sender::get(&place).await, move |seen: Tapped<'_>| match seen {
        Tapped::End(summary) => tell.send(summary).unwrap(),
        other => panic!("{other:?}"),
    });
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "zzzz");
    let summary = told.recv().unwrap();
    assert_eq!((summary.outcome, summary.bytes, summary.events), (Outcome::Whole, 4, 0));
    assert!(matches!(summary.unseen, Some(Unseen::Encoded(encoding)) if encoding == "br"));

    let refused = Rewrite::response(sender::get(&place).await, |_: Input<'_, _>, _| {}).unwrap_err();
    assert_eq!(refused.headers()["content-length"], "4");
    assert_eq!(refused.into_body().collect().await.unwrap().to_bytes(), "zzzz");
}
