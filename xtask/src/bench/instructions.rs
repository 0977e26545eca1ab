//! Instructions of a training step, counted by callgrind: what noise of the machine would hide in a time.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::tools;

/// Runs of so many steps are compared, so that what comes before the first step cancels.
const STEPS: [u64; 2] = [2, 7];
/// Functions with a smaller share of the step are added up.
const LEAST_SHARE: f64 = 0.01;

/// Instructions by function.
type Profile = BTreeMap<String, u64>;

/// Instructions of a step of preset `paper` on the native CPU engine, in all and by function; why not, where
/// they cannot be counted.
pub fn count() -> Result<Value> {
    if tools::find_on_path("valgrind").is_none() {
        return Ok(json!({ "error": "valgrind is not installed" }));
    }
    let [few, many] = [profile(STEPS[0])?, profile(STEPS[1])?];
    let steps = (STEPS[1] - STEPS[0]) as f64;
    let each = |(name, n): (String, u64)| {
        let before = few.get(&name).copied().unwrap_or(0);
        (name, n.saturating_sub(before) as f64 / steps)
    };
    let mut functions: Vec<(String, f64)> = many.into_iter().map(each).collect();
    let step: f64 = functions.iter().map(|(_, n)| n).sum();
    functions.retain(|(_, n)| *n >= LEAST_SHARE * step);
    functions.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rest = step - functions.iter().map(|(_, n)| n).sum::<f64>();
    let named = |(name, n): (String, f64)| json!({ "name": format!("`{name}`"), "instructions": n });
    let mut functions: Vec<Value> = functions.into_iter().map(named).collect();
    functions.push(json!({ "name": "all others", "instructions": rest }));
    Ok(json!({ "step": step, "functions": functions }))
}

/// Every function's own instructions over so many steps.
fn profile(steps: u64) -> Result<Profile> {
    let folder = tools::target_dir().join("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("callgrind.{steps}"));
    let runner = json!([
        "valgrind",
        "--quiet",
        "--tool=callgrind",
        format!("--callgrind-out-file={}", file.display())
    ]);
    let mut bench = super::program("engine");
    bench.args(["--config", &format!("target.'cfg(all())'.runner={runner}")]);
    tools::run(bench.args(["--", "--steps", &steps.to_string()]))?;
    let mut annotate = tools::command("callgrind_annotate");
    let output = annotate
        .args(["--threshold=100", "--auto=no"])
        .arg(&file)
        .output()
        .context("could not start callgrind_annotate")?;
    ensure!(
        output.status.success(),
        "callgrind_annotate failed with {}",
        output.status
    );
    let mut profile = Profile::new();
    for (name, n) in String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(function)
    {
        *profile.entry(name).or_default() += n;
    }
    ensure!(!profile.is_empty(), "callgrind_annotate named no function");
    Ok(profile)
}

/// The function and count in a line such as `1,234 (5.6%)  file.c:function [object]`.
fn function(line: &str) -> Option<(String, u64)> {
    let (n, rest) = line.trim_start().split_once(" (")?;
    let (_, place) = rest.split_once("%)  ")?;
    let (_, name) = place.split_once(':')?;
    let name = name.split_once(" [").map_or(name, |(name, _)| name);
    Some((name.to_owned(), n.replace(',', "").parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callgrind_lines_are_read() {
        let line =
            " 14,112,432 ( 5.12%)  ???:leftright::engine::cpu::adamw::adamw [/target/release/deps/engine-1]";
        assert_eq!(
            function(line),
            Some(("leftright::engine::cpu::adamw::adamw".to_owned(), 14_112_432))
        );
        assert_eq!(function("275,716,433 (100.0%)  PROGRAM TOTALS"), None);
    }
}
