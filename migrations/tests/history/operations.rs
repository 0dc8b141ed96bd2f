//! Operations: what does not fit is refused, what can be merged is, and squashing keeps what a migration does. Named as Django's
//! tests of the same behaviour are, where it has them.

use crate::models::{assert_reversible, state};
use nuages_migrations::{
    Fill, History, MigrationFile, ModelName, Operation, ProjectState, RunSql, SquashError, TableChanges,
    UndoRows, UpdateRows, apply_all, optimize, optimized, read, squash,
};
use nuages_models::define::SourceFile;

/// The operations of a migration file, and what they are after merging; without a second list nothing is merged.
#[track_caller]
fn case(given: &str, expected: Option<&str>) {
    let given = operations(given);
    let expected = expected.map_or_else(|| given.clone(), operations);
    assert_eq!(optimize(given), expected);
}

fn operations(text: &str) -> Vec<Operation> {
    migration("0001_a", text).operations
}

/// Each line is an operation.
fn migration(name: &str, text: &str) -> MigrationFile {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let text = format!(
        "dependencies = []\noperations = [{}]",
        lines.map(|line| format!("{{ {line} }},\n")).collect::<String>()
    );
    match read(&[SourceFile { path: format!("{name}.toml"), text }]) {
        Ok(files) => files.into_iter().next().unwrap(),
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

const INTEGER: &str = "field = { type = 'integer' }";

#[test]
fn create_delete_model() {
    case("create_model = 'a.Foo'\ndelete_model = 'a.Foo'", Some(""));
    case("create_model = 'a.Foo'\nalter_table = 'a.Foo', table = 'x'\ndelete_model = 'a.Foo'", Some(""));
    // Another model in between does not matter, one that refers to it does.
    case(
        "create_model = 'a.Foo'\ncreate_model = 'a.Bar'\ndelete_model = 'a.Foo'",
        Some("create_model = 'a.Bar'"),
    );
    let bar = "create_model = 'a.Bar', fields = { foo = { type = 'foreign_key', to = 'Foo', on_delete = 'cascade' } }";
    case(&format!("create_model = 'a.Foo'\n{bar}\ndelete_model = 'a.Foo'"), None);
}

#[test]
fn create_rename_model() {
    case(
        "create_model = 'a.Foo', db_comment = 'x'\nrename_model = 'a.Foo', to = 'a.Bar'",
        Some("create_model = 'a.Bar', db_comment = 'x'"),
    );
    case(
        "rename_model = 'a.Foo', to = 'a.Baz'\nrename_model = 'a.Baz', to = 'a.Bar'",
        Some("rename_model = 'a.Foo', to = 'a.Bar'"),
    );
    case("rename_model = 'a.Foo', to = 'a.Baz'\nrename_model = 'a.Baz', to = 'a.Foo'", Some(""));
}

#[test]
fn create_model_and_fields() {
    let created = |fields: &str| format!("create_model = 'a.Foo', fields = {{ {fields} }}");
    let age = "age = { type = 'integer' }";
    case(&format!("create_model = 'a.Foo'\nadd_field = 'a.Foo.age', {INTEGER}"), Some(&created(age)));
    case(
        &format!("{}\nalter_field = 'a.Foo.age', field = {{ type = 'float' }}", created(age)),
        Some(&created("age = { type = 'float' }")),
    );
    case(
        &format!("{}\nrename_field = 'a.Foo.age', to = 'years'", created(age)),
        Some(&created("years = { type = 'integer' }")),
    );
    case(&format!("{}\nremove_field = 'a.Foo.age'", created(age)), Some("create_model = 'a.Foo'"));
}

#[test]
fn add_field_waits_for_its_target() {
    // The relation may move only behind the model that it refers to.
    let relation = "foo = { type = 'foreign_key', to = 'Bar', on_delete = 'cascade' }";
    case(
        "create_model = 'a.Foo'\ncreate_model = 'a.Bar'\n\
         add_field = 'a.Foo.foo', field = { type = 'foreign_key', to = 'Bar', on_delete = 'cascade' }",
        Some(&format!("create_model = 'a.Bar'\ncreate_model = 'a.Foo', fields = {{ {relation} }}")),
    );
    // Both refer to each other: nothing can be merged.
    case(
        "create_model = 'a.Foo'\n\
         create_model = 'a.Bar', fields = { foo = { type = 'foreign_key', to = 'Foo', on_delete = 'cascade' } }\n\
         add_field = 'a.Foo.bar', field = { type = 'foreign_key', to = 'Bar', on_delete = 'cascade' }",
        None,
    );
}

#[test]
fn fields_one_after_the_other() {
    case(&format!("add_field = 'a.Foo.x', {INTEGER}\nremove_field = 'a.Foo.x'"), Some(""));
    case(
        &format!("add_field = 'a.Foo.x', {INTEGER}\nrename_field = 'a.Foo.x', to = 'y'"),
        Some(&format!("add_field = 'a.Foo.y', {INTEGER}")),
    );
    // What rows get is kept.
    case(
        &format!(
            "add_field = 'a.Foo.x', {INTEGER}, fill = 3\nalter_field = 'a.Foo.x', field = {{ type = 'float' }}"
        ),
        Some("add_field = 'a.Foo.x', field = { type = 'float' }, fill = 3"),
    );
    case(
        &format!(
            "alter_field = 'a.Foo.x', field = {{ type = 'float' }}\nalter_field = 'a.Foo.x', {INTEGER}, fill = 1"
        ),
        Some(&format!("alter_field = 'a.Foo.x', {INTEGER}, fill = 1")),
    );
    case(
        &format!("alter_field = 'a.Foo.x', {INTEGER}\nremove_field = 'a.Foo.x'"),
        Some("remove_field = 'a.Foo.x'"),
    );
    case(
        "rename_field = 'a.Foo.x', to = 'y'\nrename_field = 'a.Foo.y', to = 'z'",
        Some("rename_field = 'a.Foo.x', to = 'z'"),
    );
    case("rename_field = 'a.Foo.x', to = 'y'\nrename_field = 'a.Foo.y', to = 'x'", Some(""));
    case("remove_field = 'a.Foo.x'\ndelete_model = 'a.Foo'", Some("delete_model = 'a.Foo'"));
}

#[test]
fn indexes_and_constraints() {
    let index = "add_index = 'a.Foo', index = { name = 'i', fields = ['x'] }";
    case(&format!("{index}\nremove_index = 'a.Foo', name = 'i'"), Some(""));
    case(
        &format!("{index}\nrename_index = 'a.Foo', name = 'i', to = 'j'"),
        Some("add_index = 'a.Foo', index = { name = 'j', fields = ['x'] }"),
    );
    case(
        "rename_index = 'a.Foo', name = 'i', to = 'j'\nrename_index = 'a.Foo', name = 'j', to = 'k'",
        Some("rename_index = 'a.Foo', name = 'i', to = 'k'"),
    );
    let check = "add_constraint = 'a.Foo', constraint = { name = 'c', check = 'x > 0' }";
    case(&format!("{check}\nremove_constraint = 'a.Foo', name = 'c'"), Some(""));
    // The field that it is about cannot go before it.
    case(&format!("{index}\nremove_field = 'a.Foo.x'\nremove_index = 'a.Foo', name = 'i'"), None);
    case(
        "alter_table = 'a.Foo', table = 'x'\nalter_table = 'a.Foo', db_comment = 'y', table = 'z'",
        Some("alter_table = 'a.Foo', table = 'z', db_comment = 'y'"),
    );
}

#[test]
fn nothing_moves_past_sql_and_data() {
    for barrier in [
        "run_sql = 'SELECT 1'",
        "update_rows = 'a.Foo', set = { x = 1 }",
        "separate_database_and_state = true",
    ] {
        case(&format!("add_field = 'a.Foo.x', {INTEGER}\n{barrier}\nremove_field = 'a.Foo.x'"), None);
    }
}

#[test]
fn generated_fields_wait_for_what_they_are_computed_from() {
    case(
        "alter_field = 'a.Foo.x', field = { type = 'float' }\n\
         add_field = 'a.Foo.g', field = { type = 'generated', expr = 'x + 1' }\n\
         alter_field = 'a.Foo.x', field = { type = 'integer' }",
        None,
    );
}

const BLOG: &str = "[User.fields]\nname = { type = 'slug', unique = true }\n\
    [Post]\nunique_together = [['title', 'author']]\n[Post.fields]\ntitle = { type = 'slug' }\n\
    author = { type = 'foreign_key', to = 'User', to_field = 'name', on_delete = 'cascade' }\n\
    [[Post.indexes]]\nname = 'by_title'\nfields = ['title']\n\
    [[Post.constraints]]\nname = 'short'\ncheck = 'length(title) < 9'\n\
    [Story]\nproxy = true\nextends = ['Post']";

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let cases = [
        ("create_model = 'blog.Post'", "there is a model `blog.Post` already"),
        ("delete_model = 'blog.User'", "blog.Post.author still refers to it"),
        ("delete_model = 'blog.Post'", "`blog.Story` is still a proxy of it"),
        ("delete_model = 'news.Post'", "the model `Post` is of the app `blog` here"),
        ("rename_model = 'blog.Post', to = 'blog.User'", "there is a model `User` already"),
        ("add_field = 'blog.Post.title', field = { type = 'text' }", "has a field `title` already"),
        ("remove_field = 'blog.Post.text'", "has no field `text` at this point; it has id, title, author"),
        ("remove_field = 'blog.Post.author'", "`unique_together` still has it"),
        ("remove_field = 'blog.Post.title'", "`unique_together` still has it"),
        ("remove_field = 'blog.User.name'", "`blog.Post.author` still has it"),
        (
            "add_field = 'blog.Post.x', field = { type = 'foreign_key', to = 'Tag', on_delete = 'cascade' }",
            "it refers to `Tag`, which is not there",
        ),
        (
            "create_model = 'blog.P', proxy = true, extends = ['Q']",
            "it is a proxy of `Q`, which is not there",
        ),
        ("alter_field = 'blog.Post.text', field = { type = 'text' }", "has no field `text`"),
        ("rename_field = 'blog.Post.title', to = 'author'", "has a field `author` already"),
        (
            "add_index = 'blog.Post', index = { name = 'by_title', fields = ['id'] }",
            "there is an index `by_title` already",
        ),
        (
            "add_index = 'blog.Post', index = { name = 'n', fields = ['-slug'] }",
            "has no field `slug` at this point",
        ),
        ("remove_index = 'blog.Post', name = 'x'", "there is no index `x`"),
        ("rename_index = 'blog.Post', name = 'x', to = 'y'", "there is no index `x`"),
        (
            "add_constraint = 'blog.Post', constraint = { name = 'short', check = 'true' }",
            "there is a constraint `short`",
        ),
        ("remove_constraint = 'blog.Post', name = 'x'", "there is no constraint `x`"),
        ("alter_table = 'blog.Past', table = 'x'", "there is no model `blog.Past`"),
        (
            "separate_database_and_state = 'why', state = [{ delete_model = 'blog.User' }]",
            "still refers to it",
        ),
    ];
    for (text, reason) in cases {
        let mut after = state(BLOG);
        let error = apply_all(&operations(text), &mut after).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}\n{error}");
        assert_eq!(after, state(BLOG), "{text}");
    }
}

