//! What the database keeps of expressions: the same values as queries compute, on both databases, with built-in functions only.

use crate::{Bed, bed};
use nuages_migrations::{State, migrate, state};
use nuages_models::Registry;
use nuages_models::compile::{DdlRole, compile_ddl};
use nuages_models::database::Dialect;
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::Orm;
use std::fmt::Write;
use std::sync::Arc;

const FIELDS: &str = r#"
title  = { type = "char", max_length = 40 }
nick   = { type = "char", max_length = 40, null = true }
views  = { type = "integer" }
other  = { type = "integer", null = true }
small  = { type = "small_integer" }
big    = { type = "big_integer" }
price  = { type = "decimal", max_digits = 8, decimal_places = 2 }
ratio  = { type = "decimal", max_digits = 6, decimal_places = 3, null = true }
huge   = { type = "decimal", max_digits = 25, decimal_places = 5 }
score  = { type = "float" }
active = { type = "boolean" }
maybe  = { type = "boolean", null = true }
born   = { type = "date" }
died   = { type = "date", null = true }
woke   = { type = "time" }
seen   = { type = "datetime" }
gone   = { type = "datetime", null = true }
span   = { type = "duration" }
code   = { type = "uuid" }
doc    = { type = "json" }
tags   = { type = "array", items = "text" }
ip     = { type = "ip_address" }
"#;

/// Where an expression can stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum On {
    Both,
    Postgres,
    Sqlite,
    Neither,
}
use On::{Both, Neither, Postgres, Sqlite};

impl On {
    fn has(self, dialect: Dialect) -> bool {
        match self {
            Both => true,
            Postgres => dialect == Dialect::Postgres,
            Sqlite => dialect == Dialect::Sqlite,
            Neither => false,
        }
    }
}

