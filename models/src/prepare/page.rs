//! The SELECT of one node: a page of rows of one model, for one parent, for many parents at once, or for none.

mod beside;

pub(super) use beside::Beside;

use crate::bind::{Alias, Binder, BoundExpr, BoundOrder, Scalar, TableScope, Typed};
use crate::compile::{Compiler, Conversion, Statement, array_type, join, keyset_condition};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::{CompileError, Target};
use crate::query::{Bound, QuerySet};
use crate::registry::{FieldId, LogicalType, Model, Registry, Relation, SqliteEncoding};
use crate::sql::{From, Join, Order, Select, Sql, Table, all_of};

/// The columns of a node's rows. A column that is asked for twice is read once.
#[derive(Debug)]
pub(super) struct Columns {
    typed: Vec<Typed>,
    /// Columns that stand before them (the parent's position, when batched).
    offset: usize,
}

impl Columns {
    /// No columns yet; `after_position` when each row starts with the position of its parent.
    pub(super) fn new(after_position: bool) -> Self {
        Self { typed: Vec::new(), offset: usize::from(after_position) }
    }

    /// The column's position in the row.
    pub(super) fn add(&mut self, typed: Typed) -> usize {
        let known = self.typed.iter().position(|column| column.scalar == typed.scalar);
        let index = known.unwrap_or_else(|| {
            self.typed.push(typed);
            self.typed.len() - 1
        });
        index + self.offset
    }

    /// What they hold.
    pub(super) fn typed(&self) -> &[Typed] {
        &self.typed
    }

    /// The fields that the columns are, when all of them are of the table with this alias.
    pub(super) fn fields_of(&self, model: &Model, table: Alias) -> Option<Vec<FieldId>> {
        let field = |typed: &Typed| match &typed.scalar {
            Scalar::Column { alias, column } if *alias == table => {
                model.fields.iter().find(|field| field.column == *column).map(|field| field.id)
            }
            _ => None,
        };
        self.typed.iter().map(field).collect()
    }
}

/// The keys by which the rows of a parent are found.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// The link table of a many-to-many and its pairs (its column, the target's column).
    link: Option<(String, Vec<(String, String)>)>,
    /// Whether each row of the link table has a row of the target.
    complete: bool,
    /// The columns (of the link table, or else of the rows' own) that hold the keys, and their types.
    columns: Vec<(String, LogicalType, SqliteEncoding)>,
}

impl Keys {
    /// The rows of a relation.
    pub(super) fn of_relation(registry: &Registry, parent: &Model, relation: &Relation) -> Self {
        let target = registry.model(relation.target);
        let typed = |here: crate::registry::FieldId, column: &str| {
            let field = parent.field(here);
            (column.to_owned(), field.logical.clone(), field.sqlite)
        };
        match &relation.through {
            Some(through) => {
                let link = registry.model(through.model);
                let pairs = through
                    .target
                    .iter()
                    .map(|(of_link, of_target)| {
                        (link.field(*of_link).column.clone(), target.field(*of_target).column.clone())
                    })
                    .collect();
                let columns = through
                    .source
                    .iter()
                    .map(|(here, of_link)| typed(*here, &link.field(*of_link).column))
                    .collect();
                let complete = link.managed
                    && through.target.iter().all(|(of_link, _)| {
                        let of_this = |relation: &&Relation| {
                            relation.pairs.iter().any(|(here, _)| here == of_link)
                                && relation.on_delete.is_some()
                        };
                        !link.field(*of_link).null
                            && link.relations.iter().find(of_this).is_some_and(|relation| relation.enforced)
                    });
                Self { link: Some((link.table.clone(), pairs)), complete, columns }
            }
            None => Self {
                link: None,
                complete: false,
                columns: relation
                    .pairs
                    .iter()
                    .map(|(here, there)| typed(*here, &target.field(*there).column))
                    .collect(),
            },
        }
    }

