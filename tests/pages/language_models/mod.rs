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

mod read {
    include!("read.rs");

    #[tokio::test]
    async fn the_deltas_are_joined() {
        let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
        assert_eq!(read(crate::event_stream(200, body).into()).await.unwrap(), "Hi");
    }
}
