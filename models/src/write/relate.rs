//! What happens along relations: rows are related, let go, changed, made and deleted, all holders of a relation at once.

use super::change::{Changed, is_of_unique};
use super::create::{Draft, own_values};
use super::error::{InputPath, WriteError};
use super::tree::{Change, Key, NewRow, OnConflict, RelatedChange};
use super::writer::{Known, Writer, among, fitted_key, identity, not_found, primary_key, values_of};
use crate::expr::Expr;
use crate::objects::LinkAction;
use crate::query::{QuerySet, Scope};
use crate::registry::{FieldId, Model, ModelId, Relation, RelationKind, Through};
use crate::value::Value;
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// A row with what happens along one of its relations.
#[derive(Debug, Clone)]
pub(super) struct Holder<'a> {
    pub(super) known: Known,
    pub(super) change: &'a RelatedChange,
    /// Whether the row is new, so that nothing is related to it yet.
    pub(super) is_new: bool,
}

/// The values of a foreign key, for a row that gets new ones.
type Referred = Option<Vec<Value>>;

impl Writer {
    /// Whether the other side holds what relates the two.
    pub(super) fn is_outward(&self, relation: &Relation) -> bool {
        match relation.kind {
            RelationKind::ReverseForeignKey | RelationKind::ReverseOneToOne | RelationKind::ManyToMany => {
                true
            }
            RelationKind::ForeignKey | RelationKind::OneToOne => false,
        }
    }

    fn misuse(relation: &Relation, path: &InputPath, problem: &str) -> WriteError {
        WriteError::Misuse { message: format!("`{}` {problem}", relation.name), path: path.clone() }
    }

    /// The values of foreign keys of new rows: of rows that are there, or that are made for them.
    pub(super) async fn referred<'s>(
        &'s self,
        relation: &'s Relation,
        changes: &[&'s RelatedChange],
    ) -> Result<Vec<Referred>, WriteError> {
        for change in changes {
            let said = change.connect.len() + change.create.len() + change.connect_or_create.len();
            let other = !change.disconnect.is_empty()
                || !change.delete.is_empty()
                || !change.update.is_empty()
                || !change.upsert.is_empty()
                || change.set.is_some();
            if said != 1 || other {
                let problem = "of a new row is one of `connect`, `create`, `connectOrCreate`";
                return Err(Self::misuse(relation, &change.path, problem));
            }
        }
        let wanted: Vec<FieldId> = relation.pairs.iter().map(|(_, there)| *there).collect();
        self.taken_on(relation, changes, &wanted).await
    }

