//! Tells the program which commit it is of, where there is a repository, and what it is built for.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../.git/HEAD");
    println!("cargo::rerun-if-changed=../.git/refs/heads");
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output();
    let commit = match commit {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "none, built outside a repository".to_owned(),
    };
    let target = std::env::var("TARGET").expect("cargo sets it");
    println!("cargo::rustc-env=LEFTRIGHT_COMMIT={commit}");
    println!("cargo::rustc-env=LEFTRIGHT_TARGET={target}");
}
