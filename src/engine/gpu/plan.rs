//! A training step of a population: the arrays of a model and the dispatches that fill them.

use super::array::{Allocator, Array, Home};
use super::kernels::{Places, adamw, contrast, cross_entropy, report, sample};
use super::lower::{Shared, TowerArrays, TowerPlan, product, task};
use super::schedule::{Dispatch, Task, schedule};
use super::world::World;
use crate::config::{Population, ValidConfig};
use crate::model::{ParamTable, TowerModel};
use crate::task::{CAPTION_LENGTH, cls, relations, text_vocab};

/// Steps whose losses the device keeps until they are read, and whose learning rates it is given.
pub const RING: u32 = 64;
/// Workgroups that WebGPU allows along each side of a dispatch.
pub const MOST_WORKGROUPS: usize = 65_535;

/// An array that the tests read, with its gradient.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Its name on both engines.
    pub name: &'static str,
    /// Whose it is.
    pub tower: usize,
    /// Where it lies.
    pub array: Array,
}

/// A population's step, and the size of every buffer.
#[derive(Debug)]
pub struct Plan {
    /// Models.
    pub population: usize,
    /// Floats of a model's parameters.
    pub params: usize,
    /// Floats of a model's share beside its parameters.
    pub floats: u64,
    /// Words of a model's batch: each tower's tokens, then the queries.
    pub words: usize,
    /// Where the words of the queries begin.
    pub asked: u32,
    /// What is drawn from.
    pub world: World,
    /// The step. The first dispatch draws the batch and does nothing else.
    pub dispatches: Vec<Dispatch>,
    /// Each tower's arrays.
    pub towers: Vec<TowerArrays>,
    /// What the loss leaves.
    pub named: Vec<Named>,
}

impl Plan {
    /// The step of a population.
    pub fn new(configs: &Population) -> Plan {
        let config = configs.first();
        let table = ParamTable::new(config);
        let towers = TowerModel::all(config, &table);
        let world = World::new(configs, &towers);
        let sequences = config.batch_size();

        let mut words = Allocator::new(Home::Batch);
        let tokens: Vec<Array> = towers
            .iter()
            .map(|t| words.array(sequences, t.shape.length))
            .collect();
        let asked = words.array(sequences, 1);
        let batch = Array {
            rows: 1,
            width: words.len as u32,
            ..tokens[0]
        };

        let mut floats = Allocator::new(Home::Floats);
        let shared = Shared {
            zero: floats.array(1, 1),
            gradients: floats.array(1, table.len),
            batch,
        };
        let places = |(t, tower): (usize, &TowerModel)| Places {
            sequences: sequences as u32,
            length: tower.shape.length as u32,
            vocab: tower.shape.vocab as u32,
            reads: tower.shape.reads as u32,
            queries: tower.shape.queries.len() as u32,
            causal: u32::from(tower.shape.causal),
            tokens: tokens[t].start,
            asked: asked.start,
            pairs: world.towers[t].pairs as u32,
            addresses: world.towers[t].addresses as u32,
            positions: world.towers[t].positions as u32,
        };
        let plans: Vec<TowerPlan> = towers
            .iter()
            .enumerate()
            .map(|at| TowerPlan::new(at.1, places(at), shared, &mut floats))
            .collect();

        let mut tasks = vec![draw(config, &tokens, asked, batch)];
        tasks.extend(plans.iter().flat_map(TowerPlan::forward));
        let (losses, named) = match (&plans[..], table.logit_scale) {
            ([vision, text], Some(logit_scale)) => {
                contrastive([vision, text], logit_scale, &shared, &mut floats)
            }
            (plans, _) => written(&plans[0], &shared, &mut floats),
        };
        tasks.extend(losses);
        tasks.extend(plans.iter().flat_map(TowerPlan::backward));
        let update = adamw::Op {
            params: table.len as u32,
            gradients: shared.gradients.start,
        };
        let (params, moments) = (
            Array::parameter(&(0..table.len), 1),
            Allocator::new(Home::Moments).array(2, table.len),
        );
        tasks.push(task(
            update.adamw(),
            &[shared.gradients, params, moments],
            &[params, moments],
        ));

        Plan {
            population: configs.len(),
            params: table.len,
            floats: floats.len,
            words: words.len as usize,
            asked: asked.start,
            dispatches: schedule(&tasks, (MOST_WORKGROUPS / configs.len()).max(1)),
            towers: plans.into_iter().map(|plan| plan.arrays).collect(),
            named,
            world,
        }
    }

    /// Where the parameters begin in `floats`, behind every model's share.
    pub fn params_start(&self) -> u64 {
        self.population as u64 * self.floats
    }

