//! Days, times and instants: the proleptic Gregorian calendar, microseconds, years 0001 to 9999.

use super::ValueError;

/// 0001-01-01 in days since 1970-01-01.
pub const MIN_DAYS: i32 = -719_162;
/// 9999-12-31 in days since 1970-01-01.
pub const MAX_DAYS: i32 = 2_932_896;
/// Microseconds of a day.
pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;
/// 0001-01-01T00:00:00Z in microseconds since 1970-01-01T00:00:00Z.
pub const MIN_DATETIME_MICROS: i64 = MIN_DAYS as i64 * MICROS_PER_DAY;
/// 9999-12-31T23:59:59.999999Z in microseconds since 1970-01-01T00:00:00Z.
pub const MAX_DATETIME_MICROS: i64 = (MAX_DAYS as i64 + 1) * MICROS_PER_DAY - 1;

const DATE: (&str, &str) = ("a date", "\"2024-06-15\"");
const TIME: (&str, &str) = ("a time of day", "\"13:45:30.250000\"");
const DATETIME: (&str, &str) = (
    "a date and time with an offset from UTC (\"Z\" or like \"+02:00\") and at most 6 fraction digits",
    "\"2024-06-15T12:00:00Z\"",
);

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// The day `days` after 1970-01-01. Exact for every `i32` (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms": eras of 400 years that begin on the first of March).
pub(crate) fn civil_from_days(days: i32) -> Civil {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * march_month + 2) / 5 + 1) as u32;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 } as u32;
    let year = (year_of_era + era * 400 + i64::from(month <= 2)) as i32;
    Civil { year, month, day }
}

/// Days from 1970-01-01 to a day that exists; the inverse of [`civil_from_days`].
pub(crate) fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let march_month = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * march_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as i32
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Reads `YYYY-MM-DD` as days since 1970-01-01.
///
/// # Errors
/// When the text has another form, the day does not exist, or the year is 0000.
pub fn parse_date(text: &str) -> Result<i32, ValueError> {
    let mut reader = Reader::new(text);
    match (reader.date(), reader.at_end()) {
        (Some(days), true) => Ok(days),
        _ => Err(ValueError::malformed(DATE.0, DATE.1, text)),
    }
}

/// Reads `HH:MM[:SS[.ffffff]]` as microseconds since midnight.
///
/// # Errors
/// When the text has another form, or the time does not exist (24:00 and leap seconds do not).
pub fn parse_time(text: &str) -> Result<i64, ValueError> {
    let mut reader = Reader::new(text);
    match (reader.time(), reader.at_end()) {
        (Some(micros), true) => Ok(micros),
        _ => Err(ValueError::malformed(TIME.0, TIME.1, text)),
    }
}

/// Reads RFC 3339 (`2024-06-15T12:00:00.5+02:00`) as microseconds since 1970-01-01T00:00:00Z. The seconds may be
/// left out; the offset may not, because a time without one means different instants to different readers.
///
/// # Errors
/// When the text has another form or is outside of the years 0001 to 9999 in UTC.
pub fn parse_datetime(text: &str) -> Result<i64, ValueError> {
    let malformed = || ValueError::malformed(DATETIME.0, DATETIME.1, text);
    let mut reader = Reader::new(text);
    let days = reader.date().ok_or_else(malformed)?;
    if !reader.take_any(b"Tt ") {
        return Err(malformed());
    }
    let time = reader.time().ok_or_else(malformed)?;
    let offset = reader.offset().ok_or_else(malformed)?;
    if !reader.at_end() {
        return Err(malformed());
    }
    let micros = i64::from(days) * MICROS_PER_DAY + time - offset;
    if !(MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS).contains(&micros) {
        return Err(ValueError::out_of_range("a date and time is in the years 0001 to 9999 in UTC", text));
    }
    Ok(micros)
}

/// Reads SQLite's `YYYY-MM-DD`.
pub(crate) fn parse_sqlite_date(text: &str) -> Result<i32, ValueError> {
    parse_date(text).map_err(|_| ValueError::corrupt(DATE.0, text))
}

/// Reads SQLite's `HH:MM:SS[.ffffff]`.
pub(crate) fn parse_sqlite_time(text: &str) -> Result<i64, ValueError> {
    parse_time(text).map_err(|_| ValueError::corrupt(TIME.0, text))
}

/// Reads SQLite's `YYYY-MM-DD HH:MM:SS[.ffffff]`, which is UTC, as microseconds since 1970-01-01. A `T` may
/// stand for the space.
pub(crate) fn parse_sqlite_datetime(text: &str) -> Result<i64, ValueError> {
    let mut reader = Reader::new(text);
    let read = reader.date().and_then(|days| {
        let time = if reader.take_any(b" T") { reader.time() } else { None }?;
        reader.at_end().then_some(i64::from(days) * MICROS_PER_DAY + time)
    });
    read.ok_or_else(|| ValueError::corrupt("a date and time (YYYY-MM-DD HH:MM:SS)", text))
}

