//! Calls: functions, lookups, quantifiers, aggregates, windows, computed fields with arguments.

use super::error::TextError;
use super::read::{Reader, in_zone};
use super::rewrite::QUOTED;
use crate::aggregates::{self, AGGREGATES};
use crate::define::nearest;
use crate::expr::{Aggregate, Expr, Frame, FrameBound, FrameUnit, Quantifier, Slot, Window};
use crate::functions::{self, FUNCTIONS};
use crate::lookups::{LOOKUPS, Lookup, Operands};
use crate::query::OrderBy;
use crate::value::Value;
use crate::windows::{self, WINDOWS};
use sqlparser::ast::{
    DuplicateTreatment, Expr as Tree, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Ident, Spanned, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec,
    WindowType,
};

/// SQL's names of functions that have another name here.
const OTHER_NAMES: [(&str, &str); 11] = [
    ("btrim", "trim"),
    ("ceiling", "ceil"),
    ("char_length", "length"),
    ("character_length", "length"),
    ("ends_with", "endswith"),
    ("gen_random_uuid", "uuid4"),
    ("pow", "power"),
    ("regexp_like", "regex"),
    ("starts_with", "startswith"),
    ("strpos", "strindex"),
    ("substring", "substr"),
];

/// The units of `extract` and the functions that give them.
const UNITS: [(&str, &str); 24] = [
    ("year", "year"),
    ("month", "month"),
    ("day", "day"),
    ("week", "week"),
    ("week_day", "week_day"),
    ("iso_week_day", "iso_week_day"),
    ("isodow", "iso_week_day"),
    ("iso_year", "iso_year"),
    ("isoyear", "iso_year"),
    ("quarter", "quarter"),
    ("doy", "day_of_year"),
    ("hour", "hour"),
    ("minute", "minute"),
    ("second", "second"),
    ("millisecond", "millisecond"),
    ("milliseconds", "millisecond"),
    ("microsecond", "microsecond"),
    ("microseconds", "microsecond"),
    ("decade", "decade"),
    ("century", "century"),
    ("millennium", "millennium"),
    ("epoch", "epoch"),
    ("time", "time"),
    ("date", "date"),
];

/// A call taken apart.
struct Call<'t> {
    tree: &'t Tree,
    name: String,
    arguments: Vec<&'t Tree>,
    named: Vec<(String, &'t Tree)>,
    star: bool,
    distinct: bool,
    order: &'t [sqlparser::ast::OrderByExpr],
    filter: Option<&'t Tree>,
    over: Option<&'t WindowSpec>,
}

