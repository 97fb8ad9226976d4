//! Finds what the rows of the tables of recognisers find, as `recognisers/candidates.py` does, by steps and words that
//! `recognisers/compiled.py` makes of them.

use crate::around::{pair, Patterns, Words, BLOCK, FIRST_LETTERS};
use crate::automaton::Automaton;
use crate::backward::Begun;
use crate::beside::packed_beside;
use crate::checks::Places;
use crate::judge::{Search, VERDICTS};
use crate::matcher::Matcher;
use crate::resolve::{Found, Kinds};
use crate::together::Together;
use std::borrow::Cow;

/// Numbers of a row: its program, group and judges, its bit among the words and its flags; then of what a
/// match consists, and how much of it at least, or 0 where that is not asked; with what one begins, and the character behind that.
const ROW: usize = 12;
/// What it finds counts as it is.
const PLAIN: u32 = 8;
/// What it finds is for Python to look at.
const LEFT: u32 = 16;

/// Read together with others: see `automaton.rs`.
const SHARED: u32 = 32;

/// Code units that no recogniser reads as they are: Python takes them out first.
const UNREADABLE: u32 = 0xFFFF;
/// ASCII characters, behind which other rows begin.
const CLASSED: u32 = 128;
/// Hashes of two characters, of which rows have the first ones. The same in `compiled.py`.
const PAIRS: usize = 1 << 10;

/// What becomes of what is found: anything else is as it was found.
pub const REPORTED: usize = 1;
pub const HIDDEN: usize = 2;

pub struct Tables<'a> {
    pub code: &'a [u32],
    pub sets: &'a [u32],
    pub rows: &'a [u32],
    pub firsts: &'a [u64],
    pub behind: &'a [u64],
    pub pairs: &'a [u64],
    pub classes: &'a [u32],
    pub read_as: &'a [u16],
    pub words: Words<'a>,
    pub places: Places<'a>,
    pub groups: &'a [u32],
    pub kinds: Kinds<'a>,
    pub around: Patterns,
    pub separators: usize,
    pub stripped: usize,
    pub unreadable: usize,
}

/// What there is in a text, and the spans of it that Python has to look at: letters for digits, and what may be packed.
pub struct Identified {
    pub found: Vec<Found>,
    pub alike: Vec<(u32, u32)>,
    pub packed: Vec<(u32, u32)>,
}

impl Identified {
    /// Writes it to *out*, if there is room; how many numbers it is.
    pub fn write(&self, out: &mut [u32]) -> Option<i64> {
        let counts = [self.found.len(), self.alike.len(), self.packed.len()];
        let length = counts.len() + 3 * self.found.len() + 2 * self.alike.len() + 2 * self.packed.len();
        if length > out.len() {
            return i64::try_from(length).ok();
        }
        let spans = self.alike.iter().chain(&self.packed).flat_map(|(start, end)| [*start, *end]);
        let numbers = counts.iter().map(|count| *count as u32);
        let numbers = numbers.chain(self.found.iter().map(|hit| hit.start));
        let numbers = numbers.chain(self.found.iter().map(|hit| hit.end));
        let numbers = numbers.chain(self.found.iter().map(|hit| hit.kind)).chain(spans);
        out.iter_mut().zip(numbers).for_each(|(place, number)| *place = number);
        i64::try_from(length).ok()
    }
}

/// The number and the program of those of *rows* that are read together.
pub fn shared(rows: &[u32]) -> Vec<(usize, usize)> {
    let rows = rows.chunks_exact(ROW).enumerate().take(u64::BITS as usize);
    rows.filter(|(_, row)| row[7] & SHARED != 0).map(|(number, row)| (number, row[0] as usize)).collect()
}

pub struct Row {
    pub number: u32,
    pub program: usize,
    pub group: usize,
    pub check: u32,
    pub form: u32,
    pub proof: u32,
    pub doubt: u32,
    pub bit: u32,
    pub flags: u32,
    pub among: usize,
    pub least: usize,
    pub leading: usize,
    pub to: u32,
}

