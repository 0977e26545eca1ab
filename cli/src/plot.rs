//! `leftright plot`: a picture of the report, of one checkpoint.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use leftright::analysis::Evaluator;
use leftright::experiment::{Experiment, Job, Measurement, Values};
use leftright::message;
use serde_json::json;

use crate::{Failure, file, open, report, svg};

#[derive(Args)]
pub struct PlotArgs {
    /// A safetensors checkpoint
    file: PathBuf,
    /// What it shows
    #[arg(long, value_parser = figures())]
    figure: &'static Figure,
    /// The SVG file to write, which ends in .svg or in nothing; - is stdout
    #[arg(long)]
    out: PathBuf,
}

/// A picture of an experiment that any one model can be asked for.
#[derive(Debug)]
struct Figure {
    name: &'static str,
    help: &'static str,
    experiment: &'static str,
    /// What the experiment's picture is titled, from its beginning.
    title: &'static str,
}

const FIGURES: [Figure; 7] = [
    Figure {
        name: "gradient",
        help: "EP, PP and BP of the steepest head, by pixel",
        experiment: "decomposition",
        title: "the steepest head's rows",
    },
    Figure {
        name: "shares",
        help: "how much of the CLS row each part makes",
        experiment: "decomposition",
        title: "share of the CLS row's mean magnitude",
    },
    Figure {
        name: "terms",
        help: "order on unseen pairs without each term",
        experiment: "ablations",
        title: "order on unseen pairs without a term",
    },
    Figure {
        name: "names",
        help: "recognition on unseen pairs without each term",
        experiment: "ablations",
        title: "recognition on unseen pairs without a term",
    },
    Figure {
        name: "reversal",
        help: "order on unseen pairs as each term goes from reversed to doubled",
        experiment: "reversal",
        title: "order on unseen pairs",
    },
    Figure {
        name: "surgery",
        help: "unseen pairs with a straight line in the place of EP",
        experiment: "surgery",
        title: "unseen pairs, with a ramp",
    },
    Figure {
        name: "text",
        help: "what prefers the label that is named first, term by term",
        experiment: "text",
        title: "what prefers X to Y",
    },
];

fn figures() -> impl TypedValueParser<Value = &'static Figure> {
    let values = FIGURES
        .iter()
        .map(|figure| PossibleValue::new(figure.name).help(figure.help));
    PossibleValuesParser::new(values).map(|name| {
        let named = FIGURES.iter().find(|figure| figure.name == name);
        named.expect("clap has checked the name")
    })
}

/// Measures what the picture shows, and draws it.
pub fn plot(args: &PlotArgs, json: bool) -> Result<(), Failure> {
    let Figure {
        name,
        experiment,
        title,
        ..
    } = args.figure;
    let out = file::Out::open(&args.out)?;
    out.check_ending("svg")?;
    let (config, snapshot) = open(&args.file)?;
    let experiment = Experiment::ALL
        .into_iter()
        .find(|it| it.name == *experiment)
        .expect("the figures name experiments there are");
    let evaluator = Evaluator::new(&config);
    let measures = experiment.measures();
    let mut values = Values::default();
    for measure in &measures {
        measure.take(&evaluator, &snapshot.params, &mut values)?;
    }
    let step = snapshot.step;
    let job = Job::new(config, step, measures);
    let measurement = Measurement { job: 0, step, values };
    let summary = experiment.summarise(&[job], &[measurement]);
    let chart = summary
        .charts
        .iter()
        .find(|chart| chart.title().starts_with(title));
    let chart = chart.ok_or_else(|| Failure::Usage(format!("this model has no figure {name}")))?;
    // Of an experiment's models the picture may be of the first; here there is one, and the title says which.
    let title = chart.title();
    let title = title.strip_suffix(", first seed").unwrap_or(title);
    let model = args.file.file_name().unwrap_or(args.file.as_os_str());
    let model = model.to_string_lossy();
    let title = message::shown(&format!("{title} ({model}, step {step})"));
    let written = out.name();
    let mut answer = out.write(svg::draw_as(&title, chart).as_bytes())?;
    report::line_to(
        &mut *answer,
        json,
        &json!({ "figure": name, "title": title, "out": args.out }),
        &format!("wrote {written}: {title}"),
    )
}
