//! The bind and compile stages for a whole plan: statements and shapes for one database.
//!
//! Per edge one strategy: *join* (a to-one relation's columns come with the parent's row), otherwise a statement of
//! its own, *batched* on PostgreSQL (one statement a level, for all parents at once) and *nested* on SQLite (one
//! prepared statement, run for each parent: there is no round trip to save).

mod aggregate;
mod page;
mod rows;
mod shape;
mod write;

pub use rows::{RowsColumn, RowsStatement, prepare_rows};
pub use shape::{
    AggregateShape, ConnectionPart, ConnectionShape, EdgePart, KeyColumn, Node, NodeLink, NodesShape,
    PayloadPart, Prepared, RootShape, RowShape, Shape,
};
pub use write::{
    CREATED, ConflictFields, Width, carried_as_text, prepare_delete, prepare_insert, prepare_insert_values,
    prepare_update, prepare_update_by_key,
};

use crate::bind::{Alias, Binder, BoundExpr, Typed};
use crate::compile::Statement;
use crate::database::Dialect;
use crate::database::sqlite::Pace;
use crate::plan::{
    Connection, ConnectionValue, EdgeValue, Load, Nodes, PageInfoValue, PayloadValue, Plan, PlanField,
    RootValue, RowValue,
};
use crate::query::{QuerySet, complete_order};
use crate::registry::{FieldId, Model, ModelId, Registry, Relation, RelationId};
use bytes::Bytes;
use page::{Beside, Columns, Keys, PageQuery};

/// What compiling must know of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which SQL.
    pub dialect: Dialect,
    /// The collation that folds case on PostgreSQL; `None` where there is none (and on SQLite).
    pub folding_collation: Option<String>,
    /// The strategy of edges.
    pub strategy: Strategy,
}

/// How the rows of an edge are read. All strategies give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// The best for the database and the edge.
    #[default]
    Auto,
    /// To-one relations as joined columns of the parent wherever possible.
    Join,
    /// A statement of its own for every edge: one a level on PostgreSQL, one a row on SQLite.
    Separate,
}

/// Why a plan cannot be compiled.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// A name leads nowhere.
    #[error("{model} has no field or relation `{name}`{}", hint.as_ref().map(|h| format!("; did you mean `{h}`?")).unwrap_or_default())]
    UnknownName {
        /// The model.
        model: String,
        /// The name.
        name: String,
        /// The nearest name.
        hint: Option<String>,
    },
    /// The database cannot do it.
    #[error("{what} is not supported on this database: {remedy}")]
    Unsupported {
        /// What.
        what: String,
        /// What to do instead.
        remedy: String,
    },
    /// The expression makes no sense.
    #[error("{0}")]
    Invalid(String),
}

/// Compiles a plan.
///
/// # Errors
/// When a name is unknown, or the database lacks what the plan needs.
pub fn prepare(plan: &Plan, registry: &Registry, target: &Target) -> Result<Prepared, CompileError> {
    let mut preparer = Preparer { registry, target, nodes: Vec::new() };
    let root = plan
        .fields
        .iter()
        .map(|field| Ok(shape(&field.key, preparer.root(&field.value)?)))
        .collect::<Result<_, CompileError>>()?;
    Ok(Prepared { nodes: preparer.nodes, root, pace: Pace::default() })
}

struct Preparer<'a> {
    registry: &'a Registry,
    target: &'a Target,
    nodes: Vec<Node>,
}

/// What the rows of a node hang on.
#[derive(Clone, Copy)]
enum Link<'a> {
    Root,
    Relation { parent: &'a Model, relation: &'a Relation, row: &'a [KeyColumn], node: usize },
    Ids { argument: u32, arm: usize },
}

/// What is being built for the rows of one node.
struct RowBuilder<'a, 'b> {
    binder: &'b mut Binder<'a>,
    alias: Alias,
    model: ModelId,
    columns: &'b mut Columns,
    /// What is joined to each row (PostgreSQL).
    aggregates: &'b mut Vec<Beside>,
    node: usize,
}

