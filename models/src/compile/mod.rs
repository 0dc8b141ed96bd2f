//! The compile stage: resolved expressions to SQL of one dialect, with slots in place of values.

mod cast;
mod ddl;
mod keyset;
mod select;
mod write;

pub(crate) use cast::{json_on_postgres, word};
pub use ddl::{DdlError, DdlFault, DdlRole, DdlSql, GeneratedValue, check_ddl, compile_ddl, generated_value};
pub use keyset::keyset_condition;
pub(crate) use write::in_column;

use crate::bind::types::COMPUTED_DIGITS;
use crate::bind::{BoundExpr, BoundOrder, JoinedTable, Scalar, Typed};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::{CompileError, RowsColumn, Target};
use crate::registry::{LogicalType, RangeBound, SqliteEncoding};
use crate::sql::{From, Join, Order, Select, Sql, Write, all_of, render, render_write};
use crate::value::Value;

/// A statement as a template: its text, and where its parameters come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// The parameters in order.
    pub slots: Vec<StatementSlot>,
}

/// One parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementSlot {
    /// Where its value comes from.
    pub slot: Slot,
    /// The value's type.
    pub logical: LogicalType,
    /// How SQLite stores the values it is compared with.
    pub encoding: SqliteEncoding,
    /// What is done to the value first.
    pub conversion: Conversion,
}

/// What is done to a value before it becomes a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Nothing.
    Plain,
    /// A decimal that an SQLite column cannot hold becomes the next larger one that it can: for `<` and `>=`.
    StoredAbove,
    /// A decimal that an SQLite column cannot hold becomes the next smaller one that it can: for `>` and `<=`.
    StoredBelow,
    /// A LIKE pattern: the text at the start.
    LikeStart,
    /// A LIKE pattern: the text anywhere.
    LikePart,
    /// A LIKE pattern: the text at the end.
    LikeEnd,
    /// A regular expression, translated to the database's syntax.
    Pattern,
    /// The same, whatever the case.
    PatternIgnoringCase,
    /// A JSON array of keys and positions as an array of texts.
    JsonPath,
    /// Values that one is looked for among: for SQLite each as its column stores it, not as a stored list holds it.
    Among,
}

/// Builds one statement.
#[derive(Debug)]
pub struct Compiler<'t> {
    target: &'t Target,
    slots: Vec<StatementSlot>,
    /// Values by which the SELECT at hand groups or tells rows apart. Wherever one stands it is the same SQL, parameters
    /// included: else PostgreSQL does not see that it is one value.
    known: Vec<(Typed, Sql)>,
    /// What is written for.
    purpose: Purpose,
}

/// What SQL is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A statement of a request.
    Statement,
    /// An expression that the database keeps: the server's collations and settings must not matter. NOT is SQL's own, or the
    /// complement.
    Ddl { three_valued: bool },
}

impl<'t> Compiler<'t> {
    /// A compiler without parameters yet.
    pub fn new(target: &'t Target) -> Self {
        Self { target, slots: Vec::new(), known: Vec::new(), purpose: Purpose::Statement }
    }

    /// A compiler of an expression that PostgreSQL keeps.
    fn for_ddl(target: &'t Target, three_valued: bool) -> Self {
        Self { purpose: Purpose::Ddl { three_valued }, ..Self::new(target) }
    }

    /// Whether what is compiled is kept by the database.
    pub(crate) fn is_of_ddl(&self) -> bool {
        self.purpose != Purpose::Statement
    }

    /// The finished statement.
    pub fn finish(self, select: &Select) -> Statement {
        Statement { sql: render(select, self.target.dialect), slots: self.slots }
    }

    /// The statement of a tree that writes.
    pub fn finish_write(self, write: &Write) -> Statement {
        Statement { sql: render_write(write, self.target.dialect), slots: self.slots }
    }

    /// Which SQL is written.
    pub fn dialect(&self) -> Dialect {
        self.target.dialect
    }

