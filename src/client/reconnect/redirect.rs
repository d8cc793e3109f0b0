//! `Redirect`: the target of a redirect, and the request that follows it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use http::header::{
    HeaderMap, HeaderName, HeaderValue, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH,
    CONTENT_LOCATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{Method, Request, StatusCode, Uri};

use super::super::place::Place;

/// A redirect to another URI, for the current attempt ([connection 22](crate::_rules#connection-22)).
///
/// The next attempt starts at the original URI again.
#[derive(Clone)]
pub struct Redirect {
    to: Uri,
    status: StatusCode,
}

impl Redirect {
    /// Returns the URI that the redirect points to.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.to
    }

    /// Changes a request to follow the redirect: sets the URI, changes the method if needed (303 asks for GET; 301 and
    /// 302 turn POST into GET), and removes credentials if the origin differs.
    ///
    /// Credentials are `Authorization`, `Cookie`, `Proxy-Authorization`, the keys of well-known APIs (`X-Api-Key`,
    /// `Api-Key`, `X-Goog-Api-Key`), and every header whose value is [sensitive](http::HeaderValue::set_sensitive).
    /// `Host` is removed with them. What an HTTP client adds by itself, such as the default headers or the cookie store
    /// of reqwest, is not seen here.
    pub fn follow<B: Default>(&self, request: &mut Request<B>) {
        if !is_same_origin(request.uri(), &self.to) {
            drop_credentials(request.headers_mut());
        }
        let asks_for_get = match self.status {
            StatusCode::SEE_OTHER => *request.method() != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *request.method() == Method::POST,
            _ => false,
        };
        if asks_for_get && *request.method() != Method::GET {
            *request.method_mut() = Method::GET;
            *request.body_mut() = B::default();
            for name in [
                CONTENT_ENCODING,
                CONTENT_LANGUAGE,
                CONTENT_LENGTH,
                CONTENT_LOCATION,
                CONTENT_TYPE,
                TRANSFER_ENCODING,
            ] {
                request.headers_mut().remove(name);
            }
        }
        *request.uri_mut() = self.to.clone();
    }

    /// Reads the redirect of a response with such a status; `None` if it names no usable URI.
    pub(in super::super) fn of(status: StatusCode, headers: &HeaderMap, from: &Uri) -> Option<Self> {
        let to = resolve(from, headers.get(LOCATION)?.as_bytes())?;
        Some(Redirect { to, status })
    }
}

impl fmt::Debug for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirect").field("to", &Place(&self.to)).field("status", &self.status).finish()
    }
}

/// Removes the headers that must not be sent to another origin.
pub(in super::super) fn drop_credentials(headers: &mut HeaderMap) {
    for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, HOST] {
        headers.remove(name);
    }
    for name in API_KEYS {
        headers.remove(name);
    }
    let is_secret = |name: &HeaderName| headers.get_all(name).iter().any(HeaderValue::is_sensitive);
    let secret: Vec<HeaderName> = headers.keys().filter(|name| is_secret(name)).cloned().collect();
    for name in secret {
        headers.remove(name);
    }
}

/// The headers with the keys of Anthropic and many others, of Azure, and of Google.
const API_KEYS: [&str; 3] = ["x-api-key", "api-key", "x-goog-api-key"];

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Resolves a reference against a base URI (RFC 3986, 5.2). Only HTTP and HTTPS.
fn resolve(base: &Uri, reference: &[u8]) -> Option<Uri> {
    let reference = escaped(reference);
    let reference = reference.split('#').next().unwrap_or_default();
    if reference.is_empty() {
        return None;
    }
    if has_scheme(reference) {
        let uri: Uri = reference.parse().ok()?;
        return matches!(uri.scheme_str(), Some("http" | "https")).then_some(uri);
    }
    let scheme = base.scheme_str().map_or(String::new(), |scheme| alloc::format!("{scheme}:"));
    if reference.starts_with("//") {
        return alloc::format!("{scheme}{reference}").parse().ok();
    }
    let origin = match base.authority() {
        Some(authority) => alloc::format!("{scheme}//{authority}"),
        None => String::new(),
    };
    let (path, query) = match reference.find('?') {
        Some(at) => reference.split_at(at),
        None => (reference, ""),
    };
    let path = match path {
        "" => String::from(base.path()),
        path if path.starts_with('/') => without_dots(path),
        path => {
            let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            without_dots(&alloc::format!("{folder}/{path}"))
        }
    };
    alloc::format!("{origin}{path}{query}").parse().ok()
}

/// Escapes spaces, control characters and non-ASCII bytes, as browsers do.
fn escaped(reference: &[u8]) -> String {
    let mut text = String::new();
    for byte in trimmed(reference) {
        match byte {
            0x21..=0x7E => text.push(char::from(*byte)),
            byte => text += &alloc::format!("%{byte:02X}"),
        }
    }
    text
}

