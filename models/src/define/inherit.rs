//! Abstract bases are folded into the models that extend them; proxies find the model whose table they share.

use super::declare::ModelDeclaration;
use super::errors::{Code, Problem, Problems, suggest};
use super::names;
use super::tree::{At, Place};
use crate::registry::{FieldId, Model, ModelId, Origin};
use indexmap::IndexMap;
use std::collections::HashMap;

/// A model in the making: what was declared, with its bases folded in, and what is built of it so far.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) declaration: ModelDeclaration,
    pub(super) model: Model,
    /// Index of the draft with the table: its own, or for a proxy that of its model.
    pub(super) concrete: usize,
    /// Names of fields, relations and annotations that are taken, by what and where.
    pub(super) claims: HashMap<String, (&'static str, Place)>,
    /// The columns of each declared field.
    pub(super) columns: HashMap<String, Vec<FieldId>>,
}

/// Index of the draft with this name, which may have its app before it (`blog.Post`, as in Django).
pub(super) fn draft_named(drafts: &[Draft], name: &str) -> Option<usize> {
    let (app, name) = match name.split_once('.') {
        Some((app, name)) => (Some(app), name),
        None => (None, name),
    };
    drafts.iter().position(|draft| draft.model.name == name && app.is_none_or(|app| draft.model.app == app))
}

/// The models with a table and the proxies, in the order of the files.
pub(super) fn flatten(declared: Vec<ModelDeclaration>, problems: &mut Problems) -> Vec<Draft> {
    let declared = without_duplicates(declared, problems);
    let bases = Bases::resolve(&declared, problems);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut positions = HashMap::new();
    for (index, declaration) in declared.iter().enumerate() {
        if declaration.is_abstract {
            check_abstract(declaration, problems);
            continue;
        }
        let mut flat = bases.flat(&declared, index, &mut Vec::new());
        specialise(&mut flat);
        if flat.proxy.is_some() {
            check_proxy(&flat, problems);
        }
        positions.insert(index, drafts.len());
        let position = drafts.len();
        drafts.push(draft(flat, position, problems));
    }
    for (index, position) in &positions {
        if let Some(concrete) = bases.proxied(&declared, *index).and_then(|base| positions.get(&base)) {
            drafts[*position].concrete = *concrete;
        }
    }
    complete_proxies(&mut drafts);
    drafts
}

/// A draft of a declaration whose bases are folded in.
pub(super) fn draft(declaration: ModelDeclaration, position: usize, problems: &mut Problems) -> Draft {
    let at = declaration.name.at;
    let name = declaration.name.value.clone();
    let table = match &declaration.table {
        Some(table) => {
            names::check_length(&table.value, table.at, "table name", "choose a shorter one", problems);
            table.value.clone()
        }
        None => {
            let table = format!("{}_{}", declaration.app, name.to_lowercase());
            if declaration.link_of.is_none() && declaration.proxy.is_none() {
                let remedy = "give the table a shorter name: table = \"…\"";
                names::check_length(&table, at, "table name", remedy, problems);
            }
            table
        }
    };
    let model = Model {
        id: ModelId(u32::try_from(position).unwrap_or(u32::MAX)),
        name,
        app: declaration.app.clone(),
        table,
        doc: declaration.doc.clone(),
        db_comment: declaration.db_comment.clone(),
        display: None,
        fields: Vec::new(),
        relations: Vec::new(),
        primary_key: Vec::new(),
        ordering: Vec::new(),
        managers: Vec::new(),
        annotations: IndexMap::new(),
        indexes: Vec::new(),
        constraints: Vec::new(),
        managed: declaration.managed.unwrap_or(true),
        proxy_for: None,
        implicit: declaration.link_of.is_some(),
        graphql: declaration.graphql.clone(),
        origin: origin(at, problems),
        names: HashMap::new(),
    };
    Draft { declaration, model, concrete: position, claims: HashMap::new(), columns: HashMap::new() }
}

