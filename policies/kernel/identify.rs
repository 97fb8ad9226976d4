//! Finds what the rows of the tables of recognisers find, as `recognisers/candidates.py` does, by steps and words that
//! `recognisers/compiled.py` makes of them.

use crate::around::{is_doubtful, pair, Heard, Patterns, Said, Words};
use crate::automaton::{Automaton, Ends};
use crate::backward::Begun;
use crate::beside::packed_beside;
use crate::candidate::{digit_groups, Bare};
use crate::checks::{passes, Places};
use crate::matcher::Matcher;
use crate::resolve::{Found, Kinds};
use std::borrow::Cow;

/// Numbers of a row: its program, group and judges, its bit among the words and its flags; then of what a
/// match consists, and how much of it at least, or 0 where that is not asked; with what one begins, and the character behind that.
const ROW: usize = 12;
const NEEDS_CONTEXT: u32 = 1;
const CONTEXT_ONLY: u32 = 2;
const DENIABLE: u32 = 4;
/// What it finds counts as it is.
const PLAIN: u32 = 8;
/// What it finds is for Python to look at.
const LEFT: u32 = 16;

/// Read together with others: see `automaton.rs`.
const SHARED: u32 = 32;

/// Kinds of hits of each row.
const VERDICTS: u32 = 8;
const HELD: u32 = 0;
const HELD_ANNOUNCED: u32 = 1;
const HELD_DOUBTFUL: u32 = 2;
const ANNOUNCED: u32 = 3;
const DISPUTED: u32 = 4;
const OF_FORM: u32 = 5;

/// Code units that no recogniser reads as they are: Python takes them out first.
const UNREADABLE: u32 = 0xFFFF;
/// ASCII characters, behind which other rows begin.
const CLASSED: u32 = 128;
/// Hashes of two characters, of which rows have the first ones. The same in `compiled.py`.
const PAIRS: usize = 1 << 10;
const NOTHING: u32 = u32::MAX;

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

struct Row {
    number: u32,
    program: usize,
    group: usize,
    check: u32,
    form: u32,
    proof: u32,
    doubt: u32,
    bit: u32,
    flags: u32,
    among: usize,
    least: usize,
    leading: usize,
    to: u32,
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
    let mut search = Search {
        heard: Heard::default(),
        bare: Bare::default(),
        tables,
        matcher: Matcher::new(tables.code, tables.sets),
        found: Vec::new(),
    };
    let read = search.read(text)?;
    let classes = automaton.as_ref().map_or_else(Vec::new, |automaton| automaton.classes(&read));
    let mut alike = Vec::new();
    let mut next = [0; u64::BITS as usize];
    let mut runs = [(0, 0); u64::BITS as usize];
    let mut ends: Ends = [0; u64::BITS as usize];
    let every = tables.rows();
    let (shared, exact) = automaton.as_ref().map_or((0, 0), |automaton| (automaton.rows(), automaton.exact()));
    let (mut together, known_from) = match &mut automaton {
        Some(automaton) if wanted & shared != 0 => automaton.beginnings(&classes),
        _ => (Vec::new(), 0),
    };
    let mut alone = tables.beginnings(&read, wanted & !shared, known_from, wanted).into_iter().peekable();
    loop {
        let (first, second) = (alone.peek().copied(), together.last().copied());
        let place = match (first, second) {
            (Some((first, _)), Some((second, _))) => first.min(second),
            (Some((place, _)), None) | (None, Some((place, _))) => place,
            (None, None) => break,
        };
        let mut begun = alone.next_if(|(at, _)| *at == place).map_or(0, |(_, rows)| rows);
        if second.map_or(false, |(at, _)| at == place) {
            begun |= together.pop().map_or(0, |(_, rows)| rows);
        }
        let (place, mut rows) = (place as usize, 0);
        begun &= wanted;
        while begun != 0 {
            let number = begun.trailing_zeros();
            begun &= begun - 1;
            rows |= u64::from(place >= next[number as usize]) << number;
        }
        if rows & shared != 0 {
            if let Some(automaton) = &mut automaton {
                rows &= automaton.walk(&classes, place, &mut ends) | !shared;
            }
        }
        while rows != 0 {
            let number = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            let row = every.get(number)?;
            let end = if exact >> number & 1 == 1 {
                Some(ends[number])
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
        for (place, char) in text.iter().enumerate() {
            let wanted = if place < known_from { every } else { alone };
            if self.firsts.get(*char as usize).map_or(true, |rows| rows & wanted != 0) {
                let behind = place.checked_sub(1).and_then(|before| self.classes.get(text[before] as usize));
                let rows = wanted & self.begin(*char, behind) & self.goes_on(*char, text.get(place + 1).copied());
                if rows != 0 {
                    begun.push((place as u32, rows));
                }
            }
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
}

struct Search<'a> {
    heard: Heard,
    bare: Bare,
    tables: &'a Tables<'a>,
    matcher: Matcher<'a>,
    found: Vec<Found>,
}

impl Search<'_> {
    /// *text* as recognisers read it: most is read as it stands.
    fn read<'t>(&self, text: &'t [u32]) -> Option<Cow<'t, [u32]>> {
        let read_as = |char: &u32| self.tables.read_as.get(*char as usize).map(|other| u32::from(*other));
        let as_it_stands = text.iter().position(|char| read_as(char) != Some(*char)).unwrap_or(text.len());
        if as_it_stands == text.len() {
            return Some(Cow::Borrowed(text));
        }
        let mut read = text[..as_it_stands].to_vec();
        for char in &text[as_it_stands..] {
            read.push(match read_as(char) {
                Some(UNREADABLE) => return None,
                Some(other) => other,
                None if self.matcher.holds(self.tables.unreadable, *char)? => return None,
                None => *char,
            });
        }
        Some(Cow::Owned(read))
    }

