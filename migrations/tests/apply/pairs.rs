//! Pairs of model files, written by hand: the tables of the one become those of the other and back, with rows in them.

use crate::bed::{Said, bed, there_and_back};
use nuages_models::database::Dialect;

struct Pair {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    said: Said,
}

const ITEM: &str = r#"
[Item.fields]
name = { type = "char", max_length = 20 }
count = { type = "integer" }
"#;

const AUTHORS: &str = r#"
[Author.fields]
name = { type = "char", max_length = 20, unique = true }
[Book]
unique_together = [["title", "author"]]
[Book.fields]
title = { type = "char", max_length = 20 }
pages = { type = "positive_integer" }
author = { type = "foreign_key", to = "Author", on_delete = "cascade", related_name = "books" }
[[Book.indexes]]
name = "book_pages"
fields = ["-pages"]
[[Book.indexes]]
name = "book_lower"
expressions = ["lower(title)"]
where = "pages > 0"
[[Book.constraints]]
name = "book_short"
check = "pages < 10000"
"#;

fn pair(name: &'static str, from: &'static str, to: String) -> Pair {
    Pair { name, from, to: String::leak(to), said: Said::default() }
}

/// A field of `Item` besides its name, before and after.
fn field(name: &'static str, from: &str, to: &str) -> Pair {
    let text = |field: &str| {
        let field = if field.is_empty() { String::new() } else { format!("changed = {field}\n") };
        String::leak(format!("[Item.fields]\nname = {{ type = \"char\", max_length = 20 }}\n{field}"))
            as &'static str
    };
    Pair { name, from: text(from), to: text(to), said: Said::default() }
}

