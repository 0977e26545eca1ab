//! Experiments as data, and populations in training.

use leftright::analysis::Ablation;
use leftright::config::{Config, PopulationError};
use leftright::experiment::{
    Experiment, Job, Measure, Measurement, Metric, Scale, Trainer, TrainerError, Verdict, bytes_of_largest,
    populations,
};
use leftright::model::ParamTable;
use leftright::task::Split;
use leftright::training::EngineRequest;
use pollster::block_on;

const SCALES: [Scale; 3] = [Scale::Figure, Scale::Quick, Scale::Full];

fn small(seed: u32) -> Config {
    Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 32,
        seed,
        ..Config::default()
    }
}

fn job(config: Config) -> Job {
    Job {
        every: 4,
        ..Job::new(
            config.validate().unwrap(),
            10,
            vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes],
        )
    }
}

fn train(jobs: Vec<Job>) -> Vec<Measurement> {
    let mut trainer = block_on(Trainer::open((0..).zip(jobs).collect(), EngineRequest::Cpu)).unwrap();
    let mut measurements = Vec::new();
    while !trainer.ended() {
        measurements.extend(block_on(trainer.advance(3)).unwrap());
    }
    measurements
}

#[test]
fn a_population_of_nobody_is_an_error() {
    for request in [EngineRequest::Cpu, EngineRequest::Auto] {
        let opened = block_on(Trainer::open(Vec::new(), request));
        assert_eq!(
            opened.err(),
            Some(TrainerError::Population(PopulationError::Empty))
        );
    }
}

#[test]
fn the_next_measurement_is_never_behind() {
    let job = Job {
        every: 3_000_000_000,
        ..job(small(0))
    };
    let job = Job {
        steps: u32::MAX,
        ..job
    };
    assert_eq!(
        [0, 2_999_999_999, 3_000_000_000].map(|step| job.next_measurement(step)),
        [3_000_000_000, 3_000_000_000, u32::MAX]
    );
}

#[test]
fn every_experiments_jobs_can_be_run() {
    for (i, experiment) in (1..).zip(Experiment::ALL) {
        assert_eq!(experiment.id, i);
        for scale in SCALES {
            let jobs = (experiment.jobs)(scale);
            assert!(!jobs.is_empty());
            for job in &jobs {
                assert!(job.steps > 0 && !job.measures.is_empty(), "{}", experiment.name);
            }
        }
        // No model is trained twice, and nothing is measured twice of one.
        let jobs = (experiment.jobs)(Scale::Full);
        for (i, job) in jobs.iter().enumerate() {
            assert!(
                jobs[..i].iter().all(|other| other.config != job.config),
                "{} {i}",
                experiment.name
            );
        }
        let measures = &jobs[0].measures;
        for (i, measure) in measures.iter().enumerate() {
            assert!(
                !measures[..i].contains(measure),
                "{} {measure:?}",
                experiment.name
            );
            if let Measure::Ablation(Ablation { terms, .. }, _) = measure {
                assert!(
                    (1..terms.len()).all(|i| !terms[..i].contains(&terms[i])),
                    "{terms:?}"
                );
            }
        }
        // Those that show the course of training, and no other, are measured on the way.
        let on_the_way = ["generalization", "birth", "carrier"].contains(&experiment.name);
        assert!(
            jobs.iter()
                .all(|job| (job.every > 0 && !job.plateau) == on_the_way),
            "{}",
            experiment.name
        );
        assert!((experiment.jobs)(Scale::Full).len() >= (experiment.jobs)(Scale::Quick).len());
    }
}

/// Nothing measured is an open question, whichever the experiment.
#[test]
fn nothing_measured_decides_nothing() {
    for experiment in Experiment::ALL {
        let jobs = (experiment.jobs)(Scale::Figure);
        let summary = experiment.summarise(&jobs, &[]);
        assert_eq!(
            (summary.verdict, summary.finding.as_str()),
            (Verdict::Open, ""),
            "{}",
            experiment.name
        );
    }
}

