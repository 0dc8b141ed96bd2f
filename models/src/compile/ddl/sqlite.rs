//! SQLite: built-in functions only, so that every program can open the file and write to it.
//!
//! Queries there need functions of ours, so this is a writer of its own, over the same bound expressions. What it does not
//! name is refused.

use super::literal::literal;
use super::{Body, DdlRole, Logic, is_constant, refused};
use crate::bind::types::{computed, is_integer, type_name};
use crate::bind::{BoundExpr, Scalar, Typed};
use crate::compile::{Conversion, StatementSlot};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::lookups::Lookup;
use crate::prepare::CompileError;
use crate::registry::{Field, LogicalType, SqliteEncoding};
use crate::sql::Sql;
use crate::value::Value;

/// The instant of an INSERT with SQLite's milliseconds; a fraction of zero is left out, as in all stored instants.
const NOW: &str = "%Y-%m-%d %H:%M:%f000";

/// Writes expressions with SQLite's own functions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    role: DdlRole,
    logic: Logic,
}

/// The SQL of an expression; `target` is the field that takes its value, where one does.
pub(super) fn compile(
    body: &Body,
    role: DdlRole,
    logic: Logic,
    target: Option<&Field>,
) -> Result<Sql, CompileError> {
    let writer = Writer { role, logic };
    let mut sql = match (body, target) {
        (Body::Condition(condition), _) => writer.condition(condition)?,
        (Body::Value(value), Some(field)) => writer.stored(value, field)?,
        (Body::Value(value), None) => writer.value(value)?,
    };
    unqualified(&mut sql);
    Ok(sql)
}

fn unqualified(sql: &mut Sql) {
    if let Sql::Column { column, .. } = sql {
        *sql = Sql::Name(std::mem::take(column));
        return;
    }
    sql.each_part(&mut unqualified);
}

fn text(text: &str) -> Sql {
    Sql::Text(text.to_owned())
}

impl Writer {
    /// That a function or a lookup has no place here.
    pub(super) fn refused(self, name: &str, reason: &str) -> CompileError {
        refused(self.role, name, "SQLite", reason)
    }

    /// A value as its column holds it.
    fn stored(self, value: &Typed, field: &Field) -> Result<Sql, CompileError> {
        if is_constant(value) {
            return self.constant(value, Conversion::Plain);
        }
        match (&field.logical, field.sqlite) {
            (LogicalType::Decimal { .. }, SqliteEncoding::ScaledInteger { scale }) => {
                let whole = self.whole(value)?;
                Ok(self.rounded(whole, u32::from(scale))?.sql)
            }
            (LogicalType::Decimal { .. }, _) => match &value.scalar {
                Scalar::Cast(of) if of.logical == field.logical && of.encoding == field.sqlite => {
                    self.value(of)
                }
                _ if value.encoding == field.sqlite => self.value(value),
                _ => {
                    Err(self.refused(&field.name, "a decimal of more than 18 digits is stored as text there"))
                }
            },
            _ => self.value(value),
        }
    }

    /// A literal, in the encoding that the value is bound to.
    fn constant(self, typed: &Typed, conversion: Conversion) -> Result<Sql, CompileError> {
        let Scalar::Slot(slot) = &typed.scalar else {
            return Err(CompileError::Invalid("a value is needed here, not a column".to_owned()));
        };
        let (slot, logical, encoding) = (slot.clone(), typed.logical.clone(), typed.encoding);
        let written = StatementSlot { slot, logical: logical.clone(), encoding, conversion };
        match literal(&written, Dialect::Sqlite)? {
            // A list that is stored is a document.
            Sql::Row(_) => Err(self.refused("array", "a list stands there as JSON; write a literal of JSON")),
            sql => Ok(sql),
        }
    }

    /// The values of a list that was written down.
    fn list(self, operand: &Typed, of: &Typed) -> Result<Vec<Sql>, CompileError> {
        let Scalar::Slot(Slot::Constant(Value::Array(elements))) = &operand.scalar else {
            return Err(self.refused("in", "its list must be written down"));
        };
        elements
            .iter()
            .map(|element| {
                let typed = Typed {
                    scalar: Scalar::Slot(Slot::Constant(element.clone())),
                    logical: of.logical.clone(),
                    encoding: of.encoding,
                    nullable: false,
                };
                self.constant(&typed, Conversion::Plain)
            })
            .collect()
    }

