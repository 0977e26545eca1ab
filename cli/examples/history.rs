//! What the page's first figure shows of the shipped model's past, as JSON, for whoever makes the page:
//! `cargo run --release --example history www/src/run/paper-history.json`.
//!
//! The models of the past are too large to ship. What is shown of them on one strip and on its swap, with EP as
//! it is, removed and reversed, is small.

use std::error::Error;
use std::path::Path;

use leftright::analysis::{Ablation, Accuracies, Decomposition, Evaluator, Scene};
use leftright::config::Config;
use leftright::file::Place;
use leftright::model::{Snapshot, Term};
use leftright::training::{EngineRequest, Run};
use serde_json::{Value, json};

#[path = "../src/rounded.rs"]
mod rounded;

/// Steps from one moment to the next.
const EVERY: u32 = 25;
/// Steps of the shipped model.
const STEPS: u32 = 1000;
/// The page's usual strip, and the strip on which its objects have changed places.
const STRIPS: [[u32; 10]; 2] = [[0, 0, 16, 0, 0, 0, 0, 17, 0, 0], [0, 0, 17, 0, 0, 0, 0, 16, 0, 0]];
/// Places after the point, which are more than a picture shows.
const PLACES: i32 = 3;
/// EP as it is, removed and reversed.
const STRENGTHS: [f64; 3] = [1.0, 0.0, -1.0];

/// Trains preset `paper` from seed 0 on the CPU engine, as the shipped model was, and writes what is seen at
/// every 25th step.
fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args_os().nth(1).ok_or("name the JSON file to write")?;
    let place = Place::open(Path::new(&out))?;
    let config = Config::default().validate()?;
    let evaluator = Evaluator::new(&config);
    let mut run = pollster::block_on(Run::new(config, EngineRequest::Cpu))?;
    let mut moments = Vec::new();
    loop {
        moments.push(moment(&evaluator, &run.latest())?);
        let next = run.step() + EVERY;
        if next > STEPS {
            break;
        }
        while run.step() < next {
            pollster::block_on(run.advance(next - run.step(), f64::INFINITY))?;
        }
        pollster::block_on(run.settle())?;
    }
    let strips: Vec<Vec<u32>> = STRIPS.map(Vec::from).into();
    let history = json!({ "strips": strips, "strengths": STRENGTHS, "moments": moments });
    Ok(place.write(serde_json::to_string(&history)?.as_bytes())?)
}

fn moment(evaluator: &Evaluator, snapshot: &Snapshot) -> Result<Value, Box<dyn Error>> {
    let params = &snapshot.params;
    let cuts = STRENGTHS.map(|strength| [Ablation::vision(&[Term::EP], strength)]);
    let mut unseen = Vec::new();
    for cut in &cuts {
        unseen.push(accuracy(&evaluator.accuracies(params, cut)?));
    }
    let mut views = Vec::new();
    for strip in STRIPS {
        let scene = Scene::Strip(strip.to_vec());
        let mut of_strip = Vec::new();
        for cut in &cuts {
            of_strip.push(view(&evaluator.decompose(params, &scene, 1, cut)?));
        }
        views.push(of_strip);
    }
    Ok(json!({ "evaluation": evaluation(evaluator, snapshot)?, "unseen": unseen, "views": views }))
}

fn evaluation(evaluator: &Evaluator, snapshot: &Snapshot) -> Result<Value, Box<dyn Error>> {
    let mut evaluation = serde_json::to_value(evaluator.evaluate(snapshot))?;
    rounded::value(&mut evaluation, PLACES);
    Ok(evaluation)
}

fn accuracy(accuracies: &Accuracies) -> Value {
    let unseen = &accuracies.unseen;
    let mut numbers = json!({ "order": unseen.order, "recognition": unseen.recognition });
    rounded::value(&mut numbers, PLACES);
    numbers
}

/// Of every head EP and the attention, over CLS and the pixels; the two captions' cosines, and the nearest of
/// all captions.
fn view(decomposition: &Decomposition) -> Value {
    let heads = decomposition.heads.iter();
    let mut view = json!({
        "heads": heads.map(|head| json!({
            "ep": head.term(Term::EP).row,
            "attention": head.attention,
            "slope": head.slope,
        })).collect::<Vec<_>>(),
        "strongest": decomposition.strongest,
        "captions": decomposition.captions.iter()
            .map(|score| json!({ "text": score.text, "similarity": score.similarity }))
            .collect::<Vec<_>>(),
        "nearest": decomposition.nearest.as_ref().map(|score| json!({ "text": score.text })),
    });
    rounded::value(&mut view, PLACES);
    view
}
