//! Values of the corpus: F expressions, functions, aggregates, sub-queries, windows.

use super::Failure;
use super::query::{Query, Reach, split, text};
use super::value::{literal, named_type};
use nuages_models::bind::expression_type;
use nuages_models::expr::{Aggregate, Expr, Frame, FrameBound, FrameUnit, Slot, Window};
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;
use nuages_models::{aggregates, functions, windows};
use serde_json::Value as Json;

const AGGREGATES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "std_dev",
    "min",
    "max",
    "stddev",
    "variance",
    "string_agg",
    "any_value",
    "array_agg",
    "json_agg",
    "jsonb_agg",
    "bool_and",
    "bool_or",
    "bit_and",
    "bit_or",
    "bit_xor",
];

/// Functions by the other names that they have in Django and in SQL.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("ceiling", "ceil"),
    ("char_length", "length"),
    ("concat_pair", "concat"),
    ("jsonarray", "json_array"),
    ("jsonobject", "json_object"),
    ("null_if", "nullif"),
    ("pow", "power"),
    ("str_index", "strindex"),
    ("strpos", "strindex"),
    ("substring", "substr"),
    ("len", "length"),
    ("std_dev", "stddev"),
    ("jsonb_agg", "json_agg"),
    ("jsonbagg", "json_agg"),
    ("arrayagg", "array_agg"),
    ("stringagg", "string_agg"),
    ("anyvalue", "any_value"),
    ("booland", "bool_and"),
    ("boolor", "bool_or"),
];

/// Operators that are functions here.
const OPERATORS: &[(&str, &str)] = &[
    ("^", "power"),
    ("**", "power"),
    ("bitand", "bitand"),
    ("&", "bitand"),
    ("bitor", "bitor"),
    ("|", "bitor"),
    ("bitxor", "bitxor"),
    ("#", "bitxor"),
];

pub(crate) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&name)
}

fn own_name(name: &str) -> &str {
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, ours)| ours)
}

/// Whether a value is computed, not written.
pub(crate) fn is_expression(json: &Json) -> bool {
    let marks = ["ref", "fn", "op", "case", "subquery", "exists", "outer", "window", "lit"];
    json.as_object().is_some_and(|object| marks.iter().any(|mark| object.contains_key(*mark)))
}

/// A function by its name.
pub(crate) fn named_function(name: &str) -> Result<&'static str, Failure> {
    let found = functions::find(own_name(name))
        .ok_or_else(|| Failure::Unsupported(format!("the function `{name}`")))?;
    Ok(found.name)
}

fn named_aggregate(name: &str) -> Result<&'static str, Failure> {
    let found = aggregates::find(own_name(name))
        .ok_or_else(|| Failure::Unsupported(format!("the aggregate `{name}`")))?;
    Ok(found.name)
}

