//! The inventory: an endless stream of `stock-change` and `price-change`.

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
    let follow = shop.inventory.follow(seen.as_deref()).await.map_err(no_feed)?;
    Ok(shop.door.body(follow))
}

/// Buys, sells and changes prices.
pub(crate) async fn run(shop: Arc<Shop>, pace: f64) {
    let mut goods = goods();
    let mut chance = Chance::new();
    times_a_second(pace, || {
        let index = chance.below(goods.len());
        let event = match chance.below(4) {
            0 => goods[index].change_price(&mut chance),
            _ => goods[index].change_stock(&mut chance),
        };
        shop.inventory.publish_to(goods[index].sku, event);
    })
    .await;
}

struct Good {
    sku: &'static str,
    name: &'static str,
    stock: usize,
    cents: usize,
}

impl Good {
    fn change_stock(&mut self, chance: &mut Chance) -> Event {
        let before = self.stock;
        self.stock = match before {
            0..=2 => before + 6 + 6 * chance.below(4),
            _ => before - 1 - chance.below(2),
        };
        let change = self.stock as i64 - before as i64;
        let data = json!({ "sku": self.sku, "name": self.name, "stock": self.stock, "change": change, "at": time::now() });
        Event::new(data.to_string()).with_type("stock-change")
    }

    fn change_price(&mut self, chance: &mut Chance) -> Event {
        let before = self.cents;
        // Never free, and never more than four times the original price.
        self.cents = (before * (90 + chance.below(22)) / 100).clamp(99, 19_900);
        let data = json!({
            "sku": self.sku, "name": self.name,
            "old": euros(before), "new": euros(self.cents), "currency": "EUR", "at": time::now(),
        });
        Event::new(data.to_string()).with_type("price-change")
    }
}

fn euros(cents: usize) -> f64 {
    cents as f64 / 100.0
}

fn goods() -> Vec<Good> {
    let good = |sku, name, stock, cents| Good { sku, name, stock, cents };
    vec![
        good("FEED-SALMON-2KG", "Salmon kibble, 2 kg", 41, 2_190),
        good("TOY-MOUSE", "Felt mouse", 120, 450),
        good("BED-M", "Körbchen „Träumer“, M", 7, 4_900),
        good("LEASH-RED", "Red leash, 2 m", 23, 1_450),
        good("HAY-5KG", "Meadow hay, 5 kg", 16, 1_290),
        good("CAGE-XL", "Rabbit hutch, XL", 4, 14_900),
        good("BRUSH", "Soft brush", 31, 890),
        good("SEED-1KG", "Sunflower seed, 1 kg", 54, 520),
    ]
}
