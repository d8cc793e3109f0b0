//! `docs/language-models.md`.

mod ask {
    include!("ask.rs");

    use std::convert::Infallible;

    use http::Method;

    use crate::{event_stream, request};

    const DELTA: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    const FINISH: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    async fn reads_whole(body: &[&str]) -> bool {
        let body = body.concat();
        let send = move |_| {
            let response = event_stream(200, &body);
            async move { Ok::<_, Infallible>(response) }
        };
        print(answer(EventSource::new(request(Method::POST), send, tokio::time::sleep))).await.is_ok()
    }

    #[tokio::test]
    async fn an_answer_is_whole_with_a_mark_or_with_a_finish_reason() {
        assert!(reads_whole(&[DELTA, "data: [DONE]\n\n"]).await);
        assert!(reads_whole(&[DELTA, FINISH]).await);
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_or_holds_an_error_is_an_error() {
        assert!(!reads_whole(&[DELTA]).await);
        assert!(!reads_whole(&[DELTA, "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"]).await);
    }
}

mod explain {
    include!("explain.rs");

    use std::convert::Infallible;
    use std::io::{self, ErrorKind};

    use eventwire::client::{reconnect::Policy, EventSource};
    use futures_util::TryStreamExt;
    use http::{Method, Response};

    async fn words(response: Result<Response<String>, io::Error>) -> String {
        let mut response = Some(response);
        let send = move |_| std::future::ready(response.take().unwrap());
        let source = EventSource::new(crate::request(Method::POST), send, tokio::time::sleep)
            .with_reconnect(Policy::until_first_event().with_max_attempts(0))
            .with_json_errors();
        explain(source.json::<u32>().try_next().await.unwrap_err()).await
    }

    #[tokio::test]
    async fn it_says_the_cause_and_what_the_server_says() {
        let refused = words(Err(ErrorKind::ConnectionRefused.into())).await;
        assert!(refused.starts_with("no response") && refused.ends_with(": connection refused"), "{refused}");
        let busy = Response::builder().status(429).body("slow down".to_owned()).unwrap();
        assert_eq!(words(Ok(busy)).await, "expected status 200, got 429 Too Many Requests: slow down");
        let failed = words(Ok(crate::event_stream(200, "data: {\"error\":\"overloaded\"}\n\n"))).await;
        assert!(failed.contains("overloaded"), "{failed}");
        let wrong = words(Ok(crate::event_stream(200, "data: \"a\"\n\n"))).await;
        assert!(wrong.contains("expected u32"), "{wrong}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up() {
        let send = |_| async {
            let body = http_body_util::StreamBody::new(futures_util::stream::pending::<
                Result<http_body::Frame<bytes::Bytes>, Infallible>,
            >());
            Ok::<_, Infallible>(Response::builder().status(400).body(body).unwrap())
        };
        let source = EventSource::new(crate::request(Method::POST), send, tokio::time::sleep);
        let error = source.json::<u32>().try_next().await.unwrap_err();
        assert_eq!(explain(error).await, "expected status 200, got 400 Bad Request");
    }
}

mod read {
    include!("read.rs");

    #[tokio::test]
    async fn the_deltas_are_joined() {
        let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
        assert_eq!(read(crate::event_stream(200, body).into()).await.unwrap(), "Hi");
    }
}
