//! What can be said of the shaders without running them.

use leftright::engine::gpu::{STAGES, STRUCTS, source};

/// Whether a shader has every struct's members where Rust has them.
fn laid_out_alike(stage: &leftright::engine::gpu::Stage, source: &str) -> bool {
    let module = naga::front::wgsl::parse_str(source).unwrap();
    STRUCTS.iter().chain([&stage.op]).all(|described| {
        let (_, found) = module
            .types
            .iter()
            .find(|(_, found)| found.name.as_deref() == Some(described.name))
            .unwrap();
        let naga::TypeInner::Struct { members, span } = &found.inner else {
            return false;
        };
        let members: Vec<(&str, u32)> = members
            .iter()
            .map(|member| (member.name.as_deref().unwrap(), member.offset))
            .collect();
        members == described.fields && *span == described.size
    })
}

/// What Rust writes into a buffer, a shader reads by the same name; two members that change places are seen.
#[test]
fn both_languages_lay_structs_out_alike() {
    for stage in STAGES {
        let source = source(stage);
        assert!(laid_out_alike(stage, &source), "{}", stage.name);
        let swapped = source.replace(
            "pair_layouts: u32,\nmax_scale: f32,",
            "max_scale: f32,\npair_layouts: u32,",
        );
        assert!(
            swapped != source && !laid_out_alike(stage, &swapped),
            "{}",
            stage.name
        );
    }
}

/// naga accepts every shader, and none asks for more than WebGPU's defaults: 8 storage buffers, 256
/// invocations, 16 KiB of workgroup memory.
#[test]
fn every_shader_keeps_to_the_limits() {
    for stage in STAGES {
        let module = naga::front::wgsl::parse_str(&source(stage)).unwrap();
        let capabilities = naga::valid::Capabilities::empty();
        let info = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
            .validate(&module)
            .unwrap();
        drop(info);
        let mut layouter = naga::proc::Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        let of = |space: fn(&naga::AddressSpace) -> bool| {
            module
                .global_variables
                .iter()
                .filter(move |(_, v)| space(&v.space))
        };
        let storage = of(|space| matches!(space, naga::AddressSpace::Storage { .. })).count();
        let workgroup: u32 = of(|space| *space == naga::AddressSpace::WorkGroup)
            .map(|(_, v)| layouter[v.ty].size)
            .sum();
        assert!(
            storage <= 8 && workgroup <= 16 << 10,
            "{}: {storage} storage buffers, {workgroup} bytes",
            stage.name
        );
        let entries: Vec<(&str, u32)> = module
            .entry_points
            .iter()
            .map(|e| (e.name.as_str(), e.workgroup_size.iter().product()))
            .collect();
        let described: Vec<(&str, u32)> = stage
            .entries
            .iter()
            .map(|entry| (entry.name, entry.lanes))
            .collect();
        assert_eq!(entries, described, "{}", stage.name);
        assert!(described.iter().all(|(_, lanes)| *lanes <= 256));
    }
}
