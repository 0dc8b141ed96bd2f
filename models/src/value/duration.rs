//! Lengths of time as ISO 8601 durations.

use super::ValueError;

const EXPECTED: &str = "a duration (ISO 8601 weeks, days, hours, minutes and seconds; no months or years)";
const EXAMPLE: &str = "\"P3DT4H30M1.5S\"";

/// The units in their order, with the microseconds of each; those after the `T` stand second.
const DATE_UNITS: [(u8, i128); 2] = [(b'W', 604_800_000_000), (b'D', 86_400_000_000)];
const TIME_UNITS: [(u8, i128); 3] = [(b'H', 3_600_000_000), (b'M', 60_000_000), (b'S', 1_000_000)];

/// Reads `P3DT4H`, `-PT0.5S`, `P2W` as microseconds. A sign may precede the whole or a number. Seconds may have a
/// fraction of up to six digits. Months and years are refused: their length depends on the calendar.
///
/// # Errors
/// When the text has another form, or the length does not fit 64 bits of microseconds (292,000 years).
pub fn parse_duration(text: &str) -> Result<i64, ValueError> {
    let micros = read(text).ok_or_else(|| ValueError::malformed(EXPECTED, EXAMPLE, text))?;
    i64::try_from(micros).map_err(|_| ValueError::out_of_range("a duration is below 292,000 years", text))
}

fn read(text: &str) -> Option<i128> {
    let (sign, rest) = signed(text.as_bytes());
    let mut rest = rest.strip_prefix(b"P")?;
    let mut total: i128 = 0;
    let mut any = false;
    for (letter, size) in DATE_UNITS {
        any |= component(&mut rest, letter, size, &mut total)?;
    }
    if let Some(time) = rest.strip_prefix(b"T") {
        rest = time;
        any = false;
        for (letter, size) in TIME_UNITS {
            any |= component(&mut rest, letter, size, &mut total)?;
        }
    }
    (any && rest.is_empty()).then_some(sign * total)
}

/// Takes `<number><letter>` when it is next and adds it; `None` when the number is malformed.
fn component(rest: &mut &[u8], letter: u8, size: i128, total: &mut i128) -> Option<bool> {
    let (sign, digits) = signed(rest);
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Eighteen digits of weeks fit 128 bits of microseconds with room.
    if length == 0 || length > 18 {
        return if rest.is_empty() || rest.first() == Some(&b'T') { Some(false) } else { None };
    }
    let mut value: i128 = 0;
    for digit in &digits[..length] {
        value = value * 10 + i128::from(digit - b'0');
    }
    let mut micros = value * size;
    let mut after = &digits[length..];
    if letter == b'S'
        && let Some(fraction) = after.strip_prefix(b".")
    {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=6).contains(&length) {
            return None;
        }
        let mut value: i128 = 0;
        for digit in &fraction[..length] {
            value = value * 10 + i128::from(digit - b'0');
        }
        micros += value * 10i128.pow(6 - length as u32);
        after = &fraction[length..];
    }
    match after.strip_prefix(&[letter]) {
        Some(next) => {
            *rest = next;
            *total += sign * micros;
            Some(true)
        }
        // Another unit's number: leave it to that unit.
        None => Some(false),
    }
}

fn signed(bytes: &[u8]) -> (i128, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::write::write_duration_micros;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        let day = 86_400_000_000;
        let cases = [
            ("P3DT4H", 3 * day + 4 * 3_600_000_000),
            ("P2W", 14 * day),
            ("P1W1D", 8 * day),
            ("-P1D", -day),
            ("P-1DT-0.5S", -day - 500_000),
            ("PT0S", 0),
            ("PT1M", 60_000_000),
            ("PT36H", 129_600_000_000),
            ("PT1.000001S", 1_000_001),
            ("-PT9223372036854.775808S", i64::MIN),
        ];
        for (text, micros) in cases {
            assert_eq!(parse_duration(text), Ok(micros), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "1D",
            "P1M",
            "P1Y",
            "P1H",
            "PT1D",
            "PT1.5M",
            "PT1.S",
            "PT.5S",
            "PT1.1234567S",
            "P1D1W",
            "PT1S1M",
            "P1D ",
            "p1d",
            "PT1S2S",
            "P1.5D",
            "PT9999999999999999999S",
            "03:00:00",
        ] {
            assert!(matches!(parse_duration(text), Err(ValueError::Malformed { .. })), "{text}");
        }
        assert!(matches!(parse_duration("PT9223372036854.775808S"), Err(ValueError::OutOfRange { .. })));
    }

    proptest! {
        #[test]
        fn round_trip(micros: i64) {
            let mut out = Vec::new();
            write_duration_micros(&mut out, micros);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(parse_duration(text.trim_matches('"')), Ok(micros));
        }
    }
}