#[test]
fn what_refers_to_a_field_follows_its_name() {
    let mut after = state(BLOG);
    apply_all(
        &operations("rename_field = 'blog.User.name', to = 'login'\nrename_field = 'blog.Post.title', to = 'headline'"),
        &mut after,
    )
    .unwrap();
    assert_eq!(
        after,
        state(
            &BLOG
                .replace("name = {", "login = {")
                .replace("'name'", "'login'")
                .replace("'title'", "'headline'")
                .replace("title =", "headline =")
                .replace("(title)", "(headline)")
        )
    );
}

#[test]
fn a_name_that_only_begins_alike_is_another_one() {
    let text = "[Pair]\nprimary_key = ['a', 'b']\n[Pair.fields]\na = { type = 'integer' }\nb = { type = 'integer' }\n\
                [Use.fields]\npair = { type = 'foreign_key', to = 'Pair', on_delete = 'cascade', index = false }\npair_x = { type = 'integer' }\n\
                [[Use.constraints]]\nname = 'c'\ncheck = 'pair_a > pair_x'\n[[Use.indexes]]\nname = 'i'\nfields = ['pair_b', 'pair_x']";
    let mut after = state(text);
    apply_all(&operations("rename_field = 'blog.Use.pair', to = 'two'"), &mut after).unwrap();
    let expected = text
        .replace("pair = ", "two = ")
        .replace("'pair_a > pair_x'", "'two_a > pair_x'")
        .replace("'pair_b'", "'two_b'");
    assert_eq!(after, state(&expected));
    after.registry().unwrap();
    let mut after = state(
        "[T.fields]\na = { type = 'integer' }\na_b = { type = 'integer', index = true }\n[[T.constraints]]\nname = 'c'\ncheck = 'a_b > 1'",
    );
    apply_all(&operations("remove_field = 'blog.T.a'"), &mut after).unwrap();
}

