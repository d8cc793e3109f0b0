//! Recordings: they outlive their readers and include their end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::{End, Outcome, Recordings};
use eventwire::server::LastEventId;
use eventwire::Event;

use crate::support::{data, drain, poll, Polled};

fn recordings() -> (Recordings, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(0));
    let reading = Arc::clone(&clock);
    let now = move || Duration::from_secs(reading.load(Ordering::Relaxed));
    (Recordings::new(now).with_keep(Duration::from_secs(60)), clock)
}

fn seen(event: &Event) -> Option<LastEventId> {
    LastEventId::from_bytes(event.id().unwrap().as_bytes())
}

#[test]
fn readers_that_leave_or_join_late_get_the_whole_recording() {
    let (answers, _) = recordings();
    let recorder = answers.record("7").unwrap();
    let mut early = answers.follow("7", None).unwrap();
    assert_eq!((early.outcome(), poll(&mut early).clone()), (Outcome::Fresh, poll_checkpoint(&answers)));
    recorder.append(Event::new("Hel"));
    let read = drain(&mut early);
    drop(early);
    assert_eq!(recorder.readers(), 0);
    recorder.append(Event::new("lo "));
    let mut late = answers.follow("7", None).unwrap();
    assert_eq!(data(&drain(&mut late)), ["Hel", "lo "]);
    recorder.append(Event::new("you"));
    recorder.end(End::Done);
    assert_eq!(data(&drain(&mut late)), ["you", "done"]);
    assert_eq!(poll(&mut late), Polled::End);
    // The reader that left reconnects after the end.
    let mut again = answers.follow("7", seen(&read[0]).as_ref()).unwrap();
    assert_eq!(again.outcome(), Outcome::Resumed { missed: Some(3) });
    let rest = drain(&mut again);
    assert_eq!(data(&rest), ["lo ", "you", "done"]);
    assert_eq!(poll(&mut again), Polled::End);
    // A reader that has seen the end gets status 204.
    let mut over = answers.follow("7", seen(&rest[2]).as_ref()).unwrap();
    assert_eq!((over.outcome(), poll(&mut over)), (Outcome::Ended, Polled::End));
}

/// Polls a reader that joins before the first event, which is sent an ID.
fn poll_checkpoint(answers: &Recordings) -> Polled {
    let polled = poll(&mut answers.follow("7", None).unwrap());
    assert!(matches!(&polled, Polled::Event(event) if event.event_type() == "checkpoint"));
    polled
}

#[test]
fn every_end_is_recorded_even_that_of_a_dropped_producer() {
    let (answers, _) = recordings();
    for end in [End::Done, End::Failed, End::Cancelled] {
        answers.record(end.as_str()).unwrap().end(end);
    }
    drop(answers.record("abandoned").unwrap());
    let task = std::panic::catch_unwind({
        let answers = answers.clone();
        std::panic::AssertUnwindSafe(move || {
            let recorder = answers.record("panicked").unwrap();
            recorder.append(Event::new("Hel"));
            panic!("a producer of a test, as intended");
        })
    });
    assert!(task.is_err());
    for end in ["done", "failed", "cancelled", "abandoned"] {
        let events = drain(&mut answers.follow(end, None).unwrap());
        assert_eq!((data(&events), events[0].event_type()), (vec![end], "end"));
    }
    assert_eq!(data(&drain(&mut answers.follow("panicked", None).unwrap())), ["Hel", "abandoned"]);
}

#[test]
fn the_producer_can_record_the_last_event_of_its_own_protocol() {
    let answers = Recordings::new(|| Duration::ZERO)
        .with_end_event(|end| (end != End::Done).then(|| Event::new(end.as_str()).with_type("error")));
    let recorder = answers.record("7").unwrap();
    let done = recorder.append(Event::new("[DONE]"));
    recorder.end(End::Done);
    assert_eq!(data(&drain(&mut answers.follow("7", None).unwrap())), ["[DONE]"]);
    let seen = LastEventId::from_bytes(done.as_bytes());
    assert_eq!(answers.follow("7", seen.as_ref()).unwrap().outcome(), Outcome::Ended);
}

#[test]
fn a_recording_is_forgotten_a_while_after_its_end() {
    let (answers, clock) = recordings();
    let recorder = answers.record("7").unwrap();
    assert!(answers.record("7").is_none());
    // A recording without an end is not forgotten.
    clock.store(1000, Ordering::Relaxed);
    recorder.append(Event::new("a"));
    recorder.end(End::Done);
    clock.store(1060, Ordering::Relaxed);
    let mut reader = answers.follow("7", None).unwrap();
    assert!(answers.record("7").is_none());
    clock.store(1061, Ordering::Relaxed);
    assert!(answers.follow("7", None).is_none());
    assert!(answers.is_empty());
    // Current readers keep reading, and the key can be used again.
    assert_eq!(data(&drain(&mut reader)), ["a", "done"]);
    let other = answers.record("7").unwrap();
    assert_eq!(answers.len(), 1);
    answers.forget("7");
    drop(other);
    assert!(answers.is_empty());
}

#[test]
fn an_id_of_another_recording_gives_a_gap_and_then_the_whole_recording() {
    let (answers, _) = recordings();
    let (one, other) = (answers.record("1").unwrap(), answers.record("2").unwrap());
    let id = one.append(Event::new("a"));
    other.append(Event::new("b"));
    let mut follow = answers.follow("2", LastEventId::from_bytes(id.as_bytes()).as_ref()).unwrap();
    assert!(matches!(follow.outcome(), Outcome::Gap(_)));
    assert_eq!(data(&drain(&mut follow)[1..]), ["b"]);
}

#[test]
fn a_recording_over_the_limit_loses_its_start_and_gives_a_gap() {
    let (answers, _) = recordings();
    let answers = answers.with_max_bytes(10_000);
    let recorder = answers.record("7").unwrap();
    let first = recorder.append(Event::new("0"));
    (1..=100).for_each(|n: u32| drop(recorder.append(Event::new(n.to_string()))));
    let seen = LastEventId::from_bytes(first.as_bytes());
    let follow = answers.follow("7", seen.as_ref()).unwrap();
    assert!(matches!(follow.outcome(), Outcome::Gap(gap) if gap.lost().unwrap() > 10));
    // A new reader gets the gap, too.
    let mut follow = answers.follow("7", None).unwrap();
    assert!(matches!(follow.outcome(), Outcome::Gap(gap) if gap.lost().unwrap() > 11));
    assert_eq!(drain(&mut follow)[0].event_type(), "gap");
}

#[test]
fn an_empty_id_reads_a_recording_from_its_start() {
    let (answers, _) = recordings();
    let answer = answers.record("1").unwrap();
    answer.append(Event::new("a"));
    let empty: LastEventId = "".parse().unwrap();
    let mut follow = answers.follow("1", Some(&empty)).unwrap();
    assert_eq!(follow.outcome(), Outcome::Fresh);
    assert_eq!(data(&drain(&mut follow)), ["a"]);
}
