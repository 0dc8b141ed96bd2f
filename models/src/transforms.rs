//! Transforms: the open set of values computed from one value. [`TRANSFORMS`] names them all.

use crate::bind::Typed;
use crate::compile::{Compiler, Conversion};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use std::fmt;

/// A value computed from another.
pub struct Transform {
    /// Its name, Django's where Django has it.
    pub name: &'static str,
    /// What it gives, one sentence.
    pub doc: &'static str,
    /// The type of its further operand, when it has one.
    pub argument: LogicalType,
    /// The type of its values for a value of the given type; `None` where it does not apply.
    pub output: fn(&LogicalType) -> Option<LogicalType>,
    /// Whether it may be NULL although its operand is not.
    pub may_be_null: bool,
    compile: fn(&mut Compiler<'_>, &Typed, &[Typed]) -> Result<Sql, CompileError>,
}

impl Transform {
    /// Its SQL.
    ///
    /// # Errors
    /// When the database lacks what it needs.
    pub fn compile(
        &self,
        compiler: &mut Compiler<'_>,
        of: &Typed,
        arguments: &[Typed],
    ) -> Result<Sql, CompileError> {
        (self.compile)(compiler, of, arguments)
    }
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Transform {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All transforms.
pub static TRANSFORMS: &[&Transform] = &[
    &ADDRESS_TEXT,
    &LENGTH,
    &DATE,
    &TIME,
    &YEAR,
    &MONTH,
    &DAY,
    &WEEK,
    &WEEK_DAY,
    &ISO_WEEK_DAY,
    &ISO_YEAR,
    &QUARTER,
    &HOUR,
    &MINUTE,
    &SECOND,
    &JSON_PATH,
    &JSON_TEXT,
    &JSON_NUMBER,
];

/// The transform with this name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static Transform, CompileError> {
    TRANSFORMS
        .iter()
        .find(|transform| transform.name == name)
        .copied()
        .ok_or_else(|| CompileError::Invalid(format!("there is no transform `{name}`")))
}

static ADDRESS_TEXT: Transform = Transform {
    name: "address_text",
    doc: "An IP address as text.",
    argument: LogicalType::Text,
    output: |logical| (*logical == LogicalType::IpAddress).then_some(LogicalType::Text),
    may_be_null: false,
    compile: |compiler, of, _| {
        let address = compiler.scalar(of)?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("host", vec![address]),
            Dialect::Sqlite => address,
        })
    },
};

static LENGTH: Transform = Transform {
    name: "length",
    doc: "The number of code points.",
    argument: LogicalType::Text,
    output: |logical| (*logical == LogicalType::Text).then_some(LogicalType::Int32),
    may_be_null: false,
    compile: |compiler, of, _| Ok(Sql::call("length", vec![compiler.scalar(of)?])),
};

/// The instant's local date and time in the zone of the argument, on PostgreSQL.
fn local(compiler: &mut Compiler<'_>, of: &Typed, arguments: &[Typed]) -> Result<Sql, CompileError> {
    let value = compiler.scalar(of)?;
    match arguments.first() {
        Some(zone) if of.logical == LogicalType::DateTime => {
            let zone = compiler.parameter(zone, Conversion::Plain)?;
            Ok(Sql::binary(value, "AT TIME ZONE", Sql::cast(zone, "text")))
        }
        _ => Ok(value),
    }
}

fn zone_of(compiler: &mut Compiler<'_>, arguments: &[Typed]) -> Result<Sql, CompileError> {
    match arguments.first() {
        Some(zone) => compiler.parameter(zone, Conversion::Plain),
        None => Ok(Sql::Text("UTC".to_owned())),
    }
}

static DATE: Transform = Transform {
    name: "date",
    doc: "The day of an instant in a time zone.",
    argument: LogicalType::Text,
    output: |logical| (*logical == LogicalType::DateTime).then_some(LogicalType::Date),
    may_be_null: false,
    compile: |compiler, of, arguments| match compiler.dialect() {
        Dialect::Postgres => Ok(Sql::cast(local(compiler, of, arguments)?, "date")),
        Dialect::Sqlite => {
            let value = compiler.scalar(of)?;
            let zone = zone_of(compiler, arguments)?;
            Ok(Sql::call("nuages_date_in", vec![value, zone]))
        }
    },
};

static TIME: Transform = Transform {
    name: "time",
    doc: "The time of day of an instant in a time zone.",
    argument: LogicalType::Text,
    output: |logical| (*logical == LogicalType::DateTime).then_some(LogicalType::Time),
    may_be_null: false,
    compile: |compiler, of, arguments| match compiler.dialect() {
        Dialect::Postgres => Ok(Sql::cast(local(compiler, of, arguments)?, "time")),
        Dialect::Sqlite => {
            let value = compiler.scalar(of)?;
            let zone = zone_of(compiler, arguments)?;
            Ok(Sql::call("nuages_time_in", vec![value, zone]))
        }
    },
};

fn has_date(logical: &LogicalType) -> Option<LogicalType> {
    matches!(logical, LogicalType::DateTime | LogicalType::Date).then_some(LogicalType::Int32)
}

fn has_time(logical: &LogicalType) -> Option<LogicalType> {
    matches!(logical, LogicalType::DateTime | LogicalType::Time).then_some(LogicalType::Int32)
}