#[test]
fn what_cannot_be_undone_says_so() {
    let before = state(BLOG);
    let sql = &operations("run_sql = 'SELECT 1'")[0];
    assert!(sql.reverse(&before).unwrap_err().to_string().contains("reverse = \"\""));
    let rows = &operations("update_rows = 'blog.Post', set = { title = 1 }")[0];
    assert!(rows.reverse(&before).unwrap_err().to_string().contains("reverse = \"nothing\""));

    let undone = |text: &str| operations(text)[0].reverse(&before).unwrap();
    let [Operation::RunSql(RunSql { forward, reverse, .. })] = &undone("run_sql = 'A', reverse = 'B'")[..]
    else {
        panic!()
    };
    assert_eq!(
        (forward.sqlite.as_deref(), reverse.clone().unwrap().postgres),
        (Some("B"), Some("A".to_owned()))
    );
    assert_eq!(undone("update_rows = 'blog.Post', set = { title = 1 }, reverse = 'nothing'"), []);
    let back = undone(
        "update_rows = 'blog.Post', where = 'a', set = { x = 1 }, reverse = { where = 'b', set = { x = 2 } }",
    );
    let [Operation::UpdateRows(UpdateRows { filter, reverse, .. })] = &back[..] else { panic!() };
    assert_eq!(filter.as_deref(), Some("b"));
    assert!(matches!(reverse, Some(UndoRows::Update { filter: Some(filter), .. }) if filter == "a"));
    // A field comes back as it was, and a part of the state that SQL stands for too.
    assert_reversible(
        &before,
        &operations(
            "alter_table = 'blog.Post', table = 'x', managed = false, unique_together = []\n\
             remove_index = 'blog.Post', name = 'by_title'\nremove_constraint = 'blog.Post', name = 'short'\n\
             run_sql = 'A', reverse = 'B', state = [{ remove_field = 'blog.Post.title' }]\n\
             separate_database_and_state = true, state = [{ remove_field = 'blog.Post.author' }, { delete_model = 'blog.User' }]\n\
             delete_model = 'blog.Story'",
        ),
    );
}

