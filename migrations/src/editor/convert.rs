//! What becomes of a column's values when its type changes.
//!
//! A conversion is exact or refused: values that the new type cannot hold are found before anything is done, and never cut,
//! rounded or set to NULL in silence. (A float becomes a decimal of the column's digits: floats are not exact to begin with.)

use super::steps::Conversion;
use crate::table::Column;
use nuages_models::database::Dialect;
use nuages_models::registry::{LogicalType, SqliteEncoding};
use nuages_models::sql::quoted_identifier;

/// Why values cannot be converted, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "column {table}.{column} cannot become {to} from {from}: there is no conversion between the two that keeps the values. \
     Add a new field, fill it with an UpdateRows operation, remove the old one, and rename the new one"
)]
pub struct Unconvertible {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type that it has.
    pub from: String,
    /// The type that it should have.
    pub to: String,
}

/// What a type is called in messages.
pub(crate) fn type_words(column: &Column) -> String {
    match &column.logical {
        LogicalType::Decimal { digits, scale } => {
            format!("a decimal of {digits} digits, {scale} after the point")
        }
        LogicalType::Encrypted(_) => "an encrypted text".to_owned(),
        LogicalType::Custom(custom) => custom.name().to_owned(),
        logical => format!("{logical:?}").to_lowercase(),
    }
}

/// How the values of a column become those of another; `column` is the name by which a statement finds it. `None`: they are
/// the same as they stand, and all fit.
pub(crate) fn conversion(
    from: &Column,
    to: &Column,
    column: &str,
    dialect: Dialect,
) -> Result<Option<Conversion>, ()> {
    let name = quoted_identifier(column);
    let mut found = match dialect {
        Dialect::Postgres => postgres(from, to, &name)?,
        Dialect::Sqlite => sqlite(from, to, &name)?,
    };
    if let Some(limit) = text_limit(to)
        && (from.logical != LogicalType::Text || text_limit(from).is_none_or(|old| old > limit))
    {
        let value = found.as_ref().and_then(|found| found.value.clone()).unwrap_or_else(|| name.clone());
        let long = format!("length({value}) > {limit}");
        let conversion = found.get_or_insert_with(Conversion::default);
        conversion.unfit = Some(either(conversion.unfit.take(), long));
    }
    Ok(found)
}

fn either(unfit: Option<String>, other: String) -> String {
    match unfit {
        Some(unfit) => format!("{unfit} OR {other}"),
        None => other,
    }
}

/// The number of characters that the database lets a text column have.
fn text_limit(column: &Column) -> Option<u32> {
    if column.logical != LogicalType::Text {
        return None;
    }
    if let Some(crate::table::ColumnCheck::MaxLength(limit)) = column.check {
        return Some(limit);
    }
    let digits = column.sql_type.strip_prefix("character varying(")?.strip_suffix(')')?;
    digits.parse().ok()
}

/// Smallest and largest of an integer type.
fn bounds(logical: &LogicalType) -> Option<(i64, i64)> {
    Some(match logical {
        LogicalType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        LogicalType::Int32 => (i32::MIN.into(), i32::MAX.into()),
        LogicalType::Int64 => (i64::MIN, i64::MAX),
        _ => return None,
    })
}

fn is_integer(logical: &LogicalType) -> bool {
    bounds(logical).is_some()
}

/// The condition that finds integers outside of a type, unless all of the source type fit.
fn out_of_bounds(value: &str, from: Option<&LogicalType>, to: &LogicalType) -> Option<String> {
    let (min, max) = bounds(to)?;
    let fits = match from.and_then(bounds) {
        Some((smallest, largest)) => smallest >= min && largest <= max,
        None => false,
    };
    (!fits).then(|| format!("{value} NOT BETWEEN {min} AND {max}"))
}

fn as_it_is() -> Option<Conversion> {
    None
}

fn all_fit(value: String) -> Option<Conversion> {
    Some(Conversion { value: Some(value), unfit: None })
}

fn fit_unless(value: String, unfit: String) -> Option<Conversion> {
    Some(Conversion { value: Some(value), unfit: Some(unfit) })
}

