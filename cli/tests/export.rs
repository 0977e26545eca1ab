//! What a checkpoint computes, as files for other programs, and what a shell wants of the program.

use std::fs::File;
use std::path::Path;

use npyz::NpyFile;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use zip::ZipArchive;

mod common;
use common::{done, run, scratch};

const TRAINED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/trained.safetensors"
);
const STRIP: &str = "0 0 16 0 0 0 0 17 0 0";

fn answer(args: &[&str]) -> String {
    String::from_utf8(done(args).stdout).unwrap()
}

fn export(what: &str, format: &str, more: &[&str], out: &Path) {
    let out = out.display().to_string();
    let args = [
        "export", TRAINED, "--what", what, "--format", format, "--out", &out,
    ];
    done(&[&args[..], more].concat());
}

fn array<T: npyz::Deserialize>(path: &Path, name: &str) -> (Vec<u64>, Vec<T>) {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let array = NpyFile::new(archive.by_name(&format!("{name}.npy")).unwrap()).unwrap();
    let shape = array.shape().to_vec();
    (shape, array.into_vec().unwrap())
}

/// What `decompose` answers of a strip.
fn decomposed() -> Value {
    serde_json::from_str(&answer(&["decompose", TRAINED, "--strip", STRIP, "--json"])).unwrap()
}

/// But for the last digit, which the reader of the JSON does not keep.
fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

#[test]
fn arrays_are_what_decompose_answers() {
    let folder = scratch("export-npz");
    let out = folder.join("terms.npz");
    export("decomposition", "npz", &["--strip", STRIP], &out);
    let (shape, terms) = array::<f64>(&out, "decomposition");
    assert_eq!(shape, [1, 4, 9, 11]);
    let answer = decomposed();
    let heads = answer["heads"].as_array().unwrap();
    let of = |field: &str| {
        heads
            .iter()
            .flat_map(|head| flat(&head[field]))
            .collect::<Vec<_>>()
    };
    let told: Vec<f64> = heads
        .iter()
        .flat_map(|head| head["terms"].as_array().unwrap())
        .flat_map(|term| flat(&term["row"]))
        .collect();
    assert!(same(&terms, &told));
    // The nine add up to the logits.
    let sums: Vec<f64> = terms
        .chunks(9 * 11)
        .flat_map(|head| (0..11).map(|token| (0..9).map(|term| head[term * 11 + token]).sum::<f64>()))
        .collect();
    assert!(sums.iter().zip(of("logits")).all(|(a, b)| (a - b).abs() < 1e-4));
    export("attention", "npz", &["--strip", STRIP], &out);
    let (shape, weights) = array::<f64>(&out, "attention");
    assert_eq!(shape, [1, 4, 11]);
    assert!(same(&weights, &of("attention")) && !same(&weights, &of("logits")));
}

