//! The state of the shop, and its routes.

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::Router;
use serde_json::json;
use tokio::sync::watch;

use crate::arguments::Arguments;
use crate::door::Door;
use crate::feed::Feed;
use crate::problem::{json_response, problem};
use crate::{chat, echo, inventory, news, orders, page, recommendations};

pub(crate) struct Shop {
    pub(crate) door: Door,
    pub(crate) inventory: Feed,
    pub(crate) news: Feed,
}

impl Shop {
    pub(crate) async fn open(arguments: &Arguments, closing: watch::Receiver<bool>) -> io::Result<Self> {
        Ok(Shop {
            door: Door::new(arguments.heartbeat, closing),
            inventory: Feed::open(arguments, "inventory").await?,
            news: Feed::open(arguments, "news").await?,
        })
    }
}

pub(crate) fn routes(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/", get(page::page))
        .route("/v1/pets/recommendations/stream", get(recommendations::stream))
        .route("/v1/pets/notifications", get(news::stream))
        .route("/v1/orders/{id}/status/stream", get(orders::stream))
        .route("/v1/inventory/stream", get(inventory::stream))
        .route("/v1/chat/completions", post(chat::completions))
        .route("/v1/streams", get(open_streams))
        .route("/.sse", get(echo::get).post(echo::post))
        .fallback(nothing_here)
        .with_state(shop)
}

/// Reports the number of open streams: it falls when a client disconnects.
async fn open_streams(State(shop): State<Arc<Shop>>) -> Response {
    json_response(StatusCode::OK, &json!({ "open": shop.door.open_streams() }))
}

async fn nothing_here() -> Response {
    problem(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
}
