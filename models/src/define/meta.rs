//! What a model says about itself as a whole: ordering, display, managers, annotations, indexes, constraints.

use super::declare::{ConstraintRule, IndexDeclaration, ManagerDeclaration};
use super::errors::{Code, Problem, Problems, suggest};
use super::inherit::{Draft, origin};
use super::literals;
use super::names;
use super::tree::{At, Place};
use crate::registry::{
    Annotation, AnnotationArgument, Constraint, FieldId, Index, IndexKey, LogicalType, Manager, Member,
    Model, OrderKey, RelationId, RelationKind,
};
use std::collections::HashMap;

/// Fills in the Meta of all models.
pub(super) fn resolve(drafts: &mut [Draft], problems: &mut Problems) {
    for index in 0..drafts.len() {
        let ordering = drafts[index].declaration.ordering.clone().unwrap_or_default();
        drafts[index].model.ordering = order_keys(drafts, index, &ordering, problems);
        drafts[index].model.managers = managers(drafts, index, problems);
        add_annotations(&mut drafts[index], problems);
        drafts[index].model.display = display(&drafts[index], problems);
    }
    let mut taken = Taken::of_tables(drafts);
    for draft in drafts.iter_mut().filter(|draft| draft.declaration.proxy.is_none()) {
        add_indexes(draft, &mut taken, problems);
        add_constraints(draft, &mut taken, problems);
    }
}

/// The ordering of a manager, whose keys may be annotations of its own.
fn manager_order(
    drafts: &[Draft],
    index: usize,
    manager: &ManagerDeclaration,
    problems: &mut Problems,
) -> Vec<OrderKey> {
    let own = |key: &At<String>| {
        let (descending, name) = match key.value.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, key.value.as_str()),
        };
        let known = manager.annotations.iter().any(|annotation| annotation.name.value == name);
        known.then(|| OrderKey { path: vec![name.to_owned()], descending })
    };
    manager
        .ordering
        .iter()
        .flat_map(|key| match own(key) {
            Some(own) => vec![own],
            None => order_key(drafts, index, key, &mut vec![index], problems),
        })
        .collect()
}

fn order_keys(drafts: &[Draft], index: usize, keys: &[At<String>], problems: &mut Problems) -> Vec<OrderKey> {
    keys.iter().flat_map(|key| order_key(drafts, index, key, &mut vec![index], problems)).collect()
}

/// The keys that one word of an ordering stands for: a relation stands for the ordering of its model, as in Django.
fn order_key(
    drafts: &[Draft],
    index: usize,
    key: &At<String>,
    through: &mut Vec<usize>,
    problems: &mut Problems,
) -> Vec<OrderKey> {
    let (descending, text) = match key.value.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, key.value.as_str()),
    };
    let steps: Vec<&str> = text.split("__").flat_map(|part| part.split('.')).collect();
    let mut path: Vec<String> = Vec::new();
    let mut current = index;
    for (position, step) in steps.iter().enumerate() {
        let last = position + 1 == steps.len();
        let draft = &drafts[current];
        let names: Vec<String> = match (*step, draft.model.member(step)) {
            ("pk", _) if last => key_names(&draft.model),
            (_, Some(Member::Field(_))) if last => vec![(*step).to_owned()],
            (_, Some(Member::Field(_))) => {
                problems.add(
                    Problem::new(
                        Code::UnsuitableField,
                        key.at,
                        format!("`{step}` of `{}` is a field, not a relation", draft.model.name),
                    )
                    .help("a path goes over relations to a field: author__name"),
                );
                return Vec::new();
            }
            (_, Some(Member::Relation(id))) => {
                let relation = draft.model.relation(id);
                if !relation.is_to_one() {
                    problems.add(
                        Problem::new(
                            Code::UnsuitableField,
                            key.at,
                            format!("`{step}` of `{}` has many rows, so it is no ordering", draft.model.name),
                        )
                        .help("order by an annotation over it, such as count(...)"),
                    );
                    return Vec::new();
                }
                let target = relation.target.0 as usize;
                if last {
                    let prefix = (path.as_slice(), id);
                    return expanded(drafts, (current, target), prefix, descending, (key, through), problems);
                }
                path.push((*step).to_owned());
                current = target;
                continue;
            }
            (_, None) => {
                match draft.declaration.annotations.iter().find(|a| a.name.value == *step) {
                    Some(annotation) if last => {
                        if let Some((argument, ..)) =
                            annotation.arguments.iter().find(|(_, _, default)| default.is_none())
                        {
                            problems.add(
                            Problem::new(
                                Code::UnsuitableField,
                                key.at,
                                format!("`{step}` needs its argument `{argument}`, which an ordering cannot give"),
                            )
                            .also(annotation.name.at, "declared here")
                            .help("give the argument a default"),
                        );
                        }
                        vec![(*step).to_owned()]
                    }
                    _ => {
                        unknown_member(draft, step, key.at, problems);
                        return Vec::new();
                    }
                }
            }
        };
        return names
            .into_iter()
            .map(|name| OrderKey { path: path.iter().cloned().chain([name]).collect(), descending })
            .collect();
    }
    Vec::new()
}

