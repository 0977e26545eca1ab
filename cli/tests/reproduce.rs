//! `leftright reproduce` as a user meets it: a report whose files are the same however often its run was
//! broken off or shared out, and files of another run that are refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use parquet::file::reader::{FileReader, SerializedFileReader};

/// The shortest experiment: three models, each measured twenty times.
const SHORT: [&str; 6] = ["reproduce", "--quick", "--only", "1", "--engine", "cpu"];
const ROWS: &str = "measurements/01-generalization.parquet";

fn command(out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leftright"));
    command.args(SHORT).arg("--out").arg(out).args(more);
    command
}

fn run(out: &Path, more: &[&str]) -> Output {
    command(out, more).output().unwrap()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|text| String::from_utf8_lossy(text))
        .concat()
}

/// What a run says that must succeed.
fn done(out: &Path, more: &[&str]) -> String {
    let output = run(out, more);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

/// What a run says that must be refused.
fn refused(out: &Path, more: &[&str]) -> String {
    let output = run(out, more);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    said(&output)
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reproduce-{name}"));
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// A run in one go, trained once for all tests here; they leave it as it is.
fn whole() -> &'static Path {
    static WHOLE: OnceLock<PathBuf> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let folder = scratch("whole");
        let said = done(&folder, &[]);
        assert!(
            said.contains("3 models, about ") && said.contains(" 1. "),
            "{said}"
        );
        folder
    })
}

/// A copy of it.
fn copy(name: &str) -> PathBuf {
    let to = scratch(name);
    for (path, bytes) in files(whole()) {
        fs::create_dir_all(to.join(&path).parent().unwrap()).unwrap();
        fs::write(to.join(&path), bytes).unwrap();
    }
    to
}

