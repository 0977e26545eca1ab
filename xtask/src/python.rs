//! The Python package's tests, on the native module as the workspace builds it. maturin would compile every
//! dependency again: a crate that is built alone has fewer features than in the workspace.

use std::env::consts;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools;

/// The oldest Python that the package works with.
const OLDEST: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// pytest on the package, with what it needs in an environment of its own; none where there is no Python.
pub fn pytest() -> Result<Option<Command>> {
    let Some(python) = environment()? else {
        return Ok(None);
    };
    build()?;
    let mut pytest = tools::command(python);
    pytest
        .args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "python"])
        .env("PYTHONPATH", tools::root().join("python"))
        .env("LEFTRIGHT", tools::command_line());
    Ok(Some(pytest))
}

/// A Python with what `requirements.txt` names.
pub fn environment() -> Result<Option<PathBuf>> {
    let found = tools::command("python3").args(["-c", OLDEST]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    let folder = tools::target_dir().join("python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let requirements = tools::root().join("python/tests/requirements.txt");
    let installed = folder.join("installed");
    if tools::is_fresh(&installed, &[&requirements])? {
        return Ok(Some(python));
    }
    tools::run(tools::command("python3").args(["-m", "venv"]).arg(&folder))?;
    tools::run(
        tools::command(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(&requirements),
    )
    .context("what Python's tests need cannot be installed")?;
    fs::write(&installed, "")?;
    Ok(Some(python))
}

/// Builds the command line, and the native module, which goes where Python looks for it, beside its stubs. With the
/// examples, so that their dependencies are those of the tests.
fn build() -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args([
        "build",
        "--release",
        "--workspace",
        "--lib",
        "--bin",
        "leftright",
        "--examples",
        "--quiet",
    ]);
    tools::run(&mut cargo)?;
    let built = format!("{}leftright_python{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let name = if cfg!(windows) {
        "_native.pyd"
    } else {
        "_native.abi3.so"
    };
    let (from, to) = (
        tools::target_dir().join("release").join(built),
        tools::root().join("python/leftright").join(name),
    );
    fs::copy(&from, &to).with_context(|| format!("{} cannot be written", to.display()))?;
    Ok(())
}
