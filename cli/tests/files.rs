//! What the commands read and write that is no ordinary file, or not theirs alone.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

mod common;
use common::{command, run, said, scratch};

const SMALL: [&str; 10] = [
    "--set",
    "d_model=16",
    "--set",
    "heads=2",
    "--set",
    "batch=16",
    "--engine",
    "cpu",
    "--seed",
    "3",
];
const SPEC: &str = "steps = 2\n[set]\nd_model = 16\nheads = 2\nbatch = 16\n";

fn train(out: &Path) -> Output {
    run(&[
        &["train", "--steps", "3", "--out", out.to_str().unwrap()],
        &SMALL[..],
    ]
    .concat())
}

#[test]
fn a_checkpoint_goes_where_a_link_points() {
    let folder = scratch("files-link");
    let [real, link, dangling, new, partial, null] =
        ["real", "link", "dangling", "new", "link.partial", "null"].map(|name| folder.join(name));
    fs::write(&real, "old").unwrap();
    fs::write(&partial, "someone else's").unwrap();
    for (to, from) in [("real", &link), ("new", &dangling), ("/dev/null", &null)] {
        symlink(to, from).unwrap();
        let output = train(from);
        assert!(output.status.success(), "{}", said(&output));
        assert!(
            fs::symlink_metadata(from).unwrap().is_symlink(),
            "the link to {to} was replaced"
        );
    }
    assert!(run(&["evaluate", real.to_str().unwrap()]).status.success());
    assert_eq!(
        fs::read(&new).unwrap(),
        fs::read(&real).unwrap(),
        "one seed, two files"
    );
    assert_eq!(fs::read(&partial).unwrap(), b"someone else's");
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 6);
    symlink("round", folder.join("round")).unwrap();
    assert!(said(&train(&folder.join("round"))).contains("circle"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_checkpoint_goes_through_a_pipe() {
    let folder = scratch("files-pipe");
    let [pipe, file] = ["pipe", "file"].map(|name| folder.join(name));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    assert!(train(&pipe).status.success() && train(&file).status.success());
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(reader.join().unwrap(), fs::read(&file).unwrap());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_killed_training_leaves_nothing() {
    let folder = scratch("files-killed");
    let out = folder.join("model.safetensors");
    let args = [
        &["train", "--steps", "4000000000", "--out", out.to_str().unwrap()],
        &SMALL[..],
    ]
    .concat();
    let mut child = command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("CPU engine"), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_never_ends_is_refused() {
    let folder = scratch("files-endless");
    let out = folder.join("out");
    let out = out.to_str().unwrap();
    for (args, most) in [
        (&["evaluate", "/dev/zero"][..], "100663296"),
        (&["train", "--config", "/dev/zero", "--out", out], "8388608"),
        (&["sweep", "/dev/zero", "--out", out], "1048576"),
    ] {
        let output = run(args);
        assert!(
            !output.status.success() && said(&output).contains("/dev/zero: the file is longer than"),
            "{}",
            said(&output)
        );
        assert!(said(&output).contains(most), "{}", said(&output));
    }
    let mut child = command(&["evaluate", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pour = std::io::copy(&mut std::io::repeat(7), &mut child.stdin.take().unwrap());
    assert!(pour.is_err(), "the pipe was closed");
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert!(
        !child.wait().unwrap().success() && error.contains("longer than"),
        "{error}"
    );
    assert!(!Path::new(out).exists());
    fs::remove_dir_all(folder).unwrap();
}

/// Whoever closes the answer has seen enough; where it cannot be kept the command fails, and says so if it
/// can.
#[test]
fn an_answer_that_nobody_takes_is_no_panic() {
    let folder = scratch("files-closed");
    let (spec, model) = (folder.join("spec.toml"), folder.join("model"));
    fs::write(&spec, SPEC).unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (i, what) in ["sweep", "reproduce", "train"].into_iter().enumerate() {
        let out = folder.join(format!("{i}"));
        let (spec, out, model) = (
            spec.to_str().unwrap(),
            out.to_str().unwrap(),
            model.to_str().unwrap(),
        );
        let args = match what {
            "sweep" => vec!["sweep", spec, "--out", out, "--resume"],
            "reproduce" => vec!["reproduce", "--quick", "--only", "1", "--out", out],
            _ => [&["train", "--steps", "1", "--out", model], &SMALL[..]].concat(),
        };
        let mut closed = command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(closed.stdout.take());
        assert!(closed.wait().unwrap().success(), "{what}");
        if what == "reproduce" {
            // It trains for seconds, and prints as the others do.
            continue;
        }
        let output = command(&args).stdout(full()).output().unwrap();
        assert!(
            output.status.code() == Some(1) && said(&output).contains("No space left"),
            "{what}: {}",
            said(&output)
        );
        assert_eq!(
            command(&args)
                .stdout(full())
                .stderr(full())
                .status()
                .unwrap()
                .code(),
            Some(1),
            "{what}"
        );
    }
    fs::remove_dir_all(folder).unwrap();
}

/// `--out -` is stdout, by its other names too: it has the bytes of the file and nothing else, and who reads them may
/// stop.
#[test]
fn an_answer_goes_to_stdout_alone() {
    let folder = scratch("files-stdout");
    let [model, file] = ["model", "file"].map(|name| folder.join(name).display().to_string());
    assert!(train(Path::new(&model)).status.success());
    let export = ["export", &model, "--what", "attention", "--format", "csv"];
    let plot = ["plot", &model, "--figure", "gradient"];
    let trained = [&["train", "--steps", "3"], &SMALL[..]].concat();
    for command in [&export[..], &plot, &trained] {
        let to = |out: &str| run(&[command, &["--out", out]].concat());
        let filed = to(&file);
        assert!(filed.status.success(), "{}", said(&filed));
        let told = String::from_utf8(filed.stdout).unwrap();
        assert!(told.contains(&format!("wrote {file}")), "{told}");
        for name in ["-", "/dev/stdout"] {
            let piped = to(name);
            assert!(piped.status.success(), "{}", said(&piped));
            assert_eq!(piped.stdout, fs::read(&file).unwrap(), "{command:?} {name}");
            assert!(said(&piped).contains("wrote stdout"), "{}", said(&piped));
        }
        let mut child = common::command(&[command, &["--out", "-"]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert!(
            child.wait().unwrap().success(),
            "{command:?}: a closed pipe is no error"
        );
    }
    assert!(!Path::new("-").exists());
    // What names further files cannot be stdout.
    let output = run(&[&trained[..], &["--every", "1", "--out", "-"]].concat());
    assert!(
        said(&output).contains("--every names its checkpoints by --out"),
        "{}",
        said(&output)
    );
    assert!(!output.status.success() && output.stdout.is_empty());
    fs::remove_dir_all(folder).unwrap();
}

/// A file that is named as another format is not written.
#[test]
fn a_name_that_says_another_format_is_refused() {
    let folder = scratch("files-ending");
    let model = folder.join("model").display().to_string();
    assert!(train(Path::new(&model)).status.success());
    let export = ["export", &model, "--what", "attention", "--format", "parquet"];
    let plot = ["plot", &model, "--figure", "gradient"];
    for (command, wrong, right) in [
        (&export[..], "e.csv", ["e.parquet", "e"]),
        (&plot[..], "x.png", ["x.SVG", "x"]),
    ] {
        let to = |name: &str| {
            let out = folder.join(name).display().to_string();
            run(&[command, &["--out", &out]].concat())
        };
        let output = to(wrong);
        assert!(
            !output.status.success() && said(&output).contains(" but would hold "),
            "{}",
            said(&output)
        );
        assert!(!folder.join(wrong).exists());
        for name in right {
            assert!(to(name).status.success() && folder.join(name).exists(), "{name}");
        }
    }
    fs::remove_dir_all(folder).unwrap();
}
