//! A run survives what an engine can do to it.

use leftright::config::{Config, ValidConfig};
use leftright::training::{EngineKind, EngineRequest, Run, RunError};
use pollster::block_on;

fn small() -> ValidConfig {
    Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        ..Config::default()
    }
    .validate()
    .unwrap()
}

fn train(run: &mut Run, to: u32) -> Result<Vec<Option<u32>>, RunError> {
    let mut rewound = Vec::new();
    while run.step() < to {
        rewound.push(block_on(run.advance(to - run.step(), 1e6))?.rewound_to);
    }
    Ok(rewound)
}

#[test]
fn a_lost_device_costs_the_steps_since_the_last_snapshot_and_no_more() {
    let mut run = block_on(Run::new(small(), EngineRequest::Gpu)).unwrap();
    assert_eq!(run.info().kind, EngineKind::Gpu);
    train(&mut run, 70).unwrap();
    run.lose_device();
    let lost = block_on(run.advance(50, 1e6)).unwrap();
    let notice = lost.notice.unwrap();
    assert!(
        notice.contains("the GPU device was lost")
            && !notice.contains("..")
            && !run.info().reason.contains(".;"),
        "{notice}"
    );
    let rewound = [vec![lost.rewound_to], train(&mut run, 120).unwrap()].concat();
    assert_eq!(rewound.iter().flatten().copied().collect::<Vec<u32>>(), [50]);
    assert_eq!(run.info().kind, EngineKind::Cpu);
    assert_eq!(run.losses().len(), 120, "the curve has no gap and no step twice");
    // The CPU engine alone gives the same curve.
    let mut alone = block_on(Run::new(small(), EngineRequest::Cpu)).unwrap();
    train(&mut alone, 120).unwrap();
    for (a, b) in run.losses().iter().zip(alone.losses()) {
        assert!((a - b).abs() < 1e-3 * b, "{a} {b}");
    }
}

#[test]
fn a_device_lost_at_rest_is_survived_too() {
    let mut run = block_on(Run::new(small(), EngineRequest::Gpu)).unwrap();
    train(&mut run, 20).unwrap();
    run.lose_device();
    assert_eq!(block_on(run.settle()).unwrap().rewound_to, Some(0));
    train(&mut run, 20).unwrap();
    assert_eq!((run.step(), run.losses().len()), (20, 20));
}

/// A learning rate that drives the weights to infinity: the run stops, names the step, and keeps a finite
/// model.
#[test]
fn a_loss_that_is_not_finite_stops_at_the_last_good_snapshot() {
    let config = Config {
        lr: 1.0,
        token_std: 10.0,
        eps: 1e-12,
        weight_decay: 10.0,
        warmup: 1,
        ..small().into()
    };
    let config = config.validate().unwrap();
    for request in [EngineRequest::Cpu, EngineRequest::Gpu] {
        let mut run = block_on(Run::new(config.clone(), request)).unwrap();
        match train(&mut run, 2000) {
            Err(RunError::NotFinite { step, kept }) => {
                assert!(kept < step && kept % 50 == 0, "{step} {kept}");
                assert_eq!((run.step(), run.losses().len() as u32), (kept, kept));
                assert!(run.latest().is_finite() && block_on(run.settle()).is_ok());
            }
            other => panic!("weight decay 10 at rate 1 must diverge, but gave {other:?}"),
        }
    }
}

/// A step is handed out once, be it the last and a multiple of 50 at that.
#[test]
fn no_snapshot_comes_twice() {
    for (to, expected) in [(100, vec![50, 100]), (70, vec![50, 70])] {
        let mut run = block_on(Run::new(small(), EngineRequest::Cpu)).unwrap();
        let mut steps = Vec::new();
        while run.step() < to {
            steps.extend(block_on(run.advance(to - run.step(), 1e6)).unwrap().snapshot);
        }
        (0..2).for_each(|_| steps.extend(block_on(run.settle()).unwrap().snapshot));
        assert_eq!(
            steps.iter().map(|snapshot| snapshot.step).collect::<Vec<_>>(),
            expected
        );
        assert_eq!(run.latest(), *steps.last().unwrap());
    }
}

#[test]
fn the_engine_says_why_it_was_chosen() {
    let cpu = block_on(Run::new(small(), EngineRequest::Cpu)).unwrap();
    assert_eq!(
        (cpu.info().kind, cpu.info().reason.as_str()),
        (EngineKind::Cpu, "The CPU engine was asked for.")
    );
    let auto = block_on(Run::new(small(), EngineRequest::Auto)).unwrap();
    // The test machine's GPU is emulated, or raced against the CPU engine where it is real.
    assert!(
        auto.info().reason.contains("emulated on the CPU") || auto.info().reason.contains("ms a step"),
        "{}",
        auto.info().reason
    );
}
