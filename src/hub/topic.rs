//! `Topic`: the subject of an event, and the topics of a follower.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hasher;
use core::ops::Deref;
use std::collections::hash_map::DefaultHasher;

/// The subject of an event: any text. Clones share it, so make each topic once and clone it for every event.
///
/// ```
/// use eventwire::hub::Topic;
///
/// let cats = Topic::from("cats");
/// assert_eq!(&*cats, "cats");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Arc<str>);

impl Topic {
    /// Returns a number that is equal for equal topics.
    pub(super) fn hash(&self) -> u64 {
        // Not random: a collision wakes somebody in vain, no more.
        let mut hasher = DefaultHasher::new();
        hasher.write(self.as_bytes());
        hasher.finish()
    }

    pub(super) fn shared(&self) -> &Arc<str> {
        &self.0
    }
}

impl From<Arc<str>> for Topic {
    fn from(topic: Arc<str>) -> Self {
        Topic(topic)
    }
}

impl From<&str> for Topic {
    fn from(topic: &str) -> Self {
        Topic(topic.into())
    }
}

impl From<String> for Topic {
    fn from(topic: String) -> Self {
        Topic(topic.into())
    }
}

impl From<&Topic> for Topic {
    fn from(topic: &Topic) -> Self {
        topic.clone()
    }
}

impl Deref for Topic {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

type Takes = dyn Fn(Option<&str>) -> bool + Send + Sync;

/// Which events a follower takes, when it is not all of them.
pub(super) enum Wants {
    Keys(Vec<Topic>),
    Function(Box<Takes>),
}

impl Wants {
    pub(super) fn takes(&self, topic: Option<&str>) -> bool {
        match self {
            Wants::Keys(keys) => topic.is_some_and(|topic| keys.iter().any(|key| **key == *topic)),
            Wants::Function(takes) => takes(topic),
        }
    }
}

/// Whom an event of a topic wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// Whoever takes everything, decides by a function or takes several topics.
    Any,
    /// Whoever takes this topic alone, by its hash.
    Key(u64),
}

impl Interest {
    pub(super) fn of(wants: Option<&Wants>) -> Self {
        match wants {
            Some(Wants::Keys(keys)) if keys.len() == 1 => Interest::Key(keys[0].hash()),
            _ => Interest::Any,
        }
    }
}