    /// A scalar's SQL, in the encoding that it was bound to.
    ///
    /// # Errors
    /// When the database lacks what it needs.
    pub fn scalar(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        if let Some((_, sql)) = self.known.iter().find(|(known, _)| known == typed) {
            return Ok(sql.clone());
        }
        match &typed.scalar {
            Scalar::Column { alias, column } if *alias == crate::bind::WHOLE => Ok(Sql::Name(column.clone())),
            Scalar::Column { alias, column } => {
                Ok(Sql::Column { alias: alias.name(), column: column.clone() })
            }
            Scalar::Given { alias, column } => {
                let given = Sql::Column { alias: alias.name(), column: column.clone() };
                Ok(match self.dialect() {
                    // A sum of integers is no integer there, and the rows are read as what the column is said to be.
                    Dialect::Postgres => Sql::cast(given, type_of(&typed.logical)),
                    Dialect::Sqlite => given,
                })
            }
            Scalar::Slot(Slot::Constant(Value::Boolean(value))) => Ok(Sql::Boolean(*value)),
            Scalar::Slot(_) => self.written(typed),
            Scalar::Null => Ok(match self.dialect() {
                Dialect::Postgres => Sql::cast(Sql::Null, type_of(&typed.logical)),
                Dialect::Sqlite => Sql::Null,
            }),
            Scalar::Call { function, arguments } => {
                let value = (function.compile)(self, arguments, &typed.logical)?;
                Ok(self.kept_text(typed, value))
            }
            Scalar::Case { branches, otherwise } => {
                let branches = branches
                    .iter()
                    .map(|(when, then)| Ok((self.condition(when)?, self.scalar(then)?)))
                    .collect::<Result<_, CompileError>>()?;
                let otherwise = match otherwise {
                    Some(otherwise) => Some(Box::new(self.scalar(otherwise)?)),
                    None => None,
                };
                Ok(self.kept_text(typed, Sql::Case { branches, otherwise }))
            }
            Scalar::Cast(of) => self.cast(of, typed),
            Scalar::Condition(condition) => self.condition(condition),
            Scalar::Aggregate(aggregate) => (aggregate.function.compile)(self, aggregate, &typed.logical),
            Scalar::Window(window) => self.window(window, &typed.logical),
            Scalar::Select(select) => Ok(Sql::Select(Box::new(self.select(select)?))),
        }
    }

    /// A text that the database keeps and that is made of none of its texts (`chr(views)`, a part of a document) has the
    /// database's own collation: it says that it has ours.
    fn kept_text(&self, typed: &Typed, value: Sql) -> Sql {
        let has_ours = |part: &Typed| {
            let text = match &part.logical {
                LogicalType::Array(element) => **element == LogicalType::Text,
                logical => *logical == LogicalType::Text,
            };
            // What is computed says it, as here.
            text && !matches!(part.scalar, Scalar::Slot(_) | Scalar::Null)
        };
        let follows = match &typed.scalar {
            Scalar::Call { arguments, .. } => arguments.iter().any(has_ours),
            Scalar::Case { branches, otherwise } => {
                branches.iter().any(|(_, then)| has_ours(then)) || otherwise.as_deref().is_some_and(has_ours)
            }
            _ => true,
        };
        let kept = self.purpose != Purpose::Statement && self.dialect() == Dialect::Postgres;
        if kept && typed.logical == LogicalType::Text && !follows {
            return Sql::Collate { of: Box::new(value), collation: "C".to_owned() };
        }
        value
    }

    /// A parameter that says its type, so that the database need not infer it.
    fn written(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        let parameter = self.parameter(typed, Conversion::Plain)?;
        Ok(match self.dialect() {
            Dialect::Postgres => match &typed.logical {
                LogicalType::IpAddress => Sql::cast(Sql::cast(parameter, "text"), "inet"),
                logical => Sql::cast(parameter, type_of(logical)),
            },
            Dialect::Sqlite => parameter,
        })
    }

    /// A value as it is put in order.
    ///
    /// # Errors
    /// When a transform needs what the database lacks.
    pub fn sort_key(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        if let (Dialect::Sqlite, LogicalType::Array(_)) = (self.dialect(), &typed.logical) {
            return Err(CompileError::Unsupported {
                what: "an order of lists on SQLite".to_owned(),
                remedy: "order by one of their elements or by their length".to_owned(),
            });
        }
        let value = self.scalar(typed)?;
        Ok(self.sortable(&typed.logical, value))
    }

    /// A value of this type in a form that sorts alike on both databases: SQLite has addresses as text.
    pub(crate) fn sortable(&self, logical: &LogicalType, value: Sql) -> Sql {
        match (self.dialect(), logical.stored()) {
            (Dialect::Sqlite, LogicalType::IpAddress) => Sql::call("nuages_address", vec![value]),
            (Dialect::Postgres, LogicalType::Text) if self.purpose != Purpose::Statement => {
                by_code_point(value)
            }
            _ => value,
        }
    }

