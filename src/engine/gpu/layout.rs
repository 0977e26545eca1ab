//! Where everything lies in a model's share of the buffers.

use super::world::World;
use crate::config::{Population, ValidConfig};
use crate::model::{Graph, Op, ParamTable, Rows, TowerModel};

/// Losses kept on the device until they are read.
pub const RING: u32 = 64;

/// Where a named array lies in a model's share of `rows` (in vec4s) or `cells` (in floats).
#[derive(Clone, Debug)]
pub struct Region {
    /// Its name in the shaders: `<name>_rows(tower)` or `<name>_cells(tower)`.
    pub name: &'static str,
    /// Per tower: start and length, in the buffer's elements.
    pub towers: Vec<(usize, usize)>,
}

/// Where a tower's graph keeps its numbers.
#[derive(Clone, Debug)]
pub struct GraphPlaces {
    /// Per array: itself and its gradient in `rows`, and the length of each.
    pub arrays: Vec<(usize, usize, usize)>,
    /// Per step, in `cells`: attention weights and their gradient `[rows, H, length]`, or a norm's moments
    /// `[rows, 2]`.
    pub cells: Vec<(usize, usize)>,
}

/// A population's towers, its world, and the shape of every buffer of one model.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The shape of every model; what differs between them is in `runs`.
    pub config: ValidConfig,
    /// Models.
    pub population: usize,
    /// The tensors of a model.
    pub table: ParamTable,
    /// The towers.
    pub towers: Vec<TowerModel>,
    /// The towers that are computed by tables.
    pub by_tables: Vec<usize>,
    /// The towers that are computed by graphs.
    pub by_graphs: Vec<usize>,
    /// What is drawn from.
    pub world: World,
    /// Sequences allocated: the batch, rounded up to a tile of eight.
    pub batch: usize,
    /// Arrays of `rows`.
    pub rows: Vec<Region>,
    /// Arrays of `cells`.
    pub cells: Vec<Region>,
    /// The arrays of each tower's graph.
    pub graphs: Vec<Option<GraphPlaces>>,
    /// vec4s of `rows`.
    pub row_count: usize,
    /// Floats of `cells`.
    pub cell_count: usize,
    /// Where each tower's tokens begin among a model's words of `batch`, and where the queries do.
    pub tokens: (Vec<usize>, usize),
    /// Words of tokens and queries.
    pub token_count: usize,
    /// vec4s of parameters.
    pub params: usize,
}

/// Hands out places in one buffer, one behind the other.
#[derive(Default)]
struct Places(usize);

impl Places {
    fn take(&mut self, len: usize) -> usize {
        self.0 += len;
        self.0 - len
    }

    fn regions(&mut self, sizes: Vec<(&'static str, Vec<usize>)>) -> Vec<Region> {
        let place = |(name, lens): (_, Vec<usize>)| Region {
            name,
            towers: lens.into_iter().map(|len| (self.take(len), len)).collect(),
        };
        sizes.into_iter().map(place).collect()
    }
}

impl Layout {
    /// The buffers of a population.
    pub fn new(configs: &Population) -> Layout {
        let config = configs.first().clone();
        let table = ParamTable::new(&config);
        let towers = TowerModel::all(&config, &table);
        let (d, h) = (config.d_model as usize / 4, config.heads as usize);
        let b = (config.batch as usize).next_multiple_of(8);
        let all = |f: &dyn Fn(&TowerModel) -> usize| towers.iter().map(f).collect::<Vec<_>>();
        // Arrays that a tower with a graph has no use for are empty there.
        let tables = |f: &dyn Fn(usize, usize) -> usize| {
            all(&|t| {
                if t.graph.is_none() {
                    f(t.shape.rows(), t.shape.queries.len())
                } else {
                    0
                }
            })
        };
        let graphs = |f: &dyn Fn(&TowerModel) -> usize| all(&|t| if t.graph.is_some() { f(t) } else { 0 });
        let e = towers[0].e.div_ceil(4);
        let pairs = if config.autoregressive { 0 } else { b };
        // Arrays over both towers stand in the first tower's place.
        let first = |len| [vec![len], vec![0; towers.len() - 1]].concat();
        let (mut in_rows, mut in_cells) = (Places::default(), Places::default());
        let rows = in_rows.regions(vec![
            ("key", tables(&|r, _| eights(r) * d)),
            ("value", tables(&|r, _| eights(r) * d)),
            ("query", tables(&|_, q| q * d)),
            ("joint", tables(&|_, _| eights(towers[0].e) * d)),
            ("straight", tables(&|_, q| q * e)),
            ("attended", tables(&|_, _| b * d)),
            ("residual", graphs(&|t| b * t.shape.reads * d)),
            ("embedding", all(&|t| b * t.shape.reads * e)),
            ("logits", all(&|_| pairs * pairs / 4)),
            ("d_embedding", all(&|t| b * t.shape.reads * e)),
            ("d_residual", graphs(&|t| b * t.shape.reads * d)),
            ("d_attended", tables(&|_, _| b * d)),
            ("d_joint", tables(&|_, _| eights(towers[0].e) * d)),
            ("d_straight", tables(&|_, q| q * e)),
            ("d_value", tables(&|r, _| eights(r) * d)),
            ("d_query", tables(&|_, q| q * d)),
            ("d_read", tables(&|_, q| q * d)),
            ("seen", tables(&|_, q| q * h * d)),
        ]);
        let cells = in_cells.regions(vec![
            ("mass", tables(&|r, _| b * h * r)),
            ("length", all(&|t| if t.unit { b } else { 0 })),
            ("d_mass", tables(&|r, _| b * h * eights(r))),
            ("d_score", tables(&|r, q| q * h * r)),
            ("quarter_lse", all(&|_| 4 * pairs)),
            ("loss", first(b * loss_parts(&towers))),
            ("along", all(&|_| pairs)),
        ]);
        let joint = |name: &str, tower: usize| {
            let region = rows.iter().find(|region| region.name == name);
            region.expect("residual and d_residual are among the rows").towers[tower].0
        };
        let mut graph_places = Vec::new();
        for (i, tower) in towers.iter().enumerate() {
            let ends = (joint("residual", i), joint("d_residual", i));
            graph_places.push(
                tower
                    .graph
                    .as_ref()
                    .map(|graph| places(graph, tower, b, ends, &mut in_rows, &mut in_cells)),
            );
        }
        let mut in_batch = Places::default();
        let starts = towers.iter().map(|t| in_batch.take(b * t.shape.length)).collect();
        let tokens = (starts, in_batch.take(b));
        Layout {
            population: configs.len(),
            world: World::new(configs, &towers),
            by_tables: (0..towers.len()).filter(|i| towers[*i].graph.is_none()).collect(),
            by_graphs: (0..towers.len()).filter(|i| towers[*i].graph.is_some()).collect(),
            batch: b,
            row_count: in_rows.0,
            cell_count: in_cells.0,
            token_count: in_batch.0,
            params: table.len / 4,
            config,
            table,
            towers,
            rows,
            cells,
            graphs: graph_places,
            tokens,
        }
    }

