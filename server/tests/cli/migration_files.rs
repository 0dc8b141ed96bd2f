//! The commands that write migration files.

use crate::{run, text};
use std::fs;
use std::path::Path;

/// A project whose models are in `models/blog.toml`.
fn project(models: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    write(folder.path(), models);
    folder
}

fn write(folder: &Path, models: &str) {
    fs::write(folder.join("models/blog.toml"), models).unwrap();
}

/// What a command prints; it must succeed.
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What a command complains of; it must fail.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr)
}

fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.join("migrations")) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const FIRST: &str = "[Post.fields]\ntitle = { type = \"char\", max_length = 60 }\n";

#[test]
fn five_changes_of_the_models_are_five_migrations() {
    let folder = project(FIRST);
    let path = folder.path();
    let missing = run(path, &["makemigrations", "--check"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stdout).contains("+ Create model blog.Post"));
    assert!(ok(path, &["makemigrations", "--dry-run"]).contains("create_model = \"blog.Post\""));
    assert!(files(path).is_empty());

    assert_eq!(
        ok(path, &["makemigrations"]),
        "Wrote migrations/0001_initial.toml\n    + Create model blog.Post\n"
    );
    assert_eq!(ok(path, &["makemigrations"]), "No changes detected\n");
    ok(path, &["makemigrations", "--check"]);

    write(path, &format!("{FIRST}rating = {{ type = \"integer\", null = true }}\n"));
    ok(path, &["makemigrations"]);
    write(
        path,
        "[Post.fields]\ntitle = { type = \"char\", max_length = 60 }\nrating = { type = \"integer\" }\n",
    );
    let complaint = refused(path, &["makemigrations"]);
    assert!(complaint.contains("--fill blog.Post.rating=VALUE"), "{complaint}");
    let complaint = refused(path, &["makemigrations", "--fill", "blog.Post.rating=many"]);
    assert!(complaint.contains("not a value of"), "{complaint}");
    ok(path, &["makemigrations", "--fill", "blog.Post.rating=0"]);

    let renamed = "[Article.fields]\nheadline = { type = \"char\", max_length = 60 }\nrating = { type = \"integer\" }\n";
    write(path, renamed);
    let complaint = refused(path, &["makemigrations"]);
    assert!(complaint.contains("--rename blog.Post=blog.Article"), "{complaint}");
    let complaint = refused(path, &["makemigrations", "--rename", "blog.Post=blog.Article"]);
    assert!(complaint.contains("--rename blog.Article.title=blog.Article.headline"), "{complaint}");
    let complaint = refused(path, &["makemigrations", "--no-renames", "--rename", "blog.Past=blog.Article"]);
    assert!(complaint.contains("decides nothing"), "{complaint}");
    let shown = ok(
        path,
        &[
            "makemigrations",
            "--rename",
            "blog.Post=blog.Article",
            "--rename",
            "blog.Article.title=blog.Article.headline",
        ],
    );
    assert!(shown.contains("~ Rename field title on blog.Article to headline"), "{shown}");
    write(path, "");
    ok(path, &["makemigrations", "--name", "the_end"]);
    assert_eq!(
        files(path),
        [
            "0001_initial.toml",
            "0002_post_rating.toml",
            "0003_alter_post_rating.toml",
            "0004_rename_post_article_rename_title_article_headline.toml",
            "0005_the_end.toml"
        ]
    );
    // They are one, which does nothing at all.
    let shown = ok(path, &["squashmigrations", "0001", "0005"]);
    assert!(shown.contains("6 operations became 0"), "{shown}");
    assert!(files(path).contains(&"0001_squashed_0005_the_end.toml".to_owned()));
    assert_eq!(ok(path, &["makemigrations"]), "No changes detected\n");
}

#[test]
fn two_people_write_a_migration_at_once() {
    let folder = project(FIRST);
    let path = folder.path();
    ok(path, &["makemigrations"]);
    let with = |field: &str| format!("{FIRST}{field} = {{ type = \"integer\", null = true }}\n");
    write(path, &with("one"));
    ok(path, &["makemigrations"]);
    let first = path.join("migrations/0002_post_one.toml");
    let theirs = fs::read_to_string(&first).unwrap();
    fs::remove_file(&first).unwrap();
    write(path, &with("two"));
    ok(path, &["makemigrations"]);
    fs::write(&first, &theirs).unwrap();

    let complaint = refused(path, &["makemigrations"]);
    assert!(
        complaint.contains("0002_post_one and 0002_post_two") && complaint.contains("--merge"),
        "{complaint}"
    );
    let shown = ok(path, &["makemigrations", "--merge"]);
    assert!(shown.contains("0003_merge_0002_post_one_0002_post_two.toml"), "{shown}");
    assert!(refused(path, &["makemigrations", "--merge"]).contains("nothing to merge"));
    write(path, &format!("{}two = {{ type = \"integer\", null = true }}\n", with("one")));
    assert_eq!(ok(path, &["makemigrations"]), "No changes detected\n");

    // The same field twice is none that can be merged.
    fs::write(
        path.join("migrations/0004_a.toml"),
        theirs.replace("post.one", "x").replace("Post.one", "Post.x"),
    )
    .unwrap();
    let other = theirs.replace("Post.one", "Post.x").replace("integer", "text");
    fs::write(path.join("migrations/0004_b.toml"), other).unwrap();
    for name in ["0004_a", "0004_b"] {
        let file = path.join(format!("migrations/{name}.toml"));
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("0001_initial", "0003_merge_0002_post_one_0002_post_two")).unwrap();
    }
    let complaint = refused(path, &["makemigrations", "--merge"]);
    assert!(complaint.contains("has a field `x` already"), "{complaint}");
}

#[test]
fn operations_of_a_migration_are_merged() {
    let folder = project("");
    let path = folder.path();
    assert!(ok(path, &["makemigrations", "--empty", "--name", "mine"]).contains("0001_mine.toml"));
    let file = path.join("migrations/0001_mine.toml");
    let mut written = fs::read_to_string(&file).unwrap();
    written.push_str(
        "[[operations]]\ncreate_model = \"blog.Post\"\n[[operations]]\nadd_field = \"blog.Post.a\"\n\
         field = { type = \"integer\" }\n[[operations]]\nremove_field = \"blog.Post.a\"\n",
    );
    fs::write(&file, written).unwrap();
    assert_eq!(run(path, &["optimizemigration", "0001", "--check"]).status.code(), Some(1));
    let shown = ok(path, &["optimizemigration", ".", "0001"]);
    assert!(shown.contains("3 operations became 1"), "{shown}");
    assert!(ok(path, &["optimizemigration", "0001", "--check"]).contains("no operations that can be merged"));
    let complaint = refused(path, &["optimizemigration", "0002"]);
    assert!(complaint.contains("did you mean `0001_mine`?"), "{complaint}");
    assert!(refused(path, &["squashmigrations", "0001"]).contains("single migration"));
    fs::write(&file, "[[operations]]\nremove_field = \"blog.Post.a\"\n").unwrap();
    let complaint = refused(path, &["makemigrations"]);
    assert!(complaint.contains("0001_mine: Remove field a from blog.Post: there is no model"), "{complaint}");
    fs::write(&file, "[[operations]]\nremove = \"blog.Post.a\"\n").unwrap();
    let complaint = refused(path, &["makemigrations"]);
    assert!(complaint.contains("0001_mine.toml:2:1") && complaint.contains("remove_field"), "{complaint}");
}
