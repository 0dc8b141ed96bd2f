//! Whole numbers on SQLite: integers, durations as microseconds, and decimals as integers times a power of ten.
//!
//! SQLite makes a float of an integer that does not fit 64 bits, where PostgreSQL has an error. So each value is known with
//! its bounds, and only where these do not fit is there a check.

use super::literal::literal;
use super::sqlite::{Writer, ZERO, never_zero, overflow, written_integer};
use crate::bind::types::is_integer;
use crate::bind::{Scalar, Typed};
use crate::compile::{Conversion, StatementSlot};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;
use crate::value::Value;

/// An integer's SQL.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) sql: Sql,
    /// The value is the integer divided by ten to this power.
    pub(super) scale: u32,
    /// The smallest that the integer can be.
    least: i128,
    /// The largest.
    most: i128,
}

const LEAST: i128 = i64::MIN as i128;
const MOST: i128 = i64::MAX as i128;

fn integer(sql: Sql, least: i128, most: i128) -> Whole {
    Whole { sql, scale: 0, least, most }
}

fn power(exponent: u32) -> Option<i64> {
    10_i64.checked_pow(exponent)
}

impl Writer {
    /// The integer that stands for a whole number, a duration or a decimal.
    pub(super) fn whole(self, typed: &Typed) -> Result<Whole, CompileError> {
        match &typed.scalar {
            Scalar::Column { .. } => {
                let sql = self.value(typed)?;
                let (least, most) = bounds(&typed.logical);
                match (&typed.logical, typed.encoding) {
                    (LogicalType::Decimal { .. }, SqliteEncoding::ScaledInteger { scale }) => {
                        Ok(Whole { sql, scale: u32::from(scale), least, most })
                    }
                    (LogicalType::Decimal { .. }, _) => {
                        let name = match &typed.scalar {
                            Scalar::Column { column, .. } => column.as_str(),
                            _ => "decimal",
                        };
                        Err(self.refused(name, "a decimal of more than 18 digits is stored as text there"))
                    }
                    _ => Ok(integer(sql, least, most)),
                }
            }
            Scalar::Null => Ok(integer(Sql::Null, 0, 0)),
            Scalar::Slot(Slot::Constant(Value::Decimal(decimal))) => {
                let scale = decimal.scale();
                let Some(number) = decimal.to_scaled_i64(scale) else {
                    return Err(CompileError::Invalid("the number has too many digits".to_owned()));
                };
                let (least, most) = (i128::from(number), i128::from(number));
                Ok(Whole { sql: Sql::Integer(number), scale, least, most })
            }
            Scalar::Slot(slot) => {
                let (slot, conversion) = (slot.clone(), Conversion::Plain);
                let logical = typed.logical.clone();
                let encoding = SqliteEncoding::Plain;
                let sql = literal(&StatementSlot { slot, logical, encoding, conversion }, Dialect::Sqlite)?;
                let number = match &sql {
                    Sql::Integer(number) => i128::from(*number),
                    _ => LEAST,
                };
                Ok(integer(sql, number, number))
            }
            Scalar::Case { branches, otherwise } => {
                let mut conditions = Vec::with_capacity(branches.len());
                let mut values = Vec::with_capacity(branches.len() + 1);
                for (when, then) in branches {
                    conditions.push(self.condition(when)?);
                    values.push(self.whole(then)?);
                }
                if let Some(otherwise) = otherwise {
                    values.push(self.whole(otherwise)?);
                }
                let (mut values, scale, (least, most)) = self.alike(values)?;
                let otherwise = if otherwise.is_some() { values.pop().map(Box::new) } else { None };
                let sql = Sql::Case { branches: conditions.into_iter().zip(values).collect(), otherwise };
                Ok(Whole { sql, scale, least, most })
            }
            Scalar::Cast(of) => self.whole_cast(of, typed),
            Scalar::Call { function, arguments } => self.whole_call(function.name, arguments, typed),
            Scalar::Condition(_)
            | Scalar::Given { .. }
            | Scalar::Aggregate(_)
            | Scalar::Window(_)
            | Scalar::Select(_) => {
                Err(CompileError::Invalid("a number of the row is needed here".to_owned()))
            }
        }
    }

