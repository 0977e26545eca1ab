//! Trains the paper's model and writes it: `cargo run --release --example train -- model.safetensors`.

use leftright::analysis::Evaluator;
use leftright::checkpoint::{Contents, save};
use leftright::config::ValidConfig;
use leftright::training::{EngineRequest, Run};
use pollster::block_on;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = ValidConfig::default();
    let evaluator = Evaluator::new(&config);
    let mut run = block_on(Run::new(config, EngineRequest::Auto))?;
    println!("{}", run.info().reason);
    while run.step() < 300 {
        if let Some(snapshot) = block_on(run.advance(300 - run.step(), 1000.0))?.snapshot {
            let unseen = evaluator.evaluate(&snapshot).accuracies.unseen;
            println!(
                "step {}: retrieval on unseen pairs {:.3}",
                snapshot.step,
                unseen.retrieval.expect("the paper's world has unseen pairs")
            );
        }
    }
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, save(run.config(), &run.latest(), Contents::Model)?)?;
    }
    Ok(())
}
