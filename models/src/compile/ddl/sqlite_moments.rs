//! Dates, times and instants on SQLite: texts of fixed places, and `strftime`, which is deterministic for what is stored.

use super::sqlite::Writer;
use crate::bind::{Scalar, Typed};
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

fn text(text: &str) -> Sql {
    Sql::Text(text.to_owned())
}

fn part(value: Sql, start: i64, length: i64) -> Sql {
    Sql::call("substr", vec![value, Sql::Integer(start), Sql::Integer(length)])
}

fn number(value: Sql) -> Sql {
    Sql::cast(value, "INTEGER")
}

fn joined(parts: Vec<Sql>) -> Sql {
    let whole = parts.into_iter().reduce(|before, part| Sql::binary(before, "||", part));
    whole.unwrap_or_else(|| text(""))
}

impl Writer {
    /// That an instant's part is asked for in UTC, the only zone that SQLite knows.
    pub(super) fn in_utc(self, name: &str, zone: Option<&Typed>) -> Result<(), CompileError> {
        match zone.map(|zone| &zone.scalar) {
            None => Ok(()),
            Some(Scalar::Slot(Slot::Constant(Value::Text(zone)))) if zone == "UTC" => Ok(()),
            Some(_) => Err(self.refused(name, "SQLite has no time zones but UTC")),
        }
    }

    /// A part of a date, a time or an instant; nothing when the function is none.
    pub(super) fn date_part(
        self,
        name: &'static str,
        arguments: &[Typed],
    ) -> Result<Option<Sql>, CompileError> {
        let known = matches!(
            name,
            "year"
                | "month"
                | "day"
                | "week"
                | "week_day"
                | "iso_week_day"
                | "iso_year"
                | "quarter"
                | "day_of_year"
                | "hour"
                | "minute"
                | "second"
        );
        let (true, Some(of)) = (known, arguments.first()) else { return Ok(None) };
        self.in_utc(name, arguments.get(1))?;
        let value = self.value(of)?;
        // A time alone has no day before it.
        let clock = if of.logical == LogicalType::Time { 1 } else { 12 };
        let day = || part(value.clone(), 1, 10);
        let formatted = |form: &str, day: Sql| number(Sql::call("strftime", vec![text(form), day]));
        // The Thursday of the week, which is in the year that the week belongs to.
        let thursday = || Sql::call("date", vec![day(), text("-3 days"), text("weekday 4")]);
        Ok(Some(match name {
            "year" => number(part(value, 1, 4)),
            "month" => number(part(value, 6, 2)),
            "day" => number(part(value, 9, 2)),
            "hour" => number(part(value, clock, 2)),
            "minute" => number(part(value, clock + 3, 2)),
            "second" => number(part(value, clock + 6, 2)),
            "quarter" => {
                let month = Sql::binary(number(part(value, 6, 2)), "+", Sql::Integer(2));
                Sql::binary(month, "/", Sql::Integer(3))
            }
            "week_day" => Sql::binary(formatted("%w", day()), "+", Sql::Integer(1)),
            "iso_week_day" => {
                let shifted = Sql::binary(formatted("%w", day()), "+", Sql::Integer(6));
                Sql::binary(Sql::binary(shifted, "%", Sql::Integer(7)), "+", Sql::Integer(1))
            }
            "iso_year" => formatted("%Y", thursday()),
            "week" => {
                let days = Sql::binary(formatted("%j", thursday()), "-", Sql::Integer(1));
                Sql::binary(Sql::binary(days, "/", Sql::Integer(7)), "+", Sql::Integer(1))
            }
            _ => formatted("%j", day()),
        }))
    }

    /// The difference of two dates, times or instants in microseconds; nothing when these are none.
    pub(super) fn difference(
        self,
        name: &str,
        left: &Typed,
        right: &Typed,
    ) -> Result<Option<Sql>, CompileError> {
        let is_moment = |typed: &Typed| {
            matches!(typed.logical, LogicalType::Date | LogicalType::DateTime | LogicalType::Time)
        };
        if name != "-" || !is_moment(left) || !is_moment(right) {
            return Ok(None);
        }
        Ok(Some(Sql::binary(self.micros(left)?, "-", self.micros(right)?)))
    }

    /// Microseconds since some moment.
    fn micros(self, typed: &Typed) -> Result<Sql, CompileError> {
        let value = self.value(typed)?;
        self.may_repeat("-", &value)?;
        let seconds = |moment: Sql| number(Sql::call("strftime", vec![text("%s"), moment]));
        let million = || Sql::Integer(1_000_000);
        let (whole, places) = match typed.logical {
            LogicalType::Date => return Ok(Sql::binary(seconds(value), "*", million())),
            LogicalType::Time => (joined(vec![text("1970-01-01 "), part(value.clone(), 1, 8)]), 8),
            _ => (part(value.clone(), 1, 19), 19),
        };
        let fraction = Sql::Case {
            branches: vec![(
                Sql::binary(Sql::call("length", vec![value.clone()]), ">", Sql::Integer(places)),
                number(part(value, places + 2, 6)),
            )],
            otherwise: Some(Box::new(Sql::Integer(0))),
        };
        Ok(Sql::binary(Sql::binary(seconds(whole), "*", million()), "+", fraction))
    }

    /// The beginning of the unit that a value is in.
    pub(super) fn trunc(self, arguments: &[Typed], result: &Typed) -> Result<Sql, CompileError> {
        let [of, unit, zone @ ..] = arguments else {
            return Err(CompileError::Invalid("`trunc` needs a value and a unit".to_owned()));
        };
        self.in_utc("trunc", zone.first())?;
        let Scalar::Slot(Slot::Constant(Value::Text(unit))) = &unit.scalar else {
            return Err(CompileError::Invalid("the unit of `trunc` must be written down".to_owned()));
        };
        let value = self.value(of)?;
        self.may_repeat("trunc", &value)?;
        let clock = if of.logical == LogicalType::Time { 0 } else { 11 };
        let day = part(value.clone(), 1, 10);
        let day = match unit.as_str() {
            "year" => joined(vec![part(value, 1, 4), text("-01-01")]),
            "month" => joined(vec![part(value, 1, 7), text("-01")]),
            "quarter" => {
                let before = Sql::binary(number(part(value.clone(), 6, 2)), "-", Sql::Integer(1));
                let quarter = Sql::binary(before, "/", Sql::Integer(3));
                // Two digits for each of the four months.
                let at = Sql::binary(Sql::binary(quarter, "*", Sql::Integer(2)), "+", Sql::Integer(1));
                let month = Sql::call("substr", vec![text("01040710"), at, Sql::Integer(2)]);
                joined(vec![part(value, 1, 5), month, text("-01")])
            }
            "week" => Sql::call("date", vec![day, text("-6 days"), text("weekday 1")]),
            "day" => day,
            "hour" => return Ok(joined(vec![part(value, 1, clock + 2), text(":00:00")])),
            "minute" => return Ok(joined(vec![part(value, 1, clock + 5), text(":00")])),
            "second" => return Ok(part(value, 1, clock + 8)),
            _ => return Err(CompileError::Invalid(format!("`{unit}` is no unit"))),
        };
        Ok(match result.logical {
            LogicalType::DateTime => joined(vec![day, text(" 00:00:00")]),
            _ => day,
        })
    }
}
