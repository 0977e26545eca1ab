//! Lighthouse on the built article, served with compression: what a browser's own auditor says of it.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::{browser, build, serve, tools};

/// Fetched when it is asked for: no test needs its hundred packages.
const PACKAGE: &str = "lighthouse@13.5.0";
/// What every category must reach, of 1.
const LEAST: f64 = 0.95;

/// Audits the article as on a phone and as on a desktop, prints each category's score, and fails where one is
/// below 95.
pub fn lighthouse() -> Result<()> {
    let chromium = browser::CHROMIUM.ensure()?;
    build::build()?;
    let url = serve::background()?;
    let mut low = Vec::new();
    for device in ["mobile", "desktop"] {
        for (category, score) in audit(&url, device, &chromium)? {
            println!("{device:8} {category:16} {:3.0}", 100.0 * score);
            if score < LEAST {
                low.push(format!("{category} on {device}"));
            }
        }
    }
    ensure!(
        low.is_empty(),
        "below {:.0}: {}; the reports are in target/lighthouse",
        100.0 * LEAST,
        low.join(", ")
    );
    Ok(())
}

/// The score of each category on a device, of 1; the reports stay in `target/lighthouse`.
fn audit(url: &str, device: &str, chromium: &Path) -> Result<Vec<(String, f64)>> {
    let folder = tools::target_dir().join("lighthouse");
    fs::create_dir_all(&folder)?;
    let mut npm = tools::npm();
    npm.args([
        "exec",
        "--yes",
        &format!("--package={PACKAGE}"),
        "--",
        "lighthouse",
        url,
        "--quiet",
    ]);
    npm.args([
        "--chrome-flags=--headless=new --no-sandbox",
        "--output=json",
        "--output=html",
    ]);
    npm.arg(format!("--output-path={}", folder.join(device).display()))
        .env("CHROME_PATH", chromium);
    if device == "desktop" {
        npm.arg("--preset=desktop");
    }
    tools::run(&mut npm)?;
    let report: Value = serde_json::from_slice(&fs::read(folder.join(format!("{device}.report.json")))?)?;
    let categories = report["categories"].as_object().into_iter().flatten();
    let scores: Vec<_> = categories
        .map(|(name, category)| (name.clone(), category["score"].as_f64().unwrap_or(0.0)))
        .collect();
    ensure!(
        !scores.is_empty(),
        "Lighthouse scored nothing: {}",
        report["runtimeError"]
    );
    Ok(scores)
}
