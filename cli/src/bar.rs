//! How far the training of many models has come, for whoever looks.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over the steps of many models.
pub const MANY: &str = "{bar:30} {percent}% {msg}, {elapsed} gone, {eta} left";

/// A bar over steps, where somebody looks.
pub fn bar(steps: u64, quiet: bool, template: &'static str) -> ProgressBar {
    let hidden = quiet || !std::io::stderr().is_terminal();
    let target = if hidden {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    bar.with_style(ProgressStyle::with_template(template).expect("the template is ours"))
}
