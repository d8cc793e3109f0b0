//! `retry_after`: parses the `Retry-After` header.

use core::str;
use core::time::Duration;

use http::header::{HeaderMap, HeaderName, DATE, RETRY_AFTER};

/// Parses seconds or a date. A date is compared with the server's own `Date`, so that no local clock has to be read or
/// to be right; without `Date` it is ignored.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| str::from_utf8(headers.get(name)?.as_bytes()).ok().map(str::trim);
    let value = text(RETRY_AFTER)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let (then, now) = (seconds(value)?, seconds(text(DATE)?)?);
    Some(Duration::from_secs(then.saturating_sub(now)))
}

/// Returns the seconds since year 0 of a date like `Sun, 06 Nov 1994 08:49:37 GMT`, the only form still in use.
fn seconds(date: &str) -> Option<u64> {
    let (_, date) = date.split_once(", ")?;
    let mut parts = date.strip_suffix(" GMT")?.split([' ', ':']);
    let mut next = |most: u64| parts.next()?.parse::<u64>().ok().filter(|number| *number <= most);
    let day = next(31)?;
    let month = parts.next().and_then(|name| MONTHS.iter().position(|month| *month == name))? as u64;
    let mut next = |most: u64| parts.next()?.parse::<u64>().ok().filter(|number| *number <= most);
    let (year, hours, minutes, seconds) = (next(9999)?, next(23)?, next(59)?, next(60)?);
    // The year is counted from March, so that the leap day is its last.
    let year = year.saturating_sub(u64::from(month >= 10));
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + day;
    Some(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
}

const MONTHS: [&str; 12] =
    ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(value: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        retry_after(&headers).map(|time| time.as_secs())
    }

    #[test]
    fn seconds_are_digits_and_nothing_else() {
        assert_eq!(asked("120", None), Some(120));
        assert_eq!(asked(" 0 ", None), Some(0));
        assert_eq!(asked("99999999999999999999999", None), Some(u64::MAX));
        for value in ["", "-1", "+1", "1.5", "soon"] {
            assert_eq!(asked(value, None), None, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn a_date_is_counted_from_the_server_s_own() {
        let from = |then, now| asked(then, Some(now));
        assert_eq!(from("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT"), Some(30));
        assert_eq!(from("Tue, 01 Mar 2022 00:00:00 GMT", "Mon, 28 Feb 2022 23:59:59 GMT"), Some(1));
        assert_eq!(from("Fri, 01 Mar 2024 00:00:00 GMT", "Wed, 28 Feb 2024 00:00:00 GMT"), Some(2 * 86_400));
        assert_eq!(from("Mon, 01 Jan 2024 00:00:00 GMT", "Sun, 31 Dec 2023 00:00:00 GMT"), Some(86_400));
        assert_eq!(
            from("Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 1999 00:00:00 GMT"),
            Some(365 * 86_400)
        );
        // The date has passed.
        assert_eq!(from("Sun, 06 Nov 1994 08:49:07 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT", None), None);
        assert_eq!(from("Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT"), None);
        assert_eq!(from("Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"), None);
        assert_eq!(from("Sun, 06 Nix 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"), None);
    }

    #[test]
    fn the_days_of_a_leap_year_are_one_day_apart() {
        let mut days = std::vec::Vec::new();
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        for (name, length) in names.iter().zip(lengths) {
            for day in 1..=length {
                days.push(seconds(&std::format!("Xxx, {day:02} {name} 2024 00:00:00 GMT")).unwrap());
            }
        }
        assert_eq!(days.len(), 366);
        assert!(days.windows(2).all(|pair| pair[1] - pair[0] == 86_400));
    }
}