    /// What `connect`, `connectOrCreate` and `create` of each change give, in the order of the changes: the values of the
    /// wanted fields of the one row, if there is one.
    async fn taken_on<'s>(
        &'s self,
        relation: &'s Relation,
        changes: &[&'s RelatedChange],
        wanted: &[FieldId],
    ) -> Result<Vec<Referred>, WriteError> {
        let target = self.registry.model(relation.target);
        let mut taken: Vec<Referred> = vec![None; changes.len()];
        let mut connected: Vec<(usize, &Key)> = Vec::new();
        let mut either: Vec<(usize, &Key, &NewRow)> = Vec::new();
        let mut made: Vec<(usize, &NewRow)> = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            connected.extend(change.connect.iter().map(|key| (index, key)));
            either.extend(change.connect_or_create.iter().map(|(key, row)| (index, key, row)));
            made.extend(change.create.iter().map(|row| (index, row)));
        }
        let keys: Vec<(&Key, &InputPath)> =
            connected.iter().map(|(index, key)| (*key, &changes[*index].path)).collect();
        for ((index, _), values) in connected.iter().zip(self.values_by_key(target, &keys, wanted).await?) {
            taken[*index] = Some(values);
        }
        let found = self.found_or_made(target, &either, changes, (&[], wanted)).await?;
        for ((index, ..), values) in either.iter().zip(found) {
            taken[*index] = Some(values);
        }
        let drafts = made.iter().map(|(_, row)| Draft { row, extra: Vec::new() }).collect();
        for ((index, _), made) in made.iter().zip(self.create(target.id, drafts, None).await?) {
            taken[*index] = Some(values_of(&made.known, wanted)?);
        }
        Ok(taken)
    }

    /// The wanted values of rows by their keys. Rows whose key says them are not read: the database knows whether they are
    /// there.
    async fn values_by_key(
        &self,
        model: &Model,
        keys: &[(&Key, &InputPath)],
        wanted: &[FieldId],
    ) -> Result<Vec<Vec<Value>>, WriteError> {
        let mut fitted = Vec::with_capacity(keys.len());
        for (key, path) in keys {
            fitted.push(fitted_key(model, key, path)?);
        }
        let said = |key: &Key| -> Option<Vec<Value>> {
            wanted
                .iter()
                .map(|id| key.0.iter().find(|(field, _)| field == id).map(|(_, value)| value.clone()))
                .collect()
        };
        let asked: Vec<&Key> = fitted.iter().filter(|key| said(key).is_none()).collect();
        let mut found = self.find(model, &asked, wanted, (Scope::Default, false, None)).await?.into_iter();
        let mut values = Vec::with_capacity(keys.len());
        for (key, (_, path)) in fitted.iter().zip(keys) {
            values.push(match said(key) {
                Some(values) => values,
                None => match found.next().flatten() {
                    Some(known) => values_of(&known, wanted)?,
                    None => return Err(not_found(model, key, path)),
                },
            });
        }
        Ok(values)
    }

    /// The wanted values of rows that are found by their keys, or made: with further values of their fields.
    async fn found_or_made<'s>(
        &'s self,
        model: &'s Model,
        rows: &[(usize, &'s Key, &'s NewRow)],
        changes: &[&'s RelatedChange],
        (extra, wanted): (&[Vec<(FieldId, Value)>], &[FieldId]),
    ) -> Result<Vec<Vec<Value>>, WriteError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys = Vec::with_capacity(rows.len());
        for (index, key, _) in rows {
            keys.push(fitted_key(model, key, &changes[*index].path)?);
        }
        // Another transaction may make the same row meanwhile: it is there the next time.
        let mut attempts = 0;
        let (found, places, made) = loop {
            attempts += 1;
            let asked: Vec<&Key> = keys.iter().collect();
            let found = self.find(model, &asked, wanted, (Scope::Default, false, None)).await?;
            // The same row may be asked for more than once: it is made once.
            let mut first: HashMap<String, usize> = HashMap::new();
            let mut drafts = Vec::new();
            let mut places: Vec<Option<usize>> = Vec::with_capacity(rows.len());
            for (((index, _, row), key), found) in rows.iter().zip(&keys).zip(&found) {
                if found.is_some() {
                    places.push(None);
                    continue;
                }
                let values: Vec<&Value> = key.0.iter().map(|(_, value)| value).collect();
                let place = *first.entry(identity(&values)).or_insert_with(|| {
                    let said = |id: FieldId| row.values.iter().any(|(given, _)| *given == id);
                    let of_key = key.0.iter().filter(|(id, _)| !said(*id)).cloned();
                    let further = extra.get(*index).into_iter().flatten().cloned();
                    drafts.push(Draft { row: *row, extra: of_key.chain(further).collect() });
                    drafts.len() - 1
                });
                places.push(Some(place));
            }
            if drafts.is_empty() {
                break (found, places, Vec::new());
            }
            match self.attempt(self.create(model.id, drafts, None)).await? {
                Ok(made) => break (found, places, made),
                Err(error) if attempts < 3 && is_of_unique(&error) => {}
                Err(error) => return Err(error),
            }
        };
        let mut values = Vec::with_capacity(rows.len());
        for (found, place) in found.into_iter().zip(places) {
            values.push(match (found, place) {
                (Some(known), _) => values_of(&known, wanted)?,
                (None, Some(place)) => values_of(&made[place].known, wanted)?,
                (None, None) => return Err(Self::internal("a row was neither found nor made")),
            });
        }
        Ok(values)
    }

    /// The new values of foreign keys of rows that are there.
    pub(super) async fn referred_anew<'s>(
        &'s self,
        model: &'s Model,
        relation: &'s Relation,
        holders: Vec<(Known, &'s RelatedChange)>,
    ) -> Result<Vec<Referred>, WriteError> {
        let target = self.registry.model(relation.target);
        let wanted: Vec<FieldId> = relation.pairs.iter().map(|(_, there)| *there).collect();
        let own: Vec<FieldId> = relation.pairs.iter().map(|(own, _)| *own).collect();
        let empty = || own.iter().map(|_| Value::Null).collect::<Vec<_>>();
        let known = self.with_fields(model, &holders, &own).await?;
        let current = |index: usize| -> Result<Option<Vec<Value>>, WriteError> {
            let values = values_of(&known[index], &own)?;
            Ok((!values.contains(&Value::Null)).then_some(values))
        };
        let changes: Vec<&RelatedChange> = holders.iter().map(|(_, change)| *change).collect();
        let mut referred = self.taken_on(relation, &changes, &wanted).await?;
        let (mut updates, mut upserts, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for (index, change) in changes.iter().enumerate() {
            let said = change.connect.len()
                + change.create.len()
                + change.connect_or_create.len()
                + change.disconnect.len()
                + change.delete.len()
                + change.update.len()
                + change.upsert.len();
            if said > 1 || change.set.is_some() {
                return Err(Self::misuse(
                    relation,
                    &change.path,
                    "leads to one row: one thing happens along it",
                ));
            }
            let lets_go = !change.disconnect.is_empty() || !change.delete.is_empty();
            if lets_go && !relation.null {
                return Err(Self::misuse(
                    relation,
                    &change.path,
                    "cannot be empty: connect another row instead",
                ));
            }
            if lets_go {
                referred[index] = Some(empty());
            }
            let Some(values) = current(index)? else {
                if !change.update.is_empty() {
                    return Err(Self::misuse(
                        relation,
                        &change.path,
                        "leads to no row that could be changed",
                    ));
                }
                upserts.extend(change.upsert.iter().map(|(_, row, _)| (index, row)));
                continue;
            };
            if !change.delete.is_empty() {
                ended.push((index, values.clone()));
            }
            updates.extend(change.update.iter().map(|(_, change)| (index, values.clone(), change)));
            updates.extend(change.upsert.iter().map(|(_, _, change)| (index, values.clone(), change)));
        }
        let drafts = upserts.iter().map(|(_, row)| Draft { row, extra: Vec::new() }).collect();
        for ((index, _), made) in upserts.iter().zip(self.create(target.id, drafts, None).await?) {
            referred[*index] = Some(values_of(&made.known, &wanted)?);
        }
        self.change_referred(target, &wanted, updates).await?;
        if !ended.is_empty() {
            // They are let go first: this row is not to go with them.
            let mut rows = Vec::with_capacity(ended.len());
            for (index, _) in &ended {
                let mut row = primary_key(model, &known[*index])?;
                row.extend(empty());
                rows.push(row);
            }
            let path = &changes[ended[0].0].path;
            self.update_by_key(model, (&model.primary_key, &own, &[]), rows, path).await?;
            let values: Vec<Vec<Value>> = ended.into_iter().map(|(_, values)| values).collect();
            let query = QuerySet {
                manager: Scope::Unscoped,
                filter: Some(among(target, &wanted, &values)),
                ..QuerySet::all(target.id)
            };
            let rows = self.known_rows(query, &target.primary_key).await?;
            let keys = rows.iter().map(|row| primary_key(target, row)).collect::<Result<_, _>>()?;
            self.delete(target.id, keys).await?;
        }
        Ok(referred)
    }

    /// Changes rows that others refer to by these fields.
    async fn change_referred<'s>(
        &'s self,
        target: &'s Model,
        fields: &[FieldId],
        updates: Vec<(usize, Vec<Value>, &'s Change)>,
    ) -> Result<(), WriteError> {
        if updates.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = updates
            .iter()
            .map(|(_, values, _)| Key(fields.iter().copied().zip(values.iter().cloned()).collect()))
            .collect();
        let asked: Vec<&Key> = keys.iter().collect();
        let needed = self.needed(target.id);
        let found = self.find(target, &asked, &needed, (Scope::Unscoped, true, None)).await?;
        let rows = found
            .into_iter()
            .zip(&updates)
            .filter_map(|(known, (_, _, change))| Some(Changed { known: known?, change }))
            .collect();
        self.change(target.id, rows).await.map(|_| ())
    }

    /// What is known of rows, with the values of these fields.
    async fn with_fields(
        &self,
        model: &Model,
        holders: &[(Known, &RelatedChange)],
        fields: &[FieldId],
    ) -> Result<Vec<Known>, WriteError> {
        let complete = |known: &Known| fields.iter().all(|id| known[id.0 as usize].is_some());
        if holders.iter().all(|(known, _)| complete(known)) {
            return Ok(holders.iter().map(|(known, _)| known.clone()).collect());
        }
        let mut keys = Vec::with_capacity(holders.len());
        for (known, _) in holders {
            let values = primary_key(model, known)?;
            keys.push(Key(model.primary_key.iter().copied().zip(values).collect()));
        }
        let asked: Vec<&Key> = keys.iter().collect();
        let found = self.find(model, &asked, fields, (Scope::Unscoped, false, None)).await?;
        found
            .into_iter()
            .map(|known| known.ok_or_else(|| Self::internal("a row that was locked is gone")))
            .collect()
    }

    /// What happens along a relation that the other side, or a link table, holds.
    pub(super) async fn relate<'s>(
        &'s self,
        model: &'s Model,
        relation: &'s Relation,
        holders: Vec<Holder<'s>>,
    ) -> Result<(), WriteError> {
        match (&relation.kind, &relation.through) {
            (RelationKind::ManyToMany, Some(through)) => {
                self.relate_linked(model, relation, through, holders).await
            }
            _ => self.relate_referring(relation, holders).await,
        }
    }

    /// Rows that refer to the holders.
    async fn relate_referring<'s>(
        &'s self,
        relation: &'s Relation,
        holders: Vec<Holder<'s>>,
    ) -> Result<(), WriteError> {
        let child = self.registry.model(relation.target);
        let key_fields: Vec<FieldId> = relation.pairs.iter().map(|(_, there)| *there).collect();
        let mut owners = Vec::with_capacity(holders.len());
        for holder in &holders {
            owners.push(own_values(&holder.known, &relation.pairs)?);
        }
        let extra: Vec<Vec<(FieldId, Value)>> = owners
            .iter()
            .map(|owner| key_fields.iter().copied().zip(owner.iter().cloned()).collect())
            .collect();
        let changes: Vec<&RelatedChange> = holders.iter().map(|holder| holder.change).collect();

        let mut deleted = Vec::new();
        let mut freed = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            deleted.extend(change.delete.iter().map(|key| (index, key)));
            freed.extend(change.disconnect.iter().map(|key| (index, key)));
        }
        let of_owner = (child, relation, key_fields.as_slice(), owners.as_slice());
        let ended = self.related_rows(of_owner, &deleted, &changes, true).await?;
        if !ended.is_empty() {
            let keys = ended.iter().flatten().map(|row| primary_key(child, row)).collect::<Result<_, _>>()?;
            self.delete(child.id, keys).await?;
        }
        let let_go = self.related_rows(of_owner, &freed, &changes, false).await?;
        let mut let_go: Vec<Known> = let_go.into_iter().flatten().collect();
        let mut connected: Vec<(usize, Key, &InputPath)> = Vec::new();
        self.replaced(of_owner, &holders, &mut let_go, &mut connected).await?;
        if !let_go.is_empty() {
            self.set_free(child, relation, &key_fields, &let_go, &changes[0].path).await?;
        }

        let mut updates = Vec::new();
        let mut upserts = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            updates.extend(change.update.iter().map(|(key, change)| (index, key, change)));
            upserts.extend(change.upsert.iter().map(|(key, row, change)| (index, key, row, change)));
        }
        let asked: Vec<(usize, &Key)> = updates.iter().map(|(index, key, _)| (*index, *key)).collect();
        let mut changed: Vec<Changed<'_>> = Vec::new();
        for (known, (.., change)) in
            self.related_rows(of_owner, &asked, &changes, true).await?.into_iter().zip(&updates)
        {
            changed.extend(known.map(|known| Changed { known, change }));
        }
        let asked: Vec<(usize, &Key)> = upserts.iter().map(|(index, key, ..)| (*index, *key)).collect();
        let mut made: Vec<Draft<'_>> = Vec::new();
        for (known, (index, key, row, change)) in
            self.related_rows(of_owner, &asked, &changes, false).await?.into_iter().zip(upserts)
        {
            match known {
                Some(known) => changed.push(Changed { known, change }),
                None => {
                    let key = fitted_key(child, key, &changes[index].path)?;
                    let said = |id: FieldId| row.values.iter().any(|(given, _)| *given == id);
                    let of_key = key.0.into_iter().filter(|(id, _)| !said(*id));
                    made.push(Draft { row, extra: extra[index].iter().cloned().chain(of_key).collect() });
                }
            }
        }
        if !changed.is_empty() {
            self.change(child.id, changed).await?;
        }

        for (index, change) in changes.iter().enumerate() {
            for key in &change.connect {
                connected.push((index, fitted_key(child, key, &change.path)?, &change.path));
            }
        }
        let mut either = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            either.extend(change.connect_or_create.iter().map(|(key, row)| (index, key, row)));
        }
        // New ones are made with their foreign key; for those that are there it is set.
        let rows = self.found_or_made(child, &either, &changes, (&extra, &child.primary_key)).await?;
        for ((index, ..), values) in either.iter().zip(rows) {
            let key = Key(child.primary_key.iter().copied().zip(values).collect());
            connected.push((*index, key, &changes[*index].path));
        }
        self.connect_referring(child, &key_fields, &owners, connected).await?;
        for (index, change) in changes.iter().enumerate() {
            made.extend(change.create.iter().map(|row| Draft { row, extra: extra[index].clone() }));
        }
        self.create(child.id, made, None).await.map(|_| ())
    }

    /// For each key the row of it that refers to its holder; an empty key is the one row of a to-one relation.
    async fn related_rows(
        &self,
        (child, relation, key_fields, owners): (&Model, &Relation, &[FieldId], &[Vec<Value>]),
        keys: &[(usize, &Key)],
        changes: &[&RelatedChange],
        must_be: bool,
    ) -> Result<Vec<Option<Known>>, WriteError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut fitted = Vec::with_capacity(keys.len());
        for (index, key) in keys {
            fitted.push(if key.0.is_empty() {
                Key(key_fields.iter().copied().zip(owners[*index].iter().cloned()).collect())
            } else {
                fitted_key(child, key, &changes[*index].path)?
            });
        }
        let mut wanted = self.needed(child.id);
        wanted.extend(key_fields.iter().filter(|id| !wanted.contains(id)).copied().collect::<Vec<_>>());
        let asked: Vec<&Key> = fitted.iter().collect();
        let mut found = self.find(child, &asked, &wanted, (Scope::Default, true, None)).await?;
        for ((found, (index, _)), key) in found.iter_mut().zip(keys).zip(&fitted) {
            let related = match found {
                Some(known) => values_of(known, key_fields)? == owners[*index],
                None => false,
            };
            if related {
                continue;
            }
            if must_be {
                let path = &changes[*index].path;
                if relation.is_to_one() {
                    return Err(Self::misuse(relation, path, "leads to no row"));
                }
                return Err(not_found(child, key, path));
            }
            *found = None;
        }
        Ok(found)
    }

    /// `set`: those that are related and not named are let go, those that are named and not related are to be connected.
    async fn replaced<'s>(
        &self,
        (child, _, key_fields, owners): (&Model, &Relation, &[FieldId], &[Vec<Value>]),
        holders: &[Holder<'s>],
        let_go: &mut Vec<Known>,
        connected: &mut Vec<(usize, Key, &'s InputPath)>,
    ) -> Result<(), WriteError> {
        let mut named: Vec<(usize, &Key)> = Vec::new();
        let mut replaced: Vec<usize> = Vec::new();
        for (index, holder) in holders.iter().enumerate() {
            if let Some(keys) = &holder.change.set {
                replaced.push(index);
                named.extend(keys.iter().map(|key| (index, key)));
            }
        }
        if replaced.is_empty() {
            return Ok(());
        }
        let keys: Vec<(&Key, &InputPath)> =
            named.iter().map(|(index, key)| (*key, &holders[*index].change.path)).collect();
        let primary = &child.primary_key;
        let mut wanted: HashMap<usize, HashSet<String>> = HashMap::new();
        let mut named_keys = Vec::with_capacity(named.len());
        for ((index, _), values) in named.iter().zip(self.values_by_key(child, &keys, primary).await?) {
            wanted.entry(*index).or_default().insert(identity(&values.iter().collect::<Vec<_>>()));
            named_keys.push((*index, values));
        }
        let of: Vec<Vec<Value>> = replaced.iter().map(|index| owners[*index].clone()).collect();
        let query = QuerySet { filter: Some(among(child, key_fields, &of)), ..QuerySet::all(child.id) };
        let mut columns = primary.clone();
        columns.extend(key_fields.iter().filter(|id| !primary.contains(id)));
        let mut kept: HashSet<(usize, String)> = HashSet::new();
        for row in self.known_rows(query, &columns).await? {
            let owner = values_of(&row, key_fields)?;
            let Some(index) = replaced.iter().find(|index| owners[**index] == owner) else { continue };
            let values = primary_key(child, &row)?;
            let key = identity(&values.iter().collect::<Vec<_>>());
            if wanted.get(index).is_some_and(|wanted| wanted.contains(&key)) {
                kept.insert((*index, key));
            } else {
                let_go.push(row);
            }
        }
        for (index, values) in named_keys {
            let key = identity(&values.iter().collect::<Vec<_>>());
            if kept.insert((index, key)) {
                let key = Key(primary.iter().copied().zip(values).collect());
                connected.push((index, key, &holders[index].change.path));
            }
        }
        Ok(())
    }

    async fn set_free(
        &self,
        child: &Model,
        relation: &Relation,
        key_fields: &[FieldId],
        rows: &[Known],
        path: &InputPath,
    ) -> Result<(), WriteError> {
        if !key_fields.iter().all(|id| child.field(*id).null) {
            let problem = format!(
                "leads to rows of {} that cannot be without it: delete them, or connect them elsewhere",
                child.name
            );
            return Err(Self::misuse(relation, path, &problem));
        }
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let mut row = primary_key(child, row)?;
            row.extend(key_fields.iter().map(|_| Value::Null));
            values.push(row);
        }
        self.update_by_key(child, (&child.primary_key, key_fields, &[]), values, path).await.map(|_| ())
    }

    /// Sets the foreign keys of rows that are there.
    async fn connect_referring(
        &self,
        child: &Model,
        key_fields: &[FieldId],
        owners: &[Vec<Value>],
        connected: Vec<(usize, Key, &InputPath)>,
    ) -> Result<(), WriteError> {
        let mut groups: Vec<(Vec<FieldId>, Vec<usize>)> = Vec::new();
        for (at, (_, key, _)) in connected.iter().enumerate() {
            let fields: Vec<FieldId> = key.0.iter().map(|(id, _)| *id).collect();
            match groups.iter_mut().find(|(known, _)| *known == fields) {
                Some((_, members)) => members.push(at),
                None => groups.push((fields, vec![at])),
            }
        }
        for (fields, members) in groups {
            // Named twice, a row goes to the last that names it; only then is the count of changed rows the count of keys.
            let mut rows: HashMap<String, (usize, Vec<Value>)> = HashMap::new();
            for at in members {
                let (index, key, _) = &connected[at];
                let mut row: Vec<Value> = key.0.iter().map(|(_, value)| value.clone()).collect();
                let identity = identity(&row.iter().collect::<Vec<_>>());
                row.extend(owners[*index].iter().cloned());
                rows.insert(identity, (at, row));
            }
            let mut rows: Vec<(usize, Vec<Value>)> = rows.into_values().collect();
            rows.sort_by_key(|(at, _)| *at);
            let ats: Vec<usize> = rows.iter().map(|(at, _)| *at).collect();
            let values: Vec<Vec<Value>> = rows.into_iter().map(|(_, row)| row).collect();
            let path = connected[ats[0]].2;
            let count = values.len() as u64;
            let changed = self.update_by_key(child, (&fields, key_fields, &[]), values, path).await?;
            if changed != count {
                let keys: Vec<&Key> = ats.iter().map(|at| &connected[*at].1).collect();
                let found =
                    self.find(child, &keys, &child.primary_key, (Scope::Unscoped, false, None)).await?;
                let missing = found.iter().position(Option::is_none).unwrap_or(0);
                let (_, key, path) = &connected[ats[missing]];
                return Err(not_found(child, key, path));
            }
        }
        Ok(())
    }

    /// Rows that a link table relates to the holders.
    async fn relate_linked<'s>(
        &'s self,
        model: &'s Model,
        relation: &'s Relation,
        through: &'s Through,
        holders: Vec<Holder<'s>>,
    ) -> Result<(), WriteError> {
        let target = self.registry.model(relation.target);
        let links = LinkTable::new(self.registry.model(through.model), through, (model, relation));
        let mut owners = Vec::with_capacity(holders.len());
        for holder in &holders {
            owners.push(own_values(&holder.known, &through.source)?);
        }
        let changes: Vec<&RelatedChange> = holders.iter().map(|holder| holder.change).collect();
        let wanted = &links.target_fields;
        let mut related = HashMap::new();
        let asks = changes.iter().any(|change| {
            !change.delete.is_empty()
                || change.set.is_some()
                || !change.update.is_empty()
                || !change.upsert.is_empty()
        });
        let adds = changes.iter().any(|change| {
            !change.connect.is_empty() || !change.connect_or_create.is_empty() || !change.upsert.is_empty()
        });
        if asks || adds && holders.iter().any(|holder| !holder.is_new) {
            related = self.linked(&links, &owners).await?;
        }
        let is_related = |index: usize, value: &[Value]| {
            related.get(&identity(&owners[index].iter().collect::<Vec<_>>())).is_some_and(
                |values: &IndexMap<String, Vec<Value>>| {
                    values.contains_key(&identity(&value.iter().collect::<Vec<_>>()))
                },
            )
        };
        let (mut removed, mut added, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let (mut changed, mut drafts, mut either) = (Vec::new(), Vec::new(), Vec::new());
        // The keys of all holders are looked up together.
        let mut deletions = Vec::new();
        let mut disconnections = Vec::new();
        let mut members = Vec::new();
        let mut updates = Vec::new();
        let mut upserts = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            deletions.extend(change.delete.iter().map(|key| (index, key)));
            disconnections.extend(change.disconnect.iter().map(|key| (index, key)));
            members.extend(change.set.iter().flatten().map(|key| (index, key)));
            updates.extend(change.update.iter().map(|(key, update)| (index, key, update)));
            upserts.extend(change.upsert.iter().map(|(key, row, update)| (index, key, row, update)));
        }
        let placed = |keys: &[(usize, &'s Key)]| -> Vec<(&'s Key, &'s InputPath)> {
            keys.iter().map(|(index, key)| (*key, &changes[*index].path)).collect()
        };
        let values = self.values_by_key(target, &placed(&deletions), wanted).await?;
        for ((index, key), value) in deletions.into_iter().zip(values) {
            if !is_related(index, &value) {
                return Err(not_found(target, key, &changes[index].path));
            }
            ended.push(value);
        }
        let values = self.values_by_key(target, &placed(&disconnections), wanted).await?;
        removed.extend(disconnections.into_iter().zip(values).map(|((index, _), value)| (index, value)));
        let values = self.values_by_key(target, &placed(&members), wanted).await?;
        let mut named: HashMap<usize, HashSet<String>> = HashMap::new();
        for ((index, _), value) in members.into_iter().zip(values) {
            named.entry(index).or_default().insert(identity(&value.iter().collect::<Vec<_>>()));
            if !is_related(index, &value) {
                added.push((index, value));
            }
        }
        for (index, _) in changes.iter().enumerate().filter(|(_, change)| change.set.is_some()) {
            let owner = identity(&owners[index].iter().collect::<Vec<_>>());
            for (key, value) in related.get(&owner).into_iter().flatten() {
                if !named.get(&index).is_some_and(|named| named.contains(key)) {
                    removed.push((index, value.clone()));
                }
            }
        }
        let keys: Vec<(usize, &Key)> = updates.iter().map(|(index, key, _)| (*index, *key)).collect();
        let values = self.values_by_key(target, &placed(&keys), wanted).await?;
        for ((index, key, update), value) in updates.into_iter().zip(values) {
            if !is_related(index, &value) {
                return Err(not_found(target, key, &changes[index].path));
            }
            changed.push((index, value, update));
        }
        let mut fitted = Vec::with_capacity(upserts.len());
        for (index, key, ..) in &upserts {
            fitted.push(fitted_key(target, key, &changes[*index].path)?);
        }
        let asked: Vec<&Key> = fitted.iter().collect();
        let found = self.find(target, &asked, wanted, (Scope::Default, false, None)).await?;
        for (found, (index, key, row, update)) in found.into_iter().zip(upserts) {
            match found {
                Some(known) => {
                    let value = values_of(&known, wanted)?;
                    if !is_related(index, &value) {
                        added.push((index, value.clone()));
                    }
                    changed.push((index, value, update));
                }
                None => either.push((index, key, row)),
            }
        }
        self.unlink(&links, &owners, removed, &changes[0].path).await?;
        if !ended.is_empty() {
            let query = QuerySet {
                manager: Scope::Unscoped,
                filter: Some(among(target, wanted, &ended)),
                ..QuerySet::all(target.id)
            };
            let rows = self.known_rows(query, &target.primary_key).await?;
            let keys = rows.iter().map(|row| primary_key(target, row)).collect::<Result<_, _>>()?;
            self.delete(target.id, keys).await?;
        }
        self.change_referred(target, wanted, changed).await?;

        let mut connected = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            connected.extend(change.connect.iter().map(|key| (index, key)));
            either.extend(change.connect_or_create.iter().map(|(key, row)| (index, key, row)));
            drafts.extend(change.create.iter().map(|row| (index, Draft { row, extra: Vec::new() })));
        }
        let keys: Vec<(&Key, &InputPath)> =
            connected.iter().map(|(index, key)| (*key, &changes[*index].path)).collect();
        for ((index, _), value) in connected.iter().zip(self.values_by_key(target, &keys, wanted).await?) {
            added.push((*index, value));
        }
        for ((index, ..), value) in
            either.iter().zip(self.found_or_made(target, &either, &changes, (&[], wanted)).await?)
        {
            added.push((*index, value));
        }
        added.retain(|(index, value)| !is_related(*index, value));
        let indexes: Vec<usize> = drafts.iter().map(|(index, _)| *index).collect();
        let made = self.create(target.id, drafts.into_iter().map(|(_, draft)| draft).collect(), None).await?;
        for (index, made) in indexes.into_iter().zip(made) {
            added.push((index, values_of(&made.known, wanted)?));
        }
        self.link(&links, &owners, added, &changes).await
    }

    /// For each owner what it is linked to.
    async fn linked(
        &self,
        links: &LinkTable<'_>,
        owners: &[Vec<Value>],
    ) -> Result<HashMap<String, IndexMap<String, Vec<Value>>>, WriteError> {
        let query = QuerySet {
            manager: Scope::Unscoped,
            filter: Some(among(links.model, &links.source, owners)),
            ..QuerySet::all(links.model.id)
        };
        let mut columns = links.source.clone();
        columns.extend(links.target.iter().filter(|id| !links.source.contains(id)));
        let mut related: HashMap<String, IndexMap<String, Vec<Value>>> = HashMap::new();
        for row in self.known_rows(query, &columns).await? {
            let (owner, value) = (values_of(&row, &links.source)?, values_of(&row, &links.target)?);
            let owner = identity(&owner.iter().collect::<Vec<_>>());
            related.entry(owner).or_default().insert(identity(&value.iter().collect::<Vec<_>>()), value);
        }
        Ok(related)
    }

    async fn unlink(
        &self,
        links: &LinkTable<'_>,
        owners: &[Vec<Value>],
        removed: Vec<(usize, Vec<Value>)>,
        path: &InputPath,
    ) -> Result<(), WriteError> {
        if removed.is_empty() {
            return Ok(());
        }
        self.links_change(links, LinkAction::PreRemove, (owners, &removed)).await?;
        let mut pairs = Vec::with_capacity(removed.len());
        for (index, value) in &removed {
            pairs.push([owners[*index].clone(), value.clone()].concat());
            if links.symmetrical {
                pairs.push([value.clone(), owners[*index].clone()].concat());
            }
        }
        let fields = [links.source.clone(), links.target.clone()].concat();
        for chunk in pairs.chunks(1_000) {
            // One owner is by far the most usual: its links are found by one list.
            let first = &chunk[0][..links.source.len()];
            let one_owner =
                !links.symmetrical && chunk.iter().all(|pair| &pair[..links.source.len()] == first);
            let filter = if one_owner {
                let values: Vec<Vec<Value>> =
                    chunk.iter().map(|pair| pair[links.source.len()..].to_vec()).collect();
                Expr::And(vec![
                    among(links.model, &links.source, &[first.to_vec()]),
                    among(links.model, &links.target, &values),
                ])
            } else {
                among(links.model, &fields, chunk)
            };
            let query =
                QuerySet { manager: Scope::Unscoped, filter: Some(filter), ..QuerySet::all(links.model.id) };
            if self.falls_alone(links.model.id) {
                self.delete_alone(&query, path).await?;
                continue;
            }
            let rows = self.known_rows(query, &links.model.primary_key).await?;
            let keys = rows.iter().map(|row| primary_key(links.model, row)).collect::<Result<_, _>>()?;
            self.delete(links.model.id, keys).await?;
        }
        self.links_change(links, LinkAction::PostRemove, (owners, &removed)).await
    }

    async fn link(
        &self,
        links: &LinkTable<'_>,
        owners: &[Vec<Value>],
        added: Vec<(usize, Vec<Value>)>,
        changes: &[&RelatedChange],
    ) -> Result<(), WriteError> {
        if added.is_empty() {
            return Ok(());
        }
        self.links_change(links, LinkAction::PreAdd, (owners, &added)).await?;
        let mut seen = HashSet::new();
        let mut rows: Vec<NewRow> = Vec::with_capacity(added.len());
        let mut push = |from: &[Value], to: &[Value], change: &RelatedChange| {
            if !seen.insert(identity(&from.iter().chain(to).collect::<Vec<_>>())) {
                return;
            }
            let ends = links.source.iter().zip(from).chain(links.target.iter().zip(to));
            let ends = ends.map(|(id, value)| (*id, Expr::constant(value.clone())));
            let values = ends.chain(change.link.iter().cloned()).collect();
            rows.push(NewRow { path: change.path.clone(), values, related: Vec::new() });
        };
        for (index, value) in &added {
            push(&owners[*index], value, changes[*index]);
            if links.symmetrical {
                push(value, &owners[*index], changes[*index]);
            }
        }
        // Another transaction may have linked the same two meanwhile, which is what is wanted.
        let ignore = OnConflict { fields: Vec::new(), update: Vec::new(), path: changes[0].path.clone() };
        let drafts = super::create::drafts(&rows);
        self.create(links.model.id, drafts, Some(&ignore)).await?;
        self.links_change(links, LinkAction::PostAdd, (owners, &added)).await
    }
}

