//! The `nuages` binary.

// A request makes many small values and drops them all at its end, often on another thread: that is what it is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    nuages::cli::run()
}
