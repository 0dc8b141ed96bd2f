//! Which models and fields have another name.

use super::question::{Questioner, Undecided, Verdict};
use crate::operation::{Operation, TableChanges};
use crate::state::{ModelName, ProjectState};
use nuages_models::define::{FieldDefinition, ModelDefinition, Renamed};

/// The operations that rename, and the state after them.
pub(super) fn detect(
    from: &ProjectState,
    to: &ProjectState,
    renamed: &Renamed,
    questioner: &mut dyn Questioner,
    undecided: &mut Vec<Undecided>,
) -> (Vec<Operation>, ProjectState) {
    let mut detector = Renames { state: from.clone(), to, operations: Vec::new() };
    detector.moved_models();
    detector.declared_models(renamed);
    detector.similar_models(questioner, undecided);
    detector.declared_fields(renamed);
    detector.similar_fields(questioner, undecided);
    (detector.operations, detector.state)
}

struct Renames<'a> {
    /// The state after the operations found so far.
    state: ProjectState,
    to: &'a ProjectState,
    operations: Vec<Operation>,
}

impl Renames<'_> {
    fn push(&mut self, operation: Operation) {
        // What does not fit is no rename.
        if operation.apply(&mut self.state).is_ok() {
            self.operations.push(operation);
        }
    }

    /// A model's name is unique in the project, so one in another app is the same model.
    fn moved_models(&mut self) {
        for new in self.to.models.values() {
            let moved = self.state.models.get(&new.name).filter(|old| old.app != new.app).map(ModelName::of);
            if let Some(old) = moved {
                self.rename_model(&old, new);
            }
        }
    }

    fn rename_model(&mut self, old: &ModelName, new: &ModelDefinition) {
        // A table that keeps its name is not renamed for a moment.
        if let Some(before) = self.state.model(old)
            && before.table.is_none()
            && new.proxy_of.is_none()
            && new.table.as_ref() == Some(&before.table_name())
        {
            let changes = TableChanges { table: Some(new.table.clone()), ..TableChanges::default() };
            self.push(Operation::AlterTable { model: old.clone(), changes });
        }
        self.push(Operation::RenameModel { model: old.clone(), to: ModelName::of(new) });
    }

    fn declared_models(&mut self, renamed: &Renamed) {
        // A former name may itself be one that another model has now, so that the order matters.
        for _ in 0..renamed.models.len() {
            for (new, old) in &renamed.models {
                let (Some(new), Some(old)) = (self.to.models.get(new), self.state.models.get(old)) else {
                    continue;
                };
                if !self.state.models.contains_key(&new.name) {
                    self.rename_model(&ModelName::of(old), new);
                }
            }
        }
    }

    /// Models that are gone, and new ones that are like them, the most alike first.
    fn similar_models(&mut self, questioner: &mut dyn Questioner, undecided: &mut Vec<Undecided>) {
        let mut pairs = Vec::new();
        for new in self.to.models.values().filter(|model| !self.state.models.contains_key(&model.name)) {
            for old in self.state.models.values().filter(|model| !self.to.models.contains_key(&model.name)) {
                if let Some(likeness) = likeness(old, new) {
                    pairs.push((likeness, ModelName::of(old), new));
                }
            }
        }
        // Stable, so that equals are asked in the order of the files.
        pairs.sort_by_key(|(likeness, ..)| std::cmp::Reverse(*likeness));
        for (_, old, new) in pairs {
            let gone = self.state.model(&old).is_none() || self.state.models.contains_key(&new.name);
            let name = ModelName::of(new);
            if gone || is_asked(undecided, &Undecided::Model { from: old.clone(), to: name.clone() }) {
                continue;
            }
            match questioner.renamed_model(&old, &name) {
                Verdict::Yes => self.rename_model(&old, new),
                Verdict::No => {}
                Verdict::Undecided => undecided.push(Undecided::Model { from: old, to: name }),
            }
        }
    }

    fn rename_field(&mut self, model: &ModelName, old: &str, new: &str) {
        let Some(after) = self.to.model(model).and_then(|model| model.fields.get(new)) else { return };
        let before = self.state.model(model).and_then(|model| model.fields.get(old));
        // A column that keeps its name is not renamed for a moment.
        if let Some(before) = before
            && before.text("column").is_none()
            && after.text("column") == Some(&column(old, before))
        {
            let mut field = before.clone();
            field.options.insert("column".to_owned(), column(old, before).into());
            let (model, name) = (model.clone(), old.to_owned());
            self.push(Operation::AlterField { model, name, field, fill: None });
        }
        let (model, name, to) = (model.clone(), old.to_owned(), new.to_owned());
        self.push(Operation::RenameField { model, name, to });
    }

    fn declared_fields(&mut self, renamed: &Renamed) {
        for _ in 0..renamed.fields.len() {
            for ((model, new), old) in &renamed.fields {
                let Some(before) = self.state.models.get(model) else { continue };
                if before.fields.contains_key(old) && !before.fields.contains_key(new) {
                    self.rename_field(&ModelName::of(before), old, new);
                }
            }
        }
    }

    /// Fields that are gone, and new ones of the same type, those of the same definition first.
    fn similar_fields(&mut self, questioner: &mut dyn Questioner, undecided: &mut Vec<Undecided>) {
        for after in self.to.models.values() {
            let name = ModelName::of(after);
            let Some(before) = self.state.model(&name).cloned() else { continue };
            let mut pairs = Vec::new();
            for (new, definition) in after.fields.iter().filter(|(new, _)| !before.fields.contains_key(*new))
            {
                for (old, former) in before.fields.iter().filter(|(old, _)| !after.fields.contains_key(*old))
                {
                    if may_be_renamed(former, definition) {
                        pairs.push((is_alike((old, former), definition), old.as_str(), new.as_str()));
                    }
                }
            }
            pairs.sort_by_key(|(alike, ..)| !alike);
            for (_, old, new) in pairs {
                let Some(now) = self.state.model(&name) else { break };
                let gone = !now.fields.contains_key(old) || now.fields.contains_key(new);
                let question =
                    Undecided::Field { model: name.clone(), from: old.to_owned(), to: new.to_owned() };
                if gone || is_asked(undecided, &question) {
                    continue;
                }
                match questioner.renamed_field(&name, old, new) {
                    Verdict::Yes => self.rename_field(&name, old, new),
                    Verdict::No => {}
                    Verdict::Undecided => undecided.push(question),
                }
            }
        }
    }
}

