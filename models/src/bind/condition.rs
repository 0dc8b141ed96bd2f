//! Conditions: logic, lookups, and tests of related rows.

use super::binder::{Binder, Place, Purpose};
use super::convert::{aligned, cast, condition_value, convert, retyped};
use super::path::relation_named;
use super::types::{is_flexible, is_integer, type_name};
use super::{Alias, BoundExpr, BoundOrder, BoundSelect, Scalar, Typed};
use crate::expr::{Expr, Quantifier, Slot};
use crate::lookups::{self, Lookup, Operands};
use crate::prepare::CompileError;
use crate::query::{Nulls, OrderBy};
use crate::registry::{LogicalType, ModelId, SqliteEncoding};
use crate::value::Value;

impl Binder<'_> {
    /// A condition over the outermost SELECT.
    ///
    /// # Errors
    /// When a name is unknown, a relation is used against its kind, or a lookup does not fit its operand.
    pub fn filter(&mut self, expr: &Expr) -> Result<BoundExpr, CompileError> {
        self.condition(self.root(), expr)
    }

    /// A value over the outermost SELECT.
    ///
    /// # Errors
    /// As [`Binder::filter`].
    pub fn value(&mut self, expr: &Expr) -> Result<Typed, CompileError> {
        self.scalar(self.root(), expr)
    }

    /// A value of a row of the outermost SELECT: of its own row, or of a joined one.
    ///
    /// # Errors
    /// As [`Binder::filter`].
    pub fn value_at(&mut self, alias: Alias, model: ModelId, expr: &Expr) -> Result<Typed, CompileError> {
        let own = self.scope().is_some_and(|scope| scope.alias == alias);
        let at = if own { self.root() } else { Place::Row(0, alias, model) };
        self.for_output(|binder| binder.scalar(at, expr))
    }

    /// The keys of an ordering of the outermost SELECT.
    ///
    /// # Errors
    /// When a key leads nowhere or to values without an order.
    pub fn order(&mut self, keys: &[OrderBy]) -> Result<Vec<BoundOrder>, CompileError> {
        self.ordering(self.root(), keys)
    }

    pub(super) fn ordering(&mut self, at: Place, keys: &[OrderBy]) -> Result<Vec<BoundOrder>, CompileError> {
        keys.iter()
            .map(|key| {
                let typed = self.scalar(at, &key.key)?;
                if !typed.logical.has_order() {
                    let name = key
                        .path()
                        .map_or_else(|| "the value".to_owned(), |path| format!("`{}`", path.join(".")));
                    return Err(CompileError::Invalid(format!(
                        "{name} cannot be ordered by: {} has no order that both databases share",
                        type_name(&typed.logical)
                    )));
                }
                Ok(BoundOrder {
                    key: typed,
                    descending: key.descending,
                    nulls_first: key.nulls == Nulls::First,
                })
            })
            .collect()
    }

    pub(super) fn condition(&mut self, at: Place, expr: &Expr) -> Result<BoundExpr, CompileError> {
        self.nested(|binder| binder.condition_at(at, expr))
    }

    fn condition_at(&mut self, at: Place, expr: &Expr) -> Result<BoundExpr, CompileError> {
        match expr {
            Expr::And(parts) => Ok(BoundExpr::And(self.conditions(at, parts)?)),
            Expr::Or(parts) => Ok(BoundExpr::Or(self.conditions(at, parts)?)),
            Expr::Not(part) => Ok(BoundExpr::Not(Box::new(self.condition(at, part)?))),
            Expr::Lookup { left, lookup, right } => self.lookup(at, left, lookup, right),
            Expr::Related { path, quantifier, filter } => self.related(at, path, *quantifier, filter),
            Expr::Exists(query) => {
                let mut select = self.sub_query(at, query)?;
                select.columns.clear();
                Ok(BoundExpr::Exists(Box::new(select)))
            }
            Expr::InQuery { left, query } => {
                let left = self.scalar(at, left)?;
                let select = self.sub_query(at, query)?;
                self.in_select(left, select)
            }
            _ => {
                let value = self.scalar(at, expr)?;
                if value.logical != LogicalType::Boolean {
                    return Err(CompileError::Invalid(format!(
                        "a condition must be true or false, not {}; compare the value with something",
                        type_name(&value.logical)
                    )));
                }
                if let Scalar::Condition(condition) = value.scalar {
                    return Ok(*condition);
                }
                let lookup = lookups::named("is_true")?;
                Ok(BoundExpr::Lookup { lookup, left: value, right: Vec::new() })
            }
        }
    }

    fn conditions(&mut self, at: Place, parts: &[Expr]) -> Result<Vec<BoundExpr>, CompileError> {
        parts.iter().map(|part| self.condition(at, part)).collect()
    }

    fn in_select(&mut self, left: Typed, mut select: BoundSelect) -> Result<BoundExpr, CompileError> {
        let [(column, _)] = select.columns.as_mut_slice() else {
            return Err(CompileError::Invalid(format!(
                "the query after `in` must have one column, and it has {}",
                select.columns.len()
            )));
        };
        // Sets are combined column by column, so a combined query keeps its columns as they are.
        let (aligned_left, aligned_column) = aligned(left, column.clone())?;
        if select.combined.is_empty() && !select.distinct {
            *column = aligned_column;
        }
        Ok(BoundExpr::InSelect { left: Box::new(aligned_left), select: Box::new(select) })
    }

    fn lookup(
        &mut self,
        at: Place,
        left: &Expr,
        name: &'static str,
        right: &[Expr],
    ) -> Result<BoundExpr, CompileError> {
        let mut lookup = lookups::named(name)?;
        let expected = lookup.operands.count();
        if expected != right.len() {
            return Err(CompileError::Invalid(format!(
                "the lookup `{name}` takes {expected} operands, not {}",
                right.len()
            )));
        }
        let of_range = matches!(right, [Expr::Slot(Slot::Constant(Value::Json(_)))]);
        let is_relation = matches!(left, Expr::Path(path) if self.ends_at_relation(at, path));
        let mut left = self.scalar(at, left)?;
        if ORDERED.contains(&name) {
            left = compared_part(left, right)?;
        }
        lookup = lookups::of_type(lookup, &left.logical, of_range);
        let as_text = !is_relation && tests_text_of(lookup, &left);
        if as_text {
            left = cast(left, &LogicalType::Text);
        }
        if lookup.operands == Operands::Same
            && let [operand] = right
        {
            let right = self.scalar(at, operand)?;
            let right = if as_text { written_text(right) } else { right };
            let (aligned_left, right) = aligned(left, right)?;
            if aligned_left.logical == LogicalType::Json && name == "exact" {
                lookup = lookups::named("json_exact")?;
            }
            accepts(lookup, &aligned_left)?;
            return Ok(BoundExpr::Lookup { lookup, left: aligned_left, right: vec![right] });
        }
        accepts(lookup, &left)?;
        let mut operands = Vec::with_capacity(right.len());
        for operand in right {
            let operand = self.scalar(at, operand)?;
            let operand = if as_text { written_text(operand) } else { operand };
            operands.push(match lookup.operands {
                Operands::None | Operands::Same | Operands::SamePair => {
                    let (aligned_left, operand) = aligned(left, operand)?;
                    left = aligned_left;
                    operand
                }
                Operands::SameList => list(&left, operand)?,
                Operands::Bound => match &left.logical {
                    LogicalType::Range(bound) => convert(operand, &crate::value::bound_type(*bound))?,
                    other => convert(operand, &other.clone())?,
                },
                Operands::Range => match crate::value::range_of(&left.logical) {
                    Some(bound) => convert(operand, &LogicalType::Range(bound))?,
                    None => operand,
                },
                Operands::Text if is_flexible(&operand) => {
                    retyped(operand, &LogicalType::Text, SqliteEncoding::Plain)?
                }
                Operands::Text => convert(operand, &LogicalType::Text)?,
                Operands::TextList => {
                    retyped(operand, &LogicalType::Array(Box::new(LogicalType::Text)), SqliteEncoding::Plain)?
                }
            });
        }
        Ok(BoundExpr::Lookup { lookup, left, right: operands })
    }

    fn related(
        &mut self,
        at: Place,
        path: &[String],
        quantifier: Quantifier,
        filter: &Expr,
    ) -> Result<BoundExpr, CompileError> {
        if quantifier == Quantifier::One {
            return self.one_related(at, path, filter);
        }
        let every = quantifier == Quantifier::Every;
        let exists = BoundExpr::Exists(Box::new(self.related_rows(at, path, filter, every)?));
        Ok(if quantifier == Quantifier::Some { exists } else { BoundExpr::Not(Box::new(exists)) })
    }

    fn one_related(&mut self, at: Place, path: &[String], filter: &Expr) -> Result<BoundExpr, CompileError> {
        let (above, last) = match path.split_last() {
            Some((last, [])) => (self.row(at, &[])?.0, last),
            Some((last, above)) => (self.row(at, above)?.0, last),
            None => return Err(CompileError::Invalid("a relation's name is missing".to_owned())),
        };
        let Place::Row(frame, alias, model) = above else {
            return Err(CompileError::Invalid("a relation begins at a row".to_owned()));
        };
        let registry = self.registry;
        let model = registry.model(model);
        let relation = relation_named(model, last)?;
        if !relation.is_to_one() {
            return Err(CompileError::Invalid(format!(
                "`{last}` of {} leads to many rows; say some, every or none",
                model.name
            )));
        }
        let joined = self.join(frame, alias, model, relation, Purpose::Condition);
        let inner = self.condition(Place::Row(frame, joined, relation.target), filter)?;
        if relation.null || !relation.enforced {
            let target = registry.model(relation.target);
            let column = target.field(target.primary_key[0]).column.clone();
            Ok(BoundExpr::And(vec![BoundExpr::Present(joined, column), inner]))
        } else {
            Ok(inner)
        }
    }

    /// The related rows that fulfil a condition, or (`negated`) those that do not.
    fn related_rows(
        &mut self,
        at: Place,
        path: &[String],
        filter: &Expr,
        negated: bool,
    ) -> Result<BoundSelect, CompileError> {
        if self.to_many_names(at, path) != Some(path.len()) {
            return Err(CompileError::Invalid(format!(
                "`{}` leads to one row; filter it without some, every or none",
                path.join(".")
            )));
        }
        let chain = self.chain(at, path, false)?;
        let condition = self.condition(Place::Select(chain.frame), filter)?;
        let frame = self.pop()?;
        let mut from = chain.from;
        let mut conditions = chain.conditions;
        match (condition.is_true(), negated) {
            (true, false) => {
                // Without a condition on the related rows, or a join to them, the link alone decides.
                if chain.spare && from.len() > 1 && frame.scope.joins.is_empty() {
                    from.pop();
                }
            }
            (_, true) => conditions.push(BoundExpr::Not(Box::new(condition))),
            (false, false) => conditions.push(condition),
        }
        from.extend(frame.scope.joins.iter().map(super::select::joined));
        let filter = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(BoundExpr::And(conditions)),
        };
        Ok(BoundSelect { from, link: chain.link, filter, ..BoundSelect::default() })
    }

    /// A condition as a value of another expression.
    pub(super) fn condition_scalar(&mut self, at: Place, expr: &Expr) -> Result<Typed, CompileError> {
        Ok(condition_value(self.condition_at(at, expr)?))
    }
}