impl<'a> Preparer<'a> {
    fn root(&mut self, value: &RootValue) -> Result<RootShape, CompileError> {
        Ok(match value {
            RootValue::One(load) => {
                let (node, fields) = self.rows(load, Link::Root)?;
                RootShape::One(node, fields)
            }
            RootValue::Many(load) => {
                let (node, fields) = self.rows(load, Link::Root)?;
                RootShape::Many(node, fields)
            }
            RootValue::Connection(connection) => {
                RootShape::Connection(self.connection(connection, Link::Root)?)
            }
            RootValue::Aggregate(load) => {
                let (node, fields) = self.aggregate(load, Link::Root)?;
                RootShape::Aggregate(node, fields)
            }
            RootValue::Groups(load) => {
                let (node, fields) = self.aggregate(load, Link::Root)?;
                RootShape::Groups(node, fields)
            }
            RootValue::Nodes(nodes) => RootShape::Nodes(self.nodes(nodes)?),
            RootValue::Payload(fields) => RootShape::Payload(
                fields
                    .iter()
                    .map(|field| {
                        let part = match &field.value {
                            PayloadValue::Argument(index) => PayloadPart::Argument(*index),
                            PayloadValue::Nodes(nodes) => PayloadPart::Nodes(self.nodes(nodes)?),
                            PayloadValue::Typename(name) => PayloadPart::Json(quoted(name)),
                        };
                        Ok(shape(&field.key, part))
                    })
                    .collect::<Result<_, CompileError>>()?,
            ),
            RootValue::Json(bytes) => RootShape::Json(bytes.clone()),
        })
    }

    fn nodes(&mut self, nodes: &Nodes) -> Result<NodesShape, CompileError> {
        let Nodes { argument, list, nullable, ref arms } = *nodes;
        let arms = arms.iter().enumerate().map(|(arm, load)| self.rows(load, Link::Ids { argument, arm }));
        Ok(NodesShape { argument, list, nullable, arms: arms.collect::<Result<_, _>>()? })
    }

    fn rows(&mut self, load: &Load, link: Link<'_>) -> Result<(usize, Vec<Shape<RowShape>>), CompileError> {
        self.node(&load.query, 0, link, |preparer, builder| {
            preparer.fields(builder.alias, builder.model, &load.fields, builder)
        })
    }

    /// Builds one node: reserves its number, so that parents come before their children, binds and compiles its
    /// statement, and gives what `outputs` made of its columns. `beyond` rows are read past the query's limit.
    fn node<T>(
        &mut self,
        query: &QuerySet,
        beyond: u64,
        link: Link<'_>,
        outputs: impl FnOnce(&mut Self, &mut RowBuilder<'a, '_>) -> Result<T, CompileError>,
    ) -> Result<(usize, T), CompileError> {
        let registry = self.registry;
        let number = self.reserve(link);
        let mut binder = Binder::new(registry);
        let alias = binder.enter(query.model);
        binder.annotate(&query.annotations);
        let model = registry.model(query.model);
        let filter = filter_of(&mut binder, query)?;
        let paged = query.limit.is_some() || query.offset.is_some() || !query.distinct_on.is_empty();
        let order =
            if paged || !query.order.is_empty() { complete_order(model, &query.order) } else { Vec::new() };
        let order = binder.order(&order)?;
        let distinct_on =
            query.distinct_on.iter().map(|expr| binder.value(expr)).collect::<Result<Vec<_>, _>>()?;
        let keys = self.keys(link, model);
        let mut columns = Columns::new(keys.is_some() && self.target.dialect == Dialect::Postgres);
        let mut aggregates = Vec::new();
        let made = {
            let mut builder = RowBuilder {
                binder: &mut binder,
                alias,
                model: query.model,
                columns: &mut columns,
                aggregates: &mut aggregates,
                node: number,
            };
            outputs(self, &mut builder)?
        };
        let Some(scope) = binder.leave() else {
            return Err(CompileError::Invalid("a query ended before it began".to_owned()));
        };
        let page = PageQuery {
            query,
            beyond,
            scope: &scope,
            filter,
            order,
            distinct_on,
            columns: &columns,
            keys,
            aggregates: &aggregates,
        };
        self.nodes[number].statement = page::select(&page, &mut binder, registry, self.target)?;
        if matches!(link, Link::Ids { .. }) {
            self.nodes[number].own = columns.fields_of(model, alias);
        }
        Ok((number, made))
    }

