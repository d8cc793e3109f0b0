//! Notifications: an endless stream of `adoption` and `status-change`.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use eventwire::server::{EventBody, LastEventId};
use eventwire::{Encoded, Event};
use futures_util::Stream;
use serde_json::json;

use crate::chance::Chance;
use crate::pace::times_a_second;
use crate::problem::no_feed;
use crate::resume::{last_seen, Parameters};
use crate::shop::Shop;
use crate::time;

pub(crate) async fn stream(
    State(shop): State<Arc<Shop>>,
    Query(parameters): Query<Parameters>,
    header: Option<LastEventId>,
) -> Result<EventBody<impl Stream<Item = Encoded>>, Response> {
    let seen = last_seen(header, &parameters);
    let follow = shop.news.follow(seen.as_deref()).await.map_err(no_feed)?;
    // Two users follow their favourite kind of pet; all others follow every kind.
    Ok(shop.door.body(match parameters.get("userId").map(String::as_str) {
        Some("ada") => follow.with_topics(["cat"]),
        Some("linus") => follow.with_topics(["dog"]),
        _ => follow,
    }))
}

/// Publishes the arrival, care and adoption of pets.
pub(crate) async fn run(shop: Arc<Shop>, pace: f64) {
    let mut chance = Chance::new();
    times_a_second(pace, || {
        let (name, kind) = chance.one_of(&PETS);
        let event = match chance.below(3) {
            0 => adoption(name, kind, chance.one_of(&FAMILIES)),
            _ => status_change(name, kind, chance.one_of(&CHANGES)),
        };
        shop.news.publish_to(kind, event);
    })
    .await;
}

fn adoption(name: &str, kind: &str, by: &str) -> Event {
    let data = json!({ "pet": name, "kind": kind, "by": by, "at": time::now() });
    Event::new(data.to_string()).with_type("adoption")
}

fn status_change(name: &str, kind: &str, (from, to): (&str, &str)) -> Event {
    let data = json!({ "pet": name, "kind": kind, "from": from, "to": to, "at": time::now() });
    Event::new(data.to_string()).with_type("status-change")
}

const PETS: [(&str, &str); 8] = [
    ("Biscuit", "dog"),
    ("Miso", "cat"),
    ("Olive", "dog"),
    ("Pepper", "rabbit"),
    ("Momo", "cat"),
    ("Kiwi", "parrot"),
    ("Waffle", "dog"),
    ("Süße", "cat"),
];

const FAMILIES: [&str; 4] = ["the Okafors", "Jonas", "the Tanaka family", "Mrs. Lindqvist"];

const CHANGES: [(&str, &str); 4] = [
    ("new", "at the vet"),
    ("at the vet", "available"),
    ("available", "reserved"),
    ("reserved", "available"),
];
