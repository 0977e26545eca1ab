//! Any bytes are a checkpoint or an error; a checkpoint is a model that answers.
#![no_main]

use leftright::analysis::Evaluator;
use leftright::checkpoint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((config, snapshot)) = checkpoint::load(bytes) {
        let accuracies = Evaluator::new(&config).accuracies(&snapshot.params, &[]).expect("no ablation can be refused where there is none");
        assert!(accuracies.unseen.not_finite <= accuracies.unseen.items);
    }
});