/// A place as the registry keeps it.
pub(super) fn origin(at: Place, problems: &Problems) -> Origin {
    Origin { file: problems.path(at.file).to_owned(), line: problems.line(at) }
}

fn without_duplicates(declared: Vec<ModelDeclaration>, problems: &mut Problems) -> Vec<ModelDeclaration> {
    let mut first: HashMap<String, Place> = HashMap::new();
    let mut kept = Vec::new();
    for declaration in declared {
        let name = &declaration.name;
        match first.get(&name.value) {
            Some(place) => problems.add(
                Problem::new(Code::DuplicateModel, name.at, format!("there are two models `{}`", name.value))
                    .label("second")
                    .also(*place, "first")
                    .help("a model's name is unique in the project, whatever its file"),
            ),
            None => {
                first.insert(name.value.clone(), name.at);
                kept.push(declaration);
            }
        }
    }
    kept
}

/// The bases of each declaration, by index.
struct Bases(Vec<Vec<usize>>);

impl Bases {
    fn resolve(declared: &[ModelDeclaration], problems: &mut Problems) -> Self {
        let known: Vec<_> =
            declared.iter().filter(|d| d.is_abstract).map(|d| d.name.value.as_str()).collect();
        let every: Vec<_> = declared.iter().map(|d| d.name.value.as_str()).collect();
        let mut bases = Vec::new();
        for declaration in declared {
            let mut resolved = Vec::new();
            for base in &declaration.extends {
                let found = declared.iter().position(|d| d.name.value == base.value);
                match found {
                    None => {
                        let known = if declaration.proxy.is_some() { &every } else { &known };
                        problems.add(
                            Problem::new(
                                Code::UnknownModel,
                                base.at,
                                format!(
                                    "`{}` extends `{}`, which does not exist",
                                    declaration.name.value, base.value
                                ),
                            )
                            .maybe_help(suggest(
                                &base.value,
                                known,
                                "the abstract bases are",
                            )),
                        );
                    }
                    Some(index) if declared[index].is_abstract => resolved.push(index),
                    Some(index) if declaration.proxy.is_some() => resolved.push(index),
                    Some(_) => problems.add(concrete_base(declaration, base)),
                }
            }
            bases.push(resolved);
        }
        let bases = Self(bases);
        for (index, declaration) in declared.iter().enumerate() {
            bases.check_cycle(declared, index, problems);
            if let Some(at) = declaration.proxy {
                bases.check_proxied(declared, index, at, problems);
            }
        }
        bases
    }

    fn check_cycle(&self, declared: &[ModelDeclaration], start: usize, problems: &mut Problems) {
        let mut path = vec![start];
        let Some(circle) = self.path_back(start, &mut path, &mut vec![false; declared.len()]) else { return };
        // Each member of a circle finds it; the first one tells.
        if circle.iter().any(|index| *index < start) {
            return;
        }
        let names: Vec<_> =
            circle.iter().chain([&start]).map(|index| declared[*index].name.value.as_str()).collect();
        let next = names.get(1).copied().unwrap_or_default();
        let declaration = &declared[start];
        let at =
            declaration.extends.iter().find(|base| base.value == next).map_or(declaration.name.at, |b| b.at);
        problems.add(
            Problem::new(Code::Cycle, at, format!("the bases go in a circle: {}", names.join(" → ")))
                .help("take one of them out of `extends`"),
        );
    }

    fn path_back(&self, start: usize, path: &mut Vec<usize>, seen: &mut [bool]) -> Option<Vec<usize>> {
        let last = *path.last()?;
        for base in &self.0[last] {
            if *base == start {
                return Some(path.clone());
            }
            if !std::mem::replace(&mut seen[*base], true) {
                path.push(*base);
                if let Some(circle) = self.path_back(start, path, seen) {
                    return Some(circle);
                }
                path.pop();
            }
        }
        None
    }

