//! Documentation that is data too: what a name means is written once, for Rust's documentation and for
//! whoever meets the name in a file.

/// An enum, and the documentation of its variants as text.
macro_rules! documented {
    ($(#[$about:meta])* pub enum $name:ident {
        $($(#[doc = $line:literal])+ $variant:ident $(($($field:ty),+))?,)+
    }) => {
        $(#[$about])*
        pub enum $name {
            $($(#[doc = $line])+ $variant $(($($field),+))?,)+
        }

        impl $name {
            /// The documentation of every variant, in their order.
            pub const MEANINGS: &[&str] = &[$(concat!($($line),+)),+];

            /// What it is: its documentation, less the names that it begins with.
            pub fn meaning(&self) -> &'static str {
                let documented = match self {
                    $($name::$variant { .. } => concat!($($line),+),)+
                };
                documented.split_once(": ").map_or(documented, |(_, meaning)| meaning)
            }
        }
    };
}
pub(super) use documented;