    /// A value as queries have it there; numbers that are whole, and decimals, as the integers that stand for them.
    pub(super) fn value(self, typed: &Typed) -> Result<Sql, CompileError> {
        if let Scalar::Column { alias, column } = &typed.scalar {
            return Ok(Sql::Column { alias: alias.name(), column: column.clone() });
        }
        if is_integer(&typed.logical)
            || matches!(typed.logical, LogicalType::Duration | LogicalType::Decimal { .. })
        {
            return Ok(self.whole(typed)?.sql);
        }
        match &typed.scalar {
            Scalar::Slot(Slot::Now) => Ok(Sql::call(
                "replace",
                vec![Sql::call("strftime", vec![text(NOW), text("now")]), text(".000000"), text("")],
            )),
            Scalar::Slot(_) => self.constant(typed, Conversion::Plain),
            Scalar::Null => Ok(Sql::Null),
            Scalar::Condition(condition) => self.condition(condition),
            Scalar::Call { function, arguments } => self.call(function.name, arguments, typed),
            Scalar::Case { branches, otherwise } => {
                let branches = branches
                    .iter()
                    .map(|(when, then)| Ok((self.condition(when)?, self.value(then)?)))
                    .collect::<Result<_, CompileError>>()?;
                let otherwise = match otherwise {
                    Some(otherwise) => Some(Box::new(self.value(otherwise)?)),
                    None => None,
                };
                Ok(Sql::Case { branches, otherwise })
            }
            Scalar::Cast(of) => self.cast(of, typed),
            Scalar::Column { .. }
            | Scalar::Given { .. }
            | Scalar::Aggregate(_)
            | Scalar::Window(_)
            | Scalar::Select(_) => Err(CompileError::Invalid("the value is of other rows".to_owned())),
        }
    }

