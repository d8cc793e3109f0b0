//! `Joined`: joins the pieces of an event.

use std::cell::RefCell;
use std::ops::ControlFlow;

use eventwire::{DecodeError, EventPiece};

use super::outcome::{Got, Item};

#[derive(Default)]
pub struct Joined {
    /// The data received so far.
    data: RefCell<String>,
}

/// The result of a reader that returns whole items.
type Next = Result<Option<Item>, DecodeError>;

impl Joined {
    /// Adds a piece. Breaks with a complete item or an error, and when there is no piece.
    pub fn add(&self, piece: Result<Option<EventPiece<'_>>, DecodeError>) -> ControlFlow<Next> {
        let mut data = self.data.borrow_mut();
        ControlFlow::Break(match piece {
            Ok(None) => Ok(None),
            Ok(Some(EventPiece::Data(piece))) => {
                assert!(!piece.is_empty(), "an empty piece");
                data.push_str(piece);
                return ControlFlow::Continue(());
            }
            Ok(Some(EventPiece::Event(event))) => {
                assert_eq!(*data, "", "a whole event between the pieces of another");
                Ok(Some(Item::Event(Got::borrowed(event))))
            }
            Ok(Some(EventPiece::End { data: last, head })) => {
                assert_ne!(*data, "", "an end without any piece");
                let mut event = Got::head(head);
                event.data = std::mem::take(&mut *data) + last;
                Ok(Some(Item::Event(event)))
            }
            Ok(Some(other)) => panic!("unknown kind of piece: {other:?}"),
            Err(error) => {
                data.clear();
                Err(error)
            }
        })
    }
}