impl Query<'_> {
    /// A value where it stands.
    pub(crate) fn expression(&mut self, reach: &Reach, json: &Json) -> Result<Expr, Failure> {
        let Some(object) = json.as_object() else { return Ok(Expr::constant(literal(json)?)) };
        if let Some(path) = object.get("ref").and_then(Json::as_str) {
            let value = self.path(reach, &split(path))?;
            return Ok(self.transformed(value, json)?.0);
        }
        if let Some(value) = object.get("lit") {
            let value = Expr::constant(literal(value)?);
            return match object.get("type").and_then(Json::as_str).map(named_type) {
                // What is written says its type by itself, but for texts that stand for something else and NULL.
                Some(Ok(to)) if !matches!(to, LogicalType::Decimal { .. } | LogicalType::Int32) => {
                    Ok(Expr::Cast { of: Box::new(value), to })
                }
                _ => Ok(value),
            };
        }
        if let Some(path) = object.get("outer").and_then(Json::as_str) {
            return self.outer(reach, &split(path));
        }
        if let Some(query) = object.get("subquery") {
            return Ok(Expr::Query(Box::new(self.sub_query(reach, query)?)));
        }
        if let Some(query) = object.get("exists") {
            return Ok(Expr::Exists(Box::new(self.sub_query(reach, query)?)));
        }
        if let Some(branches) = object.get("case").and_then(Json::as_array) {
            return self.case(reach, branches, json);
        }
        if let Some(window) = object.get("window") {
            return self.window(reach, window);
        }
        if let Some(operator) = object.get("op").and_then(Json::as_str) {
            let known = OPERATORS.iter().find(|(spelling, _)| *spelling == operator);
            let arguments = self.arguments(reach, json)?;
            let name = match known {
                Some((_, name)) => name,
                None if operator == "-" && arguments.len() == 1 => "negate",
                None => operator,
            };
            return Ok(Expr::call(named_function(name)?, arguments));
        }
        match object.get("fn").and_then(Json::as_str) {
            Some(name) if is_aggregate(name) => self.aggregate(reach, name, json),
            Some(name) => self.call(reach, name, json),
            None if ["path", "and", "or", "not", "xor", "cmp"]
                .iter()
                .any(|key| object.contains_key(*key)) =>
            {
                self.tree(reach, json)
            }
            None => Ok(Expr::constant(literal(json)?)),
        }
    }

    fn arguments(&mut self, reach: &Reach, json: &Json) -> Result<Vec<Expr>, Failure> {
        let arguments = json.get("args").and_then(Json::as_array).into_iter().flatten();
        arguments.map(|argument| self.expression(reach, argument)).collect()
    }

    fn case(&mut self, reach: &Reach, branches: &[Json], json: &Json) -> Result<Expr, Failure> {
        let mut bound = Vec::new();
        for branch in branches {
            let (Some(when), Some(then)) = (branch.get("when"), branch.get("then")) else {
                return Err(Failure::Case(format!("no branch: {branch}")));
            };
            bound.push((self.tree(reach, when)?, self.expression(reach, then)?));
        }
        let otherwise = match json.get("else") {
            Some(value) => Some(Box::new(self.expression(reach, value)?)),
            None => None,
        };
        Ok(Expr::Case { branches: bound, otherwise })
    }

    fn call(&mut self, reach: &Reach, name: &str, json: &Json) -> Result<Expr, Failure> {
        let written =
            |key: &str| json.get(key).and_then(Json::as_str).map(|text| Value::Text(text.to_owned()));
        let mut arguments = self.arguments(reach, json)?;
        // A day and a time of day have no time zone; Django leaves it out.
        let is_instant = arguments.first().is_none_or(|of| {
            let typed = self.registered().map(|model| expression_type(self.registry(), model.id, &[], of));
            !matches!(typed, Some(Ok((LogicalType::Date | LogicalType::Time, _))))
        });
        let zone = written("tz").filter(|_| is_instant).map(Expr::constant);
        match name {
            "cast" => {
                let to = named_type(text(json, "to")?)?;
                let of = arguments.pop().ok_or_else(|| Failure::Case(format!("nothing to cast: {json}")))?;
                return Ok(Expr::Cast { of: Box::new(of), to });
            }
            "now" => return Ok(Expr::Slot(Slot::Now)),
            "extract" => {
                arguments.extend(zone);
                return Ok(Expr::call(named_function(text(json, "unit")?)?, arguments));
            }
            "trunc" => {
                let unit = text(json, "unit")?;
                if matches!(unit, "date" | "time") {
                    arguments.extend(zone);
                    return Ok(Expr::call(named_function(unit)?, arguments));
                }
                arguments.push(Expr::constant(Value::Text(unit.to_owned())));
                arguments.extend(zone);
            }
            "round" => {
                if let Some(digits) = json.get("precision").or_else(|| json.get("digits")) {
                    arguments.push(Expr::constant(literal(digits)?));
                }
            }
            "collate" => {
                let name =
                    written("collation").ok_or_else(|| Failure::Case(format!("no collation: {json}")))?;
                arguments.push(Expr::constant(name));
            }
            "json_object" | "jsonobject" => {
                for (key, value) in json.get("pairs").and_then(Json::as_object).into_iter().flatten() {
                    arguments.push(Expr::constant(Value::Text(key.clone())));
                    arguments.push(self.expression(reach, value)?);
                }
            }
            _ => {}
        }
        Ok(Expr::call(named_function(name)?, arguments))
    }

    /// An aggregate, over the rows of a group or over a row's related rows.
    pub(crate) fn aggregate(&mut self, reach: &Reach, name: &str, json: &Json) -> Result<Expr, Failure> {
        let sample = json.get("sample").and_then(Json::as_bool) == Some(true);
        let function = named_aggregate(&if sample { format!("{name}_samp") } else { name.to_owned() })?;
        let inner = Reach { in_aggregate: true, ..reach.clone() };
        let mut arguments = Vec::new();
        let mut conditions = Vec::new();
        let written = json.get("args").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        for argument in written.iter().filter(|argument| argument.as_str() != Some("*")) {
            arguments.push(self.expression(&inner, argument)?);
            conditions.extend(self.conditions_of(&inner, argument)?);
        }
        if let Some(delimiter) = json.get("delimiter") {
            arguments.push(self.expression(&inner, delimiter)?);
        }
        if let Some(filter) = json.get("filter").filter(|filter| !filter.is_null()) {
            conditions.push(self.tree(&inner, filter)?);
        }
        let mut order = Vec::new();
        for key in json.get("order").and_then(Json::as_array).into_iter().flatten() {
            order.extend(self.order_key(&inner, key)?);
        }
        let filter = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(Expr::And(conditions)),
        };
        let distinct = json.get("distinct").and_then(Json::as_bool) == Some(true);
        let value = Expr::Aggregate(Box::new(Aggregate { function, arguments, distinct, filter, order }));
        match json.get("default").filter(|default| !default.is_null()) {
            Some(default) => {
                let default = self.expression(reach, default)?;
                Ok(Expr::call(named_function("coalesce")?, vec![value, default]))
            }
            None => Ok(value),
        }
    }

    /// What is said of the related rows already that an aggregate is of: the condition of a named join, and the filters that
    /// came before.
    fn conditions_of(&mut self, inner: &Reach, argument: &Json) -> Result<Vec<Expr>, Failure> {
        let Some(path) = argument.get("ref").and_then(Json::as_str).map(split) else { return Ok(Vec::new()) };
        if self.grouped {
            return Ok(Vec::new());
        }
        if let Some(known) = self.filtered.iter().find(|known| known.name == path[0]).cloned() {
            return Ok(if known.on.is_null() { Vec::new() } else { vec![self.tree(inner, &known.on)?] });
        }
        let Some(first) = self.to_many(&path).first().copied() else { return Ok(Vec::new()) };
        let mut conditions = Vec::new();
        for tree in self.seen.clone() {
            let parts = match tree.get("and").and_then(Json::as_array) {
                Some(parts) => parts.clone(),
                None => vec![tree],
            };
            for part in parts {
                if self.is_of(&part, &path[..first]) {
                    conditions.push(self.tree(inner, &part)?);
                }
            }
        }
        Ok(conditions)
    }

    /// Whether all leaves of a condition are of the rows of one relation.
    fn is_of(&self, tree: &Json, prefix: &[String]) -> bool {
        if let Some(parts) = tree.get("and").or_else(|| tree.get("or")).and_then(Json::as_array) {
            return !parts.is_empty() && parts.iter().all(|part| self.is_of(part, prefix));
        }
        let path = tree.get("path").and_then(Json::as_str).map(split);
        path.is_some_and(|path| {
            path.starts_with(prefix) && self.to_many(&path).last().is_none_or(|last| *last <= prefix.len())
        })
    }

    fn window(&mut self, reach: &Reach, json: &Json) -> Result<Expr, Failure> {
        let call = json.get("fn").ok_or_else(|| Failure::Case(format!("no window function: {json}")))?;
        let name = call.as_str().map_or_else(|| text(call, "fn"), Ok)?;
        let function = windows::check(own_name(name))
            .map_err(|_| Failure::Unsupported(format!("the window function `{name}`")))?;
        let mut arguments = Vec::new();
        let written = call.get("args").or_else(|| json.get("args"));
        for argument in written.and_then(Json::as_array).into_iter().flatten() {
            if argument.as_str() != Some("*") {
                arguments.push(self.expression(reach, argument)?);
            }
        }
        for key in ["offset", "nth", "n", "num_buckets", "buckets", "default"] {
            if let Some(value) = call.get(key).filter(|value| !value.is_null()) {
                arguments.push(self.expression(reach, value)?);
            }
        }
        let filter = match call.get("filter").filter(|filter| !filter.is_null()) {
            Some(filter) => Some(self.tree(reach, filter)?),
            None => None,
        };
        let mut partition = Vec::new();
        for key in json.get("partition").and_then(Json::as_array).into_iter().flatten() {
            partition.push(match key.as_str() {
                Some(path) => self.path(reach, &split(path))?,
                None => self.expression(reach, key)?,
            });
        }
        let mut order = Vec::new();
        for key in json.get("order").and_then(Json::as_array).into_iter().flatten() {
            order.extend(self.order_key(reach, key)?);
        }
        let frame = match json.get("frame").filter(|frame| !frame.is_null()) {
            Some(frame) => Some(window_frame(frame)?),
            None => None,
        };
        Ok(Expr::Window(Box::new(Window { function, arguments, filter, partition, order, frame })))
    }
}