    /// Every storage buffer in order of binding, and its bytes. In u64: on wasm32 a population that is
    /// refused may overflow a usize.
    pub fn buffers(&self) -> [(&'static str, u64); 7] {
        let [population, params, words] = [self.population, self.params, self.words].map(|n| n as u64);
        [
            ("runs", population * size_of::<super::kernels::Run>() as u64),
            ("floats", population * (self.floats + params) * 4),
            ("moments", population * 2 * params * 4),
            ("batch", (2 + population * words) * 4),
            ("ring", population * u64::from(RING) * 4),
            ("world", self.world.words.len() as u64 * 4),
            ("rates", population * u64::from(RING) * 4),
        ]
    }
}

/// The batch is drawn.
fn draw(config: &ValidConfig, tokens: &[Array], asked: Array, batch: Array) -> Task {
    // The strip stands behind CLS, or first in an autoregressive run, where its tokens come after the words'.
    let (strip_at, background, caption_at) = if config.autoregressive {
        (0, text_vocab(config) as u32, config.pixels)
    } else {
        (1, 0, 0)
    };
    let (strips, texts) = (tokens[0], tokens[tokens.len() - 1]);
    assert!(
        texts.width >= caption_at + CAPTION_LENGTH as u32,
        "a caption fits behind what stands before it"
    );
    let op = sample::Op {
        sequences: asked.rows,
        strips: strips.start,
        strip_length: strips.width,
        strip_at,
        background,
        texts: texts.start,
        text_length: texts.width,
        caption_at,
        asked: asked.start,
        // Where there is no CLS, the first pixel takes its place.
        cls: cls(config),
        pixels: config.pixels,
        layouts: config.layouts(),
        relations: relations(config).len() as u32,
    };
    task(op.sample(), &[], &[batch])
}

/// The contrastive loss of two towers, from their outputs to their gradients.
fn contrastive(
    towers: [&TowerPlan; 2],
    logit_scale: usize,
    shared: &Shared,
    floats: &mut Allocator,
) -> (Vec<Task>, Vec<Named>) {
    let scale = Array::parameter(&(logit_scale..logit_scale + 1), 1);
    let d_scale = shared.gradients.part(&(logit_scale..logit_scale + 1), 1);
    let (n, width) = (
        towers[0].output().0.rows as usize,
        towers[0].output().0.width as usize,
    );
    let mut pair = |rows: usize, width: usize| [0, 1].map(|_| floats.array(rows, width));
    let (unit, d_unit) = (pair(n, width), pair(n, width));
    let (cosines, d_cosines) = (pair(n, n), pair(n, n));
    let [length, lse, along, loss] = [0; 4].map(|_| pair(n, 1));
    // Both towers' parts lie side by side.
    let losses = Array {
        rows: 2 * n as u32,
        ..loss[0]
    };

    let [
        mut normalise,
        mut products,
        mut softmax,
        mut d_logits,
        mut d_products,
        mut d_normalise,
    ] = [(); 6].map(|_| Vec::new());
    for (own, other) in [(0, 1), (1, 0)] {
        let (z, d_z) = towers[own].output();
        let op = contrast::Op {
            sequences: n as u32,
            width: width as u32,
            logit_scale: scale.start,
            z: z.start,
            unit: unit[own].start,
            length: length[own].start,
            cosines: cosines[own].start,
            lse: lse[own].start,
            other_lse: lse[other].start,
            loss: loss[own].start,
            d_cosines: d_cosines[own].start,
            d_unit: d_unit[own].start,
            d_z: d_z.start,
            along: along[own].start,
        };
        normalise.push(task(op.normalise(), &[z], &[unit[own], length[own]]));
        products.push(product(
            shared,
            [(unit[own], false), (unit[other], true)],
            cosines[own],
            None,
            None,
        ));
        softmax.push(task(op.softmax(), &[cosines[own], scale], &[lse[own], loss[own]]));
        d_logits.push(task(
            op.d_cosines(),
            &[cosines[own], lse[own], lse[other], scale],
            &[d_cosines[own]],
        ));
        d_products.push(product(
            shared,
            [(d_cosines[own], false), (unit[other], false)],
            d_unit[own],
            None,
            None,
        ));
        d_normalise.push(task(
            op.d_normalise(),
            &[d_unit[own], unit[own], length[own]],
            &[d_z, along[own]],
        ));
    }
    let report = report::Op {
        reports: 1,
        loss: losses.start,
        losses: losses.rows,
        along: along[0].start,
        sequences: n as u32,
        logit_scale: scale.start,
        d_logit_scale: d_scale.start,
    };
    let report = task(report.report(), &[losses, along[0], scale], &[d_scale]);
    let named = [
        ("length", length),
        ("embedding", unit),
        ("cosines", cosines),
        ("lse", lse),
        ("losses", loss),
        ("d_cosines", d_cosines),
        ("d_unit", d_unit),
        ("along", along),
    ];
    let named = named.map(|(name, arrays)| {
        [0, 1].map(|tower| Named {
            name,
            tower,
            array: arrays[tower],
        })
    });
    let tasks = [
        normalise,
        products,
        softmax,
        d_logits,
        d_products,
        d_normalise,
        vec![report],
    ]
    .into_iter()
    .flatten()
    .collect();
    (tasks, named.concat())
}

/// The loss of a Transformer that writes the caption, from its logits to their gradient.
fn written(tower: &TowerPlan, shared: &Shared, floats: &mut Allocator) -> (Vec<Task>, Vec<Named>) {
    let (logits, d_logits) = tower.output();
    let loss = floats.array(logits.rows as usize, 1);
    let op = cross_entropy::Op {
        places: tower.places,
        rows: logits.rows,
        words: logits.width,
        logits: logits.start,
        d_logits: d_logits.start,
        loss: loss.start,
    };
    let report = report::Op {
        reports: 1,
        loss: loss.start,
        losses: loss.rows,
        ..report::Op::default()
    };
    let tasks = vec![
        task(op.cross_entropy(), &[logits, shared.batch], &[d_logits, loss]),
        task(report.report(), &[loss], &[]),
    ];
    (
        tasks,
        vec![Named {
            name: "losses",
            tower: 0,
            array: loss,
        }],
    )
}