/// `extract` gives numeric; parts are whole numbers (seconds without their fraction, as Django has them).
fn part(
    compiler: &mut Compiler<'_>,
    of: &Typed,
    arguments: &[Typed],
    postgres: &'static str,
    name: &'static str,
) -> Result<Sql, CompileError> {
    match compiler.dialect() {
        Dialect::Postgres => {
            let extract = Sql::Extract { part: postgres, of: Box::new(local(compiler, of, arguments)?) };
            let whole = if name == "second" { Sql::call("trunc", vec![extract]) } else { extract };
            let number = Sql::cast(whole, "int8");
            // PostgreSQL counts days of the week from Sunday as 0, Django from Sunday as 1.
            Ok(if name == "week_day" { Sql::binary(number, "+", Sql::Integer(1)) } else { number })
        }
        Dialect::Sqlite => {
            let value = compiler.scalar(of)?;
            let zone = zone_of(compiler, arguments)?;
            Ok(Sql::call("nuages_date_part", vec![value, Sql::Text(name.to_owned()), zone]))
        }
    }
}

macro_rules! part_transform {
    ($item:ident, $name:literal, $postgres:literal, $applies:ident, $doc:literal) => {
        static $item: Transform = Transform {
            name: $name,
            doc: $doc,
            argument: LogicalType::Text,
            output: $applies,
            may_be_null: false,
            compile: |compiler, of, arguments| part(compiler, of, arguments, $postgres, $name),
        };
    };
}

part_transform!(YEAR, "year", "year", has_date, "The year.");
part_transform!(MONTH, "month", "month", has_date, "The month from 1 to 12.");
part_transform!(DAY, "day", "day", has_date, "The day of the month from 1.");
part_transform!(WEEK, "week", "week", has_date, "The ISO 8601 week of the year from 1 to 53.");
part_transform!(WEEK_DAY, "week_day", "dow", has_date, "The day of the week, Sunday is 1.");
part_transform!(ISO_WEEK_DAY, "iso_week_day", "isodow", has_date, "The day of the week, Monday is 1.");
part_transform!(ISO_YEAR, "iso_year", "isoyear", has_date, "The year that the ISO 8601 week belongs to.");
part_transform!(QUARTER, "quarter", "quarter", has_date, "The quarter from 1 to 4.");
part_transform!(HOUR, "hour", "hour", has_time, "The hour from 0 to 23.");
part_transform!(MINUTE, "minute", "minute", has_time, "The minute from 0 to 59.");
part_transform!(SECOND, "second", "second", has_time, "The second from 0 to 59, without its fraction.");

static JSON_PATH: Transform = Transform {
    name: "json_path",
    doc: "The part of a document at a path of keys and positions, as JSON; NULL where there is none.",
    argument: LogicalType::Json,
    output: |logical| (*logical == LogicalType::Json).then_some(LogicalType::Json),
    may_be_null: true,
    compile: |compiler, of, arguments| json_at(compiler, of, arguments, "#>", "nuages_json_get"),
};

static JSON_TEXT: Transform = Transform {
    name: "json_text",
    doc: "The part of a document at a path as text: a string without its quotes, anything else as JSON.",
    argument: LogicalType::Json,
    output: |logical| (*logical == LogicalType::Json).then_some(LogicalType::Text),
    may_be_null: true,
    compile: |compiler, of, arguments| json_at(compiler, of, arguments, "#>>", "nuages_json_text"),
};

static JSON_NUMBER: Transform = Transform {
    name: "json_number",
    doc: "The number at a path of a document; NULL where there is none.",
    argument: LogicalType::Json,
    output: |logical| (*logical == LogicalType::Json).then_some(LogicalType::Float),
    may_be_null: true,
    compile: |compiler, of, arguments| {
        let part = json_at(compiler, of, arguments, "#>", "nuages_json_get")?;
        match compiler.dialect() {
            Dialect::Postgres => Ok(Sql::CaseWhen {
                condition: Box::new(Sql::binary(
                    Sql::call("jsonb_typeof", vec![part.clone()]),
                    "=",
                    Sql::Text("number".to_owned()),
                )),
                then: Box::new(Sql::cast(part, "float8")),
            }),
            Dialect::Sqlite => Ok(Sql::call("nuages_json_number", vec![part])),
        }
    },
};

fn json_at(
    compiler: &mut Compiler<'_>,
    of: &Typed,
    arguments: &[Typed],
    postgres: &'static str,
    sqlite: &'static str,
) -> Result<Sql, CompileError> {
    let document = compiler.scalar(of)?;
    let Some(path) = arguments.first() else {
        return Err(CompileError::Invalid("a path into a JSON document is missing".to_owned()));
    };
    match compiler.dialect() {
        Dialect::Postgres => {
            let path = compiler.parameter(path, Conversion::JsonPath)?;
            Ok(Sql::binary(document, postgres, Sql::cast(path, "text[]")))
        }
        Dialect::Sqlite => {
            let path = compiler.parameter(path, Conversion::Plain)?;
            Ok(Sql::call(sqlite, vec![document, path]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (index, transform) in TRANSFORMS.iter().enumerate() {
            assert!(TRANSFORMS[..index].iter().all(|other| other.name != transform.name));
            assert!(transform.doc.ends_with('.'), "{}", transform.name);
        }
    }
}
