//! Tells the program which commit it is of, where its sources are a repository's, and what it is built for.

use std::path::Path;
use std::process::Command;

/// What git answers, where there is a git that does.
fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| answer.trim().to_owned())
}

/// The commit of this repository, and not of one that only holds a copy of the crate.
fn commit() -> Option<String> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()?
        .canonicalize()
        .ok()?;
    let top = Path::new(&git(&["rev-parse", "--show-toplevel"])?)
        .canonicalize()
        .ok()?;
    if top != ours {
        return None;
    }
    // Where git says that these are, in a worktree too.
    for name in ["HEAD", "refs/heads"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").expect("cargo sets it");
    if let Some(commit) = commit() {
        println!("cargo::rustc-env=LEFTRIGHT_COMMIT={commit}");
    }
    println!("cargo::rustc-env=LEFTRIGHT_TARGET={target}");
}
