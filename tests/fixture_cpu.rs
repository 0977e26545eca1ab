//! Rung 2 of the ladder: the CPU engine in f32 against the f64 autodiff reference.

mod common;

use common::{Fixture, relative, worst};
use leftright::engine::cpu::{Cpu, encode};
use leftright::model::TowerModel;

#[test]
fn loss_and_every_gradient() {
    for fixture in Fixture::all() {
        let mut cpu = Cpu::<f32>::new(&fixture.population(), &fixture.snapshot());
        let loss = cpu.loss_and_gradient(0, &fixture.batch());
        let name = fixture.name;
        assert!(
            relative(loss, fixture.f32("loss")[0]) < 1e-5,
            "{name}: loss {loss}"
        );
        for (tensor, error) in fixture.gradient_errors(cpu.gradient()) {
            assert!(error < 1e-4, "{name}: {tensor}: {error}");
        }
    }
}

#[test]
fn ten_adamw_losses() {
    for fixture in Fixture::all() {
        let mut cpu = Cpu::<f32>::new(&fixture.population(), &fixture.snapshot());
        for (step, expected) in fixture.f32("losses").into_iter().enumerate() {
            let loss = cpu.step_on(&fixture.batch())[0];
            let error = relative(loss, expected);
            assert!(
                error < 1e-4,
                "{} step {}: {loss} against {expected}",
                fixture.name,
                step + 1
            );
        }
    }
}

/// Negative control: one object moved to a neighbouring pixel must not pass.
#[test]
fn a_wrong_strip_fails() {
    for fixture in Fixture::all() {
        let mut cpu = Cpu::<f32>::new(&fixture.population(), &fixture.snapshot());
        cpu.loss_and_gradient(0, &fixture.wrong_batch());
        let errors = fixture.gradient_errors(cpu.gradient());
        let worst = worst(errors.into_iter().map(|(_, error)| error));
        assert!(worst > 1e-3, "{}: worst gradient error {worst}", fixture.name);
    }
}

#[test]
fn a_wrong_schedule_fails() {
    common::a_wrong_schedule_fails(|fixture, population, steps| {
        let mut cpu = Cpu::<f32>::new(population, &fixture.snapshot());
        (0..steps).map(|_| cpu.step_on(&fixture.batch())[0]).collect()
    });
}

/// What an autoregressive model writes next, against the reference's logits.
#[test]
fn next_words_are_the_references() {
    for fixture in Fixture::all().into_iter().filter(|f| f.config.autoregressive) {
        let tower = &TowerModel::all(&fixture.config, &fixture.table)[0];
        let batch = fixture.batch();
        let ours = encode(
            tower,
            &fixture.params("param."),
            None,
            (&batch.text, &batch.text_query),
        );
        let worst = worst(
            ours.iter()
                .zip(fixture.f32("next_words"))
                .map(|(a, b)| (a - b).abs()),
        );
        assert!(
            ours.len() == batch.size * 8 * 31 && worst < 1e-4,
            "{}: {worst}",
            fixture.name
        );
    }
}
