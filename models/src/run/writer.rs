//! Walks shapes over rows and writes the answer. The only place that writes JSON of models.
//!
//! Everything goes into one buffer. A field that fails is `null` with an error at its path; where null is no value
//! of the field, the nearest enclosing field that may be null becomes null instead (GraphQL specification, 6.4.4).

use super::encode::{self, Cell};
use super::{Answer, Arguments, FieldError, PathSegment, RunError};
use crate::cursor;
use crate::plan::PageInfoValue;
use crate::prepare::{
    AggregateShape, ConnectionPart, ConnectionShape, EdgePart, KeyColumn, NodesShape, PayloadPart, Prepared,
    RootShape, RowShape, Shape,
};
use crate::query::Bound;
use crate::value::Value;
use base64::Engine as _;

/// A row that is being looked at.
pub(super) trait Row {
    /// A column's value.
    fn cell(&self, column: usize) -> Cell<'_>;
    /// Its number within its node's rows (PostgreSQL).
    fn number(&self) -> usize;
}

/// What the rows of a node are looked at for.
pub(super) enum Under<'u, R> {
    /// All of them.
    Root,
    /// Those that hang on a row of the parent node.
    Row(&'u R),
    /// Those of the n-th id.
    Id(usize),
}

impl<R> Clone for Under<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Under<'_, R> {}

/// Whether to go on to the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    Enough,
}

/// Why writing stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// A field that must not be null has no value; its error is recorded.
    Null,
    /// The database failed.
    Failed(RunError),
}

/// Where rows come from.
pub(super) trait Source {
    /// A row of them.
    type Row<'r>: Row;
    /// Calls `each` for the rows of a node, in order, until it has enough.
    fn scan(
        &self,
        node: usize,
        under: Under<'_, Self::Row<'_>>,
        each: impl FnMut(&Self::Row<'_>) -> Result<Flow, Stop>,
    ) -> Result<(), Stop>;
    /// The number that a counting node gives.
    fn count(&self, node: usize, under: Under<'_, Self::Row<'_>>) -> Result<i64, Stop>;
}

/// Writes the whole answer.
pub(super) fn write<S: Source>(
    prepared: &Prepared,
    arguments: &Arguments,
    cursor_key: &[u8],
    source: &S,
) -> Result<Answer, RunError> {
    let mut writer = Writer { source, arguments, cursor_key, errors: Vec::new(), path: Vec::new() };
    let mut out = Vec::with_capacity(1024);
    match writer.root(&mut out, &prepared.root) {
        Ok(()) => {}
        Err(Stop::Null) => {
            out.clear();
            out.extend_from_slice(b"null");
        }
        Err(Stop::Failed(error)) => return Err(error),
    }
    Ok(Answer { data: out, errors: writer.errors, statements: Vec::new() })
}

struct Writer<'a, S> {
    source: &'a S,
    arguments: &'a Arguments,
    cursor_key: &'a [u8],
    errors: Vec<FieldError>,
    path: Vec<Step<'a>>,
}

