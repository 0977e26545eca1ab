//! Many models trained over this machine's threads, and their rows as an Arrow table: what the command line and
//! Python have in common of a sweep.

mod jobs;
mod parts;
mod rows;
mod spec;

pub use jobs::{Numbered, resolve, train};
pub use parts::{Part, Shard};
pub use rows::Rows;
pub use spec::{Plan, Spec, SweepError};
