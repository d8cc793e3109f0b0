//! The texts of the events.

pub(super) fn openai_chat(dice: &mut Dice) -> String {
    format!(
        concat!(
            r#"{{"id":"chatcmpl-B7kQw2ZrT9mXc4LpVd8NsYe1HuJ5a","object":"chat.completion.chunk","#,
            r#""created":1762{:06},"model":"chat-large-2026-09-01-a","system_fingerprint":"fp_5be1a0c94d","#,
            r#""choices":[{{"index":0,"delta":{{"content":"{}"}},"finish_reason":null}}]}}"#
        ),
        dice.below(1_000_000),
        token(dice)
    )
}

pub(super) fn anthropic(dice: &mut Dice) -> (&'static str, String) {
    if dice.below(50) == 0 {
        return ("ping", r#"{"type":"ping"}"#.to_owned());
    }
    let data = format!(
        concat!(
            r#"{{"type":"content_block_delta","index":0,"#,
            r#""delta":{{"type":"text_delta","text":"{}{}"}}}}"#
        ),
        token(dice),
        token(dice)
    );
    ("content_block_delta", data)
}

pub(super) fn cjk(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..17 {
        text.push_str(CJK_WORDS[dice.below(CJK_WORDS.len())]);
    }
    format!(
        concat!(
            r#"{{"id":"msg_{:06}","object":"chat.chunk","model":"chat-large-2026-09","#,
            r#""choices":[{{"index":0,"delta":{{"content":"{}"}}}}]}}"#
        ),
        dice.below(1_000_000),
        text
    )
}

/// JSON of exactly `size` bytes with an image.
pub(super) fn image(dice: &mut Dice, size: usize) -> String {
    const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (head, tail) = (r#"{"type":"image.partial","index":0,"b64_json":""#, r#""}"#);
    let mut text = String::with_capacity(size);
    text.push_str(head);
    while text.len() < size - tail.len() {
        text.push(BASE64[dice.below(64)] as char);
    }
    text + tail
}

/// Prose of exactly `size` bytes.
pub(super) fn words(dice: &mut Dice, size: usize) -> String {
    let mut text = String::new();
    while text.len() < size {
        text.push_str(word(dice));
        text.push(' ');
    }
    text.truncate(size - 1);
    text + "."
}

pub(super) fn word(dice: &mut Dice) -> &'static str {
    WORDS[dice.below(WORDS.len())]
}

/// A token of a language model, as it is in JSON.
fn token(dice: &mut Dice) -> String {
    match dice.below(24) {
        0 => r"\n\n".to_owned(),
        1 => r#" \"so\""#.to_owned(),
        2 => ".".to_owned(),
        _ => format!(" {}", word(dice)),
    }
}

/// A generator with the same output on every machine (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

#[rustfmt::skip] // One word a line tells nothing more.
const WORDS: &[&str] = &[
    "a", "the", "of", "and", "for", "with", "from", "into", "in", "is", "it", "you", "your", "would", "should",
    "like", "this", "one", "instead", "because", "smaller", "cheaper", "available", "tomorrow", "afternoon",
    "recommend", "kitten", "parrot", "hamster", "leash", "collar", "aquarium", "gravel", "filter", "seeds",
    "blanket", "carrier", "basket", "order", "parcel", "delivery",
];

#[rustfmt::skip]
const CJK_WORDS: &[&str] = &[
    "小猫", "鹦鹉", "水族箱", "订单", "已经", "发货", "明天", "下午", "送到", "推荐", "更便宜", "こんにちは",
    "ありがとう", "配達", "です", "ください", "🐱", "🦜", "📦", "，", "。", "、",
];
