//! `docs/middleware.md`.

mod a_limited_shutdown {
    include!("a_limited_shutdown.rs");

    use std::future;

    use eventwire::client::{EventStream, StreamError};
    use tokio::sync::watch;

    #[tokio::test]
    async fn a_client_that_reads_ends_with_the_server() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ticks", listener.local_addr().unwrap());
        let (shutdown, watching) = watch::channel(false);
        let serving = tokio::spawn(run(listener, watching));
        let mut ticks = EventStream::from_reqwest(reqwest::get(url).await.unwrap()).unwrap();
        assert_eq!(ticks.next_event().await.unwrap().unwrap().data(), "21.5");
        shutdown.send(true).unwrap();
        while ticks.next_event().await.unwrap().is_some() {}
        drop(ticks);
        assert!(serving.await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_keeps_neither_the_server_nor_the_task() {
        let (shutdown, watching) = watch::channel(false);
        let unread = ticks(State(watching.clone())).await;
        shutdown.send(true).unwrap();
        assert_eq!(serve(future::pending::<()>(), watching).await, None);
        tokio::time::sleep(Duration::from_millis(1)).await;
        // The task has dropped its sender: the channel ends as failed.
        let mut ticks = EventStream::from_body(unread);
        loop {
            match ticks.next_event().await {
                Ok(Some(_)) => {}
                Err(StreamError::Transport { .. }) => break,
                other => panic!("the task still runs: {other:?}"),
            }
        }
    }
}
