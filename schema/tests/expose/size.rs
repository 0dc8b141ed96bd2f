//! The size of schemas: it grows with the models, not with their square.

use crate::builder::Models;
use nuages_models::Registry;
use nuages_models::registry::LogicalType as L;
use nuages_schema::expose::{ExposeOptions, expose};
use std::time::Instant;

/// Models of twelve columns, two foreign keys and a many-to-many relation each.
fn synthetic(count: usize) -> Registry {
    let mut models = Models::default();
    for number in 0..count {
        let mut model = models
            .add(&format!("Model{number}"))
            .id()
            .field("name", L::Text)
            .field("slug", L::Text)
            .choices("status", &[("draft", "Draft"), ("done", "Done")])
            .field("count", L::Int32)
            .null("amount", L::Decimal { digits: 10, scale: 2 })
            .field("active", L::Boolean)
            .field("created_at", L::DateTime)
            .null("day", L::Date)
            .null("metadata", L::Json);
        if number > 0 {
            let previous = format!("Model{}", number - 1);
            model = model.foreign_key("previous", &previous, "nexts");
            let half = format!("Model{}", number / 2);
            model = model.null_foreign_key("half", &half, &format!("doubles{number}"));
            model.many_to_many("links", &previous, &format!("linked{number}"));
        }
    }
    models.build()
}

/// Resident memory of the process in bytes, where the system says (Linux).
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/statm").ok()?;
    status.split_whitespace().nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

#[test]
fn grows_linearly() {
    let mut per_model = Vec::new();
    for count in [20, 100, 500] {
        let registry = synthetic(count);
        let before = resident_bytes();
        let start = Instant::now();
        let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
        let elapsed = start.elapsed();
        let memory = before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before));
        let types = exposure.schema.types.values().filter(|definition| !definition.is_built_in()).count();
        let bytes = exposure.sdl.len();
        println!(
            "{count} models: {types} types ({:.1} a model), {bytes} bytes of SDL ({} a model), {elapsed:?}, {:.1} MB",
            types as f64 / count as f64,
            bytes / count,
            memory.unwrap_or_default() as f64 / 1e6,
        );
        per_model.push((types as f64 / count as f64, bytes as f64 / count as f64));
    }
    let [small, _, large] = per_model[..] else { panic!("three sizes") };
    // What all models share weighs most in the small schema; what each model adds is the same, but for the digits of
    // the models' names.
    assert!(large.0 <= small.0 && large.0 <= 44.5, "types a model: {small:?}, {large:?}");
    assert!(large.1 <= small.1 * 1.02 && large.1 <= 27_300.0, "bytes a model: {small:?}, {large:?}");
}
