//! Names of migrations, as Django gives them: the same operations have the same name.

use crate::operation::Operation;

/// Longest name without its number, to which `_and_more` may be added.
const LONGEST: usize = 52;

/// The name of a migration: its number and what it does.
pub fn migration_name(number: u32, operations: &[Operation], given: Option<&str>) -> String {
    let words = given.map_or_else(|| suggested(number, operations), str::to_owned);
    format!("{number:04}_{words}")
}

fn suggested(number: u32, operations: &[Operation]) -> String {
    let creates = |operation: &Operation| matches!(operation, Operation::CreateModel(_));
    if number == 1 && operations.iter().any(creates) {
        return "initial".to_owned();
    }
    let mut fragments = operations.iter().filter_map(Operation::name_fragment);
    let Some(mut name) = fragments.next() else { return "custom".to_owned() };
    for fragment in fragments {
        if name.len() + 1 + fragment.len() > LONGEST {
            name.push_str("_and_more");
            break;
        }
        name.push('_');
        name.push_str(&fragment);
    }
    // A name is that of a file.
    let legal = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    name.chars().map(legal).take(100).collect()
}