fn history(texts: &[&str]) -> History {
    let mut files: Vec<MigrationFile> = Vec::new();
    for (position, text) in texts.iter().enumerate() {
        let mut file = migration(&format!("{:04}_m", position + 1), text);
        file.dependencies = files.last().map(|last| last.name.clone()).into_iter().collect();
        files.push(file);
    }
    History::new(files).unwrap()
}

#[test]
fn squashed_migrations_do_the_same() {
    let texts = [
        "create_model = 'a.Foo', fields = { x = { type = 'integer' } }",
        "add_field = 'a.Foo.y', field = { type = 'integer' }, fill = 1",
        "run_sql = 'SELECT 1'",
        "rename_field = 'a.Foo.y', to = 'z'\ncreate_model = 'a.Bar'",
        "delete_model = 'a.Bar'\nalter_field = 'a.Foo.z', field = { type = 'float' }",
    ];
    let whole = history(&texts);
    let file = squash(&whole, None, "0005", None).unwrap();
    assert_eq!(file.name, "0001_squashed_0005_m");
    assert_eq!(file.replaces, ["0001_m", "0002_m", "0003_m", "0004_m", "0005_m"]);
    assert_eq!(file.operations.len(), 4);
    let mut reached = ProjectState::default();
    file.apply(&mut reached).unwrap();
    assert_eq!(reached.canonical().unwrap(), whole.state().unwrap());

    let part = squash(&whole, Some("0002"), "0004_m", Some("part")).unwrap();
    assert_eq!((part.name.as_str(), part.dependencies.as_slice()), ("0002_part", &["0001_m".to_owned()][..]));
    // The state is the same with it as without.
    let mut files = whole.migrations().to_vec();
    files.push(part.clone());
    let with = History::new(files).unwrap();
    assert_eq!(with.state().unwrap(), whole.state().unwrap());
    assert_eq!(with.leaves(), ["0005_m"]);

    assert!(matches!(squash(&whole, Some("0004"), "0002", None), Err(SquashError::Order { .. })));
    assert!(matches!(squash(&whole, Some("0004"), "0004", None), Err(SquashError::Single(_))));
    assert!(matches!(squash(&with, None, "0002_part", None), Err(SquashError::Squashed(_))));
    let single = optimized(&whole, whole.get("0005_m").unwrap()).unwrap();
    assert_eq!(single.operations.len(), 2);
}