/// A frame: `{"rows": [start, end]}`, `["rows", start, end]`, `{"type": "rows", "start": …, "end": …}`, or SQL's words for it. As
/// in Django a negative number is so many before, null is unbounded.
fn window_frame(json: &Json) -> Result<Frame, Failure> {
    let unknown = || Failure::Unsupported(format!("the frame {json}"));
    let unit_of = |name: &str| match name.to_lowercase().as_str() {
        "rows" | "row" | "rowrange" => Some(FrameUnit::Rows),
        "range" | "value" | "valuerange" => Some(FrameUnit::Range),
        "groups" | "group" => Some(FrameUnit::Groups),
        _ => None,
    };
    let (unit, start, end) = match json {
        Json::String(text) => {
            let (unit, bounds) = text.trim().split_once(' ').ok_or_else(unknown)?;
            let bounds = bounds.trim().to_lowercase();
            let (start, end) = match bounds.strip_prefix("between ").and_then(|both| both.split_once(" and "))
            {
                Some((start, end)) => (start.to_owned(), end.to_owned()),
                None => (bounds, "current row".to_owned()),
            };
            (unit_of(unit).ok_or_else(unknown)?, start.into(), end.into())
        }
        Json::Array(parts) => {
            let unit = parts.first().and_then(Json::as_str).and_then(unit_of).ok_or_else(unknown)?;
            let bound = |index: usize| parts.get(index).cloned().unwrap_or(Json::Null);
            (unit, bound(1), bound(2))
        }
        Json::Object(object) => {
            let listed = object.iter().find_map(|(name, bounds)| Some((unit_of(name)?, bounds)));
            match listed {
                Some((unit, bounds)) => {
                    let bound = |index: usize, key: &str| {
                        bounds.get(index).or_else(|| bounds.get(key)).cloned().unwrap_or(Json::Null)
                    };
                    (unit, bound(0, "start"), bound(1, "end"))
                }
                None => {
                    let name =
                        ["type", "unit", "mode", "kind"].iter().find_map(|key| json.get(*key)?.as_str());
                    let unit = name.and_then(unit_of).ok_or_else(unknown)?;
                    let bound = |key: &str| json.get(key).cloned().unwrap_or(Json::Null);
                    (unit, bound("start"), bound("end"))
                }
            }
        }
        _ => return Err(unknown()),
    };
    Ok(Frame {
        unit,
        start: frame_bound(&start, FrameBound::UnboundedPreceding).ok_or_else(unknown)?,
        end: frame_bound(&end, FrameBound::UnboundedFollowing).ok_or_else(unknown)?,
    })
}

