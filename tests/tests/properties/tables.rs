//! Every function, conversion, aggregate and window function of the tables, of arguments of every type that it accepts:
//! both databases give the same values and the same errors. Nothing here names a function to have it asked, so that a new one
//! is asked as soon as it stands in its table.

use super::{Rows, Tape, key};
use nuages_models::aggregates::AGGREGATES;
use nuages_models::bind::{Binder, expression_type};
use nuages_models::expr::{Aggregate, Expr, Frame, FrameBound, FrameUnit, Window};
use nuages_models::functions::{FUNCTIONS, Volatility};
use nuages_models::objects::{Objects, Orm, QueryError};
use nuages_models::prepare::CompileError;
use nuages_models::query::{Grouping, OrderBy, QuerySet};
use nuages_models::registry::{LogicalType, Model};
use nuages_models::run::RunError;
use nuages_models::value::{Decimal, Value};
use nuages_models::windows::WINDOWS;
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Runtime;

/// Calls of each function with arguments of the same types.
const CALLS_OF_TYPES: usize = 2;
/// Calls of each function at most: those that take values of any type take many combinations of them.
const CALLS_OF_FUNCTION: usize = 70;
/// Functions whose values are as long as a number says.
const LONG: [&str; 3] = ["lpad", "repeat", "rpad"];
/// The row with the smallest float that there is.
const TINY: i64 = 7;
/// Functions of what the test's rows do not have: ranges, which only PostgreSQL has, and its extension for accents. A path that is
/// written down is asked in json_changes.rs.
const ELSEWHERE: [&str; 11] = [
    "isempty",
    "json_set",
    "lower_inc",
    "lower_inf",
    "range_end",
    "range_intersect_agg",
    "range_merge",
    "range_start",
    "unaccent",
    "upper_inc",
    "upper_inf",
];

/// A value that an argument may be.
#[derive(Debug, Clone)]
struct Part {
    expr: Expr,
    /// What tells arguments apart: a type, and whether it is written down.
    class: String,
}

fn class_of(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => "integer".to_owned(),
        LogicalType::Decimal { .. } => "decimal".to_owned(),
        LogicalType::Array(element) => format!("list of {}", class_of(element)),
        other => format!("{other:?}"),
    }
}

/// Values to begin with: columns of every type, and what must be written down.
fn parts(model: &Model) -> Vec<Part> {
    let mut parts: Vec<Part> = model
        .fields
        .iter()
        .filter(|field| !matches!(field.name.as_str(), "id" | "small"))
        .map(|field| Part { expr: Expr::name(field.name.clone()), class: class_of(&field.logical) })
        .collect();
    let text = |text: &str| Value::Text(text.to_owned());
    let lists: Vec<Vec<Value>> = vec![
        vec![Value::Int(3), Value::Null, Value::Int(-1)],
        vec![text("b\"é"), text(""), text("A")],
        vec![
            Value::Decimal(Decimal::parse("1.50").unwrap()),
            Value::Decimal(Decimal::parse("-2.25").unwrap()),
        ],
        vec![Value::DateTime(1_500_000), Value::Null],
        vec![Value::Boolean(true), Value::Boolean(false)],
        vec![Value::Float(0.1), Value::Float(1e20)],
        vec![Value::Json("{\"a\":[1]}".to_owned()), Value::Json("\"b\"".to_owned())],
        vec![Value::Date(19_800), Value::Null],
        vec![Value::Duration(90_061_500_000), Value::Duration(-1)],
        vec![Value::Uuid([7; 16])],
        vec![Value::Time(43_200_000_001)],
        vec![Value::Binary(vec![0, 255, 16])],
    ];
    let written = [
        text("month"),
        text("hour"),
        text("192.0.2.1"),
        text("Europe/Berlin"),
        text("C"),
        text("a'b"),
        text("2024-06-15"),
        Value::Int(0),
        Value::Int(2),
        Value::Float(1.5),
        Value::Decimal(Decimal::parse("2.50").unwrap()),
        Value::Json("[\"nested\",\"x\",1]".to_owned()),
        Value::Duration(90_061_500_000),
        Value::Date(19_800),
        Value::DateTime(1_710_000_000_000_001),
        Value::Null,
    ];
    for address in ["192.0.2.1", "2001:db8::1"] {
        let of = Box::new(Expr::constant(text(address)));
        let expr = Expr::Cast { of, to: LogicalType::IpAddress };
        parts.push(Part { expr, class: "an address".to_owned() });
    }
    for value in written.into_iter().chain(lists.into_iter().map(Value::Array)) {
        let class = format!("written {value:?}");
        parts.push(Part { expr: Expr::constant(value), class });
    }
    parts
}

