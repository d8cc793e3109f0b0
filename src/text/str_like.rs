//! `str_like!`: the traits shared by all types that wrap text.

/// Implements the traits expected of a type that wraps text, from its `as_str`.
///
/// Equality, order and hash are those of `as_str`, so `Borrow<str>` is correct and maps can be queried with a `&str`.
macro_rules! str_like {
    ($type:ty) => {
        impl core::ops::Deref for $type {
            type Target = str;

            #[inline]
            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        str_like!($type, but not Deref);
    };
    ($type:ty, but not Deref) => {
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl core::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $type {}

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $type {
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl core::hash::Hash for $type {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(self.as_str(), f)
            }
        }

        str_like!(@compared $type, str);
        str_like!(@compared $type, &str);
        str_like!(@compared $type, alloc::string::String);
    };
    (@compared $type:ty, $other:ty) => {
        impl PartialEq<$other> for $type {
            fn eq(&self, other: &$other) -> bool {
                *self.as_str() == other[..]
            }
        }

        impl PartialEq<$type> for $other {
            fn eq(&self, other: &$type) -> bool {
                self[..] == *other.as_str()
            }
        }
    };
}