#[test]
fn a_population_measures_what_its_models_alone_do() {
    let together = train(vec![job(small(0)), job(small(1)), job(small(2))]);
    assert_eq!(
        together.iter().map(|m| (m.step, m.job)).collect::<Vec<_>>()[..4],
        [(4, 0), (4, 1), (4, 2), (8, 0)]
    );
    assert_eq!(together.len(), 9);
    for seed in 0..3 {
        let alone = train(vec![job(small(seed))]);
        let theirs = together.iter().filter(|m| m.job == seed);
        assert!(
            alone
                .iter()
                .zip(theirs)
                .all(|(a, b)| (a.step, &a.values) == (b.step, &b.values))
        );
    }
    assert_ne!(together[0].values, together[1].values);
}

/// A measurement comes with the last of its job's measures, and has the numbers of them all.
#[test]
fn a_measurement_holds_every_measure() {
    let names = ["loss", "slope", "slope.0", "slope.1", "steepest"].map(str::to_owned);
    let scores = ["order", "recognition", "retrieval"].map(|score| format!("unseen.{score}"));
    for measurement in train(vec![job(small(0)), job(small(1))]) {
        let found: Vec<&str> = measurement.values.iter().map(|(name, _)| name).collect();
        assert_eq!(found, [&names[..], &scores].concat());
    }
}

/// Counted by hand: parameters with gradients, two moments and a snapshot; a batch's activations and their
/// gradients; captions, those trained on and at most one per list of labels, each embedded and with 256
/// scores.
#[test]
fn the_bytes_of_a_model_are_counted() {
    let counted = |config: Config, activations: u64, captions: u64| {
        let config = config.validate().unwrap();
        let params = ParamTable::new(&config).len as u64;
        let expected = 4 * (5 * params + 2 * activations + captions * (4 * (128 + 128) + 256));
        assert_eq!(bytes_of_largest([&config]), expected);
    };
    let paper = Config::default();
    // 128 x 20 tokens, 128 wide, in twelve arrays of each of two layers.
    let activations = 128 * 20 * 128 * 2 * 12;
    let captions = 20 + 15 * 14 + 20 * 20;
    counted(paper.clone(), activations, captions);
    let mlp = Config {
        mlp: true,
        ..paper.clone()
    };
    counted(mlp, 2 * activations, captions);
    let deep = Config {
        text_layers: 3,
        ..paper.clone()
    };
    counted(deep, 2 * activations, captions);
    let three = Config {
        objects: 3,
        pair_labels: 5,
        pair_layouts: 20,
        ..paper.clone()
    };
    counted(three, activations, 20 + 5 * 4 * 3 + 20 * 20 * 20);
    // The largest of some.
    let [small, large] = [small(0), paper].map(|config| config.validate().unwrap());
    let largest = bytes_of_largest([&small, &large, &small]);
    assert_eq!(largest, bytes_of_largest([&large]));
    assert!(largest > bytes_of_largest([&small]));
    assert_eq!(bytes_of_largest([]), 0);
}

#[test]
fn only_models_of_one_shape_and_the_same_steps_are_a_population() {
    let few = Config {
        pair_labels: 2,
        batch: 32,
        ..small(0)
    };
    let wide = Config {
        d_model: 32,
        ..small(0)
    };
    let longer = Job {
        steps: 20,
        ..job(small(0))
    };
    // Two labels in pairs make 22 captions, fewer than a batch of 32: the batch is another.
    let jobs = vec![
        job(small(0)),
        job(few.clone()),
        job(wide),
        job(small(1)),
        longer.clone(),
        job(small(2)),
    ];
    assert_eq!(
        populations(&jobs, 2),
        [vec![0, 3], vec![1], vec![2], vec![4], vec![5]]
    );
    let refusal = |jobs: Vec<Job>| {
        block_on(Trainer::open((0..).zip(jobs).collect(), EngineRequest::Cpu))
            .err()
            .unwrap()
    };
    assert_eq!(
        refusal(vec![job(small(0)), job(few)]),
        TrainerError::Population(PopulationError::Shapes("batch"))
    );
    assert_eq!(refusal(vec![job(small(0)), longer]), TrainerError::Steps);
}

