//! Four seeds of a small model as one population: `cargo run --release --example population`.

use leftright::analysis::Evaluator;
use leftright::config::{Config, Population};
use leftright::model::Snapshot;
use leftright::training::{EngineRequest, open};
use pollster::block_on;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let small = Config {
        d_model: 32,
        d_embed: 32,
        ..Config::default()
    };
    let seeds = (0..4).map(|seed| {
        Config {
            seed,
            ..small.clone()
        }
        .validate()
    });
    let population = Population::new(seeds.collect::<Result<_, _>>()?)?;
    let (mut engine, info) = block_on(open(
        &population,
        &Snapshot::initial(&population),
        EngineRequest::Auto,
    ))?;
    println!("{}", info.reason);
    block_on(engine.train(300))?;
    let params = block_on(engine.snapshot())?.params;
    for (config, params) in population
        .iter()
        .zip(params.chunks(params.len() / population.len()))
    {
        let unseen = Evaluator::new(config).accuracies(params, &[])?.unseen;
        println!(
            "seed {}: retrieval on unseen pairs {:.3}",
            config.seed,
            unseen.retrieval.expect("the paper's world has unseen pairs")
        );
    }
    Ok(())
}