    fn check_proxied(&self, declared: &[ModelDeclaration], index: usize, at: Place, problems: &mut Problems) {
        let declaration = &declared[index];
        let concrete = self.0[index].iter().filter(|base| !declared[**base].is_abstract).count();
        if concrete != 1 && self.0[index].len() == declaration.extends.len() {
            problems.add(
                Problem::new(
                    Code::BadProxy,
                    at,
                    format!("the proxy `{}` extends {concrete} models, not one", declaration.name.value),
                )
                .help("write the model whose table it shares: extends = [\"Post\"]"),
            );
        }
        for base in self.0[index].iter().filter(|base| declared[**base].is_abstract) {
            if let Some(field) = self.flat(declared, *base, &mut Vec::new()).fields.first() {
                problems.add(
                    Problem::new(
                        Code::BadProxy,
                        at,
                        format!(
                            "the proxy `{}` extends `{}`, which has fields (`{}`)",
                            declaration.name.value, declared[*base].name.value, field.name.value
                        ),
                    )
                    .help("a proxy has no columns of its own; its abstract bases give annotations and Meta only"),
                );
            }
        }
    }

    /// The model with the table of a proxy, through proxies of proxies.
    fn proxied(&self, declared: &[ModelDeclaration], index: usize) -> Option<usize> {
        let mut current = index;
        // As many steps as there are models: a circle of proxies has been reported.
        for _ in 0..declared.len() {
            if declared[current].proxy.is_none() {
                return (current != index).then_some(current);
            }
            current = *self.0[current].iter().find(|base| !declared[**base].is_abstract)?;
        }
        None
    }

    /// A declaration with its abstract bases folded in, the first base first. What the model says itself wins,
    /// then what an earlier base says; a field that is declared again keeps its place.
    fn flat(&self, declared: &[ModelDeclaration], index: usize, path: &mut Vec<usize>) -> ModelDeclaration {
        let own = &declared[index];
        let mut flat = own.clone();
        flat.fields.clear();
        flat.annotations.clear();
        flat.indexes.clear();
        flat.constraints.clear();
        flat.unique_together.clear();
        path.push(index);
        for base in &self.0[index] {
            // Only abstract bases are folded; a circle has been reported.
            if !declared[*base].is_abstract || path.contains(base) {
                continue;
            }
            let base = self.flat(declared, *base, path);
            add_new(&mut flat.fields, base.fields, |field| field.name.value.clone());
            add_new(&mut flat.annotations, base.annotations, |annotation| annotation.name.value.clone());
            // A base that two bases share gives its indexes once.
            add_new(&mut flat.indexes, base.indexes, |index| index.at);
            add_new(&mut flat.constraints, base.constraints, |constraint| constraint.at);
            add_new(&mut flat.unique_together, base.unique_together, |group| group.at);
            flat.managed = flat.managed.or(base.managed);
            flat.ordering = flat.ordering.or(base.ordering);
            flat.display = flat.display.or(base.display);
            flat.primary_key = flat.primary_key.or(base.primary_key);
            if flat.managers.is_empty() {
                flat.managers = base.managers;
            }
            flat.broken.extend(base.broken);
        }
        path.pop();
        override_with(&mut flat.fields, &own.fields, |field| field.name.value.clone());
        override_with(&mut flat.annotations, &own.annotations, |annotation| annotation.name.value.clone());
        flat.indexes.extend(own.indexes.iter().cloned());
        flat.constraints.extend(own.constraints.iter().cloned());
        flat.unique_together.extend(own.unique_together.iter().cloned());
        flat
    }
}

fn add_new<T, K: PartialEq>(all: &mut Vec<T>, more: Vec<T>, key: impl Fn(&T) -> K) {
    for item in more {
        if !all.iter().any(|known| key(known) == key(&item)) {
            all.push(item);
        }
    }
}

