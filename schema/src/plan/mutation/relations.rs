//! What happens along relations, from the inputs `PostManyCreate`, `PostOneSet` and their like.

use super::build::Builder;
use super::given::Given;
use super::rows::Around;
use crate::error::RequestError;
use nuages_models::registry::{FieldId, ModelId, Relation, RelationKind};
use nuages_models::write::{Change, InputPath, Key, NewRow, RelatedChange, at, below};

impl Builder<'_> {
    /// What happens along one relation; `None` for nothing.
    pub(super) fn related(
        &mut self,
        model: ModelId,
        relation: &Relation,
        given: Given<'_>,
        path: InputPath,
    ) -> Result<Option<RelatedChange>, RequestError> {
        debug_assert_eq!(self.planner.registry.model(model).relation(relation.id), relation);
        let members = given.members(self.resolving.variables);
        let mut related = RelatedChange::new(relation.id, path);
        for (name, member) in members {
            let place = below(&related.path, name);
            let Some(member) = member.or_nothing() else { continue };
            if relation.is_to_one() {
                self.along_one(relation, name, member, place, &mut related)?;
            } else {
                self.along_many(relation, name, member, place, &mut related)?;
            }
        }
        let is_nothing = related == RelatedChange::new(relation.id, related.path.clone());
        Ok((!is_nothing).then_some(related))
    }

    fn along_one(
        &mut self,
        relation: &Relation,
        name: &str,
        given: Given<'_>,
        path: InputPath,
        related: &mut RelatedChange,
    ) -> Result<(), RequestError> {
        let target = relation.target;
        // The row itself says which related row is meant.
        let itself = || Key(Vec::new());
        match name {
            "connect" => related.connect.push(self.key(target, given, &path)?),
            "create" => related.create.push(self.related_row(relation, given, path, &itself())?),
            "connectOrCreate" => related.connect_or_create.push(self.or_create(relation, given, &path)?),
            "update" => {
                self.count()?;
                let change = self.set_and_calc(target, given, &path)?;
                related.update.push((itself(), change));
            }
            "upsert" => {
                let (create, update) = self.created_or_changed(relation, given, &path, &itself())?;
                related.upsert.push((itself(), create, update));
            }
            "disconnect" if given.boolean() == Some(true) => related.disconnect.push(itself()),
            "delete" if given.boolean() == Some(true) => related.delete.push(itself()),
            _ => {}
        }
        Ok(())
    }

    fn along_many(
        &mut self,
        relation: &Relation,
        name: &str,
        given: Given<'_>,
        path: InputPath,
        related: &mut RelatedChange,
    ) -> Result<(), RequestError> {
        let variables = self.resolving.variables;
        let target = relation.target;
        if name == "set" {
            related.set = Some(Vec::new());
        }
        for (index, element) in given.elements(variables).into_iter().enumerate() {
            let path = at(&path, index);
            match name {
                "connect" => related.connect.push(self.key(target, element, &path)?),
                "disconnect" => related.disconnect.push(self.key(target, element, &path)?),
                "delete" => related.delete.push(self.key(target, element, &path)?),
                "set" => {
                    let key = self.key(target, element, &path)?;
                    related.set.get_or_insert_default().push(key);
                }
                "create" => {
                    related.create.push(self.related_row(relation, element, path, &Key(Vec::new()))?);
                }
                "connectOrCreate" => {
                    related.connect_or_create.push(self.or_create(relation, element, &path)?);
                }
                "update" => {
                    let member = |name: &str| member(element.members(variables), name);
                    let key = self.key(target, member("key"), &below(&path, "key"))?;
                    let change = self.set_and_calc(target, element, &path)?;
                    related.update.push((key, change));
                }
                "upsert" => {
                    let key = member(element.members(variables), "key");
                    let key = self.key(target, key, &below(&path, "key"))?;
                    let (create, update) = self.created_or_changed(relation, element, &path, &key)?;
                    related.upsert.push((key, create, update));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `{set, calc}`
    fn set_and_calc(
        &mut self,
        model: ModelId,
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Change, RequestError> {
        let members = given.members(self.resolving.variables);
        let given = (member(members.clone(), "set"), member(members, "calc"));
        self.change(model, given, (below(path, "set"), below(path, "calc")))
    }

    /// `{key, create}`
    fn or_create(
        &mut self,
        relation: &Relation,
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<(Key, NewRow), RequestError> {
        let members = given.members(self.resolving.variables);
        let key = self.key(relation.target, member(members.clone(), "key"), &below(path, "key"))?;
        let row = self.related_row(relation, member(members, "create"), below(path, "create"), &key)?;
        Ok((key, row))
    }

    /// `{create, update, calc}`
    fn created_or_changed(
        &mut self,
        relation: &Relation,
        given: Given<'_>,
        path: &InputPath,
        key: &Key,
    ) -> Result<(NewRow, Change), RequestError> {
        let members = given.members(self.resolving.variables);
        let member = |name: &str| member(members.clone(), name);
        let create = self.related_row(relation, member("create"), below(path, "create"), key)?;
        let paths = (below(path, "update"), below(path, "calc"));
        let update = self.change(relation.target, (member("update"), member("calc")), paths)?;
        Ok((create, update))
    }

    /// A new row at the other end of a relation. Where its columns refer to the row around it, that row gives them; what
    /// the key beside it says it need not say.
    fn related_row(
        &mut self,
        relation: &Relation,
        given: Given<'_>,
        path: InputPath,
        key: &Key,
    ) -> Result<NewRow, RequestError> {
        let supplied: Vec<FieldId> = match relation.kind {
            RelationKind::ReverseForeignKey | RelationKind::ReverseOneToOne => {
                relation.pairs.iter().map(|(_, there)| *there).collect()
            }
            _ => Vec::new(),
        };
        let said: Vec<FieldId> = key.0.iter().map(|(field, _)| *field).collect();
        self.row(relation.target, given, path, Around { supplied: &supplied, said: &said })
    }
}

/// A member of an input object.
fn member<'d>(members: Vec<(&'d str, Given<'d>)>, name: &str) -> Given<'d> {
    members.into_iter().find(|(known, _)| *known == name).map_or(Given::Absent, |(_, member)| member)
}