    fn whole_cast(self, of: &Typed, to: &Typed) -> Result<Whole, CompileError> {
        let no = |reason: &str| Err(self.refused("cast", reason));
        match (&of.logical, &to.logical) {
            (LogicalType::Decimal { .. }, LogicalType::Decimal { digits, scale }) => {
                let value = self.whole(of)?;
                if *digits == crate::bind::types::COMPUTED_DIGITS && value.scale <= u32::from(*scale) {
                    return Ok(value);
                }
                self.rounded(value, u32::from(*scale))
            }
            (from, LogicalType::Decimal { .. }) if is_integer(from) => self.whole(of),
            (from, to) if is_integer(from) && is_integer(to) => {
                let value = self.whole(of)?;
                let (least, most) = bounds(to);
                if value.least < least || value.most > most {
                    return no("no built-in function refuses what is too large for the type");
                }
                Ok(value)
            }
            (LogicalType::Boolean, to) if is_integer(to) => Ok(integer(self.value(of)?, 0, 1)),
            (LogicalType::Duration, LogicalType::Duration) => self.whole(of),
            _ => no("no built-in function gives the same number"),
        }
    }

    fn whole_call(
        self,
        name: &'static str,
        arguments: &[Typed],
        result: &Typed,
    ) -> Result<Whole, CompileError> {
        let small = |sql: Sql, most: i128| Ok(integer(sql, 0, most));
        match (name, arguments) {
            ("+" | "-", [left, right]) => {
                if let Some(difference) = self.difference(name, left, right)? {
                    return Ok(integer(difference, LEAST / 8, MOST / 8));
                }
                let [left, right] = self.same_scale([self.whole(left)?, self.whole(right)?])?;
                let (operator, least, most) = if name == "+" {
                    ("+", left.least + right.least, left.most + right.most)
                } else {
                    ("-", left.least - right.most, left.most - right.least)
                };
                let sql = Sql::binary(left.sql, operator, right.sql);
                self.fitting(name, Whole { sql, scale: left.scale, least, most })
            }
            ("*", [left, right]) => {
                let (left, right) = (self.whole(left)?, self.whole(right)?);
                let products = [
                    left.least * right.least,
                    left.least * right.most,
                    left.most * right.least,
                    left.most * right.most,
                ];
                let least = products.into_iter().min().unwrap_or(LEAST);
                let most = products.into_iter().max().unwrap_or(MOST);
                let sql = Sql::binary(left.sql, "*", right.sql);
                self.fitting(name, Whole { sql, scale: left.scale + right.scale, least, most })
            }
            ("/" | "%", [left, right]) => {
                if matches!(result.logical, LogicalType::Decimal { .. }) && name == "/" {
                    return Err(self.refused(name, "no built-in function divides decimals exactly"));
                }
                let never = never_zero(right);
                let [left, right] = self.same_scale([self.whole(left)?, self.whole(right)?])?;
                if !(never || right.least > 0 || right.most < 0) {
                    return Err(self.refused(name, ZERO));
                }
                if name == "%" {
                    let largest = right.least.abs().max(right.most.abs());
                    let sql = Sql::binary(left.sql, "%", right.sql);
                    return Ok(Whole { sql, scale: left.scale, least: -largest, most: largest });
                }
                // The quotient is larger than the dividend by its sign alone.
                let largest = left.least.abs().max(left.most.abs());
                let sql = Sql::binary(left.sql, "/", right.sql);
                self.fitting(name, Whole { sql, scale: 0, least: -largest, most: largest })
            }
            ("mod", [_, _]) => self.whole_call("%", arguments, result),
            ("age", [_, _]) => self.whole_call("-", arguments, result),
            ("negate", [value]) => {
                let value = self.whole(value)?;
                let (least, most) = (-value.most, -value.least);
                let sql = Sql::Negative(Box::new(value.sql));
                self.fitting(name, Whole { sql, least, most, ..value })
            }
            // Of the smallest integer it is an error of SQLite's own.
            ("abs", [value]) => {
                let value = self.whole(value)?;
                let most = value.least.abs().max(value.most.abs()).min(MOST);
                Ok(Whole { sql: Sql::call("abs", vec![value.sql]), scale: value.scale, least: 0, most })
            }
            ("sign", [value]) => {
                let value = self.whole(value)?.sql;
                self.may_repeat(name, &value)?;
                let zero = || Sql::Integer(0);
                let branches = vec![
                    (Sql::binary(value.clone(), ">", zero()), Sql::Integer(1)),
                    (Sql::binary(value.clone(), "<", zero()), Sql::Integer(-1)),
                    (Sql::binary(value, "=", zero()), zero()),
                ];
                Ok(integer(Sql::Case { branches, otherwise: None }, -1, 1))
            }
            ("round", [value, digits @ ..]) => {
                let places = match digits {
                    [] => Some(0),
                    [digits, ..] => written_integer(digits).and_then(|digits| u32::try_from(digits).ok()),
                };
                let value = self.whole(value)?;
                match places {
                    Some(places) if places >= value.scale => Ok(value),
                    Some(places) => self.rounded(value, places),
                    None => Err(self.refused(name, "its digits must be written down, from 0 on")),
                }
            }
            ("ceil" | "floor", [value]) => self.towards(name, self.whole(value)?),
            ("coalesce" | "nullif" | "greatest" | "least", operands) => {
                let values =
                    operands.iter().map(|operand| self.whole(operand)).collect::<Result<Vec<_>, _>>()?;
                let (values, scale, (least, most)) = self.alike(values)?;
                let nullable = operands.iter().any(|operand| operand.nullable);
                let sql = match name {
                    "coalesce" => Sql::call("coalesce", values),
                    "nullif" => Sql::call("nullif", values),
                    _ => self.extreme(name, values, nullable)?,
                };
                Ok(Whole { sql, scale, least, most })
            }
            ("length", [value]) if matches!(value.logical, LogicalType::Array(_)) => {
                small(Sql::call("json_array_length", vec![self.value(value)?]), 1 << 31)
            }
            ("length", [value]) => small(Sql::call("length", vec![self.value(value)?]), 1 << 31),
            ("json_array_length", [document]) => {
                let document = self.value(document)?;
                self.may_repeat(name, &document)?;
                let kind = Sql::call("json_type", vec![document.clone()]);
                let is_array = Sql::binary(kind, "=", Sql::Text("array".to_owned()));
                let length = Sql::call("json_array_length", vec![document]);
                small(Sql::Case { branches: vec![(is_array, length)], otherwise: None }, 1 << 31)
            }
            ("strindex", [value, part]) => {
                small(Sql::call("instr", vec![self.value(value)?, self.value(part)?]), 1 << 31)
            }
            ("bitand" | "bitor", [left, right]) => {
                let operator = if name == "bitand" { "&" } else { "|" };
                let sql = Sql::binary(self.whole(left)?.sql, operator, self.whole(right)?.sql);
                Ok(integer(sql, LEAST, MOST))
            }
            _ => match self.date_part(name, arguments)? {
                Some(part) => small(part, 9999),
                None => Err(self.refused(name, "SQLite has no built-in function that gives the same answer")),
            },
        }
    }

