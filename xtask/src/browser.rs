//! The browsers that the tests drive: those that are installed, or Debian's. Chromium also
//! brings SwiftShader, the software GPU that the native GPU tests run on.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::tools;

pub struct Browser {
    pub name: &'static str,
    /// The variable that holds its path, for a caller to set and for Playwright to read.
    pub variable: &'static str,
    /// What to start it by, on the PATH or as a whole path; the first that is there counts.
    programs: &'static [&'static str],
    /// What else must be on the PATH.
    needs: &'static [&'static str],
    /// Debian's packages of it.
    packages: &'static [&'static str],
}

pub const CHROMIUM: Browser = Browser {
    name: "Chromium",
    variable: "CHROMIUM",
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    needs: &[],
    packages: &["chromium"],
};

pub const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &[
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ],
    needs: &[],
    packages: &["firefox-esr"],
};

/// WebKitGTK. Its browser has no mode without a window, so it gets a screen that nobody sees.
pub const WEBKIT: Browser = Browser {
    name: "WebKit",
    variable: "WEBKIT",
    programs: &["WebKitWebDriver"],
    needs: &["xvfb-run"],
    packages: &["webkit2gtk-driver", "xvfb", "xauth"],
};

const SWIFTSHADER_LIBRARIES: &str = "/usr/lib/chromium";
const SWIFTSHADER_DRIVER: &str = "/usr/lib/chromium/vk_swiftshader_icd.json";

impl Browser {
    /// Finds the browser, or installs it where that is one command.
    pub fn ensure(&self) -> Result<PathBuf> {
        if let Some(path) = self.find() {
            return Ok(path);
        }
        install(self.name, self.packages)?;
        self.find().with_context(|| {
            let Self {
                name,
                variable,
                packages,
                ..
            } = self;
            format!(
                "{name} is not installed: get it (on Debian: {}), or set {variable} to its path",
                packages.join(" ")
            )
        })
    }

    fn find(&self) -> Option<PathBuf> {
        if let Some(path) = env::var_os(self.variable) {
            return Some(path.into());
        }
        let complete = self.needs.iter().all(|name| tools::find_on_path(name).is_some());
        self.programs
            .iter()
            .find_map(|name| tools::find_on_path(name))
            .filter(|_| complete)
    }
}

/// The variable that has Vulkan use a driver.
pub const DRIVER: &str = "VK_DRIVER_FILES";

/// The environment that has Vulkan use the SwiftShader of Debian's Chromium; empty where there is none.
pub fn swiftshader() -> Vec<(&'static str, &'static str)> {
    if !Path::new(SWIFTSHADER_DRIVER).is_file() {
        return Vec::new();
    }
    vec![
        ("LD_LIBRARY_PATH", SWIFTSHADER_LIBRARIES),
        (DRIVER, SWIFTSHADER_DRIVER),
    ]
}

/// Where Debian's Vulkan loader finds its drivers.
const DRIVERS: &str = "/usr/share/vulkan/icd.d";

/// The driver of lavapipe, Mesa's software GPU, which is installed where that is one command; `None` where it
/// is not there.
pub fn lavapipe() -> Result<Option<PathBuf>> {
    let find = || {
        let drivers = std::fs::read_dir(DRIVERS)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()));
        drivers.into_iter().find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"))
        })
    };
    if find().is_none() {
        install("lavapipe", &["mesa-vulkan-drivers"])?;
    }
    Ok(find())
}

/// Installs Debian's packages, as root on Debian; does nothing elsewhere.
fn install(name: &str, packages: &[&str]) -> Result<()> {
    if !is_root() || tools::find_on_path("apt-get").is_none() {
        return Ok(());
    }
    println!("Installing {name} for the tests");
    tools::run(tools::command("apt-get").args(["update", "-qq"]))?;
    let mut install = tools::command("apt-get");
    install.args(["install", "-qq", "--yes"]).args(packages);
    tools::run(install.env("DEBIAN_FRONTEND", "noninteractive"))
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
