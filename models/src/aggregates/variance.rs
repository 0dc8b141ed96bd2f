//! Variance and standard deviation. `variance` and `stddev` are of the whole population, as Django's are by default; those
//! of a sample are Django's with `sample=True`. PostgreSQL's names mean what they mean there, except that its plain
//! `variance` and `stddev` are of a sample.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::{Typed, types};
use crate::database::Dialect;
use crate::registry::LogicalType;

fn rule(operands: &[Typed]) -> Result<AggregateRule, String> {
    let [value] = operands else { return Err("write it with one number".to_owned()) };
    if !types::is_number(&value.logical) {
        return Err(format!("{} has no variance", types::type_name(&value.logical)));
    }
    Ok(AggregateRule { operands: vec![Some(LogicalType::Float)], result: LogicalType::Float, encoding: None })
}

macro_rules! variance_aggregate {
    ($item:ident, $name:literal, $postgres:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: AggregateFunction = AggregateFunction {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(number)"),
            empty: Empty::Null,
            over_members: OverMembers::Never,
            types: rule,
            compile: |compiler, aggregate, _| {
                // Rounding depends on the order in which values are added.
                let aggregate = super::in_order(aggregate);
                match compiler.dialect() {
                    Dialect::Postgres => compiler.aggregate($postgres, &aggregate),
                    Dialect::Sqlite => compiler.aggregate($sqlite, &aggregate),
                }
            },
        };
    };
}

variance_aggregate!(
    STDDEV,
    "stddev",
    "stddev_pop",
    "nuages_stddev_pop",
    "The standard deviation of the numbers as a float."
);
variance_aggregate!(
    STDDEV_POP,
    "stddev_pop",
    "stddev_pop",
    "nuages_stddev_pop",
    "The standard deviation of the numbers as a float; the same as stddev."
);
variance_aggregate!(
    STDDEV_SAMP,
    "stddev_samp",
    "stddev_samp",
    "nuages_stddev_samp",
    "The standard deviation of the numbers as a sample of more, as a float; NULL of one number."
);
variance_aggregate!(
    VARIANCE,
    "variance",
    "var_pop",
    "nuages_var_pop",
    "The variance of the numbers as a float."
);
variance_aggregate!(
    VARIANCE_SAMP,
    "variance_samp",
    "var_samp",
    "nuages_var_samp",
    "The variance of the numbers as a sample of more, as a float; NULL of one number."
);
variance_aggregate!(
    VAR_POP,
    "var_pop",
    "var_pop",
    "nuages_var_pop",
    "The variance of the numbers as a float; the same as variance."
);
variance_aggregate!(
    VAR_SAMP,
    "var_samp",
    "var_samp",
    "nuages_var_samp",
    "The variance of the numbers as a sample of more, as a float; the same as variance_samp."
);