/// What those of the rows find in *text* that are *wanted*, a bit each. None: that is Python's.
pub fn identify(
    text: &[u32],
    wanted: u64,
    becomes: usize,
    unpacks: bool,
    tables: &Tables,
    mut automaton: Option<&mut Automaton>,
) -> Option<Identified> {
    let as_it_stands = automaton.as_mut().and_then(|automaton| automaton.classes_as_it_stands(text));
    let read = match as_it_stands {
        Some(_) => Cow::Borrowed(text),
        None => Cow::Owned(tables.read(text)?),
    };
    let every = tables.rows();
    let mut search = Search::new(tables);
    let mut alike = Vec::new();
    let mut next = [0; u64::BITS as usize];
    let mut runs = [(0, 0); u64::BITS as usize];
    let mut together = Together::of(automaton, &read, as_it_stands, wanted);
    let (shared, exact) = (together.rows, together.exact);
    let alone = tables.beginnings(&read, wanted & !shared, together.known_from, wanted);
    let mut alone = alone.into_iter().peekable();
    loop {
        let (first, second) = (alone.peek().map(|(at, _)| *at), together.place());
        let place = match (first, second) {
            (Some(first), Some(second)) => first.min(second),
            (Some(place), None) | (None, Some(place)) => place,
            (None, None) => break,
        };
        let mut begun = alone.next_if(|(at, _)| *at == place).map_or(0, |(_, rows)| rows);
        if second == Some(place) {
            begun |= together.begun();
        }
        let place = place as usize;
        let mut rows = still_to_find(begun & wanted, place, &next);
        if rows & shared != 0 {
            rows &= together.matching_from(place, &next) | !shared;
        }
        while rows != 0 {
            let number = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            let row = every.get(number)?;
            let end = if exact >> number & 1 == 1 {
                Some(together.end_of(number))
            } else if shared >> number & 1 == 1 || search.may_match(row, &read, place, &mut runs[number])? {
                search.matcher.matched(row.program, &read, place)?
            } else {
                None
            };
            if let Some(end) = end {
                next[number] = end.max(place + 1);
                if row.flags & LEFT != 0 {
                    alike.push((place as u32, end as u32));
                } else if row.flags & PLAIN != 0 {
                    let (start, end) = search.matcher.group(row.group)?;
                    search.found.push(Found {
                        start: start as u32,
                        end: end as u32,
                        kind: row.number * VERDICTS,
                        row: row.number,
                    });
                } else {
                    search.judge_all(row, &read, place, end)?;
                }
            }
        }
    }
    let packed = if unpacks { packed_beside(text, &search.found, &tables.kinds)? } else { Vec::new() };
    let mut found = search.found;
    let found = match becomes {
        REPORTED => tables.kinds.reported(&mut found)?,
        HIDDEN => tables.kinds.hidden(&mut found)?,
        _ => {
            found.sort_by_key(|hit| hit.row);
            found
        }
    };
    Some(Identified { found, alike, packed })
}

/// Those of *rows* of which no match has been found that goes beyond *place*: *next* is where the last one of each ends.
pub fn still_to_find(rows: u64, place: usize, next: &[usize; u64::BITS as usize]) -> u64 {
    let (mut left, mut found) = (rows, 0);
    while left != 0 {
        let number = left.trailing_zeros();
        left &= left - 1;
        found |= u64::from(place >= next[number as usize]) << number;
    }
    found
}

impl Tables<'_> {
    fn rows(&self) -> Vec<Row> {
        let rows = self.rows.chunks_exact(ROW).zip(0..u64::BITS);
        rows.map(|(row, number)| Row {
            number,
            program: row[0] as usize,
            group: row[1] as usize,
            check: row[2],
            form: row[3],
            proof: row[4],
            doubt: row[5],
            bit: row[6],
            flags: row[7],
            among: row[8] as usize,
            least: row[9] as usize,
            leading: row[10] as usize,
            to: row[11],
        })
        .collect()
    }

    /// Where rows may begin in *text*, of what they begin with: up to *known_from* those of *every*, then those *alone*.
    fn beginnings(&self, text: &[u32], alone: u64, known_from: usize, every: u64) -> Vec<Begun> {
        let mut begun = Vec::new();
        let low = self.firsts.get(..FIRST_LETTERS as usize).unwrap_or(&[u64::MAX]);
        let begin_with_letters = low.iter().all(|rows| rows & alone == 0);
        let mut place = 0;
        for block in text.chunks(BLOCK) {
            let wanted = if place < known_from { every } else { alone };
            let may_begin = |char: u32| self.firsts.get(char as usize).map_or(true, |rows| rows & wanted != 0);
            let is_passed = place >= known_from && begin_with_letters;
            if !is_passed || block.iter().fold(0, |bits, char| bits | char) >= FIRST_LETTERS {
                for (place, char) in (place..).zip(block).filter(|(_, char)| may_begin(**char)) {
                    let behind = place.checked_sub(1).and_then(|before| self.classes.get(text[before] as usize));
                    let rows = wanted & self.begin(*char, behind) & self.goes_on(*char, text.get(place + 1).copied());
                    if rows != 0 {
                        begun.push((place as u32, rows));
                    }
                }
            }
            place += block.len();
        }
        begun
    }

    /// Which rows may begin with *char* behind one of a class, if it is of any.
    fn begin(&self, char: u32, behind: Option<&u32>) -> u64 {
        let rows = match behind {
            Some(class) if char < CLASSED => self.behind.get((*class * CLASSED + char) as usize),
            _ => self.firsts.get(char as usize),
        };
        rows.copied().unwrap_or(u64::MAX)
    }

    /// Which rows may go on with *next* behind *char*, if one of them begins with it. The same in `compiled.py`.
    fn goes_on(&self, char: u32, next: Option<u32>) -> u64 {
        self.pairs.get(pair(char, next.unwrap_or(0)) % PAIRS).copied().unwrap_or(u64::MAX)
    }

    /// *text* as recognisers read it. None: Python takes something out of it first.
    fn read(&self, text: &[u32]) -> Option<Vec<u32>> {
        let read_as = |char: &u32| self.read_as.get(*char as usize).map_or(*char, |other| u32::from(*other));
        let read: Vec<u32> = text.iter().map(read_as).collect();
        if read.iter().fold(false, |is_there, char| is_there | (*char == UNREADABLE)) {
            return None;
        }
        if read.iter().fold(0, |bits, char| bits | char) > UNREADABLE {
            let matcher = Matcher::new(self.code, self.sets);
            for char in read.iter().filter(|char| **char > UNREADABLE) {
                if matcher.holds(self.unreadable, *char)? {
                    return None;
                }
            }
        }
        Some(read)
    }
}