    /// Rows by their primary key.
    pub(super) fn of_primary_key(model: &Model) -> Self {
        let columns = model.primary_key.iter().map(|id| {
            let field = model.field(*id);
            (field.column.clone(), field.logical.clone(), field.sqlite)
        });
        Self { link: None, complete: false, columns: columns.collect() }
    }
}

/// One node's query, bound.
#[derive(Debug)]
pub(super) struct PageQuery<'q> {
    pub(super) query: &'q QuerySet,
    /// Rows read past the limit.
    pub(super) beyond: u64,
    pub(super) scope: &'q TableScope,
    pub(super) filter: Option<BoundExpr>,
    pub(super) order: Vec<BoundOrder>,
    pub(super) distinct_on: Vec<Typed>,
    pub(super) columns: &'q Columns,
    pub(super) keys: Option<Keys>,
    /// What is computed of the related rows of each row and told beside it.
    pub(super) aggregates: &'q [Beside],
}

/// Alias of the page when it is cut before other tables are joined to it.
const PAGE: &str = "page";
/// Alias of the parents' keys.
const PARENT: &str = "parent";
/// Column of a row's number within its page.
const NUMBER: &str = "number";
/// Column of a parent's position among the keys.
const POSITION: &str = "position";

/// The statement of a page of rows.
///
/// # Errors
/// When the database lacks what the query needs.
pub(super) fn select(
    page: &PageQuery<'_>,
    binder: &mut Binder<'_>,
    registry: &Registry,
    target: &Target,
) -> Result<Statement, CompileError> {
    let mut compiler = Compiler::new(target);
    let batched = page.keys.is_some() && target.dialect == Dialect::Postgres;
    // Parameters are numbered as they are made, and the arrays of keys come first.
    let parents = match (&page.keys, batched) {
        (Some(keys), true) => Some(parents(keys, &mut compiler)),
        _ => None,
    };
    let keys_at = if batched { KeysAt::Parents } else { KeysAt::Parameters };
    let mut rows = core(page, binder, registry, &mut compiler, keys_at)?;
    let outputs =
        page.columns.typed.iter().map(|typed| compiler.scalar(typed)).collect::<Result<Vec<_>, _>>()?;
    let later: Vec<From> = page.scope.joins.iter().filter(|joined| joined.output_only).map(join).collect();
    let limited = rows.limit.is_some() || rows.offset.is_some();
    let distinct_in_window = !page.query.distinct_on.is_empty() && target.dialect == Dialect::Sqlite;
    // SQLite computes every column before it sorts.
    let costly = target.dialect == Dialect::Sqlite && outputs.iter().any(is_costly);
    let has_later = !later.is_empty() || !page.aggregates.is_empty();
    if !(batched || distinct_in_window || limited && (costly || has_later)) {
        rows.from.extend(later);
        for aggregate in page.aggregates {
            rows.from.push(aggregate.beside(|key| key, binder, registry, &mut compiler)?);
        }
        rows.columns = outputs.into_iter().map(|column| (column, None)).collect();
        never_empty(&mut rows);
        return Ok(compiler.finish(&rows));
    }

    if let Some(parents) = &parents
        && let Some(page) = page_of_links(page, &rows)
    {
        return Ok(compiler.finish(&linked(rows, page, parents.clone(), later, outputs)));
    }
    let numbered_links = batched
        && page.keys.as_ref().is_some_and(|keys| keys.link.is_some())
        && page.query.distinct_on.is_empty();
    // An ordered page keeps its order when nothing can move the rows that are joined to it. SQLite joins LEFT JOINs in the
    // order of their text, and neither merges nor sorts anew a sub-query with a LIMIT.
    let fenced = !rows.order.is_empty()
        && !numbered_links
        && match target.dialect {
            Dialect::Postgres => true,
            Dialect::Sqlite => !distinct_in_window && rows.limit.is_some(),
        };
    let outer_order = if fenced { Vec::new() } else { rows.order.clone() };
    let mut cut = Cut { inner: inner_aliases(page.scope), wanted: Vec::new() };
    // What rows are ordered by is computed once, inside: it may be an aggregate.
    for key in &outer_order {
        if !matches!(key.key, Sql::Column { .. }) {
            cut.computed(key.key.clone());
        }
    }
    let mut outputs: Vec<Sql> = outputs.into_iter().map(|column| cut.outside(column)).collect();
    let mut later: Vec<From> =
        later.into_iter().map(|from| From { on: from.on.map(|on| cut.outside(on)), ..from }).collect();
    for aggregate in page.aggregates {
        later.push(aggregate.beside(|key| cut.outside(key), binder, registry, &mut compiler)?);
    }
    let mut order: Vec<Order> =
        outer_order.into_iter().map(|key| Order { key: cut.outside(key.key), ..key }).collect();
    let mut select = Select::default();
    if distinct_in_window {
        rows = first_of_each(rows, &mut cut, page, &mut compiler)?;
    } else {
        rows.columns = cut.columns();
    }
    if let (Some(parents), true) = (&parents, numbered_links) {
        outputs.insert(0, Sql::column(PAGE, POSITION));
        let position = Sql::column(PAGE, POSITION);
        order.insert(0, Order { key: position, descending: false, nulls: None });
        (rows, select.filter) = numbered(rows, parents.clone());
        let table = Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() };
        select.from.push(From { join: Join::Inner, table, on: None });
        select.from.extend(later);
        select.columns = outputs.into_iter().map(|column| (column, None)).collect();
        select.order = order;
        return Ok(compiler.finish(&select));
    }
    never_empty(&mut rows);
    let table = Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() };
    if let Some(parents) = parents {
        outputs.insert(0, Sql::column(PARENT, POSITION));
        select.from.push(parents);
        select.from.push(From { join: Join::Lateral, table, on: None });
    } else {
        select.from.push(From { join: Join::Inner, table, on: None });
    }
    if fenced && target.dialect == Dialect::Postgres {
        select.from.extend(fences(later, &mut outputs));
    } else {
        select.from.extend(later);
    }
    if !fenced {
        select.order = order;
    }
    select.columns = outputs.into_iter().map(|column| (column, None)).collect();
    never_empty(&mut select);
    Ok(compiler.finish(&select))
}

