//! Recommendations for a user: `recommendation` one by one as they are made, then `complete`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventwire::server::LastEventId;
use eventwire::Event;
use serde_json::json;

use crate::pace::with_pauses;
use crate::resume::{last_seen, Parameters};
use crate::shop::Shop;

pub(crate) async fn stream(
    State(shop): State<Arc<Shop>>,
    Query(parameters): Query<Parameters>,
    header: Option<LastEventId>,
) -> Response {
    let user = parameters.get("userId").map_or("guest", |user| user);
    // An ID that is not ours counts as none: start from the beginning.
    let seen = last_seen(header, &parameters).and_then(|id| id.parse::<usize>().ok()).unwrap_or(0);
    if seen > TOTAL {
        // The client has seen the last event. Status 204 tells a browser not to reconnect.
        return StatusCode::NO_CONTENT.into_response();
    }
    shop.door.body(with_pauses(recommended(user).skip(seen), THOUGHT)).into_response()
}

/// Yields the same pets in the same order for the same user, numbered from 1, then an event with their total.
fn recommended(user: &str) -> impl Iterator<Item = Event> + Send {
    let mut hasher = DefaultHasher::new();
    user.hash(&mut hasher);
    let first = (hasher.finish() % PETS.len() as u64) as usize;
    let pets = (0..TOTAL).map(move |number| {
        let (name, kind, breed, reason) = PETS[(first + number) % PETS.len()];
        let score = f64::from(97 - 6 * number as u32) / 100.0;
        let pet = json!({ "name": name, "kind": kind, "breed": breed });
        let data = json!({ "pet": pet, "score": score, "reason": reason });
        Event::new(data.to_string()).with_type("recommendation")
    });
    let complete = Event::new(json!({ "total": TOTAL }).to_string()).with_type("complete");
    pets.chain([complete]).zip(1_u64..).map(|(event, number)| event.with_id(number))
}

const TOTAL: usize = 5;

const THOUGHT: Duration = Duration::from_millis(250);

const PETS: [(&str, &str, &str, &str); 8] = [
    ("Biscuit", "dog", "Beagle", "Calm with children, and your garden has a fence."),
    ("Miso", "cat", "British Shorthair", "Happy alone for a working day."),
    ("Olive", "dog", "Whippet", "Needs one long run a day; you said you jog."),
    ("Pepper", "rabbit", "Holland Lop", "Small flat, no carpet: a good match."),
    ("Momo", "cat", "Maine Coon", "Likes tall shelves, and you have many."),
    ("Kiwi", "parrot", "Budgerigar", "Talks in the morning, as you do."),
    ("Waffle", "dog", "Corgi", "Short legs, third floor, but there is a lift."),
    ("Nori", "cat", "Bombay", "Sleeps where it is warm: your desk."),
];
