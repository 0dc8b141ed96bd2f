//! What becomes of each table: its key, its references with their names, and which tables only link two others.

use super::catalog::{Catalog, Relation, RelationKind};
use super::keys::Key;
use super::kinds::Kind;
use super::naming::{Members, Placed, own_reverse, plural_of_model, role, snake_case};
use indexmap::IndexMap;
use nuages_models::database::Dialect;
use std::collections::BTreeSet;

/// Field types of a table's columns, or why a column has none.
pub(super) type Kinds = IndexMap<String, Result<Kind, String>>;

/// A table that becomes a model.
#[derive(Debug, Clone)]
pub(super) struct TablePlan<'c> {
    pub(super) relation: &'c Relation,
    pub(super) placed: Placed,
    pub(super) kinds: Kinds,
    pub(super) key: Key,
    pub(super) references: Vec<Reference>,
    /// Foreign keys that are no relations, and why.
    pub(super) refused: Vec<String>,
    /// Names of plain fields by column.
    pub(super) fields: IndexMap<String, String>,
    pub(super) many_to_many: Vec<ManyToMany>,
    members: Members,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its columns in the order of the key that they refer to.
    pub(super) columns: Vec<String>,
    /// The table that it refers to.
    pub(super) target: String,
    /// The unique column there, when it is not the primary key.
    pub(super) to_column: Option<String>,
    /// Whether no two rows refer to the same.
    pub(super) one_to_one: bool,
    /// The rule of the model file.
    pub(super) on_delete: &'static str,
    /// The relation's name.
    pub(super) name: String,
    /// The other end's name.
    pub(super) related_name: String,
}

/// A relation over a link table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ManyToMany {
    /// The link table.
    pub(super) link: String,
    /// The other table.
    pub(super) target: String,
    /// The link model, when it is one of its own.
    pub(super) through: Option<String>,
    /// The link model's references, when their order does not say them.
    pub(super) through_fields: Option<(String, String)>,
    /// The relation's name.
    pub(super) name: String,
    /// The other end's name.
    pub(super) related_name: String,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub(super) struct Plan<'c> {
    pub(super) dialect: Dialect,
    /// Models by their tables.
    pub(super) tables: IndexMap<String, TablePlan<'c>>,
    /// Link tables that a many-to-many field stands for alone.
    pub(super) hidden: Vec<String>,
}

impl TablePlan<'_> {
    /// What a column is called where columns are named: a relation by its name.
    pub(super) fn member(&self, column: &str) -> Option<String> {
        let reference = self.references.iter().find(|reference| reference.columns == [column]);
        reference.map(|reference| reference.name.clone()).or_else(|| self.fields.get(column).cloned())
    }

    /// Whether the column is one of a relation's.
    pub(super) fn reference_of(&self, column: &str) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.columns.iter().any(|own| own == column))
    }

    /// Whether no two rows have the same values in these columns.
    pub(super) fn is_unique(&self, columns: &[String]) -> bool {
        let same = |other: &[String]| {
            other.len() == columns.len() && other.iter().all(|name| columns.contains(name))
        };
        same(&self.key.columns) || self.relation.uniques.iter().any(|unique| same(&unique.columns))
    }
}

impl Plan<'_> {
    /// What a column is called in expressions: the field of a reference is `author_id`.
    pub(super) fn field_name(&self, table: &str, column: &str) -> Option<String> {
        self.field_name_within(table, column, 8)
    }

    fn field_name_within(&self, table: &str, column: &str, depth: u8) -> Option<String> {
        let plan = self.tables.get(table)?;
        let Some(reference) = plan.reference_of(column) else { return plan.fields.get(column).cloned() };
        if reference.columns.len() == 1 {
            return Some(format!("{}_id", reference.name));
        }
        let position = reference.columns.iter().position(|own| own == column)?;
        let target = self.tables.get(&reference.target)?;
        let there = target.key.columns.get(position)?;
        let name = self.field_name_within(&reference.target, there, depth.checked_sub(1)?)?;
        Some(format!("{}_{name}", reference.name))
    }
}

