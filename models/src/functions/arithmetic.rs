//! `+ - * / %` and the sign. Integers are computed in 64 bits, decimals exactly; overflow and division by zero are errors on
//! both databases. SQLite's own operators turn an overflow into a float and a division by zero into NULL, so native
//! functions stand in their place.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// What an operator makes of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

macro_rules! operator {
    ($item:ident, $name:literal, $operator:ident, $doc:literal, $usage:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: $usage,
            volatility: Volatility::Immutable,
            types: |operands| rule(Operator::$operator, operands),
            compile: |compiler, operands, result| compile(compiler, Operator::$operator, operands, result),
        };
    };
}

operator!(ADD, "+", Add, "The sum; of a datetime and a duration, the later datetime.", "a + b");
operator!(
    SUBTRACT,
    "-",
    Subtract,
    "The difference; of two dates, times or datetimes, the duration between them.",
    "a - b"
);
operator!(MULTIPLY, "*", Multiply, "The product.", "a * b");
operator!(
    DIVIDE,
    "/",
    Divide,
    "The quotient; of integers, its whole part. Dividing by zero is an error.",
    "a / b"
);
operator!(
    MODULO,
    "%",
    Modulo,
    "What division leaves, with the sign of the dividend. Dividing by zero is an error.",
    "a % b"
);

pub(super) static NEGATE: Function = Function {
    name: "negate",
    doc: "The number with the other sign.",
    usage: "-a, or negate(a)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [value] = operands else { return Err(takes("-a")) };
        let logical = types::computed_number(&value.logical)
            .or_else(|| (value.logical == LogicalType::Duration).then_some(LogicalType::Duration))
            .ok_or_else(|| format!("{} has no sign", types::type_name(&value.logical)))?;
        Rule::strict(operands, vec![Some(logical.clone())], logical)
    },
    compile: |compiler, operands, result| {
        let value = compiler.scalar(&operands[0])?;
        Ok(match (compiler.dialect(), result) {
            (Dialect::Sqlite, LogicalType::Decimal { .. }) => Sql::call("nuages_decimal_negate", vec![value]),
            (Dialect::Sqlite, LogicalType::Int64 | LogicalType::Duration) => {
                Sql::call("nuages_subtract", vec![Sql::Integer(0), value])
            }
            _ => Sql::Negative(Box::new(value)),
        })
    },
};

fn rule(operator: Operator, operands: &[Typed]) -> Result<Rule, String> {
    let [left, right] = operands else { return Err("two operands are needed".to_owned()) };
    if let Some(rule) = temporal(operator, operands, left, right)? {
        return Ok(rule);
    }
    let common = types::common(operands).map_err(|error| error.to_string())?;
    let Some(common) = types::computed_number(&common) else {
        return Err(format!("{} cannot be computed with", types::type_name(&common)));
    };
    let LogicalType::Decimal { .. } = common else {
        if operator == Operator::Modulo && common == LogicalType::Float {
            return Err("% is of whole and decimal numbers".to_owned());
        }
        let both = vec![Some(common.clone()), Some(common.clone())];
        return Rule::strict(operands, both, common);
    };
    let of = |operand: &Typed| match &operand.logical {
        LogicalType::Decimal { scale, .. } => *scale,
        _ => 0,
    };
    let (a, b) = (of(left), of(right));
    let scale = match operator {
        Operator::Add | Operator::Subtract | Operator::Modulo => a.max(b),
        Operator::Multiply => a.saturating_add(b),
        Operator::Divide => a.max(b).max(types::DIVISION_SCALE),
    };
    let operands_as = vec![Some(types::decimal_type(a)), Some(types::decimal_type(b))];
    Rule::strict(operands, operands_as, types::decimal_type(scale))
}

/// Dates, times and durations.
fn temporal(
    operator: Operator,
    operands: &[Typed],
    left: &Typed,
    right: &Typed,
) -> Result<Option<Rule>, String> {
    use LogicalType::{Date, DateTime, Duration, Time};
    let written = |typed: &Typed| types::is_flexible(typed);
    // A text that was written down beside a date is a date or a duration.
    let (a, b) = match (&left.logical, &right.logical) {
        (a @ (DateTime | Date | Time), LogicalType::Text) if written(right) => (
            a.clone(),
            if operator == Operator::Subtract && !is_duration(right) { a.clone() } else { Duration },
        ),
        (LogicalType::Text, b @ (DateTime | Date | Time)) if written(left) => {
            (if operator == Operator::Subtract { b.clone() } else { Duration }, b.clone())
        }
        (Duration, LogicalType::Text) if written(right) => (Duration, Duration),
        (LogicalType::Text, Duration) if written(left) => (Duration, Duration),
        (a, b) => (a.clone(), b.clone()),
    };
    let (as_left, as_right, result) = match (operator, &a, &b) {
        (Operator::Add | Operator::Subtract, DateTime, Duration) => (DateTime, Duration, DateTime),
        (Operator::Add, Duration, DateTime) => (Duration, DateTime, DateTime),
        (Operator::Add | Operator::Subtract, Date, Duration) => (DateTime, Duration, DateTime),
        (Operator::Add, Duration, Date) => (Duration, DateTime, DateTime),
        (Operator::Subtract, Date, Date) => (Date, Date, Duration),
        (Operator::Subtract, DateTime | Date, DateTime | Date) => (DateTime, DateTime, Duration),
        (Operator::Subtract, Time, Time) => (Time, Time, Duration),
        (Operator::Add | Operator::Subtract, Duration, Duration) => (Duration, Duration, Duration),
        (Operator::Multiply, Duration, number) if types::is_integer(number) => {
            (Duration, LogicalType::Int64, Duration)
        }
        (Operator::Multiply, number, Duration) if types::is_integer(number) => {
            (LogicalType::Int64, Duration, Duration)
        }
        _ if [&a, &b].into_iter().any(|of| matches!(of, DateTime | Date | Time | Duration)) => {
            return Err(format!(
                "{} and {} cannot be computed with so",
                types::type_name(&a),
                types::type_name(&b)
            ));
        }
        _ => return Ok(None),
    };
    Rule::strict(operands, vec![Some(as_left), Some(as_right)], result).map(Some)
}

