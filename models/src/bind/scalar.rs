//! Values: paths, written values, calls, branches.

use super::binder::{Binder, Place};
use super::convert::{cast, convert};
use super::types::{common, computed, convert_value, is_flexible, value_type};
use super::{BoundExpr, Scalar, Typed};
use crate::expr::{Expr, Slot};
use crate::functions;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::Value;

impl Binder<'_> {
    pub(super) fn scalar(&mut self, at: Place, expr: &Expr) -> Result<Typed, CompileError> {
        self.nested(|binder| binder.scalar_at(at, expr))
    }

    fn scalar_at(&mut self, at: Place, expr: &Expr) -> Result<Typed, CompileError> {
        match expr {
            Expr::Path(path) => self.path(at, path),
            Expr::Outer { levels, path } => self.outer(at, *levels, path),
            Expr::Annotated { path, arguments } => self.annotated(at, path, arguments),
            Expr::Slot(slot) => Ok(self.slot(slot)),
            Expr::Call { function, arguments } => self.call(at, function, arguments),
            Expr::Case { branches, otherwise } => self.case(at, branches, otherwise.as_deref()),
            Expr::Cast { of, to } => {
                let value = self.scalar(at, of)?;
                // A written value is read as the type where it can be; anything else is converted by the database.
                match &value.scalar {
                    Scalar::Slot(Slot::Constant(Value::Text(_))) if *to != LogicalType::Text => {
                        convert(value, to)
                    }
                    Scalar::Slot(Slot::Constant(constant)) if convert_value(constant, to).is_err() => {
                        Ok(cast(value, to))
                    }
                    _ if is_flexible(&value) => convert(value, to),
                    _ => Ok(cast(value, to)),
                }
            }
            Expr::Aggregate(aggregate) => self.aggregate(at, aggregate),
            Expr::Window(window) => self.window(at, window),
            Expr::Query(query) => {
                let select = self.sub_query(at, query)?;
                let Some((column, _)) = select.columns.first() else {
                    return Err(CompileError::Invalid("a sub-query needs a column".to_owned()));
                };
                if select.columns.len() > 1 {
                    return Err(CompileError::Invalid(format!(
                        "a sub-query that stands for a value must have one column, and it has {}",
                        select.columns.len()
                    )));
                }
                let (logical, encoding) = (column.logical.clone(), column.encoding);
                Ok(Typed { scalar: Scalar::Select(Box::new(select)), logical, encoding, nullable: true })
            }
            Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::Lookup { .. }
            | Expr::Related { .. }
            | Expr::Exists(_)
            | Expr::InQuery { .. } => self.condition_scalar(at, expr),
        }
    }

    fn slot(&self, slot: &Slot) -> Typed {
        let logical = match slot {
            Slot::Constant(Value::Null) => {
                return Typed {
                    scalar: Scalar::Null,
                    logical: LogicalType::Text,
                    encoding: SqliteEncoding::Plain,
                    nullable: true,
                };
            }
            Slot::Constant(value) => value_type(value).unwrap_or(LogicalType::Text),
            Slot::Now => LogicalType::DateTime,
            // What arguments are the planner knows: they take the type of what they meet.
            Slot::Argument(_) | Slot::TimeZone | Slot::Named(_) | Slot::Session(_) | Slot::ParentKey(_) => {
                LogicalType::Text
            }
        };
        let encoding = computed(&logical);
        Typed { scalar: Scalar::Slot(slot.clone()), logical, encoding, nullable: false }
    }

    fn outer(&mut self, at: Place, levels: u8, path: &[String]) -> Result<Typed, CompileError> {
        let place = self.enclosing(at, levels, path)?;
        self.path(place, path)
    }

    /// The place so many queries up.
    fn enclosing(&self, at: Place, levels: u8, path: &[String]) -> Result<Place, CompileError> {
        let mut place = at;
        let mut left = levels;
        while left > 0 {
            let frame = &self.frames[place.frame()];
            // The SELECT of an aggregate speaks with the names of the row around it: it is no query of its own.
            let transparent = !frame.roots.iter().any(|(prefix, ..)| prefix.is_empty());
            let Some(parent) = frame.parent else {
                return Err(CompileError::Invalid(format!(
                    "`{}{}` speaks of a query around this one, and there is none",
                    "outer.".repeat(usize::from(levels)),
                    path.join(".")
                )));
            };
            place = parent;
            if !transparent {
                left -= 1;
            }
        }
        Ok(place)
    }

    fn call(&mut self, at: Place, name: &'static str, arguments: &[Expr]) -> Result<Typed, CompileError> {
        let function = functions::named(name)?;
        let bound =
            arguments.iter().map(|argument| self.scalar(at, argument)).collect::<Result<Vec<_>, _>>()?;
        let rule = (function.types)(&bound)
            .map_err(|problem| CompileError::Invalid(format!("`{name}`: {problem}")))?;
        let arguments = bound
            .into_iter()
            .zip(&rule.operands)
            .map(|(argument, to)| match to {
                Some(to) => convert(argument, to).map_err(|error| match error {
                    CompileError::Invalid(problem) => CompileError::Invalid(format!("`{name}`: {problem}")),
                    other => other,
                }),
                None => Ok(argument),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let encoding = computed(&rule.result);
        Ok(Typed {
            scalar: Scalar::Call { function, arguments },
            logical: rule.result,
            encoding,
            nullable: rule.nullable,
        })
    }

    fn case(
        &mut self,
        at: Place,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Result<Typed, CompileError> {
        let mut conditions: Vec<BoundExpr> = Vec::with_capacity(branches.len());
        let mut values = Vec::with_capacity(branches.len() + 1);
        for (when, then) in branches {
            conditions.push(self.condition(at, when)?);
            values.push(self.scalar(at, then)?);
        }
        if let Some(otherwise) = otherwise {
            values.push(self.scalar(at, otherwise)?);
        }
        let logical = common(&values)?;
        let mut values =
            values.into_iter().map(|value| convert(value, &logical)).collect::<Result<Vec<_>, _>>()?;
        let nullable = otherwise.is_none() || values.iter().any(|value| value.nullable);
        let otherwise = if otherwise.is_some() { values.pop().map(Box::new) } else { None };
        let encoding = computed(&logical);
        let branches = conditions.into_iter().zip(values).collect();
        Ok(Typed { scalar: Scalar::Case { branches, otherwise }, logical, encoding, nullable })
    }
}
