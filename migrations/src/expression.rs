//! Conditions and values in DDL: a small language, read from the text of model files and from what PostgreSQL
//! prints, and rendered by [`crate::render`].
//!
//! Only what means the same on both databases with built-in functions is here. Everything else is refused with
//! its place, never passed through.

use sqlparser::ast::{BinaryOperator, CastKind, DataType, Expr, FunctionArguments, UnaryOperator, Value};
use sqlparser::ast::{FunctionArg, FunctionArgExpr, ObjectNamePart};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

/// A condition or a value over the columns of one table.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A column by its name in the database.
    Column(String),
    /// A decimal literal, as digits with an optional sign and point.
    Number(String),
    /// A text literal.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// NULL.
    Null,
    /// The ASCII letters in lower case: what both databases' built-in `lower` does under the "C" collation.
    Lower(Box<Expression>),
    /// A comparison.
    Compare(Comparison, Box<Expression>, Box<Expression>),
    /// `… IS NULL`.
    IsNull(Box<Expression>),
    /// All of them.
    And(Vec<Expression>),
    /// Any of them.
    Or(Vec<Expression>),
    /// SQL's negation: NULL stays NULL.
    Not(Box<Expression>),
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Why a text is no expression that DDL takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// It is no expression at all.
    #[error("`{text}` cannot be read: {reason}")]
    Syntax {
        /// The whole text.
        text: String,
        /// What the parser says, with line and column.
        reason: String,
    },
    /// A name is no column of the table.
    #[error("`{name}` in `{text}` is no column of the model{}", suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
    UnknownName {
        /// The whole text.
        text: String,
        /// The name.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
    },
    /// It is an expression, but not one that DDL takes yet.
    #[error(
        "`{part}` in `{text}` is not supported here until expressions are; write fields, `lower(field)`, comparisons with literals, `is null`, `and`, `or`, `not`"
    )]
    Unsupported {
        /// The whole text.
        text: String,
        /// The part that is not supported.
        part: String,
    },
    /// Two things cannot be compared.
    #[error("`{part}` in `{text}`: {reason}")]
    Type {
        /// The whole text.
        text: String,
        /// The offending part.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Who wrote an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// A model file.
    Model,
    /// PostgreSQL, which shows the types it has added (`'-1'::integer`, `(title)::text`).
    Database,
}

/// Reads a text. `column` gives the column of a name, or the error that says there is none.
///
/// # Errors
/// When the text is not of the small language above; text after the expression and comments are errors too, because
/// the parser would swallow them.
pub(crate) fn parse(
    text: &str,
    author: Author,
    column: &dyn Fn(&str) -> Result<String, ExpressionError>,
) -> Result<Expression, ExpressionError> {
    let syntax = |reason: String| ExpressionError::Syntax { text: text.to_owned(), reason };
    let dialect = PostgreSqlDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize().map_err(|error| syntax(error.to_string()))?;
    let comment = |token: &Token| {
        matches!(
            token,
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_))
        )
    };
    if tokens.iter().any(comment) {
        return Err(syntax("comments are not allowed".to_owned()));
    }
    let mut parser = Parser::new(&dialect).try_with_sql(text).map_err(|error| syntax(error.to_string()))?;
    let parsed = parser.parse_expr().map_err(|error| syntax(error.to_string()))?;
    let rest = parser.next_token();
    if rest.token != Token::EOF {
        return Err(syntax(format!("`{}` is too much", rest.token)));
    }
    Reader { text, author, column }.expression(&parsed)
}

struct Reader<'a> {
    text: &'a str,
    author: Author,
    column: &'a dyn Fn(&str) -> Result<String, ExpressionError>,
}

