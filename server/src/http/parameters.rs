//! The parameters of a GraphQL request, from a JSON body or from a query string (GraphQL over HTTP section 5).

use super::failure::Failure;
use nuages_schema::Request;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The body of a POST request. Members that the specification does not name are ignored, as it demands.
#[derive(Debug, Deserialize)]
struct Body {
    query: String,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<AnyMap>,
}

/// A map whose content does not matter, read without keeping it.
#[derive(Debug)]
struct AnyMap;

impl<'de> Deserialize<'de> for AnyMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor;
        impl<'de> Visitor<'de> for MapVisitor {
            type Value = AnyMap;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyMap, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(AnyMap)
            }
        }
        deserializer.deserialize_map(MapVisitor)
    }
}

/// Reads the body of a POST request.
pub(super) fn from_body(body: &[u8]) -> Result<Request, Failure> {
    match serde_json::from_slice::<Body>(body) {
        Ok(body) => Ok(Request {
            query: body.query,
            operation_name: body.operation_name,
            variables: body.variables.unwrap_or_default(),
            ..Request::default()
        }),
        Err(error) => Err(Failure::bad_request(explain(body, &error))),
    }
}

/// Says what is wrong with a body that could not be read: a second look, for requests that fail anyway.
fn explain(body: &[u8], error: &serde_json::Error) -> String {
    if body.iter().all(u8::is_ascii_whitespace) {
        return "the body is empty; send a JSON object with the member `query`".to_owned();
    }
    if let Err(error) = std::str::from_utf8(body) {
        return format!("the body is not UTF-8: byte {} is invalid", error.valid_up_to());
    }
    match serde_json::from_slice::<Value>(body) {
        Err(error) => format!("the body is not JSON: {error}"),
        Ok(Value::Array(_)) => {
            "several requests in one body are not supported; send one JSON object".to_owned()
        }
        Ok(Value::Object(members)) => match members.get("query") {
            None => "the body has no member `query`".to_owned(),
            Some(query) if !query.is_string() => "`query` must be a string".to_owned(),
            Some(_) => {
                let wrong = |name: &str, fits: fn(&Value) -> bool| {
                    members.get(name).is_some_and(|value| !value.is_null() && !fits(value))
                };
                if wrong("operationName", Value::is_string) {
                    "`operationName` must be a string or null".to_owned()
                } else if wrong("variables", Value::is_object) {
                    "`variables` must be an object or null".to_owned()
                } else if wrong("extensions", Value::is_object) {
                    "`extensions` must be an object or null".to_owned()
                } else {
                    format!("the body is not a GraphQL request: {error}")
                }
            }
        },
        Ok(_) => "the body must be a JSON object with the member `query`".to_owned(),
    }
}

/// Whether a query string has the parameter `query`: otherwise a browser at `/graphql` just looks around.
pub(super) fn asks_something(query_string: &str) -> bool {
    query_string.split('&').any(|pair| pair == "query" || pair.starts_with("query="))
}

/// Reads the query string of a GET request, which may only read.
pub(super) fn from_query_string(query_string: &str) -> Result<Request, Failure> {
    let (mut query, mut operation_name, mut variables, mut extensions) = (None, None, None, None);
    for pair in query_string.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let parameter = match decode(name)?.as_ref() {
            "query" => &mut query,
            "operationName" => &mut operation_name,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if parameter.replace(decode(value)?.into_owned()).is_some() {
            return Err(Failure::bad_request(format!("the parameter `{name}` is given twice")));
        }
    }
    let Some(query) = query else {
        return Err(Failure::bad_request("the parameter `query` is missing"));
    };
    json_object("extensions", extensions)?;
    Ok(Request {
        query,
        operation_name: operation_name.filter(|name| !name.is_empty()),
        variables: json_object("variables", variables)?,
        read_only: true,
        ..Request::default()
    })
}

fn json_object(name: &str, text: Option<String>) -> Result<Map<String, Value>, Failure> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(Map::new()),
        Some(text) => {
            serde_json::from_str::<Option<Map<String, Value>>>(&text).map(Option::unwrap_or_default).map_err(
                |error| Failure::bad_request(format!("`{name}` must be a JSON object or null: {error}")),
            )
        }
    }
}

fn decode(text: &str) -> Result<Cow<'_, str>, Failure> {
    let invalid = |_| Failure::bad_request("the query string is not UTF-8");
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().map_err(invalid)?;
        return Ok(Cow::Owned(decoded.into_owned()));
    }
    percent_decode_str(text).decode_utf8().map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read() {
        let body =
            br#"{"query":"{a}","operationName":null,"variables":{"x":[1]},"extensions":{"y":{}},"z":1}"#;
        let request = from_body(body).unwrap();
        assert_eq!(request.query, "{a}");
        assert_eq!(request.operation_name, None);
        assert_eq!(Value::Object(request.variables), serde_json::json!({"x": [1]}));
        assert!(!request.read_only);
    }

    #[test]
    fn a_wrong_body_is_explained() {
        let deep = format!("{{\"query\":\"{{a}}\",\"variables\":{{\"x\":{}", "[".repeat(10_000));
        let cases: [(&[u8], &str); 14] = [
            (b"", "is empty"),
            (b"  \n", "is empty"),
            (b"{", "is not JSON"),
            (b"\"text\"", "must be a JSON object"),
            (b"[]", "several requests"),
            (b"{}", "no member `query`"),
            (br#"{"query":null}"#, "`query` must be a string"),
            (br#"{"query":{"a":1}}"#, "`query` must be a string"),
            (br#"{"query":"{a}","operationName":1}"#, "`operationName` must be"),
            (br#"{"query":"{a}","variables":[]}"#, "`variables` must be"),
            (br#"{"query":"{a}","extensions":"x"}"#, "`extensions` must be"),
            (br#"{"query":"{a}","query":"{b}"}"#, "duplicate field"),
            (b"{\"query\":\"\xff\"}", "not UTF-8: byte 10"),
            (deep.as_bytes(), "recursion limit"),
        ];
        for (body, expected) in cases {
            let failure = format!("{:?}", from_body(body).unwrap_err());
            assert!(failure.contains(expected), "{}: {failure}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_query_string_is_read() {
        let request =
            from_query_string("query=query+Q%7Ba%7D&operationName=Q&variables=%7B%22x%22%3A1%7D&other=1")
                .unwrap();
        assert_eq!(request.query, "query Q{a}");
        assert_eq!(request.operation_name.as_deref(), Some("Q"));
        assert_eq!(Value::Object(request.variables), serde_json::json!({"x": 1}));
        assert!(request.read_only);
        assert!(from_query_string("query=%7Ba%7D&variables=null&extensions=&operationName=").is_ok());
    }

    #[test]
    fn a_wrong_query_string_is_refused() {
        for wrong in [
            "",
            "operationName=x",
            "query=%FF",
            "query=a&query=b",
            "query=a&variables=1",
            "query=a&variables=%7B",
            "query=a&extensions=x",
        ] {
            assert!(from_query_string(wrong).is_err(), "{wrong}");
        }
    }
}
