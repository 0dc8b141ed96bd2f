//! Relations: forward ones over the columns, many-to-many over link models, then the reverse end of each.

use super::declare_field::FieldDeclaration;
use super::errors::{Code, Problem, Problems, suggest};
use super::fields::{claim, referred_fields};
use super::inherit::{Draft, draft_named, origin};
use super::links::{ends, target_of};
use super::tree::{At, Place};
use crate::registry::{FieldId, Member, Relation, RelationId, RelationKind, Through};

/// Fills in the relations of all models.
pub(super) fn connect(drafts: &mut [Draft], problems: &mut Problems) {
    for index in 0..drafts.len() {
        for field in drafts[index].declaration.fields.clone() {
            add_forward(drafts, index, &field, problems);
        }
    }
    // The forward relations of every link must be there before a many-to-many can look for them.
    for index in 0..drafts.len() {
        add_throughs(drafts, index, problems);
    }
    claim_annotations(drafts, problems);
    for index in 0..drafts.len() {
        for field in drafts[index].declaration.fields.clone() {
            add_reverse(drafts, index, &field, problems);
        }
    }
    complete_proxies(drafts, problems);
}

fn add_forward(drafts: &mut [Draft], index: usize, field: &FieldDeclaration, problems: &mut Problems) {
    let (Some(kind), Some(target)) = (field.kind.0.relation(), target_of(drafts, index, field)) else {
        if field.kind.0.relation().is_some() {
            drafts[index].declaration.broken.insert(field.name.value.clone());
        }
        return;
    };
    let columns = drafts[index].columns.get(&field.name.value).cloned().unwrap_or_default();
    let referred = referred_fields(drafts, drafts[target].concrete, field);
    let pairs: Vec<_> = match kind {
        RelationKind::ManyToMany => Vec::new(),
        _ => columns.iter().copied().zip(referred).collect(),
    };
    if kind != RelationKind::ManyToMany && pairs.is_empty() {
        // Its columns could not be built; that has been reported.
        break_relation(drafts, index, field, kind);
        return;
    }
    let target = drafts[target].model.id;
    let draft = &mut drafts[index];
    if !claim(draft, &field.name.value, "relation", field.name.at, problems) {
        return;
    }
    let (graphql_name, hidden) = field.graphql();
    let relation = Relation {
        id: next_id(draft),
        name: field.name.value.clone(),
        kind,
        target,
        pairs,
        through: None,
        null: kind != RelationKind::ManyToMany && field.flag("null") == Some(true),
        on_delete: field.on_delete(),
        enforced: field.flag("db_constraint").unwrap_or(true),
        inverse: None,
        help_text: field.text("help_text").map(str::to_owned),
        graphql_name,
        hidden,
        origin: origin(field.name.at, problems),
    };
    for id in &columns {
        draft.model.fields[id.0 as usize].relation = Some(relation.id);
    }
    push(draft, relation);
}

/// Marks both ends of a relation that could not be built, so that nothing calls them unknown.
fn break_relation(drafts: &mut [Draft], index: usize, field: &FieldDeclaration, kind: RelationKind) {
    let (reverse, _) = reverse_name(field, kind, &drafts[index].model.name);
    if let Some(target) = target_of(drafts, index, field) {
        let end = drafts[target].concrete;
        drafts[end].declaration.broken.insert(reverse);
    }
    drafts[index].declaration.broken.insert(field.name.value.clone());
}

fn next_id(draft: &Draft) -> RelationId {
    RelationId(u32::try_from(draft.model.relations.len()).unwrap_or(u32::MAX))
}

fn push(draft: &mut Draft, relation: Relation) {
    draft.model.names.insert(relation.name.clone(), Member::Relation(relation.id));
    draft.model.relations.push(relation);
}

fn forward<'d>(draft: &'d Draft, name: &str) -> Option<&'d Relation> {
    match draft.model.member(name)? {
        Member::Relation(id) => Some(draft.model.relation(id)),
        Member::Field(_) => None,
    }
}