/// A step of the path, borrowed while it lasts.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a, S: Source> Writer<'a, S> {
    fn root(&mut self, out: &mut Vec<u8>, fields: &'a [Shape<RootShape>]) -> Result<(), Stop> {
        self.members(out, fields, |writer, out, value| writer.root_member(out, value))
    }

    fn root_member(&mut self, out: &mut Vec<u8>, value: &'a RootShape) -> Result<(), Stop> {
        match value {
            RootShape::Json(bytes) => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            RootShape::One(node, fields) => self.one(out, *node, Under::Root, fields, true),
            RootShape::Many(node, fields) => self.many(out, *node, Under::Root, fields),
            RootShape::Connection(shape) => self.connection(out, Under::Root, shape),
            RootShape::Aggregate(node, fields) => self.aggregate(out, *node, Under::Root, fields),
            RootShape::Groups(node, fields) => self.groups(out, *node, fields),
            RootShape::Nodes(nodes) => self.nodes(out, nodes),
            RootShape::Payload(fields) => self.members(out, fields, |writer, out, part| match part {
                PayloadPart::Json(bytes) => {
                    out.extend_from_slice(bytes);
                    Ok(())
                }
                PayloadPart::Nodes(nodes) => writer.nodes(out, nodes),
                PayloadPart::Argument(index) => writer.argument(out, *index),
            }),
        }
    }

    /// An object: its members in order.
    fn members<V>(
        &mut self,
        out: &mut Vec<u8>,
        fields: &'a [Shape<V>],
        mut member: impl FnMut(&mut Self, &mut Vec<u8>, &'a V) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        out.push(b'{');
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&field.prefix);
            self.path.push(Step::Key(&field.key));
            member(self, out, &field.value)?;
            self.path.pop();
        }
        out.push(b'}');
        Ok(())
    }

    /// A row's object. Steps of the path are kept for members that have members themselves; a column's own step is
    /// only needed when it fails.
    fn object(
        &mut self,
        out: &mut Vec<u8>,
        row: &S::Row<'_>,
        fields: &'a [Shape<RowShape>],
    ) -> Result<(), Stop> {
        out.push(b'{');
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&field.prefix);
            let step = Step::Key(&field.key);
            match &field.value {
                RowShape::Json(bytes) => out.extend_from_slice(bytes),
                RowShape::Column { column, encoder, logical, encoding, nullable } => {
                    let start = out.len();
                    let problem = match row.cell(*column) {
                        Cell::Null if *nullable => {
                            out.extend_from_slice(b"null");
                            continue;
                        }
                        Cell::Null => "the value is missing: the column holds NULL".to_owned(),
                        cell => match encode::write(out, encoder, logical, *encoding, cell) {
                            Ok(()) => continue,
                            Err(problem) => problem,
                        },
                    };
                    out.truncate(start);
                    self.path.push(step);
                    self.fail(&problem, *nullable, out)?;
                    self.path.pop();
                }
                other => {
                    self.path.push(step);
                    self.member(out, row, other)?;
                    self.path.pop();
                }
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn member(&mut self, out: &mut Vec<u8>, row: &S::Row<'_>, value: &'a RowShape) -> Result<(), Stop> {
        match value {
            // Written by the object itself.
            RowShape::Json(_) | RowShape::Column { .. } => Ok(()),
            RowShape::Id(keys) => self.id(out, row, keys),
            RowShape::NodeId { prefix, keys } => self.node_id(out, row, prefix, keys),
            RowShape::Joined { present, fields, nullable } => {
                if matches!(row.cell(*present), Cell::Null) {
                    if *nullable {
                        out.extend_from_slice(b"null");
                        return Ok(());
                    }
                    return self.fail("the related row is missing", false, out);
                }
                let depth = self.path.len();
                let start = out.len();
                let result = self.object(out, row, fields);
                self.or_null(result, *nullable, depth, start, out)
            }
            RowShape::One { node, fields, nullable } => {
                self.one(out, *node, Under::Row(row), fields, *nullable)
            }
            RowShape::Many { node, fields } => self.many(out, *node, Under::Row(row), fields),
            RowShape::Aggregated(fields) => self.values(out, Some(row), fields),
            RowShape::Aggregate { node, fields } => self.aggregate(out, *node, Under::Row(row), fields),
            RowShape::Connection(shape) => self.connection(out, Under::Row(row), shape),
        }
    }

    /// The only row of a node, as values made of many rows. Where there is none, as of no rows.
    fn aggregate(
        &mut self,
        out: &mut Vec<u8>,
        node: usize,
        under: Under<'_, S::Row<'_>>,
        fields: &'a [Shape<AggregateShape>],
    ) -> Result<(), Stop> {
        let source = self.source;
        let mut found = false;
        source.scan(node, under, |row| {
            found = true;
            self.values(out, Some(row), fields)?;
            Ok(Flow::Enough)
        })?;
        if found { Ok(()) } else { self.values(out, None, fields) }
    }

    fn groups(
        &mut self,
        out: &mut Vec<u8>,
        node: usize,
        fields: &'a [Shape<AggregateShape>],
    ) -> Result<(), Stop> {
        let source = self.source;
        let mut index = 0;
        out.push(b'[');
        source.scan(node, Under::Root, |row| {
            if index > 0 {
                out.push(b',');
            }
            self.path.push(Step::Index(index));
            self.values(out, Some(row), fields)?;
            self.path.pop();
            index += 1;
            Ok(Flow::Continue)
        })?;
        out.push(b']');
        Ok(())
    }

    fn values(
        &mut self,
        out: &mut Vec<u8>,
        row: Option<&S::Row<'_>>,
        fields: &'a [Shape<AggregateShape>],
    ) -> Result<(), Stop> {
        self.members(out, fields, |writer, out, value| match value {
            AggregateShape::Json(bytes) => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            AggregateShape::Object(fields) => writer.values(out, row, fields),
            AggregateShape::Column { column, encoder, logical, encoding, nullable } => {
                match row.map_or(Cell::Null, |row| row.cell(*column)) {
                    Cell::Null => {
                        // What is never null is a count.
                        out.extend_from_slice(if *nullable { b"null" } else { b"0" });
                        Ok(())
                    }
                    cell => {
                        let start = out.len();
                        encode::write(out, encoder, logical, *encoding, cell).or_else(|problem| {
                            out.truncate(start);
                            writer.fail(&problem, *nullable, out)
                        })
                    }
                }
            }
        })
    }

    /// Records an error at the current path, and writes null where null is a value.
    fn fail(&mut self, message: &str, nullable: bool, out: &mut Vec<u8>) -> Result<(), Stop> {
        let path = self
            .path
            .iter()
            .map(|step| match step {
                Step::Key(key) => PathSegment::Key((*key).to_owned()),
                Step::Index(index) => PathSegment::Index(*index),
            })
            .collect();
        self.errors.push(FieldError { message: message.to_owned(), code: "INTERNAL", path });
        if nullable {
            out.extend_from_slice(b"null");
            Ok(())
        } else {
            Err(Stop::Null)
        }
    }

    /// Takes a null that comes from below, where null is a value.
    fn or_null(
        &mut self,
        result: Result<(), Stop>,
        nullable: bool,
        depth: usize,
        start: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        match result {
            Err(Stop::Null) if nullable => {
                self.path.truncate(depth);
                out.truncate(start);
                out.extend_from_slice(b"null");
                Ok(())
            }
            other => other,
        }
    }

    fn one(
        &mut self,
        out: &mut Vec<u8>,
        node: usize,
        under: Under<'_, S::Row<'_>>,
        fields: &'a [Shape<RowShape>],
        nullable: bool,
    ) -> Result<(), Stop> {
        let depth = self.path.len();
        let start = out.len();
        let source = self.source;
        let mut found = false;
        let result = source.scan(node, under, |row| {
            found = true;
            self.object(out, row, fields)?;
            Ok(Flow::Enough)
        });
        if result.is_ok() && !found {
            if nullable {
                out.extend_from_slice(b"null");
                return Ok(());
            }
            return self.fail("the related row is missing", false, out);
        }
        self.or_null(result, nullable, depth, start, out)
    }

    fn many(
        &mut self,
        out: &mut Vec<u8>,
        node: usize,
        under: Under<'_, S::Row<'_>>,
        fields: &'a [Shape<RowShape>],
    ) -> Result<(), Stop> {
        let source = self.source;
        let mut index = 0;
        out.push(b'[');
        source.scan(node, under, |row| {
            if index > 0 {
                out.push(b',');
            }
            self.path.push(Step::Index(index));
            self.object(out, row, fields)?;
            self.path.pop();
            index += 1;
            Ok(Flow::Continue)
        })?;
        out.push(b']');
        Ok(())
    }

    /// An integer or a truth value that was counted, not read.
    fn argument(&mut self, out: &mut Vec<u8>, index: u32) -> Result<(), Stop> {
        match self.arguments.values.get(index as usize) {
            Some(Value::Boolean(value)) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Some(Value::Int(number)) if i32::try_from(*number).is_ok() => {
                out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes());
            }
            _ => return self.fail("the number does not fit 32 bits", false, out),
        }
        Ok(())
    }

    fn nodes(&mut self, out: &mut Vec<u8>, shape: &'a NodesShape) -> Result<(), Stop> {
        let NodesShape { argument, list, nullable, ref arms } = *shape;
        let arguments = self.arguments;
        let ids = arguments.nodes.get(argument as usize).map_or(&[][..], Vec::as_slice);
        if list {
            out.push(b'[');
        }
        for (position, id) in ids.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            if list {
                self.path.push(Step::Index(position));
            }
            match id.as_ref().and_then(|(arm, _)| arms.get(*arm)) {
                Some((node, fields)) => self.one(out, *node, Under::Id(position), fields, nullable)?,
                None if nullable => out.extend_from_slice(b"null"),
                None => self.fail("the row is missing", false, out)?,
            }
            if list {
                self.path.pop();
            }
        }
        match (list, ids.is_empty()) {
            (true, _) => out.push(b']'),
            (false, true) if nullable => out.extend_from_slice(b"null"),
            (false, true) => self.fail("the row is missing", false, out)?,
            (false, false) => {}
        }
        Ok(())
    }

    fn connection(
        &mut self,
        out: &mut Vec<u8>,
        under: Under<'_, S::Row<'_>>,
        shape: &'a ConnectionShape,
    ) -> Result<(), Stop> {
        let source = self.source;
        let mut page = Page::new(shape, self.page_size(shape));
        let errors_before = self.errors.len();
        let depth = self.path.len();
        if let Some(node) = shape.rows {
            source.scan(node, under, |row| {
                if page.size.is_some_and(|size| page.count as u64 >= size) {
                    page.more = true;
                    return Ok(Flow::Enough);
                }
                self.page_row(&mut page, row, shape)?;
                page.count += 1;
                Ok(Flow::Continue)
            })?;
        }
        if shape.reverse {
            page.reverse();
            // Items were numbered from the end; only now is it known how many there are.
            for error in &mut self.errors[errors_before..] {
                if let Some(PathSegment::Index(index)) = error.path.get_mut(depth + 1) {
                    *index = page.count.saturating_sub(*index + 1);
                }
            }
        }
        let total = match shape.count {
            Some(node) => Some(source.count(node, under)?),
            None => None,
        };
        let mut lists = page.lists.iter();
        self.members(out, &shape.fields, |writer, out, part| {
            match part {
                ConnectionPart::Edges(_) | ConnectionPart::Nodes(_) => {
                    out.push(b'[');
                    if let Some(list) = lists.next() {
                        out.extend_from_slice(&list.bytes);
                    }
                    out.push(b']');
                }
                ConnectionPart::TotalCount => {
                    let total = total.unwrap_or_default();
                    if i32::try_from(total).is_err() {
                        return writer.fail("the number does not fit 32 bits", false, out);
                    }
                    out.extend_from_slice(itoa::Buffer::new().format(total).as_bytes());
                }
                ConnectionPart::Aggregate(node, fields) => writer.aggregate(out, *node, under, fields)?,
                ConnectionPart::Json(bytes) => out.extend_from_slice(bytes),
                ConnectionPart::PageInfo(fields) => {
                    writer.members(out, fields, |_, out, value| {
                        page.info(out, value, shape);
                        Ok(())
                    })?;
                }
            }
            Ok(())
        })
    }

    fn page_size(&self, shape: &ConnectionShape) -> Option<u64> {
        match shape.page? {
            Bound::Inline(size) => Some(size),
            Bound::Argument(index) => match self.arguments.values.get(index as usize) {
                Some(Value::Int(size)) => u64::try_from(*size).ok(),
                _ => None,
            },
        }
    }

    /// One row of a connection: an item in each of its lists, and its cursor where one is asked for.
    fn page_row(
        &mut self,
        page: &mut Page,
        row: &S::Row<'_>,
        shape: &'a ConnectionShape,
    ) -> Result<(), Stop> {
        let cursor = if shape.keys.is_empty() { None } else { Some(self.cursor(row, shape)?) };
        let mut next = 0;
        for field in &shape.fields {
            if !matches!(field.value, ConnectionPart::Edges(_) | ConnectionPart::Nodes(_)) {
                continue;
            }
            let mut list = std::mem::take(&mut page.lists[next]);
            list.starts.push(list.bytes.len());
            if page.count > 0 {
                list.bytes.push(b',');
            }
            self.path.push(Step::Key(&field.key));
            self.path.push(Step::Index(page.count));
            match &field.value {
                ConnectionPart::Nodes(fields) => self.object(&mut list.bytes, row, fields)?,
                ConnectionPart::Edges(parts) => {
                    self.members(&mut list.bytes, parts, |writer, out, part| match part {
                        EdgePart::Cursor => {
                            quote(out, cursor.as_deref().unwrap_or_default());
                            Ok(())
                        }
                        EdgePart::Node(fields) => writer.object(out, row, fields),
                        EdgePart::Json(bytes) => {
                            out.extend_from_slice(bytes);
                            Ok(())
                        }
                    })?;
                }
                _ => {}
            }
            self.path.pop();
            self.path.pop();
            page.lists[next] = list;
            next += 1;
        }
        if let Some(cursor) = cursor {
            if page.count == 0 {
                page.first.clone_from(&cursor);
            }
            page.last = cursor;
        }
        Ok(())
    }

    fn cursor(&mut self, row: &S::Row<'_>, shape: &ConnectionShape) -> Result<Vec<u8>, Stop> {
        let mut values = vec![b'['];
        for (index, key) in shape.keys.iter().enumerate() {
            if index > 0 {
                values.push(b',');
            }
            if let Err(problem) = encode::write_key(&mut values, key, row.cell(key.column)) {
                let mut nowhere = Vec::new();
                self.fail(&problem, false, &mut nowhere)?;
            }
        }
        values.push(b']');
        let mut cursor = Vec::new();
        cursor::seal(&mut cursor, self.cursor_key, shape.fingerprint, &values);
        Ok(cursor)
    }

    /// The primary key as one JSON string.
    fn id(&mut self, out: &mut Vec<u8>, row: &S::Row<'_>, keys: &[KeyColumn]) -> Result<(), Stop> {
        let start = out.len();
        if let [key] = keys
            && let Some(number) = encode::integer_id(&key.logical, row.cell(key.column))
        {
            out.push(b'"');
            out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            out.push(b'"');
            return Ok(());
        }
        let mut text = Vec::new();
        match encode::write_id(&mut text, keys, |column| row.cell(column)) {
            Ok(()) => {
                crate::value::write::write_string(out, &String::from_utf8_lossy(&text));
                Ok(())
            }
            Err(problem) => {
                out.truncate(start);
                self.fail(&problem, false, out)
            }
        }
    }

    fn node_id(
        &mut self,
        out: &mut Vec<u8>,
        row: &S::Row<'_>,
        prefix: &str,
        keys: &[KeyColumn],
    ) -> Result<(), Stop> {
        let mut text = prefix.as_bytes().to_vec();
        match encode::write_id(&mut text, keys, |column| row.cell(column)) {
            Ok(()) => {
                quote(out, base64::engine::general_purpose::STANDARD.encode(&text).as_bytes());
                Ok(())
            }
            Err(problem) => self.fail(&problem, false, out),
        }
    }
}