    /// A place for a node, linked to its parent.
    fn reserve(&mut self, link: Link<'_>) -> usize {
        let number = self.nodes.len();
        let node_link = match link {
            Link::Root => NodeLink::Root,
            Link::Relation { row, node, .. } => {
                self.nodes[node].children.push(number);
                NodeLink::Parent(row.to_vec())
            }
            Link::Ids { argument, arm } => NodeLink::Ids { argument, arm, keys: Vec::new() },
        };
        self.nodes.push(Node {
            statement: Statement { sql: String::new(), slots: Vec::new() },
            link: node_link,
            children: Vec::new(),
            own: None,
        });
        number
    }

    /// The keys by which a node's rows are found, as its statement needs them.
    fn keys(&mut self, link: Link<'_>, model: &Model) -> Option<Keys> {
        match link {
            Link::Root => None,
            Link::Relation { parent, relation, .. } => {
                Some(Keys::of_relation(self.registry, parent, relation))
            }
            Link::Ids { argument, arm } => {
                let keys = Keys::of_primary_key(model);
                if let Some(node) = self.nodes.last_mut() {
                    let columns = model.primary_key.iter().enumerate().map(|(column, id)| {
                        let field = model.field(*id);
                        KeyColumn { column, logical: field.logical.clone(), encoding: field.sqlite }
                    });
                    node.link = NodeLink::Ids { argument, arm, keys: columns.collect() };
                }
                Some(keys)
            }
        }
    }

    fn fields(
        &mut self,
        alias: Alias,
        model: ModelId,
        fields: &[PlanField<RowValue>],
        builder: &mut RowBuilder<'a, '_>,
    ) -> Result<Vec<Shape<RowShape>>, CompileError> {
        let model = self.registry.model(model);
        fields
            .iter()
            .map(|field| Ok(shape(&field.key, self.field(alias, model, &field.value, builder)?)))
            .collect()
    }

    fn field(
        &mut self,
        alias: Alias,
        model: &'a Model,
        value: &RowValue,
        builder: &mut RowBuilder<'a, '_>,
    ) -> Result<RowShape, CompileError> {
        Ok(match value {
            RowValue::Column { field, encoder, nullable } => {
                let field = model.field(*field);
                RowShape::Column {
                    column: builder.columns.add(crate::bind::column(alias, field)),
                    encoder: encoder.clone(),
                    logical: field.logical.clone(),
                    encoding: field.sqlite,
                    nullable: *nullable,
                }
            }
            RowValue::Computed { value, encoder, nullable } => {
                let typed = builder.binder.value_at(alias, model.id, value)?;
                let (logical, encoding) = (typed.logical.clone(), typed.encoding);
                RowShape::Column {
                    column: builder.columns.add(typed),
                    encoder: encoder.clone(),
                    logical,
                    encoding,
                    nullable: *nullable,
                }
            }
            RowValue::Id => RowShape::Id(key_columns(alias, model, &model.primary_key, builder.columns)),
            RowValue::NodeId(name) => RowShape::NodeId {
                prefix: format!("{name}:"),
                keys: key_columns(alias, model, &model.primary_key, builder.columns),
            },
            RowValue::Typename(name) => RowShape::Json(quoted(name)),
            RowValue::One { relation, load, nullable } => {
                self.one(alias, model, *relation, load, *nullable, builder)?
            }
            RowValue::Many { relation, load } => {
                let relation = model.relation(*relation);
                let row = link_columns(alias, model, relation, builder.columns);
                let link = Link::Relation { parent: model, relation, row: &row, node: builder.node };
                let (node, fields) = self.rows(load, link)?;
                RowShape::Many { node, fields }
            }
            RowValue::Aggregate { relation, load } => {
                let relation = model.relation(*relation);
                if self.is_told_beside(alias, builder) {
                    return Ok(RowShape::Aggregated(self.beside(model, relation, load, builder)?));
                }
                let row = link_columns(alias, model, relation, builder.columns);
                let link = Link::Relation { parent: model, relation, row: &row, node: builder.node };
                let (node, fields) = self.aggregate(load, link)?;
                RowShape::Aggregate { node, fields }
            }
            RowValue::Connection { relation, connection } => {
                let relation = model.relation(*relation);
                let row = link_columns(alias, model, relation, builder.columns);
                let link = Link::Relation { parent: model, relation, row: &row, node: builder.node };
                RowShape::Connection(self.connection(connection, link)?)
            }
        })
    }