    /// Where a half of the parameters begins in `rows`, one model's: a step reads one and writes the other.
    pub fn params_at(&self, half: u32, model: usize) -> usize {
        self.population * self.row_count + (half as usize * self.population + model) * self.params
    }

    /// Every storage buffer in order of binding, and its bytes. In u64: on wasm32 a population that is
    /// refused may overflow a usize.
    pub fn buffers(&self) -> [(&'static str, u64); 6] {
        let [population, params, rows, cells, tokens] = [
            self.population,
            self.params,
            self.row_count,
            self.cell_count,
            self.token_count,
        ]
        .map(|n| n as u64);
        [
            ("rows", population * (rows + 2 * params) * 16),
            ("moments", population * 2 * params * 16),
            ("batch", (2 + population * tokens) * 4),
            ("cells", population * cells * 4),
            ("ring", population * u64::from(RING) * 4),
            ("world", self.world.words.len() as u64 * 4),
        ]
    }
}

/// Parts per sequence that a loss is the sum of: its row and its column of logits, or its read places.
pub fn loss_parts(towers: &[TowerModel]) -> usize {
    if towers.len() == 2 {
        2
    } else {
        towers[0].shape.reads
    }
}

/// Whole tiles of eight.
fn eights(rows: usize) -> usize {
    rows.next_multiple_of(8)
}

/// Rows allocated for an array: whole tiles of eight.
pub fn allocated(rows: Rows, tower: &TowerModel, batch: usize) -> usize {
    match rows {
        Rows::Pairs => eights(tower.shape.pairs.len()),
        Rows::Tokens => batch * tower.shape.length,
        Rows::Reads => batch * tower.shape.reads,
    }
}

/// The places of a graph whose last array and its gradient are already placed: the joint with the projection.
fn places(
    graph: &Graph,
    tower: &TowerModel,
    batch: usize,
    last: (usize, usize),
    in_rows: &mut Places,
    in_cells: &mut Places,
) -> GraphPlaces {
    let mut arrays = Vec::new();
    for (id, array) in graph.arrays.iter().enumerate() {
        let len = allocated(array.rows, tower, batch) * array.width / 4;
        let place = if id + 1 == graph.arrays.len() {
            last
        } else {
            (in_rows.take(len), in_rows.take(len))
        };
        arrays.push((place.0, place.1, len));
    }
    let mut cells = Vec::new();
    for step in &graph.steps {
        let rows = allocated(graph.arrays[step.out].rows, tower, batch);
        let weights = rows * tower.heads * tower.shape.length;
        cells.push(match step.op {
            Op::Attention { .. } => (in_cells.take(weights), in_cells.take(weights)),
            Op::Norm { .. } => (in_cells.take(2 * rows), 0),
            _ => (0, 0),
        });
    }
    GraphPlaces { arrays, cells }
}
