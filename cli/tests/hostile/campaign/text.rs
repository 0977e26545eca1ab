//! Broken JSON and TOML: numbers out of bounds, keys of other names, strings that a terminal would obey.

use fastrand::Rng;
use serde_json::{Value, json};

/// Numbers as text, some of which neither JSON nor a setting takes.
const NUMBERS: [&str; 20] = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "16",
    "64",
    "-1",
    "0.5",
    "1e-320",
    "1e308",
    "1e400",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "-9223372036854775808",
    "1000000",
    "NaN",
    "-Infinity",
];
/// What stands around a number that JSON has no word for, until the JSON is text.
const RAW: &str = "@raw@";

/// Any number, as it is written.
fn number(random: &mut Rng) -> String {
    NUMBERS[random.usize(..NUMBERS.len())].to_owned()
}

/// A string that hides, commands, or never ends.
pub fn string(random: &mut Rng) -> String {
    match random.u8(0..7) {
        0 => String::new(),
        1 => "\u{1b}[2J\u{1b}]0;owned\u{7}".to_owned(),
        2 => "\u{202e}\u{2066}txet".to_owned(),
        3 => "x".repeat(random.usize(300..20_000)),
        4 => "\u{0}\r\n\u{85}\u{2028}".repeat(200),
        5 => "../../../etc/passwd".to_owned(),
        _ => "é漢\u{1f980}".repeat(random.usize(1..500)),
    }
}

/// Any value.
pub fn value(random: &mut Rng) -> Value {
    match random.u8(0..10) {
        0 => Value::Null,
        1 => random.bool().into(),
        2 => string(random).into(),
        3 => json!([number(random)]),
        4 => json!({ string(random): 1 }),
        5 => (0..random.usize(1..200)).fold(json!(1), |inner, _| json!([inner])),
        _ => format!("{RAW}{}{RAW}", number(random)).into(),
    }
}

/// A value as text, its raw numbers out of their quotes.
pub fn raw(value: &Value) -> String {
    value
        .to_string()
        .replace(&format!("\"{RAW}"), "")
        .replace(&format!("{RAW}\""), "")
}

/// Makes one thing of an object wrong: a value, a key, or that it is there.
pub fn wrong(object: &mut Value, random: &mut Rng) {
    let Some(object) = object.as_object_mut() else {
        return;
    };
    let keys: Vec<String> = object.keys().cloned().collect();
    let Some(key) = random.choice(keys.iter()) else {
        return;
    };
    match random.u8(0..10) {
        0 => drop(object.remove(key)),
        1 => {
            let value = object.remove(key).unwrap_or_default();
            object.insert(string(random), value);
        }
        2 => object[key] = value(random),
        // A number in its bounds now and then.
        3 | 4 => object[key] = random.u32(0..40).into(),
        _ => object[key] = format!("{RAW}{}{RAW}", number(random)).into(),
    }
}

/// A run's JSON with something wrong; small, so that a step of it is soon done.
pub fn broken_run(random: &mut Rng) -> Vec<u8> {
    let config = json!({
        "seed": 3, "pixels": 10, "grid": false, "above": false, "right": false, "objects": 2, "labels": 12, "pair_labels": 7, "held_labels": 5,
        "mixed": false, "single_layouts": 8, "pair_layouts": 20, "d_model": 16, "heads": 2, "d_embed": 8, "vision_layers": 1, "text_layers": 1,
        "layer_norm": false, "mlp": false, "autoregressive": false, "batch": 8, "lr": 1e-3, "beta1": 0.9, "beta2": 0.98, "eps": 1e-8,
        "weight_decay": 0.0, "warmup": 10, "max_scale": 100.0, "token_std": 0.1, "cls_std": 1.0, "position_std": 0.02
    });
    let mut run = json!({ "leftright": "0.1.0", "config": config, "steps": 30, "engine": "cpu" });
    for _ in 0..random.u8(1..=3) {
        if random.u8(0..5) == 0 {
            wrong(&mut run, random)
        } else {
            wrong(&mut run["config"], random)
        }
    }
    damaged(raw(&run), random)
}

/// Lines of a section of a TOML file, as key and value.
type Lines = Vec<(String, String)>;

/// A sweep's file with something wrong.
pub fn broken_sweep(random: &mut Rng) -> Vec<u8> {
    let lines = |lines: &[(&str, &str)]| -> Lines {
        lines
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    let mut sections = [
        (
            "",
            lines(&[
                ("steps", "100"),
                ("every", "50"),
                ("preset", "\"paper\""),
                ("splits", "[\"unseen\"]"),
                ("ablate", "[\"EP\", \"EP+VP*-1\"]"),
            ]),
        ),
        (
            "set",
            lines(&[
                ("weight_decay", "0.1"),
                ("d_model", "32"),
                ("labels", "20"),
                ("batch", "64"),
            ]),
        ),
        (
            "grid",
            lines(&[
                ("pair_labels", "[3, 5, 9]"),
                ("seed", "[0, 1, 2, 3]"),
                ("lr", "[0.001, 0.01]"),
            ]),
        ),
    ];
    for _ in 0..random.u8(1..=2) {
        let section = &mut sections[random.usize(..3)].1;
        if section.is_empty() {
            continue;
        }
        let at = random.usize(..section.len());
        match random.u8(0..10) {
            0 => drop(section.remove(at)),
            1 => section[at].0 = toml_string(random),
            2 => section[at].1 = toml_string(random),
            3 => {
                let again = section[at].clone();
                section.push(again);
            }
            4 | 5 => section[at].1 = toml_number(random),
            // Many values, some of which are allowed, alone or with the others.
            _ => {
                let names = [
                    "seed",
                    "seed",
                    "warmup",
                    "batch",
                    "d_model",
                    "pair_layouts",
                    "labels",
                ];
                let name = names[random.usize(..names.len())];
                let (count, by) = (
                    [2, 8, 20, 1000, 100_000][random.usize(..5)],
                    [1, 16][random.usize(..2)],
                );
                let values: Vec<String> = (0..count).map(|i| (16 + by * i).to_string()).collect();
                let grid = &mut sections[2].1;
                grid.retain(|(key, _)| key != name);
                grid.push((name.to_owned(), format!("[{}]", values.join(","))));
            }
        }
    }
    let section = |(name, lines): &(&str, Lines)| {
        let lines: String = lines
            .iter()
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        if name.is_empty() {
            lines
        } else {
            format!("[{name}]\n{lines}")
        }
    };
    damaged(sections.iter().map(section).collect(), random)
}

fn toml_number(random: &mut Rng) -> String {
    let number = number(random).replace("NaN", "nan").replace("Infinity", "inf");
    if random.bool() {
        number
    } else {
        format!("[{number}, {}]", NUMBERS[random.usize(..10)])
    }
}

/// JSON's strings are TOML's, but for what TOML escapes otherwise.
fn toml_string(random: &mut Rng) -> String {
    Value::String(string(random)).to_string()
}

/// Now and then also broken as bytes are.
fn damaged(text: String, random: &mut Rng) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    match random.u8(0..20) {
        0 => bytes.truncate(random.usize(..bytes.len())),
        1 => {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        2 => bytes = "[".repeat(random.usize(1..100_000)).into_bytes(),
        3 => bytes.extend(std::iter::repeat_n(b' ', random.usize(..3_000_000))),
        _ => (),
    }
    bytes
}
