//! Rows that a link table relates: many-to-many relations.

use super::create::{Draft, own_values};
use super::error::{InputPath, WriteError};
use super::relate::Holder;
use super::tree::{Key, NewRow, OnConflict, RelatedChange};
use super::writer::{Writer, among, fitted_key, identity, not_found, primary_key, values_of};
use crate::expr::Expr;
use crate::objects::LinkAction;
use crate::query::{QuerySet, Scope};
use crate::registry::{FieldId, Model, Relation, Through};
use crate::value::Value;
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// The other end of a link: the position of its holder, and the values by which the row there is linked.
pub(super) type End = (usize, Vec<Value>);

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
    /// Rows that a link table relates to the holders.
    pub(super) async fn relate_linked<'s>(
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
        let mut otherwise = Vec::new();
        for (found, (index, key, row, update)) in found.into_iter().zip(upserts) {
            match found {
                Some(known) => {
                    let value = values_of(&known, wanted)?;
                    if !is_related(index, &value) {
                        added.push((index, value.clone()));
                    }
                    changed.push((index, value, update));
                }
                None => {
                    either.push((index, key, row));
                    otherwise.push(update);
                }
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
        let reached = self.found_or_made(target, &either, &changes, (&[], wanted)).await?;
        // Those of upserts come first. Another transaction may have made them meanwhile: they are changed then.
        let there = reached.iter().zip(&either).zip(otherwise).filter(|((reached, _), _)| !reached.is_new);
        let changed = there.map(|((reached, (index, ..)), update)| (*index, reached.values.clone(), update));
        self.change_referred(target, wanted, changed.collect()).await?;
        for ((index, ..), reached) in either.iter().zip(reached) {
            added.push((*index, reached.values));
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
        removed: Vec<End>,
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
        added: Vec<End>,
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