/// A link table as seen from one end.
pub(super) struct LinkTable<'a> {
    model: &'a Model,
    /// The model and the relation whose rows are linked.
    pub(super) holder: &'a Model,
    pub(super) relation: &'a Relation,
    /// Its fields that refer to the holder.
    source: Vec<FieldId>,
    /// Its fields that refer to the related row.
    target: Vec<FieldId>,
    /// The fields of the related row that they refer to.
    target_fields: Vec<FieldId>,
    /// Whether each link stands for two, one in each direction.
    symmetrical: bool,
}

impl<'a> LinkTable<'a> {
    fn new(model: &'a Model, through: &Through, (holder, relation): (&'a Model, &'a Relation)) -> Self {
        // Such a relation is its own other side.
        let symmetrical = relation.target == holder.id && relation.inverse == Some(relation.id);
        Self {
            model,
            holder,
            relation,
            source: through.source.iter().map(|(_, link)| *link).collect(),
            target: through.target.iter().map(|(link, _)| *link).collect(),
            target_fields: through.target.iter().map(|(_, there)| *there).collect(),
            symmetrical,
        }
    }
}

impl Writer {
    /// Deletes the rows of a query in one statement, where nothing observes it.
    pub(super) async fn delete_alone(&self, query: &QuerySet, path: &InputPath) -> Result<u64, WriteError> {
        let model: &Model = self.registry.model(query.model);
        let statement = crate::prepare::prepare_delete(query, &self.registry, &self.target)?;
        self.execute((model, path), &statement).await
    }

    /// The model whose table a model's rows are in.
    pub(super) fn concrete(&self, model: ModelId) -> ModelId {
        self.registry.model(model).proxy_for.unwrap_or(model)
    }
}