    /// A parameter as an operand of a comparison, cast where the database would infer too narrow a type.
    ///
    /// # Errors
    /// When the operand is not a slot.
    pub fn operand(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        if !matches!(typed.scalar, Scalar::Slot(_)) {
            return self.scalar(typed);
        }
        if let Scalar::Slot(Slot::Constant(Value::Boolean(value))) = &typed.scalar {
            return Ok(Sql::Boolean(*value));
        }
        self.converted_operand(typed, Conversion::Plain)
    }

    /// A list of values that one is looked for among, as [`Compiler::operand`].
    ///
    /// # Errors
    /// When the operand is not a slot.
    pub fn list_operand(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        if !matches!(typed.scalar, Scalar::Slot(_)) {
            return self.scalar(typed);
        }
        self.converted_operand(typed, Conversion::Among)
    }

    fn converted_operand(&mut self, typed: &Typed, conversion: Conversion) -> Result<Sql, CompileError> {
        let parameter = self.parameter(typed, conversion)?;
        Ok(match self.dialect() {
            Dialect::Postgres => match typed.logical.stored() {
                // A comparison with a number outside of the column's type is false or true, never an error.
                LogicalType::Int16 | LogicalType::Int32 => Sql::cast(parameter, "int8"),
                LogicalType::IpAddress => Sql::cast(Sql::cast(parameter, "text"), "inet"),
                LogicalType::Array(element) => Sql::cast(parameter, array_type(element)),
                LogicalType::Json => Sql::cast(parameter, "jsonb"),
                // A computed value has no column whose type the parameter could take.
                LogicalType::Decimal { digits: COMPUTED_DIGITS, .. } => Sql::cast(parameter, "numeric"),
                _ => parameter,
            },
            Dialect::Sqlite => parameter,
        })
    }

    /// A parameter.
    ///
    /// # Errors
    /// When the operand is not a slot.
    pub fn parameter(&mut self, typed: &Typed, conversion: Conversion) -> Result<Sql, CompileError> {
        let Scalar::Slot(slot) = &typed.scalar else {
            return Err(CompileError::Invalid("a value is needed here, not a column".to_owned()));
        };
        Ok(self.slot(slot.clone(), typed.logical.clone(), typed.encoding, conversion))
    }

    /// A parameter for a slot.
    pub fn slot(
        &mut self,
        slot: Slot,
        logical: LogicalType,
        encoding: SqliteEncoding,
        conversion: Conversion,
    ) -> Sql {
        self.slots.push(StatementSlot { slot, logical, encoding, conversion });
        Sql::Parameter(self.slots.len() - 1)
    }

    /// A text with its case folded.
    ///
    /// # Errors
    /// When the database has no folding collation.
    pub fn folded(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        let text = self.scalar(typed)?;
        self.fold(text)
    }

    /// A text parameter with its case folded.
    ///
    /// # Errors
    /// When the operand is not a slot, or the database has no folding collation.
    pub fn folded_parameter(&mut self, typed: &Typed, conversion: Conversion) -> Result<Sql, CompileError> {
        let text = self.parameter(typed, conversion)?;
        let text = match self.dialect() {
            Dialect::Postgres => Sql::cast(text, "text"),
            Dialect::Sqlite => text,
        };
        self.fold(text)
    }

    fn fold(&mut self, text: Sql) -> Result<Sql, CompileError> {
        match self.dialect() {
            Dialect::Postgres => Ok(Sql::call("upper", vec![self.collated_for_folding(text)?])),
            Dialect::Sqlite => Ok(Sql::call("nuages_upper", vec![text])),
        }
    }

    /// A text with the collation whose case rules are Unicode's.
    ///
    /// # Errors
    /// When the database has none.
    pub(crate) fn collated_for_folding(&mut self, text: Sql) -> Result<Sql, CompileError> {
        if self.purpose != Purpose::Statement {
            // What the database keeps must not hang on a collation of the server: only ASCII letters have a case there.
            return Ok(by_code_point(text));
        }
        let Some(collation) = &self.target.folding_collation else {
            return Err(CompileError::Unsupported {
                what: "comparing text without case".to_owned(),
                remedy: "the server has no collation with Unicode's case rules; install the C.UTF-8 locale"
                    .to_owned(),
            });
        };
        Ok(Sql::Collate { of: Box::new(text), collation: collation.clone() })
    }