/// Tables, each found by its key, as sub-queries that PostgreSQL cannot but run for each row of what stands before them,
/// in the order of those rows, so that nothing has to be sorted again. One column alone is a sub-query among the outputs,
/// the quickest form. More are a lateral sub-query: with an OFFSET it is never merged into the query around it, and as it
/// refers to the rows before it, it is the inner side of a nested loop. As each is a look-up by a key, this is never a
/// bad plan. A table of which nothing is used is left out: there is at most one row for each row before it, and where it
/// is not an outer join, exactly one.
fn fences(tables: Vec<From>, outputs: &mut [Sql]) -> Vec<From> {
    let conditions: Vec<Sql> = tables.iter().filter_map(|from| from.on.clone()).collect();
    let mut fenced = Vec::new();
    for from in tables {
        let Table::Named { table, alias } = from.table else {
            fenced.push(from);
            continue;
        };
        let mut columns = Vec::new();
        outputs.iter().for_each(|output| columns_of(output, &alias, &mut columns));
        let for_outputs = columns.len();
        let others = conditions.iter().filter(|condition| from.on.as_ref() != Some(condition));
        let mut of_others = Vec::new();
        others.for_each(|condition| columns_of(condition, &alias, &mut of_others));
        if of_others.is_empty() && for_outputs == 0 {
            continue;
        }
        let mut select = Select {
            from: vec![From::table(Join::Inner, &table, &alias, None)],
            filter: from.on,
            ..Select::default()
        };
        if let ([column], true) = (columns.as_slice(), of_others.is_empty()) {
            select.columns.push((column.clone(), None));
            select.limit = Some(Sql::Integer(1));
            let value = Sql::Select(Box::new(select));
            outputs.iter_mut().for_each(|output| substitute(output, column, &value));
            continue;
        }
        of_others.into_iter().for_each(|column| {
            if !columns.contains(&column) {
                columns.push(column);
            }
        });
        select.columns = columns.into_iter().map(|column| (column, None)).collect();
        select.offset = Some(Sql::Integer(0));
        let (join, on) = match from.join {
            Join::Left | Join::LeftLateral => (Join::LeftLateral, Some(Sql::Boolean(true))),
            Join::Inner | Join::Lateral => (Join::Lateral, None),
        };
        fenced.push(From { join, table: Table::Derived { select: Box::new(select), alias }, on });
    }
    fenced
}

