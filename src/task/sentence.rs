//! The words of captions, and the sentences that relate two objects. What a sentence needs stands in its row:
//! its words, when a run has it, and which layouts it is true of.

use arrayvec::ArrayVec;

use crate::config::ValidConfig;

macro_rules! words {
    ($($word:ident $text:literal)*) => {
        /// A word of a caption. Behind the labels, token ids follow this order (`tests/oracle/reference.py`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word {
            $(#[doc = $text] $word,)*
        }

        impl Word {
            const TEXTS: &[&str] = &[$($text),*];
        }
    };
}

// Every run has those up to PAD; of the others, those up to the last that its sentences need.
words! {
    Is "is" On "on" The "the" Left "left" Of "of" Right "right" In "in" Image "image" Eot "EOT" Pad "PAD"
    Above "above"
}

impl Word {
    /// The word's token id.
    pub fn token(self, labels: u32) -> u32 {
        labels + 1 + self as u32
    }

    /// The text of a token behind the labels.
    pub fn text(token: u32, labels: u32) -> &'static str {
        Word::TEXTS[(token - labels - 1) as usize]
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Word::TEXTS[*self as usize].fmt(f)
    }
}

/// Along what two objects are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The columns of a grid, or the pixels of a strip.
    Columns,
    /// The rows of a grid.
    Rows,
}

/// Which of the two objects that a sentence names stands first along its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    X,
    Y,
}

macro_rules! relations {
    ($(
        $(#[$doc:meta])*
        $relation:ident [$($word:ident)*] $axis:ident $first:ident |$config:pat_param| $stated:expr;
    )*) => {
        /// How a pair's first object X stands to its second, Y: a sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Relation {
            $($(#[$doc])* $relation,)*
        }

        impl Relation {
            const ALL: &[Relation] = &[$(Relation::$relation),*];

            /// What stands between X and Y in the sentence.
            pub fn words(self) -> &'static [Word] {
                match self {
                    $(Relation::$relation => &[$(Word::$word),*],)*
                }
            }

            /// Along what X and Y are compared.
            pub fn axis(self) -> Axis {
                match self {
                    $(Relation::$relation => Axis::$axis,)*
                }
            }

            fn first(self) -> First {
                match self {
                    $(Relation::$relation => First::$first,)*
                }
            }

            fn is_stated(self, config: &ValidConfig) -> bool {
                match (self, config) {
                    $((Relation::$relation, $config) => $stated,)*
                }
            }
        }
    };
}

// Where X stands last, the relation with X first along the same axis stands before it, and is stated too.
relations! {
    /// X stands in a column before Y's.
    Left [Is On The Left Of] Columns X |_| true;
    /// X stands in a column behind Y's.
    Right [Is On The Right Of] Columns Y |config| config.right;
    /// X stands in a row above Y's (grid only).
    Above [Is Above] Rows X |config| config.above;
}

impl Relation {
    /// Whether a layout of Y and X is one of X and Y: the sentence names first what stands last.
    pub fn is_turned(self) -> bool {
        self.first() == First::Y
    }

    /// The relation along the same axis that names first what stands first.
    pub fn straight(self) -> Relation {
        let straight = |other: &&Relation| other.axis() == self.axis() && !other.is_turned();
        *Relation::ALL
            .iter()
            .find(straight)
            .expect("each axis has a relation with X first")
    }
}

/// The relations that a config's captions state, `Left` first.
pub fn relations(config: &ValidConfig) -> ArrayVec<Relation, { Relation::ALL.len() }> {
    Relation::ALL
        .iter()
        .copied()
        .filter(|relation| relation.is_stated(config))
        .collect()
}

/// Token ids of a caption are `0..text_vocab`: SOT, the labels, the words.
pub fn text_vocab(config: &ValidConfig) -> usize {
    let stated = relations(config);
    let words = stated.iter().flat_map(|relation| relation.words());
    let last = words
        .map(|word| *word as usize)
        .fold(Word::Pad as usize, usize::max);
    config.labels as usize + 1 + last + 1
}
