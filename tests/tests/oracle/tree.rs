//! Conditions of the corpus: Q objects. A filter joins the rows of its relations to many rows, all conditions of one step to
//! the same ones; a negation is of the existence of such rows.

use super::Failure;
use super::expression::{is_expression, named_function};
use super::query::{Query, Reach, present, split, text};
use super::value::{document_value, literal};
use nuages_models::expr::{Expr, Quantifier};
use nuages_models::lookups;
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;
use serde_json::Value as Json;

/// Most conjunctions of a condition in its disjunctive form.
const MAX_CONJUNCTIONS: usize = 64;

/// A condition of one leaf, or of a sub-tree, and whether it is negated.
type Literal = (Json, bool);

/// Lookups of texts: of a part of a JSON document they test its text.
const OF_TEXT: &[&str] = &[
    "iexact",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "regex",
    "iregex",
];

impl Query<'_> {
    /// A condition where it stands.
    pub(crate) fn tree(&mut self, reach: &Reach, tree: &Json) -> Result<Expr, Failure> {
        if let Some(parts) = tree.get("and").and_then(Json::as_array) {
            return Ok(Expr::And(parts.iter().map(|part| self.tree(reach, part)).collect::<Result<_, _>>()?));
        }
        if let Some(parts) = tree.get("or").and_then(Json::as_array) {
            return Ok(Expr::Or(parts.iter().map(|part| self.tree(reach, part)).collect::<Result<_, _>>()?));
        }
        if let Some(parts) = tree.get("xor").and_then(Json::as_array) {
            let parts = parts.iter().map(|part| self.tree(reach, part)).collect::<Result<Vec<_>, _>>()?;
            return Ok(odd(parts));
        }
        if let Some(part) = tree.get("not") {
            let part = if reach.in_aggregate { self.tree(reach, part)? } else { self.closed(reach, part)? };
            return Ok(Expr::Not(Box::new(part)));
        }
        if let Some(query) = tree.get("exists") {
            return Ok(Expr::Exists(Box::new(self.sub_query(reach, query)?)));
        }
        if let Some(lookup) = tree.get("cmp").and_then(Json::as_str) {
            let missing = || Failure::Case(format!("a side is missing: {tree}"));
            let left = self.expression(reach, tree.get("lhs").ok_or_else(missing)?)?;
            return self.compared(reach, left, None, lookup, tree.get("rhs").ok_or_else(missing)?);
        }
        if tree.get("path").is_some() {
            return self.leaf(reach, tree);
        }
        self.expression(reach, tree)
    }

    fn leaf(&mut self, reach: &Reach, leaf: &Json) -> Result<Expr, Failure> {
        let path = split(text(leaf, "path")?);
        let lookup = leaf.get("lookup").and_then(Json::as_str).unwrap_or("exact");
        let value = leaf.get("value").unwrap_or(&Json::Null);
        let key = self.key_columns(&path);
        if !key.is_empty() {
            return self.key_compared(reach, &key, lookup, value);
        }
        let left = self.path(reach, &path)?;
        let logical = self.field_type(&path);
        let (left, changed) = self.transformed(left, leaf)?;
        self.compared(reach, left, if changed { changed_type(leaf) } else { logical }, lookup, value)
    }

    /// The value after the transforms and inside of the document that a leaf names, and whether there was one.
    pub(crate) fn transformed(&mut self, mut value: Expr, leaf: &Json) -> Result<(Expr, bool), Failure> {
        let mut changed = false;
        if let Some(keys) =
            leaf.get("json").filter(|keys| keys.as_array().is_some_and(|keys| !keys.is_empty()))
        {
            value =
                Expr::call(named_function("json_path")?, vec![value, Expr::constant(document_value(keys)?)]);
            changed = true;
        }
        let mut positions = Vec::new();
        for transform in leaf.get("via").and_then(Json::as_array).into_iter().flatten() {
            let name = transform.as_str().or_else(|| transform.get("fn").and_then(Json::as_str));
            let name = match name.unwrap_or_default() {
                "len" => "length",
                "startswith" => "range_start",
                "endswith" => "range_end",
                name => name,
            };
            changed = true;
            // `0_2`: the elements of a list from one position up to another.
            if let Some((Ok(from), Ok(to))) =
                name.split_once('_').map(|(from, to)| (from.parse::<i64>(), to.parse::<i64>()))
            {
                let bounds = [from, to].map(|bound| Expr::constant(Value::Int(bound)));
                let list = element(value, &mut positions)?;
                value = Expr::call(named_function("slice")?, [list].into_iter().chain(bounds).collect());
                continue;
            }
            if let Ok(position) = name.parse::<i64>() {
                positions.push(Expr::constant(Value::Int(position)));
                continue;
            }
            value = element(value, &mut positions)?;
            value = Expr::call(named_function(name)?, vec![value]);
        }
        Ok((element(value, &mut positions)?, changed))
    }

    fn compared(
        &mut self,
        reach: &Reach,
        left: Expr,
        logical: Option<LogicalType>,
        lookup: &str,
        value: &Json,
    ) -> Result<Expr, Failure> {
        let is_json = logical == Some(LogicalType::Json);
        match (lookup, value) {
            ("isnull", value) => {
                let test = Expr::lookup(left, "isnull", Vec::new());
                return Ok(if value.as_bool() == Some(true) { test } else { Expr::Not(Box::new(test)) });
            }
            ("exact" | "iexact", Json::Null) if !is_json => {
                return Ok(Expr::lookup(left, "isnull", Vec::new()));
            }
            ("in", Json::Array(values)) if values.iter().any(is_expression) => {
                let tests =
                    values.iter().map(|value| self.compared(reach, left.clone(), None, "exact", value));
                return Ok(Expr::Or(tests.collect::<Result<_, _>>()?));
            }
            ("in", Json::Array(values)) if is_json => {
                let values = values.iter().map(document_value).collect::<Result<_, _>>()?;
                return Ok(Expr::lookup(left, "in", vec![Expr::constant(Value::Array(values))]));
            }
            ("in", Json::Array(values)) => {
                let values = Expr::constant(Value::Array(present(values)?));
                return Ok(Expr::lookup(left, "in", vec![values]));
            }
            ("in", value) => {
                let query = value.get("query").or_else(|| value.get("subquery"));
                let query = query.ok_or_else(|| Failure::Unsupported(format!("`in` {value}")))?;
                let query = Box::new(self.sub_query(reach, query)?);
                return Ok(Expr::InQuery { left: Box::new(left), query });
            }
            ("range", Json::Array(bounds)) => {
                let bounds =
                    bounds.iter().map(|bound| self.operand(reach, bound)).collect::<Result<_, _>>()?;
                return Ok(Expr::lookup(left, named_lookup("range")?, bounds));
            }
            _ => {}
        }
        if is_json {
            return self.document_compared(reach, left, lookup, value);
        }
        if let Some(query) = value.get("query") {
            if query.get("steps").and_then(Json::as_array).is_none_or(|steps| !steps.iter().any(one_row)) {
                return Err(Failure::Refused(
                    "a query that stands for a value is limited to one row".to_owned(),
                ));
            }
            let query = self.sub_query(reach, query)?;
            return Ok(Expr::lookup(left, named_lookup(lookup)?, vec![Expr::Query(Box::new(query))]));
        }
        let right = self.operand(reach, value)?;
        Ok(Expr::lookup(left, named_lookup(lookup)?, vec![right]))
    }

    /// A comparison of a document or of a part of one.
    fn document_compared(
        &mut self,
        reach: &Reach,
        left: Expr,
        lookup: &str,
        value: &Json,
    ) -> Result<Expr, Failure> {
        let part = match &left {
            Expr::Call { function: "json_path", arguments } => Some(arguments.clone()),
            _ => None,
        };
        if is_expression(value) {
            let right = self.expression(reach, value)?;
            return Ok(Expr::lookup(left, named_lookup(lookup)?, vec![right]));
        }
        if OF_TEXT.contains(&lookup)
            && value.is_string()
            && let Some(arguments) = part
        {
            let left = Expr::call(named_function("json_text")?, arguments);
            return Ok(Expr::lookup(left, named_lookup(lookup)?, vec![self.operand(reach, value)?]));
        }
        if matches!(lookup, "gt" | "gte" | "lt" | "lte") && value.get("$json").is_none() {
            return Ok(Expr::lookup(left, named_lookup(lookup)?, vec![self.operand(reach, value)?]));
        }
        let document = value.get("$json").unwrap_or(value);
        Ok(match lookup {
            "has_key" | "has_keys" | "has_any_keys" => {
                let keys = match literal(value)? {
                    Value::Int(position) => Value::Text(position.to_string()),
                    other => other,
                };
                Expr::lookup(left, named_lookup(lookup)?, vec![Expr::constant(keys)])
            }
            "contains" => {
                Expr::lookup(left, "json_contains", vec![Expr::constant(document_value(document)?)])
            }
            "contained_by" => {
                Expr::lookup(Expr::constant(document_value(document)?), "json_contains", vec![left])
            }
            _ => Expr::lookup(left, named_lookup(lookup)?, vec![Expr::constant(document_value(document)?)]),
        })
    }

    /// A comparison with a primary key of several columns.
    fn key_compared(
        &mut self,
        reach: &Reach,
        key: &[Vec<String>],
        lookup: &str,
        value: &Json,
    ) -> Result<Expr, Failure> {
        let columns = key.iter().map(|path| self.path(reach, path)).collect::<Result<Vec<_>, _>>()?;
        let parts = |tuple: &Json| -> Result<Vec<Expr>, Failure> {
            let values = tuple.get("$tuple").and_then(Json::as_array).or_else(|| tuple.as_array());
            let values = values.filter(|values| values.len() == key.len());
            let values = values
                .ok_or_else(|| Failure::Refused(format!("{tuple} is no key of {} columns", key.len())))?;
            values.iter().map(|value| Ok(Expr::constant(literal(value)?))).collect()
        };
        let equal = |values: &[Expr]| -> Expr {
            let pairs = columns.iter().zip(values);
            Expr::And(
                pairs
                    .map(|(column, value)| Expr::lookup(column.clone(), "exact", vec![value.clone()]))
                    .collect(),
            )
        };
        Ok(match lookup {
            "exact" => equal(&parts(value)?),
            "in" => {
                let tuples =
                    value.as_array().ok_or_else(|| Failure::Unsupported(format!("a key in {value}")))?;
                Expr::Or(
                    tuples.iter().map(|tuple| Ok(equal(&parts(tuple)?))).collect::<Result<_, Failure>>()?,
                )
            }
            "isnull" => {
                let absent = Expr::lookup(columns[0].clone(), "isnull", Vec::new());
                if value.as_bool() == Some(true) { absent } else { Expr::Not(Box::new(absent)) }
            }
            "gt" | "gte" | "lt" | "lte" => {
                let values = parts(value)?;
                let strict = if lookup.starts_with('g') { "gt" } else { "lt" };
                let mut ways = Vec::new();
                for at in 0..columns.len() {
                    let mut way = vec![Expr::lookup(columns[at].clone(), strict, vec![values[at].clone()])];
                    for before in 0..at {
                        way.push(Expr::lookup(
                            columns[before].clone(),
                            "exact",
                            vec![values[before].clone()],
                        ));
                    }
                    ways.push(Expr::And(way));
                }
                if lookup.ends_with('e') {
                    ways.push(equal(&values));
                }
                Expr::Or(ways)
            }
            other => {
                return Err(Failure::Refused(format!("the lookup `{other}` of a key of several columns")));
            }
        })
    }

    /// What a value is compared with.
    fn operand(&mut self, reach: &Reach, value: &Json) -> Result<Expr, Failure> {
        if is_expression(value) { self.expression(reach, value) } else { Ok(Expr::constant(literal(value)?)) }
    }

    /// The condition as one on the existence of related rows: true when some rows of the relations to many rows make it
    /// true, whatever their number.
    pub(crate) fn closed(&mut self, reach: &Reach, tree: &Json) -> Result<Expr, Failure> {
        if !self.speaks_of_many(reach, tree) {
            return self.tree(reach, tree);
        }
        let mut ways = Vec::new();
        for conjunction in disjunctive(tree)? {
            ways.push(self.group(reach, &conjunction)?);
        }
        Ok(if ways.len() == 1 { ways.swap_remove(0) } else { Expr::Or(ways) })
    }

    fn speaks_of_many(&self, reach: &Reach, tree: &Json) -> bool {
        match tree {
            Json::Array(parts) => parts.iter().any(|part| self.speaks_of_many(reach, part)),
            Json::Object(object) => {
                let known = reach.frames.last().map_or(0, Vec::len);
                let own = object.get("path").and_then(Json::as_str).is_some_and(|path| {
                    object.contains_key("lookup") && self.to_many(&split(path)).iter().any(|end| *end > known)
                });
                own || ["and", "or", "xor", "not"]
                    .iter()
                    .filter_map(|key| object.get(*key))
                    .any(|part| self.speaks_of_many(reach, part))
            }
            _ => false,
        }
    }

    /// All of some literals; those of the same relation are of the same related row.
    fn group(&mut self, reach: &Reach, literals: &[Literal]) -> Result<Expr, Failure> {
        let base = reach.frames.last().cloned().unwrap_or_default();
        let mut parts = Vec::new();
        let mut relations: Vec<(Vec<String>, Vec<Literal>)> = Vec::new();
        for (literal, negated) in literals {
            let path = literal.get("path").and_then(Json::as_str).map(split).unwrap_or_default();
            let first = if path.is_empty() || *negated || !path.starts_with(&base) {
                None
            } else {
                self.to_many(&path).into_iter().find(|end| *end > base.len())
            };
            match first {
                Some(end) => {
                    let prefix = path[..end].to_vec();
                    match relations.iter_mut().find(|(known, _)| *known == prefix) {
                        Some((_, known)) => known.push((literal.clone(), *negated)),
                        None => relations.push((prefix, vec![(literal.clone(), *negated)])),
                    }
                }
                None if *negated => parts.push(Expr::Not(Box::new(self.closed(reach, literal)?))),
                None => parts.push(self.tree(reach, literal)?),
            }
        }
        for (prefix, literals) in relations {
            let mut inner = reach.clone();
            inner.frames.push(prefix.clone());
            let path = prefix[base.len()..].to_vec();
            let filter = Box::new(self.group(&inner, &literals)?);
            let some = Expr::Related { path: path.clone(), quantifier: Quantifier::Some, filter };
            // Without a related row its columns are NULL.
            let of_none = literals.iter().all(|(literal, _)| is_true_of_null(literal));
            parts.push(if of_none {
                let filter = Box::new(Expr::And(Vec::new()));
                Expr::Or(vec![some, Expr::Related { path, quantifier: Quantifier::None, filter }])
            } else {
                some
            });
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }
}