/// Puts an expression in the place of another.
fn substitute(expression: &mut Sql, old: &Sql, new: &Sql) {
    if expression == old {
        *expression = new.clone();
    } else {
        expression.each_part(&mut |part| substitute(part, old, new));
    }
}

/// The distinct columns of a table in an expression.
fn columns_of(expression: &Sql, alias: &str, columns: &mut Vec<Sql>) {
    if matches!(expression, Sql::Column { alias: of, .. } if of == alias) {
        if !columns.contains(expression) {
            columns.push(expression.clone());
        }
        return;
    }
    expression.clone().each_part(&mut |part| columns_of(part, alias, columns));
}

/// The columns of the link table by which the page of a many-to-many relation can be cut before the other end is looked
/// at: its rows are ordered by the other end's key alone, nothing is filtered, and no link leads nowhere. Gives the page's
/// ordering by columns of the link table.
fn page_of_links(page: &PageQuery<'_>, rows: &Select) -> Option<Vec<Order>> {
    let keys = page.keys.as_ref().filter(|keys| keys.complete)?;
    let (_, pairs) = keys.link.as_ref()?;
    let query = page.query;
    let plain = page.filter.is_none()
        && page.distinct_on.is_empty()
        && query.after.is_none()
        && query.before.is_none()
        && page.scope.joins.iter().all(|joined| joined.output_only);
    let link = match rows.from.first().map(|from| &from.table) {
        Some(Table::Named { alias, .. }) if plain => alias,
        _ => return None,
    };
    let of_target = page.scope.alias.name();
    let of_link = |key: &Order| {
        let column = pairs.iter().find(|(_, column)| key.key == Sql::column(&of_target, column));
        column.map(|(column, _)| Order { key: Sql::column(link, column), ..key.clone() })
    };
    rows.order.iter().map(of_link).collect::<Option<Vec<_>>>().filter(|order| !order.is_empty())
}

/// The pages of a many-to-many relation, cut on the link table, then joined to the other end.
fn linked(
    mut rows: Select,
    order: Vec<Order>,
    parents: From,
    mut later: Vec<From>,
    mut outputs: Vec<Sql>,
) -> Select {
    let mut others: Vec<From> = rows.from.drain(1..).collect();
    let mut wanted = Vec::new();
    if let Some(Table::Named { alias, .. }) = rows.from.first().map(|from| &from.table) {
        others.iter().filter_map(|from| from.on.as_ref()).for_each(|on| columns_of(on, alias, &mut wanted));
    }
    let mut cut = Cut { inner: Vec::new(), wanted };
    for from in &mut others {
        from.on = from.on.take().map(|on| cut.outside(on));
    }
    // The other end's key is known from the link.
    let mut equal = Vec::new();
    others.iter().filter_map(|from| from.on.as_ref()).for_each(|on| equal_columns(on, &mut equal));
    for (column, of_page) in &equal {
        outputs.iter_mut().for_each(|output| substitute(output, column, of_page));
        later.iter_mut().filter_map(|from| from.on.as_mut()).for_each(|on| substitute(on, column, of_page));
    }
    others.append(&mut later);
    rows.columns = cut.columns();
    rows.order = order;
    let table = Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() };
    let mut select = Select { from: vec![parents], ..Select::default() };
    select.from.push(From { join: Join::Lateral, table, on: None });
    select.from.extend(fences(others, &mut outputs));
    select.columns.push((Sql::column(PARENT, POSITION), None));
    select.columns.extend(outputs.into_iter().map(|column| (column, None)));
    select
}