/// Lookups that ask which of two values is larger.
const ORDERED: [&str; 5] = ["gt", "gte", "lt", "lte", "range"];

/// A part of a document that is compared with numbers or texts is the number or the text that it is; what is neither is NULL.
fn compared_part(left: Typed, right: &[Expr]) -> Result<Typed, CompileError> {
    let Scalar::Call { function, arguments } = &left.scalar else { return Ok(left) };
    let all = |is: fn(&Value) -> bool| {
        right.iter().all(|operand| matches!(operand, Expr::Slot(Slot::Constant(value)) if is(value)))
    };
    let (name, logical) = if function.name != "json_path" {
        return Ok(left);
    } else if all(|value| matches!(value, Value::Int(_) | Value::Float(_) | Value::Decimal(_))) {
        ("json_number", LogicalType::Float)
    } else if all(|value| matches!(value, Value::Text(_))) {
        ("json_text", LogicalType::Text)
    } else {
        return Ok(left);
    };
    let scalar = Scalar::Call { function: crate::functions::named(name)?, arguments: arguments.clone() };
    Ok(Typed { scalar, logical, encoding: SqliteEncoding::Plain, nullable: true })
}

/// Whether a lookup of texts tests the text of a number or another value that has one, as Django's do.
fn tests_text_of(lookup: &Lookup, left: &Typed) -> bool {
    let has_text = is_integer(&left.logical)
        || matches!(left.logical, LogicalType::Decimal { .. } | LogicalType::Uuid | LogicalType::Date);
    has_text && !(lookup.accepts)(&left.logical) && (lookup.accepts)(&LogicalType::Text)
}

/// A number that was written down as a text.
fn written_text(operand: Typed) -> Typed {
    let scalar = match operand.scalar {
        Scalar::Slot(Slot::Constant(Value::Int(number))) => {
            Scalar::Slot(Slot::Constant(Value::Text(number.to_string())))
        }
        other => return Typed { scalar: other, ..operand },
    };
    Typed { scalar, logical: LogicalType::Text, encoding: SqliteEncoding::Plain, nullable: false }
}

fn accepts(lookup: &Lookup, left: &Typed) -> Result<(), CompileError> {
    if (lookup.accepts)(&left.logical) {
        return Ok(());
    }
    Err(CompileError::Invalid(format!(
        "the lookup `{}` does not apply to {}",
        lookup.name,
        type_name(&left.logical)
    )))
}

/// A list of values of the tested value's type.
fn list(left: &Typed, operand: Typed) -> Result<Typed, CompileError> {
    if !is_flexible(&operand) {
        return Err(CompileError::Invalid("a list of values is needed after `in`".to_owned()));
    }
    retyped(operand, &LogicalType::Array(Box::new(left.logical.clone())), left.encoding)
}
