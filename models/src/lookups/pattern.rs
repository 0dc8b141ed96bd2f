//! Regular expressions. The pattern is parsed, bounded and translated when its value is known, before it reaches the
//! database (see [`crate::pattern`]). Without case its letters become classes of both cases, so that no collation matters.

use super::{Lookup, Operands};
use crate::compile::Conversion;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// Matches.
pub(super) static REGEX: Lookup = Lookup {
    name: "regex",
    doc: "The text matches the regular expression somewhere.",
    operands: Operands::Text,
    accepts: |logical| *logical == LogicalType::Text,
    strict: true,
    compile: |compiler, left, right| {
        let text = compiler.scalar(left)?;
        let pattern = compiler.parameter(&right[0], Conversion::Pattern)?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::binary(text, "~", pattern),
            Dialect::Sqlite => Sql::call("nuages_regexp", vec![pattern, text]),
        })
    },
};

/// Matches without case.
pub(super) static IREGEX: Lookup = Lookup {
    name: "iregex",
    doc: "The text matches the regular expression somewhere, whatever the case.",
    operands: Operands::Text,
    accepts: |logical| *logical == LogicalType::Text,
    strict: true,
    compile: |compiler, left, right| {
        let text = compiler.scalar(left)?;
        let pattern = compiler.parameter(&right[0], Conversion::PatternIgnoringCase)?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::binary(text, "~", pattern),
            Dialect::Sqlite => Sql::call("nuages_regexp", vec![pattern, text]),
        })
    },
};
