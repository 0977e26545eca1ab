//! From the operations of a step to its dispatches. WebGPU orders storage writes only between dispatches, so
//! an operation waits for those before it whose numbers it reads or writes over; operations of one kernel
//! that wait for nothing share a dispatch.

use super::array::Array;
use super::describe::{Call, Cost, Entry, Stage};

/// One operation of a step, with the arrays that it reads and writes.
#[derive(Debug)]
pub struct Task {
    /// The kernel and its operands.
    pub call: Call,
    /// What it reads.
    pub reads: Vec<Array>,
    /// What it writes.
    pub writes: Vec<Array>,
}

impl Task {
    /// Whether it must wait for a task before it in the step.
    fn waits_for(&self, before: &Task) -> bool {
        let overlap = |a: &[Array], b: &[Array]| a.iter().any(|x| b.iter().any(|y| x.overlaps(y)));
        overlap(&self.reads, &before.writes)
            || overlap(&self.writes, &before.writes)
            || overlap(&self.writes, &before.reads)
    }

    fn kernel(&self) -> (&'static str, &'static str) {
        (self.call.stage.name, self.call.entry.name)
    }
}

/// Operations of one kernel that run at the same time.
#[derive(Debug)]
pub struct Dispatch {
    /// The shader.
    pub stage: &'static Stage,
    /// Its entry point.
    pub entry: &'static Entry,
    /// The operands, one `Op` behind the other.
    pub ops: Vec<u8>,
    /// How many operations.
    pub count: u32,
    /// Workgroups of the largest, of one model.
    pub workgroups: u32,
    /// Invocations that have work, of one model.
    pub invocations: u64,
    /// Bytes of the arrays read and written, of one model, each counted once.
    pub bytes: u64,
    /// FLOPs of all; chains of the longest.
    pub cost: Cost,
}

impl Dispatch {
    fn new(tasks: &[&Task]) -> Dispatch {
        let calls = || tasks.iter().map(|task| &task.call);
        let first = &tasks[0].call;
        let numbers = |arrays: &[Array]| arrays.iter().map(|array| u64::from(array.numbers())).sum::<u64>();
        let greatest = |of: fn(&Cost) -> u64| calls().map(|call| of(&call.cost)).fold(0, u64::max);
        Dispatch {
            stage: first.stage,
            entry: first.entry,
            ops: calls().flat_map(|call| call.op.iter().copied()).collect(),
            count: tasks.len() as u32,
            workgroups: calls().map(|call| call.workgroups).fold(0, u32::max),
            invocations: calls()
                .map(|call| u64::from(call.workgroups * first.entry.lanes))
                .sum(),
            bytes: tasks
                .iter()
                .map(|task| 4 * (numbers(&task.reads) + numbers(&task.writes)))
                .sum(),
            cost: Cost {
                flops: calls().map(|call| call.cost.flops).sum(),
                loads: greatest(|c| c.loads),
                steps: greatest(|c| c.steps),
            },
        }
    }
}

/// The dispatches of a step's tasks, at most `most` of them in each. The first task has a dispatch of its
/// own, before all others.
pub fn schedule(tasks: &[Task], most: usize) -> Vec<Dispatch> {
    let waits: Vec<Vec<usize>> = (0..tasks.len())
        .map(|i| {
            (0..i)
                .filter(|before| *before == 0 || tasks[i].waits_for(&tasks[*before]))
                .collect()
        })
        .collect();
    // The longest chain of tasks that wait for each.
    let mut rank = vec![0; tasks.len()];
    for (i, waits) in waits.iter().enumerate().rev() {
        for before in waits {
            rank[*before] = rank[*before].max(rank[i] + 1);
        }
    }
    let mut done = vec![false; tasks.len()];
    let mut dispatches = Vec::new();
    loop {
        let ready: Vec<usize> = (0..tasks.len())
            .filter(|i| !done[*i] && waits[*i].iter().all(|before| done[*before]))
            .collect();
        // The kernel for which the longest chain waits; other kernels' tasks gather meanwhile.
        let Some(next) = ready
            .iter()
            .copied()
            .reduce(|a, b| if rank[b] > rank[a] { b } else { a })
        else {
            break;
        };
        let together: Vec<usize> = ready
            .into_iter()
            .filter(|i| tasks[*i].kernel() == tasks[next].kernel())
            .collect();
        dispatches.extend(
            together
                .chunks(most)
                .map(|part| Dispatch::new(&part.iter().map(|i| &tasks[*i]).collect::<Vec<_>>())),
        );
        together.into_iter().for_each(|i| done[i] = true);
    }
    dispatches
}
