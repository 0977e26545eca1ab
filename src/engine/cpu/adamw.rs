//! AdamW (Loshchilov and Hutter 2019), one pass over a model's parameters.

use crate::config::ValidConfig;
use crate::math::Real;

/// Updates `params` and both moments by `grads`, all of one length; `step` counts from 1.
pub fn adamw<T: Real>(
    config: &ValidConfig,
    step: u32,
    grads: &[T],
    params: &mut [T],
    first: &mut [T],
    second: &mut [T],
) {
    let t = f64::from(step);
    let rate = config.learning_rate(step);
    let [
        beta1,
        beta2,
        one_minus1,
        one_minus2,
        rate_hat,
        root_hat,
        eps,
        decay,
    ] = [
        config.beta1,
        config.beta2,
        1.0 - config.beta1,
        1.0 - config.beta2,
        rate / (1.0 - config.beta1.powf(t)),
        (1.0 - config.beta2.powf(t)).powf(-0.5),
        config.eps,
        rate * config.weight_decay,
    ]
    .map(T::from_f64);
    for (((p, g), m), v) in params.iter_mut().zip(grads).zip(first).zip(second) {
        *m = beta1 * *m + one_minus1 * *g;
        *v = beta2 * *v + one_minus2 * *g * *g;
        *p = *p - rate_hat * *m / (v.sqrt() * root_hat + eps) - decay * *p;
    }
}