/// The element of a list at the positions that were named, if any.
fn element(list: Expr, positions: &mut Vec<Expr>) -> Result<Expr, Failure> {
    if positions.is_empty() {
        return Ok(list);
    }
    let arguments = std::iter::once(list).chain(positions.drain(..)).collect();
    Ok(Expr::call(named_function("element")?, arguments))
}

fn is_true_of_null(leaf: &Json) -> bool {
    let value = leaf.get("value").unwrap_or(&Json::Null);
    match leaf.get("lookup").and_then(Json::as_str) {
        Some("isnull") => value.as_bool() == Some(true),
        Some("exact" | "iexact") | None => value.is_null() && leaf.get("json").is_none(),
        _ => false,
    }
}

/// The literals of each conjunction of the condition's disjunctive form, with whether they are negated.
fn disjunctive(tree: &Json) -> Result<Vec<Vec<Literal>>, Failure> {
    if let Some(parts) = tree.get("or").and_then(Json::as_array) {
        let mut ways = Vec::new();
        for part in parts {
            ways.extend(disjunctive(part)?);
        }
        return Ok(ways);
    }
    if let Some(parts) = tree.get("and").and_then(Json::as_array) {
        let mut ways = vec![Vec::new()];
        for part in parts {
            let more = disjunctive(part)?;
            if ways.len() * more.len() > MAX_CONJUNCTIONS {
                return Err(Failure::Unsupported("so many alternatives over many rows".to_owned()));
            }
            ways = ways
                .iter()
                .flat_map(|way| more.iter().map(move |more| way.iter().chain(more).cloned().collect()))
                .collect();
        }
        return Ok(ways);
    }
    if let Some([first, rest @ ..]) = tree.get("xor").and_then(Json::as_array).map(Vec::as_slice) {
        if rest.is_empty() {
            return disjunctive(first);
        }
        let rest = serde_json::json!({"xor": rest});
        let not = |tree: &Json| serde_json::json!({"not": tree});
        return disjunctive(
            &serde_json::json!({"or": [{"and": [first, not(&rest)]}, {"and": [not(first), rest]}]}),
        );
    }
    Ok(match tree.get("not") {
        Some(inner) => vec![vec![(inner.clone(), true)]],
        None => vec![vec![(tree.clone(), false)]],
    })
}

/// An odd number of them is true.
fn odd(parts: Vec<Expr>) -> Expr {
    let not = |part: &Expr| Expr::Not(Box::new(part.clone()));
    parts
        .into_iter()
        .reduce(|before, part| {
            Expr::Or(vec![
                Expr::And(vec![before.clone(), not(&part)]),
                Expr::And(vec![not(&before), part.clone()]),
            ])
        })
        .unwrap_or(Expr::Or(Vec::new()))
}

fn one_row(step: &Json) -> bool {
    let slice = step.get("slice").and_then(Json::as_array);
    let bound = |index: usize| slice.and_then(|slice| slice.get(index)).and_then(Json::as_u64);
    matches!((bound(0), bound(1)), (Some(from), Some(to)) if to == from + 1)
}

fn changed_type(leaf: &Json) -> Option<LogicalType> {
    (leaf.get("json").is_some() && leaf.get("via").is_none()).then_some(LogicalType::Json)
}

/// A lookup by its name.
fn named_lookup(name: &str) -> Result<&'static str, Failure> {
    let lookup = lookups::named(name).map_err(|error| Failure::Query(error.into()))?;
    Ok(lookup.name)
}