/// A table with what is known of it so far.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) placed: Placed,
    pub(super) kinds: Kinds,
    pub(super) key: Key,
}

/// Plans all tables; `known` has one entry for each that is to become a model. Links that are `explicit` have models of their
/// own, whatever they look like.
pub(super) fn plan<'c>(
    catalog: &'c Catalog,
    known: IndexMap<String, Known>,
    explicit: &BTreeSet<String>,
) -> Plan<'c> {
    let mut tables: IndexMap<String, TablePlan<'_>> = IndexMap::new();
    for (name, known) in known {
        let Some(relation) = catalog.relations.iter().find(|relation| relation.name == name) else {
            continue;
        };
        let plan = TablePlan {
            relation,
            placed: known.placed,
            kinds: known.kinds,
            key: known.key,
            references: Vec::new(),
            refused: Vec::new(),
            fields: IndexMap::new(),
            many_to_many: Vec::new(),
            members: Members::default(),
        };
        tables.insert(name, plan);
    }
    let names: Vec<String> = tables.keys().cloned().collect();
    for name in &names {
        let (references, refused) = references(&tables, name);
        let Some(plan) = tables.get_mut(name) else { continue };
        (plan.references, plan.refused) = (references, refused);
        name_members(plan);
    }
    let mut plan = Plan { dialect: catalog.dialect, tables, hidden: Vec::new() };
    for name in &names {
        add_many_to_many(&mut plan, name, explicit.contains(name));
    }
    for name in &names {
        name_reverse_ends(&mut plan, name);
    }
    plan
}

/// The foreign keys of a table that are relations, and what the others lack.
fn references(tables: &IndexMap<String, TablePlan<'_>>, name: &str) -> (Vec<Reference>, Vec<String>) {
    let Some(plan) = tables.get(name) else { return (Vec::new(), Vec::new()) };
    let found = &plan.relation.found;
    let mut references: Vec<Reference> = Vec::new();
    let mut refused = Vec::new();
    // Keys of one column first: a column is part of one relation only.
    let mut keys: Vec<_> = found.foreign_keys.iter().collect();
    keys.sort_by_key(|key| key.key.columns.len());
    for key in keys {
        let shown = format!("foreign key ({}) to {}", key.key.columns.join(", "), key.key.table);
        // SQLite does not tell the case of names apart.
        let target = tables
            .get_key_value(&key.key.table)
            .or_else(|| tables.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key.key.table)));
        let Some((target_name, target)) = target else {
            refused.push(format!("{shown}: that table is not among the models"));
            continue;
        };
        let own =
            |column: &String| found.columns.keys().find(|known| known.eq_ignore_ascii_case(column)).cloned();
        let Some(columns) = key.key.columns.iter().map(own).collect::<Option<Vec<_>>>() else {
            refused.push(format!("{shown}: the table has no such columns"));
            continue;
        };
        // SQLite leaves the columns out where they are the primary key's.
        let implied = key.key.target.iter().all(String::is_empty);
        let there: Vec<String> = if implied { target.key.columns.clone() } else { key.key.target.clone() };
        let position = |column: &String| there.iter().position(|other| other.eq_ignore_ascii_case(column));
        let order: Option<Vec<usize>> = target.key.columns.iter().map(position).collect();
        let of_key = order.filter(|order| order.len() == there.len());
        let (columns, to_column) = match (of_key, there.as_slice()) {
            (Some(order), _) => (order.iter().filter_map(|at| columns.get(*at).cloned()).collect(), None),
            (None, [column]) if target.is_unique(std::slice::from_ref(column)) => {
                (columns, Some(column.clone()))
            }
            _ => {
                refused.push(format!("{shown}: a relation of several columns refers to a primary key"));
                continue;
            }
        };
        if target.key.note.is_some() && to_column.is_none() && target.key.columns != there {
            refused.push(format!("{shown}: it does not refer to the model's key"));
            continue;
        }
        let taken = |column: &String| references.iter().any(|other| other.columns.contains(column));
        if columns.iter().any(taken) {
            refused.push(format!("{shown}: a column of it is another relation's"));
            continue;
        }
        let nullable = columns.iter().all(|column| found.columns.get(column).is_some_and(|found| found.null));
        let on_delete = match key.on_delete.as_str() {
            "CASCADE" => "cascade",
            "SET NULL" if nullable => "set_null",
            "RESTRICT" => "protect",
            "NO ACTION" => "restrict",
            _ => "do_nothing",
        };
        references.push(Reference {
            one_to_one: plan.is_unique(&columns),
            columns,
            target: target_name.clone(),
            to_column,
            on_delete,
            name: String::new(),
            related_name: String::new(),
        });
    }
    let position = |reference: &Reference| {
        reference.columns.first().and_then(|column| found.columns.get_index_of(column)).unwrap_or(usize::MAX)
    };
    references.sort_by_key(position);
    (references, refused)
}

