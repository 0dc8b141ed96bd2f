//! What holds for all states: generated pairs of them.

use crate::generated::{RENAMES, project, state};
use crate::models::{Answers, assert_reversible};
use nuages_migrations::{MigrationFile, Operation, ProjectState, apply_all, detect, optimize, read};
use nuages_models::define::{Renamed, SourceFile};
use proptest::prelude::*;

fn found(from: &ProjectState, to: &ProjectState, renames: &[(&str, &str)]) -> Vec<Operation> {
    let mut answers = Answers { renames, ..Answers::default() };
    match detect(from, to, &Renamed::default(), &mut answers) {
        Ok(operations) => operations,
        Err(error) => panic!("{error}"),
    }
}

fn file(operations: Vec<Operation>) -> MigrationFile {
    let name = "0001_initial".to_owned();
    MigrationFile { name, dependencies: Vec::new(), replaces: Vec::new(), atomic: true, operations }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_gives_no_operation(models in project()) {
        let state = state(&models);
        prop_assert_eq!(&state.canonical().unwrap(), &state);
        prop_assert_eq!(found(&state, &state, &[]), vec![]);
    }

    #[test]
    fn operations_lead_from_one_state_to_the_other_and_back(one in project(), two in project()) {
        let (from, to) = (state(&one), state(&two));
        for renames in [&[][..], RENAMES] {
            let operations = found(&from, &to, renames);
            let mut reached = from.clone();
            apply_all(&operations, &mut reached).unwrap();
            prop_assert_eq!(&reached, &to);
            let mut merged = from.clone();
            apply_all(&optimize(operations.clone()), &mut merged).unwrap();
            prop_assert_eq!(&merged, &to);
            assert_reversible(&from, &operations);
            let file = file(operations);
            let source = SourceFile { path: "0001_initial.toml".to_owned(), text: file.text() };
            prop_assert_eq!(&read(&[source]).unwrap()[0], &file);
        }
    }

    #[test]
    fn merging_several_migrations_keeps_the_state(history in prop::collection::vec(project(), 2..5)) {
        let mut operations = Vec::new();
        let mut before = ProjectState::default();
        for models in &history {
            let to = state(models);
            operations.extend(found(&before, &to, RENAMES));
            before = to;
        }
        let merged = optimize(operations.clone());
        prop_assert!(merged.len() <= operations.len());
        let mut reached = ProjectState::default();
        apply_all(&merged, &mut reached).unwrap();
        prop_assert_eq!(reached, before);
    }
}
