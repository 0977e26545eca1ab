//! The decomposition at its edges: rows that say nothing, logits that are large, slopes by what a row is
//! over, and what may stand in EP's place.

mod common;

use common::{random_model, small};
use leftright::analysis::{AnalysisError, Evaluator, Scene, Term, least_squares_slope, surgery};
use leftright::config::{Config, Preset, ValidConfig};
use leftright::model::ParamTable;

/// A small model's config, but for some settings.
fn with(change: fn(&mut Config)) -> ValidConfig {
    let mut config = small().into();
    change(&mut config);
    config.validate().unwrap()
}

/// The tensors whose name contains this, scaled.
fn scaled(config: &ValidConfig, name: &str, factor: f32) -> Vec<f32> {
    let mut params = random_model(config);
    for tensor in ParamTable::new(config).tensors {
        if tensor.name.contains(name) {
            params[tensor.range].iter_mut().for_each(|x| *x *= factor);
        }
    }
    params
}

fn strip() -> Scene {
    Scene::Strip(vec![0, 3, 0, 0, 0, 0, 7, 0, 0, 0])
}

#[test]
fn a_slope_is_that_of_the_closest_line() {
    let line: Vec<f64> = (0..5).map(|i| 3.0 - 0.5 * f64::from(i)).collect();
    let x: Vec<f64> = (0..5).map(f64::from).collect();
    assert!((least_squares_slope(&x, &line) + 0.5).abs() < 1e-12);
    // Of 0, 1, 2: the outer two say it all.
    assert_eq!(least_squares_slope(&x[..3], &[1.0, 9.0, 4.0]), 1.5);
    // Points above each other have none.
    assert_eq!(least_squares_slope(&[2.0, 2.0], &[0.0, 1.0]), 0.0);
}

/// Without weights no key differs from another: attention is even, no term has a share, no head is steeper.
#[test]
fn a_row_that_says_nothing_has_no_shares() {
    let config = small();
    let params = scaled(&config, "attention", 0.0);
    let decomposition = Evaluator::new(&config)
        .decompose(&params, &strip(), 1, &[])
        .unwrap();
    assert_eq!(decomposition.strongest, 0);
    for head in &decomposition.heads {
        assert!(head.terms.iter().all(|term| term.share == 0.0));
        assert!(
            head.attention
                .iter()
                .all(|weight| (weight - 1.0 / 11.0).abs() < 1e-12)
        );
        assert_eq!(head.slope, 0.0);
    }
}

