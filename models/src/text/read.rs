//! The parser's tree as an [`Expr`]: operators, tests, cases.

use super::error::{Source, TextError};
use super::like::{self, Like};
use super::rewrite::{Entry, QUOTED};
use super::{MAX_DEPTH, literals};
use crate::expr::{Expr, Slot};
use crate::query::{Nulls, OrderBy};
use crate::registry::{LogicalType, Registry};
use crate::value::{Value, canonical_json};
use sqlparser::ast::{
    self, BinaryOperator, CaseWhen, Expr as Tree, InTarget, OrderByExpr, OrderBySort, Spanned, UnaryOperator,
};
use sqlparser::tokenizer::Span;

/// The stack that one level may take, and how much is added when less is left.
const RED_ZONE: usize = 128 * 1024;
const MORE_STACK: usize = 1024 * 1024;

/// Turns the parser's trees into expressions.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) registry: &'a Registry,
    pub(super) source: Source<'a>,
    entries: Vec<Entry>,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(registry: &'a Registry, source: Source<'a>, entries: Vec<Entry>) -> Self {
        Self { registry, source, entries, depth: 0 }
    }

    pub(super) fn error(&self, tree: &Tree, message: impl Into<String>) -> TextError {
        self.source.error(tree.span(), message)
    }

    pub(super) fn expression(&mut self, tree: &Tree) -> Result<Expr, TextError> {
        let mut tree = tree;
        while let Tree::Nested(inner) = tree {
            tree = inner;
        }
        if self.depth >= MAX_DEPTH {
            // The span of a deep tree is as deep to find.
            let whole = 0..self.source.text.len();
            return Err(TextError::new(self.source.text, whole, "the expression is nested too deeply").hint(
                format!(
                    "at most {MAX_DEPTH} levels are read; `and`, `or` and `||` may be as long as they like"
                ),
            ));
        }
        self.depth += 1;
        let read = stacker::maybe_grow(RED_ZONE, MORE_STACK, || self.expression_at(tree));
        self.depth -= 1;
        read
    }

    pub(super) fn expressions(&mut self, trees: &[Tree]) -> Result<Vec<Expr>, TextError> {
        trees.iter().map(|tree| self.expression(tree)).collect()
    }

    fn expression_at(&mut self, tree: &Tree) -> Result<Expr, TextError> {
        match tree {
            Tree::Value(value) => self.value(&value.value, value.span),
            Tree::Identifier(name) => Ok(Expr::Path(vec![name.value.clone()])),
            Tree::CompoundIdentifier(names) => Ok(path(names)),
            Tree::BinaryOp { left, op, right } => self.binary(tree, left, op, right),
            Tree::UnaryOp { op, expr } => self.unary(tree, op, expr),
            Tree::IsNull(of) | Tree::IsUnknown(of) => self.test(of, "isnull", Vec::new()),
            Tree::IsNotNull(of) | Tree::IsNotUnknown(of) => Ok(not(self.test(of, "isnull", Vec::new())?)),
            Tree::IsTrue(of) => self.with_default(of, false),
            Tree::IsNotTrue(of) => Ok(not(self.with_default(of, false)?)),
            Tree::IsFalse(of) => Ok(not(self.with_default(of, true)?)),
            Tree::IsNotFalse(of) => self.with_default(of, true),
            Tree::IsNotDistinctFrom(left, right) => self.same(left, right),
            Tree::IsDistinctFrom(left, right) => Ok(not(self.same(left, right)?)),
            Tree::Between { expr, negated, low, high } => {
                let bounds = vec![self.expression(low)?, self.expression(high)?];
                Ok(negated_if(*negated, self.test(expr, "range", bounds)?))
            }
            Tree::In { expr, target, negated, .. } => Ok(negated_if(*negated, self.among(expr, target)?)),
            Tree::AnyOp { left, compare_op, right, .. } => self.any(tree, left, compare_op, right),
            Tree::Like { negated, expr, pattern, .. } => {
                Ok(negated_if(*negated, self.like(expr, pattern, false)?))
            }
            Tree::ILike { negated, expr, pattern, .. } => {
                Ok(negated_if(*negated, self.like(expr, pattern, true)?))
            }
            Tree::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Tree::Cast { expr, data_type, .. } => self.cast(expr, data_type),
            Tree::Function(function) => self.function(tree, function),
            Tree::Exists { subquery, negated } => {
                let exists = Expr::Exists(Box::new(self.exists_query(subquery)?));
                Ok(negated_if(*negated, exists))
            }
            Tree::Subquery(query) => Ok(Expr::Query(Box::new(self.value_query(query)?))),
            Tree::Array(array) => {
                let elements = self.constants(&array.elem)?.ok_or_else(|| {
                    self.error(tree, "a list holds written values only")
                        .hint("array['a', 'b'], or :names for a list argument")
                })?;
                Ok(Expr::constant(Value::Array(elements)))
            }
            Tree::AtTimeZone { .. } => Err(self.error(tree, "a time zone is of a part of an instant").hint(
                "extract(hour from created_at at time zone 'Europe/Berlin'), date(created_at at time zone …)",
            )),
            Tree::Tuple(_) => Err(self.error(tree, "a list stands after `in` only").hint("views in (1, 2)")),
            Tree::QualifiedWildcard(..) | Tree::Wildcard(_) => Err(self
                .error(tree, "`*` stands in count(*) only")
                .hint("of related rows write count(posts)")),
            _ => Err(self.error(tree, "this has no meaning in an expression")),
        }
    }

    fn entry(&self, value: &ast::Value, span: Span) -> Result<&Entry, TextError> {
        let index = match value {
            ast::Value::Placeholder(name) => {
                name.strip_prefix('$').and_then(|index| index.parse::<usize>().ok())
            }
            _ => None,
        };
        index
            .and_then(|index| self.entries.get(index))
            .ok_or_else(|| self.source.error(span, "this value has no meaning here"))
    }

    fn value(&self, value: &ast::Value, span: Span) -> Result<Expr, TextError> {
        match self.entry(value, span)? {
            Entry::Value(value) => Ok(Expr::constant(value.clone())),
            Entry::Number(digits) => literals::number(self.source, span, false, digits).map(Expr::constant),
            Entry::Slot(slot) | Entry::List(slot) => Ok(Expr::Slot(slot.clone())),
            Entry::Months(..) => Err(self
                .source
                .error(span, "an interval of months or years can only be added to a date or taken from it")
                .hint("created_at + interval '1 month'")),
            Entry::Type(_) => Err(self.source.error(span, "a type is no value")),
        }
    }

    /// The entry of a placeholder, whatever parentheses stand around it.
    fn entry_of(&self, tree: &Tree) -> Option<&Entry> {
        match tree {
            Tree::Nested(inner) => self.entry_of(inner),
            Tree::Value(value) => self.entry(&value.value, value.span).ok(),
            _ => None,
        }
    }

    /// The text that is written in a place.
    pub(super) fn text_of(&self, tree: &Tree) -> Option<&str> {
        match self.entry_of(tree) {
            Some(Entry::Value(Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    fn unary(&mut self, tree: &Tree, op: &UnaryOperator, of: &Tree) -> Result<Expr, TextError> {
        match op {
            UnaryOperator::Not => Ok(not(self.expression(of)?)),
            UnaryOperator::Plus => self.expression(of),
            UnaryOperator::Minus => {
                // The sign of a number is part of it.
                if let Tree::Value(value) = of {
                    match self.entry(&value.value, value.span)? {
                        Entry::Number(digits) => {
                            return literals::number(self.source, value.span, true, digits)
                                .map(Expr::constant);
                        }
                        Entry::Value(Value::Duration(micros)) => {
                            if let Some(micros) = micros.checked_neg() {
                                return Ok(Expr::constant(Value::Duration(micros)));
                            }
                        }
                        _ => {}
                    }
                }
                Ok(Expr::call("negate", vec![self.expression(of)?]))
            }
            _ => Err(self.error(tree, format!("the operator `{op}` has no meaning here"))),
        }
    }

    fn binary(
        &mut self,
        tree: &Tree,
        left: &Tree,
        op: &BinaryOperator,
        right: &Tree,
    ) -> Result<Expr, TextError> {
        match op {
            BinaryOperator::And => Ok(Expr::And(self.chain(tree, op)?)),
            BinaryOperator::Or => Ok(Expr::Or(self.chain(tree, op)?)),
            BinaryOperator::StringConcat => Ok(Expr::call("concat", self.chain(tree, op)?)),
            BinaryOperator::Eq => self.comparison(left, "exact", right),
            BinaryOperator::NotEq => Ok(not(self.comparison(left, "exact", right)?)),
            BinaryOperator::Lt => self.comparison(left, "lt", right),
            BinaryOperator::LtEq => self.comparison(left, "lte", right),
            BinaryOperator::Gt => self.comparison(left, "gt", right),
            BinaryOperator::GtEq => self.comparison(left, "gte", right),
            BinaryOperator::Plus => self.sum(left, "+", right),
            BinaryOperator::Minus => self.sum(left, "-", right),
            BinaryOperator::Multiply => self.call("*", left, right),
            BinaryOperator::Divide => self.call("/", left, right),
            BinaryOperator::Modulo => self.call("%", left, right),
            BinaryOperator::PGExp => self.call("power", left, right),
            BinaryOperator::PGRegexMatch => self.comparison(left, "regex", right),
            BinaryOperator::PGRegexIMatch => self.comparison(left, "iregex", right),
            BinaryOperator::PGRegexNotMatch => Ok(not(self.comparison(left, "regex", right)?)),
            BinaryOperator::PGRegexNotIMatch => Ok(not(self.comparison(left, "iregex", right)?)),
            BinaryOperator::AtArrow => self.comparison(left, "json_contains", right),
            BinaryOperator::Question => self.comparison(left, "has_key", right),
            BinaryOperator::QuestionAnd => self.comparison(left, "has_keys", right),
            BinaryOperator::QuestionPipe => self.comparison(left, "has_any_keys", right),
            BinaryOperator::Arrow
            | BinaryOperator::LongArrow
            | BinaryOperator::HashArrow
            | BinaryOperator::HashLongArrow => self.json_path(tree),
            _ => Err(self.error(tree, format!("the operator `{op}` has no meaning here"))),
        }
    }

    /// The operands of a chain of one operator, which the parser nests to the left.
    fn chain(&mut self, tree: &Tree, operator: &BinaryOperator) -> Result<Vec<Expr>, TextError> {
        let mut operands = Vec::new();
        let mut rest = tree;
        while let Tree::BinaryOp { left, op, right } = rest
            && op == operator
        {
            operands.push(right.as_ref());
            rest = left;
        }
        operands.push(rest);
        operands.into_iter().rev().map(|operand| self.expression(operand)).collect()
    }

    fn call(&mut self, function: &'static str, left: &Tree, right: &Tree) -> Result<Expr, TextError> {
        Ok(Expr::call(function, vec![self.expression(left)?, self.expression(right)?]))
    }

    fn test(&mut self, left: &Tree, lookup: &'static str, right: Vec<Expr>) -> Result<Expr, TextError> {
        Ok(Expr::lookup(self.expression(left)?, lookup, right))
    }

    fn comparison(&mut self, left: &Tree, lookup: &'static str, right: &Tree) -> Result<Expr, TextError> {
        for side in [left, right] {
            if self.entry_of(side) == Some(&Entry::Value(Value::Null)) {
                return Err(self
                    .error(side, "nothing is equal to null, and nothing is before or after it")
                    .hint("write `is null` or `is not null`"));
            }
        }
        let right = self.expression(right)?;
        self.test(left, lookup, vec![right])
    }

    /// The condition's value, and another where it is NULL: `is true` and its like are never NULL.
    fn with_default(&mut self, of: &Tree, default: bool) -> Result<Expr, TextError> {
        let default = Expr::constant(Value::Boolean(default));
        Ok(Expr::call("coalesce", vec![self.expression(of)?, default]))
    }

    /// Equal, or NULL both.
    fn same(&mut self, left: &Tree, right: &Tree) -> Result<Expr, TextError> {
        let null = Some(&Entry::Value(Value::Null));
        if self.entry_of(right) == null {
            return self.test(left, "isnull", Vec::new());
        }
        if self.entry_of(left) == null {
            return self.test(right, "isnull", Vec::new());
        }
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        let absent = [&left, &right].map(|side| Expr::lookup(side.clone(), "isnull", Vec::new()));
        let equal = Expr::lookup(left, "exact", vec![right]);
        Ok(Expr::call("coalesce", vec![equal, Expr::And(absent.into())]))
    }

    /// `+` and `-`, where the right side may be a number of months.
    fn sum(&mut self, left: &Tree, operator: &'static str, right: &Tree) -> Result<Expr, TextError> {
        let months = |reader: &Self, tree: &Tree| match reader.entry_of(tree) {
            Some(Entry::Months(months, micros)) => Some((*months, *micros)),
            _ => None,
        };
        let (to, (months, micros)) = match (months(self, left), months(self, right)) {
            (_, Some(added)) => (left, added),
            (Some(added), None) if operator == "+" => (right, added),
            _ => return self.call(operator, left, right),
        };
        let to = self.expression(to)?;
        let sign = if operator == "+" { 1 } else { -1 };
        let months = Expr::constant(Value::Int(months.wrapping_mul(sign)));
        let moved = Expr::call("add_months", vec![to, months]);
        if micros == 0 {
            return Ok(moved);
        }
        Ok(Expr::call(operator, vec![moved, Expr::constant(Value::Duration(micros))]))
    }

    /// The places of a chain of `->`, as one path.
    fn json_path(&mut self, tree: &Tree) -> Result<Expr, TextError> {
        let mut steps: Vec<serde_json::Value> = Vec::new();
        let mut function = None;
        let mut rest = tree;
        while let Tree::BinaryOp { left, op, right } = rest {
            let as_text = match op {
                BinaryOperator::Arrow | BinaryOperator::HashArrow => false,
                // A text has no places: `->>` ends a chain.
                BinaryOperator::LongArrow | BinaryOperator::HashLongArrow if function.is_none() => true,
                _ => break,
            };
            function.get_or_insert(if as_text { "json_text" } else { "json_path" });
            let whole = matches!(op, BinaryOperator::HashArrow | BinaryOperator::HashLongArrow);
            let mut more = self.json_steps(right, whole)?;
            more.append(&mut steps);
            steps = more;
            rest = left;
        }
        let path = serde_json::Value::from(steps).to_string();
        let path = canonical_json(&path).map_err(|problem| self.error(tree, problem.to_string()))?;
        let document = self.expression(rest)?;
        Ok(Expr::call(function.unwrap_or("json_path"), vec![document, Expr::constant(Value::Json(path))]))
    }

    /// The keys and positions on the right of an arrow.
    fn json_steps(&mut self, tree: &Tree, whole: bool) -> Result<Vec<serde_json::Value>, TextError> {
        let wrong = |reader: &Self| {
            reader
                .error(tree, "a place in a document is a written key or position")
                .hint("metadata->'links'->0, metadata #> '{links,0}'")
        };
        let step = |value: &Value| match value {
            Value::Text(key) => Some(serde_json::Value::from(key.as_str())),
            Value::Int(position) => Some(serde_json::Value::from(*position)),
            _ => None,
        };
        let Expr::Slot(Slot::Constant(value)) = self.expression(tree)? else { return Err(wrong(self)) };
        let steps = match (&value, whole) {
            (Value::Text(text), true) => text
                .strip_prefix('{')
                .and_then(|text| text.strip_suffix('}'))
                .map(|text| text.split(',').map(|part| position_or_key(part.trim())).collect()),
            (Value::Array(elements), true) => elements.iter().map(step).collect(),
            (value, false) => step(value).map(|step| vec![step]),
            _ => None,
        };
        steps.ok_or_else(|| wrong(self))
    }

    /// The values of a list, when all of them are written ones.
    fn constants(&mut self, trees: &[Tree]) -> Result<Option<Vec<Value>>, TextError> {
        let mut values = Vec::with_capacity(trees.len());
        for tree in trees {
            match self.expression(tree)? {
                Expr::Slot(Slot::Constant(value)) => values.push(value),
                _ => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    fn among(&mut self, left: &Tree, target: &InTarget) -> Result<Expr, TextError> {
        let list = match target {
            InTarget::List(list) => list,
            InTarget::Subquery(query) => {
                let left = Box::new(self.expression(left)?);
                return Ok(Expr::InQuery { left, query: Box::new(self.value_query(query)?) });
            }
            _ => return Err(self.error(left, "a list is missing after `in`")),
        };
        if let [only] = list.as_slice()
            && let Some(Entry::List(slot)) = self.entry_of(only)
        {
            let slot = Expr::Slot(slot.clone());
            return self.test(left, "in", vec![slot]);
        }
        if let Some(null) = list.iter().find(|tree| self.entry_of(tree) == Some(&Entry::Value(Value::Null))) {
            return Err(self
                .error(null, "nothing is equal to null, so it has no place in a list")
                .hint("write `or … is null`"));
        }
        if let Some(values) = self.constants(list)? {
            let values = Expr::constant(Value::Array(values));
            return self.test(left, "in", vec![values]);
        }
        let left = self.expression(left)?;
        let mut tests = Vec::with_capacity(list.len());
        for tree in list {
            tests.push(Expr::lookup(left.clone(), "exact", vec![self.expression(tree)?]));
        }
        Ok(match tests.len() {
            1 => tests.remove(0),
            _ => Expr::Or(tests),
        })
    }

    fn any(
        &mut self,
        tree: &Tree,
        left: &Tree,
        operator: &BinaryOperator,
        right: &Tree,
    ) -> Result<Expr, TextError> {
        if *operator != BinaryOperator::Eq {
            return Err(self
                .error(tree, format!("`{operator} any` has no meaning here"))
                .hint("`= any(:list)` is membership; write `not (x = any(:list))` for its complement"));
        }
        if let Tree::Subquery(query) = right {
            let left = Box::new(self.expression(left)?);
            return Ok(Expr::InQuery { left, query: Box::new(self.value_query(query)?) });
        }
        let list = self.expression(right)?;
        self.test(left, "in", vec![list])
    }

    fn like(&mut self, of: &Tree, pattern: &Tree, fold: bool) -> Result<Expr, TextError> {
        let Some(text) = self.text_of(pattern) else {
            return Err(self
                .error(pattern, "the pattern of `like` must be a written text")
                .hint("write contains(title, :part), startswith(title, :part) or endswith(title, :part)"));
        };
        let (plain, folded, text) = match like::read(text) {
            Like::Exact(text) => ("exact", "iexact", text),
            Like::Starts(text) => ("startswith", "istartswith", text),
            Like::Ends(text) => ("endswith", "iendswith", text),
            Like::Contains(text) => ("contains", "icontains", text),
            Like::Pattern(regular) => {
                let operator = if fold { "~*" } else { "~" };
                return Err(self
                    .error(pattern, "`like` takes one part of a text, with `%` at its ends only")
                    .hint(format!("write a regular expression: {operator} {}", literals::quoted(&regular))));
            }
        };
        let text = Expr::constant(Value::Text(text));
        self.test(of, if fold { folded } else { plain }, vec![text])
    }

    fn case(
        &mut self,
        operand: Option<&Tree>,
        conditions: &[CaseWhen],
        otherwise: Option<&Tree>,
    ) -> Result<Expr, TextError> {
        let mut branches = Vec::with_capacity(conditions.len());
        for branch in conditions {
            let condition = match operand {
                Some(operand) => self.comparison(operand, "exact", &branch.condition)?,
                None => self.expression(&branch.condition)?,
            };
            branches.push((condition, self.expression(&branch.result)?));
        }
        let otherwise = match otherwise {
            Some(otherwise) => Some(Box::new(self.expression(otherwise)?)),
            None => None,
        };
        Ok(Expr::Case { branches, otherwise })
    }

    fn cast(&mut self, of: &Tree, data_type: &ast::DataType) -> Result<Expr, TextError> {
        let to = match data_type {
            ast::DataType::Custom(name, modifiers) if modifiers.is_empty() => {
                let index = name
                    .0
                    .first()
                    .and_then(|part| part.as_ident())
                    .and_then(|name| name.value.strip_prefix('$')?.parse().ok());
                match index.and_then(|index: usize| self.entries.get(index)) {
                    Some(Entry::Type(logical)) => logical.clone(),
                    _ => return Err(self.error(of, "the type of the conversion is missing")),
                }
            }
            _ => return Err(self.error(of, "the type of the conversion is missing")),
        };
        // The day or the time of day of an instant in a zone.
        let part = match to {
            LogicalType::Date => Some("date"),
            LogicalType::Time => Some("time"),
            _ => None,
        };
        if let (Some(part), Some((instant, zone))) = (part, in_zone(of)) {
            return self.call(part, instant, zone);
        }
        Ok(Expr::Cast { of: Box::new(self.expression(of)?), to })
    }

    pub(super) fn ordering(&mut self, keys: &[OrderByExpr]) -> Result<Vec<OrderBy>, TextError> {
        keys.iter()
            .map(|key| {
                let descending = match &key.options.sort {
                    None | Some(OrderBySort::Asc) => false,
                    Some(OrderBySort::Desc) => true,
                    Some(OrderBySort::Using(_)) => {
                        return Err(self.error(&key.expr, "`using` has no meaning in an ordering"));
                    }
                };
                let mut order = OrderBy::by(self.expression(&key.expr)?, descending);
                if let Some(first) = key.options.nulls_first {
                    order.nulls = if first { Nulls::First } else { Nulls::Last };
                }
                Ok(order)
            })
            .collect()
    }
}

/// The instant and the zone of `… at time zone …`.
pub(super) fn in_zone(tree: &Tree) -> Option<(&Tree, &Tree)> {
    match tree {
        Tree::Nested(inner) => in_zone(inner),
        Tree::AtTimeZone { timestamp, time_zone } => Some((timestamp, time_zone)),
        _ => None,
    }
}

fn path(names: &[ast::Ident]) -> Expr {
    let is_outer = |name: &ast::Ident| name.quote_style != Some(QUOTED) && name.value == "outer";
    let levels = names.iter().take(names.len() - 1).take_while(|name| is_outer(name)).count();
    let path = names[levels..].iter().map(|name| name.value.clone()).collect();
    match u8::try_from(levels) {
        Ok(0) => Expr::Path(path),
        Ok(levels) => Expr::Outer { levels, path },
        // There are not so many queries around any expression; the bind stage says so.
        Err(_) => Expr::Outer { levels: u8::MAX, path },
    }
}

fn position_or_key(text: &str) -> serde_json::Value {
    match text.parse::<i64>() {
        Ok(position) => position.into(),
        Err(_) => text.trim_matches('"').into(),
    }
}

fn not(of: Expr) -> Expr {
    Expr::Not(Box::new(of))
}

fn negated_if(negated: bool, of: Expr) -> Expr {
    if negated { not(of) } else { of }
}