    /// Functions whose value is no whole number and no decimal.
    fn call(self, name: &'static str, arguments: &[Typed], result: &Typed) -> Result<Sql, CompileError> {
        let values = |names: &'static str| -> Result<Sql, CompileError> {
            let values = arguments.iter().map(|argument| self.value(argument)).collect::<Result<_, _>>()?;
            Ok(Sql::call(names, values))
        };
        match (name, arguments) {
            ("concat", parts) => {
                let mut whole: Option<Sql> = None;
                for part in parts {
                    let value = self.value(part)?;
                    let value =
                        if part.nullable { Sql::call("coalesce", vec![value, text("")]) } else { value };
                    whole = Some(match whole {
                        Some(before) => Sql::binary(before, "||", value),
                        None => value,
                    });
                }
                Ok(whole.unwrap_or_else(|| text("")))
            }
            ("lower", _) => values("lower"),
            ("upper", _) => values("upper"),
            ("trim", _) => values("trim"),
            ("ltrim", _) => values("ltrim"),
            ("rtrim", _) => values("rtrim"),
            ("replace", _) => values("replace"),
            ("coalesce", _) => values("coalesce"),
            ("nullif", _) => values("nullif"),
            ("substr", [value, start, rest @ ..]) => {
                let positive = |typed: &Typed, least: i64| written_integer(typed).is_some_and(|n| n >= least);
                if !positive(start, 1) || !rest.iter().all(|length| positive(length, 0)) {
                    let reason =
                        "its positions must be written down, from 1 on: SQLite counts others from the end";
                    return Err(self.refused(name, reason));
                }
                let mut parts = vec![self.value(value)?, self.value(start)?];
                for length in rest {
                    parts.push(self.value(length)?);
                }
                Ok(Sql::call("substr", parts))
            }
            ("left" | "right", [value, length]) => {
                let Some(count) = written_integer(length).filter(|count| *count > 0) else {
                    return Err(self.refused(name, "its length must be written down, from 1 on"));
                };
                let value = self.value(value)?;
                Ok(match name {
                    "left" => Sql::call("substr", vec![value, Sql::Integer(1), Sql::Integer(count)]),
                    _ => Sql::call("substr", vec![value, Sql::Integer(-count)]),
                })
            }
            ("greatest" | "least", operands) => {
                let values =
                    operands.iter().map(|operand| self.value(operand)).collect::<Result<Vec<_>, _>>()?;
                let nullable = operands.iter().any(|operand| operand.nullable);
                self.extreme(name, values, nullable)
            }
            ("random", []) => {
                let bits = Sql::binary(Sql::call("random", Vec::new()), "&", Sql::Integer((1 << 53) - 1));
                Ok(Sql::binary(bits, "/", Sql::Number("9007199254740992.0".to_owned())))
            }
            ("uuid4", []) => Ok(crate::functions::uuid4_on_sqlite()),
            ("trunc", _) => self.trunc(arguments, result),
            ("date" | "time", [value, zone]) => {
                self.in_utc(name, Some(zone))?;
                let value = self.value(value)?;
                Ok(match name {
                    "date" => Sql::call("substr", vec![value, Sql::Integer(1), Sql::Integer(10)]),
                    _ => Sql::call("substr", vec![value, Sql::Integer(12)]),
                })
            }
            _ if result.logical == LogicalType::Float => self.float(name, arguments),
            ("+" | "-", _) if matches!(result.logical, LogicalType::DateTime | LogicalType::Date) => {
                let reason = "no built-in function adds microseconds; compare the difference of two instants \
                    with the duration";
                Err(self.refused(name, reason))
            }
            _ => Err(self.refused(name, "SQLite has no built-in function that gives the same answer")),
        }
    }

    /// The largest or smallest of values without NULLs: SQLite's own are NULL when one value is.
    pub(super) fn extreme(self, name: &str, values: Vec<Sql>, nullable: bool) -> Result<Sql, CompileError> {
        let function = if name == "greatest" { "max" } else { "min" };
        if !nullable {
            return Ok(Sql::call(function, values));
        }
        let mut values = values.into_iter();
        let Some(mut whole) = values.next() else {
            return Err(CompileError::Invalid(format!("`{name}` needs values")));
        };
        for value in values {
            self.may_repeat(name, &whole)?;
            self.may_repeat(name, &value)?;
            let both = Sql::call(function, vec![whole.clone(), value.clone()]);
            whole = Sql::call("coalesce", vec![both, whole, value]);
        }
        Ok(whole)
    }

    /// That a part is small enough to stand in the text several times: parts of parts would be repeated as often again.
    pub(super) fn may_repeat(self, name: &str, part: &Sql) -> Result<(), CompileError> {
        const LARGEST: usize = 200;
        if size(part) > LARGEST { Err(self.refused(name, TOO_LONG)) } else { Ok(()) }
    }

    fn float(self, name: &'static str, arguments: &[Typed]) -> Result<Sql, CompileError> {
        match (name, arguments) {
            ("+" | "-" | "*", [left, right]) => {
                let operator = match name {
                    "+" => "+",
                    "-" => "-",
                    _ => "*",
                };
                let value = Sql::binary(self.value(left)?, operator, self.value(right)?);
                self.finite(name, value)
            }
            ("/", [left, right]) => {
                let divides = matches!(&right.scalar, Scalar::Slot(Slot::Constant(Value::Float(by))) if *by != 0.0)
                    || never_zero(right);
                if !divides {
                    return Err(self.refused(name, ZERO));
                }
                let value = Sql::binary(self.value(left)?, "/", self.value(right)?);
                self.finite(name, value)
            }
            ("negate", [value]) => Ok(Sql::Negative(Box::new(self.value(value)?))),
            ("abs", [value]) => Ok(Sql::call("abs", vec![self.value(value)?])),
            _ => Err(self
                .refused(name, "SQLite has no built-in function in every build that gives the same answer")),
        }
    }

    /// A float that is an error when it is infinite, as PostgreSQL has it.
    fn finite(self, name: &str, value: Sql) -> Result<Sql, CompileError> {
        self.may_repeat(name, &value)?;
        let infinite = || {
            let largest = Sql::Number("1.7976931348623157e308".to_owned());
            Sql::binary(Sql::call("abs", vec![value.clone()]), ">", largest)
        };
        Ok(Sql::Case { branches: vec![(infinite(), overflow(infinite()))], otherwise: Some(Box::new(value)) })
    }

    fn cast(self, of: &Typed, to: &Typed) -> Result<Sql, CompileError> {
        use LogicalType::{Boolean, Date, DateTime, Decimal, Float, IpAddress, Text, Time, Uuid};
        let part = |value: &Sql, start: i64, length: i64| {
            Sql::call("substr", vec![value.clone(), Sql::Integer(start), Sql::Integer(length)])
        };
        Ok(match (&of.logical, &to.logical) {
            (Decimal { digits, .. }, Float) if *digits <= 15 => {
                let whole = self.whole(of)?;
                let scale = Sql::Number(format!("1e{}", whole.scale));
                Sql::binary(Sql::cast(whole.sql, "REAL"), "/", scale)
            }
            (Decimal { digits, .. }, Text) if *digits <= 18 => self.decimal_text(of)?,
            (from, Float) if is_integer(from) => Sql::cast(self.value(of)?, "REAL"),
            (from, Text) if is_integer(from) => Sql::cast(self.value(of)?, "TEXT"),
            (from, Boolean) if is_integer(from) => Sql::binary(self.value(of)?, "<>", Sql::Integer(0)),
            (from, to) if from == to => self.value(of)?,
            (Date | Time | IpAddress, Text) => self.value(of)?,
            (Boolean, Text) => {
                let value = self.value(of)?;
                self.may_repeat("cast", &value)?;
                let negated = Sql::Not(Box::new(value.clone()));
                Sql::Case { branches: vec![(value, text("true")), (negated, text("false"))], otherwise: None }
            }
            (Uuid, Text) => {
                let value = self.value(of)?;
                self.may_repeat("cast", &value)?;
                let parts = [(9, 4), (13, 4), (17, 4), (21, 12)];
                parts.into_iter().fold(part(&value, 1, 8), |before, (start, length)| {
                    Sql::binary(Sql::binary(before, "||", text("-")), "||", part(&value, start, length))
                })
            }
            (Date, DateTime) => Sql::binary(self.value(of)?, "||", text(" 00:00:00")),
            (DateTime, Date) => part(&self.value(of)?, 1, 10),
            (DateTime, Time) => Sql::call("substr", vec![self.value(of)?, Sql::Integer(12)]),
            (from, to) => {
                let reason = format!("no built-in function makes {} of {}", type_name(to), type_name(from));
                return Err(self.refused("cast", &reason));
            }
        })
    }

    pub(super) fn condition(self, condition: &BoundExpr) -> Result<Sql, CompileError> {
        let all = |parts: &[BoundExpr]| {
            parts.iter().map(|part| self.condition(part)).collect::<Result<Vec<_>, _>>()
        };
        let single = |mut parts: Vec<Sql>, many: fn(Vec<Sql>) -> Sql| {
            if parts.len() == 1 { parts.swap_remove(0) } else { many(parts) }
        };
        match condition {
            // Booleans are integers in STRICT tables, and old versions have no words for them.
            BoundExpr::And(parts) if parts.is_empty() => Ok(Sql::Integer(1)),
            BoundExpr::Or(parts) if parts.is_empty() => Ok(Sql::Integer(0)),
            BoundExpr::And(parts) => Ok(single(all(parts)?, Sql::And)),
            BoundExpr::Or(parts) => Ok(single(all(parts)?, Sql::Or)),
            BoundExpr::Not(part) => self.negation(part),
            BoundExpr::Lookup { lookup, left, right } => self.lookup(lookup, left, right),
            BoundExpr::Present(..) | BoundExpr::Exists(_) | BoundExpr::InSelect { .. } => {
                Err(CompileError::Invalid("the condition is of other rows".to_owned()))
            }
        }
    }

    fn negation(self, part: &BoundExpr) -> Result<Sql, CompileError> {
        let sql_logic = self.logic == Logic::Sql;
        if let BoundExpr::Lookup { lookup, left, right } = part {
            match lookup.name {
                "isnull" => return Ok(Sql::test(self.value(left)?, "IS NOT NULL")),
                // Two NULLs are not equal, and not distinct either: then the word would be wrong.
                "exact"
                    if left.logical != LogicalType::Boolean
                        && (sql_logic || !(left.nullable && right[0].nullable)) =>
                {
                    let nullable = (left.nullable || right[0].nullable) && !sql_logic;
                    return self.compared(lookup, left, if nullable { "IS NOT" } else { "<>" }, &right[0]);
                }
                _ => {}
            }
        }
        let inner = self.condition(part)?;
        let plain = sql_logic || !part.nullable();
        Ok(if plain { Sql::Not(Box::new(inner)) } else { Sql::test(inner, "IS NOT TRUE") })
    }

    fn lookup(self, lookup: &'static Lookup, left: &Typed, right: &[Typed]) -> Result<Sql, CompileError> {
        let folded = |typed: &Typed| Ok(Sql::call("upper", vec![self.value(typed)?]));
        let plain = |typed: &Typed| self.value(typed);
        Ok(match (lookup.name, right) {
            ("isnull", _) => Sql::test(self.value(left)?, "IS NULL"),
            ("is_true", _) => self.value(left)?,
            ("exact", [right]) => match &right.scalar {
                Scalar::Slot(Slot::Constant(Value::Boolean(true))) => self.value(left)?,
                Scalar::Slot(Slot::Constant(Value::Boolean(false))) => Sql::Not(Box::new(self.value(left)?)),
                _ => self.compared(lookup, left, "=", right)?,
            },
            ("gt", [right]) => self.compared(lookup, left, ">", right)?,
            ("gte", [right]) => self.compared(lookup, left, ">=", right)?,
            ("lt", [right]) => self.compared(lookup, left, "<", right)?,
            ("lte", [right]) => self.compared(lookup, left, "<=", right)?,
            ("range", [least, most]) => Sql::And(vec![
                self.compared(lookup, left, ">=", least)?,
                self.compared(lookup, left, "<=", most)?,
            ]),
            ("in", [list]) => {
                let has_form = left.logical != LogicalType::Json
                    && (!matches!(left.logical, LogicalType::Decimal { .. })
                        || matches!(left.scalar, Scalar::Column { .. }));
                if !has_form {
                    return Err(
                        self.refused("in", "the same values have several forms there; compare with each")
                    );
                }
                match self.list(list, left)? {
                    list if list.is_empty() => Sql::Integer(0),
                    list => Sql::InList { element: Box::new(self.value(left)?), list },
                }
            }
            ("iexact", [right]) => Sql::binary(folded(left)?, "=", folded(right)?),
            ("contains", [right]) if left.logical == LogicalType::Text => {
                contains(self.value(left)?, self.value(right)?)
            }
            ("icontains", [right]) => contains(folded(left)?, folded(right)?),
            ("startswith", [right]) => self.starts(plain(left)?, plain(right)?)?,
            ("istartswith", [right]) => self.starts(folded(left)?, folded(right)?)?,
            ("endswith", [right]) => self.ends(plain(left)?, plain(right)?)?,
            ("iendswith", [right]) => self.ends(folded(left)?, folded(right)?)?,
            ("regex" | "iregex", _) => {
                return Err(self.refused(lookup.name, "SQLite has no regular expressions of its own"));
            }
            _ => {
                let reason = "SQLite has no built-in function that gives the same answer";
                return Err(self.refused(lookup.name, reason));
            }
        })
    }

    fn starts(self, text: Sql, part: Sql) -> Result<Sql, CompileError> {
        self.may_repeat("startswith", &part)?;
        let length = Sql::call("length", vec![part.clone()]);
        Ok(Sql::binary(Sql::call("substr", vec![text, Sql::Integer(1), length]), "=", part))
    }

    /// `substr(text, -0)` is the whole text, so the empty part is a case of its own.
    fn ends(self, text: Sql, part: Sql) -> Result<Sql, CompileError> {
        self.may_repeat("endswith", &text)?;
        self.may_repeat("endswith", &part)?;
        let length = Sql::call("length", vec![part.clone()]);
        let end = Sql::call("substr", vec![text.clone(), Sql::Negative(Box::new(length.clone()))]);
        let is_end = Sql::binary(end, "=", part.clone());
        if matches!(&part, Sql::Text(part) if !part.is_empty()) {
            return Ok(is_end);
        }
        let is_empty = Sql::binary(length, "=", Sql::Integer(0));
        let none = Sql::call("substr", vec![text, Sql::Integer(1), Sql::Integer(0)]);
        let whole = Sql::binary(none, "=", part);
        Ok(Sql::Case { branches: vec![(is_empty, whole)], otherwise: Some(Box::new(is_end)) })
    }

    fn compared(
        self,
        lookup: &Lookup,
        left: &Typed,
        operator: &'static str,
        right: &Typed,
    ) -> Result<Sql, CompileError> {
        match &left.logical {
            LogicalType::Json => {
                return Err(self.refused(lookup.name, "equal documents have several texts"));
            }
            LogicalType::IpAddress if !matches!(operator, "=" | "<>" | "IS NOT") => {
                return Err(self.refused(lookup.name, "addresses are texts there, whose order is another"));
            }
            LogicalType::Decimal { .. } => return self.compared_decimals(lookup, left, operator, right),
            _ => {}
        }
        Ok(Sql::binary(self.value(left)?, operator, self.value(right)?))
    }

    fn compared_decimals(
        self,
        lookup: &Lookup,
        left: &Typed,
        operator: &'static str,
        right: &Typed,
    ) -> Result<Sql, CompileError> {
        let stored = |typed: &Typed| match typed.encoding {
            SqliteEncoding::ScaledInteger { .. } | SqliteEncoding::OrderedText { .. } => true,
            SqliteEncoding::Plain | SqliteEncoding::Sortable | SqliteEncoding::Django => false,
        };
        let is_column = |typed: &Typed| matches!(typed.scalar, Scalar::Column { .. });
        if is_column(left) && stored(left) && left.encoding == right.encoding {
            // A literal that the column cannot hold lies between two that it can.
            let conversion = match operator {
                "<" | ">=" => Conversion::StoredAbove,
                ">" | "<=" => Conversion::StoredBelow,
                _ => Conversion::Plain,
            };
            if is_constant(right) {
                return Ok(Sql::binary(self.value(left)?, operator, self.constant(right, conversion)?));
            }
            if is_column(right) {
                return Ok(Sql::binary(self.value(left)?, operator, self.value(right)?));
            }
        }
        let long = |typed: &Typed| matches!(typed.encoding, SqliteEncoding::OrderedText { .. });
        if long(left) || long(right) {
            let reason =
                "a decimal of more than 18 digits is text there; compare the column itself with a number";
            return Err(self.refused(lookup.name, reason));
        }
        let [left, right] = self.same_scale([self.whole(left)?, self.whole(right)?])?;
        Ok(Sql::binary(left.sql, operator, right.sql))
    }
}

