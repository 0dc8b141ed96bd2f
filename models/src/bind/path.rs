//! Paths: names to columns, computed values and chains of related tables.

use super::binder::{Binder, Place, Purpose, columns_of};
use super::{Alias, BoundExpr, BoundFrom, BoundTable, Typed, column};
use crate::prepare::CompileError;
use crate::query::Scope;
use crate::registry::{Field, Member, Model, ModelId, Relation, RelationKind};

/// The tables between a row and its related rows, to be read by a sub-query.
#[derive(Debug)]
pub(super) struct Chain {
    /// Its SELECT.
    pub(super) frame: usize,
    pub(super) from: Vec<BoundFrom>,
    pub(super) link: Vec<(Alias, String, Alias, String)>,
    /// Scopes of the models on the way.
    pub(super) conditions: Vec<BoundExpr>,
    /// The last table.
    pub(super) alias: Alias,
    pub(super) model: ModelId,
    /// Whether the last table hangs on the one before it by its key alone, so that it can be left out where nothing of
    /// it is needed.
    pub(super) spare: bool,
}

/// Where a path begins, after the root that its first names are.
#[derive(Debug, Clone, Copy)]
struct Start {
    frame: usize,
    alias: Alias,
    model: ModelId,
    /// How many names the root took.
    names: usize,
}