fn frame_bound(json: &Json, unbounded: FrameBound) -> Option<FrameBound> {
    let counted = |number: i64| {
        let rows = u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX);
        match number {
            0 => FrameBound::CurrentRow,
            ..0 => FrameBound::Preceding(rows),
            _ => FrameBound::Following(rows),
        }
    };
    match json {
        Json::Null => Some(unbounded),
        Json::Number(number) => number.as_i64().map(counted),
        Json::String(text) => {
            let text = text.trim().to_lowercase().replace('_', " ");
            match text.as_str() {
                "current" | "current row" => return Some(FrameBound::CurrentRow),
                "unbounded" => return Some(unbounded),
                "unbounded preceding" => return Some(FrameBound::UnboundedPreceding),
                "unbounded following" => return Some(FrameBound::UnboundedFollowing),
                _ => {}
            }
            let (number, direction) = text.split_once(' ')?;
            let number: i64 = number.parse().ok()?;
            match direction {
                "preceding" => Some(counted(-number)),
                "following" => Some(counted(number)),
                _ => None,
            }
        }
        Json::Object(object) => {
            let number = |key: &str| object.get(key).and_then(Json::as_i64);
            number("preceding").map(|number| counted(-number)).or_else(|| number("following").map(counted))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn frames_have_several_spellings() {
        let same = [
            json!({"rows": [-1, 0]}),
            json!(["rows", -1, 0]),
            json!({"type": "ROWS", "start": -1, "end": 0}),
            json!({"unit": "rows", "start": {"preceding": 1}, "end": "current row"}),
            json!({"rows": {"start": -1, "end": 0}}),
            json!("rows between 1 preceding and current row"),
            json!("rows 1 preceding"),
        ];
        for json in same {
            let frame = window_frame(&json).unwrap();
            let expected =
                Frame { unit: FrameUnit::Rows, start: FrameBound::Preceding(1), end: FrameBound::CurrentRow };
            assert_eq!(frame, expected, "{json}");
        }
        let open = window_frame(&json!({"type": "range", "start": null, "end": null})).unwrap();
        assert_eq!((open.start, open.end), (FrameBound::UnboundedPreceding, FrameBound::UnboundedFollowing));
        assert!(window_frame(&json!({"start": 1})).is_err());
    }
}