#[test]
fn a_merge_of_operations_that_would_not_fit_is_not_made() {
    // The new table has the name that the deleted one had: the rename cannot come before the deletion.
    let text = "create_model = 'a.Foo'\ncreate_model = 'a.Old', table = 'x'";
    let next =
        "alter_table = 'a.Foo', db_comment = 'c'\ndelete_model = 'a.Old'\nalter_table = 'a.Foo', table = 'x'";
    let history = history(&[text, next]);
    let file = optimized(&history, history.get("0002_m").unwrap()).unwrap();
    let mut state = ProjectState::default();
    history.get("0001_m").unwrap().apply(&mut state).unwrap();
    for operation in &file.operations {
        operation.apply(&mut state).unwrap();
        state.registry().unwrap();
    }
}

#[test]
fn a_fill_is_no_part_of_the_state() {
    let model = ModelName { app: "blog".to_owned(), name: "User".to_owned() };
    let mut one = state(BLOG);
    let mut other = one.clone();
    let field = one.models["User"].fields["name"].clone();
    let add = |fill| Operation::AddField {
        model: model.clone(),
        name: "nick".to_owned(),
        field: field.clone(),
        fill,
    };
    add(None).apply(&mut one).unwrap();
    add(Some(Fill::Value("x".into()))).apply(&mut other).unwrap();
    assert_eq!(one, other);
    let nothing = Operation::AlterTable { model, changes: TableChanges::default() };
    nothing.apply(&mut other).unwrap();
    assert_eq!(one, other);
}
