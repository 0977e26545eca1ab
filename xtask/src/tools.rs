//! What every task needs: where things are, how to run a command, what is out of date, and
//! the set-up of the two toolchains.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

/// The target the browser's engine is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the repository")
}

/// Cargo's output directory.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The command line, where cargo builds it.
pub fn command_line() -> PathBuf {
    let name = format!("leftright{}", env::consts::EXE_SUFFIX);
    target_dir().join("release").join(name)
}

/// A command that starts at the repository's root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs this task.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A script of an installed npm package, by its path in `node_modules`.
pub fn node(script: &str) -> Command {
    let mut node = command("node");
    node.arg(root().join("node_modules").join(script));
    node
}

/// Node's package manager.
pub fn npm() -> Command {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs a command to its end; its failure is an error that names it.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed with {status}");
    Ok(())
}

/// What comes of both, done at once.
pub fn at_once<A: Send, B>(beside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        (joined(beside), here)
    })
}

/// What a thread came to; its panic goes on here.
pub fn joined<T>(thread: ScopedJoinHandle<T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
}

/// The program of this name on the PATH; a whole path names itself.
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// Adds the WebAssembly target to the toolchain where it is missing.
pub fn ensure_wasm_target() -> Result<()> {
    let output = command("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("could not start rustc")?;
    let sysroot = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    if sysroot.join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", WASM_TARGET]))
}

/// Installs the npm packages unless `node_modules` is as the lock file says. Who asks while that goes on waits.
pub fn ensure_npm_packages() -> Result<()> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    // npm writes this file last, when an installation is complete.
    let installed = root().join("node_modules/.package-lock.json");
    if is_fresh(&installed, &[&root().join("package-lock.json")])? {
        return Ok(());
    }
    run(npm().args(["ci", "--no-audit", "--no-fund"])).context("this needs Node.js 20.19 or later, with npm")
}

/// Whether `output` exists and is newer than every input, directories with all they hold.
pub fn is_fresh(output: &Path, inputs: &[&Path]) -> Result<bool> {
    let Ok(made) = fs::metadata(output).and_then(|meta| meta.modified()) else {
        return Ok(false);
    };
    for input in inputs {
        if last_change(input)? > made {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The last change in a file or a tree; a directory's own time tells of deleted files.
fn last_change(path: &Path) -> Result<SystemTime> {
    let meta = fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?;
    let mut last = meta.modified()?;
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            last = last.max(last_change(&entry?.path())?);
        }
    }
    Ok(last)
}
