//! A backlog by itself: order, losses, marks, and what several readers share.

use super::*;

type Numbers = Backlog<usize, char>;

/// A reader that is done with an item as soon as it reads it.
struct Reader {
    number: usize,
    seen: Arc<AtomicUsize>,
}

impl Reader {
    fn of(backlog: &mut Numbers) -> Self {
        let (number, seen) = backlog.join();
        Self { number, seen }
    }

    /// Reads one delivery: items as `first..=last`, a loss as `-count`, a mark as it is.
    fn read(&self, backlog: &mut Numbers) -> Option<String> {
        Some(match backlog.take(self.number)? {
            Delivery::Items(items) => {
                self.seen.fetch_add(items.len(), Ordering::Relaxed);
                format!("{}..={}", items[0], items[items.len() - 1])
            }
            Delivery::Lost(count) => format!("-{count}"),
            Delivery::Mark(mark) => mark.to_string(),
        })
    }

    /// Reads all that there is.
    fn drain(&self, backlog: &mut Numbers) -> Vec<String> {
        let mut read = Vec::new();
        loop {
            match self.read(backlog) {
                Some(delivery) => read.push(delivery),
                None if backlog.fresh.is_empty() => return read,
                None => backlog.deliver(),
            }
        }
    }
}

fn push(backlog: &mut Numbers, items: impl IntoIterator<Item = usize>) {
    for item in items {
        backlog.push(|| item);
    }
}

#[test]
fn items_come_in_order_and_marks_behind_what_came_before_them() {
    let mut backlog = Numbers::default();
    let reader = Reader::of(&mut backlog);
    push(&mut backlog, 0..10);
    backlog.mark(&'a');
    push(&mut backlog, 10..12);
    assert_eq!(reader.drain(&mut backlog), ["0..=9", "a", "10..=11"]);
}

#[test]
fn a_reader_sees_what_comes_after_it_has_joined() {
    let mut backlog = Numbers::default();
    let first = Reader::of(&mut backlog);
    push(&mut backlog, 0..3);
    let second = Reader::of(&mut backlog);
    push(&mut backlog, 3..5);
    assert_eq!(first.drain(&mut backlog), ["0..=2", "3..=4"]);
    assert_eq!(second.drain(&mut backlog), ["3..=4"]);
}

#[test]
fn a_reader_that_is_too_far_behind_loses_exactly_the_rest() {
    let mut backlog = Numbers::default();
    let reader = Reader::of(&mut backlog);
    push(&mut backlog, 0..LIMIT + 7);
    let all = format!("0..={}", LIMIT - 1);
    assert_eq!(reader.drain(&mut backlog), [all]);
    backlog.deliver();
    assert_eq!(reader.drain(&mut backlog), ["-7"]);
    push(&mut backlog, 0..2);
    assert_eq!(reader.drain(&mut backlog), ["0..=1"]);
}

/// What is in a reader's hands counts: a batch is not seen when it is taken.
#[test]
fn what_was_taken_and_not_seen_is_still_behind() {
    let mut backlog = Numbers::default();
    let reader = Reader::of(&mut backlog);
    push(&mut backlog, 0..5);
    backlog.deliver();
    let taken = backlog.take(reader.number);
    assert!(matches!(taken, Some(Delivery::Items(items)) if items.len() == 5));
    push(&mut backlog, 0..LIMIT);
    assert_eq!(backlog.fresh.len() + backlog.readers[0].delivered, LIMIT);
}

/// It is given items again in one piece, not one by one.
#[test]
fn a_reader_goes_on_when_half_of_it_is_seen() {
    let mut backlog = Numbers::default();
    let reader = Reader::of(&mut backlog);
    push(&mut backlog, 0..=LIMIT);
    reader.seen.store(LIMIT / 2, Ordering::Relaxed);
    push(&mut backlog, [7]);
    assert_eq!(backlog.readers[0].lost, 2);
    reader.seen.store(LIMIT / 2 + 1, Ordering::Relaxed);
    push(&mut backlog, [8]);
    assert_eq!(
        (backlog.readers[0].lost, backlog.fresh.as_slice()),
        (0, &[8][..])
    );
}

/// The loss of a slow reader is its own, and bounded is what it holds.
#[test]
fn a_slow_reader_takes_nothing_from_a_quick_one() {
    let mut backlog = Numbers::default();
    let (slow, quick) = (Reader::of(&mut backlog), Reader::of(&mut backlog));
    let mut read = 0;
    for _ in 0..100 {
        push(&mut backlog, 0..1000);
        backlog.deliver();
        while let Some(delivery) = quick.read(&mut backlog) {
            assert!(!delivery.starts_with('-'), "{delivery}");
        }
        read = quick.seen.load(Ordering::Relaxed);
    }
    assert_eq!(read, 100_000);
    assert_eq!(backlog.readers[slow.number].delivered, LIMIT);
    let deliveries = slow.drain(&mut backlog);
    assert!(deliveries.iter().all(|delivery| !delivery.starts_with('-')));
    backlog.mark(&'a');
    let lost = format!("-{}", 100_000 - LIMIT);
    assert_eq!(slow.drain(&mut backlog), [lost, "a".to_owned()]);
}

#[test]
fn a_reader_that_left_holds_up_nobody() {
    let mut backlog = Numbers::default();
    let (gone, reader) = (Reader::of(&mut backlog), Reader::of(&mut backlog));
    push(&mut backlog, 0..3);
    backlog.leave(gone.number);
    push(&mut backlog, 3..LIMIT);
    backlog.mark(&'a');
    assert!(gone.drain(&mut backlog).is_empty());
    let all = format!("0..={}", LIMIT - 1);
    assert_eq!(reader.drain(&mut backlog), [all, "a".to_owned()]);
}

#[test]
fn lists_are_used_again_and_given_back() {
    let mut backlog = Numbers::default();
    let reader = Reader::of(&mut backlog);
    push(&mut backlog, 0..1000);
    backlog.deliver();
    let Some(Delivery::Items(items)) = backlog.take(reader.number) else {
        panic!("there are items");
    };
    let mut items = Arc::into_inner(items).expect("one reader has them");
    let room = items.capacity();
    items.clear();
    backlog.recycle(items);
    push(&mut backlog, [1]);
    backlog.deliver();
    assert_eq!(backlog.fresh.capacity(), room);
    backlog.shrink();
    let kept = [backlog.fresh.capacity(), backlog.spare.capacity()];
    assert!(kept.iter().all(|kept| *kept <= KEPT), "{kept:?}");
}
