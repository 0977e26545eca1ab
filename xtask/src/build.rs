//! From the crate and `www/` to the static site in `www/dist`. Each stage is skipped while
//! its output is newer than its inputs, this program among them.

use std::env;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::licenses;
use crate::tools::{self, WASM_TARGET, root};

/// What wasm-opt may use: all that rustc emits and every browser has. With
/// `--all-features` it writes modules that Chromium rejects.
const WASM_FEATURES: [&str; 9] = [
    "--enable-simd",
    "--enable-relaxed-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Functions that are alike stand side by side, where brotli finds them.
const OPTIMISATIONS: [&str; 5] = [
    "-O3",
    "--low-memory-unused",
    "--reorder-functions-by-name",
    "--strip-producers",
    "--strip-target-features",
];

/// The static site.
pub fn dist() -> PathBuf {
    root().join("www/dist")
}

/// Builds the engine and the site, after setting up what that needs.
pub fn build() -> Result<()> {
    tools::ensure_wasm_target()?;
    // The packages come while the first module is compiled.
    let (packages, engine) = tools::at_once(tools::ensure_npm_packages, engine);
    packages?;
    engine?;
    site()
}

/// The crate as the site has it, in `www/src/engine/pkg`: the small module that shows models, and the one
/// that trains them, once for every browser and once for those with relaxed SIMD.
fn engine() -> Result<()> {
    let folder = root().join("www/src/engine/pkg");
    let target = tools::target_dir();
    // The smallest last: nothing is compiled while that is optimised.
    let modules = [
        ("leftright", "web,train,gpu"),
        ("relaxed", "web,train,gpu,relaxed"),
        ("viewer", "web"),
    ];
    packages(&modules, &target, &folder)?;
    let notices = folder.join("crate-licenses.md");
    let inputs = [root().join("Cargo.lock"), env::current_exe()?];
    if !tools::is_fresh(&notices, &inputs.each_ref().map(PathBuf::as_path))? {
        fs::write(&notices, licenses::notices(licenses::Binary::Modules)?)?;
    }
    Ok(())
}

/// The modules that train, with what is measured in a browser and no reader downloads; gives their folder.
pub fn bench_engine() -> Result<PathBuf> {
    let target = tools::target_dir().join("bench");
    let folder = target.join("package");
    let modules = [
        ("leftright", "web,train,gpu,bench"),
        ("relaxed", "web,train,gpu,bench,relaxed"),
    ];
    packages(&modules, &target, &folder)?;
    Ok(folder)
}

/// Compiles the crate to WebAssembly below `target`, once for each name with these features alone, and leaves it under that name, with its
/// JavaScript and types, in `folder`.
fn packages(modules: &[(&str, &str)], target: &Path, folder: &Path) -> Result<()> {
    // Not left to cargo: the packages share a target directory for their dependencies, and there each evicts
    // the one before.
    let sources =
        ["src", "shaders", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"].map(|path| root().join(path));
    let exe = env::current_exe()?;
    let inputs: Vec<&Path> = sources.iter().chain([&exe]).map(PathBuf::as_path).collect();
    // One is optimised while the next is compiled: each takes one core.
    thread::scope(|scope| {
        let mut optimising = Vec::new();
        for (name, features) in modules {
            if tools::is_fresh(&optimised(name, folder), &inputs)? {
                continue;
            }
            let module = compile(name, features, target)?;
            optimising.push(scope.spawn(move || optimise(name, &module, folder)));
        }
        optimising.into_iter().try_for_each(tools::joined)
    })
}

/// Where a module is that readers download.
fn optimised(name: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{name}_bg.wasm"))
}

/// Compiles the crate with these features; gives the module, which the next one leaves as it is.
fn compile(name: &str, features: &str, target: &Path) -> Result<PathBuf> {
    // RUSTFLAGS in the environment would replace the flags of .cargo/config.toml. A cdylib and nothing beside
    // it: with an rlib, as dependants want, cargo would not optimise across crates.
    let mut cargo = tools::cargo();
    cargo.args([
        "rustc",
        "--profile=wasm",
        "--package=leftright",
        "--lib",
        "--crate-type=cdylib",
        "--target",
        WASM_TARGET,
    ]);
    cargo.args(["--no-default-features", "--features", features]);
    tools::run(cargo.env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS"))?;

    let folder = target.join("wasm-bindgen").join(name);
    fs::create_dir_all(&folder)?;
    let module = folder.join("compiled.wasm");
    fs::copy(target.join(WASM_TARGET).join("wasm/leftright.wasm"), &module)?;
    Ok(module)
}

/// Binds a compiled module beside it, and leaves what readers download in `folder`.
fn optimise(name: &str, module: &Path, folder: &Path) -> Result<()> {
    tools::ensure_npm_packages()?;
    println!("Binding and optimising {name}");
    let bound = module.with_file_name("bound");
    bind(name, module, &bound)?;
    fs::create_dir_all(folder)?;
    for file in [format!("{name}.js"), format!("{name}.d.ts")] {
        fs::copy(bound.join(&file), folder.join(&file)).with_context(|| format!("could not copy {file}"))?;
    }
    let types = fs::read_to_string(folder.join(format!("{name}.d.ts")))?;
    fs::write(folder.join("settings.ts"), setting_names(&types)?)?;
    // Last, so that its time vouches for the whole package.
    let mut wasm_opt = tools::node("binaryen/bin/wasm-opt");
    tools::run(
        wasm_opt
            .args(OPTIMISATIONS)
            .args(WASM_FEATURES)
            .arg(bound.join(format!("{name}_bg.wasm")))
            .arg("-o")
            .arg(optimised(name, folder)),
    )
}

/// Leaves a module with its JavaScript and types, under a name, in `folder`.
fn bind(name: &str, module: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .web(true)?
        .typescript(true);
    let mut output = bindgen
        .generate_output()
        .with_context(|| format!("wasm-bindgen could not bind {name}"))?;
    // Each of the two hundred imports has a hash in its name, which no compression shortens, so that they are
    // numbered instead.
    let mut names = Vec::new();
    for (number, import) in output.wasm_mut().imports.iter_mut().enumerate() {
        names.push(mem::replace(&mut import.name, number.to_string()));
    }
    output.emit(folder)?;
    let file = folder.join(format!("{name}.js"));
    let mut script = fs::read_to_string(&file)?;
    for (number, name) in names.iter().enumerate() {
        let definition = format!(" {name}: function(");
        ensure!(
            script.matches(&definition).count() == 1,
            "{} does not define {name} once",
            file.display()
        );
        script = script.replace(&definition, &format!(" {number}: function("));
    }
    Ok(fs::write(file, script)?)
}

/// The settings' names as a TypeScript module, out of the interface `Config` that the crate writes: the page
/// reads its address before the WebAssembly is there.
fn setting_names(types: &str) -> Result<String> {
    let (_, config) = types
        .split_once("export interface Config {\n")
        .context("the crate's types have no interface Config")?;
    let names: Vec<&str> = config
        .lines()
        .take_while(|line| *line != "}")
        .filter(|line| !line.trim_start().starts_with("/**"))
        .filter_map(|line| line.split_once(':').map(|(name, _)| name.trim()))
        .collect();
    Ok(format!("export const CONFIG_NAMES = {names:?} as const;\n"))
}

/// Checks the site's types and bundles it, the documentation and the library with it.
fn site() -> Result<()> {
    let www = root().join("www");
    let inputs = [
        www.join("index.html"),
        www.join("embed.html"),
        www.join("examples"),
        www.join("public"),
        www.join("build"),
        www.join("src"),
        www.join("tsconfig.json"),
        root().join("tsconfig.json"),
        root().join("vite.config.ts"),
        root().join("package-lock.json"),
        root().join("package/build.mjs"),
        root().join("package/manifest.config.mjs"),
        root().join("measurements/summary.json"),
        // The documentation, and the module of which it has the text.
        root().join("docs"),
        root().join("src/model/mod.rs"),
        env::current_exe()?,
    ];
    if tools::is_fresh(
        &dist().join("embed.html"),
        &inputs.each_ref().map(PathBuf::as_path) as &[&Path],
    )? {
        return Ok(());
    }
    tools::run(tools::node("typescript/bin/tsc").args(["--noEmit", "--project", "www"]))?;
    tools::run(tools::node("vite/bin/vite.js").args(["build", "--logLevel", "warn"]))?;
    tools::run(tools::command("node").arg("package/build.mjs"))
}
