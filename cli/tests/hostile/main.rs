//! A share of `cargo xtask fuzz`: files that somebody broke on purpose get an answer or one clear line.
#![cfg(target_os = "linux")]

mod campaign;

use std::path::Path;

use campaign::{Campaign, Kind};

#[test]
fn broken_files_get_an_answer_or_one_clear_line() {
    let folder = std::env::temp_dir().join(format!("leftright-hostile-{}", std::process::id()));
    let trained = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/trained.safetensors");
    let campaign = Campaign::new(Path::new(env!("CARGO_BIN_EXE_leftright")), &trained, &folder, 1).unwrap();
    for (kind, cases) in [(Kind::Checkpoint, 300), (Kind::Run, 40), (Kind::Sweep, 40)] {
        let tally = campaign.run(kind, 0..cases).unwrap();
        assert!(tally.faults.is_empty(), "{kind}: {tally}");
        // Neither are all refused, nor is every one as good as before.
        assert!(
            tally.answered > cases / 20 && tally.refused > cases / 5,
            "{kind}: {tally}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}