    fn one(
        &mut self,
        alias: Alias,
        model: &'a Model,
        relation: RelationId,
        load: &Load,
        nullable: bool,
        builder: &mut RowBuilder<'a, '_>,
    ) -> Result<RowShape, CompileError> {
        let relation = model.relation(relation);
        if self.target.strategy == Strategy::Separate {
            let row = link_columns(alias, model, relation, builder.columns);
            let link = Link::Relation { parent: model, relation, row: &row, node: builder.node };
            let (node, fields) = self.rows(load, link)?;
            return Ok(RowShape::One { node, fields, nullable });
        }
        let joined = builder.binder.output_join(alias, model, relation);
        let target = self.registry.model(relation.target);
        let present = match relation.pairs.as_slice() {
            // The database itself sees to it that a row stands behind the key.
            [(here, _)]
                if self.target.dialect == Dialect::Postgres
                    && model.managed
                    && relation.enforced
                    && relation.on_delete.is_some() =>
            {
                crate::bind::column(alias, model.field(*here))
            }
            _ => crate::bind::column(joined, target.field(target.primary_key[0])),
        };
        let present = builder.columns.add(present);
        let fields = self.fields(joined, relation.target, &load.fields, builder)?;
        Ok(RowShape::Joined { present, fields, nullable })
    }

    fn connection(
        &mut self,
        connection: &Connection,
        link: Link<'_>,
    ) -> Result<ConnectionShape, CompileError> {
        let wants = Wants::of(connection);
        let query = &connection.query;
        let mut made = ConnectionShape {
            rows: None,
            count: None,
            page: query.limit,
            reverse: query.reverse,
            has_after: query.after.is_some(),
            has_before: query.before.is_some(),
            fingerprint: connection.fingerprint,
            keys: Vec::new(),
            fields: Vec::new(),
        };
        if wants.rows {
            // One row more than the page tells whether there is a next one.
            let (node, (keys, fields)) = self.node(query, 1, link, |preparer, builder| {
                let keys =
                    if wants.cursors { preparer.cursor_keys(connection, builder)? } else { Vec::new() };
                Ok((keys, preparer.connection_fields(connection, builder, link)?))
            })?;
            made.rows = Some(node);
            made.keys = keys;
            made.fields = fields;
        } else {
            made.fields = connection
                .fields
                .iter()
                .map(|field| {
                    let part = match &field.value {
                        ConnectionValue::Typename(name) => ConnectionPart::Json(quoted(name)),
                        ConnectionValue::Aggregate(load) => {
                            let (node, fields) = self.aggregate(load, link)?;
                            ConnectionPart::Aggregate(node, fields)
                        }
                        _ => ConnectionPart::TotalCount,
                    };
                    Ok(shape(&field.key, part))
                })
                .collect::<Result<_, CompileError>>()?;
        }
        if wants.count {
            made.count = Some(self.count(connection, link)?);
        }
        Ok(made)
    }

    fn cursor_keys(
        &mut self,
        connection: &Connection,
        builder: &mut RowBuilder<'a, '_>,
    ) -> Result<Vec<KeyColumn>, CompileError> {
        let model = self.registry.model(connection.query.model);
        let order = complete_order(model, &connection.query.order);
        let order = builder.binder.order(&order)?;
        Ok(order
            .into_iter()
            .map(|key| KeyColumn {
                logical: key.key.logical.clone(),
                encoding: key.key.encoding,
                column: builder.columns.add(key.key),
            })
            .collect())
    }

