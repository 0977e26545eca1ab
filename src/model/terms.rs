//! The nine terms of the attention logits, and the strengths that ablations give them.

use std::ops::{Index, IndexMut};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a part of a query or of a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// E, the token embedding.
    Token,
    /// P, the position embedding.
    Position,
    /// B, the bias.
    Bias,
}

impl Source {
    /// E, P, B: the order of the letters in [`Term::LOGIT`].
    pub const ALL: [Source; 3] = [Source::Token, Source::Position, Source::Bias];
}

/// An additive piece of the attention logits, first letter the query's source and second the key's (E token
/// embedding, P position embedding, B bias), or VP, the position part of the values. Terms whose key is the
/// bias (xB) add the same to every key of a row, and so change no softmax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub enum Term {
    /// Query from the token embedding, key from the token embedding.
    EE,
    /// Query from the token embedding, key from the position embedding.
    EP,
    /// Query from the token embedding, key from the bias.
    EB,
    /// Query from the position embedding, key from the token embedding.
    PE,
    /// Query from the position embedding, key from the position embedding.
    PP,
    /// Query from the position embedding, key from the bias.
    PB,
    /// Query from the bias, key from the token embedding.
    BE,
    /// Query from the bias, key from the position embedding.
    BP,
    /// Query from the bias, key from the bias.
    BB,
    /// The position embedding's part of the values, P W_V^T; no piece of the logits.
    VP,
}

/// A name that no term has.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("there is no term \"{0}\"; {meant}", meant = meant(.0))]
pub struct UnknownTerm(String);

/// The term that is meant by its letters in lower case, or else all of them: two letters are too few to be misspelt
/// and known again.
fn meant(name: &str) -> String {
    let name = name.trim();
    match Term::ALL
        .iter()
        .find(|term| term.name().eq_ignore_ascii_case(name))
    {
        Some(term) => format!("did you mean {}?", term.name()),
        None => "the terms are EE, EP, EB, PE, PP, PB, BE, BP, BB and VP".to_owned(),
    }
}

impl Term {
    /// The nine terms of the logits; a term's [`place`](Term::place) is its place here.
    pub const LOGIT: [Term; 9] = *Term::ALL
        .first_chunk()
        .expect("the terms of the logits stand before VP");

    /// Every term: those of the logits, then VP.
    pub const ALL: [Term; 10] = [
        Term::EE,
        Term::EP,
        Term::EB,
        Term::PE,
        Term::PP,
        Term::PB,
        Term::BE,
        Term::BP,
        Term::BB,
        Term::VP,
    ];

    /// The term of a query's source and a key's.
    pub fn between(query: Source, key: Source) -> Term {
        Term::LOGIT[3 * query as usize + key as usize]
    }

    /// Something of every term of the logits, from the query's source and the key's.
    pub fn of_sources<X>(mut of: impl FnMut(Source, Source) -> X) -> [X; 9] {
        std::array::from_fn(|place| of(Source::ALL[place / 3], Source::ALL[place % 3]))
    }

    /// The term's place in [`Term::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }

    /// The term's name.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 10] = ["EE", "EP", "EB", "PE", "PP", "PB", "BE", "BP", "BB", "VP"];
        NAMES[self.place()]
    }
}

impl FromStr for Term {
    type Err = UnknownTerm;

    fn from_str(name: &str) -> Result<Term, UnknownTerm> {
        let found = Term::ALL.into_iter().find(|term| term.name() == name.trim());
        found.ok_or_else(|| UnknownTerm(name.to_owned()))
    }
}

/// What multiplies each term of one head before the softmax: `strengths[term]`, 1 where nothing is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Strengths {
    terms: [f64; 10],
    /// Added to the logit of every key position `[length]`; empty for nothing. Only towers computed by tables
    /// take it.
    pub position_row: Vec<f64>,
}

impl Default for Strengths {
    fn default() -> Self {
        Strengths {
            terms: [1.0; 10],
            position_row: Vec::new(),
        }
    }
}

impl Index<Term> for Strengths {
    type Output = f64;

    fn index(&self, term: Term) -> &f64 {
        &self.terms[term.place()]
    }
}

impl IndexMut<Term> for Strengths {
    fn index_mut(&mut self, term: Term) -> &mut f64 {
        &mut self.terms[term.place()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terms_letters_are_its_sources() {
        let letters = ["E", "P", "B"];
        for (query, q) in Source::ALL.into_iter().zip(letters) {
            for (key, k) in Source::ALL.into_iter().zip(letters) {
                assert_eq!(Term::between(query, key).name(), format!("{q}{k}"));
            }
        }
        assert_eq!(Term::of_sources(Term::between), Term::LOGIT);
        for (place, term) in Term::ALL.into_iter().enumerate() {
            assert_eq!((term.place(), term.name().parse()), (place, Ok(term)));
        }
    }

    #[test]
    fn a_term_in_lower_case_is_told_its_name() {
        let says = |name: &str| name.parse::<Term>().unwrap_err().to_string();
        assert_eq!(says("ep"), "there is no term \"ep\"; did you mean EP?");
        assert!(says("XP").starts_with("there is no term \"XP\"; the terms are EE, EP,"));
    }
}