fn key_names(model: &Model) -> Vec<String> {
    model.primary_key.iter().map(|id| model.field(*id).name.clone()).collect()
}

fn expanded(
    drafts: &[Draft],
    (current, target): (usize, usize),
    (path, relation): (&[String], RelationId),
    descending: bool,
    (key, through): (&At<String>, &mut Vec<usize>),
    problems: &mut Problems,
) -> Vec<OrderKey> {
    let model = &drafts[current].model;
    let relation = model.relation(relation);
    let longer: Vec<String> = path.iter().cloned().chain([relation.name.clone()]).collect();
    let ordering = drafts[target].declaration.ordering.clone().unwrap_or_default();
    if ordering.is_empty() {
        // The referring columns are equal to the key, and need no join.
        let own = matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne);
        return if own {
            relation
                .pairs
                .iter()
                .map(|(here, _)| model.field(*here).name.clone())
                .map(|name| OrderKey { path: path.iter().cloned().chain([name]).collect(), descending })
                .collect()
        } else {
            key_names(&drafts[target].model)
                .into_iter()
                .map(|name| OrderKey { path: longer.iter().cloned().chain([name]).collect(), descending })
                .collect()
        };
    }
    if through.contains(&target) {
        problems.add(
            Problem::new(
                Code::Cycle,
                key.at,
                format!(
                    "ordering by `{}` means the ordering of `{}`, which leads back here",
                    key.value, drafts[target].model.name
                ),
            )
            .help(format!("name the field: {}__pk", key.value)),
        );
        return Vec::new();
    }
    through.push(target);
    let mut keys = Vec::new();
    for inner in ordering {
        // Errors of the other model's ordering are reported there, at the same place.
        for found in order_key(drafts, target, &inner, through, problems) {
            let path = longer.iter().cloned().chain(found.path).collect();
            keys.push(OrderKey { path, descending: found.descending != descending });
        }
    }
    through.pop();
    keys
}

/// Reports a name that a model does not have, unless its declaration could not be read.
fn unknown_member(draft: &Draft, name: &str, at: Place, problems: &mut Problems) {
    if draft.declaration.broken.contains(name) {
        return;
    }
    let mut known: Vec<&str> = draft.model.fields.iter().map(|field| field.name.as_str()).collect();
    known.extend(draft.model.relations.iter().map(|relation| relation.name.as_str()));
    known.extend(draft.declaration.annotations.iter().map(|annotation| annotation.name.value.as_str()));
    known.extend(draft.declaration.broken.iter().map(String::as_str));
    known.sort_unstable();
    known.dedup();
    problems.add(
        Problem::new(Code::UnknownField, at, format!("`{}` has no field `{name}`", draft.model.name))
            .label("unknown")
            .maybe_help(suggest(name, &known, "its fields are")),
    );
}

fn managers(drafts: &[Draft], index: usize, problems: &mut Problems) -> Vec<Manager> {
    let mut managers = Vec::new();
    for declared in &drafts[index].declaration.managers {
        managers.push(Manager {
            name: declared.name.value.clone(),
            filter: declared.filter.as_ref().map(|filter| filter.value.clone()),
            condition: None,
            ordering: manager_order(drafts, index, declared, problems),
            annotations: manager_annotations(&drafts[index], declared, problems),
            origin: origin(declared.name.at, problems),
        });
    }
    if managers.is_empty() {
        managers.push(Manager {
            name: "objects".to_owned(),
            filter: None,
            condition: None,
            ordering: Vec::new(),
            annotations: indexmap::IndexMap::new(),
            origin: drafts[index].model.origin.clone(),
        });
    }
    managers
}

