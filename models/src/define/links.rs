//! Link models: a many-to-many field without `through` gets one, with Django's names.

use super::declare::ModelDeclaration;
use super::declare_field::{FieldDeclaration, Setting};
use super::errors::{Code, Problem, Problems};
use super::inherit::{Draft, draft, draft_named};
use super::kinds::FieldKind;
use super::names;
use super::tree::{At, Place};
use crate::registry::OnDelete;
use std::borrow::Cow;
use std::collections::HashMap;

/// Appends the link models, then checks that no two models have one table.
///
/// The link of `Post.tags` is `Post_tags` with table `blog_post_tags` and the fields `id`, `post_id` and `tag_id`;
/// of a many-to-many to `self` they are `from_post_id` and `to_post_id`.
pub(super) fn add_link_models(drafts: &mut Vec<Draft>, problems: &mut Problems) {
    for index in 0..drafts.len() {
        for field in drafts[index].declaration.fields.clone() {
            if field.is_many_to_many()
                && field.setting("through").is_none()
                && let Some(target) = target_of(drafts, index, &field)
            {
                let link = link_model(drafts, index, &field, target);
                let position = drafts.len();
                drafts.push(draft(link, position, problems));
            }
        }
    }
    check_tables(drafts, problems);
}

/// Index of the draft that a relation leads to; `self` is the model itself.
pub(super) fn target_of(drafts: &[Draft], index: usize, field: &FieldDeclaration) -> Option<usize> {
    match field.text("to")? {
        "self" => Some(index),
        name => draft_named(drafts, name),
    }
}

fn link_model(drafts: &[Draft], index: usize, field: &FieldDeclaration, target: usize) -> ModelDeclaration {
    let at = field.name.at;
    let (here, there) = (&drafts[index], &drafts[target]);
    let name = format!("{}_{}", here.model.name, field.name.value);
    let mut link = ModelDeclaration::new(At::new(name, at), here.model.app.clone());
    // Django creates the link table when it creates either end.
    link.managed = Some(here.model.managed || there.model.managed);
    link.table = Some(match field.text("table") {
        Some(table) => At::new(table.to_owned(), field.place("table")),
        None => At::new(names::derived(&[&here.model.table, &field.name.value], ""), at),
    });
    link.link_of = Some((index, field.name.value.clone()));
    let (from, to) = ends(drafts, index, target);
    let enforced = field.flag("db_constraint");
    for (end, model) in [(&from, here), (&to, there)] {
        link.fields.extend(reference(end, &model.model.name, at, enforced));
    }
    let group = [from, to].map(|end| At::new(end, at)).to_vec();
    link.unique_together = vec![At::new(group, at)];
    link
}

/// The names of an implicit link's two relations.
pub(super) fn ends(drafts: &[Draft], index: usize, target: usize) -> (String, String) {
    let from = drafts[index].model.name.to_lowercase();
    let to = drafts[target].model.name.to_lowercase();
    if from == to { (format!("from_{from}"), format!("to_{to}")) } else { (from, to) }
}

fn reference(name: &str, target: &str, at: Place, enforced: Option<bool>) -> Option<FieldDeclaration> {
    let mut settings = vec![
        ("to", at, Setting::Text(target.to_owned())),
        ("on_delete", at, Setting::OnDelete(OnDelete::Cascade)),
        ("related_name", at, Setting::Text("+".to_owned())),
    ];
    settings.extend(enforced.map(|flag| ("db_constraint", at, Setting::Flag(flag))));
    let kind = FieldKind::named("foreign_key")?;
    Some(FieldDeclaration::new(At::new(name.to_owned(), at), Cow::Borrowed(kind), settings))
}

fn check_tables(drafts: &[Draft], problems: &mut Problems) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        // A proxy shares its model's table on purpose; a failed one has been reported.
        if draft.declaration.proxy.is_some() {
            continue;
        }
        let Some(other) = first.get(draft.model.table.as_str()) else {
            first.insert(&draft.model.table, index);
            continue;
        };
        let place = |draft: &Draft| {
            draft.declaration.table.as_ref().map_or(draft.declaration.name.at, |table| table.at)
        };
        let other = &drafts[*other];
        problems.add(
            Problem::new(
                Code::DuplicateTable,
                place(draft),
                format!(
                    "`{}` and `{}` have the same table `{}`",
                    other.model.name, draft.model.name, draft.model.table
                ),
            )
            .label("second")
            .also(place(other), "first")
            .help("give one of them another `table`, or make it a proxy of the other"),
        );
    }
}
