//! Builds the playground (`playground/`, an npm project) and embeds its files, compressed once.
//!
//! The npm project is copied under `OUT_DIR` and built there, so that the source tree stays clean. Where npm is
//! missing or fails, the binary is built without the page and says so in its place. `NUAGES_PLAYGROUND=skip`
//! leaves the page out on purpose.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// What the page is made of, in the order in which it is hashed.
const SOURCES: [&str; 7] =
    [".npmrc", "package.json", "package-lock.json", "vite.config.js", "index.html", "public", "src"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let playground = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("playground");
    let output = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=NUAGES_PLAYGROUND");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", playground.join(source).display());
    }

    let built = if env::var("NUAGES_PLAYGROUND").is_ok_and(|value| value == "skip") {
        Err("the build was told to leave the page out (NUAGES_PLAYGROUND=skip)".to_owned())
    } else {
        build(&playground, &output)
    };
    let table = match built {
        Ok(dist) => embed(&dist, &output)?,
        Err(reason) => {
            println!("cargo:warning=the playground page is left out: {reason}");
            format!(
                "static ASSETS: &[Asset] = &[];\n\
                 static MISSING: Option<&str> = Some({reason:?});\n"
            )
        }
    };
    fs::write(output.join("playground.rs"), table)?;
    Ok(())
}

/// Builds the page in a copy of its sources and gives the folder of the result, or why there is none.
fn build(playground: &Path, output: &Path) -> Result<PathBuf, String> {
    let copy = output.join("playground");
    let dist = copy.join("dist");
    let stamp = output.join("playground.stamp");
    let digest = digest(playground).map_err(|error| format!("its sources cannot be read: {error}"))?;
    if dist.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|old| old == digest) {
        return Ok(dist);
    }
    let prepared = (|| -> io::Result<()> {
        if copy.exists() {
            fs::remove_dir_all(&copy)?;
        }
        fs::create_dir_all(&copy)?;
        SOURCES.iter().try_for_each(|source| copy_all(&playground.join(source), &copy.join(source)))
    })();
    prepared.map_err(|error| format!("its sources cannot be copied: {error}"))?;
    npm(&copy, &["ci", "--include=dev", "--ignore-scripts", "--fetch-retries=2", "--fetch-timeout=60000"])?;
    npm(&copy, &["run", "build"])?;
    if !dist.join("index.html").is_file() {
        return Err("`npm run build` made no index.html".to_owned());
    }
    // The packages take 240 MB and are only needed to build.
    let tidied = fs::remove_dir_all(copy.join("node_modules")).and_then(|()| fs::write(&stamp, digest));
    tidied.map_err(|error| format!("the build folder cannot be tidied: {error}"))?;
    Ok(dist)
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let run = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("CI", "1")
        .env_remove("NODE_ENV")
        .stdin(Stdio::null())
        .output();
    match run {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let errors: Vec<&str> =
                said.lines().filter(|line| line.to_lowercase().contains("error")).take(3).collect();
            Err(format!("`npm {}` failed ({}): {}", arguments.join(" "), output.status, errors.join(" | ")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("npm was not found when the binary was built".to_owned())
        }
        Err(error) => Err(format!("npm cannot be run: {error}")),
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in sorted(from)? {
        if let Some(name) = entry.file_name() {
            copy_all(&entry, &to.join(name))?;
        }
    }
    Ok(())
}

fn digest(playground: &Path) -> io::Result<String> {
    fn add(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
        hasher.write(path.to_string_lossy().as_bytes());
        if path.is_dir() {
            sorted(path)?.iter().try_for_each(|entry| add(entry, hasher))
        } else {
            hasher.write(&fs::read(path)?);
            Ok(())
        }
    }
    let mut hasher = DefaultHasher::new();
    SOURCES.iter().try_for_each(|source| add(&playground.join(source), &mut hasher))?;
    Ok(format!("{:016x}", hasher.finish()))
}

/// Compresses every file of the page and writes the table that `src/http/playground.rs` includes.
fn embed(dist: &Path, output: &Path) -> io::Result<String> {
    let compressed = output.join("compressed");
    if compressed.exists() {
        fs::remove_dir_all(&compressed)?;
    }
    fs::create_dir_all(&compressed)?;
    let mut table = String::from("static ASSETS: &[Asset] = &[\n");
    let mut pending = vec![dist.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in sorted(&folder)? {
            if entry.is_dir() { pending.push(entry) } else { files.push(entry) }
        }
    }
    files.sort();
    for (number, file) in files.iter().enumerate() {
        let bytes = fs::read(file)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        let target = compressed.join(format!("{number}.gz"));
        fs::write(&target, encoder.finish()?)?;
        let relative = file.strip_prefix(dist).map_err(io::Error::other)?;
        let path = relative.to_string_lossy().replace('\\', "/");
        let written = writeln!(
            table,
            "    Asset {{ path: {path:?}, content_type: {:?}, etag: {:?}, immutable: {}, gzip: \
             include_bytes!({:?}) }},",
            content_type(&path),
            format!("W/\"{:016x}\"", hasher.finish()),
            // Vite puts a hash of the content into the name of everything under `assets/`.
            path.starts_with("assets/"),
            target.to_string_lossy(),
        );
        written.map_err(io::Error::other)?;
    }
    table.push_str("];\nstatic MISSING: Option<&str> = None;\n");
    Ok(table)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    Ok(entries)
}
