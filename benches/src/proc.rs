//! What `/proc` knows of a tree of processes: time on the processor, and memory.

use std::collections::HashMap;
use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

/// Memory of a tree of processes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    /// Resident pages; shared ones count once a process.
    pub resident: u64,
    /// Resident pages, shared ones in parts.
    pub proportional: u64,
}

struct Process {
    parent: u32,
    name: String,
    ticks: u64,
    pages: u64,
}

/// Processor time of the process, of all its descendants, and of those that it has reaped.
pub fn processor_time(root: u32) -> Duration {
    let processes = processes();
    let ticks: u64 = tree(&processes, root).iter().filter_map(|id| processes.get(id)).map(|p| p.ticks).sum();
    Duration::from_nanos(ticks * 1_000_000_000 / system_constant("CLK_TCK", 100))
}

/// Memory of the process and all its descendants, without the shells that watch over them.
pub fn memory(root: u32) -> Memory {
    let processes = processes();
    let mut memory = Memory::default();
    for id in tree(&processes, root) {
        let Some(process) = processes.get(&id).filter(|process| process.name != "sh") else { continue };
        memory.resident += process.pages * system_constant("PAGESIZE", 4096);
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let kilobytes = rollup.lines().find_map(|line| {
            line.strip_prefix("Pss:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
        });
        memory.proportional += kilobytes.unwrap_or_default() * 1024;
    }
    memory
}

fn tree(processes: &HashMap<u32, Process>, root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(processes.iter().filter(|(_, process)| process.parent == parent).map(|(id, _)| *id));
        at += 1;
    }
    found
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // A process that ends meanwhile is counted by its parent.
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        Some((id, parse(&stat)?))
    })
    .collect()
}

/// The line of `/proc/PID/stat` (proc(5)); the name may hold anything, so what follows its last parenthesis counts.
fn parse(stat: &str) -> Option<Process> {
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        name: name.to_owned(),
        ticks: number(11)? + number(12)? + number(13)? + number(14)?,
        pages: number(21)?,
    })
}

/// Of `getconf`.
fn system_constant(name: &'static str, usual: u64) -> u64 {
    static KNOWN: OnceLock<HashMap<&str, u64>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        ["CLK_TCK", "PAGESIZE"]
            .into_iter()
            .filter_map(|name| {
                let output = std::process::Command::new("getconf").arg(name).output().ok()?;
                Some((name, String::from_utf8(output.stdout).ok()?.trim().parse().ok()?))
            })
            .collect()
    });
    known.get(name).copied().unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses() {
        let stat = "7 (a) b) (c) S 3 7 7 0 -1 4 0 0 0 0 10 20 1 2 20 0 1 0 5 1000 42 0";
        let process = parse(stat).unwrap();
        assert_eq!((process.parent, process.ticks, process.pages), (3, 33, 42));
        assert_eq!(process.name, "a) b) (c");
    }

    #[test]
    fn this_process_is_seen() {
        assert!(memory(std::process::id()).resident > 0);
    }
}