/// Values, the output that must be said, and where they can stand.
const VALUES: &[(&str, &str, On)] = &[
    ("title", "", Both),
    ("title || ' ' || nick", "", Both),
    ("concat(title, '-', nick)", "", Both),
    ("lower('ABC ' || title)", "", Both),
    ("initcap(title)", "", Neither),
    ("collate(title, 'C')", "", Postgres),
    ("millisecond(woke)", "{ type = \"decimal\", max_digits = 18, decimal_places = 3 }", Postgres),
    ("microsecond(woke)", "", Postgres),
    ("decade(born)", "", Postgres),
    ("century(born)", "", Postgres),
    ("millennium(born)", "", Postgres),
    ("epoch(born)", "{ type = \"decimal\", max_digits = 18, decimal_places = 6 }", Postgres),
    ("slice(tags, 1, 2)", "", Postgres),
    ("upper(nick)", "", Both),
    ("length(title) * 2", "", Both),
    ("length(tags)", "", Both),
    ("substr(title, 2, 3)", "", Both),
    ("substr(title, views)", "", Postgres),
    ("left(title, 3) || right(title, 2)", "", Both),
    ("left(title, -1)", "", Postgres),
    ("trim(title) || ltrim(title, 'a') || rtrim(title, 'e')", "", Both),
    ("replace(title, 'a', 'it''s')", "", Both),
    ("strindex(title, 'e')", "", Both),
    ("repeat(title, 2)", "", Postgres),
    ("reverse(title)", "", Postgres),
    ("lpad(title, 8, '*')", "", Postgres),
    ("md5(title)", "", Postgres),
    ("sha256(title)", "", Neither),
    ("unaccent(title)", "", Neither),
    ("views + 1", "", Both),
    ("views - other", "", Both),
    ("views * views", "", Both),
    ("big + 1", "", Both),
    ("big * 3 - views", "", Both),
    ("-big", "", Both),
    ("- views", "\"integer\"", Both),
    ("views / 3", "", Both),
    ("views % 7", "", Both),
    ("big / nullif(other, 0)", "", Both),
    ("views / small", "", Postgres),
    ("mod(views, 5)", "", Both),
    ("abs(views) + sign(big)", "", Both),
    ("bitand(views, 6) + bitor(views, 1)", "", Both),
    ("bitxor(views, 3)", "", Postgres),
    ("power(views, 2)", "", Postgres),
    ("price * views", "{ type = \"decimal\", max_digits = 18, decimal_places = 2 }", Both),
    ("price + ratio", "{ type = \"decimal\", max_digits = 12, decimal_places = 3 }", Both),
    ("price - ratio * 2.5", "{ type = \"decimal\", max_digits = 12, decimal_places = 1 }", Both),
    ("round(price * ratio, 1)", "{ type = \"decimal\", max_digits = 16, decimal_places = 5 }", Both),
    ("ceil(price) + floor(ratio)", "{ type = \"decimal\", max_digits = 12, decimal_places = 0 }", Both),
    ("-price % 7", "{ type = \"decimal\", max_digits = 12, decimal_places = 2 }", Both),
    ("abs(price)", "{ type = \"decimal\", max_digits = 12, decimal_places = 2 }", Both),
    ("price / 3", "{ type = \"decimal\", max_digits = 40, decimal_places = 20 }", Postgres),
    ("huge", "", Both),
    ("huge + 1", "{ type = \"decimal\", max_digits = 26, decimal_places = 5 }", Postgres),
    ("coalesce(ratio, price, 1)", "{ type = \"decimal\", max_digits = 12, decimal_places = 3 }", Both),
    ("greatest(views, other)", "", Both),
    ("least(ratio, price)", "{ type = \"decimal\", max_digits = 12, decimal_places = 3 }", Both),
    ("greatest(title, nick)", "", Both),
    ("least(title, nick, 'm')", "", Both),
    ("coalesce(nick, title)", "", Both),
    ("nullif(title, 'able')", "", Both),
    ("nullif(views, 3)", "", Both),
    ("score * 2.5e0", "", Both),
    ("score + views", "", Both),
    ("score / 3.0e0", "", Both),
    ("abs(-score)", "", Both),
    ("round(score)", "", Postgres),
    ("sqrt(abs(score))", "", Postgres),
    ("cast(views as text) || 'x'", "", Both),
    ("cast(price as text)", "", Both),
    ("cast(price as float)", "", Both),
    ("cast(ratio as text)", "", Both),
    ("cast(active as text)", "", Both),
    ("cast(maybe as text)", "", Both),
    ("cast(active as integer) + 1", "", Both),
    ("cast(views as boolean)", "", Both),
    ("cast(code as text)", "", Both),
    ("cast(replace(title, title, '12') as integer)", "", Postgres),
    ("cast(score as text)", "", Postgres),
    ("cast(born as text)", "", Sqlite),
    ("cast(seen as text)", "", Neither),
    ("views > 3", "", Both),
    ("not maybe", "", Both),
    ("other <> 3", "", Both),
    ("nick in ('a', 'beta')", "", Both),
    ("views between 1 and 3", "", Both),
    ("price in (1.5, 2.50, 7.125)", "", Both),
    ("maybe is null or not (other > 2 and active)", "", Both),
    ("contains(title, 'b') or startswith(title, 'a') or endswith(title, 'ze')", "", Both),
    (
        "icontains(title, 'B') or istartswith(nick, 'A') or iendswith(title, 'ZE') or iexact(title, 'ABLE')",
        "",
        Both,
    ),
    ("title like '%bl%' or nick like 'a%'", "", Both),
    ("title ~ '^a'", "", Postgres),
    ("contains(title, nick) or startswith(title, nick) or endswith(title, nick)", "", Both),
    ("case when views > 3 then 'many' when other is null then 'unknown' else 'few' end", "", Both),
    (
        "case when active then price when maybe then ratio end",
        "{ type = \"decimal\", max_digits = 12, decimal_places = 3 }",
        Both,
    ),
    ("case when not (other > 2) then 1 else 2 end", "", Both),
    ("born - died", "", Both),
    ("seen - gone", "", Both),
    ("age(woke, time '01:02:03.5')", "", Both),
    ("span * 2 + interval '1 hour'", "", Both),
    ("span > interval '1 day'", "", Both),
    ("seen + span", "", Neither),
    ("add_months(born, 1)", "", Postgres),
    ("date(seen, 'UTC')", "", Both),
    ("time(seen, 'UTC')", "", Both),
    ("date(seen, 'Europe/Berlin')", "", Postgres),
    ("cast(born as datetime)", "", Both),
    ("year(born) * 10000 + month(born) * 100 + day(born)", "", Both),
    ("week(born) * 10000 + iso_year(born)", "", Both),
    ("week_day(born) * 10 + iso_week_day(born)", "", Both),
    ("quarter(born) * 1000 + day_of_year(born)", "", Both),
    ("extract(hour from seen at time zone 'UTC') * 100 + minute(seen, 'UTC')", "", Both),
    ("second(seen, 'UTC') + hour(woke) + second(woke)", "", Both),
    ("trunc(born, 'year')", "", Both),
    ("trunc(born, 'quarter')", "", Both),
    ("trunc(born, 'month')", "", Both),
    ("trunc(born, 'week')", "", Both),
    ("trunc(seen, 'hour', 'UTC')", "", Both),
    ("trunc(seen, 'week', 'UTC')", "", Both),
    ("trunc(woke, 'minute')", "", Both),
    ("born > date '2000-01-01' and seen < '2024-02-29T12:00:00Z'", "", Both),
    ("woke = '07:08:09.123456' or gone is null", "", Both),
    ("code = '00000000-0000-4000-8000-000000000001'", "", Both),
    ("doc->>'city'", "", Postgres),
    ("lower(doc->>'city') < 'z' or doc->>'city' > chr(views % 9 + 100)", "", Postgres),
    ("case when active then 'a' else 'B' end < 'b'", "", Both),
    ("greatest(repeat('x', abs(views % 3)), 'b')", "", Postgres),
    ("doc = '{}'", "", Postgres),
    ("json_array_length(doc)", "", Both),
    ("json_object('a', views)", "", Neither),
    ("has_key(doc, 'city')", "", Postgres),
    ("contains(tags, array['a'])", "", Postgres),
    ("ip = '10.0.0.1'", "", Both),
    ("ip > '10.0.0.1'", "", Postgres),
    ("address_text(ip)", "", Neither),
    ("rpad(title, 8, '*')", "", Postgres),
    ("concat_ws('-', title, nick)", "", Neither),
    ("chr(abs(views % 20) + 65)", "", Postgres),
    ("ord(title)", "", Postgres),
    ("sha1(title)", "", Neither),
    ("sha224(title)", "", Neither),
    ("sha384(title)", "", Neither),
    ("sha512(title)", "", Neither),
    ("exp(score / 1e10) + ln(abs(score)) + log(2, abs(score) + 1)", "", Postgres),
    ("pi() + degrees(score) + radians(score)", "", Postgres),
    ("sin(score) + cos(score) + tan(score) + cot(score)", "", Postgres),
    ("asin(score / 1e11) + acos(score / 1e11) + atan(score) + atan2(score, 2)", "", Postgres),
    ("doc->'city'", "", Postgres),
    ("doc->'city' > 3", "", Postgres),
    ("json_array(views, title)", "", Neither),
    ("element(tags, 0)", "", Neither),
];

