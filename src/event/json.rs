//! `Event::from_json` and `parse_json`.

use serde::{Deserialize, Serialize};

use super::{Event, EventRef};
use crate::error::JsonError;

impl Event {
    /// Creates an event of the default type with JSON as its data.
    ///
    /// The text is written once and not copied. Line ends in raw JSON become LF, which means the
    /// same in JSON.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// let event = Event::from_json(&[1, 2])?.with_type("pair");
    /// assert_eq!(event.to_bytes(), "event: pair\ndata: [1,2]\n\n");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the value cannot be JSON: a map with keys that are not strings, or a `Serialize` that fails.
    pub fn from_json<T>(value: &T) -> Result<Self, serde_json::Error>
    where
        T: Serialize + ?Sized,
    {
        serde_json::to_string(value).map(Event::new)
    }

    /// Parses the data as JSON; text may be borrowed from the event.
    ///
    /// ```
    /// use eventwire::Event;
    ///
    /// let [price, volume]: [f64; 2] = Event::new("[21.5, 100]").parse_json()?;
    /// # assert_eq!((price, volume), (21.5, 100.0));
    /// # Ok::<(), eventwire::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the data is not JSON, or not of this type. The error says where.
    pub fn parse_json<'a, T>(&'a self) -> Result<T, JsonError>
    where
        T: Deserialize<'a>,
    {
        parse(self.event_type(), self.data())
    }
}

impl<'a> EventRef<'a> {
    /// Parses the data as JSON; text may be borrowed for as long as the event is.
    ///
    /// # Errors
    ///
    /// As in [`Event::parse_json`].
    pub fn parse_json<T>(&self) -> Result<T, JsonError>
    where
        T: Deserialize<'a>,
    {
        parse(self.event_type(), self.data())
    }
}

fn parse<'a, T: Deserialize<'a>>(event_type: &str, data: &'a str) -> Result<T, JsonError> {
    serde_json::from_str(data).map_err(|error| JsonError::new(event_type, data, error))
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use serde::ser::Error;
    use serde::Serializer;

    use super::*;

    /// Hands JSON on as it is.
    struct Raw(&'static str);

    impl Serialize for Raw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let raw: &serde_json::value::RawValue = serde_json::from_str(self.0).map_err(S::Error::custom)?;
            raw.serialize(serializer)
        }
    }

    struct Failing;

    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no"))
        }
    }

    #[test]
    fn json_is_the_data() {
        let value = BTreeMap::from([("price", 21.5)]);
        assert_eq!(Event::from_json(&value).unwrap(), Event::new(r#"{"price":21.5}"#));
        assert_eq!(Event::from_json("a\nb").unwrap(), Event::new(r#""a\nb""#));
        assert_eq!(Event::from_json(&[1, 2][..]).unwrap(), Event::new("[1,2]"));
    }

    #[test]
    fn line_ends_in_raw_json_are_lines_of_data() {
        let event = Event::from_json(&Raw("{\n\"a\":\r\n1,\r\"b\": 2}")).unwrap();
        let bytes = event.to_bytes();
        assert_eq!(bytes, "data: {\ndata: \"a\":\ndata: 1,\ndata: \"b\": 2}\n\n");
        let read: Vec<_> = crate::decode::events(&bytes).map(|event| event.unwrap()).collect();
        assert_eq!(read.len(), 1);
        let value: serde_json::Value = serde_json::from_str(read[0].data()).unwrap();
        assert_eq!(value, serde_json::json!({"a": 1, "b": 2}));
    }

    #[test]
    fn an_error_tells_the_type_the_place_and_the_text_there() {
        let place = |data: &str| {
            let event = Event::new(data).with_type("tick");
            let error = event.parse_json::<BTreeMap<&str, u32>>().unwrap_err();
            assert_eq!(error.event_type(), "tick");
            assert!(data.contains(error.around()));
            (error.offset() as usize, error.around().len())
        };
        assert_eq!(place(""), (0, 0));
        assert_eq!(place("{\"a\": 1"), (6, 7));
        assert_eq!(place("{\"a\":\n  x}"), (8, 10));
        assert_eq!(place("{\n\n\n\"a\": \"b\"}"), (11, 13));
        let long = alloc::format!("{{\"{}\": x, \"{}\": 1}}", "é".repeat(100), "ü".repeat(100));
        let (offset, around) = place(&long);
        assert_eq!((offset, &long[offset..=offset]), (205, "x"));
        assert!((80..=83).contains(&around), "{around}");
    }

    #[test]
    fn text_is_borrowed_from_where_the_event_is() {
        let mut decoder = crate::Decoder::new();
        let mut feed = decoder.feed(b"data: {\"a\": \"b\"}\n\n");
        let map: BTreeMap<&str, &str> = feed.next_ref().unwrap().unwrap().parse_json().unwrap();
        assert_eq!(map["a"], "b");
    }

    #[test]
    fn a_value_that_cannot_be_json_is_an_error() {
        assert!(Event::from_json(&BTreeMap::from([((1, 2), 3)])).is_err());
        assert_eq!(Event::from_json(&Failing).unwrap_err().to_string(), "no");
    }
}
