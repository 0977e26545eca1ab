//! What heads look at, and models of which some heads are silent or another model's.

mod common;

use common::{Fixture, random_model, strip, worst};
use leftright::analysis::{Ablation, AnalysisError, Evaluator, Gaze, Role, Scene, Term, Tower};
use leftright::config::{Config, Population, Preset, ValidConfig};
use leftright::engine::cpu::{Cpu, encode};
use leftright::experiment::{Measure, Values};
use leftright::model::{ParamTable, Snapshot};
use leftright::task::{Batch, Split};

/// The gaze by its definition: of each head, means over every scene of what a law says of the attention.
fn defined(config: &ValidConfig, params: &[f32], tower: Tower, ablations: &[Ablation]) -> Vec<Gaze> {
    let evaluator = Evaluator::new(config);
    let items = evaluator.items(Split::Unseen);
    assert_eq!(items.len(), 20);
    let mut gazes = vec![Gaze::default(); config.heads as usize];
    for item in items {
        let (scene, places) = match tower {
            // CLS stands before the pixels.
            Tower::Vision => (
                Scene::Strip(item.strip.clone()),
                item.caption
                    .labels()
                    .iter()
                    .map(|x| 1 + item.strip.iter().position(|pixel| pixel == x).unwrap())
                    .collect(),
            ),
            Tower::Text => (Scene::Caption(item.caption.labels().to_vec()), vec![1, 7]),
        };
        let heads = evaluator.decompose(params, &scene, 1, ablations).unwrap().heads;
        for (gaze, head) in gazes.iter_mut().zip(&heads) {
            let [left, right] = [head.attention[places[0]], head.attention[places[1]]];
            gaze.objects += (left + right) / 20.0;
            gaze.direction += (right - left) / (left + right) / 20.0;
        }
    }
    gazes
}

fn alike(a: &[Gaze], b: &[Gaze]) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() < 1e-9;
    a.iter()
        .zip(b)
        .all(|(a, b)| near(a.objects, b.objects) && near(a.direction, b.direction))
}

#[test]
fn a_gaze_is_what_its_definition_says() {
    let ep = [Ablation::vision(&[Term::EP], 0.0)];
    for seed in 0..3 {
        let config = strip(seed);
        let (evaluator, params) = (Evaluator::new(&config), random_model(&config));
        for tower in [Tower::Vision, Tower::Text] {
            let gazes = evaluator.gazes(&params, tower, &[]).unwrap();
            assert!(alike(&gazes, &defined(&config, &params, tower, &[])), "{tower:?}");
        }
        let [own, cut] = [&[][..], &ep].map(|cut| evaluator.gazes(&params, Tower::Vision, cut).unwrap());
        assert!(alike(&cut, &defined(&config, &params, Tower::Vision, &ep)));
        assert!(!alike(&own, &cut));
    }
}

/// Every pair is looked at in both orders, so where positions say nothing no head has a direction.
#[test]
fn without_positions_no_head_points() {
    let config = strip(3);
    let (evaluator, mut params) = (Evaluator::new(&config), random_model(&config));
    let directions = |params: &[f32]| {
        let gazes = evaluator.gazes(params, Tower::Vision, &[]).unwrap();
        worst(gazes.iter().map(|gaze| gaze.direction.abs()))
    };
    assert!(directions(&params) > 0.01);
    for tensor in ParamTable::new(&config).tensors {
        if tensor.name == "vision.position_embedding.weight" {
            params[tensor.range].fill(0.0);
        }
    }
    assert!(directions(&params) < 1e-9);
}

#[test]
fn scenes_without_two_sides_have_no_roles() {
    for preset in [Preset::Grid, Preset::Three, Preset::Autoregressive] {
        let config = preset.config().validate().unwrap();
        let params = ParamTable::new(&config).initialise(&config);
        let error = Evaluator::new(&config).gazes(&params, Tower::Vision, &[]).err();
        assert!(matches!(error, Some(AnalysisError::Scene(_))), "{preset:?}");
    }
}

