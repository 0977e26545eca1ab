//! One batch: captions without replacement, each with one of its training layouts (`shaders/sample.wgsl`
//! draws the same).

use arrayvec::ArrayVec;

use super::caption::ends;
use super::shape::tower_shapes;
use super::{CAPTION_LENGTH, Caption, Layouts, Relation, cls, drawn_captions, eot, relations, text_vocab};
use crate::config::ValidConfig;
use crate::rng::{Stream, hash, key, permute_all};

/// Why some tokens are no batch.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BatchError {
    /// There is no caption, or the last one is cut short.
    #[error("the captions must be {CAPTION_LENGTH} tokens each, and at least one of them")]
    Captions,
    /// A strip is missing or cut short, or there is one too many.
    #[error("there must be as many strips as captions")]
    Strips,
    /// A token outside the vocabulary, or one that cannot stand where it does.
    #[error("a strip or a caption holds a token that the model has not, or has not there")]
    Token,
    /// A caption without EOT, or with one where no caption of the config ends.
    #[error("caption {0} does not end where a caption can")]
    End(usize),
}

/// The tokens the towers read. Every buffer holds `size` sequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Sequences.
    pub size: usize,
    /// CLS and the strip, `[size, 1 + pixels]`; empty in an autoregressive run.
    pub vision: Vec<u32>,
    /// The caption, `[size, CAPTION_LENGTH]`; behind the strip in an autoregressive run.
    pub text: Vec<u32>,
    /// Which of the text tower's queries reads the caption, `[size]`; in an autoregressive run how many words
    /// follow SOT.
    pub text_query: Vec<u32>,
}

impl Batch {
    /// Adds a scene and its caption.
    pub fn push(&mut self, config: &ValidConfig, strip: &[u32], caption: Caption) {
        self.push_shown(config, caption, |pixels| pixels.copy_from_slice(strip));
    }

    /// Scenes given as tokens, as in the fixtures: strips `[size, pixels]`, captions `[size,
    /// CAPTION_LENGTH]`.
    ///
    /// # Errors
    /// Where the two are not of these shapes, or hold tokens that no scene or caption of the config has.
    pub fn from_tokens(config: &ValidConfig, strips: &[u32], text: &[u32]) -> Result<Batch, BatchError> {
        let size = text.len() / CAPTION_LENGTH;
        if size == 0 || text.len() != size * CAPTION_LENGTH {
            return Err(BatchError::Captions);
        }
        if strips.len() != size * config.pixels as usize {
            return Err(BatchError::Strips);
        }
        let mut batch = Batch::default();
        for (i, (strip, text)) in strips
            .chunks(config.pixels as usize)
            .zip(text.chunks(CAPTION_LENGTH))
            .enumerate()
        {
            let query = query(config, text).ok_or(BatchError::End(i))?;
            batch.push_tokens(config, (text, query), |pixels| pixels.copy_from_slice(strip));
        }
        let shapes = tower_shapes(config);
        let known = batch
            .inputs(config)
            .iter()
            .zip(&shapes)
            .all(|((tokens, _), shape)| shape.takes(tokens));
        known.then_some(batch).ok_or(BatchError::Token)
    }

    /// Adds a caption and the strip that `show` puts its objects on.
    fn push_shown(&mut self, config: &ValidConfig, caption: Caption, show: impl FnOnce(&mut [u32])) {
        let text = caption.tokens(config.labels);
        let query = query(config, &text).expect("every caption ends where it is read");
        self.push_tokens(config, (&text, query), show);
    }

