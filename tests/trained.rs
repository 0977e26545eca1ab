//! Trained checkpoints: every row of the reference's ablation table, from our reader, forward pass and
//! accuracies; and the page's own model.

use leftright::analysis::{Ablation, Evaluator, Term, Tower, surgery};
use leftright::checkpoint;
use leftright::task::Split;

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
            ("retrieval", ours.retrieval),
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
        let (recorded, ours) = (
            record[split]["retrieval"].as_f64().unwrap(),
            ours.retrieval.unwrap(),
        );
        assert!(
            (ours - recorded).abs() < 0.005,
            "{split}: {ours} against {recorded}"
        );
    }
}

/// What the article says of a hill drawn in the place of EP: the head points at the object nearer its top, which is the left one
/// of a pair on the right of it, and the right one of a pair on the left of it.
#[test]
fn a_hill_in_the_place_of_ep_points_at_its_top() {
    let model = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/www/src/run/paper.safetensors"
    ))
    .unwrap();
    let (config, snapshot) = checkpoint::load(&model).unwrap();
    let evaluator = Evaluator::new(&config);
    let slopes = evaluator.slopes(&snapshot.params);
    let steepest = (0..slopes.len())
        .max_by(|a, b| slopes[*a].abs().total_cmp(&slopes[*b].abs()))
        .unwrap();
    let captions = evaluator.embed_captions(&snapshot.params, &[]).unwrap();
    let pixels = config.pixels as usize;
    for top in 0..pixels {
        let far = |pixel: usize| pixel.abs_diff(top);
        let mut rows = vec![None; slopes.len()];
        rows[steepest] = Some((0..pixels).map(|pixel| -3.0 * far(pixel) as f64).collect());
        let vision = surgery(&config, &rows).unwrap();
        let order = evaluator
            .judge(&snapshot.params, &vision, &captions, Split::Unseen)
            .order
            .unwrap();
        let layouts = (0..pixels).flat_map(|left| (left + 1..pixels).map(move |right| (left, right)));
        let right: Vec<f64> = layouts
            .map(|(left, right)| match far(left).cmp(&far(right)) {
                std::cmp::Ordering::Less => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Greater => 0.0,
            })
            .collect();
        let expected = right.iter().sum::<f64>() / right.len() as f64;
        println!(
            "a hill with its top at pixel {}: order {order:.3}, expected {expected:.3}",
            top + 1
        );
        assert!(
            (order - expected).abs() < 0.1,
            "top {}: {order} against {expected}",
            top + 1
        );
    }
}
