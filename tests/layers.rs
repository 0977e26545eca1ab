//! Data flows one way: a module uses only what stands before it. The order is the one of `src/lib.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order data flows. Two of one line know nothing of each other.
const LAYERS: [&[&str]; 10] = [
    &["file", "math", "message", "rng"],
    &["config"],
    &["recipe", "task"],
    &["model"],
    &["checkpoint", "engine"],
    &["training"],
    &["analysis"],
    &["experiment"],
    &["sweep"],
    &["web"],
];

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|layer| layer.contains(&module));
    found.unwrap_or_else(|| panic!("the module {module} is in no layer"))
}

/// The modules of this crate that a source names by `crate::`, outside comments.
fn uses(source: &str) -> BTreeSet<String> {
    let code = source
        .lines()
        .map(|line| line.split("//").next().expect("a split has a first part"));
    let paths = code.flat_map(|line| {
        line.split("crate::")
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let name = |path: String| {
        path.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .expect("as above")
            .to_owned()
    };
    // A group (`crate::{..}`) has no name here, and so no layer: it is refused.
    paths.map(name).collect()
}

/// What a module's source uses and must not: a module of its own line or of a later one.
fn forbidden(module: &str, source: &str) -> Vec<String> {
    uses(source)
        .into_iter()
        .filter(|used| used != module && layer(used) >= layer(module))
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect()
}

#[test]
fn no_module_uses_one_that_stands_after_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = BTreeSet::new();
    for path in sources(&src) {
        let inside = path.strip_prefix(&src).unwrap();
        let module = Path::new(inside.components().next().unwrap().as_os_str()).with_extension("");
        let module = module.to_str().unwrap();
        if module == "lib" {
            continue;
        }
        seen.insert(module.to_owned());
        assert_eq!(
            forbidden(module, &fs::read_to_string(&path).unwrap()),
            Vec::<String>::new(),
            "{}",
            inside.display()
        );
    }
    let known = LAYERS
        .iter()
        .flat_map(|layer| layer.iter().map(|module| (*module).to_owned()));
    assert_eq!(
        seen,
        known.collect(),
        "every module stands in a layer, and every layer is there"
    );
}

/// `src/lib.rs` names the modules in this order.
#[test]
fn the_map_is_in_order() {
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let layers: Vec<usize> = modules.map(layer).collect();
    assert!(layers.is_sorted() && layers.len() > LAYERS.len(), "{layers:?}");
}

/// Negative control: each kind of path to a later module is found, and none to an earlier one or in a
/// comment.
#[test]
fn a_wrong_use_is_found() {
    for wrong in [
        "use crate::analysis::Evaluator;",
        "use crate::model::Snapshot;\nfn f() -> crate::analysis::Ablation {}",
        "pub use crate::analysis::{Term, Tower}; // why",
    ] {
        assert_eq!(forbidden("engine", wrong), ["analysis"], "{wrong}");
    }
    assert_eq!(
        forbidden("engine", "use crate::checkpoint::load;"),
        ["checkpoint"]
    );
    for right in [
        "use crate::model::Snapshot;",
        "use crate::engine::cpu::Cpu;",
        "/// See [`crate::analysis`].",
        "use super::Real;",
    ] {
        assert!(forbidden("engine", right).is_empty(), "{right}");
    }
}