/// Every file under a folder, and every empty folder, by its path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn add(folder: &Path, root: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        let entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        let name = |path: &Path| path.strip_prefix(root).unwrap().to_owned();
        if entries.is_empty() {
            files.insert(name(folder), Vec::new());
        }
        for path in entries {
            if path.is_dir() {
                add(&path, root, files);
            } else {
                files.insert(name(&path), fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    add(folder, folder, &mut all);
    all
}

fn names(folder: &Path) -> Vec<String> {
    files(folder)
        .keys()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn it_writes_report_figures_rows_and_what_they_mean() {
    let folder = whole();
    assert_eq!(
        names(folder),
        [
            "REPRODUCTION.md",
            "figures/01-generalization-1.svg",
            "figures/01-generalization-2.svg",
            "figures/01-generalization-3.svg",
            "figures/01-generalization.json",
            "measurements/01-generalization.parquet",
            "measurements/README.md",
            "measurements/summary.json",
        ]
    );
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let report = read("REPRODUCTION.md");
    for part in [
        "**Claim.**",
        "**Rule.**",
        "**Measured.**",
        "**Verdict: ",
        "| retrieval, single |",
        "| at least 0.90 |",
        "figures/01-generalization-1.svg",
        "3 models, 3000 steps",
    ] {
        assert!(report.contains(part), "{part} is not in the report");
    }
    assert!(read("figures/01-generalization-1.svg").starts_with("<svg"));

    let rows = SerializedFileReader::new(fs::File::open(folder.join(ROWS)).unwrap()).unwrap();
    let file = rows.metadata().file_metadata();
    assert_eq!(file.num_rows(), 60);
    let columns: Vec<&str> = file
        .schema()
        .get_fields()
        .iter()
        .map(|field| field.name())
        .collect();
    assert_eq!(columns[..4], ["model", "seed", "step", "loss"]);
    let about: BTreeMap<&str, &str> = file
        .key_value_metadata()
        .unwrap()
        .iter()
        .filter_map(|pair| Some((pair.key.as_str(), pair.value.as_deref()?)))
        .collect();
    assert_eq!(
        ["experiment", "scale", "engine", "steps", "seeds", "version"].map(|key| about[key]),
        [
            "1-generalization",
            "quick",
            "cpu",
            "[1000]",
            "[0,1,2]",
            env!("CARGO_PKG_VERSION")
        ]
    );
    assert_eq!(about.get("commit").copied(), option_env!("LEFTRIGHT_COMMIT"));
    assert!(
        about["settings"].contains("\"pair_labels\":15"),
        "{}",
        about["settings"]
    );

    // The dictionary has every column's family and every key of the metadata.
    let dictionary = read("measurements/README.md");
    for word in about.keys().filter(|key| **key != "ARROW:schema").chain(&[
        "model",
        "step",
        "seed",
        "unseen.order",
        "loss",
    ]) {
        assert!(
            dictionary.contains(&format!("`{word}`")),
            "{word} is not in the dictionary"
        );
    }

    // The report's numbers are the summary's, which are the rows'.
    let summary: serde_json::Value = serde_json::from_str(&read("measurements/summary.json")).unwrap();
    let experiment = &summary["experiments"]["1"];
    assert_eq!(
        (&experiment["models"], &experiment["steps"]),
        (&3.into(), &3000.into())
    );
    assert!(report.contains(experiment["finding"].as_str().unwrap()));
    let single = experiment["conditions"][0]["value"].as_f64().unwrap();
    assert!(
        report.contains(&format!("| retrieval, single | {single:.2} |")),
        "{single}"
    );
    let spread = &summary["numbers"]["1.single.retrieval"];
    assert_eq!(
        (summary["spread"][0].as_str(), summary["spread"][5].as_str()),
        (Some("median"), Some("count"))
    );
    assert_eq!((spread[0].as_f64(), spread[5].as_u64()), (Some(single), Some(3)));
}

#[test]
fn a_killed_run_and_two_shards_end_with_the_files_of_an_unbroken_run() {
    let broken = scratch("broken");
    let parts = || {
        let names = fs::read_dir(broken.join("measurements/parts"))
            .into_iter()
            .flatten();
        let names = names.map(|entry| entry.unwrap().path());
        names
            .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
            .count()
    };
    let mut child = command(&broken, &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while parts() == 0 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it could be killed"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!((1..3).contains(&parts()) && !broken.join("REPRODUCTION.md").exists());
    assert!(refused(&broken, &[]).contains("--resume goes on"));
    let left = done(&broken, &["--resume", "--plan", "--json"]);
    let left: serde_json::Value = serde_json::from_str(&left).unwrap();
    assert!((1..3).contains(&left["models"].as_u64().unwrap()), "{left}");
    assert!(left["seconds"].as_f64().unwrap() > 0.0, "{left}");
    // A kill in the middle of writing leaves a `.partial` beside the parts.
    done(&broken, &["--resume"]);
    let without_leftovers = |folder: &Path| -> BTreeMap<_, _> {
        let all = files(folder).into_iter();
        all.filter(|(path, _)| path.extension().is_none_or(|e| e != "partial"))
            .collect()
    };
    assert_eq!(without_leftovers(&broken), files(whole()));

    let shared = scratch("shared");
    let first = done(&shared, &["--shard", "1/2"]);
    assert!(
        first.contains("2 models trained") && first.contains("experiments 1"),
        "{first}"
    );
    assert!(!shared.join("REPRODUCTION.md").exists() && !shared.join(ROWS).exists());
    assert_ne!(files(&shared), files(whole()));
    let second = done(&shared, &["--shard", "2/2"]);
    assert!(
        second.contains("1 model, about") && second.contains("wrote"),
        "{second}"
    );
    assert_eq!(files(&shared), files(whole()));
    for folder in [broken, shared] {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// What is made of measurements is made anew without training: the files are lost, their measurements not.
#[test]
fn a_report_is_made_of_the_measurements() {
    let folder = copy("again");
    for name in [
        "REPRODUCTION.md",
        "measurements/summary.json",
        "figures/01-generalization-1.svg",
    ] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    let said = done(&folder, &["--resume"]);
    assert!(
        said.contains("(there before)") && !said.contains("about"),
        "{said}"
    );
    assert_eq!(files(&folder), files(whole()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn files_of_another_run_are_refused() {
    let folder = copy("other");
    let before = files(&folder);
    assert!(refused(&folder, &[]).contains("--resume goes on"));
    let full = Command::new(env!("CARGO_BIN_EXE_leftright"))
        .args(["reproduce", "--only", "1", "--engine", "cpu", "--resume", "--out"])
        .arg(&folder)
        .output()
        .unwrap();
    let error = said(&full);
    assert!(
        !full.status.success()
            && error
                .contains("01-generalization.parquet differs from this run in its scale: quick, not full"),
        "{error}"
    );
    assert_eq!(files(&folder), before);

    // The version, wherever the file has it, is an older one, as long as ours.
    let ours = env!("CARGO_PKG_VERSION").as_bytes();
    let mut bytes = fs::read(folder.join(ROWS)).unwrap();
    for at in 0..bytes.len() - ours.len() {
        if bytes[at..].starts_with(ours) {
            bytes[at..at + ours.len()].fill(b'0');
        }
    }
    fs::write(folder.join(ROWS), &bytes).unwrap();
    let error = refused(&folder, &["--resume"]);
    assert!(
        error.contains("in its version: 00000, not") && error.contains("name another folder"),
        "{error}"
    );

    fs::write(folder.join(ROWS), &bytes[..bytes.len() / 2]).unwrap();
    assert!(refused(&folder, &["--resume"]).contains("no file of measurements"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_plan_trains_nothing_and_a_number_must_be_an_experiments() {
    let folder = scratch("plan");
    let plan = done(&folder, &["--plan"]);
    assert!(
        plan.contains("3 models of 3000 steps in all; ") && plan.contains("; about "),
        "{plan}"
    );
    let unknown = refused(&folder, &["--only", "99"]);
    assert!(
        unknown.contains("no experiment 99; they are numbered 1 to"),
        "{unknown}"
    );
    let memory = refused(&folder, &["--memory", "0.0001"]);
    assert!(memory.contains("may use"), "{memory}");
    assert!(!folder.exists());
}
