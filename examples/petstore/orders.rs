//! The status of an order: events of the default type, then `complete`.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventwire::Event;
use futures_util::StreamExt;
use serde_json::json;

use crate::pace::with_pauses;
use crate::problem::problem;
use crate::shop::Shop;
use crate::time;

pub(crate) async fn stream(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Response {
    let Some(order) = id.parse::<u64>().ok().filter(|order| ORDERS.contains(order)) else {
        return problem(StatusCode::NOT_FOUND, "order_not_found", &format!("there is no order {id}"));
    };
    let steps = STATUSES.map(Some).into_iter().chain([None]);
    // Each event is made when it is due, because it carries the time.
    let events = with_pauses(steps, STEP).map(move |status| match status {
        Some(status) => {
            Event::new(json!({ "order": order, "status": status, "at": time::now() }).to_string())
        }
        None => Event::new(json!({ "order": order }).to_string()).with_type("complete"),
    });
    shop.door.body(events).into_response()
}

/// The numbers of all orders.
const ORDERS: RangeInclusive<u64> = 1..=20_000;

const STATUSES: [&str; 5] = ["placed", "paid", "packed", "shipped", "delivered"];

const STEP: Duration = Duration::from_millis(400);
