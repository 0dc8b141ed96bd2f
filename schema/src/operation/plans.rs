//! The plans of one operation as a decision tree: inner nodes are questions about the variables, edges are answers,
//! leaves are plans.
//!
//! A request walks the tree by answering the questions that planning asked before. It reaches a plan only when it
//! gave the same answer to every one of them, and planning depends on nothing else, so a wrong plan cannot be
//! shared.

use super::variables::{Answer, Question, Surroundings, answer};
use crate::plan::Planned;
use apollo_compiler::response::JsonMap;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most plans of one operation. A client that never repeats a structure makes this many and no more.
const MAX_PLANS: usize = 256;
/// Most questions of a plan that is kept. A request that needs more costs more to run than to plan.
const MAX_QUESTIONS: usize = 500;
/// Most bytes of the answers of a plan that is kept: a client may send texts of any length as a JSON path.
const MAX_ANSWER_BYTES: usize = 64 << 10;
/// About how many bytes the plans of one operation may take.
const MAX_WEIGHT: usize = 4 << 20;
/// About how many bytes a question takes in the tree.
const QUESTION_WEIGHT: usize = 256;

/// The plans of one operation.
#[derive(Debug, Default)]
pub struct Plans {
    tree: RwLock<Tree>,
    clock: AtomicU64,
}

#[derive(Debug, Default)]
struct Tree {
    root: Option<Node>,
    plans: usize,
    weight: usize,
}

#[derive(Debug)]
enum Node {
    Ask { question: Question, edges: HashMap<Answer, Node> },
    Plan(Leaf),
}

#[derive(Debug)]
struct Leaf {
    plan: Arc<Planned>,
    /// The plan's weight and that of its own path.
    weight: usize,
    used: AtomicU64,
}

impl Plans {
    /// The plan of requests that answer like these variables; `None` when there is none yet, or when an answer is
    /// an error (planning then finds the same error and knows its place).
    pub fn find(&self, variables: &JsonMap, surroundings: Surroundings<'_>) -> Option<Arc<Planned>> {
        let tree = self.tree.read();
        let mut node = tree.root.as_ref()?;
        loop {
            match node {
                Node::Plan(leaf) => {
                    leaf.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
                    return Some(leaf.plan.clone());
                }
                Node::Ask { question, edges } => {
                    node = edges.get(&answer(question, variables, surroundings).ok()?)?;
                }
            }
        }
    }

    /// Keeps a plan under what its making asked. Gives the plan to use, which is an older one when another request
    /// was faster.
    pub fn insert(&self, trace: Vec<(Question, Answer)>, plan: Arc<Planned>) -> Arc<Planned> {
        let answers: usize = trace.iter().map(|(_, answer)| answer.size()).sum();
        if trace.len() > MAX_QUESTIONS || answers > MAX_ANSWER_BYTES {
            return plan;
        }
        // Answers stand in the tree, in the paths of the questions below them, and in the plan.
        let weight = plan.weight + trace.len() * QUESTION_WEIGHT + answers * 3;
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut tree = self.tree.write();
        if tree.plans >= MAX_PLANS || tree.plans > 0 && tree.weight + weight > MAX_WEIGHT {
            tree.forget_half();
        }
        let leaf = Leaf { plan: plan.clone(), weight, used: AtomicU64::new(now) };
        match grow(&mut tree.root, trace.into_iter(), leaf) {
            Grown::New => {
                tree.plans += 1;
                tree.weight += weight;
                plan
            }
            Grown::Known(older) => older,
            // Planning asked something else after the same answers. It never does; were it to, the plan is used
            // once and not kept.
            Grown::Inconsistent => {
                tracing::error!("planning is not a function of its answers; the plan is not kept");
                plan
            }
        }
    }

    /// How many plans there are.
    pub fn len(&self) -> usize {
        self.tree.read().plans
    }

    /// Whether there is no plan.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many bytes they take.
    pub fn weight(&self) -> usize {
        self.tree.read().weight
    }
}

impl Tree {
    /// Forgets the half of the plans that was not used for longest.
    fn forget_half(&mut self) {
        let mut times = Vec::with_capacity(self.plans);
        if let Some(root) = &self.root {
            last_uses(root, &mut times);
        }
        times.sort_unstable();
        let Some(middle) = times.get(times.len() / 2).copied() else { return };
        let mut kept = Kept::default();
        if !self.root.as_mut().is_some_and(|root| prune(root, middle, &mut kept)) {
            self.root = None;
        }
        self.plans = kept.plans;
        self.weight = kept.weight;
    }
}

#[derive(Debug, Default)]
struct Kept {
    plans: usize,
    weight: usize,
}

enum Grown {
    New,
    Known(Arc<Planned>),
    Inconsistent,
}

fn grow(root: &mut Option<Node>, trace: impl Iterator<Item = (Question, Answer)>, leaf: Leaf) -> Grown {
    let mut trace = trace.peekable();
    let Some(root_node) = root else {
        *root = Some(branch(trace.collect(), leaf));
        return Grown::New;
    };
    let mut node = root_node;
    loop {
        match node {
            Node::Plan(known) => {
                return if trace.peek().is_none() {
                    Grown::Known(known.plan.clone())
                } else {
                    Grown::Inconsistent
                };
            }
            Node::Ask { question, edges } => {
                let Some((asked, answer)) = trace.next() else { return Grown::Inconsistent };
                if asked != *question {
                    return Grown::Inconsistent;
                }
                match edges.entry(answer) {
                    std::collections::hash_map::Entry::Occupied(edge) => node = edge.into_mut(),
                    std::collections::hash_map::Entry::Vacant(edge) => {
                        edge.insert(branch(trace.collect(), leaf));
                        return Grown::New;
                    }
                }
            }
        }
    }
}

fn branch(trace: Vec<(Question, Answer)>, leaf: Leaf) -> Node {
    trace.into_iter().rev().fold(Node::Plan(leaf), |below, (question, answer)| Node::Ask {
        question,
        edges: HashMap::from([(answer, below)]),
    })
}

// Paths are at most `MAX_QUESTIONS` long, so recursion is bounded here and in the tree's drop.

fn last_uses(node: &Node, times: &mut Vec<u64>) {
    match node {
        Node::Plan(leaf) => times.push(leaf.used.load(Ordering::Relaxed)),
        Node::Ask { edges, .. } => edges.values().for_each(|below| last_uses(below, times)),
    }
}

/// Drops the plans that were last used before a time; says whether anything is left.
fn prune(node: &mut Node, before: u64, kept: &mut Kept) -> bool {
    match node {
        Node::Plan(leaf) => {
            let stays = leaf.used.load(Ordering::Relaxed) >= before;
            if stays {
                kept.plans += 1;
                kept.weight += leaf.weight;
            }
            stays
        }
        Node::Ask { edges, .. } => {
            edges.retain(|_, below| prune(below, before, kept));
            !edges.is_empty()
        }
    }
}