/// Whether one of the two is in an open question already.
fn is_asked(undecided: &[Undecided], question: &Undecided) -> bool {
    undecided.iter().any(|known| match (known, question) {
        (Undecided::Model { from, to }, Undecided::Model { from: old, to: new }) => from == old || to == new,
        (Undecided::Field { model, from, to }, Undecided::Field { model: of, from: old, to: new }) => {
            model == of && (from == old || to == new)
        }
        _ => false,
    })
}

/// The column of a field that does not name it.
fn column(name: &str, field: &FieldDefinition) -> String {
    if field.is_reference() { format!("{name}_id") } else { name.to_owned() }
}

/// How many of the fields are the same, when at least half of them are; a proxy is never a model with a table.
fn likeness(old: &ModelDefinition, new: &ModelDefinition) -> Option<usize> {
    if let (Some(one), Some(other)) = (&old.proxy_of, &new.proxy_of) {
        return (one == other).then_some(usize::MAX);
    }
    if old.proxy_of.is_some() || new.proxy_of.is_some() {
        return None;
    }
    // An implicit key says nothing.
    let own = |model: &ModelDefinition| {
        let implicit = FieldDefinition::implicit_id();
        model.fields.iter().filter(|(_, field)| **field != implicit).count()
    };
    let most = own(old).max(own(new));
    let same = |(name, field): &(&String, &FieldDefinition)| {
        let implicit = FieldDefinition::implicit_id();
        **field != implicit
            && new.fields.get(*name).is_some_and(|other| without_target(other) == without_target(field))
    };
    let common = old.fields.iter().filter(same).count();
    (common * 2 >= most).then_some(common * 2 + usize::from(common == most))
}

/// A field less the name of the model that it refers to, which may be new as well.
fn without_target(field: &FieldDefinition) -> FieldDefinition {
    let mut field = field.clone();
    for option in ["to", "through", "related_name"] {
        if field.options.contains_key(option) {
            field.options.insert(option.to_owned(), true.into());
        }
    }
    field
}

/// Whether a field could be the other under another name: what it holds is of the same type.
fn may_be_renamed(old: &FieldDefinition, new: &FieldDefinition) -> bool {
    old.kind == new.kind
        && old.text("to") == new.text("to")
        && old.text("expr") == new.text("expr")
        && old.text("through") == new.text("through")
        && old.is("primary_key") == new.is("primary_key")
}

/// Whether the definitions are the same, or differ in saying the column that the old name stands for.
fn is_alike((name, old): (&str, &FieldDefinition), new: &FieldDefinition) -> bool {
    let mut kept = old.clone();
    kept.options.insert("column".to_owned(), column(name, old).into());
    old == new || kept == *new
}
