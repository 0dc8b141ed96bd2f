//! Whether an answer is the expected one: by value where a value has several spellings, as a set where order is not given.

use nuages_models::value::{Decimal, parse_datetime};
use serde_json::Value as Json;

/// Whether the answer to a case is the expected one.
pub(crate) fn same(expected: &Json, got: &Json, ordered: bool) -> bool {
    match (expected, got) {
        (Json::Array(expected), Json::Array(got)) if !ordered => {
            let mut rest: Vec<&Json> = got.iter().collect();
            expected.len() == got.len()
                && expected.iter().all(|wanted| {
                    rest.iter()
                        .position(|value| equal(wanted, value))
                        .map(|at| rest.swap_remove(at))
                        .is_some()
                })
        }
        _ => equal(expected, got),
    }
}

/// Sorts the nested lists that a selection does not call ordered.
pub(crate) fn arrange(rows: &mut Json, selection: &Json) {
    match rows {
        Json::Array(rows) => rows.iter_mut().for_each(|row| arrange(row, selection)),
        Json::Object(row) => {
            for (name, inner) in members(selection, "one").chain(members(selection, "many")) {
                let Some(value) = row.get_mut(name) else { continue };
                arrange(value, inner);
                if let Json::Array(list) = value
                    && inner.get("ordered").and_then(Json::as_bool) != Some(true)
                {
                    list.sort_by_cached_key(ToString::to_string);
                }
            }
        }
        _ => {}
    }
}

fn members<'s>(selection: &'s Json, of: &str) -> impl Iterator<Item = (&'s String, &'s Json)> {
    selection.get(of).and_then(Json::as_object).into_iter().flatten()
}

fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Object(left), Json::Object(right)) => {
            if let (Some(x), Some(y)) = (only(left, "$decimal"), only(right, "$decimal")) {
                return same_decimal(x, y);
            }
            if let (Some(x), Some(y)) = (only(left, "$datetime"), only(right, "$datetime")) {
                return instant(x).is_some() && instant(x) == instant(y);
            }
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(x, y)| equal(x, y))
        }
        (Json::Number(x), Json::Number(y)) => {
            if !x.is_f64() && !y.is_f64() {
                return x == y;
            }
            let (Some(x), Some(y)) = (x.as_f64(), y.as_f64()) else { return false };
            close(x, y, 1e-9, 1e-12)
        }
        _ => a == b,
    }
}

fn only<'v>(object: &'v serde_json::Map<String, Json>, key: &str) -> Option<&'v str> {
    if object.len() == 1 { object.get(key).and_then(Json::as_str) } else { None }
}

fn close(x: f64, y: f64, relative: f64, absolute: f64) -> bool {
    (x - y).abs() <= (relative * x.abs().max(y.abs())).max(absolute)
}

fn same_decimal(x: &str, y: &str) -> bool {
    let plain = |text: &str| {
        let decimal = Decimal::parse(text).ok()?;
        let mut out = Vec::new();
        decimal.write(&mut out);
        let text = String::from_utf8(out).ok()?;
        Some(if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        })
    };
    if plain(x).is_some() && plain(x) == plain(y) {
        return true;
    }
    let (Ok(x), Ok(y)) = (x.parse::<f64>(), y.parse::<f64>()) else { return false };
    close(x, y, 1e-12, 0.0)
}

fn instant(text: &str) -> Option<i64> {
    parse_datetime(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_have_several_spellings() {
        let same = |a: Json, b: Json| equal(&a, &b);
        assert!(same(json!({"$decimal": "4.5"}), json!({"$decimal": "4.50"})));
        assert!(same(
            json!({"$datetime": "2024-01-01T00:00:00Z"}),
            json!({"$datetime": "2024-01-01T01:00:00+01:00"})
        ));
        assert!(same(json!(1), json!(1.0)) && !same(json!(1), json!(true)) && !same(json!(1), json!("1")));
        assert!(!same(json!({"$decimal": "4.5"}), json!({"$decimal": "4.51"})));
    }

    #[test]
    fn rows_without_order_are_a_multiset() {
        assert!(super::same(&json!([[1], [1], [2]]), &json!([[2], [1], [1]]), false));
        assert!(!super::same(&json!([[1], [1], [2]]), &json!([[2], [2], [1]]), false));
        assert!(!super::same(&json!([[1], [2]]), &json!([[2], [1]]), true));
    }
}
