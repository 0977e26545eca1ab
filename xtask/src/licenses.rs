//! The licences of the crates that are compiled into what people are given: the WebAssembly modules, beside
//! those of the npm packages that Vite writes down, the program, and Python's wheel.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{CargoOpt, MetadataCommand};
use clap::ValueEnum;

use crate::tools::{self, WASM_TARGET, root};

/// What people are given.
#[derive(Clone, Copy, ValueEnum)]
pub enum Binary {
    /// The WebAssembly modules
    Modules,
    /// `leftright`, as it is built on this machine
    Program,
    /// The native module of Python's wheel, as it is built on this machine
    Wheel,
}

impl Binary {
    fn name(self) -> &'static str {
        match self {
            Binary::Modules => "the WebAssembly modules",
            Binary::Program => "leftright",
            Binary::Wheel => "leftright for Python",
        }
    }

    /// What `cargo tree` is asked for.
    fn tree(self) -> &'static [&'static str] {
        match self {
            Binary::Modules => &[
                "--package",
                "leftright",
                "--features",
                "web",
                "--target",
                WASM_TARGET,
            ],
            Binary::Program => &["--package", "leftright-cli"],
            Binary::Wheel => &["--package", "leftright-python"],
        }
    }
}

/// The notices, as Markdown: every crate with its licence, then each text once, under the crates that it
/// comes with.
pub fn notices(binary: Binary) -> Result<String> {
    let folders = folders()?;
    let mut notices = format!("# Crates that are compiled into {}\n\n", binary.name());
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, license) in linked(binary)? {
        writeln!(notices, "- {name} ({license})")?;
        let folder = folders
            .get(&name)
            .with_context(|| format!("cargo metadata does not know {name}"))?;
        for text in license_texts(folder)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in texts {
        write!(notices, "\n## {}\n\n{text}\n", names.join(", "))?;
    }
    Ok(notices)
}

/// The crates that it is linked with, as "name version", and their licences. What runs only at compile time is
/// not among them, nor is the crate itself.
fn linked(binary: Binary) -> Result<BTreeMap<String, String>> {
    let output = tools::cargo()
        .arg("tree")
        .args(binary.tree())
        .args(["--edges", "normal,no-proc-macro"])
        .args(["--prefix", "none", "--format", "{p}\t{l}"])
        .output()
        .context("could not start cargo tree")?;
    ensure!(
        output.status.success(),
        "cargo tree failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut crates = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines().skip(1) {
        // "name v1.2.3 (where it comes from)", and a star after what was listed before.
        let (package, license) = line
            .trim_end_matches(" (*)")
            .split_once('\t')
            .context("cargo tree writes a package and its licence")?;
        let mut words = package.split(' ');
        let (name, version) = words
            .next()
            .zip(words.next())
            .context("cargo tree writes a name and a version")?;
        crates.insert(
            format!("{name} {}", version.trim_start_matches('v')),
            license.to_owned(),
        );
    }
    Ok(crates)
}

/// Where the source of every package lies, by "name version".
fn folders() -> Result<BTreeMap<String, PathBuf>> {
    let manifest = root().join("Cargo.toml");
    // The modules are built with features that are not the default.
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .features(CargoOpt::AllFeatures)
        .exec()?;
    let folder = |manifest: &Path| {
        manifest
            .parent()
            .map(Path::to_owned)
            .context("a manifest lies in a folder")
    };
    let packages = metadata.packages.iter();
    packages
        .map(|p| {
            Ok((
                format!("{} {}", p.name, p.version),
                folder(p.manifest_path.as_std_path())?,
            ))
        })
        .collect()
}

/// What the files say whose names begin as licences are called.
fn license_texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        if path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE"]
                .iter()
                .any(|start| name.starts_with(start))
        {
            let text =
                fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            texts.push(text.replace("\r\n", "\n").trim().to_owned());
        }
    }
    Ok(texts)
}
