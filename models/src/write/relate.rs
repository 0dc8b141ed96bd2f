//! What happens along foreign keys: rows are related, let go, changed, made and deleted, all holders of a relation at once.

use super::change::{Changed, is_of_unique};
use super::create::{Draft, own_values};
use super::error::{InputPath, WriteError};
use super::tree::{Change, Key, NewRow, RelatedChange};
use super::writer::{Known, Writer, among, fitted_key, identity, not_found, primary_key, values_of};
use crate::query::{QuerySet, Scope};
use crate::registry::{FieldId, Model, Relation, RelationKind};
use crate::value::Value;
use std::collections::{HashMap, HashSet};

/// A row with what happens along one of its relations.
#[derive(Debug, Clone)]
pub(super) struct Holder<'a> {
    pub(super) known: Known,
    pub(super) change: &'a RelatedChange,
    /// Whether the row is new, so that nothing is related to it yet.
    pub(super) is_new: bool,
}

/// Values of fields of a row that come from the rows around it.
type Given = Vec<(FieldId, Value)>;

/// A row that was found by its key, or made.
#[derive(Debug)]
pub(super) struct Reached {
    /// The wanted values of its fields.
    pub(super) values: Vec<Value>,
    /// Whether it was made.
    pub(super) is_new: bool,
}

/// A row that is changed, or made when there is none: the position of its holder, its key, the row, the change.
type Upsert<'a> = (usize, &'a Key, &'a NewRow, &'a Change);

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
        for ((index, ..), reached) in either.iter().zip(found) {
            taken[*index] = Some(reached.values);
        }
        let drafts = made.iter().map(|(_, row)| Draft { row, extra: Vec::new() }).collect();
        for ((index, _), made) in made.iter().zip(self.create(target.id, drafts, None).await?) {
            taken[*index] = Some(values_of(&made.known, wanted)?);
        }
        Ok(taken)
    }

    /// The wanted values of rows by their keys. Rows whose key says them are not read: the database knows whether they are
    /// there.
    pub(super) async fn values_by_key(
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

    /// Rows that are found by their keys, or made: with further values of their fields.
    pub(super) async fn found_or_made<'s>(
        &'s self,
        model: &'s Model,
        rows: &[(usize, &'s Key, &'s NewRow)],
        changes: &[&'s RelatedChange],
        (extra, wanted): (&[Given], &[FieldId]),
    ) -> Result<Vec<Reached>, WriteError> {
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
                    drafts.push(Draft { row, extra: of_key.chain(further).collect() });
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
                (Some(known), _) => Reached { values: values_of(&known, wanted)?, is_new: false },
                (None, Some(place)) => {
                    Reached { values: values_of(&made[place].known, wanted)?, is_new: true }
                }
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
    pub(super) async fn change_referred<'s>(
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
        let mut upserts: Vec<Upsert<'s>> = Vec::new();
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
        let absent = self.there_already(of_owner, upserts, &changes, &mut changed).await?;
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
        for ((index, ..), reached) in either.iter().zip(rows) {
            let key = Key(child.primary_key.iter().copied().zip(reached.values).collect());
            connected.push((*index, key, &changes[*index].path));
        }
        self.connect_referring(child, &key_fields, &owners, connected).await?;
        self.made_or_changed(of_owner, absent, &changes, &extra).await?;
        let mut made: Vec<Draft<'_>> = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            made.extend(change.create.iter().map(|row| Draft { row, extra: extra[index].clone() }));
        }
        self.create(child.id, made, None).await.map(|_| ())
    }

    /// The upserts whose rows are not there; the changes of the others are added to those that are to be done.
    async fn there_already<'s>(
        &self,
        of_owner: (&Model, &Relation, &[FieldId], &[Vec<Value>]),
        upserts: Vec<Upsert<'s>>,
        changes: &[&RelatedChange],
        changed: &mut Vec<Changed<'s>>,
    ) -> Result<Vec<Upsert<'s>>, WriteError> {
        let asked: Vec<(usize, &Key)> = upserts.iter().map(|(index, key, ..)| (*index, *key)).collect();
        let found = self.related_rows(of_owner, &asked, changes, false).await?;
        let mut absent = Vec::new();
        for (known, upsert) in found.into_iter().zip(upserts) {
            match known {
                Some(known) => changed.push(Changed { known, change: upsert.3 }),
                None => absent.push(upsert),
            }
        }
        Ok(absent)
    }

    /// Makes the rows of upserts that were not there. Those that another transaction has made meanwhile are changed.
    async fn made_or_changed<'s>(
        &'s self,
        of_owner: (&'s Model, &Relation, &[FieldId], &[Vec<Value>]),
        mut absent: Vec<Upsert<'s>>,
        changes: &[&RelatedChange],
        extra: &[Given],
    ) -> Result<(), WriteError> {
        let child = of_owner.0;
        let mut attempts = 0;
        while !absent.is_empty() {
            attempts += 1;
            let mut drafts = Vec::with_capacity(absent.len());
            for (index, key, row, _) in &absent {
                let key = fitted_key(child, key, &changes[*index].path)?;
                let said = |id: FieldId| row.values.iter().any(|(given, _)| *given == id);
                let of_key = key.0.into_iter().filter(|(id, _)| !said(*id));
                drafts.push(Draft { row, extra: extra[*index].iter().cloned().chain(of_key).collect() });
            }
            match self.attempt(self.create(child.id, drafts, None)).await? {
                Ok(_) => return Ok(()),
                Err(error) if attempts < 3 && is_of_unique(&error) => {}
                Err(error) => return Err(error),
            }
            let mut changed = Vec::new();
            absent = self.there_already(of_owner, absent, changes, &mut changed).await?;
            if !changed.is_empty() {
                self.change(child.id, changed).await?;
            }
        }
        Ok(())
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
}