/// The annotations of a manager. Their names are none of the model's: a row through it has both.
fn manager_annotations(
    draft: &Draft,
    manager: &ManagerDeclaration,
    problems: &mut Problems,
) -> indexmap::IndexMap<String, Annotation> {
    let mut annotations = indexmap::IndexMap::new();
    for declared in &manager.annotations {
        let name = &declared.name;
        let computed = draft.declaration.annotations.iter().find(|known| known.name.value == name.value);
        let taken = match draft.claims.get(&name.value) {
            Some((what, at)) => Some((*what, *at)),
            None => computed.map(|known| ("annotation", known.name.at)),
        };
        if let Some((what, at)) = taken {
            problems.add(
                Problem::new(
                    Code::DuplicateField,
                    name.at,
                    format!("`{}` has a {what} of the name `{}` already", draft.model.name, name.value),
                )
                .label("annotation of a manager")
                .also(at, what)
                .help("rename one of them"),
            );
            continue;
        }
        let annotation = Annotation {
            expression: declared.expression.value.clone(),
            expr: None,
            logical: None,
            null: true,
            arguments: indexmap::IndexMap::new(),
            help_text: declared.help_text.clone(),
            origin: origin(name.at, problems),
        };
        annotations.insert(name.value.clone(), annotation);
    }
    annotations
}

fn add_annotations(draft: &mut Draft, problems: &mut Problems) {
    for declared in &draft.declaration.annotations {
        let mut annotation = Annotation {
            expression: declared.expression.value.clone(),
            expr: None,
            logical: None,
            null: true,
            arguments: indexmap::IndexMap::new(),
            help_text: declared.help_text.clone(),
            origin: origin(declared.name.at, problems),
        };
        for (name, bare, default) in &declared.arguments {
            let mut checked = None;
            if let Some(default) = default {
                match literals::check(&bare.logical, &default.value) {
                    Ok(value) => checked = Some(value),
                    Err(why) => problems.add(Problem::new(
                        Code::BadDefault,
                        default.at,
                        format!("the default of the argument `{name}` is not of its type: {why}"),
                    )),
                }
            }
            let argument = AnnotationArgument { logical: bare.logical.clone(), default: checked };
            annotation.arguments.insert(name.clone(), argument);
        }
        draft.model.annotations.insert(declared.name.value.clone(), annotation);
    }
}

fn display(draft: &Draft, problems: &mut Problems) -> Option<String> {
    let display = draft.declaration.display.as_ref()?;
    let name = display.value.as_str();
    match draft.model.member(name) {
        Some(Member::Field(_)) => return Some(name.to_owned()),
        Some(Member::Relation(_)) => problems.add(
            Problem::new(Code::UnsuitableField, display.at, format!("`{name}` is a relation, not a field"))
                .help(format!("write an annotation over it: {name}_name = \"{name}.name\"")),
        ),
        None if draft.model.annotations.contains_key(name) => return Some(name.to_owned()),
        None => unknown_member(draft, name, display.at, problems),
    }
    None
}

