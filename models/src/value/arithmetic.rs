//! Exact arithmetic of decimals, as PostgreSQL's `numeric` has it: for SQLite's native functions.

use super::{Decimal, Rounding, ValueError};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// Most digits of a result: what `numeric` holds before its point, and enough after it.
const MAX_DIGITS: usize = 140_000;

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// The result is too large.
    #[error("a number is out of range")]
    OutOfRange,
}

impl From<ArithmeticError> for ValueError {
    fn from(error: ArithmeticError) -> Self {
        Self::out_of_range("the result of a computation", &error.to_string())
    }
}

fn number(decimal: &Decimal) -> BigInt {
    let digits = decimal.unscaled_digits();
    let magnitude = digits.parse::<BigInt>().unwrap_or_default();
    if decimal.is_negative() { -magnitude } else { magnitude }
}

fn decimal(number: &BigInt, scale: u32) -> Result<Decimal, ArithmeticError> {
    let digits = number.abs().to_string();
    if digits.len() > MAX_DIGITS {
        return Err(ArithmeticError::OutOfRange);
    }
    Ok(Decimal::from_digits(number.sign() == Sign::Minus, &digits, scale))
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10_u8).pow(exponent)
}

/// Both as integers of one scale.
fn aligned(a: &Decimal, b: &Decimal) -> (BigInt, BigInt, u32) {
    let scale = a.scale().max(b.scale());
    let up = |value: &Decimal| number(value) * power_of_ten(scale - value.scale());
    (up(a), up(b), scale)
}

/// The sum.
///
/// # Errors
/// When it is too large; so for the others.
pub fn add(a: &Decimal, b: &Decimal) -> Result<Decimal, ArithmeticError> {
    let (a, b, scale) = aligned(a, b);
    decimal(&(a + b), scale)
}

/// The difference.
pub fn subtract(a: &Decimal, b: &Decimal) -> Result<Decimal, ArithmeticError> {
    let (a, b, scale) = aligned(a, b);
    decimal(&(a - b), scale)
}

/// The product.
pub fn multiply(a: &Decimal, b: &Decimal) -> Result<Decimal, ArithmeticError> {
    decimal(&(number(a) * number(b)), a.scale() + b.scale())
}

/// The quotient with so many digits after the point, a half going away from zero.
///
/// # Errors
/// When the divisor is zero.
pub fn divide(a: &Decimal, b: &Decimal, scale: u32) -> Result<Decimal, ArithmeticError> {
    if b.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
    }
    // One digit more than is shown decides the rounding; what follows it cannot.
    let shift = scale + 1 + b.scale();
    let dividend = number(a) * power_of_ten(shift);
    let quotient = dividend / (number(b) * power_of_ten(a.scale()));
    Ok(decimal(&quotient, scale + 1)?.round(scale, Rounding::HalfAwayFromZero))
}

/// What division leaves, with the sign of the dividend.
///
/// # Errors
/// When the divisor is zero.
pub fn modulo(a: &Decimal, b: &Decimal) -> Result<Decimal, ArithmeticError> {
    let (a, b, scale) = aligned(a, b);
    if b.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
    }
    let rest = a.abs().mod_floor(&b.abs());
    decimal(&if a.is_negative() { -rest } else { rest }, scale)
}

/// The nearest whole number not above (`floor`) or not below it.
pub fn whole(value: &Decimal, floor: bool) -> Result<Decimal, ArithmeticError> {
    let (quotient, rest) = number(value).div_mod_floor(&power_of_ten(value.scale()));
    let up = !floor && !rest.is_zero();
    decimal(&if up { quotient + 1 } else { quotient }, 0)
}

/// The number with the other sign.
pub fn negate(value: &Decimal) -> Result<Decimal, ArithmeticError> {
    decimal(&-number(value), value.scale())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_as_numeric_does() {
        let of = |text: &str| Decimal::parse(text).unwrap();
        for (result, expected) in [
            (add(&of("1.5"), &of("-0.25")), "1.25"),
            (subtract(&of("1.50"), &of("1.5")), "0.00"),
            (multiply(&of("-1.5"), &of("0.02")), "-0.030"),
            (divide(&of("3.34"), &of("3"), 20), "1.11333333333333333333"),
            (divide(&of("-2"), &of("3"), 4), "-0.6667"),
            (divide(&of("0.00001"), &of("1000"), 4), "0.0000"),
            (modulo(&of("-7.5"), &of("2")), "-1.5"),
            (whole(&of("-1.5"), true), "-2"),
            (whole(&of("-1.5"), false), "-1"),
            (whole(&of("1.5"), false), "2"),
            (negate(&of("0.0")), "0.0"),
        ] {
            assert_eq!(result.unwrap().to_string(), expected);
        }
        assert_eq!(divide(&of("1"), &of("0.00"), 2), Err(ArithmeticError::DivisionByZero));
    }
}