    /// A number with another power of ten; what is dropped is rounded, a half away from zero.
    pub(super) fn rounded(self, value: Whole, scale: u32) -> Result<Whole, CompileError> {
        if value.scale <= scale {
            return self.raised(value, scale);
        }
        let Some(by) = power(value.scale - scale) else {
            return Err(self.refused("round", "the number has too many digits"));
        };
        self.may_repeat("round", &value.sql)?;
        let half = Sql::Integer(by / 2);
        let toward = |operator| {
            Sql::binary(Sql::binary(value.sql.clone(), operator, half.clone()), "/", Sql::Integer(by))
        };
        let bound = |bound: i128| bound / i128::from(by);
        let (least, most) = (bound(value.least) - 1, bound(value.most) + 1);
        // Half of the power must fit beside it.
        if value.least - i128::from(by) < LEAST || value.most + i128::from(by) > MOST {
            return Err(self.refused("round", "what is added to round it may overflow"));
        }
        let negative = Sql::binary(value.sql.clone(), "<", Sql::Integer(0));
        let sql =
            Sql::Case { branches: vec![(negative, toward("-"))], otherwise: Some(Box::new(toward("+"))) };
        Ok(Whole { sql, scale, least, most })
    }

    /// The nearest whole number that is not larger (`floor`) or not smaller (`ceil`).
    fn towards(self, name: &str, value: Whole) -> Result<Whole, CompileError> {
        if value.scale == 0 {
            return Ok(value);
        }
        let Some(by) = power(value.scale) else {
            return Err(self.refused(name, "the number has too many digits"));
        };
        self.may_repeat(name, &value.sql)?;
        let (beyond, operator) = if name == "floor" { ("<", "-") } else { (">", "+") };
        // Division drops the rest, which is towards zero.
        let whole = || Sql::binary(value.sql.clone(), "/", Sql::Integer(by));
        let rest =
            Sql::binary(Sql::binary(value.sql.clone(), "%", Sql::Integer(by)), beyond, Sql::Integer(0));
        let sql = Sql::Case {
            branches: vec![(rest, Sql::binary(whole(), operator, Sql::Integer(1)))],
            otherwise: Some(Box::new(whole())),
        };
        let by = i128::from(by);
        Ok(integer(sql, value.least / by - 1, value.most / by + 1))
    }

