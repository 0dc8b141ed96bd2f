//! SELECTs in the database's own SQL: Django's `raw`.

use super::{Objects, Orm};
use crate::expr::Expr;
use crate::objects::QueryError;
use crate::query::{QuerySet, RawSelect, Scope, Source};
use crate::registry::LogicalType;
use crate::value::Value;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

impl Orm {
    /// Rows of a model that a SELECT in the database's own SQL finds, by its columns' names: it must give every column of
    /// the model. The rows are those of a query like any other, so they can be filtered, annotated, ordered and counted;
    /// managers say nothing about them.
    ///
    /// The statement is for one database: SQL is not translated. Parameters are `$1`, `$2`, … on both, and are sent apart from
    /// the statement.
    ///
    /// ```
    /// # use nuages_models::objects::{Orm, Objects};
    /// # use nuages_models::value::Value;
    /// fn popular(orm: &Orm) -> Objects {
    ///     orm.raw("Post", "SELECT * FROM blog_post WHERE views > $1", vec![Value::Int(100)])
    /// }
    /// ```
    pub fn raw(&self, model: &str, sql: &str, parameters: Vec<Value>) -> Objects {
        let objects = self.objects(model);
        objects.change(|query, _| {
            query.source = Some(Source::Raw(parse(sql, parameters)?));
            query.manager = Scope::Unscoped;
            Ok(())
        })
    }

    /// Rows of no model: the columns of a SELECT in the database's own SQL, by their names and types.
    ///
    /// ```
    /// # use nuages_models::objects::{Orm, Objects};
    /// # use nuages_models::registry::LogicalType;
    /// fn sizes(orm: &Orm) -> Objects {
    ///     let sql = "SELECT author_id, count(*) AS posts FROM blog_post GROUP BY author_id";
    ///     orm.raw_rows(sql, vec![], &[("author_id", LogicalType::Int64), ("posts", LogicalType::Int64)]).order_by(["-posts"])
    /// }
    /// ```
    pub fn raw_rows(&self, sql: &str, parameters: Vec<Value>, columns: &[(&str, LogicalType)]) -> Objects {
        let query = parse(sql, parameters).and_then(|mut raw| {
            raw.of_rows = false;
            raw.columns =
                columns.iter().map(|(name, logical)| ((*name).to_owned(), logical.clone())).collect();
            let carrier = self.registry.models().first();
            let Some(carrier) = carrier else {
                return Err(QueryError::Misuse("a project without models has no queries".to_owned()));
            };
            let columns = columns.iter().map(|(name, _)| ((*name).to_owned(), Expr::name(*name))).collect();
            let source = Some(Source::Raw(raw));
            Ok(QuerySet { source, columns, manager: Scope::Unscoped, ..QuerySet::all(carrier.id) })
        });
        Objects { orm: self.clone(), query, related: Vec::new(), prefetched: Vec::new(), loaded: None }
    }
}

impl Objects {
    /// A further column of the rows of [`Orm::raw`], with its type; it may be NULL.
    #[must_use]
    pub fn raw_column(self, name: &str, logical: LogicalType) -> Self {
        self.change(|query, registry| {
            super::free(query, registry.model(query.model), name)?;
            let Some(Source::Raw(raw)) = &mut query.source else {
                return Err(QueryError::Misuse(
                    "only rows of a raw statement have further columns".to_owned(),
                ));
            };
            raw.columns.push((name.to_owned(), logical));
            Ok(())
        })
    }
}

/// Cuts a statement at its parameters.
fn parse(sql: &str, parameters: Vec<Value>) -> Result<RawSelect, QueryError> {
    let misuse = |message: String| QueryError::Misuse(format!("the raw statement cannot be sent: {message}"));
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).with_unescape(false).tokenize();
    let tokens = tokens.map_err(|error| misuse(error.to_string()))?;
    let mut raw =
        RawSelect { pieces: vec![String::new()], parameters: Vec::new(), columns: Vec::new(), of_rows: true };
    let mut used = vec![false; parameters.len()];
    let mut ended = false;
    for token in tokens {
        match token {
            Token::SemiColon => ended = true,
            Token::Whitespace(_) if ended => {}
            _ if ended => return Err(misuse("it is one statement only".to_owned())),
            Token::Placeholder(name) => {
                let position = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
                let position = position.and_then(|position| position.checked_sub(1));
                let Some((position, value)) = position.and_then(|at| Some((at, parameters.get(at)?))) else {
                    return Err(misuse(format!(
                        "`{name}` is none of its {} parameters, which are written $1, $2, …",
                        parameters.len()
                    )));
                };
                used[position] = true;
                raw.parameters.push(value.clone());
                raw.pieces.push(String::new());
            }
            other => {
                if let Some(piece) = raw.pieces.last_mut() {
                    piece.push_str(&other.to_string());
                }
            }
        }
    }
    match used.iter().position(|used| !used) {
        Some(unused) => Err(misuse(format!("it has no ${}", unused + 1))),
        None => Ok(raw),
    }
}