/// Names the fields and relations of a table, in the order of its columns.
fn name_members(plan: &mut TablePlan<'_>) {
    let columns: Vec<String> = plan.relation.found.columns.keys().cloned().collect();
    let lone = |references: &[Reference], column: &str| {
        references.iter().position(|reference| reference.columns.first().is_some_and(|first| first == column))
    };
    let belongs = |references: &[Reference], column: &String| {
        references.iter().any(|reference| reference.columns.contains(column))
    };
    // Columns that are no relations' keep their names before any relation takes one.
    for column in columns.iter().filter(|column| !belongs(&plan.references, column)) {
        let name = plan.members.claim_field(column);
        plan.fields.insert(column.clone(), name);
    }
    for column in &columns {
        let Some(position) = lone(&plan.references, column) else { continue };
        let reference = &plan.references[position];
        let target = snake_case(&reference.target);
        let snake = snake_case(column);
        let base = match reference.columns.as_slice() {
            [_] => snake.strip_suffix("_id").filter(|rest| !rest.is_empty()).unwrap_or(&snake).to_owned(),
            _ => target.clone(),
        };
        let base = if base.is_empty() || base == "id" { target.clone() } else { base };
        let candidates = [base.clone(), target, format!("{base}_row")];
        let single = reference.columns.len() == 1;
        let also = move |name: &str| if single { vec![format!("{name}_id")] } else { Vec::new() };
        let name = plan.members.claim(&candidates, false, &also);
        plan.references[position].name = name;
    }
}

/// The two references of a table that does little more than link two others, in the order of its columns.
fn link_ends<'p>(plan: &'p TablePlan<'_>) -> Option<(&'p Reference, &'p Reference)> {
    let [first, second] = plan.references.as_slice() else { return None };
    let single = |reference: &Reference| {
        reference.columns.len() == 1 && reference.to_column.is_none() && !reference.one_to_one
    };
    let pair = [first.columns.clone(), second.columns.clone()].concat();
    let not_null =
        pair.iter().all(|column| plan.relation.found.columns.get(column).is_some_and(|found| !found.null));
    let is_link = plan.relation.kind == RelationKind::Table
        && plan.refused.is_empty()
        && single(first)
        && single(second)
        && not_null
        && plan.is_unique(&pair);
    is_link.then_some((first, second))
}

