//! Exact decimals of any length.

use super::ValueError;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Most digits of a decimal that a client may give, before and after the point together. PostgreSQL's
/// `numeric(p, s)` has the same limit.
const MAX_DIGITS: usize = 1000;

/// How digits that do not fit are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// A half goes away from zero: PostgreSQL's numeric, and Nuages' own arithmetic.
    HalfAwayFromZero,
    /// A half goes to the even neighbour: how Django reads its decimals on SQLite.
    HalfEven,
}

/// An exact decimal: a sign, digits, and how many of the digits are after the point.
///
/// The scale is kept (`4.50` prints as `4.50`) but does not matter for equality and order. There is no
/// negative zero.
#[derive(Clone)]
pub struct Decimal {
    negative: bool,
    /// ASCII digits without leading zeros; empty for zero.
    digits: String,
    scale: u32,
}

impl Decimal {
    /// Reads `-12.50`, `+3`, `.5`, `1e3`. The digits after the point are kept as written.
    ///
    /// # Errors
    /// When the text is not a decimal number, or one of more than 1000 digits written out.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let malformed = || ValueError::malformed("a decimal number", "12.50", text);
        let (negative, rest) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], parse_exponent(&rest[at + 1..]).ok_or_else(malformed)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(malformed());
        }
        let too_long = || ValueError::out_of_range("a decimal has at most 1000 digits", text);
        if whole.trim_start_matches('0').len() + fraction.len() > 2 * MAX_DIGITS {
            return Err(too_long());
        }
        let mut digits = String::with_capacity(whole.len() + fraction.len());
        digits.push_str(whole);
        digits.push_str(fraction);
        let digits = digits.trim_start_matches('0').to_owned();
        let scale = fraction.len() as i64 - i64::from(exponent);
        let mut decimal = Self { negative, digits, scale: 0 };
        if scale < 0 {
            let zeros = scale.unsigned_abs() as usize;
            if !decimal.digits.is_empty() {
                if decimal.digits.len() + zeros > MAX_DIGITS {
                    return Err(too_long());
                }
                decimal.digits.extend(std::iter::repeat_n('0', zeros));
            }
        } else {
            decimal.scale = u32::try_from(scale).map_err(|_| too_long())?;
        }
        if decimal.digits.len().max(decimal.scale as usize) > MAX_DIGITS {
            return Err(too_long());
        }
        Ok(decimal.without_negative_zero())
    }

    /// The number `unscaled` divided by ten to the `scale`.
    pub fn from_scaled(unscaled: i64, scale: u32) -> Self {
        let digits = if unscaled == 0 { String::new() } else { unscaled.unsigned_abs().to_string() };
        Self { negative: unscaled < 0, digits, scale }
    }

    /// From parts; `digits` are ASCII digits, leading zeros allowed.
    pub(crate) fn from_digits(negative: bool, digits: &str, scale: u32) -> Self {
        Self { negative, digits: digits.trim_start_matches('0').to_owned(), scale }.without_negative_zero()
    }

    /// How many digits are after the point.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The digits without the point and without leading zeros; empty for zero.
    pub(crate) fn unscaled_digits(&self) -> &str {
        &self.digits
    }

    /// How many digits are before the point, leading zeros not counted.
    pub fn integer_digits(&self) -> usize {
        self.digits.len().saturating_sub(self.scale as usize)
    }

    /// The same number with exactly `scale` digits after the point; `None` when nonzero digits would be lost.
    #[must_use]
    pub fn rescale(&self, scale: u32) -> Option<Self> {
        if scale >= self.scale {
            return Some(self.extended(scale));
        }
        let dropped = (self.scale - scale) as usize;
        let kept = self.digits.len().saturating_sub(dropped);
        if self.digits[kept..].bytes().any(|digit| digit != b'0') {
            return None;
        }
        Some(Self { negative: self.negative, digits: self.digits[..kept].to_owned(), scale })
    }

    /// The nearest number with exactly `scale` digits after the point.
    #[must_use]
    pub fn round(&self, scale: u32, rounding: Rounding) -> Self {
        if scale >= self.scale {
            return self.extended(scale);
        }
        let dropped = (self.scale - scale) as usize;
        let length = self.digits.len();
        let kept = length.saturating_sub(dropped);
        // A tail that is shorter than what is dropped starts with a zero, so it is less than a half.
        let up = if length < dropped {
            false
        } else {
            let tail = self.digits.as_bytes().get(kept..).unwrap_or_default();
            let first = tail.first().copied().unwrap_or(b'0');
            let rest_is_zero = tail.iter().skip(1).all(|digit| *digit == b'0');
            let last_kept = kept.checked_sub(1).map_or(b'0', |at| self.digits.as_bytes()[at]);
            match rounding {
                Rounding::HalfAwayFromZero => first >= b'5',
                Rounding::HalfEven => {
                    first > b'5' || (first == b'5' && (!rest_is_zero || last_kept % 2 == 1))
                }
            }
        };
        let mut digits = self.digits[..kept].to_owned();
        if up {
            digits = incremented(&digits);
        }
        Self { negative: self.negative, digits, scale }.without_negative_zero()
    }

    /// The number in a column of `digits` digits, `scale` of them after the point: the same number with exactly
    /// that scale.
    ///
    /// # Errors
    /// [`ValueError::DecimalDigits`] when it does not fit exactly.
    pub fn fit(&self, digits: u16, scale: u16) -> Result<Self, ValueError> {
        let refused = || ValueError::DecimalDigits { digits, scale, found: shortened(&self.to_string()) };
        let rescaled = self.rescale(u32::from(scale)).ok_or_else(refused)?;
        if rescaled.integer_digits() > usize::from(digits.saturating_sub(scale)) {
            return Err(refused());
        }
        Ok(rescaled)
    }

    /// The number times ten to the `scale`, when that is an integer of 64 bits.
    pub fn to_scaled_i64(&self, scale: u32) -> Option<i64> {
        let rescaled = self.rescale(scale)?;
        let mut unscaled: i64 = 0;
        for digit in rescaled.digits.bytes() {
            let digit = i64::from(digit - b'0');
            unscaled = unscaled.checked_mul(10)?;
            // Away from zero, so that the smallest i64 is reached too.
            unscaled =
                if self.negative { unscaled.checked_sub(digit)? } else { unscaled.checked_add(digit)? };
        }
        Some(unscaled)
    }

    /// Appends the text form (`-0.50`).
    pub fn write(&self, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
        let digits = self.digits.as_bytes();
        let scale = self.scale as usize;
        if digits.len() > scale {
            out.extend_from_slice(&digits[..digits.len() - scale]);
        } else {
            out.push(b'0');
        }
        if scale > 0 {
            out.push(b'.');
            out.extend(std::iter::repeat_n(b'0', scale.saturating_sub(digits.len())));
            out.extend_from_slice(&digits[digits.len().saturating_sub(scale)..]);
        }
    }

    fn extended(&self, scale: u32) -> Self {
        let mut digits = self.digits.clone();
        if !digits.is_empty() {
            digits.extend(std::iter::repeat_n('0', (scale - self.scale) as usize));
        }
        Self { negative: self.negative, digits, scale }
    }

    fn without_negative_zero(mut self) -> Self {
        self.negative &= !self.digits.is_empty();
        self
    }

    /// The digits without trailing zeros of the fraction, and the scale that is left.
    fn normalized(&self) -> (&str, u32) {
        if self.digits.is_empty() {
            return ("", 0);
        }
        let trimmed = self.digits.trim_end_matches('0');
        let removable = (self.digits.len() - trimmed.len()).min(self.scale as usize);
        (&self.digits[..self.digits.len() - removable], self.scale - removable as u32)
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale) as usize;
        let padded = |decimal: &Self| {
            if decimal.is_zero() { 0 } else { decimal.digits.len() + scale - decimal.scale as usize }
        };
        padded(self).cmp(&padded(other)).then_with(|| {
            // Both have the same length once padded with zeros on the right.
            let (left, right) = (self.digits.as_bytes(), other.digits.as_bytes());
            let common = left.len().min(right.len());
            left[..common].cmp(&right[..common]).then_with(|| {
                let rest_is_zero = |rest: &[u8]| rest.iter().all(|digit| *digit == b'0');
                match (rest_is_zero(&left[common..]), rest_is_zero(&right[common..])) {
                    (true, true) => Ordering::Equal,
                    (false, _) => Ordering::Greater,
                    (_, false) => Ordering::Less,
                }
            })
        })
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.negative.hash(state);
        self.normalized().hash(state);
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::from_scaled(value, 0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(self.digits.len() + 3);
        self.write(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than these are out of every range; the caller's bound refuses them.
    let magnitude: i32 = digits
        .trim_start_matches('0')
        .get(..7)
        .map_or_else(|| digits.trim_start_matches('0').parse().unwrap_or(0), |_| 9_999_999);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// The digits plus one in the last place.
fn incremented(digits: &str) -> String {
    let mut bytes = digits.as_bytes().to_vec();
    for byte in bytes.iter_mut().rev() {
        if *byte == b'9' {
            *byte = b'0';
        } else {
            *byte += 1;
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    format!("1{}", String::from_utf8_lossy(&bytes))
}

fn shortened(text: &str) -> String {
    match text.get(..60) {
        Some(start) if text.len() > 60 => format!("{start}…"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn the_text_form_keeps_the_scale() {
        let cases = [
            ("4.50", "4.50"),
            ("-0.00", "0.00"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+007", "7"),
            ("1e3", "1000"),
            ("1.50e1", "15.0"),
            ("12e-4", "0.0012"),
            ("0e5", "0"),
            ("-1.5E-1", "-0.15"),
        ];
        for (text, expected) in cases {
            assert_eq!(decimal(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in
            ["", "-", ".", "1,5", "1e", "e5", "NaN", "Infinity", "0x1", "1 ", " 1", "1_000", "--1", "1e1.5"]
        {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
        assert!(Decimal::parse("1e1000").is_err());
        assert!(Decimal::parse("1e-1001").is_err());
        assert!(Decimal::parse("1e99999999999999999999").is_err());
        assert_eq!(decimal(&"9".repeat(1000)).to_string(), "9".repeat(1000));
        assert!(Decimal::parse(&"9".repeat(1001)).is_err());
    }

    #[test]
    fn rounding() {
        let cases = [
            ("2.345", 2, "2.35", "2.34"),
            ("2.355", 2, "2.36", "2.36"),
            ("-2.345", 2, "-2.35", "-2.34"),
            ("0.005", 2, "0.01", "0.00"),
            ("-0.004", 2, "0.00", "0.00"),
            ("0.0005", 2, "0.00", "0.00"),
            ("9.995", 2, "10.00", "10.00"),
            ("0.5", 0, "1", "0"),
            ("1.5", 0, "2", "2"),
            ("2.5000001", 0, "3", "3"),
            ("7", 2, "7.00", "7.00"),
        ];
        for (text, scale, away, even) in cases {
            assert_eq!(decimal(text).round(scale, Rounding::HalfAwayFromZero).to_string(), away, "{text}");
            assert_eq!(decimal(text).round(scale, Rounding::HalfEven).to_string(), even, "{text}");
        }
    }

    #[test]
    fn a_column_takes_only_what_it_holds_exactly() {
        assert_eq!(decimal("4.5").fit(4, 2).unwrap().to_string(), "4.50");
        assert_eq!(decimal("4.500").fit(4, 2).unwrap().to_string(), "4.50");
        assert!(decimal("4.501").fit(4, 2).is_err());
        assert!(decimal("100").fit(4, 2).is_err());
        assert_eq!(decimal("-99.99").fit(4, 2).unwrap().to_string(), "-99.99");
        assert!(decimal("1").fit(2, 2).is_err());
        assert_eq!(decimal("0").fit(2, 2).unwrap().to_string(), "0.00");
    }

    #[test]
    fn the_smallest_scaled_integer() {
        assert_eq!(decimal("-92233720368547758.08").to_scaled_i64(2), Some(i64::MIN));
        assert_eq!(decimal("92233720368547758.08").to_scaled_i64(2), None);
        assert_eq!(decimal("0.001").to_scaled_i64(2), None);
    }

    proptest! {
        #[test]
        fn text_round_trips(negative: bool, whole in "0|[1-9][0-9]{0,40}", fraction in "[0-9]{0,40}") {
            let sign = if negative && (whole != "0" || fraction.bytes().any(|digit| digit != b'0')) { "-" } else { "" };
            let point = if fraction.is_empty() { "" } else { "." };
            let text = format!("{sign}{whole}{point}{fraction}");
            prop_assert_eq!(decimal(&text).to_string(), text);
        }

        #[test]
        fn order_is_numeric(left: i64, right: i64, left_scale in 0u32..6, right_scale in 0u32..6) {
            let (a, b) = (Decimal::from_scaled(left, left_scale), Decimal::from_scaled(right, right_scale));
            let (x, y) = (i128::from(left) * 10i128.pow(6 - left_scale), i128::from(right) * 10i128.pow(6 - right_scale));
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        }

        #[test]
        fn scaled_integers_round_trip(value: i64, scale in 0u32..19) {
            prop_assert_eq!(Decimal::from_scaled(value, scale).to_scaled_i64(scale), Some(value));
        }
    }
}