impl Reader<'_> {
    pub(super) fn function(&mut self, tree: &Tree, function: &Function) -> Result<Expr, TextError> {
        let names: Vec<&Ident> = function.name.0.iter().filter_map(|part| part.as_ident()).collect();
        let Some(last) = names.last() else {
            return Err(self.error(tree, "the name of a function is missing"));
        };
        let call = self.take_apart(tree, function, &last.value)?;
        let quoted = names.iter().any(|name| name.quote_style == Some(QUOTED));
        if names.len() > 1 && names[0].value == "outer" && names[0].quote_style != Some(QUOTED) {
            return Err(self
                .error(tree, "a computed field with arguments is of this query's row, not of one around it")
                .hint("compute it there, and speak of its name"));
        }
        if names.len() > 1 || quoted || !call.named.is_empty() {
            let path = names.iter().map(|name| name.value.clone()).collect();
            return self.annotated(&call, path);
        }
        let lower = call.name.to_ascii_lowercase();
        let name =
            OTHER_NAMES.iter().find(|(other, _)| *other == lower).map_or(lower.as_str(), |(_, ours)| *ours);
        if let Some(special) = self.special(&call, name)? {
            return Ok(special);
        }
        if let Some(over) = call.over {
            return self.window(&call, name, over);
        }
        if let Some(aggregate) = aggregates::find(name) {
            let star = call.star && call.arguments.is_empty();
            if star && aggregate.name != "count" || call.arguments.is_empty() && !star {
                return Err(self.error(tree, format!("`{name}` needs a value")).hint(aggregate.usage));
            }
            let filter = self.optional(call.filter)?;
            return Ok(Expr::Aggregate(Box::new(Aggregate {
                function: aggregate.name,
                arguments: self.values(&call.arguments)?,
                distinct: call.distinct,
                filter,
                order: self.ordering(call.order)?,
            })));
        }
        if let Some(window) = windows::find(name) {
            return Err(self.error(tree, format!("`{name}` is of a window")).hint(window.usage));
        }
        let plain = !call.star && !call.distinct && call.order.is_empty() && call.filter.is_none();
        let function = functions::find(name);
        let lookup = LOOKUPS.iter().find(|lookup| lookup.name == name);
        if !plain && (function.is_some() || lookup.is_some()) {
            return Err(self.error(
                tree,
                format!("`{name}` is no aggregate, so it takes no distinct, order, filter or `*`"),
            ));
        }
        if let Some(function) = function {
            return Ok(Expr::call(function.name, self.zoned(&call.arguments)?));
        }
        if let Some(lookup) = lookup {
            return self.lookup(&call, lookup);
        }
        let known = |model: &crate::registry::Model| model.annotations.contains_key(&call.name);
        if self.registry.models().iter().any(known) {
            return self.annotated(&call, vec![call.name.clone()]);
        }
        Err(self.unknown(tree, function_span(function_of(tree)), &call.name))
    }

    fn unknown(&self, tree: &Tree, span: Option<sqlparser::tokenizer::Span>, name: &str) -> TextError {
        let quantifiers = ["some", "every", "none", "one", "now", "extract", "cast", "date_trunc"];
        let mut known: Vec<&str> = quantifiers.to_vec();
        known.extend(FUNCTIONS.iter().map(|function| function.name));
        known.extend(AGGREGATES.iter().map(|function| function.name));
        known.extend(WINDOWS.iter().map(|function| function.name));
        known.extend(LOOKUPS.iter().map(|lookup| lookup.name));
        known.extend(OTHER_NAMES.iter().map(|(other, _)| *other));
        known.extend(
            self.registry.models().iter().flat_map(|model| model.annotations.keys()).map(String::as_str),
        );
        let near = nearest(name, known);
        self.source
            .error(span.unwrap_or_else(|| tree.span()), format!("there is no function `{name}`"))
            .maybe_hint(near.map(|near| format!("did you mean `{near}`?")))
    }

    fn take_apart<'t>(
        &self,
        tree: &'t Tree,
        function: &'t Function,
        name: &str,
    ) -> Result<Call<'t>, TextError> {
        let unexpected = |what: &str| self.error(tree, format!("{what} has no meaning here"));
        let FunctionArguments::List(list) = &function.args else {
            return Err(unexpected("this form of a call"));
        };
        if function.null_treatment.is_some() {
            return Err(
                unexpected("a treatment of nulls").hint("leave nulls out by filter (where … is not null)")
            );
        }
        if !function.within_group.is_empty() {
            return Err(unexpected("`within group`"));
        }
        let mut call = Call {
            tree,
            name: name.to_owned(),
            arguments: Vec::new(),
            named: Vec::new(),
            star: false,
            distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
            order: &[],
            filter: function.filter.as_deref(),
            over: match &function.over {
                None => None,
                Some(WindowType::WindowSpec(spec)) => Some(spec),
                Some(WindowType::NamedWindow(_)) => return Err(unexpected("a named window")),
            },
        };
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) if call.named.is_empty() => {
                    call.arguments.push(value)
                }
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if list.args.len() == 1 => call.star = true,
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. } => {
                    call.named.push((name.value.clone(), value));
                }
                FunctionArg::ExprNamed {
                    name: Tree::Identifier(name),
                    arg: FunctionArgExpr::Expr(value),
                    ..
                } => {
                    call.named.push((name.value.clone(), value));
                }
                _ => return Err(unexpected("this argument")),
            }
        }
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(keys) => call.order = keys,
                _ => return Err(unexpected("a clause of the arguments")),
            }
        }
        Ok(call)
    }

    fn values(&mut self, trees: &[&Tree]) -> Result<Vec<Expr>, TextError> {
        trees.iter().map(|tree| self.expression(tree)).collect()
    }

    fn optional(&mut self, tree: Option<&Tree>) -> Result<Option<Expr>, TextError> {
        tree.map(|tree| self.expression(tree)).transpose()
    }

    /// The arguments of a function, where the last instant may say its time zone: the zone is one more argument.
    fn zoned(&mut self, trees: &[&Tree]) -> Result<Vec<Expr>, TextError> {
        let mut zone = None;
        let mut values = Vec::with_capacity(trees.len() + 1);
        for (position, tree) in trees.iter().enumerate() {
            let value = match in_zone(tree) {
                Some((instant, given)) if position == 0 => {
                    zone = Some(given);
                    instant
                }
                _ => tree,
            };
            values.push(self.expression(value)?);
        }
        if let Some(zone) = zone {
            values.push(self.expression(zone)?);
        }
        Ok(values)
    }

    /// Calls with a meaning of their own.
    fn special(&mut self, call: &Call<'_>, name: &str) -> Result<Option<Expr>, TextError> {
        let quantifier = match name {
            "some" => Some(Quantifier::Some),
            "every" => Some(Quantifier::Every),
            "none" => Some(Quantifier::None),
            "one" => Some(Quantifier::One),
            _ => None,
        };
        if let Some(quantifier) = quantifier {
            return self.related(call, quantifier).map(Some);
        }
        let arguments = call.arguments.as_slice();
        let usage = |reader: &Self, usage: &str| Err(reader.error(call.tree, format!("write it as {usage}")));
        Ok(Some(match (name, arguments) {
            ("now", []) => Expr::Slot(Slot::Now),
            ("now", _) => return usage(self, "now()"),
            ("extract" | "date_part", [unit, value]) => {
                let unit = match unit {
                    Tree::Identifier(unit) => unit.value.to_ascii_lowercase(),
                    _ => self.text_of(unit).unwrap_or_default().to_ascii_lowercase(),
                };
                let Some((_, function)) = UNITS.iter().find(|(known, _)| *known == unit) else {
                    let error = self.error(call.tree, format!("`{unit}` is no part of a date or time"));
                    return Err(match unit.as_str() {
                        "dow" => error.hint("week_day counts from Sunday as 1, isodow from Monday as 1"),
                        _ => error.hint("year, quarter, month, week, day, week_day, isodow, isoyear, hour, minute, second, epoch"),
                    });
                };
                Expr::call(function, self.zoned(&[value])?)
            }
            ("extract" | "date_part", _) => return usage(self, "extract(year from created_at)"),
            ("date_trunc", [unit, value, zone @ ..]) if zone.len() <= 1 => {
                let mut values = self.zoned(&[value])?;
                let unit = self.expression(unit)?;
                values.insert(1, unit);
                values.extend(self.values(zone)?);
                Expr::call("trunc", values)
            }
            ("date_trunc", _) => return usage(self, "date_trunc('month', created_at)"),
            ("position", [part, text]) => Expr::call("strindex", self.values(&[text, part])?),
            ("position", _) => return usage(self, "position('a' in title)"),
            // The rewriting has marked that the characters stand before the text.
            ("trim from" | "ltrim from" | "rtrim from", [characters, text]) => {
                let function = match name {
                    "trim from" => "trim",
                    "ltrim from" => "ltrim",
                    _ => "rtrim",
                };
                Expr::call(function, self.values(&[text, characters])?)
            }
            ("trim from" | "ltrim from" | "rtrim from", _) => {
                return usage(self, "trim(both 'x' from title)");
            }
            _ => return Ok(None),
        }))
    }

    fn related(&mut self, call: &Call<'_>, quantifier: Quantifier) -> Result<Expr, TextError> {
        let usage = || match quantifier {
            Quantifier::One => "one(category, name = 'News')",
            _ => "some(posts, views > 10), every(…) or none(…)",
        };
        let wrong =
            |reader: &Self, tree: &Tree, message: &str| Err(reader.error(tree, message).hint(usage()));
        if call.star
            || call.distinct
            || call.filter.is_some()
            || call.over.is_some()
            || !call.order.is_empty()
        {
            return wrong(self, call.tree, "a test of related rows takes a relation and a condition");
        }
        let (relation, condition) = match call.arguments.as_slice() {
            [relation] => (relation, None),
            [relation, condition] => (relation, Some(*condition)),
            _ => return wrong(self, call.tree, "a test of related rows takes a relation and a condition"),
        };
        let Expr::Path(path) = self.expression(relation)? else {
            return wrong(self, relation, "the path of a relation is needed here");
        };
        let filter = self.optional(condition)?.unwrap_or(Expr::And(Vec::new()));
        Ok(Expr::Related { path, quantifier, filter: Box::new(filter) })
    }

    fn lookup(&mut self, call: &Call<'_>, lookup: &Lookup) -> Result<Expr, TextError> {
        let count = lookup.operands.count();
        let [left, right @ ..] = call.arguments.as_slice() else {
            return Err(self.error(call.tree, format!("`{}` needs a value", lookup.name)));
        };
        if right.len() != count {
            let operands = match lookup.operands {
                Operands::None => "value",
                Operands::Same | Operands::Text => "value, other",
                Operands::SamePair => "value, low, high",
                Operands::SameList | Operands::TextList => "value, array['a', 'b']",
                Operands::Bound => "range, value",
                Operands::Range => "value, range",
            };
            return Err(self
                .error(
                    call.tree,
                    format!("`{}` takes {count} operands after the value, not {}", lookup.name, right.len()),
                )
                .hint(format!("write it as {}({operands})", lookup.name)));
        }
        let left = self.expression(left)?;
        Ok(Expr::lookup(left, lookup.name, self.values(right)?))
    }

    /// A computed field with arguments.
    fn annotated(&mut self, call: &Call<'_>, path: Vec<String>) -> Result<Expr, TextError> {
        if call.star
            || call.distinct
            || call.filter.is_some()
            || call.over.is_some()
            || !call.order.is_empty()
        {
            return Err(self.error(
                call.tree,
                format!("`{}` is a computed field and takes its arguments only", call.name),
            ));
        }
        let declared: Vec<_> =
            self.registry.models().iter().filter_map(|model| model.annotations.get(&call.name)).collect();
        let Some(first) = declared.first() else {
            let span = function_span(function_of(call.tree));
            return Err(self.unknown(call.tree, span, &call.name));
        };
        let mut given: Vec<(String, &Tree)> = Vec::new();
        if !call.arguments.is_empty() {
            // The order of the arguments must be the same whatever model is meant.
            if declared.iter().any(|other| !other.arguments.keys().eq(first.arguments.keys())) {
                return Err(self
                    .error(
                        call.tree,
                        format!("several models have a computed field `{}`, with other arguments", call.name),
                    )
                    .hint(format!("name the arguments: {}(name => value)", call.name)));
            }
            if call.arguments.len() > first.arguments.len() {
                let names: Vec<&str> = first.arguments.keys().map(String::as_str).collect();
                let error = self.error(
                    call.tree,
                    format!("`{}` has {} arguments, not {}", call.name, names.len(), call.arguments.len()),
                );
                return Err(if names.is_empty() {
                    error
                } else {
                    error.hint(format!("they are {}", names.join(", ")))
                });
            }
            given.extend(first.arguments.keys().cloned().zip(call.arguments.iter().copied()));
        }
        for (name, value) in &call.named {
            if given.iter().any(|(known, _)| known == name) {
                return Err(self.error(call.tree, format!("the argument `{name}` is given twice")));
            }
            given.push((name.clone(), value));
        }
        let mut arguments = Vec::with_capacity(given.len());
        for (name, tree) in given {
            match self.expression(tree)? {
                Expr::Slot(slot) => arguments.push((name, slot)),
                _ => {
                    return Err(self.error(
                        tree,
                        format!("the argument `{name}` takes a written value, :an_argument or @a_variable"),
                    ));
                }
            }
        }
        Ok(Expr::Annotated { path, arguments })
    }

    fn window(&mut self, call: &Call<'_>, name: &str, over: &WindowSpec) -> Result<Expr, TextError> {
        let function = windows::find(name)
            .map(|window| window.name)
            .or_else(|| aggregates::find(name).map(|found| found.name));
        let Some(function) = function else {
            let mut known: Vec<&str> = WINDOWS.iter().map(|window| window.name).collect();
            known.extend(AGGREGATES.iter().map(|aggregate| aggregate.name));
            return Err(self
                .error(call.tree, format!("`{name}` is no function of a window"))
                .maybe_hint(nearest(name, known).map(|near| format!("did you mean `{near}`?"))));
        };
        if call.distinct || !call.order.is_empty() {
            return Err(self
                .error(call.tree, "a window's function takes no distinct and no order in its parentheses")
                .hint("the order stands in over (…)"));
        }
        if call.star && function != "count" {
            return Err(self.error(call.tree, "`*` stands in count(*) only"));
        }
        if over.window_name.is_some() {
            return Err(self.error(call.tree, "a named window has no meaning here"));
        }
        let arguments = self.values(&call.arguments)?;
        let filter = self.optional(call.filter)?;
        let partition = self.expressions(&over.partition_by)?;
        let order: Vec<OrderBy> = self.ordering(&over.order_by)?;
        let frame =
            over.window_frame.as_ref().map(|frame| self.window_frame(call.tree, frame)).transpose()?;
        Ok(Expr::Window(Box::new(Window { function, arguments, filter, partition, order, frame })))
    }

    fn window_frame(&mut self, tree: &Tree, frame: &WindowFrame) -> Result<Frame, TextError> {
        let unit = match frame.units {
            WindowFrameUnits::Rows => FrameUnit::Rows,
            WindowFrameUnits::Range => FrameUnit::Range,
            WindowFrameUnits::Groups => FrameUnit::Groups,
        };
        let start = self.frame_bound(tree, &frame.start_bound)?;
        let end = match &frame.end_bound {
            Some(end) => self.frame_bound(tree, end)?,
            None => FrameBound::CurrentRow,
        };
        Ok(Frame { unit, start, end })
    }

    fn frame_bound(&mut self, tree: &Tree, bound: &WindowFrameBound) -> Result<FrameBound, TextError> {
        let mut count = |count: &Tree| match self.expression(count)? {
            Expr::Slot(Slot::Constant(Value::Int(count))) => {
                u32::try_from(count).map_err(|_| self.error(tree, "the frame of the window is too long"))
            }
            _ => Err(self.error(tree, "the bound of a frame is a whole number")),
        };
        Ok(match bound {
            WindowFrameBound::CurrentRow => FrameBound::CurrentRow,
            WindowFrameBound::Preceding(None) => FrameBound::UnboundedPreceding,
            WindowFrameBound::Following(None) => FrameBound::UnboundedFollowing,
            WindowFrameBound::Preceding(Some(rows)) => FrameBound::Preceding(count(rows)?),
            WindowFrameBound::Following(Some(rows)) => FrameBound::Following(count(rows)?),
        })
    }
}

fn function_of(tree: &Tree) -> Option<&Function> {
    match tree {
        Tree::Function(function) => Some(function),
        _ => None,
    }
}

fn function_span(function: Option<&Function>) -> Option<sqlparser::tokenizer::Span> {
    function.map(|function| function.name.span())
}

/// Whether a call of this name is something else than a computed field.
pub(super) fn is_taken(name: &str) -> bool {
    let special = ["some", "every", "none", "one", "now", "date_part", "date_trunc", "position", "substr"];
    let lower = name.to_ascii_lowercase();
    let lower = lower.as_str();
    special.contains(&lower)
        || functions::find(lower).is_some()
        || aggregates::find(lower).is_some()
        || windows::find(lower).is_some()
        || LOOKUPS.iter().any(|lookup| lookup.name == lower)
        || OTHER_NAMES.iter().any(|(other, _)| *other == lower)
}
