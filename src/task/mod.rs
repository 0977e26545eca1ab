//! The synthetic world: strips, captions, which layouts a run trains on, and the batches it draws.

mod batch;
mod caption;
mod layout;
mod sentence;
mod shape;
mod split;

pub use batch::{Batch, BatchError, Sampler};
#[cfg(feature = "gpu")]
pub(crate) use batch::{query, stated_captions};
pub use caption::{CAPTION_LENGTH, Caption, all_captions, caption_index, drawn_captions, eot};
pub use layout::{Layout, Layouts, holds, layouts};
#[cfg(feature = "gpu")]
pub(crate) use layout::{axis, layout_stream, scene};
pub use sentence::{Axis, Relation, Word, relations, text_vocab};
pub use shape::{Query, TowerShape, cls, token_name, tower_shapes};
pub(crate) use split::splits;
pub use split::{Item, Split, split_items};

/// Ordered choices of `length` different labels out of `1..=labels`, lexicographic.
fn permutations(labels: u32, length: u32) -> Vec<Vec<u32>> {
    (0..length).fold(vec![Vec::new()], |all, _| {
        let longer = |order: Vec<u32>| {
            (1..=labels)
                .filter(|x| !order.contains(x))
                .map(|x| [&order[..], &[x]].concat())
                .collect::<Vec<_>>()
        };
        all.into_iter().flat_map(longer).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Preset, ValidConfig};

    fn presets() -> impl Iterator<Item = ValidConfig> {
        Preset::ALL.iter().map(|preset| (*preset).into())
    }

    #[test]
    fn captions_stand_at_their_index() {
        for config in presets() {
            for (i, caption) in all_captions(&config).into_iter().enumerate() {
                assert_eq!(caption_index(&config, caption) as usize, i);
            }
        }
    }

    #[test]
    fn drawn_captions_are_as_many_as_counted() {
        for config in presets() {
            assert_eq!(drawn_captions(&config).len() as u32, config.captions());
        }
    }

    #[test]
    fn a_caption_ends_where_it_is_read() {
        for config in presets().filter(|c| !c.autoregressive) {
            let [_, text] = &tower_shapes(&config)[..] else {
                panic!("two towers")
            };
            for caption in all_captions(&config) {
                let mut batch = Batch::default();
                batch.push(&config, &vec![0; config.pixels as usize], caption);
                let read = text.queries[batch.text_query[0] as usize].position;
                assert_eq!(caption.tokens(20)[read], text.read_token);
            }
        }
        assert_eq!(
            Caption::Pair(Relation::Left, 3, 7).tokens(20),
            [0, 3, 21, 22, 23, 24, 25, 7, 29]
        );
        assert_eq!(Caption::Single(3).tokens(20), [0, 3, 21, 27, 23, 28, 29, 30, 30]);
    }

    #[test]
    fn layouts_are_as_many_as_counted_and_make_their_caption_true() {
        for config in presets() {
            let all = Layouts::new(&config);
            for relation in relations(&config) {
                assert_eq!(layouts(&config, relation.axis()).len() as u32, config.layouts());
            }
            for caption in all_captions(&config).into_iter().step_by(37) {
                let (count, _) = all.counts(caption);
                for rank in 0..count {
                    let strip = all.strip(caption, rank);
                    assert!(holds(&config, &strip, caption), "{caption} of {strip:?}");
                    assert!(
                        caption
                            .rivals()
                            .into_iter()
                            .all(|rival| !holds(&config, &strip, rival)),
                        "{caption} of {strip:?}"
                    );
                }
            }
        }
    }
}
