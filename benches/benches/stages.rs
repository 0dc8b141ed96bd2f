//! Each stage of a request by itself: `cargo bench -p nuages-benches`. What a stage costs beside the others is of use;
//! what it costs in another run on a busy machine is not (`scripts/instructions` counts instead).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nuages::{Config, Project};
use nuages_benches::programs;
use nuages_benches::queries::Query;
use nuages_models::Registry;
use nuages_models::database::Dialect;
use nuages_models::prepare::{Strategy, Target, prepare};
use nuages_models::value::write;
use nuages_schema::expose::{ExposeOptions, Exposure, expose};
use nuages_schema::operation::variables::{Inquiry, Surroundings};
use nuages_schema::operation::{Operation, OperationCache};
use nuages_schema::plan::{Draft, Part, Planned, plan};
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::sync::Arc;

/// By key, a filtered list with a relation, three levels, aggregates.
const QUERIES: [(&str, i32); 4] = [("q1", 77), ("q2", 500), ("q3", 40), ("q5", 40)];

struct Stages {
    registry: Registry,
    exposure: Exposure,
}

/// A query with its operation, and the variables of one request.
struct Asked {
    name: &'static str,
    document: &'static str,
    operation: Operation,
    variables: Map<String, Value>,
}

impl Stages {
    fn new() -> Self {
        let project = Project::with_config(programs::project(), Config::default());
        let registry = project.registry().unwrap();
        let options = ExposeOptions { relay: false, default_limit: 100, max_limit: 1000, expressions: true };
        let exposure = expose(&registry, &options).unwrap();
        Self { registry, exposure }
    }

    fn asked(&self, name: &'static str, n: i32) -> Asked {
        let document = Query::named(name).unwrap().document.unwrap();
        let operation = Operation::parse(&self.exposure.schema, document, None).unwrap();
        let variables = Map::from_iter([("n".to_owned(), json!(n))]);
        Asked { name, document, operation, variables }
    }

    fn draft(&self, asked: &Asked) -> Draft {
        let variables = asked.operation.coerce(&self.exposure.schema, asked.variables.clone()).unwrap();
        let inquiry = Inquiry::new(&variables, self.surroundings(&asked.operation));
        let (drafts, _) = plan(&self.registry, &self.exposure, &asked.operation, inquiry).unwrap();
        drafts.into_iter().next().unwrap()
    }

    fn surroundings<'a>(&'a self, operation: &'a Operation) -> Surroundings<'a> {
        Surroundings { exposure: &self.exposure, cursor_key: b"key", limits: &operation.limits }
    }
}

fn target(dialect: Dialect) -> Target {
    let folding_collation = (dialect == Dialect::Postgres).then(|| "C.utf8".to_owned());
    Target { dialect, folding_collation, strategy: Strategy::Auto }
}

fn stages(criterion: &mut Criterion) {
    let stages = Stages::new();
    for (name, n) in QUERIES {
        let asked = stages.asked(name, n);
        let schema = &stages.exposure.schema;
        criterion.bench_function(&format!("parse and validate {}", asked.name), |bencher| {
            bencher.iter(|| Operation::parse(schema, black_box(asked.document), None).unwrap());
        });
        criterion.bench_function(&format!("coerce {}", asked.name), |bencher| {
            let given = || asked.variables.clone();
            bencher.iter_batched(
                given,
                |given| asked.operation.coerce(schema, given).unwrap(),
                BatchSize::SmallInput,
            );
        });
        cache_hit(criterion, &stages, &asked);
        criterion.bench_function(&format!("plan {}", asked.name), |bencher| {
            bencher.iter(|| stages.draft(&asked));
        });
        let draft = stages.draft(&asked);
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let target = target(dialect);
            criterion.bench_function(&format!("compile {} {dialect:?}", asked.name), |bencher| {
                bencher.iter(|| prepare(black_box(&draft.plan), &stages.registry, &target).unwrap());
            });
        }
    }
}

/// What a request does that is like one before it: the operation by its text, then the plan by its variables.
fn cache_hit(criterion: &mut Criterion, stages: &Stages, asked: &Asked) {
    let cache = OperationCache::new(1000, 64 << 20);
    let operation = cache.insert(Arc::new(stages.asked(asked.name, 1).operation));
    let variables = operation.coerce(&stages.exposure.schema, asked.variables.clone()).unwrap();
    let inquiry = Inquiry::new(&variables, stages.surroundings(&operation));
    let (drafts, trace) = plan(&stages.registry, &stages.exposure, &operation, inquiry).unwrap();
    let parts = drafts.into_iter().map(|draft| Part {
        prepared: Arc::new(prepare(&draft.plan, &stages.registry, &target(Dialect::Sqlite)).unwrap()),
        plan: draft.plan,
        arguments: draft.arguments,
        nodes: draft.nodes,
        inserts: nuages_models::write::SingleInserts::default(),
        write: draft.write,
    });
    let planned = Planned { parts: parts.collect(), weight: 1 };
    operation.plans.insert(trace, Arc::new(planned));
    criterion.bench_function(&format!("cache hit {}", asked.name), |bencher| {
        bencher.iter(|| {
            let operation = cache.find(black_box(asked.document), None).unwrap();
            operation.plans.find(&variables, stages.surroundings(&operation)).unwrap()
        });
    });
}

/// A row of q4 as the writer of answers meets it: texts, whole numbers, a decimal, a time.
fn row(criterion: &mut Criterion) {
    let content = "some words and a \"quoted\" one ".repeat(8);
    criterion.bench_function("write a row", |bencher| {
        let mut out = Vec::with_capacity(4096);
        bencher.iter(|| {
            out.clear();
            write::write_integer(&mut out, black_box(77));
            write::write_string(&mut out, black_box("About willow amber, part 7"));
            write::write_string(&mut out, black_box("willow-amber-7"));
            write::write_string(&mut out, black_box(&content));
            write::write_boolean(&mut out, black_box(true));
            write::write_integer(&mut out, black_box(4711));
            write::write_scaled_integer(&mut out, black_box(450), 2);
            write::write_datetime_micros(&mut out, black_box(1_700_000_000_123_456)).unwrap();
            out.len()
        });
    });
}

criterion_group!(all, stages, row);
criterion_main!(all);