/// How many of the parts a call is tried with, for each number of arguments: all for one and two, fewer for three.
fn combinations(parts: &[Part], arguments: usize) -> Vec<Vec<Part>> {
    let few: Vec<Part> = parts
        .iter()
        .filter(|part| {
            let class = part.class.as_str();
            ["Text", "integer", "DateTime", "Json"].contains(&class)
                || class.starts_with("list of integer")
                || [
                    "written Text(\"month\")",
                    "written Text(\"Europe/Berlin\")",
                    "written Int(0)",
                    "written Int(2)",
                ]
                .contains(&class)
                || class.starts_with("written Array([Int")
        })
        .cloned()
        .collect();
    let among = if arguments > 2 { &few[..] } else { parts };
    let mut all: Vec<Vec<Part>> = vec![Vec::new()];
    for _ in 0..arguments {
        all = all
            .iter()
            .flat_map(|before| {
                among.iter().map(move |part| before.iter().cloned().chain([part.clone()]).collect())
            })
            .collect();
    }
    all
}

/// Whether both databases give the same values; floats to eleven digits, for sums are taken in any order.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => {
            a == b || (a - b).abs() <= a.abs().max(b.abs()) * 1e-11 || (a - b).abs() < 1e-300
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Decimal(a), Value::Decimal(b)) => a.to_string() == b.to_string(),
        _ => a == b,
    }
}

type Answer = Result<Vec<Vec<Value>>, QueryError>;

/// What differs, if anything does.
fn difference(answers: &[Answer; 2]) -> Option<String> {
    match answers {
        [Ok(sqlite), Ok(postgres)] => {
            if sqlite.len() != postgres.len() {
                return Some(format!("{} rows and {}", sqlite.len(), postgres.len()));
            }
            sqlite
                .iter()
                .zip(postgres)
                .find(|(a, b)| a.len() != b.len() || !a.iter().zip(b.iter()).all(|(a, b)| alike(a, b)))
                .map(|(a, b)| format!("{a:?} and {b:?}"))
        }
        [Err(QueryError::Run(sqlite)), Err(QueryError::Run(postgres))] => {
            let told = |error: &RunError| matches!(error, RunError::BadInput(_));
            let wrong = !told(sqlite) || !told(postgres) && !is_beyond_all_dates(sqlite);
            wrong.then(|| format!("{sqlite} and {postgres}"))
        }
        // An instant beyond the year 9999 is an error of PostgreSQL's answers only, not on the way to them.
        [Err(QueryError::Run(sqlite)), Ok(_)] if is_beyond_all_dates(sqlite) => None,
        // A function of NULL is NULL, and what its other operands would have been need not be asked.
        [Err(QueryError::Run(RunError::BadInput(_))), Ok(rows)]
        | [Ok(rows), Err(QueryError::Run(RunError::BadInput(_)))]
            if rows.iter().all(|row| row.last() == Some(&Value::Null)) =>
        {
            None
        }
        // What one of them lacks it says.
        [Err(QueryError::Expression(CompileError::Unsupported { .. })), _]
        | [_, Err(QueryError::Expression(CompileError::Unsupported { .. }))] => None,
        [Err(sqlite), Err(postgres)] => (sqlite != postgres).then(|| format!("{sqlite} and {postgres}")),
        [sqlite, postgres] => Some(format!(
            "{} and {}",
            sqlite.as_ref().map_or_else(ToString::to_string, |rows| format!("{} rows", rows.len())),
            postgres.as_ref().map_or_else(ToString::to_string, |rows| format!("{} rows", rows.len())),
        )),
    }
}

fn is_beyond_all_dates(error: &RunError) -> bool {
    matches!(error, RunError::BadInput(told) if told == "a date or time is out of range")
}

/// Asks, and says what was asked and how often.
struct Asker<'r> {
    rows: &'r Rows,
    runtime: &'r Runtime,
    model: &'r Model,
    wrong: Vec<String>,
    asked: BTreeMap<String, usize>,
}

