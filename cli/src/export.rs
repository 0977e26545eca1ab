//! `leftright export`: what a checkpoint computes of strips, as arrays for NumPy or as rows.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{Field, Schema};
use clap::{Args, ValueEnum};
use leftright::analysis::{Decomposition, Evaluator, Scene};
use leftright::config::ValidConfig;
use leftright::model::Term;
use leftright::task::{Item, Split};
use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{Failure, file, numbers, open, report, shell, split, table};

#[derive(Args)]
pub struct ExportArgs {
    /// A safetensors checkpoint
    file: PathBuf,
    /// What is computed
    #[arg(long, value_enum)]
    what: What,
    /// One strip, pixel by pixel, 0 background: "0 0 16 0 0 0 0 17 0 0"
    #[arg(long, conflicts_with = "split")]
    strip: Option<String>,
    /// The strips of a split
    #[arg(long, default_value = "unseen", value_parser = split())]
    split: Split,
    /// The layer, from 1, of a decomposition or attention
    #[arg(long, default_value_t = 1)]
    layer: u32,
    /// npz holds an array; csv and parquet a row for each of its numbers
    #[arg(long, value_enum)]
    format: Format,
    /// The file to write, which ends as --format says or in nothing; - is stdout
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The nine terms of every head's CLS row, in logits: [strip, head, term, token]; the terms in the order
    /// EE EP EB PE PP PB BE BP BB
    Decomposition,
    /// Every head's CLS attention: [strip, head, token]
    Attention,
    /// The strips' unit embeddings: [strip, dimension]; npz also has those of all captions
    Embeddings,
}

