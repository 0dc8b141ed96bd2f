//! The autodetector's cases, named as Django's tests of the same behaviour are.

use crate::models::{Answers, after, assert_reversible, files, state};
use nuages_migrations::{DetectError, Operation, ProjectState, detect};
use nuages_models::define::{Renamed, SourceFile};

/// Detects, and checks what holds for all: the operations lead from the one state to the other, and back; and then there is
/// nothing more to do.
fn found(before: &ProjectState, to: &ProjectState, answers: &mut Answers<'_>) -> Vec<Operation> {
    let operations = match detect(before, to, &Renamed::default(), answers) {
        Ok(operations) => operations,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(after(before, &operations), *to);
    assert_reversible(before, &operations);
    assert_eq!(detect(to, to, &Renamed::default(), answers).unwrap(), []);
    operations
}

fn described(operations: &[Operation]) -> Vec<String> {
    operations.iter().map(|operation| format!("{} {}", operation.sign(), operation.describe())).collect()
}

/// The operations between two model files, as people read them.
#[track_caller]
fn case(from: &str, to: &str, renames: &[(&str, &str)], expected: &[&str]) {
    let mut answers = Answers { renames, ..Answers::default() };
    assert_eq!(described(&found(&state(from), &state(to), &mut answers)), expected);
}

const USER: &str = "[User.fields]\nname = { type = 'char', max_length = 60 }\n";

fn with_user(text: &str) -> String {
    format!("{USER}{text}")
}

fn author(options: &str) -> String {
    format!("{{ type = 'foreign_key', to = 'User', on_delete = 'cascade'{options} }}")
}

#[test]
fn create_and_delete_models() {
    let post = with_user("[Post.fields]\ntitle = { type = 'text' }");
    case("", &post, &[], &["+ Create model blog.User", "+ Create model blog.Post"]);
    case(&post, USER, &[], &["- Delete model blog.Post"]);
    case(&post, "", &[], &["- Delete model blog.User", "- Delete model blog.Post"]);
    let referring = format!("{post}\nauthor = {}", author(""));
    case(&referring, "", &[], &["- Delete model blog.Post", "- Delete model blog.User"]);
}

#[test]
fn a_model_is_created_after_what_it_refers_to_whatever_the_order_of_the_file() {
    let text = format!(
        "[Post.fields]\ntitle = {{ type = 'text' }}\nauthor = {}\nslug = {{ type = 'slug' }}\n{USER}",
        author("")
    );
    let operations = found(&ProjectState::default(), &state(&text), &mut Answers::default());
    assert_eq!(described(&operations), ["+ Create model blog.User", "+ Create model blog.Post"]);
    // The fields have the order of the file, although one waited.
    let Operation::CreateModel(post) = &operations[1] else { panic!() };
    assert_eq!(post.fields.keys().collect::<Vec<_>>(), ["id", "title", "author", "slug"]);
}

#[test]
fn rename_model() {
    let post = with_user(&format!("[Post.fields]\ntitle = {{ type = 'text' }}\nauthor = {}", author("")));
    let mut renamed = post.replace("Post", "Article");
    case(&post, &renamed, &[("blog.Post", "blog.Article")], &["~ Rename model blog.Post to blog.Article"]);
    case(&post, &renamed, &[], &["- Delete model blog.Post", "+ Create model blog.Article"]);
    // Something else changed as well: it is asked all the same.
    renamed.push_str("\nviews = { type = 'integer', default = 0 }");
    case(
        &post,
        &renamed,
        &[("blog.Post", "blog.Article")],
        &["~ Rename model blog.Post to blog.Article", "+ Add field views to blog.Article"],
    );
}

#[test]
fn rename_model_reverse_relation_dependencies() {
    let post = with_user(&format!("[Post.fields]\nauthor = {}", author("")));
    case(
        &post,
        &post.replace("User", "Person"),
        &[("blog.User", "blog.Person")],
        &["~ Rename model blog.User to blog.Person"],
    );
}

#[test]
fn rename_model_with_db_table_noop() {
    case(
        "[Post.fields]\ntitle = { type = 'text' }\ntags = { type = 'many_to_many', to = 'Tag' }\n[Tag]",
        "[Article]\ntable = 'blog_post'\n[Article.fields]\ntitle = { type = 'text' }\ntags = { type = 'many_to_many', to = 'Tag' }\n[Tag]",
        &[("blog.Post", "blog.Article")],
        &["~ Alter table of blog.Post", "~ Rename model blog.Post to blog.Article"],
    );
}

#[test]
fn a_model_that_moves_to_another_file_is_the_same_one() {
    let user = "[User.fields]\nname = { type = 'text' }";
    let post = format!("[Post.fields]\nauthor = {}", author(""));
    let (before, to) =
        (files(&[("blog", &format!("{user}\n{post}"))]), files(&[("auth", user), ("blog", &post)]));
    let operations = found(&before, &to, &mut Answers { silent: true, ..Answers::default() });
    assert_eq!(described(&operations), ["~ Rename model blog.User to auth.User"]);
}

#[test]
fn rename_field() {
    let post = "[Post]\nunique_together = [['title', 'slug']]\n[Post.fields]\ntitle = { type = 'text' }\nslug = { type = 'slug' }";
    case(
        post,
        &post.replace("title", "headline"),
        &[("blog.Post.title", "blog.Post.headline")],
        &["~ Rename field title on blog.Post to headline"],
    );
    case(
        "[Post.fields]\ntitle = { type = 'char', max_length = 60 }",
        "[Post.fields]\nheadline = { type = 'char', max_length = 90 }",
        &[("blog.Post.title", "blog.Post.headline")],
        &["~ Rename field title on blog.Post to headline", "~ Alter field headline on blog.Post"],
    );
}

#[test]
fn rename_field_with_renamed_model() {
    case(
        "[RenamedOne.fields]\ntitle = { type = 'char', max_length = 60 }\nrank = { type = 'float' }",
        "[Renamed.fields]\nheadline = { type = 'char', max_length = 60 }\nrank = { type = 'float' }",
        &[("blog.RenamedOne", "blog.Renamed"), ("blog.Renamed.title", "blog.Renamed.headline")],
        &[
            "~ Rename model blog.RenamedOne to blog.Renamed",
            "~ Rename field title on blog.Renamed to headline",
        ],
    );
}

#[test]
fn rename_m2m_through_model() {
    let text = "[A.fields]\nbs = { type = 'many_to_many', to = 'B', through = 'Link' }\n[B]\n[Link.fields]\n\
                a = { type = 'foreign_key', to = 'A', on_delete = 'cascade' }\n\
                b = { type = 'foreign_key', to = 'B', on_delete = 'cascade' }";
    case(
        text,
        &text.replace("Link", "Tie"),
        &[("blog.Link", "blog.Tie")],
        &["~ Rename model blog.Link to blog.Tie"],
    );
}

#[test]
fn rename_referenced_primary_key() {
    let text = with_user(
        "[Code.fields]\nkey = { type = 'char', max_length = 9, primary_key = true }\n\
         [Use.fields]\ncode = { type = 'foreign_key', to = 'Code', on_delete = 'cascade' }",
    );
    case(
        &text,
        &text.replace("key = {", "id = {"),
        &[("blog.Code.key", "blog.Code.id")],
        &["~ Rename field key on blog.Code to id"],
    );
}

#[test]
fn rename_field_preserve_db_column_preserve_constraint() {
    case(
        "[Foo.fields]\nfield = { type = 'integer' }\nfield2 = { type = 'integer' }\n\
         [[Foo.constraints]]\nname = 'unique_field'\nunique = ['field', 'field2']",
        "[Foo.fields]\nrenamed = { type = 'integer', column = 'field' }\nfield2 = { type = 'integer' }\n\
         [[Foo.constraints]]\nname = 'unique_field'\nunique = ['renamed', 'field2']",
        &[("blog.Foo.field", "blog.Foo.renamed")],
        &["~ Alter field field on blog.Foo", "~ Rename field field on blog.Foo to renamed"],
    );
    case(
        &with_user(&format!("[Post.fields]\nauthor = {}", author(""))),
        &with_user(&format!("[Post.fields]\nwriter = {}", author(", column = 'author_id'"))),
        &[("blog.Post.author", "blog.Post.writer")],
        &["~ Alter field author on blog.Post", "~ Rename field author on blog.Post to writer"],
    );
}

#[test]
fn rename_foreign_object_fields() {
    let text = "[Foo.fields]\ncode = { type = 'slug', unique = true }\n\
                [Bar.fields]\nfoo = { type = 'foreign_key', to = 'Foo', to_field = 'code', on_delete = 'cascade' }";
    case(
        text,
        &text.replace("code", "label"),
        &[("blog.Foo.code", "blog.Foo.label")],
        &["~ Rename field code on blog.Foo to label"],
    );
}

#[test]
fn circular_fk_dependency() {
    let text = "[Author]\nunique_together = [['book', 'name']]\n[Author.fields]\nname = { type = 'slug' }\n\
                book = { type = 'foreign_key', to = 'Book', on_delete = 'set_null', null = true, related_name = '+' }\n\
                [[Author.indexes]]\nname = 'book_name'\nfields = ['book', '-name']\n\
                [Book.fields]\nauthor = { type = 'foreign_key', to = 'Author', on_delete = 'cascade', related_name = 'books' }";
    case(
        "",
        text,
        &[],
        &["+ Create model blog.Book", "+ Create model blog.Author", "+ Add field author to blog.Book"],
    );
    case(
        text,
        "",
        &[],
        &["- Remove field author from blog.Book", "- Delete model blog.Author", "- Delete model blog.Book"],
    );
}

#[test]
fn add_field_and_unique_together() {
    case(
        "[Book.fields]\ntitle = { type = 'slug' }",
        "[Book]\nunique_together = [['title', 'isbn']]\n[Book.fields]\ntitle = { type = 'slug' }\nisbn = { type = 'slug', default = 'x' }",
        &[],
        &["+ Add field isbn to blog.Book", "~ Alter unique_together of blog.Book"],
    );
}

#[test]
fn remove_field_and_unique_together() {
    case(
        "[Book]\nunique_together = [['title', 'isbn'], ['title', 'year']]\n[Book.fields]\ntitle = { type = 'slug' }\nisbn = { type = 'slug' }\nyear = { type = 'integer' }",
        "[Book]\nunique_together = [['title', 'year']]\n[Book.fields]\ntitle = { type = 'slug' }\nyear = { type = 'integer' }",
        &[],
        &["~ Alter unique_together of blog.Book", "- Remove field isbn from blog.Book"],
    );
}

#[test]
fn remove_field_with_remove_index_or_constraint_dependency() {
    case(
        "[Category.fields]\ndate = { type = 'date' }\ntitle = { type = 'slug' }\n\
         [[Category.indexes]]\nname = 'by_date'\nfields = ['date']\n\
         [[Category.constraints]]\nname = 'once_a_day'\nunique = ['date', 'title']\n\
         [[Category.constraints]]\nname = 'late'\ncheck = \"date > date '2000-01-01'\"",
        "[Category.fields]\ntitle = { type = 'slug' }",
        &[],
        &[
            "- Remove constraint once_a_day from blog.Category",
            "- Remove constraint late from blog.Category",
            "- Remove index by_date from blog.Category",
            "- Remove field date from blog.Category",
        ],
    );
}

#[test]
fn alter_field_to_not_null_with_and_without_default() {
    let (null, plain) =
        ("[P.fields]\nn = { type = 'integer', null = true }", "[P.fields]\nn = { type = 'integer' }");
    let default = "[P.fields]\nn = { type = 'integer', default = 3 }";
    for (to, asked) in [(plain, vec!["blog.P.n".to_owned()]), (default, vec![])] {
        let mut answers = Answers::default();
        let operations = found(&state(null), &state(to), &mut answers);
        assert_eq!(described(&operations), ["~ Alter field n on blog.P"]);
        assert_eq!(answers.filled, asked);
        let Operation::AlterField { fill, .. } = &operations[0] else { panic!() };
        assert_eq!(fill.is_some(), !asked.is_empty());
    }
}

#[test]
fn add_not_null_field_without_default() {
    let mut answers = Answers::default();
    let to = "[P.fields]\nold = { type = 'text' }\na = { type = 'integer' }\nb = { type = 'datetime', auto_now_add = true }\n\
              c = { type = 'uuid', default = 'uuid' }\nd = { type = 'text', db_default = \"'x'\" }\ne = { type = 'text', null = true }\n\
              f = { type = 'generated', expr = 'length(old)' }\ng = { type = 'many_to_many', to = 'self' }";
    found(&state("[P.fields]\nold = { type = 'text' }"), &state(to), &mut answers);
    assert_eq!(answers.filled, ["blog.P.a"]);
}

#[test]
fn concrete_field_changed_to_many_to_many_and_back() {
    let one = with_user("[P.fields]\nuser = { type = 'integer', default = 1 }");
    let many = with_user("[P.fields]\nuser = { type = 'many_to_many', to = 'User' }");
    let expected = ["- Remove field user from blog.P", "+ Add field user to blog.P"];
    case(&one, &many, &[], &expected);
    case(&many, &one, &[], &expected);
}

#[test]
fn alter_fk_before_model_deletion() {
    case(
        &with_user(&format!("[Book.fields]\nauthor = {}", author(""))),
        "[Book.fields]\nauthor = { type = 'foreign_key', to = 'Writer', on_delete = 'cascade' }\n[Writer.fields]\nage = { type = 'integer' }",
        &[],
        &["+ Create model blog.Writer", "~ Alter field author on blog.Book", "- Delete model blog.User"],
    );
}

#[test]
fn foreign_key_removed_before_target_model() {
    case(
        &with_user(&format!("[Post.fields]\ntitle = {{ type = 'text' }}\nauthor = {}", author(""))),
        "[Post.fields]\ntitle = { type = 'text' }",
        &[],
        &["- Remove field author from blog.Post", "- Delete model blog.User"],
    );
}

#[test]
fn m2m_w_through_multistep_remove() {
    case(
        &with_user(
            "[Book.fields]\nauthors = { type = 'many_to_many', to = 'User', through = 'Contract' }\n\
             [Contract.fields]\nbook = { type = 'foreign_key', to = 'Book', on_delete = 'cascade' }\n\
             user = { type = 'foreign_key', to = 'User', on_delete = 'cascade' }",
        ),
        "[Book]",
        &[],
        &[
            "- Remove field authors from blog.Book",
            "- Delete model blog.Contract",
            "- Delete model blog.User",
        ],
    );
}

#[test]
fn create_with_through_model() {
    case(
        "",
        "[Author.fields]\npublishers = { type = 'many_to_many', to = 'Publisher', through = 'Contract' }\n[Publisher]\n\
         [Contract.fields]\nauthor = { type = 'foreign_key', to = 'Author', on_delete = 'cascade' }\n\
         publisher = { type = 'foreign_key', to = 'Publisher', on_delete = 'cascade' }",
        &[],
        &[
            "+ Create model blog.Author",
            "+ Create model blog.Publisher",
            "+ Create model blog.Contract",
            "+ Add field publishers to blog.Author",
        ],
    );
}

#[test]
fn constraint_dropped_and_recreated() {
    case(
        "[A.fields]\nname = { type = 'slug' }\nage = { type = 'integer' }\n[[A.constraints]]\nname = 'c'\ncheck = 'age > 1'",
        "[A.fields]\nname = { type = 'slug' }\nage = { type = 'integer' }\n[[A.constraints]]\nname = 'c'\ncheck = 'age > 2'",
        &[],
        &["- Remove constraint c from blog.A", "+ Create constraint c on blog.A"],
    );
}

#[test]
fn rename_indexes() {
    case(
        "[B.fields]\na = { type = 'slug' }\n[[B.indexes]]\nname = 'one'\nfields = ['a']\n[[B.indexes]]\nname = 'two'\nfields = ['-a']",
        "[B.fields]\na = { type = 'slug' }\n[[B.indexes]]\nname = 'uno'\nfields = ['a']\n[[B.indexes]]\nname = 'two'\nfields = ['a', 'id']",
        &[],
        &[
            "- Remove index two from blog.B",
            "~ Rename index one on blog.B to uno",
            "+ Create index two on blog.B",
        ],
    );
    // The name that an index has without a name follows the field.
    case(
        "[B.fields]\na = { type = 'slug' }\n[[B.indexes]]\nfields = ['a']",
        "[B.fields]\nb = { type = 'slug' }\n[[B.indexes]]\nfields = ['b']",
        &[("blog.B.a", "blog.B.b")],
        &["~ Rename field a on blog.B to b", "~ Rename index blog_b_a_idx on blog.B to blog_b_b_idx"],
    );
}

#[test]
fn every_kind_of_index() {
    case(
        "[B.fields]\na = { type = 'slug' }\nj = { type = 'json' }",
        "[B.fields]\na = { type = 'slug' }\nj = { type = 'json' }\n\
         [[B.indexes]]\nname = 'i'\nfields = ['-a']\ninclude = ['id']\nwhere = \"a <> ''\"\n\
         [[B.indexes]]\nname = 'e'\nexpressions = ['lower(a)']\n[[B.indexes]]\nname = 'g'\nfields = ['j']\nmethod = 'gin'",
        &[],
        &["+ Create index i on blog.B", "+ Create index e on blog.B", "+ Create index g on blog.B"],
    );
}

#[test]
fn identical_regex_doesnt_alter() {
    case(
        "[B.fields]\na = { type = 'text', regex = \"^\\\\w+$\" }",
        "[B.fields]\na = { type = 'text', regex = '^\\w+$' }",
        &[],
        &[],
    );
    case(
        "[B.fields]\na = { type = 'text', regex = '^\\w+$' }",
        "[B.fields]\na = { type = 'text', regex = '^\\d+$' }",
        &[],
        &["~ Alter field a on blog.B"],
    );
}

#[test]
fn unmanaged_to_managed() {
    let (managed, unmanaged) =
        ("[B.fields]\na = { type = 'slug' }", "[B]\nmanaged = false\n[B.fields]\na = { type = 'slug' }");
    for (from, to) in [(managed, unmanaged), (unmanaged, managed)] {
        case(from, to, &[], &["~ Alter managed of blog.B"]);
    }
    case("", unmanaged, &[], &["+ Create model blog.B"]);
}

#[test]
fn tables_comments_and_managers() {
    case(
        "[B.fields]\na = { type = 'slug' }",
        "[B]\ntable = 'things'\ndoc = 'A thing'\n[B.fields]\na = { type = 'slug' }\n\
         [B.managers]\nlong = { filter = 'length(a) > 5', use_in_migrations = true }",
        &[],
        &["~ Alter table, db_comment of blog.B", "~ Change managers of blog.B"],
    );
}

#[test]
fn proxies() {
    let base = "[B.fields]\na = { type = 'slug' }\n";
    let proxy = format!("{base}[P]\nproxy = true\nextends = ['B']\n");
    case("", &proxy, &[], &["+ Create model blog.B", "+ Create proxy model blog.P of B"]);
    case(base, &proxy, &[], &["+ Create proxy model blog.P of B"]);
    case(&proxy, base, &[], &["- Delete model blog.P"]);
    case(
        &proxy,
        &format!("{base}[P.fields]\nx = {{ type = 'slug' }}"),
        &[],
        &["- Delete model blog.P", "+ Create model blog.P"],
    );
    // A reference to a proxy.
    let fk = format!("{proxy}[U.fields]\np = {{ type = 'foreign_key', to = 'P', on_delete = 'cascade' }}");
    case(
        "",
        &fk,
        &[],
        &["+ Create model blog.B", "+ Create proxy model blog.P of B", "+ Create model blog.U"],
    );
    case(&proxy, &proxy.replace("[P]", "[Q]"), &[("blog.P", "blog.Q")], &["~ Rename model blog.P to blog.Q"]);
}

#[test]
fn primary_keys() {
    let implicit = "[B.fields]\na = { type = 'slug' }\nb = { type = 'integer' }";
    let uuid = "[B.fields]\nkey = { type = 'uuid', primary_key = true, default = 'uuid' }\na = { type = 'slug' }\nb = { type = 'integer' }";
    let several = format!("[B]\nprimary_key = ['a', 'b']\n{implicit}");
    case(implicit, uuid, &[], &["- Remove field id from blog.B", "+ Add field key to blog.B"]);
    case(implicit, &several, &[], &["- Remove field id from blog.B", "~ Alter primary_key of blog.B"]);
    case(&several, implicit, &[], &["~ Alter primary_key of blog.B", "+ Add field id to blog.B"]);
    case(uuid, &several, &[], &["- Remove field key from blog.B", "~ Alter primary_key of blog.B"]);
    // An implicit key may have been renamed: its numbers are in other tables.
    let renamed = "[B.fields]\nnumber = { type = 'big_auto', primary_key = true }\na = { type = 'slug' }\nb = { type = 'integer' }";
    case(implicit, renamed, &[("blog.B.id", "blog.B.number")], &["~ Rename field id on blog.B to number"]);
    let one_to_one = with_user(
        "[Profile.fields]\nuser = { type = 'one_to_one', to = 'User', on_delete = 'cascade', primary_key = true }",
    );
    case("", &one_to_one, &[], &["+ Create model blog.User", "+ Create model blog.Profile"]);
}

#[test]
fn a_name_that_is_free_again_is_used_again() {
    case(
        "[Old]\ntable = 'things'\n[Old.fields]\na = { type = 'slug' }\n[[Old.indexes]]\nname = 'i'\nfields = ['a']",
        "[New]\ntable = 'things'\n[New.fields]\nb = { type = 'date' }\n[[New.indexes]]\nname = 'i'\nfields = ['b']",
        &[],
        &["- Delete model blog.Old", "+ Create model blog.New"],
    );
    case(
        "[B.fields]\nold = { type = 'slug', column = 'x' }",
        "[B.fields]\nnew = { type = 'date', column = 'x' }",
        &[],
        &["- Remove field old from blog.B", "+ Add field new to blog.B"],
    );
}

#[test]
fn generated_fields_follow_what_they_are_computed_from() {
    case(
        "[B.fields]\na = { type = 'text' }\ng = { type = 'generated', expr = 'upper(a)' }",
        "[B.fields]\nb = { type = 'text', default = '' }\ng = { type = 'generated', expr = 'lower(b)' }",
        &[],
        &["+ Add field b to blog.B", "~ Alter field g on blog.B", "- Remove field a from blog.B"],
    );
    case(
        "[B.fields]\na = { type = 'text' }",
        "[B.fields]\ng = { type = 'generated', expr = 'lower(c)' }\nc = { type = 'text', null = true }\na = { type = 'text' }",
        &[],
        &["+ Add field c to blog.B", "+ Add field g to blog.B"],
    );
}

#[test]
fn changes_that_only_the_state_sees() {
    let field = |options: &str| with_user(&format!("[P.fields]\nauthor = {}", author(options)));
    for options in [", related_name = 'posts'", ", db_constraint = false", ", index = false"] {
        case(&field(""), &field(options), &[], &["~ Alter field author on blog.P"]);
    }
    let choices = |choices: &str| format!("[P.fields]\ns = {{ type = 'slug', choices = {choices} }}");
    case(&choices("['a']"), &choices("['a', 'b']"), &[], &["~ Alter field s on blog.P"]);
    case(&choices("['a']"), &choices("[['a', 'A']]"), &[], &[]);
    // Two relations whose reverse ends change names.
    let pair = |one: &str, two: &str| {
        let (one, two) = (format!(", related_name = '{one}'"), format!(", related_name = '{two}'"));
        with_user(&format!("[P.fields]\na = {}\nb = {}", author(&one), author(&two)))
    };
    case(&pair("x", "y"), &pair("y", "x"), &[], &["~ Alter field a on blog.P", "~ Alter field b on blog.P"]);
}

#[test]
fn what_nobody_decides_is_an_error_with_the_ways_out() {
    let refused = |from: &str, to: &str| {
        let mut answers = Answers { silent: true, ..Answers::default() };
        match detect(&state(from), &state(to), &Renamed::default(), &mut answers) {
            Err(error @ DetectError::Undecided(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    };
    let error = refused("[Post.fields]\na = { type = 'slug' }", "[Article.fields]\na = { type = 'slug' }");
    for way in ["renamed_from = \"Post\"", "--rename blog.Post=blog.Article", "--no-renames"] {
        assert!(error.contains(way), "{error}");
    }
    let error = refused("[P.fields]\na = { type = 'slug' }", "[P.fields]\nb = { type = 'slug' }");
    for way in ["renamed_from = \"a\"", "--rename blog.P.a=blog.P.b", "--no-renames"] {
        assert!(error.contains(way), "{error}");
    }
    assert!(!error.contains("--fill"), "{error}");
    let error = refused(
        "[P.fields]\na = { type = 'slug' }",
        "[P.fields]\na = { type = 'slug' }\nb = { type = 'integer' }",
    );
    for way in ["default in the model file", "null = true", "--fill blog.P.b="] {
        assert!(error.contains(way), "{error}");
    }
}

#[test]
fn model_files_may_say_former_names() {
    let to = "[Article]\nrenamed_from = 'Post'\n[Article.fields]\nheadline = { type = 'text', renamed_from = 'title' }\n\
              title = { type = 'integer', null = true }";
    let file = SourceFile { path: "blog.toml".to_owned(), text: to.to_owned() };
    let (to, renamed) = ProjectState::from_files(&[file]).unwrap();
    let before = state("[Post.fields]\ntitle = { type = 'text' }");
    let mut answers = Answers { silent: true, ..Answers::default() };
    let operations = detect(&before, &to, &renamed, &mut answers).unwrap();
    assert_eq!(
        described(&operations),
        [
            "~ Rename model blog.Post to blog.Article",
            "~ Rename field title on blog.Article to headline",
            "+ Add field title to blog.Article"
        ]
    );
    assert_eq!(after(&before, &operations), to);
    // It may stay.
    assert_eq!(detect(&to, &to, &renamed, &mut answers).unwrap(), []);
}

#[test]
fn the_examples_are_detected_whole() {
    for example in ["blog", "chinook", "pagila"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example);
        let (to, _) =
            ProjectState::from_files(&nuages_models::define::read_project(&folder).unwrap()).unwrap();
        found(&ProjectState::default(), &to, &mut Answers::default());
        found(&to, &ProjectState::default(), &mut Answers::default());
    }
}