/// Names of tables, indexes and unique constraints: PostgreSQL keeps them in one space, and SQLite indexes too.
struct Taken(HashMap<String, (Place, &'static str)>);

impl Taken {
    fn of_tables(drafts: &[Draft]) -> Self {
        let tables =
            drafts.iter().map(|draft| (draft.model.table.clone(), (draft.declaration.name.at, "table")));
        Self(tables.collect())
    }

    fn take(&mut self, name: &str, what: &'static str, at: Place, problems: &mut Problems) {
        names::check_length(name, at, &format!("{what} name"), "give it a shorter `name`", problems);
        if let Some((place, other)) = self.0.get(name) {
            problems.add(
                Problem::new(Code::DuplicateName, at, format!("the name `{name}` is there twice"))
                    .label(what)
                    .also(*place, *other)
                    .help("indexes and constraints have names of their own in the whole database"),
            );
            return;
        }
        self.0.insert(name.to_owned(), (at, what));
    }
}

/// The columns that a name stands for: a field, `pk`, or a relation's own columns.
fn columns(draft: &Draft, name: &At<String>, what: &str, problems: &mut Problems) -> Option<Vec<FieldId>> {
    match draft.model.member(&name.value) {
        Some(Member::Field(id)) => Some(vec![id]),
        Some(Member::Relation(id)) => {
            let relation = draft.model.relation(id);
            if matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne) {
                return Some(relation.pairs.iter().map(|(here, _)| *here).collect());
            }
            problems.add(
                Problem::new(
                    Code::UnsuitableField,
                    name.at,
                    format!(
                        "`{}` has no column in `{}`, so {what} cannot have it",
                        name.value, draft.model.name
                    ),
                )
                .help("name fields and foreign keys of this model"),
            );
            None
        }
        None if name.value == "pk" => Some(draft.model.primary_key.clone()),
        None if draft.model.annotations.contains_key(&name.value) => {
            problems.add(
                Problem::new(
                    Code::UnsuitableField,
                    name.at,
                    format!("`{}` is computed and has no column, so {what} cannot have it", name.value),
                )
                .help("index its expression (`expressions`), or make it a generated field"),
            );
            None
        }
        None => {
            unknown_member(draft, &name.value, name.at, problems);
            None
        }
    }
}

fn derived_name(model: &Model, columns: &[FieldId], suffix: &str) -> String {
    let mut parts = vec![model.table.as_str()];
    parts.extend(columns.iter().map(|id| model.field(*id).column.as_str()));
    names::derived(&parts, suffix)
}

fn add_indexes(draft: &mut Draft, taken: &mut Taken, problems: &mut Problems) {
    let mut indexes = Vec::new();
    for declared in draft.declaration.indexes.clone() {
        indexes.extend(index(draft, &declared, taken, problems));
    }
    indexes.extend(implied_indexes(draft, &indexes, taken, problems));
    draft.model.indexes = indexes;
}

fn index(
    draft: &Draft,
    declared: &IndexDeclaration,
    taken: &mut Taken,
    problems: &mut Problems,
) -> Option<Index> {
    let mut keys = Vec::new();
    let mut named = Vec::new();
    let mut complete = true;
    for given in &declared.fields {
        let (descending, name) = match given.value.strip_prefix('-') {
            Some(name) => (true, At::new(name.to_owned(), given.at)),
            None => (false, given.clone()),
        };
        match columns(draft, &name, "an index", problems) {
            Some(found) => {
                keys.extend(found.iter().map(|field| IndexKey::Field { field: *field, descending }));
                named.extend(found);
            }
            None => complete = false,
        }
    }
    keys.extend(declared.expressions.iter().map(|text| IndexKey::Expression(text.value.clone())));
    let mut include = Vec::new();
    for name in &declared.include {
        match columns(draft, name, "an index", problems) {
            Some(found) => include.extend(found),
            None => complete = false,
        }
    }
    if keys.is_empty() && complete {
        problems.add(
            Problem::new(Code::BadValue, declared.at, "the index has no keys")
                .help("name fields in `fields` or expressions in `expressions`"),
        );
    }
    if !complete || keys.is_empty() {
        return None;
    }
    let (name, at) = match &declared.name {
        Some(name) => (name.value.clone(), name.at),
        None if declared.expressions.is_empty() => (derived_name(&draft.model, &named, "idx"), declared.at),
        None => {
            problems.add(
                Problem::new(Code::MissingKey, declared.at, "an index of expressions has no `name`")
                    .help("its columns cannot name it: name = \"post_lower_title_idx\""),
            );
            return None;
        }
    };
    taken.take(&name, "index", at, problems);
    Some(Index {
        name,
        keys,
        include,
        condition: declared.condition.as_ref().map(|condition| condition.value.clone()),
        method: declared.method.clone(),
        origin: origin(declared.at, problems),
    })
}

/// The method of an index of values of a type, where a B-tree would serve no query.
pub(super) fn implied_method(logical: &LogicalType) -> Option<&'static str> {
    match logical {
        LogicalType::Json | LogicalType::Array(_) | LogicalType::SearchVector => Some("gin"),
        LogicalType::Range(_) => Some("gist"),
        _ => None,
    }
}