    /// False only where no match of *row* begins at *place*. *runs*: where the last ones end of what one consists of, and
    /// of what one begins with.
    fn may_match(&self, row: &Row, text: &[u32], place: usize, runs: &mut (usize, usize)) -> Option<bool> {
        if row.least > 0 {
            if runs.0 <= place {
                runs.0 = place + self.run_of(row.among, text, place)?;
            }
            if runs.0 < place + row.least {
                return Some(false);
            }
        }
        if row.to == NOTHING {
            return Some(true);
        }
        if runs.1 <= place {
            runs.1 = place + self.run_of(row.leading, text, place)?;
        }
        Some(text.get(runs.1) == Some(&row.to))
    }

    /// How many characters of *set* stand in *text* from *place* on.
    fn run_of(&self, set: usize, text: &[u32], place: usize) -> Option<usize> {
        let mut number = 0;
        for char in text.get(place..)? {
            if !self.matcher.holds(set, *char)? {
                break;
            }
            number += 1;
        }
        Some(number)
    }

    /// Judges a candidate and, where its check does not hold, those within it.
    fn judge_all(&mut self, row: &Row, text: &[u32], start: usize, end: usize) -> Option<()> {
        self.heard.forget_before(start);
        let verdict = self.judged(row, text, start, end)?;
        let is_proven = row.check != 0 && verdict.map_or(false, |verdict| verdict <= HELD_DOUBTFUL);
        if is_proven || row.check == 0 || row.flags & NEEDS_CONTEXT != 0 {
            return Some(());
        }
        let groups = digit_groups(text, start + 1, end);
        for (_, group_end) in groups.iter().filter(|(_, group_end)| *group_end < end) {
            if let Some(end) = self.matcher.matched(row.program, text.get(..*group_end)?, start)? {
                self.judged(row, text, start, end)?;
            }
        }
        for (begin, _) in &groups {
            if self.matcher.holds(self.tables.separators, text[begin - 1])? {
                if let Some(end) = self.matcher.matched(row.program, text, *begin)? {
                    self.judged(row, text, *begin, end)?;
                }
            }
        }
        Some(())
    }

    /// What the candidate from *start* to *end* is, which is noted down.
    fn judged(&mut self, row: &Row, text: &[u32], start: usize, end: usize) -> Option<Option<u32>> {
        let verdict = self.verdict(row, text, start, end)?;
        if let Some(verdict) = verdict {
            let kind = row.number * VERDICTS + verdict;
            self.found.push(Found { start: start as u32, end: end as u32, kind, row: row.number });
        }
        Some(verdict)
    }

    fn verdict(&mut self, row: &Row, text: &[u32], start: usize, end: usize) -> Option<Option<u32>> {
        let Search { heard, bare, tables, matcher, .. } = self;
        let candidate = if row.check == 0 { &[] } else { bare.of(text, (start, end), tables.stripped, matcher)? };
        let holds = row.check == 0 || passes(row.check, candidate, &tables.places)?;
        if !holds && row.flags & CONTEXT_ONLY == 0 && row.form == 0 {
            return Some(None);
        }
        let said = tables.words.said(text, start, row.bit, &tables.around, matcher, heard)?;
        if holds {
            let span = (start, end);
            return held(row, text, span, candidate, said, tables, matcher);
        }
        Some(match said {
            Said::Announced if row.flags & CONTEXT_ONLY != 0 => Some(ANNOUNCED),
            Said::Disputed if row.flags & CONTEXT_ONLY != 0 => Some(DISPUTED),
            _ if row.form != 0 && passes(row.form, candidate, &tables.places)? => Some(OF_FORM),
            _ => None,
        })
    }
}

/// What a candidate is of which the check holds.
fn held(
    row: &Row,
    text: &[u32],
    span: (usize, usize),
    candidate: &[u8],
    said: Said,
    tables: &Tables,
    matcher: &mut Matcher,
) -> Option<Option<u32>> {
    if said == Said::Announced {
        return Some(Some(HELD_ANNOUNCED));
    }
    if row.flags & NEEDS_CONTEXT != 0 && said != Said::Disputed {
        return Some(None);
    }
    let is_in_doubt = if row.proof != 0 {
        !passes(row.proof, candidate, &tables.places)?
    } else {
        (row.flags & DENIABLE != 0 && said != Said::Nothing)
            || is_doubtful(row.doubt, text, span.0, span.1, tables.groups, &tables.around, matcher)?
    };
    Some(Some(if is_in_doubt { HELD_DOUBTFUL } else { HELD }))
}