#[test]
fn embeddings_of_a_split_name_its_strips() {
    let folder = scratch("export-embeddings");
    let out = folder.join("embeddings.npz");
    export("embeddings", "npz", &["--split", "unseen"], &out);
    let (shape, strips) = array::<f64>(&out, "embeddings");
    assert_eq!(shape, [900, 128]);
    let (_, captions) = array::<f64>(&out, "captions");
    assert_eq!(array::<u32>(&out, "strips").0, [900, 10]);
    for vector in strips.chunks(128).chain(captions.chunks(128)) {
        let length: f64 = vector.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
    // Their products are the cosines that decompose answers.
    export("embeddings", "npz", &["--strip", STRIP], &out);
    let (_, strip) = array::<f64>(&out, "embeddings");
    let best = captions
        .chunks(128)
        .map(|caption| caption.iter().zip(&strip).map(|(a, b)| a * b).sum::<f64>())
        .fold(f64::MIN, f64::max);
    assert!((best - decomposed()["nearest"]["similarity"].as_f64().unwrap()).abs() < 1e-5);
}

#[test]
fn rows_hold_every_number_of_the_array() {
    let folder = scratch("export-rows");
    let (csv, parquet) = (folder.join("a.csv"), folder.join("a.parquet"));
    export("decomposition", "csv", &["--strip", STRIP], &csv);
    let text = std::fs::read_to_string(&csv).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("strip,pixels,head,term,token,decomposition"));
    assert_eq!(lines.clone().count(), 4 * 9 * 11);
    assert!(lines.all(|line| line.starts_with(&format!("0,{STRIP},"))));
    assert!(text.contains(&format!("0,{STRIP},2,EP,1,")));
    export("attention", "parquet", &["--split", "seen"], &parquet);
    let file = std::fs::File::open(&parquet).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    // What it says of itself, and of its numbers.
    let about = reader.schema().metadata().clone();
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about["step"], "0");
    assert!(about["config"].contains("\"d_model\":128") && about["description"].contains("attention"));
    assert_eq!(reader.schema().field(4).metadata()["unit"], "share");
    assert!(reader.schema().field(3).metadata().is_empty());
    let names: Vec<String> = reader
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(names, ["strip", "pixels", "head", "token", "attention"]);
    let rows: usize = reader
        .build()
        .unwrap()
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert!(rows > 0 && rows.is_multiple_of(4 * 11));
}

#[test]
fn every_figure_is_drawn_of_any_model() {
    let folder = scratch("export-plot");
    let out = folder.join("figure.svg").display().to_string();
    for (figure, word) in [
        ("gradient", "steepest"),
        ("shares", "share"),
        ("terms", "without a term"),
        ("names", "recognition"),
        ("reversal", "reversed"),
        ("surgery", "ramp"),
        ("text", "prefers"),
    ] {
        let title = answer(&["plot", TRAINED, "--figure", figure, "--out", &out]);
        let drawn = std::fs::read_to_string(&out).unwrap();
        assert!(
            title.contains(word) && drawn.starts_with("<svg") && drawn.contains(word)
                // Which model it is of, and not that it is the first of several.
                && drawn.contains("(trained.safetensors, step ") && !drawn.contains("first seed"),
            "{figure}: {title}"
        );
    }
    let output = run(&["plot", TRAINED, "--figure", "slope", "--out", &out]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("gradient"));
}

#[test]
fn a_shell_is_told_of_every_command() {
    let folder = scratch("export-shell");
    let script = answer(&["completions", "bash"]);
    let out = folder.display().to_string();
    done(&["manual", "--out", &out]);
    for command in [
        "train",
        "sweep",
        "reproduce",
        "evaluate",
        "ablate",
        "decompose",
        "export",
        "plot",
    ] {
        assert!(script.contains(&format!("leftright,{command})")), "{command}");
        let page = std::fs::read_to_string(folder.join(format!("leftright-{command}.1"))).unwrap();
        assert!(
            page.starts_with(".ie") && page.contains(".SH OPTIONS"),
            "{command}"
        );
    }
    let version = answer(&["--version"]);
    assert!(
        version.contains("commit: ") && version.contains("engines: cpu, gpu\n"),
        "{version}"
    );
}

#[test]
fn decompose_asks_for_a_strip_or_a_caption() {
    let output = run(&["decompose", TRAINED]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--strip <STRIP>|--caption <CAPTION>"));
}

/// The page of the documentation is what the program says of itself, as `leftright manual --markdown --out
/// docs/commands.md` writes it.
#[test]
fn the_documentation_has_every_command() {
    let folder = scratch("markdown");
    let out = folder.join("commands.md");
    done(&["manual", "--markdown", "--out", &out.display().to_string()]);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/commands.md");
    let [ours, theirs] = [out, page].map(|path| std::fs::read_to_string(path).unwrap());
    assert!(ours.contains("## `leftright decompose`") && ours.contains("--strip"));
    assert!(
        ours == theirs,
        "write it anew: cargo leftright manual --markdown --out docs/commands.md"
    );
}
