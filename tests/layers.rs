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

/// The name at the beginning of a path. A group (`crate::{..}`) has none here, and so no layer: it is refused.
fn name(path: &str) -> String {
    path.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .expect("a split has a first part")
        .to_owned()
}

/// The modules of this crate that a source names outside comments: by `crate::`, and by as many `super::` as lead
/// out of the module, whose own path has `depth` names.
fn uses(depth: usize, source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // The indents of the modules that are open in the file itself, each of which is one deeper.
    let mut inline: Vec<usize> = Vec::new();
    for line in source.lines() {
        let code = line.split("//").next().expect("a split has a first part");
        let indent = code.len() - code.trim_start().len();
        let (trimmed, declared) = (code.trim(), code.trim().trim_start_matches("pub "));
        if declared.starts_with("mod ") && declared.ends_with('{') {
            inline.push(indent);
        } else if trimmed == "}" && inline.last() == Some(&indent) {
            inline.pop();
        }
        found.extend(code.split("crate::").skip(1).map(name));
        let mut rest = code;
        while let Some(place) = rest.find("super::") {
            let (mut path, mut ups) = (&rest[place..], 0);
            while let Some(further) = path.strip_prefix("super::") {
                (path, ups) = (further, ups + 1);
            }
            if ups >= depth + inline.len() {
                found.insert(name(path));
            }
            rest = path;
        }
    }
    found
}

/// What the source of a module, or of one `depth` names deep in it, uses and must not: a module of its own line
/// or of a later one.
fn forbidden(module: &str, depth: usize, source: &str) -> Vec<String> {
    uses(depth, source)
        .into_iter()
        .filter(|used| used != module && layer(used) >= layer(module))
        .collect()
}

/// How many names the path of a file's module has: `a.rs` and `a/mod.rs` one, `a/b.rs` two.
fn depth(inside: &Path) -> usize {
    inside.components().count() - usize::from(inside.ends_with("mod.rs"))
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
            forbidden(module, depth(inside), &fs::read_to_string(&path).unwrap()),
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
        assert_eq!(forbidden("engine", 1, wrong), ["analysis"], "{wrong}");
    }
    assert_eq!(
        forbidden("engine", 1, "use crate::checkpoint::load;"),
        ["checkpoint"]
    );
    for right in [
        "use crate::model::Snapshot;",
        "use crate::engine::cpu::Cpu;",
        "/// See [`crate::analysis`].",
        "use super::model::Snapshot;",
        "mod tests {\n    use super::analysis;\n}",
    ] {
        assert!(forbidden("engine", 1, right).is_empty(), "{right}");
    }
}

/// Negative control: `super::` is followed out of the module, as deep as the file lies, and not where it stays
/// inside.
#[test]
fn a_wrong_use_by_super_is_found() {
    for (file, wrong) in [
        ("engine/mod.rs", "use super::analysis::Evaluator;"),
        ("engine.rs", "fn f() -> super::analysis::Ablation {}"),
        ("engine/cpu/mod.rs", "use super::super::analysis::Term;"),
        (
            "engine/cpu/step.rs",
            "use super::Real; use super::super::super::analysis::Term;",
        ),
        (
            "engine/mod.rs",
            "mod tests {\n    use super::*;\n    use super::super::analysis::Term;\n}",
        ),
        (
            "engine/mod.rs",
            "mod tests {\n    use super::*;\n}\nuse super::analysis::Term;",
        ),
    ] {
        assert_eq!(
            forbidden("engine", depth(Path::new(file)), wrong),
            ["analysis"],
            "{file}: {wrong}"
        );
    }
    for (file, right) in [
        ("engine/cpu/mod.rs", "use super::analysis::Evaluator;"),
        ("engine/cpu/step.rs", "use super::super::analysis;"),
        ("engine/mod.rs", "use super::model::Snapshot;"),
    ] {
        assert!(
            forbidden("engine", depth(Path::new(file)), right).is_empty(),
            "{file}: {right}"
        );
    }
}
