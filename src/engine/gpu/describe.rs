//! How a kernel is described: once, in Rust, from which come its operands as a struct of both languages, its
//! invocations, the place in its operation where each of them works, and what it costs. So a count or an
//! offset cannot be stated twice.

use std::fmt::Write;

/// Structs that Rust writes and shaders read. Every member is a number of 4 bytes or a struct of such, which
/// both languages lay out alike in a storage buffer.
macro_rules! shared {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ident,)* })*) => {
        $($(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            /// The struct in both languages.
            pub const STRUCT: $crate::engine::gpu::describe::Struct = $crate::engine::gpu::describe::Struct {
                name: stringify!($name),
                wgsl: concat!(
                    "struct ", stringify!($name), " {\n",
                    $(stringify!($field), ": ", stringify!($type), ",\n",)*
                    "}\n",
                ),
                fields: &[$((stringify!($field), std::mem::offset_of!($name, $field) as u32)),*],
                size: size_of::<$name>() as u32,
            };
        })*
    };
}

/// A struct of both languages.
#[derive(Clone, Copy, Debug)]
pub struct Struct {
    /// Its name.
    pub name: &'static str,
    /// How WGSL declares it.
    pub wgsl: &'static str,
    /// Each member, and where Rust has it.
    pub fields: &'static [(&'static str, u32)],
    /// Bytes.
    pub size: u32,
}