impl Binder<'_> {
    /// The value of a path.
    pub(super) fn path(&mut self, at: Place, path: &[String]) -> Result<Typed, CompileError> {
        if path.is_empty() {
            return Err(CompileError::Invalid("a path needs at least one name".to_owned()));
        }
        if let Place::Select(frame) = at {
            if let Some(value) = self.named_value(frame, path)? {
                return Ok(value);
            }
            if self.start(at, path).is_none() {
                return match self.frames[frame].parent {
                    Some(parent) => self.path(parent, path),
                    None => Err(CompileError::Invalid(format!("`{}` leads nowhere", path.join(".")))),
                };
            }
        }
        let Some(start) = self.start(at, path) else {
            return Err(CompileError::Invalid(format!("`{}` leads nowhere", path.join("."))));
        };
        self.walk(start, path)
    }

    /// A value that the SELECT itself has by this name: a column of the query that it reads, a key of its groups, a value
    /// computed for each row.
    fn named_value(&mut self, frame: usize, path: &[String]) -> Result<Option<Typed>, CompileError> {
        let name = path.join(".");
        let this = &self.frames[frame];
        if let Some(keys) = &this.group
            && !this.in_aggregate
        {
            if let Some((_, key)) = keys.iter().find(|(known, _)| *known == name) {
                return Ok(Some(key.clone()));
            }
            let annotation = this.annotations.iter().rposition(|(known, _)| *known == name);
            if let Some(position) = annotation {
                return self.annotation(frame, position).map(Some);
            }
            let known =
                keys.iter().map(|(known, _)| known).chain(this.annotations.iter().map(|(known, _)| known));
            return Err(CompileError::UnknownName {
                model: "the group (its rows' fields stand inside of aggregates only)".to_owned(),
                hint: nearest(&name, known),
                name,
            });
        }
        if let Some(columns) = &this.columns {
            if let Some((_, column)) = columns.iter().find(|(known, _)| *known == name) {
                return Ok(Some(column.clone()));
            }
            if let Some(position) = this.annotations.iter().rposition(|(known, _)| *known == name) {
                return self.annotation(frame, position).map(Some);
            }
            if !this.roots.is_empty() {
                return Ok(None);
            }
            let hint = nearest(&name, columns.iter().map(|(known, _)| known));
            return Err(CompileError::UnknownName { model: "the sub-query".to_owned(), hint, name });
        }
        match this.annotations.iter().rposition(|(known, _)| *known == name) {
            Some(position) => self.annotation(frame, position).map(Some),
            None => Ok(None),
        }
    }

    /// A value computed for each row: bound where it is used, seeing those before it.
    fn annotation(&mut self, frame: usize, position: usize) -> Result<Typed, CompileError> {
        let later = self.frames[frame].annotations.split_off(position);
        let result = match later.first() {
            Some((_, expr)) => {
                let expr = expr.clone();
                self.nested(|binder| binder.scalar(Place::Select(frame), &expr))
            }
            None => Err(CompileError::Invalid("a computed value is missing".to_owned())),
        };
        self.frames[frame].annotations.extend(later);
        result
    }

    fn start(&self, at: Place, path: &[String]) -> Option<Start> {
        match at {
            Place::Row(frame, alias, model) => Some(Start { frame, alias, model, names: 0 }),
            Place::Select(frame) => self.frames[frame]
                .roots
                .iter()
                .filter(|(prefix, ..)| path.len() >= prefix.len() && path[..prefix.len()] == prefix[..])
                .max_by_key(|(prefix, ..)| prefix.len())
                .map(|(prefix, alias, model)| Start {
                    frame,
                    alias: *alias,
                    model: *model,
                    names: prefix.len(),
                }),
        }
    }

    fn walk(&mut self, start: Start, path: &[String]) -> Result<Typed, CompileError> {
        let registry = self.registry;
        let mut model = registry.model(start.model);
        let mut alias = start.alias;
        let rest = &path[start.names..];
        let Some((last, relations)) = rest.split_last() else {
            // A root alone stands for its row: its key.
            return match model.primary_key.as_slice() {
                [only] => Ok(column(alias, model.field(*only))),
                _ => Err(CompileError::Invalid(format!(
                    "`{}` has a key of several columns; name one of them",
                    path.join(".")
                ))),
            };
        };
        let mut absent = start.names > 0;
        for (index, name) in relations.iter().enumerate() {
            let relation = relation_named(model, name)?;
            if !relation.is_to_one() {
                return Err(many(model, name));
            }
            // The key of the related row stands in this row: no join is needed for it.
            if index + 1 == relations.len()
                && let Some(field) = key_here(registry.model(relation.target), model, relation, last)
            {
                let mut typed = column(alias, field);
                typed.nullable |= absent;
                return Ok(typed);
            }
            absent |= relation.null || !relation.enforced;
            alias = self.join(start.frame, alias, model, relation, Purpose::Condition);
            model = registry.model(relation.target);
        }
        if model.member(last).is_none() && model.annotations.contains_key(last) {
            let mut typed = self.computed(Place::Row(start.frame, alias, model.id), model, last, &[])?;
            typed.nullable |= absent;
            return Ok(typed);
        }
        let mut typed = column(alias, field_named(model, last)?);
        typed.nullable |= absent;
        Ok(typed)
    }

    /// The row that a path of to-one relations leads to.
    pub(super) fn row(&mut self, at: Place, path: &[String]) -> Result<(Place, bool), CompileError> {
        if let Place::Select(frame) = at
            && self.start(at, path).is_none()
            && let Some(parent) = self.frames[frame].parent
        {
            return self.row(parent, path);
        }
        let Some(start) = self.start(at, path) else {
            return Err(CompileError::Invalid(format!("`{}` leads nowhere", path.join("."))));
        };
        let registry = self.registry;
        let (mut alias, mut model, mut absent) = (start.alias, registry.model(start.model), start.names > 0);
        for name in &path[start.names..] {
            let relation = relation_named(model, name)?;
            if !relation.is_to_one() {
                return Err(many(model, name));
            }
            absent |= relation.null || !relation.enforced;
            alias = self.join(start.frame, alias, model, relation, Purpose::Condition);
            model = registry.model(relation.target);
        }
        Ok((Place::Row(start.frame, alias, model.id), absent))
    }

    /// How many names of a path lead to its last to-many relation; `None` when there is none. A path that another row's
    /// names begin with has none either: it is that row's.
    pub(super) fn to_many_names(&self, at: Place, path: &[String]) -> Option<usize> {
        if let Place::Select(frame) = at {
            let this = &self.frames[frame];
            let name = path.join(".");
            let own = this.columns.is_some() && this.roots.is_empty()
                || this.annotations.iter().any(|(known, _)| *known == name);
            if own {
                return None;
            }
        }
        let start = self.start(at, path)?;
        let mut model = self.registry.model(start.model);
        let mut found = None;
        for (index, name) in path.iter().enumerate().skip(start.names) {
            let Some(Member::Relation(id)) = model.member(name) else { break };
            let relation = model.relation(id);
            if !relation.is_to_one() {
                found = Some(index + 1);
            }
            model = self.registry.model(relation.target);
        }
        found
    }

    /// Whether a path's last name is a relation's.
    pub(super) fn ends_at_relation(&self, at: Place, path: &[String]) -> bool {
        let Some(start) = self.start(at, path) else { return false };
        let mut model = self.registry.model(start.model);
        let mut is_one = path.len() == start.names;
        for name in &path[start.names..] {
            let Some(Member::Relation(id)) = model.member(name) else { return false };
            model = self.registry.model(model.relation(id).target);
            is_one = true;
        }
        is_one
    }

    /// Opens a SELECT over the rows that a path of relations leads to. The to-one relations that it begins with are joined
    /// to the enclosing SELECT. `named` keeps the path's own names in the SELECT; otherwise its names are those of the last model.
    pub(super) fn chain(&mut self, at: Place, path: &[String], named: bool) -> Result<Chain, CompileError> {
        if let Place::Select(frame) = at
            && self.start(at, path).is_none()
            && let Some(parent) = self.frames[frame].parent
        {
            return self.chain(parent, path, named);
        }
        let Some(start) = self.start(at, path) else {
            return Err(CompileError::Invalid(format!("`{}` leads nowhere", path.join("."))));
        };
        let registry = self.registry;
        let (mut alias, mut model) = (start.alias, registry.model(start.model));
        let mut at_name = start.names;
        while let Some(name) = path.get(at_name) {
            let relation = relation_named(model, name)?;
            if !relation.is_to_one() {
                break;
            }
            alias = self.join(start.frame, alias, model, relation, Purpose::Condition);
            model = registry.model(relation.target);
            at_name += 1;
        }
        let frame = self.push(model.id, alias, Some(at));
        let mut chain = Chain {
            frame,
            from: Vec::new(),
            link: Vec::new(),
            conditions: Vec::new(),
            alias,
            model: model.id,
            spare: false,
        };
        for (index, name) in path.iter().enumerate().skip(at_name) {
            let relation = relation_named(model, name)?;
            self.hop(&mut chain, model, relation)?;
            model = registry.model(relation.target);
            if named {
                let names = path[..=index].to_vec();
                self.frames[frame].roots.push((names, chain.alias, model.id));
            }
        }
        if chain.from.is_empty() {
            return Err(CompileError::Invalid(format!("`{}` leads to one row, not to many", path.join("."))));
        }
        let scope = &mut self.frames[frame].scope;
        (scope.alias, scope.model) = (chain.alias, chain.model);
        if !named {
            self.frames[frame].roots.push((Vec::new(), chain.alias, chain.model));
        }
        Ok(chain)
    }

    /// One relation further: its table, and its link table before it.
    fn hop(&mut self, chain: &mut Chain, model: &Model, relation: &Relation) -> Result<(), CompileError> {
        let target = self.registry.model(relation.target);
        let first = chain.from.is_empty();
        let before = chain.alias;
        let alias = self.alias();
        let link_on = |chain: &mut Chain, here: Alias, pairs: Vec<(String, String)>| {
            if first {
                chain.link.extend(pairs.into_iter().map(|(outer, inner)| (before, outer, here, inner)));
                Vec::new()
            } else {
                pairs.into_iter().map(|(there, own)| (own, before, there)).collect()
            }
        };
        match &relation.through {
            Some(through) => {
                let link = self.registry.model(through.model);
                let link_alias = self.alias();
                let on = link_on(chain, link_alias, columns_of(&through.source, model, link));
                chain.from.push(table(link_alias, link, on));
                let on = columns_of(&through.target, link, target)
                    .into_iter()
                    .map(|(of_link, of_target)| (of_target, link_alias, of_link))
                    .collect();
                chain.from.push(table(alias, target, on));
            }
            None => {
                let on = link_on(chain, alias, columns_of(&relation.pairs, model, target));
                chain.from.push(table(alias, target, on));
            }
        }
        chain.alias = alias;
        chain.model = target.id;
        chain.spare = relation.through.is_some();
        if !relation.is_to_one()
            && let Some(filter) = self.scope_filter(target.id, Scope::Default)
        {
            let at = Place::Row(chain.frame, alias, target.id);
            let condition =
                self.expand(target.id, &manager_of(target, 0), |binder| binder.condition(at, filter))?;
            chain.conditions.push(condition);
            chain.spare = false;
        }
        Ok(())
    }
}

