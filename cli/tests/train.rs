//! A training run that is stopped, kept on the way, and gone on with.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

mod common;
use common::{command, done, run, said, scratch};

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// A model that trains in no time.
const SMALL: [&str; 8] = [
    "--engine",
    "cpu",
    "--set",
    "d_model=16",
    "--set",
    "heads=2",
    "--set",
    "batch=16",
];

fn train(more: &[&str]) -> Vec<String> {
    ["train"]
        .iter()
        .chain(&SMALL)
        .chain(more)
        .map(|arg| (*arg).to_owned())
        .collect()
}

fn trained(more: &[&str]) -> Output {
    let args = train(more);
    done(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_run_goes_on_from_a_checkpoint_on_the_way_as_if_it_had_never_stopped() {
    let folder = scratch("train-every");
    let whole = path(&folder, "whole.safetensors");
    trained(&["--steps", "150", "--every", "60", "--out", &whole]);
    let at = |step: &str| path(&folder, &format!("whole-{step}.safetensors"));
    assert!(Path::new(&at("000060")).exists() && Path::new(&at("000120")).exists());
    assert!(!Path::new(&at("000150")).exists());
    let again = path(&folder, "again.safetensors");
    done(&[
        "train",
        "--engine",
        "cpu",
        "--resume",
        &at("000060"),
        "--steps",
        "150",
        "--out",
        &again,
    ]);
    assert_eq!(std::fs::read(&whole).unwrap(), std::fs::read(&again).unwrap());
    // Negative control: a step fewer is another model.
    done(&[
        "train",
        "--engine",
        "cpu",
        "--resume",
        &at("000060"),
        "--steps",
        "149",
        "--out",
        &again,
    ]);
    assert_ne!(std::fs::read(&whole).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn what_cannot_be_gone_on_with_is_refused_with_the_reason() {
    let folder = scratch("train-refused");
    let (model, state) = (
        path(&folder, "model.safetensors"),
        path(&folder, "state.safetensors"),
    );
    trained(&["--steps", "20", "--out", &model]);
    trained(&["--steps", "20", "--state", "--out", &state]);
    let resume =
        |file: &str, steps: &str| run(&["train", "--resume", file, "--steps", steps, "--out", &model]);
    let output = resume(&model, "40");
    assert!(!output.status.success());
    assert!(
        said(&output).contains("without its training's state"),
        "{}",
        said(&output)
    );
    let output = resume(&state, "20");
    assert!(
        said(&output).contains("at step 20 already; give --steps above that"),
        "{}",
        said(&output)
    );
    let output = run(&["train", "--resume", &state, "--seed", "1", "--out", &model]);
    assert_eq!(output.status.code(), Some(2));
    assert!(resume(&state, "30").status.success());
}

/// Ctrl-C keeps what was trained, says how to go on, and ends as a shell expects.
#[cfg(unix)]
#[test]
fn an_interrupted_run_is_kept() {
    let folder = scratch("train-interrupted");
    let (out, whole) = (
        path(&folder, "out.safetensors"),
        path(&folder, "whole.safetensors"),
    );
    let args = train(&["--steps", "1000000", "--every", "50", "--out", &out]);
    let child = command(&args.iter().map(String::as_str).collect::<Vec<_>>())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Once it has kept a checkpoint it listens.
    while !Path::new(&path(&folder, "out-000050.safetensors")).exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    let words = said(&output);
    let step: u32 = words
        .split("stopped at step ")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .and_then(|step| step.parse().ok())
        .unwrap_or_else(|| panic!("{words}"));
    assert!(step >= 50);
    assert!(
        words.contains(&format!("--resume {out:?} --steps 1000000 --out {out:?}")),
        "{words}"
    );
    let more = (step + 10).to_string();
    done(&[
        "train", "--engine", "cpu", "--resume", &out, "--steps", &more, "--out", &out,
    ]);
    trained(&["--steps", &more, "--out", &whole]);
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
    let names = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let partial = names.filter(|name| !name.to_string_lossy().ends_with(".safetensors"));
    assert_eq!(partial.count(), 0, "nothing partial is left");
}

#[test]
fn what_train_prints_as_json_trains_it_again() {
    let folder = scratch("train-json");
    let (first, second, config) = (path(&folder, "a"), path(&folder, "b"), path(&folder, "run.json"));
    let output = trained(&["--steps", "5000", "--seed", "5", "--json", "--out", &first]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["config"]["seed"], 5);
    std::fs::write(&config, &output.stdout).unwrap();
    done(&["train", "--engine", "cpu", "--config", &config, "--out", &second]);
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
}

#[test]
fn a_misspelt_setting_is_told_which_is_meant() {
    let misspelt = |setting: &str| said(&run(&["train", "--set", setting, "--out", "/dev/null"]));
    assert!(
        misspelt("pair_lables=5").contains("there is no setting \"pair_lables\"; did you mean pair_labels?")
    );
    assert!(misspelt("zzz=5").contains("there is no setting \"zzz\"; the settings are"));
}

/// A weight decay that turns every weight over and makes it larger: after a while no number is finite.
const DIVERGES: [&str; 4] = ["--set", "weight_decay=10", "--set", "lr=0.22"];

/// A run whose loss is no longer finite leaves the model that it is back at, and says so; one that has come
/// nowhere leaves nothing.
#[test]
fn a_run_that_diverges_keeps_its_last_good_model() {
    let folder = scratch("train-diverges");
    let (out, early) = (path(&folder, "out"), path(&folder, "early"));
    let diverge = |more: &[&str]| {
        let args = train(&[&DIVERGES[..], more].concat());
        run(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let output = diverge(&["--steps", "3000", "--out", &out]);
    assert_eq!(output.status.code(), Some(1));
    let words = said(&output);
    assert!(
        words.contains("is not finite") && words.contains("the model is back at step 50"),
        "{words}"
    );
    assert!(
        words.contains(&format!("{out} holds it, with its training's state")),
        "{words}"
    );
    assert!(words.contains("--set lr= below 0.22"), "{words}");
    // It is what a run to that step leaves.
    let whole = path(&folder, "whole");
    trained(&[&DIVERGES[..], &["--state", "--steps", "50", "--out", &whole]].concat());
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&whole).unwrap());
    // Negative control: from the step that it is back at it has come nowhere.
    let again = run(&[
        "train", "--engine", "cpu", "--resume", &out, "--steps", "3000", "--out", &early,
    ]);
    assert!(said(&again).contains("nothing is written"), "{}", said(&again));
    assert!(!Path::new(&early).exists());
}

/// Where stderr is no terminal it has a line now and then: how far, how well, and how long still.
#[test]
fn a_log_is_told_how_far_it_is() {
    use std::io::{BufRead, BufReader};

    let folder = scratch("train-log");
    let out = path(&folder, "out");
    let spec = folder.join("spec.toml");
    std::fs::write(
        &spec,
        "steps = 1000000\n[set]\nd_model = 16\nheads = 2\nbatch = 16\n[grid]\nseed = [0, 1]\n",
    )
    .unwrap();
    let alone = train(&["--steps", "4000000000", "--out", &out]);
    let swept = path(&folder, "swept");
    let sweep = [
        "sweep",
        spec.to_str().unwrap(),
        "--engine",
        "cpu",
        "--out",
        &swept,
    ];
    for (args, parts) in [
        (
            alone.iter().map(String::as_str).collect::<Vec<_>>(),
            &[" of 4000000000 steps, loss ", ", retrieval: seen ", ", about "][..],
        ),
        (sweep.to_vec(), &[" of 2000000 steps, 0 of 2 models, about "][..]),
    ] {
        let mut child = command(&args)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains(" steps, ")));
        let line = line.expect("a line comes while it trains");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            parts.iter().all(|part| line.contains(part)) && line.ends_with(" left"),
            "{line}"
        );
    }
}