/// The pairs of columns that a condition says to be equal.
fn equal_columns(condition: &Sql, pairs: &mut Vec<(Sql, Sql)>) {
    match condition {
        Sql::And(parts) => parts.iter().for_each(|part| equal_columns(part, pairs)),
        Sql::Binary { left, operator, right } if *operator == "=" => {
            pairs.push(((**left).clone(), (**right).clone()));
        }
        _ => {}
    }
}

/// The statement of the number of rows.
///
/// # Errors
/// When the database lacks what the query needs.
pub(super) fn count(
    scope: &TableScope,
    filter: Option<BoundExpr>,
    keys: Option<Keys>,
    binder: &mut Binder<'_>,
    registry: &Registry,
    target: &Target,
) -> Result<Statement, CompileError> {
    let query = QuerySet::all(scope.model);
    let columns = Columns::new(false);
    let page = PageQuery {
        query: &query,
        beyond: 0,
        scope,
        filter,
        order: Vec::new(),
        distinct_on: Vec::new(),
        columns: &columns,
        keys,
        aggregates: &[],
    };
    let mut compiler = Compiler::new(target);
    let batched = page.keys.is_some() && target.dialect == Dialect::Postgres;
    let parents = match (&page.keys, batched) {
        (Some(keys), true) => Some(parents(keys, &mut compiler)),
        _ => None,
    };
    let keys_at = if batched { KeysAt::Parents } else { KeysAt::Parameters };
    let mut rows = core(&page, binder, registry, &mut compiler, keys_at)?;
    let Some(parents) = parents else {
        rows.columns = vec![(Sql::CountAll, None)];
        return Ok(compiler.finish(&rows));
    };
    rows.columns = vec![(Sql::CountAll, Some("n".to_owned()))];
    let table = Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() };
    let select = Select {
        columns: vec![(Sql::column(PARENT, POSITION), None), (Sql::column(PAGE, "n"), None)],
        from: vec![parents, From { join: Join::Lateral, table, on: None }],
        ..Select::default()
    };
    Ok(compiler.finish(&select))
}

/// One node's query of groups, bound.
#[derive(Debug)]
pub(super) struct GroupQuery<'q> {
    pub(super) scope: &'q TableScope,
    pub(super) filter: Option<BoundExpr>,
    pub(super) group: Vec<Typed>,
    pub(super) having: Option<BoundExpr>,
    pub(super) order: Vec<BoundOrder>,
    pub(super) columns: &'q Columns,
    pub(super) keys: Option<Keys>,
    pub(super) query: &'q QuerySet,
}

/// The statement of values made of many rows, in groups or of all of them.
///
/// # Errors
/// When the database lacks what the query needs.
pub(super) fn grouped(
    grouped: GroupQuery<'_>,
    binder: &mut Binder<'_>,
    registry: &Registry,
    target: &Target,
) -> Result<Statement, CompileError> {
    let all = QuerySet::all(grouped.scope.model);
    let none = Columns::new(false);
    let page = PageQuery {
        query: &all,
        beyond: 0,
        scope: grouped.scope,
        filter: grouped.filter,
        order: Vec::new(),
        distinct_on: Vec::new(),
        columns: &none,
        keys: grouped.keys,
        aggregates: &[],
    };
    let mut compiler = Compiler::new(target);
    let batched = page.keys.is_some() && target.dialect == Dialect::Postgres;
    let parents = match (&page.keys, batched) {
        (Some(keys), true) => Some(parents(keys, &mut compiler)),
        _ => None,
    };
    let keys_at = if batched { KeysAt::Parents } else { KeysAt::Parameters };
    let mut rows = core(&page, binder, registry, &mut compiler, keys_at)?;
    rows.group = grouped.group.iter().map(|key| compiler.known(key)).collect::<Result<_, _>>()?;
    if let Some(having) = &grouped.having {
        rows.having = Some(compiler.condition(having)?);
    }
    rows.order = compiler.order(&grouped.order, false)?;
    rows.limit = grouped.query.limit.map(|limit| bound(&mut compiler, limit));
    rows.offset = match grouped.query.offset {
        Some(Bound::Inline(0)) | None => None,
        Some(offset) => Some(bound(&mut compiler, offset)),
    };
    let mut outputs = Vec::with_capacity(grouped.columns.typed.len());
    for typed in &grouped.columns.typed {
        outputs.push(compiler.scalar(typed)?);
    }
    if outputs.is_empty() && rows.group.is_empty() {
        // Without an aggregate there would be a row for each row, not one of all.
        outputs.push(Sql::CountAll);
    }
    let Some(parents) = parents else {
        rows.columns = outputs.into_iter().map(|column| (column, None)).collect();
        never_empty(&mut rows);
        return Ok(compiler.finish(&rows));
    };
    let named = |(index, column)| (column, Some(column_name(index)));
    let count = outputs.len();
    rows.columns = outputs.into_iter().enumerate().map(named).collect();
    let table = Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() };
    let mut columns = vec![(Sql::column(PARENT, POSITION), None)];
    columns.extend((0..count).map(|index| (Sql::column(PAGE, &column_name(index)), None)));
    let select = Select {
        columns,
        from: vec![parents, From { join: Join::Lateral, table, on: None }],
        ..Select::default()
    };
    Ok(compiler.finish(&select))
}

