//! Removes each term of a trained model: `cargo run --release --example ablate`.

use leftright::analysis::{Ablation, Evaluator, Term};
use leftright::checkpoint::load;

/// The model that comes with the article.
const MODEL: &[u8] = include_bytes!("../www/src/run/paper.safetensors");

const PAIRS: &str = "the paper's world has unseen pairs";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (config, snapshot) = load(MODEL)?;
    let evaluator = Evaluator::new(&config);
    for term in Term::ALL {
        let unseen = evaluator
            .accuracies(&snapshot.params, &[Ablation::vision(&[term], 0.0)])?
            .unseen;
        println!(
            "without {}: retrieval on unseen pairs {:.3}",
            term.name(),
            unseen.retrieval.expect(PAIRS)
        );
    }
    let reversed = evaluator
        .accuracies(&snapshot.params, &[Ablation::vision(&[Term::EP], -1.0)])?
        .unseen;
    println!(
        "EP reversed: retrieval on unseen pairs {:.3}",
        reversed.retrieval.expect(PAIRS)
    );
    Ok(())
}