fn renamed(
    name: &'static str,
    from: &'static str,
    to: String,
    fields: Vec<(&'static str, &'static str, &'static str)>,
) -> Pair {
    Pair { said: Said { models: Vec::new(), fields }, ..pair(name, from, to) }
}

fn models(
    name: &'static str,
    from: &'static str,
    to: String,
    models: Vec<(&'static str, &'static str)>,
) -> Pair {
    Pair { said: Said { models, fields: Vec::new() }, ..pair(name, from, to) }
}

fn fields() -> Vec<Pair> {
    let int = r#"{ type = "integer" }"#;
    let null = r#"{ type = "integer", null = true }"#;
    let char20 = r#"{ type = "char", max_length = 20 }"#;
    vec![
        field("a nullable field comes", "", null),
        field("a field with a fill comes", "", int),
        field("a text with a fill comes", "", char20),
        field("a unique nullable field comes", "", r#"{ type = "integer", null = true, unique = true }"#),
        field("a field with a database default comes", "", r#"{ type = "integer", db_default = "7" }"#),
        field("a field with a computed default comes", "", r#"{ type = "datetime", db_default = "now()" }"#),
        field(
            "a generated field comes",
            "",
            r#"{ type = "generated", expr = "upper(name)", output = "text" }"#,
        ),
        field("a boolean comes", "", r#"{ type = "boolean" }"#),
        field("a json field comes", "", r#"{ type = "json" }"#),
        field("a uuid comes", "", r#"{ type = "uuid", null = true }"#),
        field("a decimal comes", "", r#"{ type = "decimal", max_digits = 8, decimal_places = 2 }"#),
        field("null becomes not null", null, int),
        field("integer to big", int, r#"{ type = "big_integer" }"#),
        field("integer to small", int, r#"{ type = "small_integer" }"#),
        field("integer to positive", int, r#"{ type = "positive_integer" }"#),
        field("integer to text", int, char20),
        field("integer to float", int, r#"{ type = "float" }"#),
        field("integer to decimal", int, r#"{ type = "decimal", max_digits = 8, decimal_places = 2 }"#),
        field(
            "integer to large decimal",
            int,
            r#"{ type = "decimal", max_digits = 28, decimal_places = 2 }"#,
        ),
        field(
            "decimal to more places",
            r#"{ type = "decimal", max_digits = 8, decimal_places = 2 }"#,
            r#"{ type = "decimal", max_digits = 12, decimal_places = 4 }"#,
        ),
        field(
            "decimal to more digits",
            r#"{ type = "decimal", max_digits = 8, decimal_places = 2 }"#,
            r#"{ type = "decimal", max_digits = 30, decimal_places = 2 }"#,
        ),
        field("decimal to text", r#"{ type = "decimal", max_digits = 8, decimal_places = 0 }"#, char20),
        field(
            "large decimal to text",
            r#"{ type = "decimal", max_digits = 28, decimal_places = 0 }"#,
            char20,
        ),
        field("float to text", r#"{ type = "float" }"#, char20),
        field("text longer", char20, r#"{ type = "char", max_length = 40 }"#),
        field("text without bound", char20, r#"{ type = "text" }"#),
        field("date to datetime", r#"{ type = "date" }"#, r#"{ type = "datetime" }"#),
        field("date to text", r#"{ type = "date" }"#, char20),
        field("datetime to text", r#"{ type = "datetime" }"#, r#"{ type = "char", max_length = 40 }"#),
        field("time to text", r#"{ type = "time" }"#, char20),
        field("uuid to text", r#"{ type = "uuid" }"#, r#"{ type = "char", max_length = 40 }"#),
        field("json to text", r#"{ type = "json" }"#, r#"{ type = "text" }"#),
        field("unique comes", int, r#"{ type = "integer", unique = true }"#),
        field(
            "default changes",
            r#"{ type = "integer", db_default = "7" }"#,
            r#"{ type = "integer", db_default = "8" }"#,
        ),
        field("default goes", r#"{ type = "integer", db_default = "7" }"#, int),
        field(
            "default and type change",
            r#"{ type = "integer", db_default = "7" }"#,
            r#"{ type = "big_integer", db_default = "9" }"#,
        ),
        field("default goes with the type", r#"{ type = "char", max_length = 9, db_default = "'7'" }"#, int),
        field(
            "generated changes",
            r#"{ type = "generated", expr = "upper(name)", output = "text" }"#,
            r#"{ type = "generated", expr = "lower(name)", output = "text" }"#,
        ),
        field(
            "generated becomes a column",
            r#"{ type = "generated", expr = "upper(name)", output = "text" }"#,
            r#"{ type = "text" }"#,
        ),
        field("type and null", int, r#"{ type = "char", max_length = 20, null = true }"#),
        field("type and unique", int, r#"{ type = "char", max_length = 20, unique = true }"#),
        field("a comment comes", int, r#"{ type = "integer", db_comment = "it's one" }"#),
        field("the column has another name", int, r#"{ type = "integer", column = "other" }"#),
        field(
            "the checked column has another name",
            r#"{ type = "positive_integer" }"#,
            r#"{ type = "positive_integer", column = "other" }"#,
        ),
    ]
}

fn tables() -> Vec<Pair> {
    let author = "[Author.fields]\nname = { type = \"char\", max_length = 20, unique = true }\n";
    vec![
        pair("nothing changes", AUTHORS, AUTHORS.to_owned()),
        pair("a model comes", ITEM, format!("{ITEM}{AUTHORS}")),
        pair("a model with a self reference comes", ITEM, format!("{ITEM}[Branch.fields]\nparent = {{ type = \"foreign_key\", to = \"self\", null = true, on_delete = \"cascade\", related_name = \"children\" }}\n")),
        pair("models that refer to each other come", ITEM, format!("{ITEM}{CIRCLE}")),
        pair("a table has another name", ITEM, format!("[Item]\ntable = \"things\"\n{ITEM}")),
        pair("a table with all kinds of things has another name", AUTHORS, AUTHORS.replace("[Book]", "[Book]\ntable = \"volumes\"")),
        pair("the table that others refer to has another name", AUTHORS, AUTHORS.replacen("[Author.fields]", "[Author]\ntable = \"people\"\n[Author.fields]", 1)),
        pair("a table has a comment", ITEM, format!("[Item]\ndb_comment = \"Things\"\n{ITEM}")),
        pair("an index changes", AUTHORS, AUTHORS.replace("[\"-pages\"]", "[\"pages\", \"title\"]")),
        pair("an index has another name", AUTHORS, AUTHORS.replace("book_pages", "book_by_pages")),
        pair("an index carries more", AUTHORS, AUTHORS.replace("fields = [\"-pages\"]", "fields = [\"-pages\"]\ninclude = [\"title\"]")),
        pair("a condition changes", AUTHORS, AUTHORS.replace("pages > 0", "pages > 1")),
        pair("an expression changes", AUTHORS, AUTHORS.replace("lower(title)", "upper(title)")),
        pair("a check changes", AUTHORS, AUTHORS.replace("pages < 10000", "pages < 20000")),
        pair("a check has another name", AUTHORS, AUTHORS.replace("book_short", "book_not_long")),
        pair("unique together goes", AUTHORS, AUTHORS.replace("unique_together = [[\"title\", \"author\"]]", "")),
        pair("unique together changes", AUTHORS, AUTHORS.replace("[[\"title\", \"author\"]]", "[[\"author\", \"pages\"]]")),
        pair("a conditional unique constraint comes", AUTHORS, format!("{AUTHORS}[[Book.constraints]]\nname = \"once\"\nunique = [\"title\"]\nwhere = \"pages > 1\"\n")),
        pair("a foreign key goes", AUTHORS, AUTHORS.replace("author = {", "writer = {").replace("[\"title\", \"author\"]", "[\"title\", \"pages\"]").replace("on_delete = \"cascade\"", "on_delete = \"cascade\", null = true")),
        pair("a foreign key is not enforced", AUTHORS, AUTHORS.replace("on_delete = \"cascade\"", "on_delete = \"cascade\", db_constraint = false")),
        pair("a foreign key becomes one to one", AUTHORS, AUTHORS.replace("type = \"foreign_key\"", "type = \"one_to_one\"").replace("related_name = \"books\"", "related_name = \"book\"")),
        pair("the key of a referred table grows", String::leak(AUTHORS.replace("name = { type = \"char\", max_length = 20, unique = true }", "id = { type = \"auto\", primary_key = true }\nname = { type = \"char\", max_length = 20, unique = true }")), AUTHORS.to_owned()),
        pair("the last reference goes before its table", AUTHORS, author.replace("Author", "Writer")),
        pair("many to many comes", AUTHORS, AUTHORS.replace("pages = {", "readers = { type = \"many_to_many\", to = \"Author\", related_name = \"read\" }\npages = {")),
        models("a model has another name", AUTHORS, AUTHORS.replace("Book", "Volume").replace("book_", "volume_"), vec![("Book", "Volume")]),
        models("a referred model has another name", AUTHORS, AUTHORS.replace("Author", "Writer"), vec![("Author", "Writer")]),
        models("many to many with renamed ends", MANY, MANY.replace("Tag", "Label").replace("Note", "Memo"), vec![("Tag", "Label"), ("Note", "Memo")]),
        renamed("a field has another name", AUTHORS, AUTHORS.replace("title", "headline"), vec![("Book", "title", "headline")]),
        renamed("a checked field has another name", AUTHORS, AUTHORS.replace("pages", "leaves").replace("book_leaves", "book_pages"), vec![("Book", "pages", "leaves")]),
        renamed("a unique field has another name", AUTHORS, AUTHORS.replacen("name = { type", "called = { type", 1), vec![("Author", "name", "called")]),
        renamed("a foreign key has another name", AUTHORS, AUTHORS.replace("author =", "writer =").replace("\"author\"", "\"writer\""), vec![("Book", "author", "writer")]),
        renamed("the key has another name", KEYED, KEYED.replace("code =", "sku ="), vec![("Part", "code", "sku")]),
        renamed("a many to many field has another name", MANY, MANY.replace("tags =", "labels ="), vec![("Note", "tags", "labels")]),
        renamed("fields change places", "[Item.fields]\na = { type = \"positive_integer\" }\nb = { type = \"positive_integer\" }\n", "[Item.fields]\nb = { type = \"positive_integer\" }\na = { type = \"positive_integer\" }\n".to_owned(), vec![("Item", "a", "b"), ("Item", "b", "a")]),
        pair("a composite key grows", COMPOSITE, COMPOSITE.replace("[\"a\", \"b\"]", "[\"a\", \"b\", \"c\"]")),
        pair("a composite key becomes a number", COMPOSITE, COMPOSITE.replace("primary_key = [\"a\", \"b\"]\n", "")),
        pair("all at once", AUTHORS, AUTHORS
            .replace("title = { type = \"char\", max_length = 20 }", "title = { type = \"text\", db_comment = \"x\" }\nrank = { type = \"float\", null = true }")
            .replace("positive_integer", "integer").replace("book_short", "book_limit").replace("max_length = 20, unique = true", "max_length = 50")),
    ]
}

const CIRCLE: &str = r#"
[Left.fields]
right = { type = "foreign_key", to = "Right", null = true, on_delete = "set_null", related_name = "lefts" }
[Right.fields]
left = { type = "foreign_key", to = "Left", null = true, on_delete = "set_null", related_name = "rights" }
"#;

const MANY: &str = r#"
[Tag.fields]
name = { type = "char", max_length = 20 }
[Note.fields]
text = { type = "text" }
tags = { type = "many_to_many", to = "Tag", related_name = "notes" }
"#;

const KEYED: &str = r#"
[Part.fields]
code = { type = "char", max_length = 20, primary_key = true }
name = { type = "text" }
[Use.fields]
part = { type = "foreign_key", to = "Part", on_delete = "cascade", related_name = "uses" }
"#;

const COMPOSITE: &str = r#"
[Pair]
primary_key = ["a", "b"]
[Pair.fields]
a = { type = "integer" }
b = { type = "integer" }
c = { type = "integer" }
"#;

/// Runs every pair, and tells all that fail.
async fn all(dialect: Dialect, pairs: Vec<Pair>) {
    let mut beds = vec![bed(dialect).await];
    let mut failed = Vec::new();
    for Pair { name, from, to, said } in pairs {
        let mut bed = match beds.pop() {
            Some(bed) => bed,
            None => bed(dialect).await,
        };
        let run = tokio::spawn(async move {
            there_and_back(&mut bed, name, from, to, &said).await;
            bed
        });
        match run.await {
            Ok(bed) => beds.push(bed),
            Err(_) => failed.push(name),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_on_sqlite() {
    all(Dialect::Sqlite, fields()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_on_postgres() {
    all(Dialect::Postgres, fields()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_on_sqlite() {
    all(Dialect::Sqlite, tables()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_on_postgres() {
    all(Dialect::Postgres, tables()).await;
}
