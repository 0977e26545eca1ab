//! Rung 2 of the ladder: the CPU engine in f32 against the f64 autodiff reference.

mod common;

use common::{Fixture, relative};
use leftright::engine::cpu::Cpu;

#[test]
fn loss_and_every_gradient() {
    let fixture = Fixture::open("step_paper");
    let mut cpu = Cpu::<f32>::new(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    let loss = cpu.loss_and_gradient(0, &fixture.batch());
    assert!(relative(loss, fixture.f32("loss")[0]) < 1e-5, "loss {loss}");
    for (name, error) in fixture.gradient_errors(cpu.gradient()) {
        println!("{name}: {error:.1e}");
        assert!(error < 1e-4, "{name}: {error}");
    }
}

#[test]
fn ten_adamw_losses() {
    let fixture = Fixture::open("step_paper");
    let mut cpu = Cpu::<f32>::new(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    for (step, expected) in fixture.f32("losses").into_iter().enumerate() {
        let loss = cpu.step_on(&fixture.batch())[0];
        println!("step {}: {loss} {:.1e}", step + 1, relative(loss, expected));
        assert!(relative(loss, expected) < 1e-4, "step {}: {loss} against {expected}", step + 1);
    }
}

/// Negative control: one object moved to a neighbouring pixel must not pass.
#[test]
fn a_wrong_strip_fails() {
    let fixture = Fixture::open("step_paper");
    let mut cpu = Cpu::<f32>::new(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    let mut batch = fixture.batch();
    let object = (1..10).find(|i| (batch.vision[*i] > 0) != (batch.vision[i + 1] > 0)).unwrap();
    batch.vision.swap(object, object + 1);
    cpu.loss_and_gradient(0, &batch);
    let worst = fixture.gradient_errors(cpu.gradient()).into_iter().fold(0f32, |m, (_, error)| m.max(error));
    assert!(worst > 1e-3, "worst gradient error {worst}");
}