/// Reads fixed-width fields from left to right.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn take_any(&mut self, allowed: &[u8]) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if allowed.contains(first) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// A number of exactly `width` digits.
    fn number(&mut self, width: usize) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(width)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
        }
        self.rest = rest;
        Some(number)
    }

    fn date(&mut self) -> Option<i32> {
        let year = self.number(4)? as i32;
        let month = if self.take_any(b"-") { self.number(2)? } else { return None };
        let day = if self.take_any(b"-") { self.number(2)? } else { return None };
        let exists =
            year >= 1 && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        exists.then(|| days_from_civil(year, month, day))
    }

    fn time(&mut self) -> Option<i64> {
        let hour = self.number(2)?;
        let minute = if self.take_any(b":") { self.number(2)? } else { return None };
        let mut second = 0;
        let mut fraction = 0;
        if self.take_any(b":") {
            second = self.number(2)?;
            if self.take_any(b".") {
                let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if !(1..=6).contains(&digits) {
                    return None;
                }
                fraction = self.number(digits)? * 10u32.pow(6 - digits as u32);
            }
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = i64::from(hour * 3600 + minute * 60 + second);
        Some(seconds * 1_000_000 + i64::from(fraction))
    }

    /// `Z`, `+HH:MM` or `-HH:MM` in microseconds.
    fn offset(&mut self) -> Option<i64> {
        if self.take_any(b"Zz") {
            return Some(0);
        }
        let sign = if self.take_any(b"+") {
            1
        } else if self.take_any(b"-") {
            -1
        } else {
            return None;
        };
        let hours = self.number(2)?;
        let minutes = if self.take_any(b":") { self.number(2)? } else { return None };
        (hours <= 23 && minutes <= 59).then(|| sign * i64::from(hours * 60 + minutes) * 60_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days() {
        let cases = [
            ("1970-01-01", 0),
            ("0001-01-01", MIN_DAYS),
            ("9999-12-31", MAX_DAYS),
            ("2000-02-29", 11_016),
            ("1969-12-31", -1),
        ];
        for (text, days) in cases {
            assert_eq!(parse_date(text), Ok(days), "{text}");
        }
        for text in [
            "",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-04-31",
            "0000-01-01",
            "2024-1-1",
            "24-01-01",
            "2024-01-01 ",
            "2024/01/01",
            "10000-01-01",
            "-001-01-01",
            "2024-01-01T00:00:00Z",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(parse_time("00:00"), Ok(0));
        assert_eq!(parse_time("23:59:59.999999"), Ok(MICROS_PER_DAY - 1));
        assert_eq!(parse_time("12:00:00.5"), Ok(43_200_500_000));
        for text in
            ["24:00", "12", "12:60", "12:00:60", "12:00:00.", "12:00:00.1234567", "1:00", "12:00Z", "12:00.5"]
        {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_need_an_offset() {
        assert_eq!(parse_datetime("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(parse_datetime("1970-01-01t01:00:00.000001+01:00"), Ok(1));
        assert_eq!(parse_datetime("1970-01-01 00:00-05:45"), Ok(20_700_000_000));
        assert_eq!(parse_datetime("9999-12-31T23:59:59.999999Z"), Ok(MAX_DATETIME_MICROS));
        let message = parse_datetime("2024-06-15T12:00:00").unwrap_err().to_string();
        assert!(message.contains("offset"), "{message}");
        assert!(matches!(parse_datetime("0001-01-01T00:00:00+01:00"), Err(ValueError::OutOfRange { .. })));
        assert!(matches!(parse_datetime("9999-12-31T23:59:59-00:01"), Err(ValueError::OutOfRange { .. })));
        for text in
            ["2024-06-15", "2024-06-15T12:00:00+2", "2024-06-15T12:00:00+0200", "2024-06-15T12:00:00ZZ"]
        {
            assert!(parse_datetime(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sqlite_texts() {
        assert_eq!(parse_sqlite_datetime("1970-01-02 00:00:00.000001"), Ok(MICROS_PER_DAY + 1));
        assert!(parse_sqlite_datetime("1970-01-02").is_err());
        assert!(parse_sqlite_datetime("1970-01-02 00:00:00Z").is_err());
    }

    proptest! {
        #[test]
        fn days_round_trip(days in MIN_DAYS..=MAX_DAYS) {
            let civil = civil_from_days(days);
            prop_assert_eq!(days_from_civil(civil.year, civil.month, civil.day), days);
            let next = civil_from_days(days + 1);
            prop_assert!((next.year, next.month, next.day) > (civil.year, civil.month, civil.day));
        }

        #[test]
        fn days_agree_with_jiff(days in -719_162i32..=2_932_895) {
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let civil = civil_from_days(days);
            prop_assert_eq!(
                (civil.year, civil.month, civil.day),
                (i32::from(date.year()), date.month() as u32, date.day() as u32)
            );
        }
    }
}
