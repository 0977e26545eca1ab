//! The command line as a user meets it: answers, and what bad input gets.

use leftright::analysis::{Ablation, Evaluator, Term, Tower};
use leftright::checkpoint::{Contents, save};
use leftright::config::{Config, Population};
use leftright::model::{ParamTable, Snapshot};
use serde_json::Value;

mod common;
use common::{command, done, run, said, scratch};

const TRAINED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/trained.safetensors"
);

fn json(args: &[&str]) -> Value {
    serde_json::from_slice(&done(args).stdout).unwrap()
}

#[test]
fn ablate_answers_as_the_reference() {
    let answer = json(&["ablate", TRAINED, "--terms", "EP", "--json"]);
    assert!((answer["unseen"]["order"].as_f64().unwrap() - 0.5).abs() <= 2.0 / 900.0);
    assert!(answer["single"]["order"].is_null());
    let reversed = json(&[
        "ablate",
        TRAINED,
        "--terms",
        "EP",
        "--strength",
        "-1",
        "--split",
        "unseen",
        "--json",
    ]);
    assert!(reversed["unseen"]["order"].as_f64().unwrap() < 0.1 && reversed.get("seen").is_none());
}

/// The layer is the one that the crate is asked for, and another layer is another answer.
#[test]
fn ablate_cuts_the_layer_that_is_named() {
    let folder = scratch("layer");
    let file = folder.join("model.safetensors");
    let path = file.to_str().unwrap();
    let small = [
        "--preset",
        "left-right",
        "--set",
        "d_model=32",
        "--set",
        "batch=40",
        "--steps",
        "60",
        "--engine",
        "cpu",
    ];
    json(&[&["train", "--json", "--out", path][..], &small].concat());
    let (config, snapshot) = leftright::checkpoint::load(&std::fs::read(path).unwrap()).unwrap();
    let evaluator = Evaluator::new(&config);
    let answers = ["1", "2"].map(|layer| {
        let answer = json(&[
            "ablate", path, "--tower", "text", "--terms", "EE,BE", "--layer", layer, "--json",
        ]);
        let ablation = Ablation {
            tower: Tower::Text,
            layer: layer.parse().unwrap(),
            terms: vec![Term::EE, Term::BE],
            strength: 0.0,
            heads: None,
        };
        let expected = evaluator.accuracies(&snapshot.params, &[ablation]).unwrap();
        for (split, accuracy) in [("seen", expected.seen), ("unseen", expected.unseen)] {
            let order = answer[split]["order"].as_f64().unwrap();
            assert!(
                (order - accuracy.order.unwrap()).abs() < 1e-12,
                "layer {layer}: {split} {order}"
            );
        }
        answer
    });
    assert_ne!(answers[0], answers[1]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn train_writes_what_evaluate_reads() {
    let folder = scratch("train");
    let file = folder.join("model.safetensors");
    let path = file.to_str().unwrap();
    let small = [
        "--set",
        "d_model=32",
        "--set",
        "batch=40",
        "--steps",
        "30",
        "--seed",
        "3",
        "--engine",
        "cpu",
    ];
    let trained = json(&[&["train", "--json", "--out", path][..], &small].concat());
    assert_eq!(
        (&trained["steps"], &trained["engine"]),
        (&30.into(), &"cpu".into())
    );
    assert!(trained["loss"].as_f64().unwrap() > 0.0 && trained["ms_per_step"].as_f64().unwrap() > 0.0);
    assert_eq!(json(&["evaluate", path, "--json"])["unseen"], trained["unseen"]);
    assert_eq!(
        json(&["decompose", path, "--strip", "0 0 16 0 0 0 0 17 0 0", "--json"])["heads"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        1,
        "no partial file is left"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_runs_json_trains_it_again() {
    let folder = scratch("recipe");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (model, said) = (path("model.safetensors"), path("run.json"));
    let small = [
        "--set",
        "d_model=32",
        "--set",
        "batch=40",
        "--seed",
        "3",
        "--steps",
        "30",
    ];
    let again = ["train", "--json", "--engine", "cpu", "--out", &model];
    let trained = json(&[&again[..], &small].concat());
    std::fs::write(
        &said,
        r#"{"leftright": "0.1.0", "config": {"d_model": 32, "batch": 40, "seed": 3}, "steps": 30}"#,
    )
    .unwrap();
    let same = json(&[&again[..], &["--config", &said]].concat());
    assert_eq!(
        (&same["unseen"], &same["loss"], &same["steps"]),
        (&trained["unseen"], &trained["loss"], &30.into())
    );
    // What is said beside it goes before it.
    let other = json(&[&again[..], &["--config", &said, "--seed", "4", "--steps", "20"]].concat());
    assert!(other["loss"] != same["loss"] && other["steps"] == 20);
    for (text, says) in [
        ("[]", "not the JSON of a run"),
        (r#"{"steps": 5}"#, "missing field `config`"),
        (
            r#"{"config": {"depth": 3}, "steps": 5}"#,
            "there is no setting \"depth\"",
        ),
        (
            r#"{"config": {"pair_labels": 16}, "steps": 5}"#,
            "pair_labels is 16, but must be at most 15",
        ),
        (r#"{"config": {}, "steps": -5}"#, "invalid value"),
        (
            &" ".repeat(9_000_000),
            "the file is longer than the 8388608 bytes",
        ),
    ] {
        std::fs::write(&said, text).unwrap();
        let output = run(&["train", "--out", &path("never.safetensors"), "--config", &said]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains(says) && error.trim().lines().count() == 1,
            "{text:.80}: {error}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_plan_is_told_and_not_trained() {
    let plan = json(&["train", "--plan", "--steps", "70", "--json"]);
    assert_eq!((&plan["models"], &plan["steps"]), (&1.into(), &70.into()));
    assert!(
        (10 << 20..1 << 30).contains(&plan["bytes"].as_u64().unwrap()),
        "{plan}"
    );
    let folder = scratch("plan");
    let spec = folder.join("spec.toml");
    std::fs::write(&spec, "steps = 5\n[grid]\nseed = [0, 1, 2]\nbatch = [32, 64]\n").unwrap();
    let text = run(&["sweep", spec.to_str().unwrap(), "--plan"]).stdout;
    assert!(
        String::from_utf8(text)
            .unwrap()
            .starts_with("6 models of 30 steps in all; about 0.")
    );
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}

/// A stranger chooses what a tensor is called. What is said of it is one short line that no terminal obeys.
#[test]
fn a_strangers_words_are_cut_and_harmless() {
    let folder = scratch("words");
    let file = folder.join("model\u{1b}[2J\u{202e}.safetensors");
    let name = format!("\u{1b}]0;title\u{7}\n\u{2066}{}", "x".repeat(10_000));
    let tensor = safetensors::tensor::TensorView::new(safetensors::Dtype::U8, vec![1], &[0]).unwrap();
    let header = Some(std::collections::HashMap::from([(
        "config".to_owned(),
        "{}".to_owned(),
    )]));
    std::fs::write(&file, safetensors::serialize([(name, tensor)], header).unwrap()).unwrap();
    let output = run(&["evaluate", file.to_str().unwrap()]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("expected no such tensor, found one") && error.trim_end().chars().count() == 300,
        "{error:?}"
    );
    assert!(
        !error
            .trim_end()
            .contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{2066}'),
        "{error:?}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn bad_input_gets_one_clear_line() {
    let folder = scratch("bad");
    let truncated = folder.join("truncated.safetensors");
    std::fs::write(&truncated, &std::fs::read(TRAINED).unwrap()[..5000]).unwrap();
    let out = folder.join("never.safetensors");
    let out = out.to_str().unwrap();
    for (args, says) in [
        (
            vec!["train", "--set", "pair_labels=16", "--out", out],
            "pair_labels is 16, but must be at most 15",
        ),
        (
            vec!["train", "--set", "depth=3", "--out", out],
            "there is no setting \"depth\"",
        ),
        (
            vec!["train", "--start", "pytroch", "--out", out],
            "there is no start \"pytroch\"; did you mean pytorch?",
        ),
        (
            vec!["train", "--start", "zzz", "--out", out],
            "there is no start \"zzz\"; the starts are paper, pytorch",
        ),
        (
            vec!["train", "--set", "seed=4294967296", "--out", out],
            "seed is \"4294967296\", but must be a whole number from 0 to 4294967295",
        ),
        (
            vec!["ablate", TRAINED, "--terms", "ep"],
            "there is no term \"ep\"; did you mean EP?",
        ),
        (
            vec!["train", "--set", "schedule=fast", "--out", out],
            "schedule is \"fast\", but must be constant or cosine",
        ),
        (
            vec!["train", "--set", "batch", "--out", out],
            "--set batch has no \"=\"",
        ),
        (
            vec!["train", "--preset", "nobody", "--out", out],
            "there is no preset \"nobody\"",
        ),
        (
            vec!["train", "--out", "/no/such/folder/model.safetensors"],
            "/no/such/folder/model.safetensors: No such file",
        ),
        (vec!["train", "--out", folder.to_str().unwrap()], "is a folder"),
        (
            vec!["train", "--memory", "0.001", "--out", out],
            "would need about 0.1 GiB, but may use 0.0 GiB; lower batch",
        ),
        (vec!["evaluate", "/no/such/file"], "/no/such/file: No such file"),
        (vec!["evaluate", truncated.to_str().unwrap()], "bytes, found "),
        (
            vec!["ablate", TRAINED, "--terms", "EX"],
            "there is no term \"EX\"",
        ),
        (
            vec!["ablate", TRAINED, "--terms", "EP", "--strength", "3"],
            "strength is 3, but must be between -1 and 2",
        ),
        (
            vec!["ablate", TRAINED, "--terms", "EP", "--heads", "7"],
            "head is 7, but must be between 0 and 3",
        ),
        (
            vec!["ablate", TRAINED, "--terms", "EP", "--layer", "2"],
            "layer is 2, but must be 1, the tower's only one",
        ),
        (
            vec![
                "decompose",
                TRAINED,
                "--strip",
                "0 0 16 0 0 0 0 17 0 0",
                "--layer",
                "2",
            ],
            "layer is 2, but must be 1, the tower's only one",
        ),
        (
            vec!["decompose", TRAINED, "--strip", "0 a"],
            "the strip has \"a\"",
        ),
    ] {
        let output = run(&args);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty(), "{args:?}");
        assert!(
            error.contains(says) && error.trim().lines().count() == 1,
            "{args:?}: {error}"
        );
    }
    assert!(!std::path::Path::new(out).exists());
    std::fs::remove_dir_all(folder).unwrap();
}

/// A model whose weights are numbers and whose scores are not: counted, said, and never shown as a number.
#[test]
fn scores_that_are_not_finite_are_said() {
    let folder = scratch("finite");
    let file = folder.join("model.safetensors");
    let path = file.to_str().unwrap();
    let config = Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        seed: 5,
        ..Config::default()
    }
    .validate()
    .unwrap();
    let mut snapshot = Snapshot::initial(&Population::from(&config));
    let projection = ParamTable::new(&config).towers[0].projection.clone();
    snapshot.params[projection].iter_mut().for_each(|x| *x *= 1e30);
    std::fs::write(&file, save(&config, &snapshot, Contents::Model).unwrap()).unwrap();
    for args in [&["evaluate", path][..], &["ablate", path, "--terms", "EP"]] {
        let table = String::from_utf8(run(args).stdout).unwrap();
        assert!(
            table.contains("900 of the 900 unseen scenes have a score that is not finite"),
            "{table}"
        );
        assert_eq!(json(&[args, &["--json"]].concat())["unseen"]["not_finite"], 900);
    }
    let output = run(&["decompose", path, "--strip", "0 0 16 0 0 0 0 17 0 0", "--json"]);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cosine with a caption is not finite")
    );
    std::fs::remove_dir_all(folder).unwrap();
}

/// On a server there is no desktop to ask for its GPU, and nothing to say of that.
#[test]
fn a_server_without_a_desktop_is_no_error() {
    let out = scratch("server").join("model.safetensors");
    let out = out.display().to_string();
    let mut train = command(&["train", "--steps", "1", "--set", "d_model=16", "--out", &out]);
    let output = train.env_remove("XDG_RUNTIME_DIR").output().unwrap();
    assert!(
        output.status.success() && !said(&output).contains("error"),
        "{}",
        said(&output)
    );
}