fn postgres(from: &Column, to: &Column, c: &str) -> Result<Option<Conversion>, ()> {
    use LogicalType as L;
    let cast = format!("{c}::{}", to.sql_type);
    Ok(match (&from.logical, &to.logical) {
        // What is out of range is an error of the change itself; it is found before it, to say how many.
        (a, b) if is_integer(a) && is_integer(b) => {
            out_of_bounds(c, Some(a), b).map(|unfit| Conversion { value: None, unfit: Some(unfit) })
        }
        (&L::Decimal { digits: d1, scale: s1 }, &L::Decimal { digits: d2, scale: s2 }) => {
            if s2 >= s1 && d2.saturating_sub(s2) >= d1.saturating_sub(s1) {
                as_it_is()
            } else {
                let unfit =
                    format!("{c} <> round({c}, {s2}) OR abs({c}) >= 1e{}::numeric", d2.saturating_sub(s2));
                Some(Conversion { value: None, unfit: Some(unfit) })
            }
        }
        (a, b) if a == b => as_it_is(),
        (a, L::Decimal { digits, scale }) if is_integer(a) => {
            fit_unless(cast, format!("abs({c}::numeric) >= 1e{}::numeric", digits.saturating_sub(*scale)))
        }
        (L::Decimal { .. }, b) if is_integer(b) => {
            let range = out_of_bounds(c, None, b).unwrap_or_default();
            fit_unless(cast, format!("{c} <> trunc({c}) OR {range}"))
        }
        (L::Int16 | L::Int32 | L::Int64 | L::Decimal { .. }, L::Float) => all_fit(cast),
        (L::Float, b) if is_integer(b) => {
            let (min, max) = bounds(b).unwrap_or_default();
            // The largest 64-bit integer is no float; the next float above is just too large.
            fit_unless(cast, format!("{c} <> trunc({c}) OR {c} < {min}::float8 OR {c}::numeric > {max}"))
        }
        (L::Float, L::Decimal { digits, scale }) => fit_unless(
            cast,
            format!("abs(round({c}::numeric, {scale})) >= 1e{}::numeric", digits.saturating_sub(*scale)),
        ),
        (L::Boolean, b) if is_integer(b) => all_fit(format!("{c}::integer::{}", to.sql_type)),
        (a, L::Boolean) if is_integer(a) => fit_unless(format!("({c} <> 0)"), format!("{c} NOT IN (0, 1)")),
        (L::Boolean | L::Uuid | L::Date | L::Int16 | L::Int32 | L::Int64 | L::Float, L::Text) => {
            all_fit(format!("{c}::text"))
        }
        (L::Decimal { .. } | L::Json, L::Text) => all_fit(format!("{c}::text")),
        (L::IpAddress, L::Text) => all_fit(format!("host({c})")),
        // As SQLite holds them: no zone, and the fraction absent or of six digits.
        (L::Time, L::Text) => all_fit(without_zeros(&format!("to_char({c}, 'HH24:MI:SS.US')"))),
        (L::DateTime, L::Text) => {
            all_fit(without_zeros(&format!("to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")))
        }
        (L::Text, b) if is_integer(b) => {
            let number = format!("CASE WHEN {c} ~ '^\\s*[+-]?[0-9]{{1,18}}\\s*$' THEN {c}::bigint END");
            let range = out_of_bounds(&format!("({number})"), None, b).unwrap_or_default();
            fit_unless(cast, format!("({number}) IS NULL OR {range}"))
        }
        (L::Text, L::Decimal { digits, scale }) => {
            let number = format!("(CASE WHEN {c} ~ '{DECIMAL_PATTERN}' THEN {c}::numeric END)");
            let large = format!("abs({number}) >= 1e{}::numeric", digits.saturating_sub(*scale));
            fit_unless(cast, format!("{number} IS NULL OR {number} <> round({number}, {scale}) OR {large}"))
        }
        (L::Text, L::Float) => fit_unless(cast, format!("{c} !~ '{FLOAT_PATTERN}'")),
        (L::Text, L::Boolean) => fit_unless(
            format!("(lower(trim({c})) IN ({TRUE}))"),
            format!("lower(trim({c})) NOT IN ({TRUE}, {FALSE})"),
        ),
        (L::Text, L::Uuid) => fit_unless(cast, format!("lower(replace({c}, '-', '')) !~ '^[0-9a-f]{{32}}$'")),
        (L::Text, L::Date) => fit_unless(cast, format!("{c} !~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'")),
        (L::Text, L::Time) => {
            fit_unless(cast, format!("{c} !~ '^[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,6}})?$'"))
        }
        (L::Text, L::DateTime) => fit_unless(
            format!("({c}::timestamp AT TIME ZONE 'UTC')"),
            format!(
                "{c} !~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,6}})?$'"
            ),
        ),
        (L::Text, L::Json) => all_fit(cast),
        (L::Date, L::DateTime) => all_fit(format!("({c}::timestamp AT TIME ZONE 'UTC')")),
        (L::DateTime, L::Date) => {
            let local = format!("({c} AT TIME ZONE 'UTC')");
            fit_unless(format!("{local}::date"), format!("{local} <> date_trunc('day', {local})"))
        }
        _ => return Err(()),
    })
}