fn add_throughs(drafts: &mut [Draft], index: usize, problems: &mut Problems) {
    for field in drafts[index].declaration.fields.clone().iter().filter(|field| field.is_many_to_many()) {
        let Some(Member::Relation(id)) = drafts[index].model.member(&field.name.value) else { continue };
        check_many_to_many(drafts, index, field, problems);
        let through = through_of(drafts, index, field, problems);
        if through.is_none() {
            break_relation(drafts, index, field, RelationKind::ManyToMany);
        }
        drafts[index].model.relations[id.0 as usize].through = through;
    }
}

fn check_many_to_many(drafts: &[Draft], index: usize, field: &FieldDeclaration, problems: &mut Problems) {
    let conflict = |option: &str, message: &str, remedy: &str| {
        Problem::new(Code::OptionConflict, field.place(option), message).help(remedy)
    };
    let to_self = target_of(drafts, index, field) == Some(index);
    if field.setting("through").is_some() {
        for option in ["table", "db_constraint"].into_iter().filter(|option| field.setting(option).is_some())
        {
            problems.add(conflict(
                option,
                &format!("`{option}` is for a many_to_many without `through`"),
                "say it on the link model",
            ));
        }
    } else if field.setting("through_fields").is_some() {
        problems.add(conflict("through_fields", "`through_fields` needs `through`", "name the link model"));
    }
    if field.flag("symmetrical") == Some(true) && !to_self {
        problems.add(conflict(
            "symmetrical",
            "only a many_to_many to \"self\" can be symmetrical",
            "take it away",
        ));
    }
}

/// Whether a many-to-many to the model itself holds in both directions; then it is its own reverse end.
fn is_symmetrical(drafts: &[Draft], index: usize, field: &FieldDeclaration) -> bool {
    target_of(drafts, index, field) == Some(index) && field.flag("symmetrical").unwrap_or(true)
}

fn through_of(
    drafts: &[Draft],
    index: usize,
    field: &FieldDeclaration,
    problems: &mut Problems,
) -> Option<Through> {
    let target = target_of(drafts, index, field)?;
    let (link, source_name, target_name) = match field.text("through") {
        None => {
            let of = Some((index, field.name.value.clone()));
            let link = drafts.iter().position(|draft| draft.declaration.link_of == of)?;
            let (source, target) = ends(drafts, index, target);
            (link, source, target)
        }
        Some(name) => {
            let link = draft_named(drafts, name)?;
            let (source, target) = explicit_ends(drafts, index, target, link, field, problems)?;
            (link, source, target)
        }
    };
    let draft = &drafts[drafts[link].concrete];
    let source = forward(draft, &source_name)?;
    let target = forward(draft, &target_name)?;
    Some(Through {
        model: drafts[link].model.id,
        source: source.pairs.iter().map(|(link, here)| (*here, *link)).collect(),
        target: target.pairs.clone(),
    })
}

/// The names of the link model's relations to both ends.
fn explicit_ends(
    drafts: &[Draft],
    index: usize,
    target: usize,
    link: usize,
    field: &FieldDeclaration,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let link = &drafts[drafts[link].concrete];
    let references = |end: usize| -> Vec<&str> {
        link.model
            .relations
            .iter()
            .filter(|relation| {
                matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne)
                    && drafts[relation.target.0 as usize].concrete == drafts[end].concrete
            })
            .map(|relation| relation.name.as_str())
            .collect()
    };
    if let Some(names) = field.names("through_fields") {
        return given_ends(drafts, link, (index, target), names, &references, field, problems);
    }
    let mut found = Vec::new();
    for end in [index, target] {
        let name = &drafts[end].model.name;
        let candidates = references(end);
        let wanted = if index == target { 2 } else { 1 };
        if candidates.len() < wanted {
            // A reference that could not be read is not missing.
            if link.declaration.broken.is_empty() {
                let count = if wanted == 2 { "two foreign keys" } else { "a foreign key" };
                problems.add(
                    Problem::new(
                        Code::BadThrough,
                        field.place("through"),
                        format!("the link model `{}` lacks {count} to `{name}`", link.model.name),
                    )
                    .also(link.declaration.name.at, "the link model")
                    .help(format!(
                        "add {} = {{ type = \"foreign_key\", to = \"{name}\", on_delete = \"cascade\" }}",
                        name.to_lowercase()
                    )),
                );
            }
            return None;
        }
        if candidates.len() > wanted {
            problems.add(
                Problem::new(
                    Code::AmbiguousThrough,
                    field.place("through"),
                    format!(
                        "the link model `{}` has several foreign keys to `{name}`: {}",
                        link.model.name,
                        candidates.join(", ")
                    ),
                )
                .also(link.declaration.name.at, "the link model")
                .help("say which two: through_fields = [\"<to this model>\", \"<to the other>\"]"),
            );
            return None;
        }
        // Of a link from a model to itself the first foreign key is this end, the second the other.
        if let ([source, other], 2) = (candidates.as_slice(), wanted) {
            return Some(((*source).to_owned(), (*other).to_owned()));
        }
        found.extend(candidates.first().map(|name| (*name).to_owned()));
    }
    let mut found = found.into_iter();
    Some((found.next()?, found.next()?))
}