fn bound(compiler: &mut Compiler<'_>, rows: Bound) -> Sql {
    match rows {
        Bound::Inline(rows) => number(rows),
        Bound::Argument(index) => row_count(compiler, index),
    }
}

/// Where the keys of a page's rows are.
#[derive(Debug, Clone, Copy)]
enum KeysAt<'k> {
    /// In the row of the parents' keys beside it.
    Parents,
    /// In parameters.
    Parameters,
    /// In the row that the page is joined to.
    Row(&'k [Sql]),
}

/// The rows themselves: tables, conditions, ordering and bounds; no columns yet.
fn core(
    page: &PageQuery<'_>,
    binder: &mut Binder<'_>,
    registry: &Registry,
    compiler: &mut Compiler<'_>,
    keys_at: KeysAt<'_>,
) -> Result<Select, CompileError> {
    let query = page.query;
    let root = registry.model(query.model);
    let alias = page.scope.alias.name();
    let mut select = Select::default();
    let mut conditions = Vec::new();
    let mut key_alias = alias.clone();
    match page.keys.as_ref().and_then(|keys| keys.link.as_ref()) {
        Some((table, pairs)) => {
            key_alias = binder.alias().name();
            select.from.push(From::table(Join::Inner, table, &key_alias, None));
            let on = pairs.iter().map(|(of_link, of_target)| {
                Sql::binary(Sql::column(&alias, of_target), "=", Sql::column(&key_alias, of_link))
            });
            select.from.push(From::table(Join::Inner, &root.table, &alias, all_of(on.collect())));
        }
        None => select.from.push(From::table(Join::Inner, &root.table, &alias, None)),
    }
    select.from.extend(page.scope.joins.iter().filter(|joined| !joined.output_only).map(join));
    if let Some(keys) = &page.keys {
        for (index, (column, logical, encoding)) in keys.columns.iter().enumerate() {
            let key = match keys_at {
                KeysAt::Parents => Sql::column(PARENT, &key_name(index)),
                KeysAt::Row(keys) => keys.get(index).cloned().unwrap_or(Sql::Null),
                KeysAt::Parameters => {
                    let part = u8::try_from(index).unwrap_or(u8::MAX);
                    compiler.slot(Slot::ParentKey(part), logical.clone(), *encoding, Conversion::Plain)
                }
            };
            conditions.push(Sql::binary(Sql::column(&key_alias, column), "=", key));
        }
    }
    if let Some(filter) = &page.filter {
        match compiler.condition(filter)? {
            Sql::And(parts) => conditions.extend(parts),
            other => conditions.push(other),
        }
    }
    if let Some(after) = &query.after {
        conditions.push(keyset_condition(compiler, &page.order, after, false)?);
    }
    if let Some(before) = &query.before {
        conditions.push(keyset_condition(compiler, &page.order, before, true)?);
    }
    select.filter = all_of(conditions);
    select.order = compiler.order(&page.order, query.reverse)?;
    if let (Some((_, pairs)), Dialect::Sqlite, []) = (
        page.keys.as_ref().and_then(|keys| keys.link.as_ref()),
        compiler.dialect(),
        page.distinct_on.as_slice(),
    ) {
        // SQLite does not see that a column equals the one it is joined by, and that an index has the order already.
        for key in &mut select.order {
            if let Some((of_link, _)) =
                pairs.iter().find(|(_, column)| key.key == Sql::column(&alias, column))
            {
                key.key = Sql::column(&key_alias, of_link);
            }
        }
    }
    select.limit = match query.limit {
        Some(Bound::Inline(limit)) => Some(number(limit.saturating_add(page.beyond))),
        Some(Bound::Argument(index)) => {
            let limit = row_count(compiler, index);
            Some(if page.beyond == 0 { limit } else { Sql::binary(limit, "+", number(page.beyond)) })
        }
        None => None,
    };
    select.offset = match query.offset {
        Some(Bound::Inline(0)) | None => None,
        Some(Bound::Inline(offset)) => Some(number(offset)),
        Some(Bound::Argument(index)) => Some(row_count(compiler, index)),
    };
    if compiler.dialect() == Dialect::Postgres {
        for typed in &page.distinct_on {
            select.distinct_on.push(compiler.scalar(typed)?);
        }
    }
    Ok(select)
}

