//! The operands of a tower's kernels, and what each of its arrays is for them.

use super::array::Array;
use super::kernels::{attention, embed, gather, gelu, norm};
use super::lower::TowerPlan;
use crate::model::{Linear, Rows};

impl TowerPlan<'_> {
    pub(super) fn kind(&self, id: usize) -> Rows {
        self.tower.graph.arrays[id].rows
    }

    pub(super) fn table(&self) -> Array {
        Array::parameter(&self.tower.params.rows, self.tower.shape.rows() as u32)
    }

    pub(super) fn embed(&self, step: usize) -> embed::Op {
        let id = self.tower.graph.steps[step].out;
        let (out, table) = (self.arrays.values[id], self.table());
        embed::Op {
            places: self.places,
            rows: out.rows,
            table_rows: table.rows,
            width: out.width,
            table: table.start,
            out: out.start,
            d_out: self.arrays.gradients[id].start,
            d_table: self
                .shared
                .gradients
                .part(&self.tower.params.rows, table.rows)
                .start,
        }
    }

    pub(super) fn norm(&self, step: usize, params: &Linear) -> norm::Op {
        let step_ = &self.tower.graph.steps[step];
        let (x, sets) = step_.inputs[0];
        let out = self.arrays.values[step_.out];
        norm::Op {
            rows: out.rows,
            width: out.width,
            weight: params.weight.start as u32,
            bias: params.bias.start as u32,
            x: self.arrays.values[x].start,
            y: self.arrays.kept[step][0].start,
            scale: self.arrays.kept[step][1].start,
            out: out.start,
            d_out: self.arrays.gradients[step_.out].start,
            d_x: self.arrays.gradients[x].start,
            adds: u32::from(!sets),
        }
    }

    pub(super) fn gelu(&self, step: usize) -> gelu::Op {
        let step = &self.tower.graph.steps[step];
        let (x, sets) = step.inputs[0];
        gelu::Op {
            numbers: self.arrays.values[x].numbers(),
            x: self.arrays.values[x].start,
            out: self.arrays.values[step.out].start,
            d_out: self.arrays.gradients[step.out].start,
            d_x: self.arrays.gradients[x].start,
            adds: u32::from(!sets),
        }
    }

    /// Of rows that stand where a step's output does, and of rows of its first input's kind.
    pub(super) fn gather(&self, step: usize, x: Array, out: Array, adds: bool) -> gather::Op {
        let kind = |id: usize| self.kind(id) as u32;
        gather::Op {
            places: self.places,
            rows: out.rows,
            x_rows: x.rows,
            width: x.width,
            kind: kind(self.tower.graph.steps[step].out),
            x_kind: kind(self.tower.graph.steps[step].inputs[0].0),
            x: x.start,
            out: out.start,
            adds: u32::from(adds),
        }
    }

    pub(super) fn attention(&self, step: usize) -> attention::Op {
        let step_ = &self.tower.graph.steps[step];
        let [query, key, value] = [0, 1, 2].map(|input: usize| step_.inputs[input].0);
        let out = self.arrays.values[step_.out];
        assert!(
            self.tower.heads * self.tower.shape.length <= 400,
            "a row's weights fit attention.wgsl's array: 16 heads, 25 tokens"
        );
        attention::Op {
            places: self.places,
            rows: out.rows,
            key_rows: self.arrays.values[key].rows,
            width: out.width,
            heads: self.tower.heads as u32,
            head_width: self.tower.d_head() as u32,
            head_columns: self.tower.d_head().next_multiple_of(32) as u32,
            all_columns: (self.tower.heads * self.tower.d_head().next_multiple_of(32)) as u32,
            scale: (self.tower.d_head() as f32).powf(-0.5),
            kind: self.kind(step_.out) as u32,
            query_kind: self.kind(query) as u32,
            key_kind: self.kind(key) as u32,
            query: self.arrays.values[query].start,
            key: self.arrays.values[key].start,
            value: self.arrays.values[value].start,
            out: out.start,
            weights: self.arrays.kept[step][0].start,
            d_query: self.arrays.kept[step]
                .get(2)
                .unwrap_or(&self.arrays.gradients[query])
                .start,
            d_out: self.arrays.gradients[step_.out].start,
            d_logits: self.arrays.kept[step][1].start,
            ..attention::Op::default()
        }
    }
}

impl attention::Op {
    /// For the gradient of the keys: the queries, times the gradient of the logits.
    pub(super) fn of_keys(self, d_logits: Array, query: Array, d_key: Array) -> attention::Op {
        attention::Op {
            is_key: 1,
            given: d_logits.start,
            given_to: query.start,
            d_keys: d_key.start,
            ..self
        }
    }

    /// For the gradient of the values: the output's, times the weights.
    pub(super) fn of_values(self, weights: Array, d_out: Array, d_value: Array) -> attention::Op {
        attention::Op {
            is_key: 0,
            given: weights.start,
            given_to: d_out.start,
            d_keys: d_value.start,
            ..self
        }
    }
}