/// A model that diverges is measured as one: a loss that is none, and no accuracy.
#[test]
fn a_diverged_model_has_no_accuracy() {
    let wild = Config {
        lr: 1.0,
        token_std: 10.0,
        eps: 1e-12,
        weight_decay: 10.0,
        warmup: 1,
        ..small(0)
    };
    let measured = train(vec![Job {
        steps: 200,
        every: 0,
        ..job(wild)
    }]);
    assert_eq!(measured.len(), 1);
    let values = &measured[0].values;
    assert!(
        values.get(&Metric::Loss).unwrap().is_nan() && values.iter().count() == 1,
        "{values:?}"
    );
}

/// A run of a job that trains until a plateau, by its retrieval on seen pairs and what it has on unseen ones.
fn looks(seen: f64, unseen: &[f64]) -> Vec<Measurement> {
    let measurement = |(i, unseen): (u32, &f64)| Measurement {
        job: 0,
        step: 500 * (i + 1),
        values: [
            ("loss", 0.1),
            ("seen.retrieval", seen),
            ("unseen.retrieval", 0.5),
            ("unseen.order", *unseen),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value))
        .collect(),
    };
    (0..).zip(unseen).map(measurement).collect()
}

/// Training ends where nothing rises for two thousand steps and what was seen is learned, and not before.
#[test]
fn a_plateau_is_where_nothing_rises_and_all_is_learned() {
    let job = job(small(0)).until_plateau();
    let ended = |run: &[Measurement]| job.ended(&run.iter().collect::<Vec<_>>());
    assert_eq!((job.steps, job.every), (20_000, 500));
    assert!(!ended(&[]));
    assert!(ended(&looks(0.99, &[0.6, 0.6, 0.62, 0.5, 0.6])));
    // It is the shortest run that can end.
    assert_eq!(job.length(), [2500, 20_000]);
    for (seen, unseen) in [
        // Too short, still rising, rising again, and not learned.
        (0.99, &[0.6, 0.6, 0.6, 0.6][..]),
        (0.99, &[0.5, 0.6, 0.7, 0.8, 0.9]),
        (0.99, &[0.6, 0.6, 0.6, 0.6, 0.63]),
        (0.98, &[0.6, 0.6, 0.6, 0.6, 0.6]),
    ] {
        assert!(!ended(&looks(seen, unseen)), "{seen} {unseen:?}");
    }
    // At the last step whatever it is at; and where training has diverged.
    assert!(ended(&looks(0.2, &[0.5; 40])));
    let mut diverged = looks(0.2, &[0.5]);
    diverged[0].values.insert(Metric::Loss, f64::NAN);
    assert!(ended(&diverged));
    // Without a plateau only the last step ends it.
    let fixed = Job {
        plateau: false,
        ..job.clone()
    };
    assert_eq!(fixed.length(), [20_000; 2]);
    let run = looks(0.99, &[0.6; 8]);
    assert!(!fixed.ended(&run.iter().collect::<Vec<_>>()));
}

/// Of a population each model is measured to its own end: on the way what tells the end, and there all.
#[test]
fn models_of_a_population_end_on_their_own_plateaus() {
    let measures = vec![Measure::Slopes];
    let quick = Config {
        d_model: 32,
        d_embed: 32,
        batch: 64,
        lr: 0.002,
        pixels: 4,
        pair_labels: 6,
        single_layouts: 3,
        pair_layouts: 5,
        ..small(0)
    };
    // What never learns trains for as long as it may.
    let still = Config {
        lr: 0.0,
        ..quick.clone()
    };
    let until = |config: Config| Job {
        every: 100,
        plateau: true,
        ..Job::new(config.validate().unwrap(), 3000, measures.clone())
    };
    let jobs = vec![until(quick), until(still)];
    let measurements = train(jobs.clone());
    for (place, job) in (0..).zip(&jobs) {
        let run: Vec<&Measurement> = measurements.iter().filter(|m| m.job == place).collect();
        let (last, before) = run.split_last().unwrap();
        assert!(job.ended(&run) && !job.ended(before));
        assert!(last.values.get(&Metric::Slope).is_some());
        assert!(before.iter().all(|m| m.values.get(&Metric::Slope).is_none()));
        assert!(
            before
                .iter()
                .all(|m| m.values.get(&"seen.retrieval".parse().unwrap()).is_some())
        );
        assert_eq!(last.step == 3000, place == 1, "{last:?}");
    }
}