/// A replacement for `trim_ascii`, which newer versions of Rust have.
fn trimmed(text: &[u8]) -> &[u8] {
    let from = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let to = text.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(from, |last| last + 1);
    &text[from..to]
}

fn has_scheme(reference: &str) -> bool {
    let name = reference.split([':', '/', '?']).next().unwrap_or_default();
    reference[name.len()..].starts_with(':')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." => {}
            ".." => {
                kept.pop();
            }
            part => {
                kept.push(part);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    alloc::format!("/{}", kept.join("/"))
}

pub(in super::super) fn is_same_origin(one: &Uri, other: &Uri) -> bool {
    let port = |uri: &Uri| {
        uri.port_u16().or(match uri.scheme_str() {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        })
    };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    one.scheme() == other.scheme() && host(one) == host(other) && port(one) == port(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn resolved(reference: &str) -> String {
        let base = Uri::from_static("http://a.example:81/b/c/d?q");
        resolve(&base, reference.as_bytes()).map_or(String::from("none"), |uri| alloc::format!("{uri}"))
    }

    #[test]
    fn a_reference_is_resolved_against_the_base_uri() {
        for (reference, expected) in [
            ("https://other.example/x?y", "https://other.example/x?y"),
            ("HTTP://other.example/", "http://other.example/"),
            ("//other.example/x", "http://other.example/x"),
            ("/x", "http://a.example:81/x"),
            ("/x/../y/./z", "http://a.example:81/y/z"),
            ("/../..", "http://a.example:81/"),
            ("x", "http://a.example:81/b/c/x"),
            ("./x?r", "http://a.example:81/b/c/x?r"),
            ("../x", "http://a.example:81/b/x"),
            ("..", "http://a.example:81/b/"),
            ("?r#f", "http://a.example:81/b/c/d?r"),
            ("x:y/z?1:2", "none"),
            ("x/y:z", "http://a.example:81/b/c/x/y:z"),
            (" /x y\u{e9} ", "http://a.example:81/x%20y%C3%A9"),
            ("", "none"),
            ("#f", "none"),
            ("mailto:a@b.example", "none"),
            ("http://", "none"),
            ("http://a b/", "none"),
        ] {
            assert_eq!(resolved(reference), expected, "{reference}");
        }
        let path_only = resolve(&Uri::from_static("/a/b"), b"c").unwrap();
        assert_eq!(path_only, "/a/c");
    }

    fn secret() -> HeaderValue {
        let mut value = HeaderValue::from_static("secret");
        value.set_sensitive(true);
        value
    }

    fn followed(method: Method, status: u16, to: &'static str) -> Request<&'static str> {
        let mut request = Request::builder()
            .method(method)
            .uri("http://a.example/b")
            .header("authorization", "secret")
            .header("cookie", "secret")
            .header("x-api-key", "secret")
            .header("mcp-session-id", secret())
            .header("host", "a.example")
            .header("accept", "text/event-stream")
            .header("content-type", "text/plain")
            .body("body")
            .unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        Redirect { to: Uri::from_static(to), status }.follow(&mut request);
        request
    }

    #[test]
    fn credentials_are_not_sent_to_another_origin() {
        for (to, follow) in [
            ("http://a.example/x", true),
            ("http://A.EXAMPLE:80/x", true),
            ("https://a.example/x", false),
            ("http://a.example:81/x", false),
            ("http://sub.a.example/x", false),
        ] {
            let request = followed(Method::GET, 302, to);
            for name in ["authorization", "cookie", "x-api-key", "mcp-session-id", "host"] {
                assert_eq!(request.headers().contains_key(name), follow, "{name} to {to}");
            }
            assert!(request.headers().contains_key("accept"));
            assert_eq!(request.uri(), to);
        }
    }

    #[test]
    fn some_redirects_turn_a_post_into_a_get() {
        for (method, status, expected) in [
            (Method::POST, 301, Method::GET),
            (Method::POST, 302, Method::GET),
            (Method::POST, 303, Method::GET),
            (Method::POST, 307, Method::POST),
            (Method::POST, 308, Method::POST),
            (Method::PUT, 302, Method::PUT),
            (Method::PUT, 303, Method::GET),
            (Method::GET, 302, Method::GET),
        ] {
            let is_kept = method == expected;
            let request = followed(method, status, "http://a.example/x");
            assert_eq!(*request.method(), expected);
            assert_eq!(*request.body(), if is_kept { "body" } else { "" });
            assert_eq!(request.headers().contains_key("content-type"), is_kept);
        }
    }
}