fn given_ends<'d>(
    drafts: &[Draft],
    link: &'d Draft,
    (index, target): (usize, usize),
    names: &[At<String>],
    references: &dyn Fn(usize) -> Vec<&'d str>,
    field: &FieldDeclaration,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let [source, other] = names else {
        problems.add(
            Problem::new(
                Code::BadThrough,
                field.place("through_fields"),
                format!("`through_fields` has {} names, not two", names.len()),
            )
            .help("name the link model's foreign key to this model, then that to the other"),
        );
        return None;
    };
    let mut good = true;
    for (name, end) in [(source, index), (other, target)] {
        let known = references(end);
        if !known.contains(&name.value.as_str()) {
            good = false;
            if !link.declaration.broken.contains(&name.value) {
                problems.add(
                    Problem::new(
                        Code::BadThrough,
                        name.at,
                        format!(
                            "`{}.{}` is not a foreign key to `{}`",
                            link.model.name, name.value, drafts[end].model.name
                        ),
                    )
                    .maybe_help(suggest(&name.value, &known, "those are")),
                );
            }
        }
    }
    good.then(|| (source.value.clone(), other.value.clone()))
}

fn claim_annotations(drafts: &mut [Draft], problems: &mut Problems) {
    for draft in drafts.iter_mut().filter(|draft| draft.declaration.proxy.is_none()) {
        for annotation in draft.declaration.annotations.clone() {
            claim(draft, &annotation.name.value, "computed field", annotation.name.at, problems);
        }
    }
}

fn add_reverse(drafts: &mut [Draft], index: usize, field: &FieldDeclaration, problems: &mut Problems) {
    let Some(relation) = forward(&drafts[index], &field.name.value).cloned() else { return };
    let here = &drafts[index].model;
    let (here_id, here_name) = (here.id, here.name.clone());
    let forward_id = relation.id;
    if relation.kind == RelationKind::ManyToMany && is_symmetrical(drafts, index, field) {
        if let Some(at) = field.setting("related_name").map(|(at, _)| at).filter(|_| !hides_reverse(field)) {
            problems.add(
                Problem::new(
                    Code::OptionConflict,
                    at,
                    format!("`{}` holds in both directions, so it has no reverse end to name", relation.name),
                )
                .help("write symmetrical = false, or take `related_name` away"),
            );
        }
        drafts[index].model.relations[forward_id.0 as usize].inverse = Some(forward_id);
        return;
    }
    if hides_reverse(field) || (relation.kind == RelationKind::ManyToMany && relation.through.is_none()) {
        return;
    }
    // The reverse end of a relation to a proxy is on the model with the table, as in Django.
    let end = drafts[relation.target.0 as usize].concrete;
    let (name, at) = reverse_name(field, relation.kind, &here_name);
    let kind = match relation.kind {
        RelationKind::OneToOne => RelationKind::ReverseOneToOne,
        RelationKind::ManyToMany => RelationKind::ManyToMany,
        _ => RelationKind::ReverseForeignKey,
    };
    if !claim_reverse(drafts, end, (&name, at), (&here_name, field), problems) {
        return;
    }
    let draft = &mut drafts[end];
    let id = next_id(draft);
    push(
        draft,
        Relation {
            id,
            name,
            kind,
            target: here_id,
            pairs: relation.pairs.iter().map(|(here, there)| (*there, *here)).collect(),
            through: relation.through.as_ref().map(turned),
            null: kind == RelationKind::ReverseOneToOne,
            on_delete: None,
            enforced: relation.enforced,
            inverse: Some(forward_id),
            help_text: None,
            graphql_name: None,
            hidden: relation.hidden,
            origin: relation.origin.clone(),
        },
    );
    drafts[index].model.relations[forward_id.0 as usize].inverse = Some(id);
}