    fn raised(self, value: Whole, scale: u32) -> Result<Whole, CompileError> {
        if value.scale >= scale {
            return Ok(value);
        }
        let Some(by) = power(scale - value.scale) else {
            return Err(self.refused("decimal", "the numbers have too many digits together"));
        };
        let (least, most) = (value.least * i128::from(by), value.most * i128::from(by));
        let sql = match value.sql {
            Sql::Integer(number) => match number.checked_mul(by) {
                Some(number) => Sql::Integer(number),
                None => return Err(self.refused("decimal", "the numbers have too many digits together")),
            },
            Sql::Null => Sql::Null,
            sql => Sql::binary(sql, "*", Sql::Integer(by)),
        };
        self.fitting("decimal", Whole { sql, scale, least, most })
    }

    pub(super) fn same_scale(self, [left, right]: [Whole; 2]) -> Result<[Whole; 2], CompileError> {
        let scale = left.scale.max(right.scale);
        Ok([self.raised(left, scale)?, self.raised(right, scale)?])
    }

    /// Values with one power of ten, and bounds that hold all of them.
    #[expect(clippy::type_complexity, reason = "a list, its scale and its bounds")]
    fn alike(self, values: Vec<Whole>) -> Result<(Vec<Sql>, u32, (i128, i128)), CompileError> {
        let scale = values.iter().map(|value| value.scale).max().unwrap_or(0);
        let values =
            values.into_iter().map(|value| self.raised(value, scale)).collect::<Result<Vec<_>, _>>()?;
        let least = values.iter().map(|value| value.least).min().unwrap_or(0);
        let most = values.iter().map(|value| value.most).max().unwrap_or(0);
        Ok((values.into_iter().map(|value| value.sql).collect(), scale, (least, most)))
    }

    /// A value that is an error when it does not fit 64 bits.
    fn fitting(self, name: &str, value: Whole) -> Result<Whole, CompileError> {
        if value.least >= LEAST && value.most <= MOST {
            return Ok(value);
        }
        self.may_repeat(name, &value.sql)?;
        let is_float = || {
            let kind = Sql::call("typeof", vec![value.sql.clone()]);
            Sql::binary(kind, "=", Sql::Text("real".to_owned()))
        };
        let sql = Sql::Case {
            branches: vec![(is_float(), overflow(is_float()))],
            otherwise: Some(Box::new(value.sql.clone())),
        };
        let (least, most) = (value.least.max(LEAST), value.most.min(MOST));
        Ok(Whole { sql, scale: value.scale, least, most })
    }

    /// A decimal of a column as its text, with all its places.
    pub(super) fn decimal_text(self, of: &Typed) -> Result<Sql, CompileError> {
        let LogicalType::Decimal { scale, .. } = of.logical else {
            return Err(self.refused("cast", "no built-in function writes the number"));
        };
        let value = self.rounded(self.whole(of)?, u32::from(scale))?;
        if value.scale == 0 {
            return Ok(Sql::cast(value.sql, "TEXT"));
        }
        let Some(by) = power(value.scale) else {
            return Err(self.refused("cast", "the number has too many digits"));
        };
        self.may_repeat("cast", &value.sql)?;
        let text = |text: &str| Sql::Text(text.to_owned());
        let magnitude = Sql::call("abs", vec![value.sql.clone()]);
        let sign = Sql::Case {
            branches: vec![(Sql::binary(value.sql, "<", Sql::Integer(0)), text("-"))],
            otherwise: Some(Box::new(text(""))),
        };
        let before = Sql::cast(Sql::binary(magnitude.clone(), "/", Sql::Integer(by)), "TEXT");
        let after = Sql::cast(Sql::binary(magnitude, "%", Sql::Integer(by)), "TEXT");
        let padded = Sql::binary(text(&"0".repeat(value.scale as usize)), "||", after);
        let places = Sql::call("substr", vec![padded, Sql::Integer(-i64::from(value.scale))]);
        let parts = [before, text("."), places];
        Ok(parts.into_iter().fold(sign, |whole, part| Sql::binary(whole, "||", part)))
    }
}

/// What a column of the type can hold: STRICT tables and their checks see to it.
fn bounds(logical: &LogicalType) -> (i128, i128) {
    match logical {
        LogicalType::Int16 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        LogicalType::Int32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        LogicalType::Decimal { digits, .. } if *digits <= 18 => {
            let most = 10_i128.pow(u32::from(*digits)) - 1;
            (-most, most)
        }
        _ => (LEAST, MOST),
    }
}