impl Asker<'_> {
    fn ask(&self, of: impl Fn(&Orm) -> Objects) -> [Answer; 2] {
        [0, 1].map(|at| {
            let query = of(&self.rows.orms[at]);
            let rows = self.runtime.block_on(query.rows());
            rows.map(|rows| rows.into_iter().map(|row| row.into_values()).collect())
        })
    }

    fn rows_of(&self, orm: &Orm, value: &Expr) -> Objects {
        orm.objects(&self.model.name).unscoped().values(&key(self.model)).value("computed", value.clone())
    }

    /// A value of each row; where it fails for some, of each row by itself; and the order by it.
    fn value(&mut self, name: &str, value: &Expr) {
        *self.asked.entry(name.to_owned()).or_default() += 1;
        let answers = self.ask(|orm| self.rows_of(orm, value).order_by(key(self.model)));
        let mut differences: Vec<String> = Vec::new();
        if let [Ok(_), Ok(_)] = answers {
            differences.extend(difference(&answers));
        } else if let [Err(QueryError::Run(_)), _] | [_, Err(QueryError::Run(_))] = answers {
            // The decimal digits of the smallest float, by which `mod` divides, are not the same everywhere.
            let ids = (1..=51).filter(|id| name != "mod" || *id != TINY);
            for id in ids {
                let one = Expr::lookup(Expr::name("id"), "exact", vec![Expr::constant(Value::Int(id))]);
                let answers = self.ask(|orm| self.rows_of(orm, value).filter(one.clone()));
                differences.extend(difference(&answers).map(|wrong| format!("row {id}: {wrong}")));
            }
        } else {
            differences.extend(difference(&answers));
        }
        let logical = expression_type(&self.rows.registry, self.model.id, &[], value);
        let ordered = !matches!(logical, Ok((LogicalType::Float | LogicalType::Json, _)) | Err(_));
        if let ([Ok(_), Ok(_)], true) = (&answers, ordered) {
            let by: Vec<OrderBy> = std::iter::once(OrderBy::by(value.clone(), false))
                .chain(key(self.model).iter().map(|name| OrderBy::by(Expr::name(*name), false)))
                .collect();
            let answers = self.ask(|orm| {
                orm.objects(&self.model.name).unscoped().order_by(by.clone()).values(&key(self.model))
            });
            differences.extend(difference(&answers).map(|wrong| format!("in order: {wrong}")));
        }
        if let Some(first) = differences.first() {
            self.wrong.push(format!("{value:?}\n   {first}"));
        }
    }

    fn whole(&mut self, name: &str, value: &Expr, filter: Option<Expr>) {
        *self.asked.entry(name.to_owned()).or_default() += 1;
        let answers = self.ask(|orm| {
            let rows = orm.objects(&self.model.name).unscoped();
            let rows = match &filter {
                Some(filter) => rows.filter(filter.clone()),
                None => rows,
            };
            rows.group_by(&[]).annotate("computed", value.clone())
        });
        if let Some(wrong) = difference(&answers) {
            self.wrong.push(format!("{value:?} where {filter:?}\n   {wrong}"));
        }
    }

    fn accepts(&self, value: &Expr) -> bool {
        let is_of_groups = matches!(value, Expr::Aggregate(_));
        let query = QuerySet {
            columns: vec![("computed".to_owned(), value.clone())],
            group: is_of_groups.then(Grouping::default),
            ..QuerySet::all(self.model.id)
        };
        Binder::new(&self.rows.registry).query(&query).is_ok()
    }

    fn finish(self, names: impl Iterator<Item = &'static str>) {
        let missing: Vec<&str> =
            names.filter(|name| !self.asked.contains_key(*name) && !ELSEWHERE.contains(name)).collect();
        assert!(missing.is_empty(), "never asked: {missing:?}");
        let total: usize = self.asked.values().sum();
        let shown: Vec<&String> = self.wrong.iter().take(400).collect();
        assert!(shown.is_empty(), "{} of {total} differ\n{}", self.wrong.len(), join(&shown));
    }
}

fn join(lines: &[&String]) -> String {
    lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
}

/// A tape of its own for each thing that is asked, always the same.
pub(crate) fn choices(of: &str) -> Vec<u16> {
    let mut state =
        of.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    (0..64)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            u16::try_from(state >> 16).unwrap()
        })
        .collect()
}