fn row_count(compiler: &mut Compiler<'_>, index: u32) -> Sql {
    compiler.slot(Slot::Argument(index), LogicalType::Int64, SqliteEncoding::Plain, Conversion::Plain)
}

fn number(count: u64) -> Sql {
    Sql::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn key_name(index: usize) -> String {
    format!("key{index}")
}

/// The parents' distinct keys with their positions, as arrays in the first parameters.
fn parents(keys: &Keys, compiler: &mut Compiler<'_>) -> From {
    let mut arrays = Vec::new();
    let mut columns = Vec::new();
    for (index, (_, logical, encoding)) in keys.columns.iter().enumerate() {
        let part = u8::try_from(index).unwrap_or(u8::MAX);
        let array = LogicalType::Array(Box::new(logical.clone()));
        let parameter = compiler.slot(Slot::ParentKey(part), array, *encoding, Conversion::Plain);
        arrays.push(Sql::cast(parameter, array_type(logical)));
        columns.push(key_name(index));
    }
    columns.push(POSITION.to_owned());
    let table = Table::Unnest { arrays, alias: PARENT.to_owned(), columns };
    From { join: Join::Inner, table, on: None }
}

/// A row without columns is legal GraphQL (`{ __typename }`) but not SQL that drivers like.
fn never_empty(select: &mut Select) {
    if select.columns.is_empty() {
        select.columns.push((Sql::Integer(1), None));
    }
}

/// The border between a page that is cut first and what is joined to it afterwards.
struct Cut {
    inner: Vec<String>,
    /// What the page's columns hold.
    wanted: Vec<Sql>,
}

impl Cut {
    /// An expression as it is written outside of the page.
    fn outside(&mut self, mut expression: Sql) -> Sql {
        self.replace(&mut expression);
        expression
    }

    fn replace(&mut self, expression: &mut Sql) {
        if let Some(index) = self.wanted.iter().position(|known| known == expression) {
            *expression = Sql::column(PAGE, &column_name(index));
        } else if matches!(expression, Sql::Column { alias, .. } if self.inner.contains(alias)) {
            *expression = self.computed(expression.clone());
        } else {
            expression.each_part(&mut |part| self.replace(part));
        }
    }

    /// A value that the page itself computes.
    fn computed(&mut self, expression: Sql) -> Sql {
        let known = self.wanted.iter().position(|known| *known == expression);
        let index = known.unwrap_or_else(|| {
            self.wanted.push(expression);
            self.wanted.len() - 1
        });
        Sql::column(PAGE, &column_name(index))
    }

    fn columns(&self) -> Vec<(Sql, Option<String>)> {
        let named = |(index, sql): (usize, &Sql)| (sql.clone(), Some(column_name(index)));
        self.wanted.iter().enumerate().map(named).collect()
    }
}

/// Whether a value is worth computing for the rows of the page only.
fn is_costly(sql: &Sql) -> bool {
    let mut costly = matches!(sql, Sql::Select(_) | Sql::Exists(_) | Sql::InSelect { .. });
    let mut copy = sql.clone();
    copy.each_part(&mut |part| costly |= is_costly(part));
    costly
}

fn column_name(index: usize) -> String {
    format!("c{index}")
}

fn inner_aliases(scope: &TableScope) -> Vec<String> {
    let joined = scope.joins.iter().filter(|joined| !joined.output_only).map(|joined| joined.alias);
    std::iter::once(scope.alias).chain(joined).map(Alias::name).collect()
}

/// The pages of all parents of a many-to-many relation at once: rows are numbered for each parent, and the numbers are
/// cut. A page of such a relation is ordered by the other end, so that a lateral sub-query would read all links of a parent
/// just the same, but join them to the other end parent by parent. Gives the rows and the condition on their numbers.
fn numbered(mut rows: Select, parents: From) -> (Select, Option<Sql>) {
    if let Some(link) = rows.from.first_mut() {
        // Its keys are compared in WHERE, where all conditions stand.
        link.on = Some(Sql::Boolean(true));
    }
    rows.from.insert(0, parents);
    let position = Sql::column(PARENT, POSITION);
    let order = std::mem::take(&mut rows.order);
    let (limit, offset) = (rows.limit.take(), rows.offset.take());
    rows.columns.push((position.clone(), Some(POSITION.to_owned())));
    let mut bounds = Vec::new();
    if limit.is_some() || offset.is_some() {
        rows.columns.push((Sql::RowNumber { partition: vec![position], order }, Some(NUMBER.to_owned())));
    }
    let number = Sql::column(PAGE, NUMBER);
    if let Some(offset) = &offset {
        bounds.push(Sql::binary(number.clone(), ">", offset.clone()));
    }
    match (limit, offset) {
        (Some(limit), None) => bounds.push(Sql::binary(number, "<=", limit)),
        (Some(limit), Some(offset)) => {
            bounds.push(Sql::binary(number, "<=", Sql::binary(limit, "+", offset)))
        }
        (None, _) => {}
    }
    (rows, all_of(bounds))
}

/// DISTINCT ON for SQLite: number the rows of each combination in the page's order, keep the first ones, then cut.
fn first_of_each(
    mut rows: Select,
    cut: &mut Cut,
    page: &PageQuery<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<Select, CompileError> {
    let mut partition = Vec::new();
    for typed in &page.distinct_on {
        if !page.order.iter().any(|key| key.key == *typed) {
            return Err(CompileError::Invalid("`distinctOn` must lead the ordering".to_owned()));
        }
        partition.push(compiler.scalar(typed)?);
    }
    let order = std::mem::take(&mut rows.order);
    let (limit, offset) = (rows.limit.take(), rows.offset.take());
    let outer_order: Vec<Order> =
        order.iter().map(|key| Order { key: cut.outside(key.key.clone()), ..key.clone() }).collect();
    rows.columns = cut.columns();
    rows.columns.push((Sql::RowNumber { partition, order }, Some(NUMBER.to_owned())));
    let columns = (0..cut.wanted.len())
        .map(|index| (Sql::column(PAGE, &column_name(index)), Some(column_name(index))))
        .collect();
    Ok(Select {
        columns,
        from: vec![From {
            join: Join::Inner,
            table: Table::Derived { select: Box::new(rows), alias: PAGE.to_owned() },
            on: None,
        }],
        filter: Some(Sql::binary(Sql::column(PAGE, NUMBER), "=", Sql::Integer(1))),
        order: outer_order,
        limit,
        offset,
        ..Select::default()
    })
}
