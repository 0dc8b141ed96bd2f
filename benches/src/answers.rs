//! Whether contestants give the same answers.

use crate::contestants::{Databases, Kind, Server};
use crate::failure::Failure;
use crate::queries::Query;
use serde_json::Value;

/// How many values of a query are compared.
const COMPARED: usize = 12;

/// Asks all servers the same and compares: the same values under the same keys in the same order. The references on
/// PostgreSQL write what is cheapest there, keys as numbers and times as `json_agg` does, so numbers and times are
/// compared by what they mean. The servers that are ours must agree in each byte. Peers shape their answers as they
/// like: of them the texts and whole numbers are compared, each as often as it comes. Of a row that was created, what
/// the database gave it is left out.
///
/// # Errors
/// When answers differ, with the first difference of each query.
pub async fn check(servers: &[Server], queries: &[Query], databases: &Databases) -> Result<(), Failure> {
    let mut differences = String::new();
    for query in queries {
        if let Some(difference) = check_query(servers, query, databases).await? {
            differences.push_str(&format!("{}: {difference}\n", query.name));
        }
        if query.writes() {
            // The databases have different numbers of contestants, so of new rows.
            crate::data::forget_created(databases).await?;
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(Failure::Differs(differences)) }
}

async fn check_query(
    servers: &[Server],
    query: &Query,
    databases: &Databases,
) -> Result<Option<String>, Failure> {
    let able: Vec<&Server> = servers.iter().filter(|server| server.contestant.answers(query)).collect();
    let mut bodies = Vec::new();
    for server in &able {
        bodies.push(server.bodies(query, databases).await?);
    }
    let count = bodies.first().map_or(0, Vec::len);
    let step = (count / COMPARED).max(1);
    let mut has_rows = false;
    for at in (0..count).step_by(step) {
        let mut first: Option<(&str, String)> = None;
        let mut ours: Option<(&str, Vec<u8>)> = None;
        for (server, bodies) in able.iter().zip(&bodies) {
            let name = server.contestant.name;
            let body = bodies.get(at).map(String::as_str).unwrap_or_default();
            if server.contestant.kind == Kind::Nuages && !query.writes() {
                let bytes = server.ask_bytes(body).await?;
                if let Some((other, expected)) = &ours
                    && *expected != bytes
                {
                    return Ok(Some(format!("{other} and {name} differ in their bytes, to {body}")));
                }
                ours = Some((name, bytes));
            }
            let answer = plain(server.ask(body).await?.get("data").cloned().unwrap_or_default());
            let answer = if query.writes() { without_generated(answer) } else { answer };
            if let Kind::Peer(_) = server.contestant.kind {
                if let Some(difference) =
                    first.as_ref().and_then(|first| differing_leaf(first, name, &answer))
                {
                    return Ok(Some(format!("{difference}, to {body}")));
                }
                continue;
            }
            let text = serde_json::to_string_pretty(&answer).unwrap_or_default();
            has_rows |= text.contains("\"title\"") || text.contains("\"id\"");
            match &first {
                None => first = Some((name, text)),
                Some((other, expected)) => {
                    let lines = expected.lines().zip(text.lines()).find(|(left, right)| left != right);
                    if let Some((left, right)) = lines {
                        let shorten = |line: &str| line.trim().chars().take(120).collect::<String>();
                        let (left, right) = (shorten(left), shorten(right));
                        return Ok(Some(format!("{other} says `{left}`, {name} says `{right}`, to {body}")));
                    }
                    if expected.len() != text.len() {
                        return Ok(Some(format!("{other} and {name} have different lengths, to {body}")));
                    }
                }
            }
        }
    }
    Ok((!has_rows && !able.is_empty()).then(|| "no answer has a row: nothing was compared".to_owned()))
}

/// Without the key and the time of a new row.
fn without_generated(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(key, _)| key != "id" && key != "createdAt");
            kept.map(|(key, value)| (key, without_generated(value))).collect()
        }
        other => other,
    }
}

/// The first text or number that one of two answers has more often.
fn differing_leaf((other, expected): &(&str, String), name: &str, answer: &Value) -> Option<String> {
    let expected: Value = serde_json::from_str(expected).unwrap_or_default();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    leaves(&expected, &mut left);
    leaves(answer, &mut right);
    left.sort_unstable();
    right.sort_unstable();
    let at = (0..left.len().max(right.len())).find(|at| left.get(*at) != right.get(*at))?;
    let shown =
        |leaves: &[String]| leaves.get(at).map_or_else(|| "nothing".to_owned(), |leaf| format!("`{leaf}`"));
    Some(format!("{other} has {}, {name} has {} as leaf {at}", shown(&left), shown(&right)))
}

/// The texts and whole numbers of an answer, without times, decimals, booleans and nulls, which everybody writes in
/// another way.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, _)| !matches!(key.as_str(), "rating" | "createdAt"));
            kept.for_each(|(_, value)| leaves(value, found));
        }
        Value::String(text) => found.push(text.clone()),
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// The value with its numbers as text and its times as `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => Value::String(time(&text).unwrap_or(text)),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        other => other,
    }
}

fn time(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_time = bytes.len() >= 19
        && bytes.iter().take(19).zip(b"dddd-dd-ddTdd:dd:dd").all(|(byte, pattern)| match pattern {
            b'd' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            other => byte == other,
        });
    let (date, rest) = is_time.then(|| text.split_at(10))?;
    let clock = rest.get(1..)?.trim_end_matches('Z').trim_end_matches("+00:00");
    let clock = match clock.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            digits => format!("{whole}.{digits}"),
        },
        None => clock.to_owned(),
    };
    Some(format!("{date}T{clock}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_compared_whatever_is_around_them() {
        let expected =
            ("us", r#"{"posts": [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]}"#.to_owned());
        let answer = |second: &str| {
            let nodes =
                serde_json::json!([{"node": {"name": "a", "key": 1}}, {"node": {"name": second, "key": 2}}]);
            plain(serde_json::json!({"posts": {"edges": nodes}}))
        };
        assert_eq!(differing_leaf(&expected, "them", &answer("b")), None);
        assert!(differing_leaf(&expected, "them", &answer("c")).unwrap().contains("`b`"));
    }

    #[test]
    fn times_are_compared_by_what_they_mean() {
        for text in ["2024-01-02T03:04:05.600000+00:00", "2024-01-02T03:04:05.6Z", "2024-01-02 03:04:05.6"] {
            assert_eq!(time(text).as_deref(), Some("2024-01-02T03:04:05.6Z"));
        }
        assert_eq!(time("2024-01-02T03:04:05.000000Z").as_deref(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(time("About willow amber, part 7"), None);
    }
}