/// The name of a manager among what is expanded, where it is no computed field's.
pub(crate) fn manager_of(model: &Model, position: usize) -> String {
    format!(
        "{} (manager)",
        model.managers.get(position).map(|manager| manager.name.as_str()).unwrap_or_default()
    )
}

fn table(alias: Alias, model: &Model, on: Vec<(String, Alias, String)>) -> BoundFrom {
    BoundFrom { alias, table: BoundTable::Named(model.table.clone()), left: false, on, condition: None }
}

/// The field of this row that holds what `last` names in the related row.
fn key_here<'m>(target: &Model, model: &'m Model, relation: &Relation, last: &str) -> Option<&'m Field> {
    if !matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne) || !relation.enforced {
        return None;
    }
    let wanted = match target.member(last) {
        Some(Member::Field(id)) => id,
        None if last == "pk" && target.primary_key.len() == 1 => target.primary_key[0],
        _ => return None,
    };
    relation.pairs.iter().find(|(_, there)| *there == wanted).map(|(here, _)| model.field(*here))
}

pub(super) fn relation_named<'m>(model: &'m Model, name: &str) -> Result<&'m Relation, CompileError> {
    match model.member(name) {
        Some(Member::Relation(id)) => Ok(model.relation(id)),
        Some(Member::Field(_)) => {
            Err(CompileError::Invalid(format!("`{name}` of {} is a field, not a relation", model.name)))
        }
        None => Err(unknown(model, name)),
    }
}