/// Why a divisor is refused.
pub(super) const ZERO: &str =
    "dividing by zero is NULL there where it must be an error; divide by a number, or by nullif(…, 0)";
/// Why a part is refused whose check of its result would repeat it too often.
const TOO_LONG: &str = "it makes too long a text there, because its parts must stand in it several times";

/// Whether a value is NULL rather than zero.
pub(super) fn never_zero(typed: &Typed) -> bool {
    match &typed.scalar {
        Scalar::Call { function, arguments } if function.name == "nullif" => match arguments.as_slice() {
            [_, Typed { scalar: Scalar::Slot(Slot::Constant(value)), .. }] => match value {
                Value::Int(number) => *number == 0,
                Value::Float(number) => *number == 0.0,
                Value::Decimal(decimal) => decimal.is_zero(),
                _ => false,
            },
            _ => false,
        },
        Scalar::Cast(of) => never_zero(of),
        _ => false,
    }
}

/// An error when the condition holds: the absolute value of the smallest integer is too large for SQLite. It hangs on the
/// condition, so that it is computed only where it stands.
pub(super) fn overflow(condition: Sql) -> Sql {
    Sql::call("abs", vec![Sql::binary(Sql::Integer(-i64::MAX), "-", condition)])
}

/// How many parts an expression has.
fn size(sql: &Sql) -> usize {
    let mut parts = 1;
    sql.clone().each_part(&mut |part| parts += size(part));
    parts
}

/// An integer that was written down.
pub(super) fn written_integer(typed: &Typed) -> Option<i64> {
    match &typed.scalar {
        Scalar::Slot(Slot::Constant(Value::Int(number))) => Some(*number),
        Scalar::Call { function, arguments } if function.name == "negate" => {
            written_integer(arguments.first()?)?.checked_neg()
        }
        Scalar::Cast(of) if is_integer(&of.logical) && typed.encoding == computed(&typed.logical) => {
            written_integer(of)
        }
        _ => None,
    }
}

fn contains(text: Sql, part: Sql) -> Sql {
    Sql::binary(Sql::call("instr", vec![text, part]), ">", Sql::Integer(0))
}
