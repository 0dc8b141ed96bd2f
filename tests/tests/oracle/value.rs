//! Values of the corpus, as written in a query and as expected in an answer.

use super::Failure;
use nuages_models::registry::LogicalType;
use nuages_models::value::{
    Decimal, Value, canonical_json, parse_date, parse_datetime, parse_text, parse_time, write_value,
};
use serde_json::{Value as Json, json};

/// A written value.
pub(crate) fn literal(json: &Json) -> Result<Value, Failure> {
    let wrong = |_| Failure::Case(format!("no value: {json}"));
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None if number.is_f64() => Value::Float(number.as_f64().unwrap_or_default()),
            None => Value::Decimal(Decimal::parse(&number.to_string()).map_err(wrong)?),
        },
        Json::Array(values) => Value::Array(values.iter().map(literal).collect::<Result<_, _>>()?),
        Json::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Json::as_str);
            if let Some(text) = text("$decimal") {
                Value::Decimal(Decimal::parse(text).map_err(wrong)?)
            } else if let Some(text) = text("$datetime") {
                Value::DateTime(parse_datetime(text).map_err(wrong)?)
            } else if let Some(text) = text("$date") {
                Value::Date(parse_date(text).map_err(wrong)?)
            } else if let Some(text) = text("$time") {
                Value::Time(parse_time(text).map_err(wrong)?)
            } else if let Some(text) = text("$uuid") {
                parse_text(&LogicalType::Uuid, text).map_err(wrong)?
            } else if let Some(micros) = object.get("$duration_us").and_then(Json::as_i64) {
                Value::Duration(micros)
            } else if let Some(document) = object.get("$json") {
                document_value(document)?
            } else if let Some(key) = object.get("pk") {
                literal(key)?
            } else if let Some(range) = object.get("$range") {
                range_value(range)?
            } else if let Some(parts) = object.get("$tuple").and_then(Json::as_array) {
                Value::Array(parts.iter().map(literal).collect::<Result<_, _>>()?)
            } else {
                return Err(Failure::Unsupported(format!("the value {json}")));
            }
        }
    })
}

/// A JSON document as a value.
pub(crate) fn document_value(json: &Json) -> Result<Value, Failure> {
    let text = canonical_json(&json.to_string()).map_err(|error| Failure::Case(error.to_string()))?;
    Ok(Value::Json(text))
}

fn range_value(range: &Json) -> Result<Value, Failure> {
    if range.as_str() == Some("empty") {
        return document_value(&json!({"empty": true}));
    }
    let Some([lower, upper, bounds]) = range.as_array().map(Vec::as_slice) else {
        return Err(Failure::Unsupported(format!("the range {range}")));
    };
    let bound = |json: &Json| match json {
        Json::Object(object) => object.values().next().cloned().unwrap_or(Json::Null),
        other => other.clone(),
    };
    document_value(&json!({"lower": bound(lower), "upper": bound(upper), "bounds": bounds}))
}

/// A value of a row as the corpus writes it.
pub(crate) fn typed(logical: &LogicalType, value: &Value) -> Json {
    match (logical, value) {
        (_, Value::Null) => Json::Null,
        (_, Value::Int(number)) => (*number).into(),
        (_, Value::Duration(micros)) => json!({"$duration_us": micros}),
        (LogicalType::Array(element), Value::Array(values)) => {
            values.iter().map(|value| typed(element, value)).collect()
        }
        _ => {
            let mut text = Vec::new();
            if write_value(&mut text, logical, value).is_err() {
                return json!({"unwritable": format!("{value:?}")});
            }
            let plain: Json = serde_json::from_slice(&text).unwrap_or(Json::Null);
            tagged(logical, plain)
        }
    }
}

/// A value of a record, as the JSON of the API has it, as the corpus writes it.
pub(crate) fn tagged(logical: &LogicalType, plain: Json) -> Json {
    if plain.is_null() {
        return plain;
    }
    match logical {
        // A computed decimal without digits after the point is a whole number of any size: the sum of big integers.
        LogicalType::Decimal { digits: 1000, scale: 0 } => {
            match plain.as_str().and_then(|text| text.parse::<i64>().ok()) {
                Some(whole) => whole.into(),
                None => json!({"$decimal": plain}),
            }
        }
        LogicalType::Decimal { .. } => json!({"$decimal": plain}),
        LogicalType::DateTime => json!({"$datetime": plain}),
        LogicalType::Date => json!({"$date": plain}),
        LogicalType::Time => json!({"$time": plain}),
        LogicalType::Uuid => json!({"$uuid": plain}),
        LogicalType::Duration => match plain.as_str().map(nuages_models::value::parse_duration) {
            Some(Ok(micros)) => json!({"$duration_us": micros}),
            _ => plain,
        },
        LogicalType::Range(_) => match plain.get("lower") {
            Some(lower) => json!({"$range": [lower, plain["upper"], plain["bounds"]]}),
            None => json!({"$range": "empty"}),
        },
        _ => plain,
    }
}

/// What the names of types in the corpus are here.
pub(crate) fn named_type(name: &str) -> Result<LogicalType, Failure> {
    let (base, rest) = name.split_once('(').unwrap_or((name, ""));
    Ok(match base {
        "text" | "char" | "str" | "string" => LogicalType::Text,
        "int" | "integer" => LogicalType::Int32,
        "small" | "smallint" | "small_integer" | "positive_small_integer" => LogicalType::Int16,
        "positive_integer" => LogicalType::Int32,
        "big_integer" | "positive_big_integer" | "auto" | "big_auto" => LogicalType::Int64,
        "binary" => LogicalType::Binary,
        "ip" | "ip_address" | "inet" => LogicalType::IpAddress,
        "slug" | "email" | "url" => LogicalType::Text,
        "big" | "bigint" => LogicalType::Int64,
        "float" | "double" => LogicalType::Float,
        "bool" | "boolean" => LogicalType::Boolean,
        "date" => LogicalType::Date,
        "time" => LogicalType::Time,
        "datetime" => LogicalType::DateTime,
        "duration" => LogicalType::Duration,
        "uuid" => LogicalType::Uuid,
        "json" => LogicalType::Json,
        "decimal" | "num" | "numeric" => {
            let mut numbers = rest.trim_end_matches(')').split(',').map(|part| part.trim().parse::<u16>());
            match (numbers.next(), numbers.next()) {
                (Some(Ok(digits)), Some(Ok(scale))) => LogicalType::Decimal { digits, scale },
                _ => LogicalType::Decimal { digits: 38, scale: 10 },
            }
        }
        other => return Err(Failure::Unsupported(format!("the type `{other}`"))),
    })
}