fn is_duration(written: &Typed) -> bool {
    use crate::bind::Scalar;
    use crate::expr::Slot;
    use crate::value::Value;
    matches!(&written.scalar, Scalar::Slot(Slot::Constant(Value::Text(text)))
        if crate::value::parse_duration(text).is_ok())
}

fn compile(
    compiler: &mut Compiler<'_>,
    operator: Operator,
    operands: &[Typed],
    result: &LogicalType,
) -> Result<Sql, CompileError> {
    let left = compiler.scalar(&operands[0])?;
    let right = compiler.scalar(&operands[1])?;
    Ok(match compiler.dialect() {
        Dialect::Postgres => postgres(operator, operands, result, left, right),
        Dialect::Sqlite => sqlite(operator, operands, result, left, right),
    })
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Modulo => "%",
    }
}

fn postgres(operator: Operator, operands: &[Typed], result: &LogicalType, left: Sql, right: Sql) -> Sql {
    match (operator, result) {
        // The exact quotient, rounded once: PostgreSQL's own has as many digits as it sees fit.
        (Operator::Divide, LogicalType::Decimal { scale, .. }) => {
            let up = Sql::Number(format!("1{}", "0".repeat(usize::from(*scale) + 1)));
            let down = Sql::Number(format!("0.{}1", "0".repeat(usize::from(*scale))));
            let whole = Sql::call("div", vec![Sql::binary(left, "*", up), right]);
            Sql::call("round", vec![Sql::binary(whole, "*", down), Sql::Integer(i64::from(*scale))])
        }
        // Of two dates PostgreSQL's own is a number of days.
        (Operator::Subtract, LogicalType::Duration) if operands[0].logical == LogicalType::Date => {
            Sql::binary(Sql::cast(left, "timestamp"), "-", Sql::cast(right, "timestamp"))
        }
        (Operator::Subtract, LogicalType::Duration)
            if matches!(operands[0].logical, LogicalType::DateTime) =>
        {
            // Not `justify_days`: an instant's days all have 24 hours.
            Sql::binary(left, "-", right)
        }
        _ => Sql::binary(left, symbol(operator), right),
    }
}

fn sqlite(operator: Operator, operands: &[Typed], result: &LogicalType, left: Sql, right: Sql) -> Sql {
    let first = &operands[0].logical;
    match (operator, result) {
        (Operator::Divide, LogicalType::Decimal { scale, .. }) => {
            Sql::call("nuages_decimal_divide", vec![left, right, Sql::Integer(i64::from(*scale))])
        }
        (_, LogicalType::Decimal { .. }) => {
            let function = match operator {
                Operator::Add => "nuages_decimal_add",
                Operator::Subtract => "nuages_decimal_subtract",
                Operator::Multiply => "nuages_decimal_multiply",
                Operator::Divide | Operator::Modulo => "nuages_decimal_modulo",
            };
            Sql::call(function, vec![left, right])
        }
        (Operator::Add, LogicalType::DateTime) if *first == LogicalType::Duration => {
            Sql::call("nuages_datetime_add", vec![right, left])
        }
        (Operator::Add, LogicalType::DateTime) => Sql::call("nuages_datetime_add", vec![left, right]),
        (Operator::Subtract, LogicalType::DateTime) => {
            Sql::call("nuages_datetime_add", vec![left, Sql::Negative(Box::new(right))])
        }
        (Operator::Subtract, LogicalType::Duration) if *first == LogicalType::DateTime => {
            Sql::call("nuages_datetime_difference", vec![left, right])
        }
        (Operator::Subtract, LogicalType::Duration) if *first == LogicalType::Date => {
            let midnight = |day| Sql::binary(day, "||", Sql::Text(" 00:00:00".to_owned()));
            Sql::call("nuages_datetime_difference", vec![midnight(left), midnight(right)])
        }
        (Operator::Subtract, LogicalType::Duration) if *first == LogicalType::Time => {
            Sql::call("nuages_time_difference", vec![left, right])
        }
        (_, LogicalType::Float) => {
            let function = match operator {
                Operator::Divide => "nuages_float_divide",
                Operator::Multiply => "nuages_float_multiply",
                _ => return Sql::call("nuages_float", vec![Sql::binary(left, symbol(operator), right)]),
            };
            Sql::call(function, vec![left, right])
        }
        _ => {
            let function = match operator {
                Operator::Add => "nuages_add",
                Operator::Subtract => "nuages_subtract",
                Operator::Multiply => "nuages_multiply",
                Operator::Divide => "nuages_divide",
                Operator::Modulo => "nuages_modulo",
            };
            Sql::call(function, vec![left, right])
        }
    }
}
