//! Rung 7 of the ladder, on the CPU engine: the paper's table end to end, seeds 0 to 7, 1000 steps each.

use leftright::analysis::{Ablation, Accuracy, Evaluator, Term, Tower};
use leftright::config::{Config, Population};
use leftright::engine::cpu::Cpu;
use leftright::model::Snapshot;

const STEPS: u32 = 1000;
const ROWS: [(&str, &[Term], f64); 6] = [
    ("nothing", &[], 0.0),
    ("EP", &[Term::EP], 0.0),
    ("PE", &[Term::PE], 0.0),
    ("PP", &[Term::PP], 0.0),
    ("BP", &[Term::BP], 0.0),
    ("EP x -1", &[Term::EP], -1.0),
];

/// The accuracies on unseen pairs of one seed's run, a row per ablation.
fn unseen(seed: u32) -> Vec<Accuracy> {
    let config = Config {
        seed,
        ..Config::default()
    }
    .validate()
    .unwrap();
    let population = Population::from(&config);
    let mut cpu = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
    (0..STEPS).for_each(|_| drop(cpu.step()));
    let (evaluator, params) = (Evaluator::new(&config), cpu.snapshot().params);
    let judge = |terms: &[Term], strength| {
        let ablation = Ablation {
            tower: Tower::Vision,
            layer: 1,
            terms: terms.to_vec(),
            strength,
            heads: None,
        };
        evaluator.accuracies(&params, &[ablation]).unwrap().unseen
    };
    ROWS.iter()
        .map(|(_, terms, strength)| judge(terms, *strength))
        .collect()
}

#[test]
fn ep_carries_left_and_right_over_eight_seeds() {
    let table: Vec<Vec<Accuracy>> = std::thread::scope(|scope| {
        let seeds: Vec<_> = (0..8).map(|seed| scope.spawn(move || unseen(seed))).collect();
        seeds.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let mut retrieval: Vec<f64> = table.iter().map(|rows| rows[0].retrieval.unwrap()).collect();
    retrieval.sort_by(f64::total_cmp);
    let median = (retrieval[3] + retrieval[4]) / 2.0;
    assert!(median >= 0.93, "median unseen retrieval {median}");

    let seeds_where = |law: &dyn Fn(&[Accuracy]) -> bool| table.iter().filter(|rows| law(rows)).count();
    let at_chance = |rows: &[Accuracy]| {
        let kept = (rows[1].recognition.unwrap() - rows[0].recognition.unwrap()).abs() <= 0.05;
        (0.40..=0.60).contains(&rows[1].order.unwrap()) && kept
    };
    assert!(
        seeds_where(&at_chance) >= 6,
        "without EP: {} of 8 at chance with recognition kept",
        seeds_where(&at_chance)
    );
    let reversed = |rows: &[Accuracy]| rows[5].order.unwrap() <= 0.10;
    assert!(
        seeds_where(&reversed) >= 6,
        "EP reversed: {} of 8",
        seeds_where(&reversed)
    );
    for (row, (name, ..)) in ROWS.iter().enumerate().take(5).skip(2) {
        let retrieval = |rows: &[Accuracy], row: usize| rows[row].retrieval.unwrap();
        let unchanged = |rows: &[Accuracy]| (retrieval(rows, row) - retrieval(rows, 0)).abs() <= 0.03;
        assert_eq!(
            seeds_where(&unchanged),
            8,
            "without {name}: every seed within 0.03 of its baseline"
        );
    }
}