    /// A condition's SQL.
    ///
    /// # Errors
    /// When the database lacks what it needs.
    pub fn condition(&mut self, condition: &BoundExpr) -> Result<Sql, CompileError> {
        match condition {
            BoundExpr::And(parts) => Ok(match self.conditions(parts)? {
                mut one if one.len() == 1 => one.swap_remove(0),
                many => Sql::And(many),
            }),
            BoundExpr::Or(parts) => Ok(match self.conditions(parts)? {
                mut one if one.len() == 1 => one.swap_remove(0),
                many => Sql::Or(many),
            }),
            BoundExpr::Not(part) => self.negation(part),
            BoundExpr::Lookup { lookup, left, right } => (lookup.compile)(self, left, right),
            BoundExpr::Present(alias, column) => {
                Ok(Sql::test(Sql::column(&alias.name(), column), "IS NOT NULL"))
            }
            BoundExpr::Exists(select) => {
                let mut select = self.select(select)?;
                select.columns = vec![(Sql::Integer(1), None)];
                Ok(Sql::Exists(Box::new(select)))
            }
            BoundExpr::InSelect { left, select } => {
                let of = Box::new(self.scalar(left)?);
                Ok(Sql::InSelect { of, select: Box::new(self.select(select)?) })
            }
        }
    }

    fn conditions(&mut self, parts: &[BoundExpr]) -> Result<Vec<Sql>, CompileError> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    /// A value as JSON, whatever it is.
    ///
    /// # Errors
    /// When values of its type have no place in a document.
    pub fn json(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        match &typed.logical {
            LogicalType::Json => self.scalar(typed),
            _ => self.scalar(&crate::bind::cast(typed.clone(), &LogicalType::Json)),
        }
    }

    fn negation(&mut self, part: &BoundExpr) -> Result<Sql, CompileError> {
        if let BoundExpr::Lookup { lookup, left, right } = part {
            match lookup.name {
                "isnull" => return Ok(Sql::test(self.scalar(left)?, "IS NOT NULL")),
                // The usual `ne`, in the database's own word for it.
                // Two NULLs are not equal, and not distinct either: then the word would be wrong.
                "exact"
                    if left.logical != LogicalType::Json
                        && left.logical != LogicalType::Boolean
                        && (self.purpose == (Purpose::Ddl { three_valued: true })
                            || !(left.nullable && right[0].nullable)) =>
                {
                    let value = self.scalar(left)?;
                    let operand = self.operand(&right[0])?;
                    let nullable = (left.nullable || right[0].nullable)
                        && self.purpose != (Purpose::Ddl { three_valued: true });
                    let operator = match (nullable, self.dialect()) {
                        (false, _) => "<>",
                        (true, Dialect::Postgres) => "IS DISTINCT FROM",
                        (true, Dialect::Sqlite) => "IS NOT",
                    };
                    return Ok(Sql::binary(value, operator, operand));
                }
                _ => {}
            }
        }
        let inner = self.condition(part)?;
        if self.purpose == (Purpose::Ddl { three_valued: true }) {
            return Ok(Sql::Not(Box::new(inner)));
        }
        Ok(if part.nullable() { Sql::test(inner, "IS NOT TRUE") } else { Sql::Not(Box::new(inner)) })
    }

    /// ORDER BY of resolved keys; `reverse` turns every key round.
    ///
    /// # Errors
    /// When the database lacks what a key needs.
    pub fn order(&mut self, keys: &[BoundOrder], reverse: bool) -> Result<Vec<Order>, CompileError> {
        keys.iter()
            .map(|key| {
                let descending = key.descending != reverse;
                let nulls_first = key.nulls_first != reverse;
                Ok(Order {
                    key: self.sort_key(&key.key)?,
                    descending,
                    nulls: nulls_clause(self.dialect(), key.key.nullable, descending, nulls_first),
                })
            })
            .collect()
    }
}

/// A text that is compared by code point whatever the database's own collation is. A column of ours is already, and what
/// is computed from one.
fn by_code_point(mut text: Sql) -> Sql {
    fn has_column(sql: &mut Sql) -> bool {
        let mut found = matches!(sql, Sql::Column { .. } | Sql::Collate { .. });
        sql.each_part(&mut |part| found |= has_column(part));
        found
    }
    if has_column(&mut text) { text } else { Sql::Collate { of: Box::new(text), collation: "C".to_owned() } }
}

