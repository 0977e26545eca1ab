//! Settings by name.

/// An enum of named bundles of settings, each given by what differs from preset `paper`; `$width` is the
/// model's, on which some values depend.
macro_rules! bundles {
    (
        $(#[$doc:meta])* $type:ident $plural:literal |$width:pat_param| {
            $($variant:ident $name:literal $what:literal { $($field:ident: $value:expr),* })*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $(#[doc = $what] $variant,)*
        }

        impl $type {
            /// Every one, `paper` first.
            pub const ALL: &[$type] = &[$($type::$variant),*];

            /// Its name, as the command line and the page write it.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name,)*
                }
            }

            /// What it is, in a few words.
            pub fn description(self) -> &'static str {
                match self {
                    $($type::$variant => $what,)*
                }
            }

            fn bundle(self, $width: f64) -> $crate::config::Config {
                match self {
                    $($type::$variant => Config { $($field: $value,)* ..Config::default() },)*
                }
            }

            /// The one that a misspelt name stands for, or else all of them.
            pub(super) fn meant(name: &str) -> String {
                $crate::message::meant(name, $plural, &[$($name),*])
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::config::ConfigError;

            fn from_str(name: &str) -> Result<$type, Self::Err> {
                let found = $type::ALL.iter().copied().find(|one| one.name() == name);
                found.ok_or_else(|| $crate::config::ConfigError::$type(name.to_owned()))
            }
        }
    };
}
pub(super) use bundles;