pub(super) fn field_named<'m>(model: &'m Model, name: &str) -> Result<&'m Field, CompileError> {
    match model.member(name) {
        Some(Member::Field(id)) => Ok(model.field(id)),
        Some(Member::Relation(id)) => match model.relation(id).pairs.as_slice() {
            // A foreign key's name alone stands for its column, as in Django.
            [(field, _)]
                if matches!(model.relation(id).kind, RelationKind::ForeignKey | RelationKind::OneToOne) =>
            {
                Ok(model.field(*field))
            }
            _ if model.relation(id).is_to_one() => Err(CompileError::Invalid(format!(
                "`{name}` of {} is a related row; name one of its fields",
                model.name
            ))),
            _ => Err(many(model, name)),
        },
        None if name == "pk" && model.primary_key.len() == 1 => Ok(model.field(model.primary_key[0])),
        None => Err(unknown(model, name)),
    }
}

fn many(model: &Model, name: &str) -> CompileError {
    CompileError::Invalid(format!(
        "`{name}` of {} leads to many rows: say which by some, every, none, first or an aggregate",
        model.name
    ))
}

pub(super) fn unknown(model: &Model, name: &str) -> CompileError {
    CompileError::UnknownName {
        model: model.name.clone(),
        name: name.to_owned(),
        hint: nearest(name, model.names.keys().chain(model.annotations.keys())),
    }
}

/// The known name that is nearest to a wrong one.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Option<String> {
    known
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, known)| known.clone())
}
