//! The EP row of every head on one strip: `cargo run --release --example decompose`.

use leftright::analysis::{Evaluator, Scene, Term};
use leftright::checkpoint::load;

/// The model that comes with the article.
const MODEL: &[u8] = include_bytes!("../www/src/run/paper.safetensors");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (config, snapshot) = load(MODEL)?;
    let strip = Scene::Strip(vec![0, 0, 16, 0, 0, 0, 0, 17, 0, 0]);
    let decomposition = Evaluator::new(&config).decompose(&snapshot.params, &strip, 1, &[])?;
    println!("keys: {}", decomposition.tokens.join(" "));
    for (h, head) in decomposition.heads.iter().enumerate() {
        let row: Vec<String> = head
            .term(Term::EP)
            .row
            .iter()
            .map(|logit| format!("{logit:.1}"))
            .collect();
        println!(
            "head {h}, slope {:+.2} logits per pixel: {}",
            head.slope,
            row.join(" ")
        );
    }
    for score in &decomposition.captions {
        println!("cosine {:.3} with \"{}\"", score.similarity, score.text);
    }
    Ok(())
}
