//! States of model files, and what operations do to them.

use crate::models::{after, files, state};
use nuages_migrations::{ModelName, Operation, Renames};
use nuages_models::define::FieldDefinition;

const BLOG: &str = r#"
[User.fields]
name = { type = "char", max_length = 60, unique = true }

[Tag]
primary_key = ["name"]
[Tag.fields]
name = { type = "slug" }

[Post]
unique_together = [["author_id", "title"]]
[Post.fields]
title = { type = "char", max_length = 200, help_text = "What it is about" }
author = { type = "foreign_key", to = "User", on_delete = "cascade", related_name = "posts" }
tags = { type = "many_to_many", to = "Tag" }
price = { type = "decimal", max_digits = 6, decimal_places = 2, default = 1.5 }
shout = { type = "generated", expr = "upper( title )" }
[[Post.indexes]]
fields = ["author", "-title"]
where = "price>0"
[[Post.constraints]]
name = "cheap"
check = "price<1000 and title<>''"
"#;

fn post() -> ModelName {
    ModelName { app: "blog".to_owned(), name: "Post".to_owned() }
}

#[test]
fn a_state_survives_its_own_text() {
    let state = state(BLOG);
    assert_eq!(state.canonical().unwrap(), state);
    let post = &state.models["Post"];
    assert_eq!(post.fields["id"], FieldDefinition::implicit_id());
    assert_eq!(post.fields["price"].options["default"], "1.50");
    assert_eq!(post.unique_together, [["author", "title"]]);
    assert!(
        state.models["Tag"].primary_key.is_empty() && state.models["Tag"].fields["name"].is("primary_key")
    );
    for example in ["blog", "chinook", "pagila"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example);
        let files = nuages_models::define::read_project(&folder).unwrap();
        let (state, _) = nuages_migrations::ProjectState::from_files(&files).unwrap();
        assert_eq!(state.canonical().unwrap(), state, "{example}");
        state.registry().unwrap();
    }
}

#[test]
fn another_spelling_is_the_same_state() {
    let plain = "[Post.fields]\ntitle = { type = 'char', max_length = 50 }\nslug = { type = 'slug' }";
    let others = [
        // Other order, words that say nothing, what does not touch the table.
        "[Post]\ntable = 'blog_post'\nmanaged = true\nordering = ['-title']\ndisplay = 'title'\n[Post.fields]\n\
         slug = { type = 'slug', max_length = 50, null = false }\n\
         title = { type = 'char', max_length = 50, column = 'title', help_text = 'T', editable = false }",
        // The implicit key written out; a base.
        "[Base]\nabstract = true\n[Base.fields]\nid = { type = 'big_auto', primary_key = true }\n\
         [Post]\nextends = ['Base']\n[Post.fields]\n\
         title = { type = 'char', max_length = 50, graphql = false }\nslug = { type = 'slug', index = false }\n\
         [Post.annotations]\nlong = 'length(title) > 40'\n[Post.managers]\nshort = { filter = 'length(title) < 5' }",
    ];
    for other in others {
        assert_eq!(state(plain), state(other), "{other}");
    }
}

#[test]
fn what_refers_to_a_name_follows_it() {
    let before = state(BLOG);
    let operations = [
        Operation::RenameField { model: post(), name: "title".to_owned(), to: "headline".to_owned() },
        Operation::RenameField { model: post(), name: "author".to_owned(), to: "writer".to_owned() },
        Operation::RenameModel {
            model: ModelName { app: "blog".to_owned(), name: "User".to_owned() },
            to: ModelName { app: "blog".to_owned(), name: "Person".to_owned() },
        },
    ];
    let after = after(&before, &operations);
    let mut expected = state(
        &BLOG
            .replace("title", "headline")
            .replace("author", "writer")
            .replace("User", "Person")
            .replace("[[Post.indexes]]", "[[Post.indexes]]\nname = 'blog_post_author_id_title_idx'"),
    );
    assert_eq!(after, expected);
    expected.models.shift_remove("Tag");
    assert_ne!(after, expected);
}

#[test]
fn tables_and_columns_that_are_renamed() {
    let before = files(&[
        ("blog", BLOG),
        (
            "shop",
            "[Pair]\nprimary_key = ['a', 'b']\n[Pair.fields]\na = { type = 'integer' }\nb = { type = 'integer' }\n\
                  [Use.fields]\npair = { type = 'foreign_key', to = 'Pair', on_delete = 'cascade' }",
        ),
    ]);
    let renamed = |operation: Operation| -> Renames {
        let after = after(&before, std::slice::from_ref(&operation));
        operation.renames(&before.registry().unwrap(), &after.registry().unwrap())
    };
    let name = |app: &str, name: &str| ModelName { app: app.to_owned(), name: name.to_owned() };
    let column = |table: &str, old: &str, new: &str| (table.to_owned(), old.to_owned(), new.to_owned());

    let model = renamed(Operation::RenameModel { model: post(), to: name("news", "Story") });
    let tables = [("blog_post", "news_story"), ("blog_post_tags", "news_story_tags")];
    assert_eq!(model.tables, tables.map(|(old, new)| (old.to_owned(), new.to_owned())));
    assert_eq!(model.columns, [column("news_story_tags", "post_id", "story_id")]);

    let target = renamed(Operation::RenameModel { model: name("blog", "Tag"), to: name("blog", "Label") });
    assert_eq!(target.columns, [column("blog_post_tags", "tag_id", "label_id")]);

    let field =
        renamed(Operation::RenameField { model: post(), name: "author".to_owned(), to: "writer".to_owned() });
    assert_eq!(field.columns, [column("blog_post", "author_id", "writer_id")]);

    let links =
        renamed(Operation::RenameField { model: post(), name: "tags".to_owned(), to: "labels".to_owned() });
    assert_eq!(links.tables, [("blog_post_tags".to_owned(), "blog_post_labels".to_owned())]);

    // The columns of a reference to several fields have their names.
    let key = renamed(Operation::RenameField {
        model: name("shop", "Pair"),
        name: "a".to_owned(),
        to: "first".to_owned(),
    });
    assert_eq!(key.columns, [column("shop_pair", "a", "first"), column("shop_use", "pair_a", "pair_first")]);

    let mut field = before.models["Post"].fields["title"].clone();
    field.options.insert("column".to_owned(), "t".into());
    let altered =
        renamed(Operation::AlterField { model: post(), name: "title".to_owned(), field, fill: None });
    assert_eq!(altered.columns, [column("blog_post", "title", "t")]);
}