const DECIMAL_PATTERN: &str = r"^\s*[+-]?[0-9]+(\.[0-9]+)?\s*$";
const FLOAT_PATTERN: &str = r"^\s*[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*$";
const TRUE: &str = "'true', 't', 'yes', 'on', '1'";
const FALSE: &str = "'false', 'f', 'no', 'off', '0'";

fn without_zeros(text: &str) -> String {
    format!("regexp_replace({text}, '\\.000000$', '')")
}

fn sqlite(from: &Column, to: &Column, c: &str) -> Result<Option<Conversion>, ()> {
    use LogicalType as L;
    Ok(match (&from.logical, &to.logical) {
        (a, b) if is_integer(a) && is_integer(b) => {
            out_of_bounds(c, Some(a), b).map(|unfit| Conversion { value: None, unfit: Some(unfit) })
        }
        (L::Decimal { .. }, L::Decimal { .. }) => decimals(from, to, c)?,
        (a, b) if a == b => as_it_is(),
        (a, L::Decimal { .. }) if is_integer(a) => stored_decimal(to, &format!("nuages_decimal({c})"))?,
        (L::Float, L::Decimal { digits, scale }) => {
            let number = format!("nuages_decimal_of_float({c})");
            let conversion = stored_decimal(to, &number)?;
            let limit = format!("1e{}", digits.saturating_sub(*scale));
            conversion.map(|found| Conversion { unfit: Some(format!("abs({c}) >= {limit}")), ..found })
        }
        (L::Text, L::Decimal { .. }) => {
            // A text that is no number must not reach the function, whose error would not say which rows.
            let number = format!("CASE WHEN {} THEN nuages_decimal_of_text({c}) END", is_plain_number(c));
            let conversion = stored_decimal(to, &format!("({number})"))?;
            conversion.map(|found| Conversion {
                unfit: Some(format!("({number}) IS NULL OR {}", found.unfit.unwrap_or_default())),
                ..found
            })
        }
        (L::Decimal { .. }, b) if is_integer(b) => {
            let number = decimal(from, c)?;
            let digits = format!("nuages_decimal_round({number}, 0)");
            let bits = match b {
                L::Int16 => "16",
                L::Int32 => "32",
                _ => "64",
            };
            let (min, max) = bounds(b).unwrap_or_default();
            let large = format!("{number} NOT BETWEEN nuages_decimal({min}) AND nuages_decimal({max})");
            fit_unless(
                format!("nuages_decimal_to_integer({number}, '{bits}')"),
                format!("{digits} <> {number} OR {large}"),
            )
        }
        (L::Decimal { .. }, L::Float) => all_fit(format!("nuages_decimal_to_float({})", decimal(from, c)?)),
        (L::Decimal { scale, .. }, L::Text) => {
            all_fit(format!("nuages_decimal_text({}, {scale})", decimal(from, c)?))
        }
        (a, L::Float) if is_integer(a) => all_fit(format!("CAST({c} AS REAL)")),
        (L::Float, b) if is_integer(b) => {
            let whole = format!("CAST({c} AS INTEGER)");
            let range = out_of_bounds(c, None, b).unwrap_or_default();
            fit_unless(whole.clone(), format!("{c} <> {whole} OR {range}"))
        }
        (L::Boolean, b) if is_integer(b) => as_it_is(),
        (a, L::Boolean) if is_integer(a) => {
            Some(Conversion { value: None, unfit: Some(format!("{c} NOT IN (0, 1)")) })
        }
        (L::Boolean, L::Text) => all_fit(format!("CASE {c} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END")),
        (L::Int16 | L::Int32 | L::Int64, L::Text) => all_fit(format!("CAST({c} AS TEXT)")),
        (L::Float, L::Text) => all_fit(format!("nuages_float_text({c})")),
        (L::Uuid, L::Text) => all_fit(format!("nuages_uuid_text({c})")),
        (L::Json, L::Text) => all_fit(format!("nuages_json_spaced({c})")),
        (L::Date | L::Time | L::DateTime | L::IpAddress, L::Text) => as_it_is(),
        (L::Text, b) if is_integer(b) => {
            let whole = format!("CAST(trim({c}) AS INTEGER)");
            let digits = unsigned(c);
            let range = out_of_bounds(&whole, None, b).unwrap_or_default();
            fit_unless(
                whole,
                format!("{digits} = '' OR {digits} GLOB '*[^0-9]*' OR length({digits}) > 18 OR {range}"),
            )
        }
        (L::Text, L::Float) => fit_unless(
            format!("CAST(trim({c}) AS REAL)"),
            format!("NOT ({}) AND NOT json_valid(trim({c}))", is_plain_number(c)),
        ),
        (L::Text, L::Boolean) => fit_unless(
            format!("CASE WHEN lower(trim({c})) IN ({TRUE}) THEN 1 WHEN {c} IS NOT NULL THEN 0 END"),
            format!("lower(trim({c})) NOT IN ({TRUE}, {FALSE})"),
        ),
        (L::Text, L::Uuid) => {
            let digits = format!("lower(replace({c}, '-', ''))");
            fit_unless(digits.clone(), format!("length({digits}) <> 32 OR {digits} GLOB '*[^0-9a-f]*'"))
        }
        (L::Text, L::Date) => Some(Conversion {
            value: None,
            unfit: Some(format!("{c} NOT GLOB '{DAY}' OR date({c}) IS NOT {c}")),
        }),
        (L::Text, L::Time) => moment(c, &format!("time({c})"), CLOCK, 8),
        (L::Text, L::DateTime) => {
            moment(c, &format!("datetime(substr({c}, 1, 19))"), &format!("{DAY} {CLOCK}"), 19)
        }
        (L::Text, L::Json) => fit_unless(
            format!("CASE WHEN json_valid({c}) THEN nuages_json({c}) END"),
            format!("NOT json_valid({c})"),
        ),
        (L::Date, L::DateTime) => all_fit(format!("({c} || ' 00:00:00')")),
        (L::DateTime, L::Date) => {
            fit_unless(format!("substr({c}, 1, 10)"), format!("substr({c}, 12) <> '00:00:00'"))
        }
        _ => return Err(()),
    })
}

