//! Random ids that nobody can guess from others: each thread has a generator, ChaCha with 8 rounds,
//! which the operating system's randomness seeds. An id has 64 bits of it, each of which a guesser
//! would have to try.
//!
//! The randomness is that of the keys of std's `RandomState`, so that no further crate is needed
//! and no further call of the system is made: 128 bits for each thread. Hashing spreads them over
//! the generator's key. A state that is seen reveals no earlier id: with each round of ids the
//! generator takes another key, and an id that was returned is not kept.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

/// How many blocks are made at once: a word of each stands in a row, so that the compiler computes
/// them side by side.
const BLOCKS: usize = 16;
type Row = [u32; BLOCKS];
/// A word of ChaCha's state each.
const ROWS: usize = 16;

const HALVES: usize = BLOCKS * ROWS / 2;
/// How many halves of ids of each round are the next key.
const KEY: usize = 4;

struct Generator {
    /// Up to here they were not returned: the key, then halves of ids.
    end: Cell<usize>,
    halves: [Cell<u64>; HALVES],
    /// What distinguishes ids of one half.
    count: Cell<u64>,
    is_seeded: Cell<bool>,
}

thread_local! {
    static GENERATOR: Generator = const {
        Generator {
            end: Cell::new(KEY),
            halves: [const { Cell::new(0) }; HALVES],
            count: Cell::new(0),
            is_seeded: Cell::new(false),
        }
    };
}

/// A half that nobody can guess, and one that depends on it, so that no id is likely to come twice.
#[inline]
pub(super) fn halves() -> (u64, u64) {
    GENERATOR.with(|generator| {
        if generator.end.get() == KEY {
            generator.refill();
        }
        let last = generator.end.get() - 1;
        generator.end.set(last);
        let half = generator.halves[last % HALVES].take();
        (half, generator.other_half(half))
    })
}

impl Generator {
    #[cold]
    #[inline(never)]
    fn refill(&self) {
        if !self.is_seeded.replace(true) {
            let seeded = self.halves[..KEY].iter().chain([&self.count]);
            seeded.for_each(|half| half.set(of_the_system()));
        }
        let words = |half: &Cell<u64>| [half.get() as u32, (half.get() >> 32) as u32];
        let key: [[u32; 2]; KEY] = std::array::from_fn(|place| words(&self.halves[place]));
        let counters = std::array::from_fn(|block| block as u32);
        let rows = blocks::<4>(key.as_flattened(), counters, [0; 3]);
        let (words, _) = rows.as_flattened().as_chunks::<2>();
        for (half, [low, high]) in self.halves.iter().zip(words) {
            half.set(u64::from(*low) | u64::from(*high) << 32);
        }
        self.end.set(HALVES);
    }

    /// Never zero, so that no id is.
    #[inline]
    fn other_half(&self, half: u64) -> u64 {
        let count = self.count.get().wrapping_add(1);
        self.count.set(count);
        (half ^ count).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
    }
}

/// Each `RandomState` of a thread has other keys than the one before.
fn of_the_system() -> u64 {
    RandomState::new().hash_one("penguiflow's trace ids")
}

/// So many blocks of ChaCha (Bernstein: ChaCha, a variant of Salsa20, 2008), as rows.
fn blocks<const DOUBLE_ROUNDS: usize>(key: &[u32], counters: Row, nonce: [u32; 3]) -> [Row; ROWS] {
    let constants = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
    let mut start = [[0; BLOCKS]; ROWS];
    let words = constants.iter().chain(key).map(|word| [*word; BLOCKS]);
    let nonce = nonce.map(|word| [word; BLOCKS]);
    let words = words.chain([counters]).chain(nonce);
    start
        .iter_mut()
        .zip(words)
        .for_each(|(row, word)| *row = word);
    let mut rows = start;
    for _ in 0..DOUBLE_ROUNDS {
        for column in 0..4 {
            quarter(&mut rows, [column, column + 4, column + 8, column + 12]);
        }
        for column in 0..4 {
            let at = |row: usize| 4 * row + (column + row) % 4;
            quarter(&mut rows, [at(0), at(1), at(2), at(3)]);
        }
    }
    for (row, start) in rows.iter_mut().zip(start) {
        for (word, start) in row.iter_mut().zip(start) {
            *word = word.wrapping_add(start);
        }
    }
    rows
}

fn quarter(rows: &mut [Row; ROWS], places: [usize; 4]) {
    if let Ok([a, b, c, d]) = rows.get_disjoint_mut(places) {
        quarter_of(a, b, c, d);
    }
}

/// A function of its own, whose references the compiler knows to be apart.
#[inline(never)]
fn quarter_of(a: &mut Row, b: &mut Row, c: &mut Row, d: &mut Row) {
    for block in 0..BLOCKS {
        let (mut wa, mut wb, mut wc, mut wd) = (a[block], b[block], c[block], d[block]);
        wa = wa.wrapping_add(wb);
        wd = (wd ^ wa).rotate_left(16);
        wc = wc.wrapping_add(wd);
        wb = (wb ^ wc).rotate_left(12);
        wa = wa.wrapping_add(wb);
        wd = (wd ^ wa).rotate_left(8);
        wc = wc.wrapping_add(wd);
        wb = (wb ^ wc).rotate_left(7);
        (a[block], b[block], c[block], d[block]) = (wa, wb, wc, wd);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{BLOCKS, blocks, halves};

    /// RFC 8439, section 2.3.2: with 20 rounds.
    #[test]
    fn the_blocks_are_those_of_chacha() {
        let key = [
            0x0302_0100,
            0x0706_0504,
            0x0b0a_0908,
            0x0f0e_0d0c,
            0x1312_1110,
            0x1716_1514,
            0x1b1a_1918,
            0x1f1e_1d1c,
        ];
        let mut counters = [7; BLOCKS];
        (counters[0], counters[3]) = (1, 1);
        let rows = blocks::<10>(&key, counters, [0x0900_0000, 0x4a00_0000, 0]);
        let wanted = [
            0xe4e7_f110,
            0x1559_3bd1,
            0x1fdd_0f50,
            0xc471_20a3,
            0xc7f4_d1c7,
            0x0368_c033,
            0x9aaa_2204,
            0x4e6c_d4c3,
            0x4664_82d2,
            0x09aa_9f07,
            0x05d7_c214,
            0xa202_8bd9,
            0xd19c_12b5,
            0xb94e_16de,
            0xe883_d0cb,
            0x4e3c_50a2,
        ];
        assert_eq!(rows.map(|row| row[0]), wanted);
        assert_eq!(rows.map(|row| row[3]), wanted);
        assert!(rows.iter().zip(wanted).all(|(row, word)| row[1] != word));
    }

    #[test]
    fn no_half_comes_twice() {
        let threads: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(|| (0..1000).map(|_| halves()).collect::<Vec<_>>()))
            .collect();
        let all = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("its ids"));
        let (ones, others): (Vec<_>, Vec<_>) = all.unzip();
        let different: HashSet<_> = ones.iter().chain(&others).collect();
        assert_eq!(different.len(), 8000);
        // Half of 256,000 bits, within eight standard deviations of 253 bits. The other halves
        // are left out, since their lowest bit is always set.
        let set: u32 = ones.iter().map(|half| half.count_ones()).sum();
        assert!(set.abs_diff(4000 * 32) < 8 * 253, "{set} bits are set");
    }
}
