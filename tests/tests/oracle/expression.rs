//! Values of the corpus: F expressions, functions, aggregates, sub-queries, windows.

use super::Failure;
use super::query::{Query, Reach, split, text};
use super::value::{literal, named_type};
use nuages_models::expr::{Aggregate, Expr, Frame, FrameBound, FrameUnit, Slot, Window};
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;
use nuages_models::{aggregates, functions, windows};
use serde_json::Value as Json;

const AGGREGATES: &[&str] = &[
    "count",
    "sum",
    "avg",
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

/// Whether a value is computed, not written.
pub(crate) fn is_expression(json: &Json) -> bool {
    let marks = ["ref", "fn", "op", "case", "subquery", "exists", "outer", "window", "lit"];
    json.as_object().is_some_and(|object| marks.iter().any(|mark| object.contains_key(*mark)))
}

/// A function by its name.
pub(crate) fn named_function(name: &str) -> Result<&'static str, Failure> {
    let found =
        functions::find(name).ok_or_else(|| Failure::Unsupported(format!("the function `{name}`")))?;
    Ok(found.name)
}

fn named_aggregate(name: &str) -> Result<&'static str, Failure> {
    let found =
        aggregates::find(name).ok_or_else(|| Failure::Unsupported(format!("the aggregate `{name}`")))?;
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
            let function = named_function(known.map_or(operator, |(_, name)| *name))?;
            return Ok(Expr::call(function, self.arguments(reach, json)?));
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
        let zone = written("tz").map(Expr::constant);
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
                if let Some(digits) = json.get("precision") {
                    arguments.push(Expr::constant(literal(digits)?));
                }
            }
            "json_object" => {
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
        let function = windows::check(name)
            .map_err(|_| Failure::Unsupported(format!("the window function `{name}`")))?;
        let mut arguments = Vec::new();
        for argument in call.get("args").and_then(Json::as_array).into_iter().flatten() {
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

/// A frame: `{"rows": [start, end]}` or `{"type": "rows", "start": …, "end": …}`; as in Django a negative number is so many
/// before, null is unbounded.
fn window_frame(json: &Json) -> Result<Frame, Failure> {
    let unknown = || Failure::Unsupported(format!("the frame {json}"));
    let units = [("rows", FrameUnit::Rows), ("range", FrameUnit::Range), ("groups", FrameUnit::Groups)];
    let listed = units.iter().find_map(|(name, unit)| Some((*unit, json.get(*name)?)));
    let (unit, start, end) = match listed {
        Some((unit, Json::Array(bounds))) => (
            unit,
            bounds.first().cloned().unwrap_or(Json::Null),
            bounds.get(1).cloned().unwrap_or(Json::Null),
        ),
        _ => {
            let name = ["type", "unit", "mode", "kind"].iter().find_map(|key| json.get(*key)?.as_str());
            let name = name.ok_or_else(unknown)?.to_lowercase();
            let (_, unit) = units.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
            let bound = |key: &str| json.get(key).cloned().unwrap_or(Json::Null);
            (*unit, bound("start"), bound("end"))
        }
    };
    let bound = |json: &Json, unbounded: FrameBound| match json.as_i64() {
        Some(0) => Ok(FrameBound::CurrentRow),
        Some(before) if before < 0 => Ok(FrameBound::Preceding(u32::try_from(-before).unwrap_or(u32::MAX))),
        Some(after) => Ok(FrameBound::Following(u32::try_from(after).unwrap_or(u32::MAX))),
        None if json.is_null() => Ok(unbounded),
        None => Err(unknown()),
    };
    Ok(Frame {
        unit,
        start: bound(&start, FrameBound::UnboundedPreceding)?,
        end: bound(&end, FrameBound::UnboundedFollowing)?,
    })
}
