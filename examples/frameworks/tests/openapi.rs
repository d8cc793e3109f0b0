//! A handler that returns an `EventBody` in an OpenAPI document, by utoipa: no feature and no adapter is needed.

use axum::{routing::get, Router};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use utoipa::{OpenApi, ToSchema};

/// The data of each event.
#[derive(ToSchema)]
#[allow(dead_code)]
struct Tick {
    price: f64,
}

#[utoipa::path(
    get,
    path = "/ticks",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last event that the client has seen")),
    responses((
        status = 200,
        description = "An event for each tick; its data is a `Tick`",
        content_type = "text/event-stream",
        body = Tick,
    ))
)]
async fn ticks(_seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(stream::iter([Event::new(r#"{"price":21.5}"#).with_id(1)]))
}

#[derive(OpenApi)]
#[openapi(paths(ticks))]
struct Api;

#[test]
fn the_document_has_the_stream_its_data_and_its_header() {
    let _: Router = Router::new().route("/ticks", get(ticks));
    let document = Api::openapi().to_json().unwrap();
    for part in ["text/event-stream", "#/components/schemas/Tick", "Last-Event-ID"] {
        assert!(document.contains(part), "{part} in {document}");
    }
}
