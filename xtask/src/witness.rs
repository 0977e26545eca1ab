//! A second implementation as witness: the dense reference in JAX trains preset `paper` from random numbers
//! of its own, and its numbers are compared with the crate's as two samples (`tests/oracle/witness.py`).

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::tools;

/// Trains with both, prints the table and leaves it in `tests/oracle/WITNESS.md`; fails where a number
/// differs.
pub fn witness(python: &Path) -> Result<()> {
    let oracle = |script: &str| {
        let mut command = tools::command(python);
        command.arg(Path::new("tests/oracle").join(script));
        command
    };
    tools::run(tools::command(python).args(["-c", "import jax, safetensors, scipy"])).context(
        "this needs a Python with jax, safetensors and scipy (CONTRIBUTING.md); --python names one",
    )?;
    let folder = tools::target_dir().join("witness");
    // Rows of an earlier run can be those of another crate.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let (sweep, reference) = (folder.join("sweep"), folder.join("reference.csv"));
    println!("Training with the crate");
    let mut leftright = tools::cargo();
    leftright
        .args(["run", "--release", "--quiet", "--bin", "leftright", "--"])
        .args([
            "sweep",
            "tests/oracle/witness.toml",
            "--format",
            "csv",
            "--engine",
            "cpu",
        ])
        .arg("--out")
        .arg(&sweep);
    tools::run(&mut leftright)?;
    println!("Training with the reference");
    tools::run(oracle("train.py").arg(&reference))?;
    tools::run(oracle("witness.py").args([&sweep, &reference]))
}