impl Reader<'_> {
    fn unsupported(&self, part: &dyn std::fmt::Display) -> ExpressionError {
        ExpressionError::Unsupported { text: self.text.to_owned(), part: part.to_string() }
    }

    fn expression(&self, expr: &Expr) -> Result<Expression, ExpressionError> {
        match expr {
            Expr::Nested(inner) => self.expression(inner),
            // Unquoted names of PostgreSQL's own printing are lower-case, those of model files are as written.
            Expr::Identifier(name) => (self.column)(&name.value).map(Expression::Column),
            Expr::Value(value) => self.literal(&value.value),
            Expr::IsNull(of) => Ok(Expression::IsNull(Box::new(self.expression(of)?))),
            Expr::IsNotNull(of) => {
                Ok(Expression::Not(Box::new(Expression::IsNull(Box::new(self.expression(of)?)))))
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Ok(Expression::Not(Box::new(self.expression(expr)?)))
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => match self.expression(inner)? {
                Expression::Number(number) => Ok(Expression::Number(negated(&number))),
                _ => Err(self.unsupported(expr)),
            },
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, expr),
            Expr::Function(function) => {
                let [ObjectNamePart::Identifier(name)] = function.name.0.as_slice() else {
                    return Err(self.unsupported(expr));
                };
                let FunctionArguments::List(arguments) = &function.args else {
                    return Err(self.unsupported(expr));
                };
                let plain = function.over.is_none()
                    && function.filter.is_none()
                    && function.null_treatment.is_none()
                    && function.within_group.is_empty()
                    && arguments.clauses.is_empty()
                    && arguments.duplicate_treatment.is_none();
                match arguments.args.as_slice() {
                    [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))]
                        if plain && name.value.eq_ignore_ascii_case("lower") =>
                    {
                        match self.expression(argument)? {
                            column @ Expression::Column(_) => Ok(Expression::Lower(Box::new(column))),
                            _ => Err(self.unsupported(expr)),
                        }
                    }
                    _ => Err(self.unsupported(expr)),
                }
            }
            Expr::Cast { kind: CastKind::DoubleColon, expr: inner, data_type, .. }
                if self.author == Author::Database =>
            {
                match self.expression(inner)? {
                    Expression::Text(number) if is_numeric(data_type) => Ok(Expression::Number(number)),
                    inner => Ok(inner),
                }
            }
            _ => Err(self.unsupported(expr)),
        }
    }

    fn literal(&self, value: &Value) -> Result<Expression, ExpressionError> {
        match value {
            Value::Number(number, false)
                if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') =>
            {
                Ok(Expression::Number(number.to_string()))
            }
            Value::SingleQuotedString(text) => Ok(Expression::Text(text.clone())),
            Value::Boolean(value) => Ok(Expression::Boolean(*value)),
            Value::Null => Ok(Expression::Null),
            other => Err(self.unsupported(other)),
        }
    }

    fn binary(
        &self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        whole: &Expr,
    ) -> Result<Expression, ExpressionError> {
        let comparison = match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let mut parts = Vec::new();
                for side in [left, right] {
                    match (op, self.expression(side)?) {
                        (BinaryOperator::And, Expression::And(inner))
                        | (BinaryOperator::Or, Expression::Or(inner)) => parts.extend(inner),
                        (_, other) => parts.push(other),
                    }
                }
                return Ok(match op {
                    BinaryOperator::And => Expression::And(parts),
                    _ => Expression::Or(parts),
                });
            }
            BinaryOperator::Eq => Comparison::Equal,
            BinaryOperator::NotEq => Comparison::NotEqual,
            BinaryOperator::Lt => Comparison::Less,
            BinaryOperator::LtEq => Comparison::LessOrEqual,
            BinaryOperator::Gt => Comparison::Greater,
            BinaryOperator::GtEq => Comparison::GreaterOrEqual,
            _ => return Err(self.unsupported(whole)),
        };
        Ok(Expression::Compare(
            comparison,
            Box::new(self.expression(left)?),
            Box::new(self.expression(right)?),
        ))
    }
}

fn negated(number: &str) -> String {
    number.strip_prefix('-').map_or_else(|| format!("-{number}"), str::to_owned)
}

fn is_numeric(data_type: &DataType) -> bool {
    let name = data_type.to_string().to_ascii_lowercase();
    ["smallint", "integer", "bigint", "numeric", "double precision", "real"]
        .iter()
        .any(|numeric| name.starts_with(numeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expression, ExpressionError> {
        parse(text, Author::Model, &|name| Ok(name.to_owned()))
    }

    fn read_printed(text: &str) -> Result<Expression, ExpressionError> {
        parse(text, Author::Database, &|name| Ok(name.to_owned()))
    }

    #[test]
    fn reads_what_models_write_and_postgresql_prints_alike() {
        for (written, printed) in [
            ("views >= 0", "(views >= 0)"),
            ("rating >= -1.5", "(rating >= ('-1.5')::numeric)"),
            ("views > -1", "(views > '-1'::integer)"),
            ("published and deleted_at is null", "(published AND (deleted_at IS NULL))"),
            ("a and b and c", "(a AND b AND c)"),
            ("a or not b", "(a OR (NOT b))"),
            ("a is not null", "(a IS NOT NULL)"),
            ("lower(title)", "lower((title)::text)"),
            ("slug <> 'it''s'", "((slug)::text <> 'it''s'::text)"),
            ("score < 0", "(score < (0)::double precision)"),
        ] {
            assert_eq!(read(written).unwrap(), read_printed(printed).unwrap(), "{written}");
        }
    }

    #[test]
    fn refuses_everything_else_with_its_part() {
        for (text, part) in [
            ("views + 1 > 0", "views + 1"),
            ("count(posts) > 1", "count(posts)"),
            ("author.name = 'x'", "author.name"),
            ("lower(lower(a)) = 'x'", "lower(lower(a))"),
            ("a between 1 and 2", "a BETWEEN 1 AND 2"),
            ("a > 1e3", "1e3"),
            ("rating::integer > 1", "rating::INTEGER"),
        ] {
            match read(text) {
                Err(ExpressionError::Unsupported { part: found, .. }) => assert_eq!(found, part),
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["", "a >", "a > 1 garbage", "a -- comment", "a /* b */", "a; drop table t", "a)"] {
            assert!(matches!(read(text), Err(ExpressionError::Syntax { .. })), "{text}: {:?}", read(text));
        }
        let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(read(&deep).is_err());
    }
}
