//! Broken checkpoints: bits, lengths, headers, configs and weights.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::text;

/// A safetensors file in its parts.
struct File {
    header: Map<String, Value>,
    data: Vec<u8>,
}

/// Weights that are no numbers, too large, too small, or without a sign to speak of.
const FLOATS: [f32; 12] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    3.4e38,
    -1e38,
    1e30,
    1e19,
    -1e10,
    1e-45,
    1e-38,
    0.0,
    -0.0,
];
/// The like in half precision.
const HALVES: [u16; 7] = [0x7e00, 0x7c00, 0xfc00, 0x7bff, 0xfbff, 0x0001, 0x8000];
const METADATA: &str = "__metadata__";

/// One to three things wrong with a good file.
pub fn broken(good: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut file = File::read(good);
    for _ in 0..random.u8(1..=3) {
        match random.u8(0..12) {
            0..=7 => file.weights(random),
            8 => file.config(random),
            9 => file.step(random),
            _ => file.tensor(random),
        }
    }
    let mut bytes = file.write(random);
    // Most stay well-formed, or nothing behind the parser would ever be reached.
    match random.u8(0..16) {
        0 => bytes.truncate(random.usize(..bytes.len())),
        1 => flip(&mut bytes, random),
        2 => {
            let header = bytes.len().min(2048);
            flip(&mut bytes[..header], random);
        }
        3 => {
            let length = [
                0,
                1,
                7,
                u64::MAX,
                1 << 63,
                1 << 40,
                100_000_001,
                bytes.len() as u64,
            ][random.usize(..8)];
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
        4 => {
            let at = random.usize(..bytes.len());
            let more: Vec<u8> = (0..random.usize(1..64)).map(|_| random.u8(..)).collect();
            bytes.splice(at..at, more);
        }
        _ => (),
    }
    bytes
}

fn flip(bytes: &mut [u8], random: &mut Rng) {
    for _ in 0..random.u8(1..=8) {
        bytes[random.usize(..bytes.len())] ^= 1 << random.u8(..8);
    }
}

impl File {
    fn read(bytes: &[u8]) -> File {
        let (length, rest) = bytes.split_first_chunk().expect("a good file has a length");
        let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
        File {
            header: serde_json::from_slice(header).expect("a good file has a header of JSON"),
            data: data.to_vec(),
        }
    }

    fn write(&self, random: &mut Rng) -> Vec<u8> {
        let mut json = text::raw(&Value::Object(self.header.clone()));
        if random.u8(0..16) == 0 {
            // A tensor that is there twice: JSON allows it.
            let name = self.tensors()[random.usize(..self.tensors().len())].clone();
            let again = json!({ name.as_str(): self.header.get(&name) }).to_string();
            json = format!("{},{}", &again[..again.len() - 1], &json[1..]);
        }
        json.extend(std::iter::repeat_n(
            ' ',
            json.len().next_multiple_of(8) - json.len(),
        ));
        [
            &(json.len() as u64).to_le_bytes()[..],
            json.as_bytes(),
            &self.data,
        ]
        .concat()
    }

    fn tensors(&self) -> Vec<String> {
        self.header
            .keys()
            .filter(|name| *name != METADATA)
            .cloned()
            .collect()
    }

    fn any(&self, random: &mut Rng) -> Option<String> {
        let names = self.tensors();
        random.choice(names.iter()).cloned()
    }

    /// Some or all weights of a tensor, whatever its precision, or all of them larger or smaller by as much.
    fn weights(&mut self, random: &mut Rng) {
        let Some(name) = self.any(random) else { return };
        let offset = |i: usize| {
            self.header[&name]["data_offsets"][i]
                .as_u64()
                .map(|at| at as usize)
        };
        let Some(bytes) = offset(0)
            .zip(offset(1))
            .and_then(|(start, end)| self.data.get_mut(start..end))
        else {
            return;
        };
        let share = [1.0, 0.3, 0.01][random.usize(..3)];
        let once = random.bool();
        let place = random.usize(..bytes.len().max(1)) / 4;
        let chosen = |i: usize, random: &mut Rng| if once { i == place } else { random.f64() < share };
        if self.header[&name]["dtype"] == "F16" {
            let value = HALVES[random.usize(..HALVES.len())];
            for (_, at) in (0..)
                .zip(bytes.as_chunks_mut::<2>().0)
                .filter(|(i, _)| chosen(*i, random))
            {
                *at = value.to_le_bytes();
            }
            return;
        }
        let (value, scale) = (
            FLOATS[random.usize(..FLOATS.len())],
            10f32.powi(random.i32(-30..36)),
        );
        let scaled = random.bool();
        for (i, at) in (0..).zip(bytes.as_chunks_mut::<4>().0) {
            if scaled || chosen(i, random) {
                let old = f32::from_le_bytes(*at);
                *at = if scaled {
                    (old * scale).clamp(f32::MIN, f32::MAX)
                } else {
                    value
                }
                .to_le_bytes();
            }
        }
    }

    /// A setting of the config, or the config itself.
    fn config(&mut self, random: &mut Rng) {
        let Some(text) = self.header[METADATA]["config"].as_str() else {
            return;
        };
        let Ok(mut config) = serde_json::from_str::<Value>(text) else {
            return;
        };
        text::wrong(&mut config, random);
        let text = text::raw(&config);
        self.header[METADATA]["config"] = match random.u8(0..8) {
            0 => text::value(random),
            1 => String::from_utf8_lossy(&text.as_bytes()[..random.usize(..text.len())]).into(),
            _ => text.into(),
        };
    }

    fn step(&mut self, random: &mut Rng) {
        let steps = [
            "-1",
            "4294967295",
            "4294967296",
            "1e3",
            "NaN",
            "",
            "\u{1b}[2J",
            "7",
        ];
        self.header[METADATA]["step"] = steps[random.usize(..steps.len())].into();
    }

    /// What the header says of a tensor.
    fn tensor(&mut self, random: &mut Rng) {
        let Some(name) = self.any(random) else { return };
        let claim = &mut self.header[&name];
        match random.u8(0..7) {
            0 => {
                let i = random.usize(..2);
                claim["data_offsets"][i] = text::value(random);
            }
            1 => claim["shape"] = json!([]),
            2 => claim["shape"][0] = text::value(random),
            3 => {
                claim["dtype"] = [
                    "F16", "F64", "BF16", "I64", "U8", "BOOL", "F8_E4M3", "", "F32\u{0}",
                ][random.usize(..9)]
                .into()
            }
            4 => {
                let claim = self.header.remove(&name).unwrap_or_default();
                self.header.insert(text::string(random), claim);
            }
            5 => drop(self.header.remove(&name)),
            _ => *claim = text::value(random),
        }
    }
}