/// A head that adds nothing is one whose values are nothing, whichever tower it is in; and without any head
/// every strip is the same to the model.
#[test]
fn a_silent_head_adds_nothing() {
    let config = strip(4);
    let (evaluator, params) = (Evaluator::new(&config), random_model(&config));
    let (d, k) = (config.d_model as usize, config.d_head());
    let mut strips = Batch::default();
    for item in evaluator.items(Split::Unseen) {
        strips.push(&config, &item.strip, item.caption);
    }
    for (tower, name) in [(Tower::Vision, "vision"), (Tower::Text, "text")] {
        let embeddings = |params: &[f32]| {
            let images = encode(&evaluator.towers()[0], params, None, (&strips.vision, &[]));
            [images, evaluator.embed_captions(params, &[]).unwrap()].concat()
        };
        let mut valueless = params.clone();
        for tensor in ParamTable::new(&config).tensors {
            let of_head_2 = match tensor.name.strip_prefix(name) {
                Some(".layers.0.attention.value.weight") => 2 * k * d..3 * k * d,
                Some(".layers.0.attention.value.bias") => 2 * k..3 * k,
                _ => continue,
            };
            valueless[tensor.range][of_head_2].fill(0.0);
        }
        let far = |a: &[f32]| {
            let b = embeddings(&valueless);
            worst(a.iter().zip(&b).map(|(a, b)| (a - b).abs()))
        };
        assert!(far(&embeddings(&evaluator.silence(&params, tower, &[2]).unwrap())) < 1e-5);
        assert!(far(&embeddings(&evaluator.silence(&params, tower, &[1]).unwrap())) > 1e-3);
        assert!(far(&embeddings(&params)) > 1e-3);
    }
    let nobody = evaluator.silence(&params, Tower::Vision, &[0, 1, 2, 3]).unwrap();
    assert!((evaluator.swap_cosine(&nobody, &[]).unwrap().unwrap() - 1.0).abs() < 1e-5);
    assert_eq!(
        evaluator.accuracy(&nobody, &[], Split::Unseen).unwrap().order,
        Some(0.5)
    );
}

/// A head is its queries, keys, values and what it adds: carried back into a model that has others', it is
/// what it was, and so is the model once all are. Nothing else is carried.
#[test]
fn a_carried_head_is_all_of_it() {
    let config = strip(5);
    let evaluator = Evaluator::new(&config);
    let (own, other) = (random_model(&config), random_model(&strip(6)));
    let mut patchwork = own.clone();
    for tensor in ParamTable::new(&config).tensors {
        // The output's bias is nobody's.
        if tensor.name.starts_with("vision.layers.0.attention") && !tensor.name.ends_with("output.bias") {
            patchwork[tensor.range.clone()].copy_from_slice(&other[tensor.range]);
        }
    }
    let differ = |params: &[f32]| params.iter().zip(&own).filter(|(a, b)| a != b).count();
    let all = differ(&patchwork);
    let mut carry = |heads: &[u32]| {
        let carried = evaluator.carry(&own, Tower::Vision, heads, &mut patchwork);
        carried.map(|()| patchwork.clone())
    };
    assert_eq!(differ(&carry(&[]).unwrap()), all);
    let with_one = carry(&[1]).unwrap();
    assert_eq!(differ(&with_one), all / 4 * 3);
    let head = |params: &[f32]| evaluator.gazes(params, Tower::Vision, &[]).unwrap()[1];
    assert_eq!(head(&with_one), head(&own));
    assert!(carry(&[4]).unwrap_err().to_string().starts_with("head is 4, but"));
    assert_eq!(carry(&[0, 2, 3]).unwrap(), own);
}

fn taken(evaluator: &Evaluator, params: &[f32], measure: &Measure) -> Values {
    let mut values = Values::default();
    measure.take(evaluator, params, &mut values).unwrap();
    values
}

/// The scores on unseen pairs behind something done.
fn scores(values: &Values, before: &str) -> [f64; 3] {
    ["retrieval", "order", "recognition"].map(|score| {
        let name = format!("{before}unseen.{score}");
        values
            .get(&name.parse().unwrap())
            .unwrap_or_else(|| panic!("no {name}"))
    })
}

fn judged(evaluator: &Evaluator, params: &[f32], ablations: &[Ablation]) -> [f64; 3] {
    let accuracy = evaluator.accuracy(params, ablations, Split::Unseen).unwrap();
    [
        accuracy.retrieval.unwrap(),
        accuracy.order.unwrap(),
        accuracy.recognition.unwrap(),
    ]
}