/// A shader file: its operands, and for each entry point who works on which part of an operation, and what
/// that costs: `entry: workgroup(invocations) [extent / block, ...], FLOPs, loads, steps`. The extents are
/// operands. A `workgroup` works on a block of each; where it says `invocation`, each invocation does.
macro_rules! stage {
    (
        $(#[$doc:meta])* $name:ident, $file:literal, [$($include:literal),*] {
            $($(#[$field_doc:meta])* $field:ident: $type:ident,)*
        }
        $(
            $entry:ident: $worker:ident($lanes:literal) [$($extent:ident / $block:literal),+],
            $flops:expr, $loads:expr, $steps:expr;
        )+
    ) => {
        pub mod $name {
            use super::*;
            use crate::engine::gpu::describe::{Call, Cost, Entry, Stage};

            $crate::engine::gpu::describe::shared! {
                $(#[$doc])*
                Op { $($(#[$field_doc])* $field: $type,)* }
            }

            /// The shader.
            pub const STAGE: Stage = Stage {
                name: stringify!($name),
                op: Op::STRUCT,
                source: &[$(shader!($include),)* shader!($file)],
                entries: &[$(Entry {
                    name: stringify!($entry),
                    lanes: $lanes,
                    by_invocation: stage!(@by_invocation $worker),
                    grid: &[$((stringify!($extent), $block)),+],
                }),+],
            };

            impl Op {
                $(
                    /// A call of the entry point of this name.
                    pub fn $entry(self) -> Call {
                        let [flops, loads, steps]: [fn(&Op) -> u64; 3] = [$flops, $loads, $steps];
                        // Of use to the model of a GPU alone, which is native (bench/gpu_model.rs).
                        let cost = if cfg!(target_arch = "wasm32") {
                            Cost::default()
                        } else {
                            Cost { flops: flops(&self), loads: loads(&self), steps: steps(&self) }
                        };
                        let extents = [$(self.$extent),+];
                        Call::new(&STAGE, stringify!($entry), bytemuck::bytes_of(&self), &extents, cost)
                    }
                )+
            }
        }
    };
    (@by_invocation workgroup) => { false };
    (@by_invocation invocation) => { true };
}

pub(super) use {shared, stage};

/// A file of `shaders/` as it is compiled: without comments and indentation, which a reader would download
/// for nothing.
macro_rules! shader {
    ($path:literal) => {{
        const SOURCE: &str = include_str!(concat!("../../../shaders/", $path));
        const BARE: [u8; crate::engine::gpu::describe::bare::<0>(SOURCE).1] =
            crate::engine::gpu::describe::bare(SOURCE).0;
        match std::str::from_utf8(&BARE) {
            Ok(text) => text,
            Err(_) => panic!("removing comments keeps UTF-8 intact"),
        }
    }};
}
pub(super) use shader;

/// The first `N` bytes of a shader's text without comments and indentation, and how many there are in all.
pub const fn bare<const N: usize>(source: &str) -> ([u8; N], usize) {
    let bytes = source.as_bytes();
    let (mut kept, mut count, mut at, mut indent) = ([0; N], 0, 0, true);
    while at < bytes.len() {
        if bytes[at] == b'/' && at + 1 < bytes.len() && bytes[at + 1] == b'/' {
            while at < bytes.len() && bytes[at] != b'\n' {
                at += 1;
            }
            continue;
        }
        indent = bytes[at] == b'\n' || indent && bytes[at] == b' ';
        if !indent || bytes[at] == b'\n' {
            if count < N {
                kept[count] = bytes[at];
            }
            count += 1;
        }
        at += 1;
    }
    (kept, count)
}

/// A shader.
#[derive(Debug)]
pub struct Stage {
    /// Its name, which is its file's.
    pub name: &'static str,
    /// Its operands.
    pub op: Struct,
    /// Its text, in the parts that it is joined from.
    pub source: &'static [&'static str],
    /// Its entry points.
    pub entries: &'static [Entry],
}

/// An entry point, and how its invocations share an operation.
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Invocations of a workgroup.
    pub lanes: u32,
    /// Whether each invocation works on a block of its own, or a whole workgroup together.
    pub by_invocation: bool,
    /// The operands that are shared out, one or two, and how much of each makes a block.
    pub grid: &'static [(&'static str, u32)],
}

impl Entry {
    /// Workgroups of an operation whose extents these are.
    fn workgroups(&self, extents: &[u32]) -> u32 {
        let blocks: u32 = self
            .grid
            .iter()
            .zip(extents)
            .map(|((_, block), extent)| extent.div_ceil(*block))
            .product();
        if self.by_invocation {
            blocks.div_ceil(self.lanes)
        } else {
            blocks
        }
    }

    /// The constants and the function by which the shader shares out the same extents. The first that is
    /// returned is beyond its extent where there is nothing to do.
    fn wgsl(&self) -> String {
        let name = self.name;
        let mut text = format!("const {name}_lanes = {}u;\n", self.lanes);
        let index = if self.by_invocation {
            format!(
                "(here.group.y * here.groups.x + here.group.x) * {}u + lane",
                self.lanes
            )
        } else {
            "here.group.y * here.groups.x + here.group.x".to_owned()
        };
        let (first, across, second) = match self.grid {
            [(_, first), (extent, block)] => (
                first,
                format!("(op.{extent} + {}u) / {block}u", block - 1),
                *block,
            ),
            grid => (&grid[0].1, "1u".to_owned(), 1),
        };
        let _ = write!(
            text,
            "fn {name}_at(op: Op, here: Workgroup, lane: u32) -> vec2<u32> {{\n\
             let index = {index};\nlet across = {across};\n\
             return vec2<u32>(index / across * {first}u, index % across * {second}u);\n}}\n"
        );
        text
    }
}

impl Stage {
    /// The whole shader, behind `common`: the constants, structs and buffers that every shader sees.
    pub fn wgsl(&self, common: &[&str]) -> String {
        let entries: String = self.entries.iter().map(Entry::wgsl).collect();
        [common, &[self.op.wgsl, &entries], self.source]
            .concat()
            .join("\n")
    }
}

/// What a call of a kernel costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Of one model, a multiplication and an addition counted as two.
    pub flops: u64,
    /// The longest chain of loads from the device's memory in one invocation, each counted as if the one
    /// before must be there.
    pub loads: u64,
    /// The longest chain of anything else: multiplications, or loads from workgroup memory.
    pub steps: u64,
}

/// One operation of one kernel.
#[derive(Debug)]
pub struct Call {
    /// The shader.
    pub stage: &'static Stage,
    /// Its entry point.
    pub entry: &'static Entry,
    /// `Op` as the shader reads it.
    pub op: Vec<u8>,
    /// Workgroups of one model.
    pub workgroups: u32,
    /// What it costs.
    pub cost: Cost,
}

impl Call {
    pub(super) fn new(stage: &'static Stage, entry: &str, op: &[u8], extents: &[u32], cost: Cost) -> Call {
        let entry = stage
            .entries
            .iter()
            .find(|e| e.name == entry)
            .expect("the macro declares every entry that it calls");
        Call {
            stage,
            entry,
            op: op.to_vec(),
            workgroups: entry.workgroups(extents),
            cost,
        }
    }
}