fn registry(more: &str) -> Registry {
    let text = format!("[Item.fields]\n{FIELDS}{more}");
    define(&[SourceFile { path: "models/shop.toml".to_owned(), text }])
        .unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

/// Rows of the fields, in the order of their declaration.
fn rows(dialect: Dialect) -> Vec<String> {
    let boolean = |value: bool| match dialect {
        Dialect::Sqlite => u8::from(value).to_string(),
        Dialect::Postgres => value.to_string(),
    };
    let decimal = |value: &str, scale: usize| match (dialect, value.split_once('.')) {
        (Dialect::Sqlite, Some((whole, places))) => {
            format!("{whole}{places:0<scale$}").parse::<i64>().unwrap().to_string()
        }
        _ => value.to_owned(),
    };
    let huge = |value: &str| match dialect {
        Dialect::Sqlite => {
            let decimal = nuages_models::value::Decimal::parse(value).unwrap();
            format!("'{}'", nuages_models::value::sqlite::ordered_text(&decimal, 25, 5).unwrap())
        }
        Dialect::Postgres => value.to_owned(),
    };
    let instant = |text: &str| match dialect {
        Dialect::Sqlite => format!("'{text}'"),
        Dialect::Postgres => format!("'{text}+00'"),
    };
    let uuid = |last: u8| match dialect {
        Dialect::Sqlite => format!("'0000000000004000800000000000000{last}'"),
        Dialect::Postgres => format!("'00000000-0000-4000-8000-00000000000{last}'"),
    };
    let micros = |micros: i64| match dialect {
        Dialect::Sqlite => micros.to_string(),
        Dialect::Postgres => format!("interval '{micros} microseconds'"),
    };
    let list = |json: &str| match dialect {
        Dialect::Sqlite => format!("'{json}'"),
        Dialect::Postgres => format!("'{}'", json.replace('[', "{").replace(']', "}")),
    };
    vec![
        [
            "'able'",
            "NULL",
            "3",
            "NULL",
            "2",
            "9223372036854775",
            &decimal("2.50", 2),
            "NULL",
            &huge("1.5"),
            "1.5",
            &boolean(true),
            "NULL",
            "'2024-02-29'",
            "NULL",
            "'07:08:09.123456'",
            &instant("2024-02-29 11:59:59.999999"),
            "NULL",
            &micros(90_000_000_000),
            &uuid(1),
            r#"'{"city":"Oslo"}'"#,
            &list(r#"["a","b"]"#),
            "'10.0.0.1'",
        ]
        .join(", "),
        [
            "' breeze '",
            "'ze '",
            "-7",
            "3",
            "-3",
            "-5",
            &decimal("-0.05", 2),
            &decimal("-1.255", 3),
            &huge("-2.00001"),
            "-0.1",
            &boolean(false),
            &boolean(true),
            "'1999-12-31'",
            "'2001-01-01'",
            "'23:00:00'",
            &instant("1969-12-31 23:59:59"),
            &instant("2030-06-15 00:00:00.000001"),
            &micros(-1),
            &uuid(2),
            "'[1,2]'",
            &list("[]"),
            "'10.0.0.2'",
        ]
        .join(", "),
        [
            "'Ünïcödé ABLE'",
            "'beta'",
            "2147483647",
            "0",
            "7",
            "2",
            &decimal("999999.99", 2),
            &decimal("999.999", 3),
            &huge("99999999999999999999.99999"),
            "1e10",
            &boolean(true),
            &boolean(false),
            "'0001-01-01'",
            "'9999-12-31'",
            "'00:00:00.500000'",
            &instant("2021-01-03 00:00:00"),
            &instant("2021-01-03 00:00:00"),
            &micros(0),
            &uuid(3),
            "'{}'",
            &list(r#"["x"]"#),
            "'10.0.0.10'",
        ]
        .join(", "),
    ]
}

async fn insert(bed: &Bed) {
    let columns: Vec<&str> =
        FIELDS.trim().lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for row in rows(bed.database.dialect()) {
        let sql = format!("INSERT INTO shop_item ({}) VALUES ({row})", columns.join(", "));
        bed.database
            .execute_all(std::slice::from_ref(&sql))
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
}

/// Every value that can stand in a generated column is that of the query's own functions; the database takes it, and so it is
/// immutable; and nothing is found to differ afterwards.
async fn values_are_those_of_queries(dialect: Dialect) {
    let plain = registry("");
    let item = plain.models()[0].id;
    let mut wrong = Vec::new();
    let mut kept = Vec::new();
    for (text, output, on) in VALUES {
        let compiled = compile_ddl(&plain, item, DdlRole::IndexKey, text, dialect);
        if on.has(dialect) != compiled.is_ok() {
            wrong.push(format!("{text}: {compiled:?}"));
        }
        if compiled.is_ok() {
            kept.push(((*text).to_owned(), (*output).to_owned()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // An output with other digits is another number.
    let rounded = |output: &str| output.contains("decimal_places = 1 ") || output.contains("max_digits = 16");
    // Only ASCII letters have a case in what a database keeps.
    let folded = |text: &str| text.starts_with("lower") || text.starts_with("upper");
    let wrong: Vec<String> = different(dialect, &kept)
        .await
        .into_iter()
        .filter(|(text, output, values)| !(rounded(output) || folded(text) && values.contains("Ünïcödé")))
        .map(|(text, _, values)| format!("{text}: {values}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The expressions whose value in a generated column is another than that of a query, with both.
async fn different(dialect: Dialect, kept: &[(String, String)]) -> Vec<(String, String, String)> {
    let plain = registry("");
    let item = plain.models()[0].id;
    let bed = bed(dialect).await;
    let (mut fields, mut annotations) = (String::new(), String::from("[Item.annotations]\n"));
    for (index, (text, output)) in kept.iter().enumerate() {
        let output = if output.is_empty() { String::new() } else { format!(", output = {output}") };
        let text = text.replace('"', "\\\"");
        writeln!(fields, "g{index} = {{ type = \"generated\", expr = \"{text}\"{output} }}").unwrap();
        writeln!(annotations, "a{index} = \"{text}\"").unwrap();
    }
    let registry = registry(&format!("{fields}{annotations}"));
    migrate(&bed.database, &registry).await.unwrap();
    assert_eq!(state(&bed.database, &registry).await.unwrap(), State::Current);
    // As keys of indexes too: SQLite looks whether a value is deterministic when it computes it.
    for (index, (text, _)) in kept.iter().enumerate() {
        let sql = compile_ddl(&plain, item, DdlRole::IndexKey, text, dialect).unwrap().sql;
        assert!(!sql.contains("nuages_") && !sql.contains('$'), "{sql}");
        let create = format!("CREATE INDEX i{index} ON shop_item (({sql}))");
        let created = bed.database.execute_all(std::slice::from_ref(&create)).await;
        created.unwrap_or_else(|error| panic!("{error}: {create}"));
    }
    insert(&bed).await;
    let orm = Orm::new(Arc::new(registry), bed.database.clone());
    let names: Vec<String> =
        (0..kept.len()).flat_map(|index| [format!("g{index}"), format!("a{index}")]).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = orm.objects("Item").order_by(["id"]).values(&names).rows().await.unwrap();
    assert_eq!(found.len(), 3);
    let mut wrong = Vec::new();
    for row in found {
        for (index, (text, output)) in kept.iter().enumerate() {
            let [generated, computed] =
                ["g", "a"].map(|name| format!("{:?}", row.get(&format!("{name}{index}"))));
            if generated != computed {
                wrong.push((text.clone(), output.clone(), format!("{generated}, computed {computed}")));
            }
        }
    }
    wrong
}

/// Expressions at random, of values that do not overflow.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn integer(&mut self, depth: usize) -> String {
        if depth == 0 {
            let leaves = ["views", "other", "small", "3", "-7", "0", "length(title)", "year(born)"];
            return leaves[self.below(leaves.len())].to_owned();
        }
        let down = depth - 1;
        match self.below(9) {
            0 => format!("({} + {})", self.integer(down), self.integer(down)),
            1 => format!("({} - {})", self.integer(down), self.integer(down)),
            2 => format!("({} * 2)", self.integer(down)),
            3 => format!("({} / 3 + {} % 7)", self.integer(down), self.integer(down)),
            4 => format!("coalesce({}, {})", self.integer(down), self.integer(down)),
            5 => format!("greatest({}, {})", self.integer(down), self.integer(down)),
            6 => format!("abs({}) + sign({})", self.integer(down), self.integer(down)),
            7 => format!("nullif({}, 3)", self.integer(down)),
            _ => format!(
                "case when {} then {} else {} end",
                self.boolean(down),
                self.integer(down),
                self.integer(down)
            ),
        }
    }

    fn decimal(&mut self, depth: usize) -> String {
        if depth == 0 {
            let leaves = ["price", "ratio", "1.25", "-0.5", "2"];
            return leaves[self.below(leaves.len())].to_owned();
        }
        let down = depth - 1;
        match self.below(6) {
            0 => format!("({} + {})", self.decimal(down), self.decimal(down)),
            1 => format!("({} - price * 1.5)", self.decimal(down)),
            2 => format!("round({} + price, 1)", self.decimal(down)),
            3 => format!("least({}, ratio, {})", self.decimal(down), self.decimal(down)),
            4 => format!("coalesce({}, price)", self.decimal(down)),
            _ => format!("case when {} then {} else price end", self.boolean(down), self.decimal(down)),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            // PostgreSQL fails at functions of literals alone in generated columns: it computes them too early.
            let leaves = ["title", "nick", "title || 'able'", "' it''s' || nick", "left(nick, 1)"];
            return leaves[self.below(leaves.len())].to_owned();
        }
        let down = depth - 1;
        match self.below(6) {
            0 => format!("{} || {}", self.text(down), self.text(down)),
            1 => format!("left({}, 3)", self.text(down)),
            2 => format!("right({}, 2)", self.text(down)),
            3 => format!("coalesce({}, {})", self.text(down), self.text(down)),
            4 => format!("trim(replace({}, 'e', {}))", self.text(down), self.text(down)),
            _ => format!(
                "case when {} then {} else {} end",
                self.boolean(down),
                self.text(down),
                self.text(down)
            ),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        if depth == 0 {
            let leaves =
                ["active", "maybe", "other is null", "views > 3", "nick = 'beta'", "price in (2.5, 1)"];
            return leaves[self.below(leaves.len())].to_owned();
        }
        let down = depth - 1;
        match self.below(9) {
            0 => format!("({} and {})", self.boolean(down), self.boolean(down)),
            1 => format!("({} or {})", self.boolean(down), self.boolean(down)),
            2 => format!("not ({})", self.boolean(down)),
            3 => format!("({} <= {})", self.integer(down), self.integer(down)),
            4 => format!("({} <> {})", self.integer(down), self.integer(down)),
            5 => format!("({} > {})", self.decimal(down), self.decimal(down)),
            6 => format!("({} < {})", self.text(down), self.text(down)),
            7 => format!("(contains({0}, {1}) or endswith({0}, {1}))", self.text(down), self.text(down)),
            _ => format!("({} = {} or {} is null)", self.decimal(down), self.integer(down), self.text(down)),
        }
    }
}

/// A new function is let through on PostgreSQL only after a server has found its SQL immutable.
#[test]
fn every_function_is_among_the_values() {
    // Operators by their signs, and what is never the same: those are refused when the models load.
    let other = [
        "+",
        "-",
        "*",
        "/",
        "%",
        "negate",
        "json_path",
        "json_text",
        "json_number",
        "random",
        "uuid4",
        "uuid7",
        // Computed in sub-queries, which neither database keeps: refused.
        "json_set",
        "json_merge",
        "json_remove",
    ];
    // There is no range in the table; their SQL is one call of PostgreSQL's own function of the name.
    let ranges = ["range_start", "range_end", "isempty", "lower_inc", "lower_inf", "upper_inc", "upper_inf"];
    let missing: Vec<&str> = nuages_models::functions::FUNCTIONS
        .iter()
        .map(|function| function.name)
        .filter(|name| !other.contains(name) && !ranges.contains(name))
        .filter(|name| !VALUES.iter().any(|(text, ..)| text.contains(&format!("{name}("))))
        .collect();
    assert!(missing.is_empty(), "no value has: {missing:?}");
}

async fn random_values_are_those_of_queries(dialect: Dialect) {
    let plain = registry("");
    let item = plain.models()[0].id;
    let mut random = Random(20_240_229);
    let mut kept = Vec::new();
    let mut refused = 0;
    while kept.len() < 150 {
        let depth = 1 + random.below(3);
        let text = match random.below(3) {
            0 => random.integer(depth),
            1 => random.text(depth),
            _ => random.boolean(depth),
        };
        match compile_ddl(&plain, item, DdlRole::IndexKey, &text, dialect) {
            Ok(_) => kept.push((text, String::new())),
            Err(error) => {
                let fine =
                    error.to_string().contains("too long a text") || error.to_string().contains("every row");
                assert!(fine, "{text}: {error}");
                refused += 1;
            }
        }
    }
    assert!(refused < 50, "{refused}");
    let wrong = different(dialect, &kept).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn random_values_are_those_of_queries_on_sqlite() {
    random_values_are_those_of_queries(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_values_are_those_of_queries_on_postgresql() {
    random_values_are_those_of_queries(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_those_of_queries_on_sqlite() {
    values_are_those_of_queries(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_those_of_queries_on_postgresql() {
    values_are_those_of_queries(Dialect::Postgres).await;
}

#[test]
fn texts_are_compared_by_code_point_whatever_the_database_sorts_by() {
    let registry = registry("");
    let item = registry.models()[0].id;
    for (text, expected) in [
        ("title < 'm'", r#""title" < 'm'"#),
        ("doc->>'city' < 'm'", r#"(("doc" #>> '{"city"}'::text[]) COLLATE "C") < 'm'"#),
        ("chr(views) < title", r#"(chr("views"::int8::int4) COLLATE "C") < "title""#),
        ("cast(views as text) < 'm'", r#"("views"::text COLLATE "C") < 'm'"#),
        ("lower(title) < 'm'", r#"lower("title") < 'm'"#),
        ("iexact(title, 'Aä')", r#"upper("title") = 'Aä'"#),
    ] {
        let compiled = compile_ddl(&registry, item, DdlRole::Check, text, Dialect::Postgres).unwrap();
        assert_eq!(compiled.sql, expected, "{text}");
    }
}
