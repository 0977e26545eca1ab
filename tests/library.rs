//! What a program that depends on the crate may count on.

use leftright::analysis::Evaluator;
use leftright::config::{Population, ValidConfig};
use leftright::engine::Engine;
use leftright::experiment::Trainer;
use leftright::training::{EngineRequest, Run};
use pollster::block_on;

fn is_send<T: Send>() {}

#[test]
fn what_trains_can_move_to_another_thread() {
    is_send::<Run>();
    is_send::<Engine>();
    is_send::<Trainer>();
    is_send::<Evaluator>();
    let mut run = block_on(Run::new(ValidConfig::default(), EngineRequest::Cpu)).unwrap();
    let step = std::thread::spawn(move || {
        block_on(run.advance(1, 1e6)).unwrap();
        run.step()
    });
    assert_eq!(step.join().unwrap(), 1);
}

/// A type says in `Debug` what it is, a device and all.
#[test]
fn what_trains_can_be_printed() {
    let run = block_on(Run::new(ValidConfig::default(), EngineRequest::Cpu)).unwrap();
    assert!(format!("{run:?}").starts_with("Run { population: Population(["));
    assert!(format!("{:?}", Population::from(ValidConfig::default())).contains("pixels: 10"));
}
