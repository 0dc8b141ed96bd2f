//! Changes that Django's tests name, from the detector to the database: applied with rows, undone, and applied again.

use crate::bed::bed;
use crate::generated::detect_and_apply;
use nuages_models::database::Dialect;

const AUTHOR1: &str = "[Author1.fields]\nname = { type = 'char', max_length = 20 }\n";

fn file(parts: &[&str]) -> String {
    parts.join("\n")
}

/// The name of each, and the model files before and after.
fn changes() -> Vec<(&'static str, String, String)> {
    let book = "[Book2.fields]\ntitle = { type = 'char', max_length = 20 }\n\
        author1 = { type = 'foreign_key', to = 'Author1', on_delete = 'cascade', related_name = 'books' }\n";
    let keyed = "[Part1.fields]\ncode1 = { type = 'integer', primary_key = true }\nname = { type = 'text' }\n\
        [Use2.fields]\npart = { type = 'foreign_key', to = 'Part1', on_delete = 'cascade', related_name = 'uses' }\n\
        also = { type = 'many_to_many', to = 'Part1', related_name = 'also_used' }\n";
    let through = "[Tag1.fields]\nname = { type = 'char', max_length = 20 }\n\
        [Link3]\nunique_together = [['note', 'tag']]\n[Link3.fields]\n\
        note = { type = 'foreign_key', to = 'Note2', on_delete = 'cascade', related_name = 'note_links' }\n\
        tag = { type = 'foreign_key', to = 'Tag1', on_delete = 'cascade', related_name = 'tag_links' }\n\
        [Note2.fields]\ntext = { type = 'text' }\n\
        tags = { type = 'many_to_many', to = 'Tag1', through = 'Link3', related_name = 'notes' }\n";
    let indexed = "[Item1]\nunique_together = [['a', 'b1']]\n[Item1.fields]\na = { type = 'integer' }\nb1 = { type = 'integer' }\n\
        c = { type = 'integer', null = true }\n[[Item1.indexes]]\nname = 'item_b'\nfields = ['b1', '-a']\n\
        [[Item1.constraints]]\nname = 'item_c'\ncheck = 'c > 0'\n\
        [[Item1.constraints]]\nname = 'item_once'\nunique = ['c']\nwhere = 'a > 0'\n";
    let circle = "[Left1]\nunique_together = [['right', 'name']]\n[Left1.fields]\nname = { type = 'slug' }\n\
        right = { type = 'foreign_key', to = 'Right2', null = true, on_delete = 'cascade', related_name = 'lefts' }\n\
        [[Left1.indexes]]\nfields = ['right', '-name']\n\
        [Right2.fields]\nleft = { type = 'foreign_key', to = 'Left1', null = true, on_delete = 'cascade', related_name = 'rights' }\n";
    let both = file(&[AUTHOR1, book]);
    vec![
        ("rename_model", both.clone(), both.replace("Author1", "Writer1")),
        ("rename_field", both.clone(), both.replace("title = ", "headline = ")),
        ("rename_foreign_key", both.clone(), both.replace("author1 = ", "writer1 = ")),
        (
            "rename_field_preserve_db_column",
            both.clone(),
            both.replace("title = { type = 'char'", "headline = { type = 'char', column = 'title'"),
        ),
        ("rename_referenced_primary_key", keyed.to_owned(), keyed.replace("code1", "sku1")),
        ("alter_referenced_primary_key", keyed.to_owned(), keyed.replace("'integer', primary_key", "'big_integer', primary_key")),
        ("rename_m2m_target_model", keyed.to_owned(), keyed.replace("Part1", "Piece1")),
        ("rename_m2m_through_model", through.to_owned(), through.replace("Link3", "Tagging3")),
        ("rename_model_with_m2m", through.to_owned(), through.replace("Note2", "Memo2")),
        ("m2m_w_through_multistep_remove", through.to_owned(), AUTHOR1.replace("Author1", "Tag1")),
        ("foreign_key_removed_before_target_model", both.clone(), "[Book2.fields]\ntitle = { type = 'char', max_length = 20 }\n".to_owned()),
        ("circular_fk_dependency", AUTHOR1.replace("Author1", "Other9"), file(&[&AUTHOR1.replace("Author1", "Other9"), circle])),
        (
            "add_field_and_unique_together",
            both.clone(),
            both.replace("[Book2.fields]", "[Book2]\nunique_together = [['title', 'year']]\n[Book2.fields]\nyear = { type = 'integer', null = true }"),
        ),
        (
            "remove_field_with_remove_index_and_constraint_dependency",
            indexed.to_owned(),
            "[Item1.fields]\na = { type = 'integer' }\n".to_owned(),
        ),
        ("rename_field_with_index_and_constraint", indexed.to_owned(), indexed.replace("b1", "d1").replace("item_d1", "item_b")),
        ("rename_indexes", indexed.to_owned(), indexed.replace("'item_b'", "'item_by_b'")),
        ("constraint_dropped_and_recreated", indexed.to_owned(), indexed.replace("c > 0", "c > -5")),
        (
            "concrete_field_changed_to_many_to_many",
            both.clone(),
            both.replace("title = { type = 'char', max_length = 20 }", "title = { type = 'many_to_many', to = 'Author1', related_name = 'titles' }"),
        ),
        ("foreign_key_to_many_to_many", both.clone(), both.replace("'foreign_key', to = 'Author1', on_delete = 'cascade'", "'many_to_many', to = 'Author1'")),
        (
            "alter_field_to_not_null_with_default",
            indexed.to_owned(),
            indexed.replace("c = { type = 'integer', null = true }", "c = { type = 'integer', default = 7 }").replace("unique = ['c']\nwhere = 'a > 0'", "unique = ['c', 'a']\nwhere = 'a > 0'"),
        ),
        ("add_auto_now", both.clone(), both.replace("title = ", "made = { type = 'datetime', auto_now_add = true }\ntitle = ")),
        ("add_uuid_to_each_row", both.clone(), both.replace("title = ", "code = { type = 'uuid', default = 'uuid', unique = true }\ntitle = ")),
        ("move_to_a_composite_key", indexed.to_owned(), indexed.replace("[Item1]", "[Item1]\nprimary_key = ['a', 'b1']").replace("unique_together = [['a', 'b1']]\n", "")),
        ("a_comment_goes", both.replace("[Author1.fields]", "[Author1]\ndb_comment = 'x'\n[Author1.fields]"), both.clone()),
    ]
}

async fn all(dialect: Dialect) {
    let mut failed = Vec::new();
    let mut beds = vec![bed(dialect).await];
    for (name, from, to) in changes() {
        let mut bed = match beds.pop() {
            Some(bed) => bed,
            None => bed(dialect).await,
        };
        let run = tokio::spawn(async move {
            let outcome = detect_and_apply(&mut bed, &from, &to, name).await;
            (bed, outcome)
        });
        match run.await {
            Ok((bed, outcome)) => {
                beds.push(bed);
                if outcome.told {
                    failed.push(format!("{name} is refused"));
                }
            }
            Err(_) => failed.push(name.to_owned()),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    all(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    all(Dialect::Postgres).await;
}