/// Calls that fit, of each combination of types some, in an order that is always the same and mixes them.
fn calls(
    asker: &Asker<'_>,
    parts: &[Part],
    name: &str,
    most: usize,
    make: impl Fn(Vec<Expr>) -> Expr,
) -> Vec<Expr> {
    let mut found = Vec::new();
    for arguments in 0..=3 {
        let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for combination in combinations(parts, arguments) {
            let classes: Vec<String> = combination.iter().map(|part| part.class.clone()).collect();
            let so_far = seen.entry(classes).or_default();
            if *so_far >= CALLS_OF_TYPES {
                continue;
            }
            let call = make(combination.into_iter().map(|part| part.expr).collect());
            if asker.accepts(&call) {
                *so_far += 1;
                found.push(call);
            }
        }
    }
    let choices = choices(name);
    let mut tape = Tape { choices: &choices, at: 0 };
    while found.len() > most {
        let at = tape.choose(found.len());
        tape.at %= choices.len();
        // So that not always the same few places are taken.
        let at = (at * 7 + found.len() * 3) % found.len();
        found.swap_remove(at);
    }
    found
}

fn asked(test: impl Fn(&mut Asker<'_>, &[Part]) -> BTreeSet<&'static str>) {
    let runtime = Runtime::new().unwrap();
    let (_folder, rows) = runtime.block_on(Rows::kinds());
    let model = rows.registry.model_named("Kind").unwrap();
    let mut asker =
        Asker { rows: &rows, runtime: &runtime, model, wrong: Vec::new(), asked: BTreeMap::new() };
    let parts = parts(model);
    let names = test(&mut asker, &parts);
    asker.finish(names.into_iter());
}

#[test]
fn functions_agree() {
    asked(|asker, parts| {
        let functions: Vec<_> =
            FUNCTIONS.iter().filter(|function| function.volatility != Volatility::Volatile).collect();
        for function in &functions {
            let calls = calls(asker, parts, function.name, CALLS_OF_FUNCTION, |arguments| {
                Expr::call(function.name, arguments)
            });
            for call in calls {
                asker.value(function.name, &call);
            }
        }
        functions.iter().map(|function| function.name).collect()
    });
}

/// Functions of what other functions give: their values are held otherwise than those of columns.
#[test]
fn functions_of_functions_agree() {
    asked(|asker, parts| {
        let mut made: Vec<Part> = Vec::new();
        for function in FUNCTIONS.iter().filter(|function| function.volatility != Volatility::Volatile) {
            for call in calls(asker, parts, &format!("in {}", function.name), 3, |arguments| {
                Expr::call(function.name, arguments)
            }) {
                let Ok((logical, _)) = expression_type(&asker.rows.registry, asker.model.id, &[], &call)
                else {
                    continue;
                };
                made.push(Part { expr: call, class: class_of(&logical) });
            }
        }
        let mut by_class: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
        for part in made {
            by_class.entry(part.class).or_default().push(part.expr);
        }
        for function in FUNCTIONS.iter().filter(|function| function.volatility != Volatility::Volatile) {
            let name = format!("of {}", function.name);
            let plain = calls(asker, parts, &name, 12, |arguments| Expr::call(function.name, arguments));
            let choices = choices(&name);
            let mut tape = Tape { choices: &choices, at: 0 };
            for mut call in plain {
                let Expr::Call { function: called, arguments } = &mut call else { continue };
                if LONG.contains(called) {
                    continue;
                }
                for argument in arguments.iter_mut().filter(|argument| matches!(argument, Expr::Path(_))) {
                    let typed = expression_type(&asker.rows.registry, asker.model.id, &[], argument);
                    let Ok((logical, _)) = typed else { continue };
                    if let Some(among) = by_class.get(&class_of(&logical)) {
                        *argument = tape.pick(among).clone();
                        tape.at %= choices.len();
                    }
                }
                if asker.accepts(&call) {
                    asker.value(function.name, &call);
                }
            }
        }
        BTreeSet::new()
    });
}

#[test]
fn conversions_agree() {
    let types = [
        LogicalType::Boolean,
        LogicalType::Int16,
        LogicalType::Int32,
        LogicalType::Int64,
        LogicalType::Float,
        LogicalType::Decimal { digits: 20, scale: 2 },
        LogicalType::Text,
        LogicalType::Date,
        LogicalType::Time,
        LogicalType::DateTime,
        LogicalType::Duration,
        LogicalType::Uuid,
        LogicalType::Json,
        LogicalType::Binary,
        LogicalType::IpAddress,
    ];
    asked(|asker, parts| {
        for to in &types {
            for part in parts {
                let cast = Expr::Cast { of: Box::new(part.expr.clone()), to: to.clone() };
                if asker.accepts(&cast) {
                    asker.value("cast", &cast);
                    // There and back.
                    let back = Expr::Cast { of: Box::new(cast), to: LogicalType::Text };
                    if asker.accepts(&back) {
                        asker.value("cast", &back);
                    }
                }
            }
        }
        BTreeSet::new()
    });
}

fn by(name: &str, descending: bool) -> OrderBy {
    OrderBy::by(Expr::name(name), descending)
}

#[test]
fn aggregates_agree() {
    asked(|asker, parts| {
        let small = |field: &str| {
            Expr::lookup(
                Expr::name(field),
                "range",
                vec![Expr::constant(Value::Int(-2)), Expr::constant(Value::Int(12))],
            )
        };
        // `first` is of related rows.
        let names: BTreeSet<_> =
            AGGREGATES.iter().map(|aggregate| aggregate.name).filter(|name| *name != "first").collect();
        for name in &names {
            let make = |distinct: bool, order: Vec<OrderBy>, filter: Option<Expr>| {
                move |arguments: Vec<Expr>| {
                    Expr::Aggregate(Box::new(Aggregate {
                        function: name,
                        arguments,
                        distinct,
                        filter: filter.clone(),
                        order: order.clone(),
                    }))
                }
            };
            let plain = make(false, vec![by("id", true)], None);
            for call in calls(asker, parts, name, 50, plain) {
                let Expr::Aggregate(aggregate) = &call else { continue };
                let arguments = aggregate.arguments.clone();
                // What the largest float is added to depends on the order of the rows.
                let is_float = arguments.first() == Some(&Expr::name("f"));
                let whole = is_float.then(|| small("small"));
                let variants = [
                    (call.clone(), whole),
                    (
                        make(false, vec![by("small", true), by("id", false)], Some(small("i")))(
                            arguments.clone(),
                        ),
                        None,
                    ),
                    (call.clone(), Some(small("i"))),
                    (make(true, Vec::new(), None)(arguments.clone()), Some(small("small"))),
                    (make(true, Vec::new(), Some(small("i")))(arguments.clone()), None),
                    (call.clone(), Some(Expr::Or(Vec::new()))),
                ];
                for (variant, filter) in variants {
                    if asker.accepts(&variant) {
                        asker.whole(name, &variant, filter);
                    }
                }
            }
        }
        names
    });
}

#[test]
fn windows_agree() {
    asked(|asker, parts| {
        let names: BTreeSet<_> = WINDOWS
            .iter()
            .map(|window| window.name)
            .chain(AGGREGATES.iter().map(|aggregate| aggregate.name).filter(|name| *name != "first"))
            .collect();
        let frame = |unit, start, end| Some(Frame { unit, start, end });
        let frames = [
            None,
            frame(FrameUnit::Rows, FrameBound::UnboundedPreceding, FrameBound::UnboundedFollowing),
            frame(FrameUnit::Rows, FrameBound::Preceding(2), FrameBound::CurrentRow),
            frame(FrameUnit::Range, FrameBound::CurrentRow, FrameBound::UnboundedFollowing),
            frame(FrameUnit::Range, FrameBound::Preceding(3), FrameBound::Following(1)),
            frame(FrameUnit::Groups, FrameBound::Preceding(1), FrameBound::Following(1)),
            frame(FrameUnit::Rows, FrameBound::Following(1), FrameBound::Following(3)),
        ];
        for name in &names {
            let make = |order: Vec<OrderBy>, frame: Option<Frame>, filter: Option<Expr>| {
                move |arguments: Vec<Expr>| {
                    Expr::Window(Box::new(Window {
                        function: name,
                        arguments,
                        filter: filter.clone(),
                        partition: vec![Expr::name("small")],
                        order: order.clone(),
                        frame,
                    }))
                }
            };
            for (position, call) in
                calls(asker, parts, name, 35, make(vec![by("id", false)], None, None)).into_iter().enumerate()
            {
                let Expr::Window(window) = &call else { continue };
                let arguments = window.arguments.clone();
                let frame = frames[position % frames.len()];
                // Sums of decreasing windows are taken back, which floats do not survive exactly.
                let order = if position % 2 == 0 { vec![by("id", true)] } else { vec![by("id", false)] };
                let filtered = Expr::lookup(Expr::name("i"), "gt", vec![Expr::constant(Value::Int(10))]);
                let variants = [
                    call.clone(),
                    make(order.clone(), frame, None)(arguments.clone()),
                    make(order, frame, Some(filtered))(arguments),
                ];
                for variant in variants {
                    if asker.accepts(&variant) {
                        asker.value(name, &variant);
                    }
                }
            }
        }
        names
    });
}
