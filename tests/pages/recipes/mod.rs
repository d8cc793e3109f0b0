//! `docs/recipes.md`.

mod a_channel {
    include!("a_channel.rs");

    #[tokio::test]
    async fn all_events_of_the_task_and_the_mark_arrive() {
        assert_eq!(crate::read(answer().await).await, ":\ndata: Hel\n\ndata: lo\n\ndata: [DONE]\n\n");
    }
}

mod a_handlers_test {
    include!("a_handlers_test.rs");
}

mod a_relay {
    include!("a_relay.rs");

    #[tokio::test]
    async fn pings_are_left_out() {
        let upstream = crate::event_stream(200, "event: ping\ndata: 1\n\nid: 7\ndata: a\n\n");
        assert_eq!(crate::read(relay(upstream).unwrap().into_body()).await, ":\nid: 7\ndata: a\n\n");
    }
}

mod a_token {
    include!("a_token.rs");

    #[tokio::test]
    async fn a_source_is_made() {
        assert!(follow(reqwest::Client::new(), "http://localhost/").is_ok());
    }
}

mod a_post_that_is_resumed {
    include!("a_post_that_is_resumed.rs");

    use std::sync::{Arc, Mutex};

    #[tokio::test(start_paused = true)]
    async fn a_get_with_the_id_follows_the_post() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let send = move |request: http::Request<Bytes>| {
            seen.lock()
                .unwrap()
                .push((request.method().clone(), request.headers().get("last-event-id").cloned()));
            let status = if request.method() == Method::GET { 204 } else { 200 };
            let response = crate::event_stream(status, "retry: 0\nid: 7\ndata: a\n\n");
            async move { Ok::<_, std::convert::Infallible>(response) }
        };
        let mut source = resumed(EventSource::new(crate::request(Method::POST), send, tokio::time::sleep));
        assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
        assert!(source.next_event().await.unwrap().is_none());
        let asked = asked.lock().unwrap();
        assert_eq!(*asked, [(Method::POST, None), (Method::GET, Some("7".parse().unwrap()))]);
    }
}

mod comments {
    include!("comments.rs");

    #[test]
    fn a_reader_is_read_to_its_end() {
        watch(&b": hi\n\ndata: a\n\n"[..]).unwrap();
    }
}

mod a_last_event_id {
    include!("a_last_event_id.rs");

    use std::sync::{Arc, Mutex};

    #[tokio::test(start_paused = true)]
    async fn a_second_run_resumes_after_the_saved_id() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let file = std::env::temp_dir().join(format!("eventwire-recipe-{}", std::process::id()));
        for _run in 0..2 {
            let seen = Arc::clone(&asked);
            let mut is_first = true;
            let send = move |request: http::Request<bytes::Bytes>| {
                let id = request.headers().get("last-event-id").map(|id| id.to_str().unwrap().to_owned());
                seen.lock().unwrap().push(id);
                let status = if std::mem::take(&mut is_first) { 200 } else { 204 };
                let response = crate::event_stream(status, "retry: 0\nid: 7\ndata: a\n\n");
                async move { Ok::<_, std::convert::Infallible>(response) }
            };
            follow(EventSource::new(crate::request(http::Method::GET), send, tokio::time::sleep), &file)
                .await
                .unwrap();
        }
        fs::remove_file(&file).unwrap();
        let seven = Some("7".to_owned());
        assert_eq!(*asked.lock().unwrap(), [None, seven.clone(), seven.clone(), seven]);
    }
}

mod the_id_in_the_query {
    include!("the_id_in_the_query.rs");

    #[tokio::test]
    async fn the_header_wins_over_the_query() {
        let query = Query(HashMap::from([("after".to_owned(), "41".to_owned())]));
        assert!(crate::read(ticks(None, query.clone()).await).await.starts_with(":\nid: 42\n"));
        assert!(crate::read(ticks("50".parse().ok(), query).await).await.starts_with(":\nid: 51\n"));
    }
}

mod openapi {
    include!("openapi.rs");

    #[test]
    fn the_document_names_the_media_type_and_the_data() {
        let document = Api::openapi().to_json().unwrap();
        assert!(document.contains("text/event-stream") && document.contains("#/components/schemas/Tick"));
        assert!(router().is_ok());
    }
}
