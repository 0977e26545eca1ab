//! Trained checkpoints: every row of the reference's ablation table, from our reader, forward pass and
//! accuracies; and the page's own model.

use leftright::analysis::{Ablation, Evaluator, Term, Tower};
use leftright::checkpoint;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

fn rows() -> serde_json::Map<String, serde_json::Value> {
    let text = std::fs::read_to_string(format!("{FIXTURES}/trained.expected.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["unseen"].as_object().unwrap().clone()
}

#[test]
fn every_ablation_is_within_two_scenes_of_the_reference() {
    let (config, snapshot) =
        checkpoint::load(&std::fs::read(format!("{FIXTURES}/trained.safetensors")).unwrap()).unwrap();
    let evaluator = Evaluator::new(&config);
    let rows = rows();
    assert_eq!(rows.len(), 10);
    for (name, expected) in rows {
        let terms = name
            .split('+')
            .filter(|t| *t != "none")
            .map(|t| t.parse::<Term>().unwrap())
            .collect();
        let ablation = Ablation {
            tower: Tower::Vision,
            layer: 1,
            terms,
            strength: 0.0,
            heads: None,
        };
        let ours = evaluator
            .accuracies(&snapshot.params, &[ablation])
            .unwrap()
            .unseen;
        for (what, value) in [
            ("retrieval", Some(ours.retrieval)),
            ("order", ours.order),
            ("recognition", ours.recognition),
        ] {
            let (value, expected) = (value.unwrap(), expected[what].as_f64().unwrap());
            println!("{name} {what}: {value:.4}, reference {expected:.4}");
            assert!(
                (value - expected).abs() <= 2.0 / 900.0 + 1e-12,
                "{name} {what}: {value} against {expected}"
            );
        }
    }
}

/// The model that comes with the page is the one its record is of, half precision and all.
#[test]
fn the_shipped_model_is_as_good_as_its_record_says() {
    let file = |name: &str| {
        std::fs::read(format!(
            concat!(env!("CARGO_MANIFEST_DIR"), "/www/src/run/{}"),
            name
        ))
        .unwrap()
    };
    let (config, snapshot) = checkpoint::load(&file("paper.safetensors")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&file("paper.json")).unwrap();
    assert_eq!(
        (&config, u64::from(snapshot.step)),
        (
            &leftright::config::ValidConfig::default(),
            record["steps"].as_u64().unwrap()
        )
    );
    assert_eq!(record["losses"].as_array().unwrap().len(), snapshot.step as usize);
    let ours = Evaluator::new(&config).accuracies(&snapshot.params, &[]).unwrap();
    for (split, ours) in [
        ("single", ours.single),
        ("seen", ours.seen),
        ("unseen", ours.unseen),
    ] {
        let recorded = record[split]["retrieval"].as_f64().unwrap();
        assert!(
            (ours.retrieval - recorded).abs() < 0.005,
            "{split}: {} against {recorded}",
            ours.retrieval
        );
    }
}
