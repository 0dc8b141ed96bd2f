//! Types of conditions: literals take the form in which the column is stored.

use crate::expression::{Comparison, Expression, ExpressionError};
use nuages_models::database::Dialect;
use nuages_models::registry::{Field, LogicalType, Model, SqliteEncoding};

/// What NOT does with NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    /// SQL's: check constraints, where NULL passes.
    Sql,
    /// The complement, as in filters: conditions of indexes. Where the two differ, the condition is refused.
    TwoValued,
}

pub(super) struct TypeChecker<'a> {
    pub(super) model: &'a Model,
    pub(super) dialect: Dialect,
    /// The whole expression, for messages.
    pub(super) text: &'a str,
}

impl TypeChecker<'_> {
    fn error(&self, part: &str, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::Type { text: self.text.to_owned(), part: part.to_owned(), reason: reason.into() }
    }

    fn field(&self, column: &str) -> Result<&Field, ExpressionError> {
        self.model
            .fields
            .iter()
            .find(|field| field.column == column)
            .ok_or_else(|| self.error(column, "is no column of the model"))
    }

    /// An expression that is true or false.
    pub(super) fn condition(
        &self,
        expression: Expression,
        logic: Logic,
    ) -> Result<Expression, ExpressionError> {
        match expression {
            Expression::Column(column) => {
                let field = self.field(&column)?;
                if field.logical == LogicalType::Boolean {
                    Ok(Expression::Column(column))
                } else {
                    Err(self.error(&field.name, "is not true or false; compare it with something"))
                }
            }
            Expression::And(parts) => {
                let parts = parts.into_iter().map(|part| self.condition(part, logic));
                Ok(Expression::And(parts.collect::<Result<_, _>>()?))
            }
            Expression::Or(parts) => {
                let parts = parts.into_iter().map(|part| self.condition(part, logic));
                Ok(Expression::Or(parts.collect::<Result<_, _>>()?))
            }
            Expression::Not(inner) => {
                let inner = self.condition(*inner, logic)?;
                if logic == Logic::TwoValued {
                    self.never_null(&inner)?;
                }
                Ok(Expression::Not(Box::new(inner)))
            }
            Expression::IsNull(of) => match *of {
                Expression::Column(_) | Expression::Lower(_) => Ok(Expression::IsNull(of)),
                _ => Err(self.error("is null", "can be asked of a field only")),
            },
            Expression::Compare(comparison, left, right) => {
                let compared = self.comparison(comparison, *left, *right)?;
                if logic == Logic::TwoValued && comparison == Comparison::NotEqual {
                    self.never_null(&compared)?;
                }
                Ok(compared)
            }
            literal @ Expression::Boolean(_) => Ok(literal),
            Expression::Number(number) => Err(self.error(&number, "is not true or false")),
            Expression::Text(text) => Err(self.error(&text, "is not true or false")),
            Expression::Null => Err(self.error("null", "is not true or false")),
            Expression::Lower(_) => Err(self.error("lower", "is not true or false")),
        }
    }

    /// A value computed from a row: a column, or its text in lower case.
    pub(super) fn value(&self, expression: Expression) -> Result<Expression, ExpressionError> {
        match &expression {
            Expression::Column(_) => Ok(expression),
            Expression::Lower(inner) => match inner.as_ref() {
                Expression::Column(column) if self.field(column)?.logical == LogicalType::Text => {
                    Ok(expression)
                }
                _ => Err(self.error("lower", "takes a text field")),
            },
            _ => Err(ExpressionError::Unsupported { text: self.text.to_owned(), part: self.text.to_owned() }),
        }
    }

    /// The literal that a column gets by itself.
    pub(super) fn default(&self, literal: Expression, field: &Field) -> Result<Expression, ExpressionError> {
        match (&literal, &field.logical) {
            (Expression::Null, _) if field.null => Ok(Expression::Null),
            (Expression::Null, _) => Err(self.error("null", "but the field may not be null")),
            (
                _,
                LogicalType::Boolean
                | LogicalType::Int16
                | LogicalType::Int32
                | LogicalType::Int64
                | LogicalType::Float
                | LogicalType::Decimal { .. }
                | LogicalType::Text,
            ) => self.literal(literal, field),
            _ => Err(ExpressionError::Unsupported { text: self.text.to_owned(), part: self.text.to_owned() }),
        }
    }

    fn comparison(
        &self,
        comparison: Comparison,
        left: Expression,
        right: Expression,
    ) -> Result<Expression, ExpressionError> {
        let (left, right) = match (self.compared_field(&left)?, self.compared_field(&right)?) {
            (Some(field), None) => {
                let right = self.literal(right, field)?;
                self.ordered(comparison, field)?;
                (left, right)
            }
            (None, Some(field)) => {
                let left = self.literal(left, field)?;
                self.ordered(comparison, field)?;
                (left, right)
            }
            (Some(one), Some(other)) => {
                if one.logical != other.logical || one.sqlite != other.sqlite {
                    let reason = format!("is not of the same type as `{}`", other.name);
                    return Err(self.error(&one.name, reason));
                }
                self.ordered(comparison, one)?;
                (left, right)
            }
            (None, None) => return Err(self.error(self.text, "compares no field with anything")),
        };
        Ok(Expression::Compare(comparison, Box::new(left), Box::new(right)))
    }

    /// The field of a side of a comparison, if it is not a literal.
    fn compared_field(&self, side: &Expression) -> Result<Option<&Field>, ExpressionError> {
        match side {
            Expression::Column(column) => self.field(column).map(Some),
            Expression::Lower(inner) => match inner.as_ref() {
                Expression::Column(column) if self.field(column)?.logical == LogicalType::Text => {
                    self.field(column).map(Some)
                }
                _ => Err(self.error("lower", "takes a text field")),
            },
            Expression::Number(_) | Expression::Text(_) | Expression::Boolean(_) => Ok(None),
            Expression::Null => Err(self.error("null", "compares with nothing; write `is null`")),
            _ => Err(self.error(self.text, "compares conditions; use `and`, `or` and `not`")),
        }
    }

    /// True and false have no order here, and documents have none at all.
    fn ordered(&self, comparison: Comparison, field: &Field) -> Result<(), ExpressionError> {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        match field.logical {
            LogicalType::Boolean if !equality => Err(self.error(&field.name, "has no order")),
            // Equality of documents is not that of their texts.
            LogicalType::Json | LogicalType::Array(_) | LogicalType::Range(_) | LogicalType::SearchVector => {
                Err(self.error(&field.name, "cannot be compared here until expressions are supported"))
            }
            _ => Ok(()),
        }
    }

    /// A literal in the form in which the field is stored.
    fn literal(&self, literal: Expression, field: &Field) -> Result<Expression, ExpressionError> {
        let wrong = |shown: &str| {
            self.error(shown, format!("is no value that `{}` can be compared with here", field.name))
        };
        match (literal, &field.logical) {
            (Expression::Number(number), LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64) => {
                number
                    .parse::<i64>()
                    .map(|value| Expression::Number(value.to_string()))
                    .map_err(|_| self.error(&number, format!("is no integer, and `{}` is one", field.name)))
            }
            (Expression::Number(number), LogicalType::Float) => {
                Ok(Expression::Number(plain_decimal(&number).ok_or_else(|| wrong(&number))?))
            }
            (Expression::Number(number), LogicalType::Decimal { scale, .. }) => {
                let plain = plain_decimal(&number).ok_or_else(|| wrong(&number))?;
                match (self.dialect, field.sqlite) {
                    (Dialect::Postgres, _) => Ok(Expression::Number(plain)),
                    (Dialect::Sqlite, SqliteEncoding::ScaledInteger { .. }) => {
                        scaled(&plain, *scale).map(|value| Expression::Number(value.to_string())).ok_or_else(
                            || self.error(&number, format!("has more digits than `{}` keeps", field.name)),
                        )
                    }
                    (Dialect::Sqlite, _) => Err(self.error(
                        &field.name,
                        "has too many digits to be compared here until expressions are supported",
                    )),
                }
            }
            (literal @ Expression::Boolean(_), LogicalType::Boolean)
            | (literal @ Expression::Text(_), LogicalType::Text) => Ok(literal),
            (Expression::Number(shown) | Expression::Text(shown), _) => Err(wrong(&shown)),
            (Expression::Boolean(value), _) => Err(wrong(&value.to_string())),
            (_, _) => Err(wrong(self.text)),
        }
    }

    /// Whether a condition is never NULL; only then are SQL's NOT and the complement the same.
    fn never_null(&self, condition: &Expression) -> Result<(), ExpressionError> {
        match condition {
            Expression::Column(column) => {
                let field = self.field(column)?;
                if field.null {
                    return Err(self.error(
                        &field.name,
                        "may be null, and its negation is not supported here until expressions are",
                    ));
                }
                Ok(())
            }
            Expression::And(parts) | Expression::Or(parts) => {
                parts.iter().try_for_each(|part| self.never_null(part))
            }
            Expression::Not(inner) | Expression::Lower(inner) => self.never_null(inner),
            Expression::Compare(_, left, right) => {
                self.never_null(left)?;
                self.never_null(right)
            }
            Expression::IsNull(_)
            | Expression::Number(_)
            | Expression::Text(_)
            | Expression::Boolean(_)
            | Expression::Null => Ok(()),
        }
    }
}

/// `007.50` is `7.5`: one spelling for one number. `None` when it is no number.
fn plain_decimal(number: &str) -> Option<String> {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if whole == "0" && fraction.is_empty() { "" } else { sign };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// A decimal times ten to the `scale`, if that is an integer of 64 bits.
fn scaled(plain: &str, scale: u16) -> Option<i64> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_exactly_or_not_at_all() {
        assert_eq!(plain_decimal("007.50").as_deref(), Some("7.5"));
        assert_eq!(plain_decimal("-.50").as_deref(), Some("-0.5"));
        assert_eq!(plain_decimal("-0.0").as_deref(), Some("0"));
        assert_eq!(plain_decimal("."), None);
        assert_eq!(scaled("-0.5", 2), Some(-50));
        assert_eq!(scaled("7", 2), Some(700));
        assert_eq!(scaled("7.125", 2), None);
        assert_eq!(scaled("99999999999999999999", 0), None);
    }
}