fn add_many_to_many(plan: &mut Plan<'_>, link: &str, explicit: bool) {
    let Some(table) = plan.tables.get(link) else { return };
    let Some((first, second)) = link_ends(table) else { return };
    let (mut here, mut there) = (first.clone(), second.clone());
    // The field stands where the link table's name begins: `blog_post_tags` is of posts.
    let begins = |reference: &Reference| link.starts_with(&format!("{}_", reference.target));
    if !begins(&here) && begins(&there) {
        std::mem::swap(&mut here, &mut there);
    }
    let (Some(source), Some(target)) = (plan.tables.get(&here.target), plan.tables.get(&there.target)) else {
        return;
    };
    let rest =
        link.strip_prefix(&format!("{}_", here.target)).map(snake_case).filter(|rest| !rest.is_empty());
    let implicit = !explicit && is_implicit(table, (&here, source), (&there, target));
    let to_self = here.target == there.target;
    let others = plural_of_model(&target.placed.model);
    let mut candidates = Vec::new();
    // A link that Nuages or Django made is called after the field.
    candidates.extend(rest.clone().filter(|_| implicit));
    let there_role = if to_self { Some(there.name.clone()) } else { role(&there.name, &target.placed.model) };
    match &there_role {
        Some(role) if to_self => candidates.push(format!("{role}_{others}")),
        _ => candidates.push(others.clone()),
    }
    candidates.push(format!("{others}_of_{}", snake_case(link)));
    let back = plural_of_model(&source.placed.model);
    let back = if to_self { vec![format!("{}_{back}", here.name)] } else { vec![back] };
    let through = (!implicit).then(|| table.placed.model.clone());
    let through_fields =
        through.as_ref().filter(|_| to_self).map(|_| (here.name.clone(), there.name.clone()));
    let back_candidates: Vec<String> = back
        .iter()
        .cloned()
        .chain(back.iter().map(|name| format!("{name}_of_{}", snake_case(link))))
        .collect();
    let none = |_: &str| Vec::new();
    let Some(source) = plan.tables.get_mut(&here.target) else { return };
    let name = source.members.claim(&candidates, true, &none);
    let Some(target) = plan.tables.get_mut(&there.target) else { return };
    let related_name = target.members.claim(&back_candidates, true, &none);
    let many_to_many = ManyToMany {
        link: link.to_owned(),
        target: there.target.clone(),
        through,
        through_fields,
        name,
        related_name,
    };
    if implicit {
        plan.hidden.push(link.to_owned());
    }
    if let Some(source) = plan.tables.get_mut(&here.target) {
        source.many_to_many.push(many_to_many);
    }
}

/// Whether the table is what a many-to-many field makes by itself: an `id` that counts, and two columns that are named after the
/// models.
fn is_implicit(
    link: &TablePlan<'_>,
    (here, source): (&Reference, &TablePlan<'_>),
    (there, target): (&Reference, &TablePlan<'_>),
) -> bool {
    let (from, to) = (source.placed.model.to_lowercase(), target.placed.model.to_lowercase());
    let (from, to) = if from == to { (format!("from_{from}"), format!("to_{to}")) } else { (from, to) };
    link.relation.found.columns.len() == 3
        && link.key.columns == ["id"]
        && link.key.counted
        && here.columns == [format!("{from}_id")]
        && there.columns == [format!("{to}_id")]
        && here.on_delete != "set_null"
        && link.relation.checks.is_empty()
        && link.relation.remarks.is_empty()
}

/// Names the other ends of a table's references.
fn name_reverse_ends(plan: &mut Plan<'_>, name: &str) {
    if plan.hidden.iter().any(|hidden| hidden == name) {
        return;
    }
    let Some(table) = plan.tables.get(name) else { return };
    let model = table.placed.model.clone();
    let references = table.references.clone();
    for (position, reference) in references.iter().enumerate() {
        let siblings = references.iter().filter(|other| other.target == reference.target).count();
        let plural = plural_of_model(&model);
        let plain = if reference.one_to_one { snake_case(&model) } else { plural.clone() };
        let Some(target) = plan.tables.get_mut(&reference.target) else { continue };
        let role = role(&reference.name, &target.placed.model).unwrap_or_else(|| reference.name.clone());
        let with_role = format!("{role}_{plain}");
        let mut candidates = Vec::new();
        if reference.target == name {
            candidates
                .extend(own_reverse(&reference.name).filter(|_| !reference.one_to_one).map(str::to_owned));
        }
        let called_so = reference.name == snake_case(&target.placed.model);
        if siblings == 1 || called_so {
            candidates.push(plain.clone());
        }
        candidates.push(with_role);
        candidates.push(format!("{}_{plain}", reference.name));
        candidates.push(format!("{}_as_{}", plain, reference.name));
        let related_name = target.members.claim(&candidates, !reference.one_to_one, &|_| Vec::new());
        if let Some(own) = plan.tables.get_mut(name).and_then(|own| own.references.get_mut(position)) {
            own.related_name = related_name;
        }
    }
}
