//! Ranks of a row among its neighbours.

use super::{WindowFunction, written_number};
use crate::functions::Rule;
use crate::registry::LogicalType;

macro_rules! ranking {
    ($item:ident, $name:literal, $result:ident, $doc:literal) => {
        pub(super) static $item: WindowFunction = WindowFunction {
            name: $name,
            doc: $doc,
            usage: concat!($name, "() over (order by …)"),
            types: |operands| {
                if !operands.is_empty() {
                    return Err("it takes no argument".to_owned());
                }
                Ok(Rule { operands: Vec::new(), result: LogicalType::$result, nullable: false })
            },
        };
    };
}

ranking!(ROW_NUMBER, "row_number", Int64, "The position of the row, from 1.");
ranking!(RANK, "rank", Int64, "The position of the first row that is equal in the ordering, from 1.");
ranking!(DENSE_RANK, "dense_rank", Int64, "The number of different rows up to this one in the ordering.");
ranking!(PERCENT_RANK, "percent_rank", Float, "The rank as a part of all, from 0 to 1.");
ranking!(CUME_DIST, "cume_dist", Float, "The part of the rows that are not behind this one, up to 1.");

pub(super) static NTILE: WindowFunction = WindowFunction {
    name: "ntile",
    doc: "The number of the part that the row is in when all are divided into so many equal parts.",
    usage: "ntile(parts) over (order by …)",
    types: |operands| {
        let [parts] = operands else { return Err("write it as ntile(parts)".to_owned()) };
        written_number(parts, 1)?;
        Ok(Rule { operands: vec![Some(LogicalType::Int32)], result: LogicalType::Int64, nullable: false })
    },
};