    fn connection_fields(
        &mut self,
        connection: &Connection,
        builder: &mut RowBuilder<'a, '_>,
        link: Link<'_>,
    ) -> Result<Vec<Shape<ConnectionPart>>, CompileError> {
        let (alias, model) = (builder.alias, builder.model);
        connection
            .fields
            .iter()
            .map(|field| {
                let part = match &field.value {
                    ConnectionValue::Edges(edges) => {
                        let parts = edges
                            .iter()
                            .map(|edge| {
                                let part = match &edge.value {
                                    EdgeValue::Cursor => EdgePart::Cursor,
                                    EdgeValue::Typename(name) => EdgePart::Json(quoted(name)),
                                    EdgeValue::Node(fields) => {
                                        EdgePart::Node(self.fields(alias, model, fields, builder)?)
                                    }
                                };
                                Ok(shape(&edge.key, part))
                            })
                            .collect::<Result<_, CompileError>>()?;
                        ConnectionPart::Edges(parts)
                    }
                    ConnectionValue::Nodes(fields) => {
                        ConnectionPart::Nodes(self.fields(alias, model, fields, builder)?)
                    }
                    ConnectionValue::PageInfo(info) => ConnectionPart::PageInfo(
                        info.iter().map(|field| shape(&field.key, field.value.clone())).collect(),
                    ),
                    ConnectionValue::TotalCount => ConnectionPart::TotalCount,
                    ConnectionValue::Aggregate(load) => {
                        let (node, fields) = self.aggregate(load, link)?;
                        ConnectionPart::Aggregate(node, fields)
                    }
                    ConnectionValue::Typename(name) => ConnectionPart::Json(quoted(name)),
                };
                Ok(shape(&field.key, part))
            })
            .collect()
    }

    fn count(&mut self, connection: &Connection, link: Link<'_>) -> Result<usize, CompileError> {
        let registry = self.registry;
        let number = self.reserve(link);
        let query = &connection.query;
        let model = registry.model(query.model);
        let mut binder = Binder::new(registry);
        binder.enter(query.model);
        binder.annotate(&query.annotations);
        let filter = filter_of(&mut binder, query)?;
        let Some(scope) = binder.leave() else {
            return Err(CompileError::Invalid("a query ended before it began".to_owned()));
        };
        let keys = self.keys(link, model);
        self.nodes[number].statement =
            page::count(&scope, filter, keys, &mut binder, self.registry, self.target)?;
        Ok(number)
    }
}

/// The conditions of a query's scope and of its filter.
fn filter_of(binder: &mut Binder<'_>, query: &QuerySet) -> Result<Option<BoundExpr>, CompileError> {
    let mut conditions = Vec::new();
    if let Some(scope) = binder.scope_filter(query.model, query.manager) {
        conditions.push(binder.filter(scope)?);
    }
    if let Some(filter) = &query.filter {
        conditions.push(binder.filter(filter)?);
    }
    Ok(if conditions.len() > 1 { Some(BoundExpr::And(conditions)) } else { conditions.pop() })
}

/// What a connection must read.
struct Wants {
    rows: bool,
    cursors: bool,
    count: bool,
}

impl Wants {
    fn of(connection: &Connection) -> Self {
        let mut wants = Self { rows: false, cursors: false, count: false };
        for field in &connection.fields {
            match &field.value {
                ConnectionValue::Edges(edges) => {
                    wants.rows = true;
                    wants.cursors |= edges.iter().any(|edge| edge.value == EdgeValue::Cursor);
                }
                ConnectionValue::Nodes(_) => wants.rows = true,
                ConnectionValue::PageInfo(info) => {
                    wants.rows = true;
                    wants.cursors |= info.iter().any(|field| {
                        matches!(field.value, PageInfoValue::StartCursor | PageInfoValue::EndCursor)
                    });
                }
                ConnectionValue::TotalCount => wants.count = true,
                ConnectionValue::Aggregate(_) | ConnectionValue::Typename(_) => {}
            }
        }
        wants
    }
}

fn shape<V>(key: &str, value: V) -> Shape<V> {
    // Response keys are GraphQL names: nothing in them needs escaping.
    Shape { key: key.to_owned(), prefix: Bytes::from(format!("\"{key}\":")), value }
}

fn quoted(name: &str) -> Bytes {
    Bytes::from(format!("\"{name}\""))
}

fn key_columns(alias: Alias, model: &Model, fields: &[FieldId], columns: &mut Columns) -> Vec<KeyColumn> {
    fields
        .iter()
        .map(|id| {
            let field = model.field(*id);
            let typed: Typed = crate::bind::column(alias, field);
            KeyColumn { logical: field.logical.clone(), encoding: field.sqlite, column: columns.add(typed) }
        })
        .collect()
}

/// The columns of a row that its related rows are found by.
fn link_columns(alias: Alias, model: &Model, relation: &Relation, columns: &mut Columns) -> Vec<KeyColumn> {
    let pairs = relation.through.as_ref().map_or(&relation.pairs, |through| &through.source);
    let fields: Vec<FieldId> = pairs.iter().map(|(here, _)| *here).collect();
    key_columns(alias, model, &fields, columns)
}
