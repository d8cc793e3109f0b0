use axum::{routing::get, Router};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, Stream};
use utoipa::{OpenApi, ToSchema};

#[derive(ToSchema)]
struct Tick { price: f64 }

#[utoipa::path(
    get,
    path = "/ticks",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last event that the client has seen")),
    responses((status = 200, description = "One event a tick", content_type = "text/event-stream", body = Tick)),
)]
async fn ticks(_seen: Option<LastEventId>) -> EventBody<impl Stream<Item = Event>> {
    EventBody::new(stream::iter([Event::new(r#"{"price":21.5}"#).with_id(1)]))
}

#[derive(OpenApi)]
#[openapi(paths(ticks))]
struct Api;

fn router() -> Result<Router, Box<dyn std::error::Error>> {
    let document = Api::openapi().to_json()?;
    Ok(Router::new().route("/ticks", get(ticks)).route("/openapi.json", get(|| async { document })))
}
