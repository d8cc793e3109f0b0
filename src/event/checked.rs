//! `from_text!` and `argument!`: what all types share whose text is checked once.

/// Makes a type from text: `$make` checks the text, a `&str` or a `String`.
macro_rules! from_text {
    ($type:ident, $text:ident => $make:expr) => {
        impl TryFrom<&str> for $type {
            type Error = $crate::error::InvalidValue;

            fn try_from($text: &str) -> Result<Self, Self::Error> {
                $make
            }
        }

        impl TryFrom<alloc::string::String> for $type {
            type Error = $crate::error::InvalidValue;

            fn try_from($text: alloc::string::String) -> Result<Self, Self::Error> {
                $make
            }
        }

        impl core::str::FromStr for $type {
            type Err = $crate::error::InvalidValue;

            fn from_str($text: &str) -> Result<Self, Self::Err> {
                $make
            }
        }
    };
}

/// Implements the trait of a setter's argument for the type itself and for literals, and seals it.
macro_rules! argument {
    ($type:ident, $argument:ident::$into:ident) => {
        impl $argument for $type {
            fn $into(self) -> $type {
                self
            }
        }

        impl $argument for &$type {
            fn $into(self) -> $type {
                self.clone()
            }
        }

        impl $argument for &'static str {
            fn $into(self) -> $type {
                $type::from_static(self)
            }
        }

        mod sealed {
            pub trait Sealed {}
            impl Sealed for super::$type {}
            impl Sealed for &super::$type {}
            impl Sealed for &'static str {}
        }
    };
}

pub(super) use argument;
pub(crate) use from_text;