/// Logits of any size have weights that sum to 1.
#[test]
fn large_logits_have_weights() {
    let config = small();
    let params = scaled(&config, "embedding", 300.0);
    for head in Evaluator::new(&config)
        .decompose(&params, &strip(), 1, &[])
        .unwrap()
        .heads
    {
        assert!(head.logits.iter().any(|logit| logit.abs() > 1000.0));
        assert!((head.attention.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

/// The rows of background pixels are those of any strip, where what stands there has no part in them.
#[test]
fn background_rows_are_every_strips() {
    for config in [small(), with(|c| c.autoregressive = true)] {
        let params = random_model(&config);
        let evaluator = Evaluator::new(&config);
        let first = usize::from(!config.autoregressive);
        let heads = evaluator.decompose(&params, &strip(), 1, &[]).unwrap().heads;
        let slopes = evaluator.slopes(&params);
        assert_eq!(heads.len(), slopes.len());
        for ((rows, head), slope) in evaluator.background_rows(&params).iter().zip(&heads).zip(slopes) {
            for term in [Term::EP, Term::PP, Term::BP] {
                let expected = &head.term(term).row[first..][..10];
                let off = |(a, b): (&f64, &f64)| (a - b).abs();
                assert_eq!(rows[term.place()].len(), 10);
                assert!(
                    rows[term.place()]
                        .iter()
                        .zip(expected)
                        .map(off)
                        .all(|off| off < 1e-9)
                );
            }
            let pixels: Vec<f64> = (0..10).map(f64::from).collect();
            let expected = least_squares_slope(&pixels, &rows[Term::EP.place()]);
            assert!((slope - expected).abs() < 1e-9 && (head.slope - expected).abs() < 1e-9);
        }
    }
}

/// A caption's slope is over its tokens up to the one that is read, a grid's over its columns.
#[test]
fn slopes_are_over_tokens_and_columns() {
    let config = small();
    let params = random_model(&config);
    for labels in [vec![2], vec![2, 5]] {
        let scene = Scene::Caption(labels);
        let decomposition = Evaluator::new(&config)
            .decompose(&params, &scene, 1, &[])
            .unwrap();
        for head in decomposition.heads {
            let tokens: Vec<f64> = (0..head.logits.len()).map(|t| t as f64).collect();
            let expected = least_squares_slope(&tokens, &head.term(Term::EP).row);
            assert!((head.slope - expected).abs() < 1e-9);
        }
    }
    let grid: Config = Preset::Grid.config();
    let grid = Config {
        d_model: 16,
        d_embed: 16,
        ..grid
    }
    .validate()
    .unwrap();
    let mut cells = vec![0; 16];
    (cells[2], cells[9]) = (3, 7);
    let decomposition = Evaluator::new(&grid)
        .decompose(&random_model(&grid), &Scene::Strip(cells), 1, &[])
        .unwrap();
    for head in decomposition.heads {
        let columns: Vec<f64> = (0..16).map(|cell| f64::from(cell % 4)).collect();
        let expected = least_squares_slope(&columns, &head.term(Term::EP).row[1..]);
        assert!((head.slope - expected).abs() < 1e-9);
    }
}

/// The strongest head is the one whose EP is the steepest, whichever way.
#[test]
fn the_strongest_head_is_the_steepest() {
    let mut found = Vec::new();
    for seed in 0..6 {
        let config = Config {
            seed,
            heads: 4,
            ..small().into()
        }
        .validate()
        .unwrap();
        let decomposition = Evaluator::new(&config)
            .decompose(&random_model(&config), &strip(), 1, &[])
            .unwrap();
        let steepness: Vec<f64> = decomposition.heads.iter().map(|head| head.slope.abs()).collect();
        let strongest = decomposition.strongest as usize;
        assert!(steepness.iter().all(|x| *x <= steepness[strongest]));
        found.push(strongest);
    }
    assert!(found.iter().any(|head| *head != found[0]));
}

/// A new row takes EP's place; CLS, which is no pixel, has its mean. A head without a row loses its EP, and
/// all else stays.
#[test]
fn surgery_replaces_ep_alone() {
    let config = small();
    let row: Vec<f64> = (0..10).map(|i| f64::from(i * i)).collect();
    let strengths = surgery(&config, &[Some(row.clone()), None]).unwrap();
    assert_eq!(strengths.len(), 2);
    assert_eq!(strengths[0].position_row, [&[28.5], &row[..]].concat());
    assert!(strengths[1].position_row.is_empty());
    for head in &strengths {
        for term in Term::ALL {
            assert_eq!(head[term], if term == Term::EP { 0.0 } else { 1.0 }, "{term:?}");
        }
    }
}

#[test]
fn surgery_that_cannot_be_done_is_refused_by_name() {
    let rows = |value: f64| vec![Some(vec![value; 10]), None];
    let towers = "only a vision tower with one layer and neither layer norm nor MLP can be operated on";
    let more_pixels = [Some(vec![0.0; 11]), None];
    for (config, rows, says) in [
        (with(|c| c.vision_layers = 2), &rows(0.0)[..], towers),
        (with(|c| c.layer_norm = true), &rows(0.0), towers),
        (with(|c| c.mlp = true), &rows(0.0), towers),
        (with(|c| c.autoregressive = true), &rows(0.0), towers),
        (
            small(),
            &[None],
            "there are rows for 1 heads, but the model has 2",
        ),
        (
            small(),
            &more_pixels,
            "the row has 11 values, but must have one for each of 10 pixels",
        ),
        (
            small(),
            &rows(100.5),
            "the row holds 100.5, but must lie between -100 and 100 logits",
        ),
        (
            small(),
            &rows(-100.5),
            "the row holds -100.5, but must lie between -100 and 100 logits",
        ),
    ] {
        assert_eq!(
            surgery(&config, rows).unwrap_err(),
            AnalysisError::Surgery(says.to_owned())
        );
    }
    // The text tower is not operated on, and may be as deep as it likes.
    assert!(surgery(&with(|c| c.text_layers = 3), &rows(-100.0)).is_ok());
}

/// A caption alone is for a tower that reads captions: an autoregressive model has none.
#[test]
fn an_autoregressive_model_decomposes_strips_alone() {
    let config = with(|c| c.autoregressive = true);
    let (evaluator, params) = (Evaluator::new(&config), random_model(&config));
    assert_eq!(
        evaluator.decompose(&params, &Scene::Caption(vec![1, 2]), 1, &[]),
        Err(AnalysisError::Scene(
            "an autoregressive model reads a strip, not a caption alone".to_owned()
        ))
    );
    let decomposition = evaluator.decompose(&params, &strip(), 1, &[]).unwrap();
    assert_eq!(
        (decomposition.captions, decomposition.nearest),
        (Vec::new(), None)
    );
}