fn override_with<T: Clone, K: PartialEq>(all: &mut Vec<T>, own: &[T], key: impl Fn(&T) -> K) {
    for item in own {
        match all.iter_mut().find(|known| key(known) == key(item)) {
            Some(inherited) => *inherited = item.clone(),
            None => all.push(item.clone()),
        }
    }
}

fn concrete_base(declaration: &ModelDeclaration, base: &At<String>) -> Problem {
    Problem::new(
        Code::ConcreteBase,
        base.at,
        format!(
            "`{}` extends `{}`, which has a table; inheritance over several tables is not built",
            declaration.name.value, base.value
        ),
    )
    .help(format!(
        "set `abstract = true` on `{0}`, or `proxy = true` here to share its table, or refer to it with a \
         one_to_one to \"{0}\"",
        base.value
    ))
}

/// Django's `%(class)s` and `%(app_label)s` in names that would otherwise be the same for every heir.
fn specialise(flat: &mut ModelDeclaration) {
    let (class, app) = (flat.name.value.to_lowercase(), flat.app.clone());
    let replace = |text: &str| text.replace("%(class)s", &class).replace("%(app_label)s", &app);
    for field in &mut flat.fields {
        field.replace_in_texts(replace);
    }
    let index_names = flat.indexes.iter_mut().filter_map(|index| index.name.as_mut());
    let constraint_names = flat.constraints.iter_mut().filter_map(|constraint| constraint.name.as_mut());
    for name in index_names.chain(constraint_names) {
        name.value = replace(&name.value);
    }
}

fn check_abstract(declaration: &ModelDeclaration, problems: &mut Problems) {
    let name = &declaration.name.value;
    if let Some(table) = &declaration.table {
        problems.add(
            Problem::new(Code::NotConcrete, table.at, format!("`{name}` is abstract and has no table"))
                .help("take `table` or `abstract` away"),
        );
    }
    if let Some(at) = declaration.proxy {
        problems.add(
            Problem::new(Code::NotConcrete, at, format!("`{name}` is abstract and cannot be a proxy"))
                .help("take `proxy` or `abstract` away"),
        );
    }
}

fn check_proxy(flat: &ModelDeclaration, problems: &mut Problems) {
    let found = [
        ("fields", flat.fields.first().map(|field| field.name.at)),
        ("table", flat.table.as_ref().map(|table| table.at)),
        ("primary_key", flat.primary_key.as_ref().map(|key| key.at)),
        ("unique_together", flat.unique_together.first().map(|group| group.at)),
        ("indexes", flat.indexes.first().map(|index| index.at)),
        ("constraints", flat.constraints.first().map(|constraint| constraint.at)),
    ];
    for (key, at) in found {
        let Some(at) = at else { continue };
        problems.add(
            Problem::new(
                Code::NotConcrete,
                at,
                format!("the proxy `{}` has `{key}`, but it shares another model's table", flat.name.value),
            )
            .help("declare them on that model; a proxy has annotations, managers, ordering, display and doc"),
        );
    }
}

/// A proxy has its model's table, and Meta of its model where it says nothing itself, as in Django.
fn complete_proxies(drafts: &mut [Draft]) {
    for index in 0..drafts.len() {
        let concrete = drafts[index].concrete;
        if concrete == index {
            continue;
        }
        let base = drafts[concrete].declaration.clone();
        let (id, table, managed) = {
            let model = &drafts[concrete].model;
            (model.id, model.table.clone(), model.managed)
        };
        let draft = &mut drafts[index];
        draft.model.proxy_for = Some(id);
        draft.model.table = table;
        draft.model.managed = managed;
        let own = &mut draft.declaration;
        own.ordering = own.ordering.take().or(base.ordering);
        own.display = own.display.take().or(base.display);
        if own.managers.is_empty() {
            own.managers = base.managers;
        }
        let mut annotations = base.annotations;
        override_with(&mut annotations, &own.annotations, |annotation| annotation.name.value.clone());
        own.annotations = annotations;
        own.broken.extend(base.broken);
    }
}
