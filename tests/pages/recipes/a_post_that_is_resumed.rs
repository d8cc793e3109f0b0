use bytes::Bytes;
use eventwire::client::EventSource;
use eventwire::EventRef;
use http::Method;

fn resumed(source: EventSource) -> EventSource {
    let id_of = |event: EventRef<'_>| (!event.last_event_id().is_empty()).then_some(());
    source.with_resume(id_of, |seen, mut request| {
        seen?;                                                        // no ID yet: nothing to resume
        *request.method_mut() = Method::GET;
        *request.body_mut() = Bytes::new();
        request.headers_mut().remove("content-type");
        Some(request)                                                 // `Last-Event-ID` is added
    })
}