impl What {
    /// What it is, as the help says it, and the unit of its numbers where they have one.
    fn meaning(self) -> (String, Option<&'static str>) {
        let named = self.to_possible_value().expect("no value is skipped");
        let help = named.get_help().map(ToString::to_string).unwrap_or_default();
        let unit = match self {
            What::Decomposition => Some("logit"),
            What::Attention => Some("share"),
            What::Embeddings => None,
        };
        (help, unit)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Npz,
    Csv,
    Parquet,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Npz => "npz",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// Numbers along some axes, the last of which runs fastest.
struct Array {
    name: &'static str,
    axes: Vec<Axis>,
    values: Vec<f64>,
}

struct Axis {
    name: &'static str,
    /// How many places it has, and their names where they are no numbers.
    size: usize,
    names: Option<Vec<String>>,
}

fn axis(name: &'static str, size: usize) -> Axis {
    Axis {
        name,
        size,
        names: None,
    }
}

/// Writes what was asked for.
pub fn export(args: &ExportArgs, json: bool) -> Result<(), Failure> {
    let (config, snapshot) = open(&args.file)?;
    let out = file::Out::open(&args.out)?;
    out.check_ending(args.format.ending())?;
    let evaluator = Evaluator::new(&config);
    let items = match &args.strip {
        Some(strip) => {
            let strip = numbers("strip", strip)?;
            let caption = Scene::Strip(strip.clone()).caption(&config)?;
            vec![Item { strip, caption }]
        }
        None => evaluator.items(args.split).to_vec(),
    };
    if items.is_empty() {
        let split = args.split.name();
        return Err(Failure::Usage(format!(
            "there is no scene in split {split} of this model's world"
        )));
    }
    let params = &snapshot.params;
    let arrays = match args.what {
        What::Decomposition | What::Attention => {
            let mut rows = Vec::with_capacity(items.len());
            for item in &items {
                rows.push(evaluator.decompose(params, &Scene::Strip(item.strip.clone()), args.layer, &[])?);
            }
            vec![match args.what {
                What::Attention => attention(&rows),
                _ => terms(&rows),
            }]
        }
        What::Embeddings if config.autoregressive => {
            return Err(Failure::Usage(
                "an autoregressive model has no embeddings".to_owned(),
            ));
        }
        What::Embeddings => {
            let strips = evaluator.embed_strips(params, &items, &[])?;
            let captions = evaluator.embed_captions(params, &[])?;
            vec![
                embeddings("strip", strips, items.len()),
                embeddings("caption", captions, evaluator.captions().len()),
            ]
        }
    };
    let bytes = match args.format {
        Format::Npz => npz(&arrays, &items),
        Format::Csv => table::csv(&rows(&arrays[0], &items)?),
        Format::Parquet => table::parquet(&described(
            rows(&arrays[0], &items)?,
            args,
            &config,
            snapshot.step,
        )?),
    }?;
    let name = out.name();
    let mut answer = out.write(&bytes)?;
    let shape: Vec<usize> = arrays[0].axes.iter().map(|axis| axis.size).collect();
    report::line_to(
        &mut *answer,
        json,
        &json!({ "out": args.out, "array": arrays[0].name, "shape": shape }),
        &format!("wrote {name}: {} {shape:?}", arrays[0].name),
    )
}

fn terms(strips: &[Decomposition]) -> Array {
    let values = strips
        .iter()
        .flat_map(|strip| &strip.heads)
        .flat_map(|head| &head.terms)
        .flat_map(|term| &term.row);
    Array {
        name: "decomposition",
        axes: vec![
            axis("strip", strips.len()),
            axis("head", strips[0].heads.len()),
            Axis {
                names: Some(Term::LOGIT.map(|term| format!("{term:?}")).into()),
                ..axis("term", Term::LOGIT.len())
            },
            axis("token", strips[0].tokens.len()),
        ],
        values: values.copied().collect(),
    }
}

fn attention(strips: &[Decomposition]) -> Array {
    let values = strips
        .iter()
        .flat_map(|strip| &strip.heads)
        .flat_map(|head| &head.attention);
    Array {
        name: "attention",
        axes: vec![
            axis("strip", strips.len()),
            axis("head", strips[0].heads.len()),
            axis("token", strips[0].tokens.len()),
        ],
        values: values.copied().collect(),
    }
}

fn embeddings(of: &'static str, values: Vec<f32>, count: usize) -> Array {
    Array {
        name: if of == "strip" { "embeddings" } else { "captions" },
        axes: vec![axis(of, count), axis("dimension", values.len() / count)],
        values: values.into_iter().map(f64::from).collect(),
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Output(std::io::Error::other(error))
}

/// The arrays and, as `strips`, what they are of: as NumPy's `savez` writes them.
fn npz(arrays: &[Array], items: &[Item]) -> Result<Vec<u8>, Failure> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for Array { name, axes, values } in arrays {
        let shape: Vec<u64> = axes.iter().map(|axis| axis.size as u64).collect();
        npy(&mut archive, name, &shape, values)?;
    }
    let shape = [items.len() as u64, items[0].strip.len() as u64];
    npy(
        &mut archive,
        "strips",
        &shape,
        items.iter().flat_map(|item| &item.strip),
    )?;
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// One array of an npz.
fn npy<'a, T: AutoSerialize + 'a>(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    shape: &[u64],
    values: impl IntoIterator<Item = &'a T>,
) -> Result<(), Failure> {
    archive
        .start_file(format!("{name}.npy"), SimpleFileOptions::default())
        .map_err(failed)?;
    let options = WriteOptions::new().default_dtype().shape(shape);
    let mut array = options.writer(archive).begin_nd()?;
    array.extend(values)?;
    Ok(array.finish()?)
}

/// A row for each number: the strip, its places on the axes, and the number under the array's name.
fn rows(array: &Array, items: &[Item]) -> Result<RecordBatch, Failure> {
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    let count = array.values.len();
    let mut each = count;
    for axis in &array.axes {
        each /= axis.size;
        let places = || (0..count).map(|i| i / each % axis.size);
        let column: ArrayRef = match &axis.names {
            Some(names) => Arc::new(StringArray::from_iter_values(places().map(|place| &names[place]))),
            None => Arc::new(UInt32Array::from_iter_values(places().map(|place| place as u32))),
        };
        columns.push((axis.name, column));
        if axis.name == "strip" {
            let pixels: Vec<String> = items.iter().map(pixels).collect();
            let strips = StringArray::from_iter_values(places().map(|place| &pixels[place]));
            columns.push(("pixels", Arc::new(strips)));
        }
    }
    columns.push((array.name, Arc::new(Float64Array::from(array.values.clone()))));
    RecordBatch::try_from_iter(columns).map_err(failed)
}

/// The same with what it says of itself: which program wrote it, of which model, and what it is; of its numbers, in
/// which unit they are.
fn described(
    rows: RecordBatch,
    args: &ExportArgs,
    config: &ValidConfig,
    step: u32,
) -> Result<RecordBatch, Failure> {
    let (what, unit) = args.what.meaning();
    let schema = rows.schema();
    let mut fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    if let (Some(numbers), Some(unit)) = (fields.last_mut(), unit) {
        numbers.set_metadata([("unit".to_owned(), unit.to_owned())].into());
    }
    let about = [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("step", step.to_string()),
        ("config", serde_json::to_string(config)?),
        ("description", what),
    ];
    let about = about.map(|(key, value)| (key.to_owned(), value));
    let about = about.into_iter().chain(shell::commit()).collect();
    let schema = Schema::new_with_metadata(fields, about);
    RecordBatch::try_new(Arc::new(schema), rows.columns().to_vec()).map_err(failed)
}

/// As `--strip` takes it.
fn pixels(item: &Item) -> String {
    let pixels: Vec<String> = item.strip.iter().map(u32::to_string).collect();
    pixels.join(" ")
}
