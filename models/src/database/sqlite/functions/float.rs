//! Functions of floats with PostgreSQL's errors: what has no value, or none that a float can hold, is an error and never
//! NULL or an infinity.

use super::number::{DIVISION_BY_ZERO, OUT_OF_RANGE, finite, float_argument};
use super::{Failure, NativeFunction};
use rusqlite::types::Value;

const NO_POWER: &str = "nuages: this root or power has no value";
const NO_LOGARITHM: &str = "nuages: zero and negative numbers have no logarithm";

macro_rules! float_function {
    ($item:ident, $name:literal, $doc:literal, $of:expr) => {
        pub(super) const $item: NativeFunction = NativeFunction {
            name: $name,
            arity: 1,
            doc: $doc,
            call: |context| {
                let of: fn(f64) -> Result<f64, &'static str> = $of;
                finite(of(float_argument(context, 0)?)?)
            },
        };
    };
}

float_function!(CEIL, "nuages_ceil", "The nearest whole number that is not smaller.", |x| Ok(x.ceil()));
float_function!(FLOOR, "nuages_floor", "The nearest whole number that is not larger.", |x| Ok(x.floor()));
float_function!(ROUND, "nuages_round", "The nearest whole number, a half going to the even one.", |x| {
    Ok(x.round_ties_even())
});
float_function!(SQRT, "nuages_sqrt", "The square root; of a negative number an error.", |x| {
    if x < 0.0 { Err(NO_POWER) } else { Ok(x.sqrt()) }
});
float_function!(EXP, "nuages_exp", "e to the power of the number.", |x| {
    let power = x.exp();
    if power == 0.0 { Err(OUT_OF_RANGE) } else { Ok(power) }
});
float_function!(LN, "nuages_ln", "The natural logarithm; of what has none an error.", |x| {
    if x <= 0.0 { Err(NO_LOGARITHM) } else { Ok(x.ln()) }
});
float_function!(DEGREES, "nuages_degrees", "An angle in degrees.", |x| {
    Ok(x / (std::f64::consts::PI / 180.0))
});
float_function!(RADIANS, "nuages_radians", "An angle of degrees in radians.", |x| {
    let angle = x * (std::f64::consts::PI / 180.0);
    if angle == 0.0 && x != 0.0 { Err(OUT_OF_RANGE) } else { Ok(angle) }
});
float_function!(SIN, "nuages_sin", "The sine of an angle.", |x| Ok(x.sin()));
float_function!(COS, "nuages_cos", "The cosine of an angle.", |x| Ok(x.cos()));
float_function!(TAN, "nuages_tan", "The tangent of an angle.", |x| Ok(x.tan()));
float_function!(COT, "nuages_cot", "The cotangent of an angle; of zero an error.", |x| {
    if x == 0.0 { Err(DIVISION_BY_ZERO) } else { Ok(1.0 / x.tan()) }
});
float_function!(ASIN, "nuages_asin", "The angle of a sine; an error outside of -1 to 1.", |x| {
    if x.abs() > 1.0 { Err(OUT_OF_RANGE) } else { Ok(x.asin()) }
});
float_function!(ACOS, "nuages_acos", "The angle of a cosine; an error outside of -1 to 1.", |x| {
    if x.abs() > 1.0 { Err(OUT_OF_RANGE) } else { Ok(x.acos()) }
});
float_function!(ATAN, "nuages_atan", "The angle of a tangent.", |x| Ok(x.atan()));

pub(super) const PI: NativeFunction = NativeFunction {
    name: "nuages_pi",
    arity: 0,
    doc: "Half of the full angle.",
    call: |_| Ok(Value::Real(std::f64::consts::PI)),
};

pub(super) const ATAN2: NativeFunction = NativeFunction {
    name: "nuages_atan2",
    arity: 2,
    doc: "The angle of the point whose coordinates are the second number and the first.",
    call: |context| finite(float_argument(context, 0)?.atan2(float_argument(context, 1)?)),
};

pub(super) const POWER: NativeFunction = NativeFunction {
    name: "nuages_power",
    arity: 2,
    doc: "The first number to the power of the second; what has no value is an error.",
    call: |context| {
        let (base, exponent) = (float_argument(context, 0)?, float_argument(context, 1)?);
        if base == 0.0 && exponent < 0.0 || base < 0.0 && exponent.fract() != 0.0 {
            return Err(NO_POWER.into());
        }
        let power = base.powf(exponent);
        if power == 0.0 && base != 0.0 {
            return Err(OUT_OF_RANGE.into());
        }
        finite(power)
    },
};

pub(super) const LOG: NativeFunction = NativeFunction {
    name: "nuages_log",
    arity: 2,
    doc: "The logarithm of the second number to the base of the first; whole where it is.",
    call: |context| logarithm(float_argument(context, 0)?, float_argument(context, 1)?),
};

fn logarithm(base: f64, number: f64) -> Result<Value, Failure> {
    if base <= 0.0 || number <= 0.0 {
        return Err(NO_LOGARITHM.into());
    }
    if base == 1.0 {
        return Err(DIVISION_BY_ZERO.into());
    }
    let quotient = number.ln() / base.ln();
    // The quotient of two rounded logarithms may miss a whole number by a little.
    let whole = quotient.round();
    finite(if number.is_normal() && base.powf(whole) == number { whole } else { quotient })
}