    fn push_tokens(
        &mut self,
        config: &ValidConfig,
        (text, query): (&[u32], u32),
        show: impl FnOnce(&mut [u32]),
    ) {
        self.size += 1;
        if !config.autoregressive {
            self.vision.push(cls(config));
        }
        let tokens = if config.autoregressive {
            &mut self.text
        } else {
            &mut self.vision
        };
        let first = tokens.len();
        tokens.resize(first + config.pixels as usize, 0);
        show(&mut tokens[first..]);
        if config.autoregressive {
            // The pixels' tokens stand behind the words'.
            tokens[first..]
                .iter_mut()
                .for_each(|value| *value = value.saturating_add(text_vocab(config) as u32));
        }
        self.text.extend_from_slice(text);
        self.text_query.push(query);
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.size = 0;
        for tokens in [&mut self.vision, &mut self.text, &mut self.text_query] {
            tokens.clear();
        }
    }

    /// Tokens and queries of every tower; no queries: every sequence asks the first.
    pub fn inputs(&self, config: &ValidConfig) -> ArrayVec<(&[u32], &[u32]), 2> {
        let text = (&self.text[..], &self.text_query[..]);
        let vision = (&self.vision[..], &[][..]);
        (!config.autoregressive)
            .then_some(vision)
            .into_iter()
            .chain([text])
            .collect()
    }
}

/// What `text_query` says of a caption's tokens; none where they do not end at a read place.
pub(crate) fn query(config: &ValidConfig, text: &[u32]) -> Option<u32> {
    let end = text.iter().position(|token| *token == eot(config))?;
    if config.autoregressive {
        return Some(end as u32);
    }
    ends(config)
        .iter()
        .position(|position| *position == end)
        .map(|query| query as u32)
}

/// Captions that go through the shuffle together.
const SHUFFLED: usize = 64;

/// Draws the batches of one run.
#[derive(Clone, Debug)]
pub struct Sampler {
    config: ValidConfig,
    captions: Vec<Caption>,
    relations: Vec<Relation>,
    layouts: Layouts,
}

/// A drawn caption as one of the relations states it: a turned one names the same two from the other side.
fn stated(caption: Caption, relation: Relation) -> Caption {
    match (caption, relation) {
        (Caption::Pair(_, x, y), relation) if relation.is_turned() => Caption::Pair(relation, y, x),
        (Caption::Pair(_, x, y), relation) => Caption::Pair(relation, x, y),
        (caption, _) => caption,
    }
}

/// Every drawn caption as each relation states it, relation by relation.
pub(crate) fn stated_captions(config: &ValidConfig) -> Vec<Caption> {
    let relations = relations(config);
    drawn_captions(config)
        .into_iter()
        .flat_map(|caption| relations.iter().map(move |relation| stated(caption, *relation)))
        .collect()
}

impl Sampler {
    /// The sampler of a config.
    pub fn new(config: &ValidConfig) -> Sampler {
        let (captions, relations) = (drawn_captions(config), relations(config).to_vec());
        Sampler {
            captions,
            relations,
            layouts: Layouts::new(config),
            config: config.clone(),
        }
    }

    /// The batch of a step, the first of which is 1.
    pub fn draw(&self, step: u32) -> Batch {
        let mut batch = Batch::default();
        self.draw_into(step, &mut batch);
        batch
    }

    /// The same, in place of what a batch held.
    pub fn draw_into(&self, step: u32, batch: &mut Batch) {
        let c = &self.config;
        batch.clear();
        let [order, ranks, sides] =
            [Stream::Captions, Stream::Layout, Stream::Relation].map(|stream| key(c.seed, stream, step));
        let size = c.batch_size() as u32;
        for first in (0..size).step_by(SHUFFLED) {
            let mut places: ArrayVec<u32, SHUFFLED> = (first..size).take(SHUFFLED).collect();
            permute_all(&mut places, self.captions.len() as u32, order);
            for (i, place) in (first..).zip(places) {
                let caption = stated(
                    self.captions[place as usize],
                    self.relations[hash(sides, i) as usize % self.relations.len()],
                );
                let rank = hash(ranks, i) % self.layouts.counts(caption).1;
                batch.push_shown(c, caption, |strip| self.layouts.show(caption, rank, strip));
            }
        }
    }
}
