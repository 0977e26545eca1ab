//! The browser that the tests drive: one that is installed, or Debian's Chromium. It also
//! brings SwiftShader, the software GPU that the native GPU tests run on.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::tools;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const MAC_PATHS: [&str; 2] =
    ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

const SWIFTSHADER_LIBRARIES: &str = "/usr/lib/chromium";
const SWIFTSHADER_DRIVER: &str = "/usr/lib/chromium/vk_swiftshader_icd.json";

/// Finds a browser, or installs one where that is one command.
pub fn ensure() -> Result<PathBuf> {
    if let Some(browser) = env::var_os("CHROMIUM") {
        return Ok(browser.into());
    }
    if let Some(browser) = find() {
        return Ok(browser);
    }
    if is_root() && tools::find_on_path("apt-get").is_some() {
        println!("Installing Chromium for the browser tests");
        tools::run(tools::command("apt-get").args(["update", "-qq"]))?;
        let mut install = tools::command("apt-get");
        tools::run(install.args(["install", "-qq", "--yes", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    match find() {
        Some(browser) => Ok(browser),
        None => bail!("the browser tests need Chrome or Chromium: install either, or set CHROMIUM to its path"),
    }
}

/// The environment that has Vulkan use the SwiftShader of Debian's Chromium; empty where
/// there is none, or where the caller has chosen a driver.
pub fn swiftshader() -> Vec<(&'static str, &'static str)> {
    if env::var_os("VK_DRIVER_FILES").is_some() || !Path::new(SWIFTSHADER_DRIVER).is_file() {
        return Vec::new();
    }
    vec![("LD_LIBRARY_PATH", SWIFTSHADER_LIBRARIES), ("VK_DRIVER_FILES", SWIFTSHADER_DRIVER)]
}

fn find() -> Option<PathBuf> {
    let mac = MAC_PATHS.iter().map(PathBuf::from).find(|path| path.is_file());
    NAMES.iter().find_map(|name| tools::find_on_path(name)).or(mac)
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of a process's own directory is its effective user.
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
