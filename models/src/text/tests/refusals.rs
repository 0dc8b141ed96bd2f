//! What is no expression: the message, its place, and what to write.

use super::*;

#[test]
fn refusals_have_a_place_and_a_remedy() {
    let mut wrong = Vec::new();
    for (written, part, message) in [
        ("", "", "line 1, column 1: an expression is missing"),
        ("a +", "", "column 4: the expression ends where a value is missing"),
        ("a b", "b", "an operator is missing before `b`"),
        ("a = 1 = ", "", "a value is missing"),
        ("(a", "(", "this `(` has no `)`"),
        ("a)", ")", "this `)` closes nothing"),
        ("()", ")", "a value is missing between `(` and `)`"),
        ("a; drop table t", ";", "an expression has no `;`"),
        ("a -- b", "-- b", "comments have no place"),
        ("a /* b */", "/* b */", "comments have no place"),
        ("a\n  and and b", "and", "line 2, column 7: a value is missing before `and`"),
        ("a == b", "==", "write `=`"),
        ("a = null", "null", "write `is null`"),
        ("a in (1, null)", "null", "or … is null"),
        ("a in b", "in", "in ('a', 'b'), in :names"),
        ("a is 5", "is", "write `=` for equality"),
        ("a isnull", "isnull", "is null"),
        ("a like b", "b", "contains(title, :part)"),
        ("a like 'x_y%'", "'x_y%'", "~ '^x.y.*$'"),
        ("a similar to 'x'", "similar", "regular expression"),
        ("a collate \"C\"", "collate", "collate(title, 'C')"),
        ("a as b", "as", "no place here"),
        ("a && b", "&&", "`&&` has no meaning here"),
        ("a[1]", "[", "metadata->'key'->0"),
        ("a.*", "*", "a name is missing after `.`"),
        ("count(posts.*)", "*", "a name is missing after `.`"),
        ("sum(*)", "sum", "`sum` needs a value; sum(value)"),
        ("(1, 2)", ",", "views in (1, 2)"),
        ("a, b", ",", "one value stands here"),
        ("$1", "$1", "an argument is written :name"),
        (": a", ":", "right after `:`"),
        ("e'x'", "e'x'", "write 'text'"),
        ("'x", "'x", "Unterminated string literal"),
        ("\"x", "\"x", "this cannot be read"),
        ("0x1F", "0x1F", "is no number"),
        ("1e999", "1e999", "too large"),
        ("date 'tomorrow'", "'tomorrow'", "write it like \"2024-06-15\""),
        ("interval '7 dogs'", "'7 dogs'", "`dogs` is no unit of time"),
        ("interval '1 month'", "interval '1 month'", "created_at + interval '1 month'"),
        ("current_date", "current_date", "date(now())"),
        ("a::numbr", "numbr", "there is no type `numbr`"),
        ("a::numeric", "numeric", "decimal(12, 2)"),
        ("cast(a)", "(", "cast(value as integer)"),
        ("lenght(title)", "lenght", "there is no function `lenght`; did you mean `length`?"),
        ("icontain(title, 'x')", "icontain", "did you mean `icontains`?"),
        ("prevew(length => 1)", "prevew", "did you mean `preview`?"),
        ("contains(title)", "contains", "contains(value, other)"),
        ("length(distinct a)", "length", "`length` is no aggregate"),
        ("rank()", "rank", "rank() over (order by …)"),
        ("length(a) over ()", "length", "is no function of a window"),
        ("sum(a) over w", "over", "over (partition by"),
        ("sum(a) over (rows 1)", "1", "an operator is missing before `1`"),
        ("sum(a) over (rows between 1 preceding)", ")", "rows between 1 preceding and current row"),
        ("some('x')", "'x'", "the path of a relation"),
        ("some(posts, a, b)", "some", "takes a relation and a condition"),
        ("exists(posts)", "exists", "some(posts, …)"),
        ("a = all(:x)", "all", "every(posts, …)"),
        ("a > any(:x)", "a", "`= any(:list)` is membership"),
        ("preview(a + 1)", "a + 1", "takes a written value"),
        ("preview(1, 2, 3)", "preview", "has 2 arguments, not 3; they are length, more"),
        ("preview(1, length => 2)", "preview", "`length` is given twice"),
        ("outer.preview()", "outer", "of this query's row"),
        ("extract(dow from a)", "extract", "isodow from Monday as 1"),
        ("a at time zone 'UTC'", "a", "a time zone is of a part of an instant"),
        ("metadata->title", "title", "a written key or position"),
        ("metadata['a']", "[", "metadata->'key'->0"),
        ("case when a then b", "case", "this `case` has no `end`"),
        ("case end", "end", "a value is missing before `end`"),
        ("then", "then", "a field of this name is written \"then\""),
        ("select 1", "select", "a sub-query stands in parentheses"),
        ("(select a, b from Post)", "a", "a sub-query has one column"),
        ("(select a from Pots)", "Pots", "there is no model `Pots`; did you mean `Post`?"),
        ("(select a from Post.alive)", "alive", "Post has no manager `alive`; did you mean `live`?"),
        ("(select a from Post join User)", "join", "paths take the place of joins"),
        ("(select a from Post, User)", ",", "a sub-query reads one model"),
        ("(select a from Post union select b from Post)", "union", "has no text form"),
        ("(select a from Post limit :n)", ":n", "a whole number that is written here"),
        ("(select a from Post group by length(a))", "length", "grouped by names only"),
        ("(select a from Post having a)", "a", "`having` is of groups"),
        ("exists(select max(a) from Post)", "max", "`exists` asks for rows"),
        ("(select from Post)", "from", "needs a value before `from`"),
        ("a desc", "desc", "stands in an ordering only"),
        ("string_agg(a, ',') within group (order by a)", "within", "stands in its parentheses"),
    ] {
        let (said, place) = refused(written);
        // The place of a call is that of its name and arguments.
        if !said.contains(message) || !place.starts_with(part) || part.is_empty() != place.is_empty() {
            wrong.push(format!("{written}\n    {place:?}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_found_in_texts() {
    assert_eq!(locate("count(posts) > autor.name", "autor"), Some(15..20));
    assert_eq!(locate("count(posts) > author . name", "author.name"), Some(15..28));
    assert_eq!(locate("'views' || \"views\"", "views"), Some(11..18));
    assert_eq!(locate("préview or views", "views"), Some(12..17));
    assert_eq!(locate("a + b", "c"), None);
    assert_eq!(locate("length(:length) = @user", ":length"), Some(7..14));
    assert_eq!(locate("length(:length) = @user", "@user"), Some(18..23));
    assert_eq!(locate("'", "c"), None);
}
