//! Sweeps as a user meets them: rows that survive kills and shards, and specs refused before the first step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leftright"));
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    command(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap()
}

/// A folder of its own, with the spec in it.
fn folder(name: &str, spec: &str) -> (PathBuf, String) {
    let folder = std::env::temp_dir().join(format!("leftright-sweep-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("spec.toml");
    std::fs::write(&path, spec).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

/// Sweeps a spec on the CPU into a folder.
fn sweep(spec: &str, out: &Path, format: &str) {
    let out = out.to_str().unwrap();
    let output = run(&["sweep", spec, "--out", out, "--format", format, "--engine", "cpu"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn parts(out: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect()
}

/// The rows of all parts by model and step; a doubled row is an error.
fn rows(out: &Path) -> BTreeMap<(u32, u32), String> {
    let mut rows = BTreeMap::new();
    for path in parts(out) {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let step = reader
            .headers()
            .unwrap()
            .iter()
            .position(|name| name == "step")
            .unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let key = (record[0].parse().unwrap(), record[step].parse().unwrap());
            assert_eq!(
                rows.insert(key, record.iter().collect::<Vec<_>>().join(",")),
                None,
                "{key:?} is there twice"
            );
        }
    }
    rows
}

const GRID: &str = "steps = 60\nevery = 30\nsplits = [\"unseen\"]\nablate = [\"EP\"]\n[set]\nd_model = 32\nbatch = 64\n[grid]\npair_labels = [5, 15]\nseed = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]\n";

#[test]
fn a_sweep_killed_ten_times_ends_with_the_rows_of_an_unbroken_one() {
    let (folder, spec) = folder("kill", GRID);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let whole = out("whole");
    assert!(
        run(&["sweep", &spec, "--out", &whole, "--format", "csv"])
            .status
            .success()
    );
    let whole = rows(Path::new(&whole));
    assert_eq!(whole.len(), 40 * 2);

    let broken = out("broken");
    let args = ["sweep", &spec, "--out", &broken, "--format", "csv", "--resume"];
    let (mut random, mut kills, mut alive) = (0x9e37_79b9_u64 ^ u64::from(std::process::id()), 0, Vec::new());
    // Milliseconds before a kill, at most: longer where the machine is too busy to train a part in that time.
    let mut pause = 300;
    while kills < 10 {
        let mut child = command(&args).spawn().unwrap();
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % pause));
        if child.try_wait().unwrap().is_some() {
            // It came to its end: break half of its parts off, so that there is something to kill again.
            parts(Path::new(&broken))
                .into_iter()
                .step_by(2)
                .for_each(|part| std::fs::remove_file(part).unwrap());
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let there = Path::new(&broken).exists();
        alive.push(if there { rows(Path::new(&broken)).len() } else { 0 });
        if alive.last() == Some(&0) {
            pause *= 2;
        }
    }
    println!("rows there after each kill: {alive:?}");
    assert!(
        alive.iter().any(|rows| (1..whole.len()).contains(rows)),
        "no kill came between two parts: {alive:?}"
    );
    assert!(run(&args).status.success());
    assert_eq!(rows(Path::new(&broken)), whole);
    // Negative control: a lost part is missed.
    std::fs::remove_file(&parts(Path::new(&broken))[0]).unwrap();
    assert_ne!(rows(Path::new(&broken)), whole);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn two_shards_have_the_rows_of_one_sweep_between_them() {
    let (folder, spec) = folder("shards", GRID);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (one, two) = (out("one"), out("two"));
    assert!(
        run(&["sweep", &spec, "--out", &one, "--format", "csv"])
            .status
            .success()
    );
    assert!(
        run(&["sweep", &spec, "--out", &two, "--format", "csv", "--shard", "1/2"])
            .status
            .success()
    );
    let half = rows(Path::new(&two));
    assert!(
        run(&["sweep", &spec, "--out", &two, "--format", "csv", "--shard", "2/2"])
            .status
            .success()
    );
    assert!(!half.is_empty() && half.len() < rows(Path::new(&two)).len());
    assert_eq!(rows(Path::new(&two)), rows(Path::new(&one)));
    std::fs::remove_dir_all(folder).unwrap();
}

/// A setting that is one of some names is swept like any other, and is text in the rows of either format.
#[test]
fn a_choice_is_swept() {
    let spec = "steps = 4\nsplits = [\"unseen\"]\n[set]\nd_model = 32\nbatch = 8\nschedule_steps = 4\n[grid]\nschedule = [\"constant\", \"cosine\"]\n";
    let (folder, spec) = folder("choice", spec);
    let [csv, parquet] = ["csv", "parquet"].map(|format| {
        let out = folder.join(format);
        sweep(&spec, &out, format);
        out
    });
    let rows: Vec<String> = rows(&csv).into_values().collect();
    assert!(
        rows.len() == 2 && rows[0].contains(",constant,4,") && rows[1].contains(",cosine,4,"),
        "{rows:?}"
    );
    let loss = |row: &str| row.split(',').rev().take(8).collect::<Vec<_>>().join(",");
    assert_ne!(loss(&rows[0]), loss(&rows[1]));
    let part = std::fs::read_dir(parquet)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let part = part
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "parquet"))
        .unwrap();
    let bytes = std::fs::read(part).unwrap();
    assert!(bytes.windows(6).any(|word| word == b"cosine"));
    std::fs::remove_dir_all(folder).unwrap();
}

/// The models of a spec start from these: token_std, cls_std, position_std, text_position_scale, linear, linear_std
/// and bias_std, as the rows have them.
fn starts_are(name: &str, spec: &str, starts: &[&str]) {
    let (folder, spec) = folder(name, spec);
    let out = folder.join("rows");
    sweep(&spec, &out, "csv");
    let rows: Vec<String> = rows(&out).into_values().collect();
    for (row, start) in rows.iter().zip(starts) {
        assert!(row.contains(start), "{row} has no {start}");
    }
    assert_eq!(rows.len(), starts.len());
    std::fs::remove_dir_all(folder).unwrap();
}

/// A start is swept as a bundle: its rows hold the settings that it is, but for those that the spec sets.
#[test]
fn starts_are_swept() {
    let spec = "steps = 2\nsplits = [\"unseen\"]\n[set]\nd_model = 16\nbatch = 8\nbias_std = 0.25\n[grid]\nstart = [\"paper\", \"clip\", \"pytorch\"]\n";
    starts_are(
        "starts",
        spec,
        &[
            ",0.1,1,0.02,1,normal,1,0.25,",
            ",0.02,0.25,0.25,0.04,normal,1,0.25,",
            ",1,1,1,1,uniform,0.5773502691896257,0.25,",
        ],
    );
}

/// Every candidate is trained with every combination of the grid, which overrules it, as it overrules [set].
#[test]
fn candidates_are_swept_with_the_grid() {
    let spec = "steps = 2\nsplits = [\"unseen\"]\n[set]\nd_model = 16\nbatch = 8\ntoken_std = 0.5\n[[candidates]]\nstart = \"clip\"\ncls_std = 0.75\n[[candidates]]\ntoken_std = 0.125\nbias_std = 7\n[grid]\nbias_std = [2, 3]\n";
    starts_are(
        "candidates",
        spec,
        &[
            ",0.5,0.75,0.25,0.04,normal,1,2,",
            ",0.5,0.75,0.25,0.04,normal,1,3,",
            ",0.125,1,0.02,1,normal,1,2,",
            ",0.125,1,0.02,1,normal,1,3,",
        ],
    );
}

/// The shares of the parts are columns where a spec asks for them, and only there; they sum to one.
#[test]
fn shares_are_columns_where_they_are_asked_for() {
    let spec = "steps = 2\nsplits = [\"unseen\"]\nshares = true\n[set]\nd_model = 16\nbatch = 8\n";
    let (folder, with) = folder("shares", spec);
    let without = folder.join("without.toml");
    std::fs::write(&without, spec.replace("shares = true\n", "")).unwrap();
    let shares = |spec: &str, name: &str| -> Vec<f64> {
        let out = folder.join(name);
        sweep(spec, &out, "csv");
        let mut reader = csv::Reader::from_path(&parts(&out)[0]).unwrap();
        let header = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let columns = header.iter().zip(&row);
        let shares = columns.filter(|(name, _)| name.starts_with("share."));
        shares.map(|(_, share)| share.parse().unwrap()).collect()
    };
    let found = shares(&with, "with");
    assert_eq!(found.len(), 4);
    assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{found:?}");
    assert_eq!(shares(without.to_str().unwrap(), "none"), []);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_bad_spec_is_refused_before_the_first_step() {
    let cases: [(&str, &str, &[&str], &[&str]); 12] = [
        (
            "key",
            "steps = 10\n[grid]\ndepth = [5]\n",
            &[],
            &["depth", "the settings are", "pair_labels"],
        ),
        (
            "field",
            "steps = 10\ncolour = 1\n",
            &[],
            &["colour", "expected one of", "splits"],
        ),
        (
            "grid",
            "steps = 10\n[set]\ngrid = true\n[grid]\npixels = [16, 10]\n",
            &[],
            &["pixels = 10", "pixels is 10", "4, 9 or 16"],
        ),
        (
            "pairs",
            "steps = 10\n[grid]\npair_labels = [15, 18]\n",
            &[],
            &["pair_labels = 18", "pair_labels is 18", "at most 15"],
        ),
        (
            "empty",
            "steps = 10\n[grid]\nseed = []\n",
            &[],
            &["grid.seed", "at least one value"],
        ),
        (
            "steps",
            "steps = 0\n",
            &[],
            &["steps is 0", "between 1 and 1000000"],
        ),
        (
            "whole",
            "steps = 10\n[set]\nseed = 1e3\n",
            &[],
            &["seed is \"1000.0\", but must be a whole number"],
        ),
        ("term", "steps = 10\nablate = [\"XP\"]\n", &[], &["XP", "EP"]),
        (
            "head",
            "steps = 10\nablate = [\"EP@3\"]\n[grid]\nheads = [4, 2]\n",
            &[],
            &["head is 3, but must be between 0 and 1"],
        ),
        (
            "misspelt",
            "steps = 10\n[grid]\npair_lables = [5]\n",
            &[],
            &["pair_lables", "did you mean pair_labels?"],
        ),
        (
            "memory",
            "steps = 10\n[set]\nbatch = 400\n",
            &["--memory", "0.001"],
            &["GiB", "may use", "lower batch"],
        ),
        (
            "shard",
            "steps = 10\n",
            &["--shard", "3/2"],
            &["K/N", "from 1 to N"],
        ),
    ];
    for (name, spec, more, said) in cases {
        let (folder, path) = folder(name, spec);
        let out = folder.join("out");
        let output = run(&[&["sweep", &path, "--out", out.to_str().unwrap()], more].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            output.status.code(),
            Some(if name == "shard" { 2 } else { 1 }),
            "{name}: {error}"
        );
        for words in said {
            assert!(error.contains(words), "{name}: \"{words}\" is not in: {error}");
        }
        assert!(!out.exists(), "{name}: something was begun");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn another_spec_does_not_go_into_a_sweeps_folder() {
    let (folder, spec) = folder("other", "steps = 2\n[set]\nd_model = 16\nheads = 2\nbatch = 16\n");
    let out = folder.join("out").to_str().unwrap().to_owned();
    assert!(run(&["sweep", &spec, "--out", &out]).status.success());
    let again = String::from_utf8(run(&["sweep", &spec, "--out", &out]).stderr).unwrap();
    assert!(again.contains("--resume"), "{again}");
    std::fs::write(&spec, "steps = 3\n[set]\nd_model = 16\nheads = 2\nbatch = 16\n").unwrap();
    let other = String::from_utf8(run(&["sweep", &spec, "--out", &out, "--resume"]).stderr).unwrap();
    assert!(other.contains("another spec"), "{other}");
    std::fs::write(&spec, "steps = 2\n[set]\nd_model = 16\nheads = 2\nbatch = 16\n").unwrap();
    let refused = |more: &[&str], why: &str| {
        let output = run(&[&["sweep", &spec, "--out", &out, "--resume"], more].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(why), "{error}");
    };
    refused(&["--format", "csv"], "another format");
    // What is not to be read, and what is not there beside parts, is not taken for an empty folder.
    let about = Path::new(&out).join("sweep.json");
    std::fs::write(&about, [0xff]).unwrap();
    refused(&[], "sweep.json: ");
    assert_eq!(std::fs::read(&about).unwrap(), [0xff]);
    std::fs::remove_file(&about).unwrap();
    refused(&[], "parts of a sweep without the sweep.json");
    assert!(!about.exists());
    std::fs::remove_dir_all(folder).unwrap();
}