fn turned(through: &Through) -> Through {
    let swap = |pairs: &[(FieldId, FieldId)]| pairs.iter().map(|(a, b)| (*b, *a)).collect();
    Through { model: through.model, source: swap(&through.target), target: swap(&through.source) }
}

fn hides_reverse(field: &FieldDeclaration) -> bool {
    field.text("related_name").is_some_and(|name| name.ends_with('+'))
}

fn reverse_name(field: &FieldDeclaration, kind: RelationKind, model: &str) -> (String, Place) {
    let place = field.place("related_name");
    let name = match (field.text("related_name"), kind) {
        (Some(name), _) => name.to_owned(),
        (None, RelationKind::OneToOne) => model.to_lowercase(),
        (None, _) => format!("{}_set", model.to_lowercase()),
    };
    (name, place)
}

/// Takes the name of a reverse end, or reports what has it (Django's fields.E302 to E305).
fn claim_reverse(
    drafts: &mut [Draft],
    end: usize,
    (name, at): (&str, Place),
    (model, field): (&str, &FieldDeclaration),
    problems: &mut Problems,
) -> bool {
    let draft = &mut drafts[end];
    if field.text("related_name").is_some() {
        super::names::check_member_name(&At::new(name.to_owned(), at), "reverse relation", problems);
    }
    if draft.declaration.broken.contains(name) {
        return false;
    }
    match draft.claims.get(name) {
        None => {
            draft.claims.insert(name.to_owned(), ("reverse relation", at));
            true
        }
        Some((what, place)) => {
            let remedy = if field.text("related_name").is_some() {
                "give it another `related_name`, or \"+\" for no reverse relation"
            } else {
                "the name is made from the model's; give it a `related_name`, or \"+\" for no reverse relation"
            };
            problems.add(
                Problem::new(
                    Code::ReverseClash,
                    at,
                    format!(
                        "the reverse relation of `{model}.{}` would be `{}.{name}`, which is a {what} already",
                        field.name.value, draft.model.name
                    ),
                )
                .label(format!("would be `{}.{name}`", draft.model.name))
                .also(*place, format!("this is `{}.{name}`", draft.model.name))
                .help(remedy),
            );
            false
        }
    }
}

/// A proxy has the columns and relations of its model, with the same ids.
fn complete_proxies(drafts: &mut [Draft], problems: &mut Problems) {
    for index in 0..drafts.len() {
        let concrete = drafts[index].concrete;
        if concrete == index {
            continue;
        }
        let base = &drafts[concrete];
        let (model, claims, columns) = (base.model.clone(), base.claims.clone(), base.columns.clone());
        let inherited: Vec<_> =
            base.declaration.annotations.iter().map(|annotation| annotation.name.value.clone()).collect();
        let draft = &mut drafts[index];
        draft.model.fields = model.fields;
        draft.model.relations = model.relations;
        draft.model.primary_key = model.primary_key;
        draft.model.names = model.names;
        draft.columns = columns;
        draft.claims = claims;
        for annotation in draft.declaration.annotations.clone() {
            // Its own version of an annotation of its model is no clash.
            if !inherited.contains(&annotation.name.value) {
                claim(draft, &annotation.name.value, "computed field", annotation.name.at, problems);
            }
        }
    }
}