/// The indexes of `index = true` and of relations.
fn implied_indexes(
    draft: &Draft,
    declared: &[Index],
    taken: &mut Taken,
    problems: &mut Problems,
) -> Vec<Index> {
    let model = &draft.model;
    let mut indexes = Vec::new();
    for field in model.fields.iter().filter(|field| field.index) {
        let columns: Vec<FieldId> = match field.relation {
            Some(relation) => model.relation(relation).pairs.iter().map(|(here, _)| *here).collect(),
            None => vec![field.id],
        };
        // A reference of several columns has one index over all of them.
        if columns.first() != Some(&field.id) {
            continue;
        }
        let keys: Vec<_> =
            columns.iter().map(|field| IndexKey::Field { field: *field, descending: false }).collect();
        // Said in Meta already, maybe with a name that exists.
        if declared
            .iter()
            .any(|index| index.keys == keys && index.condition.is_none() && index.method.is_none())
        {
            continue;
        }
        let method = implied_method(&field.logical).map(str::to_owned);
        let name = derived_name(model, &columns, "idx");
        let at = draft
            .declaration
            .fields
            .iter()
            .find(|known| draft.columns.get(&known.name.value).is_some_and(|ids| ids.contains(&field.id)))
            .map_or(draft.declaration.name.at, |known| known.name.at);
        taken.take(&name, "index", at, problems);
        indexes.push(Index {
            name,
            keys,
            include: Vec::new(),
            condition: None,
            method,
            origin: field.origin.clone(),
        });
    }
    indexes
}

fn add_constraints(draft: &mut Draft, taken: &mut Taken, problems: &mut Problems) {
    let mut constraints = Vec::new();
    for group in draft.declaration.unique_together.clone() {
        constraints.extend(unique(draft, group.at, None, (&group.value, None), taken, problems));
    }
    for declared in draft.declaration.constraints.clone() {
        match declared.rule {
            ConstraintRule::Unique(fields, condition) => constraints.extend(unique(
                draft,
                declared.at,
                declared.name.as_ref(),
                (&fields, condition.map(|condition| condition.value)),
                taken,
                problems,
            )),
            ConstraintRule::Check(check) => {
                let Some(name) = declared.name else { continue };
                taken.take(&name.value, "constraint", name.at, problems);
                constraints.push(Constraint::Check { name: name.value, check: check.value });
            }
        }
    }
    constraints.extend(unique_references(draft, taken, problems));
    draft.model.constraints = constraints;
}

fn unique(
    draft: &Draft,
    at: Place,
    name: Option<&At<String>>,
    (fields, condition): (&[At<String>], Option<String>),
    taken: &mut Taken,
    problems: &mut Problems,
) -> Option<Constraint> {
    let mut ids: Vec<FieldId> = Vec::new();
    let mut complete = true;
    for field in fields {
        match columns(draft, field, "a unique constraint", problems) {
            Some(found) => ids.extend(found),
            None => complete = false,
        }
    }
    if fields.is_empty() {
        problems.add(
            Problem::new(Code::BadValue, at, "the unique constraint has no fields")
                .help("write unique = [\"author\", \"slug\"]"),
        );
    }
    if !complete || ids.is_empty() {
        return None;
    }
    let (name, at) = match name {
        Some(name) => (name.value.clone(), name.at),
        None => (derived_name(&draft.model, &ids, "uniq"), at),
    };
    taken.take(&name, "constraint", at, problems);
    Some(Constraint::Unique { name, fields: ids, condition })
}

/// A unique reference of several columns is unique in all of them together, which no single column can say.
fn unique_references(draft: &Draft, taken: &mut Taken, problems: &mut Problems) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for declared in draft.declaration.fields.iter().filter(|field| field.is_reference()) {
        let Some(columns) = draft.columns.get(&declared.name.value) else { continue };
        let is_unique = declared.flag("unique") == Some(true) || declared.kind.0.name == "one_to_one";
        if columns.len() > 1 && is_unique && *columns != draft.model.primary_key {
            let name = derived_name(&draft.model, columns, "uniq");
            taken.take(&name, "constraint", declared.name.at, problems);
            constraints.push(Constraint::Unique { name, fields: columns.clone(), condition: None });
        }
    }
    constraints
}