fn quote(out: &mut Vec<u8>, plain: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(plain);
    out.push(b'"');
}

/// The rows of a connection while they come in. A connection's parts may stand in any order, so its lists are
/// written aside.
struct Page {
    size: Option<u64>,
    lists: Vec<List>,
    count: usize,
    more: bool,
    first: Vec<u8>,
    last: Vec<u8>,
}

#[derive(Default)]
struct List {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Page {
    fn new(shape: &ConnectionShape, size: Option<u64>) -> Self {
        let lists = shape
            .fields
            .iter()
            .filter(|field| matches!(field.value, ConnectionPart::Edges(_) | ConnectionPart::Nodes(_)))
            .map(|_| List::default())
            .collect();
        Self { size, lists, count: 0, more: false, first: Vec::new(), last: Vec::new() }
    }

    /// Turns rows that were read from the end into the ordering's direction.
    fn reverse(&mut self) {
        for list in &mut self.lists {
            let mut bytes = Vec::with_capacity(list.bytes.len());
            let mut end = list.bytes.len();
            for (index, start) in list.starts.iter().enumerate().rev() {
                // All items but the first begin with a comma.
                let item = &list.bytes[start + usize::from(index > 0)..end];
                if !bytes.is_empty() {
                    bytes.push(b',');
                }
                bytes.extend_from_slice(item);
                end = *start;
            }
            list.bytes = bytes;
        }
        std::mem::swap(&mut self.first, &mut self.last);
    }

    fn info(&self, out: &mut Vec<u8>, value: &PageInfoValue, shape: &ConnectionShape) {
        let flag = |out: &mut Vec<u8>, value: bool| {
            out.extend_from_slice(if value { b"true" } else { b"false" });
        };
        let cursor = |out: &mut Vec<u8>, cursor: &[u8]| {
            if self.count == 0 { out.extend_from_slice(b"null") } else { quote(out, cursor) }
        };
        match value {
            // The row of a `before` follows the page, and that of an `after` precedes it.
            PageInfoValue::HasNextPage => flag(out, (self.more && !shape.reverse) || shape.has_before),
            PageInfoValue::HasPreviousPage => flag(out, (self.more && shape.reverse) || shape.has_after),
            PageInfoValue::StartCursor => cursor(out, &self.first),
            PageInfoValue::EndCursor => cursor(out, &self.last),
            PageInfoValue::Typename(name) => quote(out, name.as_bytes()),
        }
    }
}
