//! Which media type answers a request (RFC 9110 section 12.5.1; GraphQL over HTTP sections 4 and 6).

use axum::http::{HeaderMap, header};

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status says whether the request was executed.
    GraphqlResponse,
    /// `application/json`: a well-formed request always has status 200.
    Json,
    /// `text/html`: a browser asks for the page.
    Html,
}

impl Media {
    /// The header value of an answer of this type.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// How well the client's `Accept` fits one media type.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
struct Fit {
    quality: f32,
    /// 0 for `*/*`, 1 for `application/*`, 2 for the type itself.
    precision: u8,
}

/// The type to answer with; `None` when the client accepts none of ours.
///
/// A client that names no preference gets `application/json`, which every client reads. The page is only for
/// clients that name `text/html`, and want it at least as much as any JSON that they name.
pub(super) fn answer_media(headers: &HeaderMap) -> Option<Media> {
    let mut ranges = headers.get_all(header::ACCEPT).iter().peekable();
    if ranges.peek().is_none() {
        return Some(Media::Json);
    }
    let (mut graphql, mut json, mut html) = (None, None, None);
    for value in ranges {
        // A header that is not text names no type.
        let Ok(text) = value.to_str() else { continue };
        for range in text.split(',') {
            let Some((kind, quality)) = parse_range(range) else { continue };
            note(&mut graphql, kind, ("application", "graphql-response+json"), quality);
            note(&mut json, kind, ("application", "json"), quality);
            note(&mut html, kind, ("text", "html"), quality);
        }
    }
    let [graphql, json, html] = [graphql, json, html].map(Option::unwrap_or_default);
    let named = |fit: Fit| if fit.precision == 2 { fit.quality } else { 0.0 };
    if named(html) > 0.0 && html.quality >= named(graphql).max(named(json)) {
        return Some(Media::Html);
    }
    if graphql.quality <= 0.0 && json.quality <= 0.0 {
        return None;
    }
    let prefers_graphql =
        graphql.quality > json.quality || (graphql.quality == json.quality && graphql.precision == 2);
    Some(if prefers_graphql { Media::GraphqlResponse } else { Media::Json })
}

/// The most precise range decides about a type.
fn note(fit: &mut Option<Fit>, (main, sub): (&str, &str), wanted: (&str, &str), quality: f32) {
    let precision = match (main, sub) {
        ("*", "*") => 0,
        (main, "*") if main.eq_ignore_ascii_case(wanted.0) => 1,
        (main, sub) if main.eq_ignore_ascii_case(wanted.0) && sub.eq_ignore_ascii_case(wanted.1) => 2,
        _ => return,
    };
    match fit {
        Some(known) if known.precision > precision => {}
        Some(known) if known.precision == precision && known.quality >= quality => {}
        _ => *fit = Some(Fit { quality, precision }),
    }
}

/// The type and the quality of one range; `None` for one that is malformed or asks for another charset.
fn parse_range(range: &str) -> Option<((&str, &str), f32)> {
    let mut parts = range.split(';');
    let (main, sub) = parts.next()?.trim().split_once('/')?;
    let mut quality = 1.0;
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if name.eq_ignore_ascii_case("q") {
            quality = value.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality))?;
        } else if name.eq_ignore_ascii_case("charset") && !is_utf8(value) {
            return None;
        }
    }
    Some(((main.trim(), sub.trim()), quality))
}

/// Whether the request's body is declared as JSON in UTF-8 (the only encoding that JSON has, RFC 8259).
pub(super) fn body_is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';');
    let is_json = parts.next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    is_json
        && parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset") || is_utf8(value.trim().trim_matches('"'))
        })
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn media(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        answer_media(&headers)
    }

    #[test]
    fn accept_decides_the_type() {
        let cases = [
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("APPLICATION/GraphQL-Response+JSON; Charset=UTF-8", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Media::Json)),
            ("application/graphql-response+json;q=0.5, application/json;q=0.4", Some(Media::GraphqlResponse)),
            ("application/json;q=0, */*", Some(Media::GraphqlResponse)),
            ("application/json;q=0", None),
            ("application/json, */*;q=0.1", Some(Media::Json)),
            ("text/plain", None),
            ("text/plain, */*;q=0.1", Some(Media::Json)),
            ("image/avif, image/webp", None),
            ("application/json; charset=utf-16", None),
            ("application/json; q=2", None),
            ("nonsense", None),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Media::Html)),
            ("text/html;q=0.5, application/json", Some(Media::Json)),
            ("text/*", None),
        ];
        for (accept, expected) in cases {
            assert_eq!(media(accept), expected, "{accept}");
        }
        assert_eq!(answer_media(&HeaderMap::new()), Some(Media::Json));
    }

    #[test]
    fn several_accept_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT, HeaderValue::from_static("text/plain"));
        headers.append(header::ACCEPT, HeaderValue::from_static("application/graphql-response+json"));
        assert_eq!(answer_media(&headers), Some(Media::GraphqlResponse));
    }

    #[test]
    fn only_json_in_utf8_is_a_body() {
        let is_json = |content_type: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            body_is_json(&headers)
        };
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=\"UTF-8\""));
        assert!(is_json("application/json; profile=x"));
        assert!(!is_json("application/json; charset=utf-16"));
        assert!(!is_json("application/jsonx"));
        assert!(!is_json("text/plain"));
        assert!(!body_is_json(&HeaderMap::new()));
    }
}