/// The heads of a role, by its name.
type Heads = (&'static str, Vec<u32>);

/// The reference's trained model, with its heads that point and those that find.
fn trained() -> (Evaluator, Vec<f32>, [Heads; 2]) {
    let fixture = Fixture::open("trained");
    let (evaluator, params) = (Evaluator::new(&fixture.config), fixture.params(""));
    let gazes = evaluator.gazes(&params, Tower::Vision, &[]).unwrap();
    let heads = [Role::Pointing, Role::Finding].map(|role| {
        let heads = (0..gazes.len() as u32).filter(|h| gazes[*h as usize].role() == role);
        (role.name(), heads.collect::<Vec<_>>())
    });
    assert!(heads.iter().all(|(_, heads)| !heads.is_empty()), "{gazes:?}");
    (evaluator, params, heads)
}

#[test]
fn roles_are_silenced_left_alone_and_flattened() {
    let (evaluator, params, heads) = trained();
    let values = taken(&evaluator, &params, &Measure::Roles);
    let ep = Ablation::vision(&[Term::EP], 0.0);
    for (before, ablations) in [("", &[][..]), ("EP ", std::slice::from_ref(&ep))] {
        let gazes = evaluator.gazes(&params, Tower::Vision, ablations).unwrap();
        for (h, gaze) in gazes.iter().enumerate() {
            let number = |name: String| values.get(&name.parse().unwrap()).unwrap();
            assert_eq!(number(format!("{before}direction.{h}")), gaze.direction);
            if ablations.is_empty() {
                assert_eq!(number(format!("objects.{h}")), gaze.objects);
            }
        }
    }
    let mut found = vec![judged(&evaluator, &params, &[])];
    for (role, own) in heads {
        let others: Vec<u32> = (0..4).filter(|h| !own.contains(h)).collect();
        let flat = Ablation {
            heads: Some(own.clone()),
            ..ep.clone()
        };
        let silent = |heads: &[u32]| {
            let silent = evaluator.silence(&params, Tower::Vision, heads).unwrap();
            judged(&evaluator, &silent, &[])
        };
        for (deed, expected) in [
            ("silent", silent(&own)),
            ("only", silent(&others)),
            ("flat", judged(&evaluator, &params, &[flat])),
        ] {
            assert_eq!(
                scores(&values, &format!("{deed} {role} ")),
                expected,
                "{deed} {role}"
            );
        }
        found.push(silent(&own));
    }
    // Without those that point the objects are named and not ordered, without those that find the other way
    // round.
    let [own, named, ordered] = found[..] else {
        panic!("{found:?}")
    };
    assert!(own[1] > 0.9 && own[2] > 0.9, "{own:?}");
    assert!(named[1] < 0.6 && named[2] > 0.9, "{named:?}");
    assert!(ordered[1] > 0.9 && ordered[2] < 0.5, "{ordered:?}");
}

/// The model that is taught no order is the same seed's, captioned from either side; what is carried is as
/// if by hand.
#[test]
fn heads_are_carried_into_the_model_that_is_taught_no_order() {
    let (evaluator, params, [pointing, finding]) = trained();
    let values = taken(&evaluator, &params, &Measure::Transplant(200));
    let train = |right: bool| {
        let config = Config {
            right,
            ..evaluator.config().clone().into()
        };
        let population = Population::from(config.validate().unwrap());
        let mut engine = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
        (0..200).for_each(|_| drop(engine.step()));
        engine.snapshot().params
    };
    let untaught = train(true);
    assert_eq!(scores(&values, "untaught "), judged(&evaluator, &untaught, &[]));
    assert_ne!(untaught, train(false));
    let text = evaluator.gazes(&params, Tower::Text, &[]).unwrap();
    for (role, heads) in [pointing, finding, ("all", vec![0, 1, 2, 3])] {
        let mut model = untaught.clone();
        evaluator
            .carry(&params, Tower::Vision, &heads, &mut model)
            .unwrap();
        assert_eq!(
            scores(&values, &format!("carried {role} ")),
            judged(&evaluator, &model, &[])
        );
        let same = |h: &u32| role == "all" || text[*h as usize].role().name() == role;
        let same: Vec<u32> = (0..text.len() as u32).filter(same).collect();
        evaluator.carry(&params, Tower::Text, &same, &mut model).unwrap();
        assert_eq!(
            scores(&values, &format!("carried-both {role} ")),
            judged(&evaluator, &model, &[])
        );
    }
}

/// What is taught both sides is the model itself, trained on as any other is and judged by captions of both.
#[test]
fn a_model_is_taught_both_sides() {
    let (one_sided, params, _) = trained();
    let values = taken(&one_sided, &params, &Measure::BothSides(20));
    let config = Config {
        right: true,
        ..one_sided.config().clone().into()
    };
    let population = Population::from(config.validate().unwrap());
    let start = Snapshot {
        params: params.clone(),
        ..Snapshot::initial(&population)
    };
    let mut engine = Cpu::<f32>::new(&population, &start);
    (0..20).for_each(|_| drop(engine.step()));
    let (evaluator, taught) = (Evaluator::new(population.first()), engine.snapshot().params);
    assert_eq!(scores(&values, "both-sides "), judged(&evaluator, &taught, &[]));
    assert_ne!(judged(&evaluator, &taught, &[]), judged(&evaluator, &params, &[]));
    let [(_, shares)] = evaluator.factors(&taught, 1).unwrap()[..] else {
        panic!("one layer is read at EOT alone")
    };
    for (name, share) in ["first", "word", "scene"].into_iter().zip(shares) {
        let name = format!("both-sides factor.1.8.{name}");
        assert_eq!(values.get(&name.parse().unwrap()), Some(share));
    }
}