/// What must be said of NULLs: nothing where there are none or where the database does it unsaid. NULL is the
/// largest value for PostgreSQL and the smallest for SQLite.
pub(crate) fn nulls_clause(
    dialect: Dialect,
    nullable: bool,
    descending: bool,
    nulls_first: bool,
) -> Option<&'static str> {
    let unsaid = match dialect {
        Dialect::Postgres => descending,
        Dialect::Sqlite => !descending,
    };
    (nullable && unsaid != nulls_first).then_some(if nulls_first { "NULLS FIRST" } else { "NULLS LAST" })
}

/// A to-one join.
pub(crate) fn join(joined: &JoinedTable) -> From {
    let on = joined.pairs.iter().map(|(parent, here)| {
        Sql::binary(Sql::column(&joined.alias.name(), here), "=", Sql::column(&joined.parent.name(), parent))
    });
    From::table(Join::Left, &joined.table, &joined.alias.name(), all_of(on.collect()))
}

/// What stands before a statement that is explained, and the columns that come then.
pub(crate) fn explanation(dialect: Dialect, analyze: bool, verbose: bool) -> (&'static str, Vec<RowsColumn>) {
    let column = |name: &str, logical| RowsColumn {
        name: name.to_owned(),
        logical,
        encoding: SqliteEncoding::Plain,
        nullable: false,
    };
    let number = |name| column(name, LogicalType::Int64);
    let text = |name| column(name, LogicalType::Text);
    match (dialect, analyze, verbose) {
        (Dialect::Sqlite, ..) => {
            ("EXPLAIN QUERY PLAN ", vec![number("id"), number("parent"), number("unused"), text("detail")])
        }
        (Dialect::Postgres, false, false) => ("EXPLAIN ", vec![text("plan")]),
        (Dialect::Postgres, false, true) => ("EXPLAIN (VERBOSE) ", vec![text("plan")]),
        (Dialect::Postgres, true, false) => ("EXPLAIN (ANALYZE) ", vec![text("plan")]),
        (Dialect::Postgres, true, true) => ("EXPLAIN (ANALYZE, VERBOSE) ", vec![text("plan")]),
    }
}

/// PostgreSQL's type for values of a type.
pub(crate) fn type_of(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Boolean => "bool",
        LogicalType::Int16 | LogicalType::Int32 => "int4",
        LogicalType::Int64 => "int8",
        LogicalType::Float => "float8",
        LogicalType::Decimal { .. } => "numeric",
        LogicalType::Text | LogicalType::Encrypted(_) => "text",
        LogicalType::Date => "date",
        LogicalType::Time => "time",
        LogicalType::DateTime => "timestamptz",
        LogicalType::Duration => "interval",
        LogicalType::Uuid => "uuid",
        LogicalType::Json => "jsonb",
        LogicalType::Binary => "bytea",
        LogicalType::IpAddress => "inet",
        LogicalType::Array(element) => array_type(element),
        LogicalType::Range(bound) => match bound {
            RangeBound::Int32 => "int4range",
            RangeBound::Int64 => "int8range",
            RangeBound::Decimal => "numrange",
            RangeBound::Date => "daterange",
            RangeBound::DateTime => "tstzrange",
        },
        LogicalType::SearchVector => "tsvector",
        LogicalType::Custom(custom) => type_of(custom.stored_type()),
    }
}

/// PostgreSQL's array type for values of a type. Integers are widened, so that any key fits.
pub(crate) fn array_type(element: &LogicalType) -> &'static str {
    match element {
        LogicalType::Boolean => "bool[]",
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => "int8[]",
        LogicalType::Float => "float8[]",
        LogicalType::Decimal { .. } => "numeric[]",
        LogicalType::Date => "date[]",
        LogicalType::Time => "time[]",
        LogicalType::DateTime => "timestamptz[]",
        LogicalType::Duration => "interval[]",
        LogicalType::Uuid => "uuid[]",
        LogicalType::Json => "jsonb[]",
        LogicalType::Binary => "bytea[]",
        LogicalType::IpAddress => "inet[]",
        LogicalType::Text
        | LogicalType::Array(_)
        | LogicalType::Range(_)
        | LogicalType::SearchVector
        | LogicalType::Encrypted(_) => "text[]",
        LogicalType::Custom(custom) => array_type(custom.stored_type()),
    }
}
