//! Child programs that never outlive the test process, however it ends.
//!
//! Between the two stands a small shell that reads a pipe from this process. When the process ends, by its own will
//! or by SIGKILL, the pipe closes, and the shell stops the program and removes its files. (A parent death signal
//! would come when the *thread* that started the program ends, and every test has a thread of its own.)

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

/// A running program; stopped when this is dropped.
#[derive(Debug)]
pub struct Watched {
    shell: Child,
    log: Arc<Mutex<Vec<u8>>>,
}

/// Starts the program. It is stopped with the signal (`TERM`, `INT`), or killed when it takes longer than ten
/// seconds; the folder is removed after its end.
///
/// # Panics
/// When there is no `sh`.
pub fn start(program: &Command, signal: &str, folder: &Path) -> Watched {
    // Nobody may read the shell's own words any more, and writing them would then be its death.
    let script = "signal=$1; folder=$2; shift 2
        exec 3<&0 </dev/null 4>&2 2>/dev/null
        \"$@\" 2>&4 3<&- 4>&- & program=$!
        ( exec 4>&-; read -r _ <&3; kill -\"$signal\" $program; sleep 10; kill -KILL $program ) & reader=$!
        exec 3<&- 4>&-
        wait $program; status=$?
        kill $reader
        rm -rf \"$folder\"
        exit $status";
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "watchdog", signal])
        .arg(folder)
        .arg(program.get_program())
        .args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    // A process group of its own: Ctrl-C of the terminal must reach the test, not the shell.
    shell
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut shell = shell.spawn().expect("`sh` starts");
    let log = Arc::new(Mutex::new(Vec::new()));
    let (mut stderr, collected) = (shell.stderr.take().expect("it is piped"), Arc::clone(&log));
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stderr.read(&mut buffer) {
            collected.lock().unwrap().extend_from_slice(&buffer[..length]);
        }
    });
    Watched { shell, log }
}

impl Watched {
    /// Id of the shell whose child the program is.
    pub fn id(&self) -> u32 {
        self.shell.id()
    }

    /// What it wrote to its standard error so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }

    /// How it ended, when it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.shell.try_wait().expect("the shell is our child")
    }

    /// Stops it and gives how it ended. The status of a program that ends by itself after the signal is its own.
    pub fn stop(&mut self) -> ExitStatus {
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the shell is our child")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn a_dropped_program_is_gone_with_its_files() {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut program = Command::new("sh");
        program.args(["-c", "trap 'exit 7' TERM; echo ready >&2; while :; do sleep 0.1; done"]);
        let mut watched = start(&program, "TERM", &folder);
        let deadline = Instant::now() + Duration::from_secs(20);
        while !watched.log().contains("ready") {
            assert!(Instant::now() < deadline, "the program did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(watched.ended().is_none() && folder.exists());
        assert_eq!(watched.stop().code(), Some(7));
        assert!(!folder.exists());
    }
}