const DAY: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
const CLOCK: &str = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]";

/// A text as a time or an instant: so many characters up to the second, then the fraction, which is filled up to six digits.
fn moment(c: &str, normal: &str, pattern: &str, seconds: usize) -> Option<Conversion> {
    let whole = format!("substr({c}, 1, {seconds})");
    let fraction = format!("substr({c}, {})", seconds + 2);
    let rest = format!("substr({c}, {}, 1)", seconds + 1);
    let filled = format!("substr({fraction} || '000000', 1, 6)");
    let value = format!("CASE WHEN {filled} = '000000' THEN {whole} ELSE {whole} || '.' || {filled} END");
    let unfit = format!(
        "{whole} NOT GLOB '{pattern}' OR substr({normal}, 1, {seconds}) IS NOT {whole} OR {rest} NOT IN ('', '.') \
         OR {fraction} GLOB '*[^0-9]*' OR length({fraction}) > 6"
    );
    fit_unless(value, unfit)
}

/// A text without white space around it and without a sign.
fn unsigned(c: &str) -> String {
    let text = format!("trim({c})");
    format!("(CASE WHEN substr({text}, 1, 1) IN ('+', '-') THEN substr({text}, 2) ELSE {text} END)")
}

fn is_plain_number(c: &str) -> String {
    let digits = unsigned(c);
    format!(
        "{digits} GLOB '[0-9]*' AND {digits} NOT GLOB '*[^0-9.]*' AND {digits} NOT GLOB '*.*.*' AND {digits} NOT GLOB '*.'"
    )
}

/// A stored decimal as SQLite's functions compute with it.
fn decimal(column: &Column, c: &str) -> Result<String, ()> {
    match column.encoding {
        SqliteEncoding::ScaledInteger { scale } => Ok(format!("nuages_decimal_scaled({c}, {scale})")),
        SqliteEncoding::OrderedText { .. } => Ok(format!("nuages_decimal_ordered({c})")),
        SqliteEncoding::Plain | SqliteEncoding::Sortable | SqliteEncoding::Django => Err(()),
    }
}

/// A computed decimal as the column holds it.
fn stored_decimal(to: &Column, number: &str) -> Result<Option<Conversion>, ()> {
    let LogicalType::Decimal { digits, scale } = to.logical else { return Err(()) };
    let function = match to.encoding {
        SqliteEncoding::ScaledInteger { .. } => "nuages_store_scaled",
        SqliteEncoding::OrderedText { .. } => "nuages_store_ordered",
        SqliteEncoding::Plain | SqliteEncoding::Sortable | SqliteEncoding::Django => return Err(()),
    };
    let largest = "9".repeat(usize::from(digits.saturating_sub(scale)));
    let limit = match largest.as_str() {
        "" => "nuages_decimal_of_text('1')".to_owned(),
        _ => format!("nuages_decimal_add(nuages_decimal_of_text('{largest}'), nuages_decimal(1))"),
    };
    Ok(fit_unless(
        format!("{function}({number}, {digits}, {scale})"),
        format!(
            "nuages_decimal_round({number}, {scale}) <> {number} OR nuages_decimal_abs({number}) >= {limit}"
        ),
    ))
}

fn decimals(from: &Column, to: &Column, c: &str) -> Result<Option<Conversion>, ()> {
    if from.logical == to.logical && from.encoding == to.encoding {
        return Ok(as_it_is());
    }
    if let (SqliteEncoding::ScaledInteger { scale: old }, SqliteEncoding::ScaledInteger { scale: new }) =
        (from.encoding, to.encoding)
        && let LogicalType::Decimal { digits, .. } = to.logical
        && let Some(power) = 10_i64.checked_pow(u32::from(old.abs_diff(new)))
        && let Some(limit) = 10_i64.checked_pow(u32::from(digits))
    {
        let largest = limit - 1;
        // Built-in arithmetic, so that the statement also runs elsewhere.
        return Ok(match new.cmp(&old) {
            std::cmp::Ordering::Equal => Some(Conversion {
                value: None,
                unfit: Some(format!("{c} NOT BETWEEN -{largest} AND {largest}")),
            }),
            std::cmp::Ordering::Greater => {
                let least = largest / power;
                fit_unless(format!("{c} * {power}"), format!("{c} NOT BETWEEN -{least} AND {least}"))
            }
            std::cmp::Ordering::Less => fit_unless(
                format!("{c} / {power}"),
                format!("{c} % {power} <> 0 OR {c} / {power} NOT BETWEEN -{largest} AND {largest}"),
            ),
        });
    }
    stored_decimal(to, &decimal(from, c)?)
}
