//! What stands around a candidate, as `recognisers/around.py` judges it.

use crate::candidate::is_digit;
use crate::matcher::Matcher;

/// The same in `around.py`.
const CONTEXT_CHARS: usize = 24;
const LINK: usize = 2;
const BEFORE_PART: usize = 4;
const BEFORE_ADDRESS: usize = 80;
/// Code units between a word for what is nobody's and the candidate.
const MOST_BETWEEN: usize = 8;
const BEFORE_SECOND_SLASH: usize = 2;
/// ASCII characters before the first of them are digits and what separates them: so many of a text are passed at once.
pub const FIRST_LETTERS: u32 = 64;
pub const BLOCK: usize = 8;
const AT: u32 = b'@' as u32;
const ONE: u32 = b'1' as u32;
const DOT: u32 = b'.' as u32;
const SLASH: u32 = b'/' as u32;
/// What the hash of two units one behind the other multiplies the first by. The same in `compiled.py`.
const FIRST_OF_PAIR: u32 = 32;
const CHAINS: usize = 1 << 13;

#[derive(Clone, Copy, PartialEq)]
pub enum Said {
    Nothing,
    Announced,
    Denied,
    Disputed,
}

/// Where the patterns and sets of `around.py` stand, in the order of `compiled.py`.
#[derive(Clone, Copy)]
pub struct Patterns {
    pub not_between: usize,
    pub goes_on_with: usize,
    pub goes_on: usize,
    pub comes_behind: usize,
    pub comes_from: usize,
    pub number_in_list: usize,
    pub country: usize,
    pub tidy: usize,
    pub remote: usize,
    pub of_files: usize,
    pub of_address: usize,
}

/// Words by the hash of their first two units in lower case: *chains* leads to where in *words* those stand that have it: each
/// behind its length and its rows, and a 0 at last. *lower*: every unit in lower case.
pub struct Words<'a> {
    pub chains: &'a [u16],
    pub words: &'a [u32],
    pub lower: &'a [u16],
    /// The bit of those that say that it is something else.
    pub other: u32,
    /// The set of what they begin with, in either case.
    pub firsts: usize,
}

impl Words<'_> {
    fn lowered(&self, char: u32) -> u32 {
        self.lower.get(char as usize).map_or(char, |lower| u32::from(*lower))
    }

    /// What the words before *start* say, where those of *row*, a bit, announce what begins there.
    pub fn said(
        &self,
        text: &[u32],
        start: usize,
        row: u32,
        around: &Patterns,
        matcher: &Matcher,
        heard: &mut Heard,
    ) -> Option<Said> {
        self.hear(text, start, matcher, heard)?;
        let from = start.saturating_sub(CONTEXT_CHARS);
        let (mut last, mut last_length, mut other, mut other_length, mut near) = (None, 0, None, 0, None);
        let begin = heard.words.iter().rposition(|word| word.place < from).map_or(0, |place| place + 1);
        for word in heard.words.get(begin..)?.iter().filter(|word| word.place + word.length <= start) {
            if word.rows & row != 0 {
                last_length = if last == Some(word.place) { word.length.max(last_length) } else { word.length };
                last = Some(word.place);
            }
            if word.rows & self.other != 0 && other == Some(word.place) {
                other_length = word.length.max(other_length);
            }
            if word.rows & self.other != 0 && other.is_none() {
                let near = match near {
                    Some(near) => near,
                    None => *near.insert(self.near(text.get(from..start)?, around, matcher)? + from),
                };
                if word.place + word.length >= near {
                    (other, other_length) = (Some(word.place), word.length);
                }
            }
        }
        Some(match (last, other) {
            (None, None) => Said::Nothing,
            (None, Some(_)) => Said::Denied,
            (Some(last), Some(other)) if other < last && last < other + other_length => Said::Denied,
            (Some(last), Some(other)) if other >= last && last + last_length + LINK < other => Said::Disputed,
            _ => Said::Announced,
        })
    }

    /// From where on in *before* nothing stands that may not stand behind a word that says that it is something else.
    fn near(&self, before: &[u32], around: &Patterns, matcher: &Matcher) -> Option<usize> {
        let mut near = before.len();
        while near > 0
            && before.len() - near < MOST_BETWEEN
            && !matcher.holds(around.not_between, self.lowered(before[near - 1]))?
        {
            near -= 1;
        }
        Some(near)
    }

    /// Adds the words that begin in *text* before *start* to those that were *heard*.
    fn hear(&self, text: &[u32], start: usize, matcher: &Matcher, heard: &mut Heard) -> Option<()> {
        let firsts = matcher.ascii(self.firsts)?;
        let begin_with_letters = firsts[..2] == [0, 0];
        let mut place = heard.up_to;
        while place < start {
            let end = start.min(place + BLOCK);
            let block = text.get(place..end)?;
            if !begin_with_letters || block.iter().fold(0, |bits, char| bits | char) >= FIRST_LETTERS {
                for (place, char) in (place..).zip(block) {
                    if *char >= 128 || firsts[(*char >> 5) as usize] >> (*char & 31) & 1 == 1 {
                        self.hear_at(text, place, heard)?;
                    }
                }
            }
            place = end;
        }
        heard.up_to = heard.up_to.max(start);
        Some(())
    }

    /// The same of those that begin at *place*.
    fn hear_at(&self, text: &[u32], place: usize, heard: &mut Heard) -> Option<()> {
        let second = text.get(place + 1).map_or(0, |char| self.lowered(*char));
        let mut at = match self.chains.get(pair(self.lowered(text[place]), second) % CHAINS) {
            Some(0) | None => return Some(()),
            Some(at) => usize::from(*at),
        };
        loop {
            let length = *self.words.get(at)? as usize;
            if length == 0 {
                return Some(());
            }
            let rows = *self.words.get(at + 1)?;
            let word = self.words.get(at + 2..at + 2 + length)?;
            let there = text.get(place..place + length).unwrap_or(&[]);
            if there.len() == length && word.iter().zip(there).all(|(char, there)| *char == self.lowered(*there)) {
                heard.words.push(Word { place, length, rows });
            }
            at += 2 + length;
        }
    }
}

/// A word of a text, and whom it concerns, a bit each.
struct Word {
    place: usize,
    length: usize,
    rows: u32,
}

/// The words of a text up to a place, by where they begin: each is looked for once, however much it stands before.
#[derive(Default)]
pub struct Heard {
    words: Vec<Word>,
    up_to: usize,
}

impl Heard {
    /// From now on nothing is asked of what begins before *start*.
    pub fn forget_before(&mut self, start: usize) {
        let from = start.saturating_sub(CONTEXT_CHARS);
        if self.up_to < from {
            self.words.clear();
            self.up_to = from;
        }
    }
}

/// The hash of *first* and *second*.
#[inline(always)]
pub fn pair(first: u32, second: u32) -> usize {
    (first.wrapping_mul(FIRST_OF_PAIR) ^ second) as usize
}

/// Whether *doubt*, a function of `around.py`, holds of what stands from *start* to *end*. None: there is no such one.
pub fn is_doubtful(
    doubt: u32,
    text: &[u32],
    start: usize,
    end: usize,
    groups: &[u32],
    around: &Patterns,
    matcher: &mut Matcher,
) -> Option<bool> {
    match doubt {
        0 => Some(false),
        1 => is_part_of_more(text, start, end, around, matcher),
        2 => {
            let is_untidy = is_untidy(text.get(start..end)?, groups, around, matcher)?;
            Some(is_untidy || is_part_of_more(text, start, end, around, matcher)?)
        }
        3 => is_for_machines(text, start, end, around, matcher),
        _ => None,
    }
}

fn is_part_of_more(text: &[u32], start: usize, end: usize, around: &Patterns, matcher: &mut Matcher) -> Option<bool> {
    let goes_on = match text.get(end) {
        Some(char) => {
            matcher.holds(around.goes_on_with, *char)? && matcher.matched(around.goes_on, text, end)?.is_some()
        }
        None => false,
    };
    let comes_from = match start.checked_sub(1) {
        Some(before) => matcher.holds(around.comes_behind, *text.get(before)?)?,
        None => false,
    };
    if goes_on || !comes_from {
        return Some(goes_on);
    }
    let (from, before) = (start.saturating_sub(BEFORE_PART), text.get(..start)?);
    Some(
        matcher.searched(around.comes_from, before, from)?.is_some()
            && matcher.searched(around.number_in_list, before, from)?.is_none(),
    )
}

/// Whether the digits of *written* stand in groups in which nobody writes a mobile number. *groups*: those that there
/// are, four bits for each length.
fn is_untidy(written: &[u32], groups: &[u32], around: &Patterns, matcher: &mut Matcher) -> Option<bool> {
    let begin = match written.first() {
        Some(&ONE) => 0, // nothing is dialled before it
        _ => matcher.matched(around.country, written, 0)?.unwrap_or(0),
    };
    let (mut lengths, mut number, mut between) = (1u32, 0, None); // the one stands before them, or none could be empty
    let mut place = begin;
    loop {
        let digits = written[place..].iter().take_while(|char| is_digit(**char)).count();
        number += 1;
        if digits > 15 || number > 6 {
            return Some(true);
        }
        lengths = lengths << 4 | digits as u32;
        place += digits;
        let others = written[place..].iter().take_while(|char| !is_digit(**char)).count();
        if others == 0 {
            return Some(!groups.contains(&lengths));
        }
        let here = written[place];
        if others > 1 || between.map_or(false, |char| char != here) || !matcher.holds(around.tidy, here)? {
            return Some(true);
        }
        between = Some(here);
        place += others;
    }
}

fn is_for_machines(text: &[u32], start: usize, end: usize, around: &Patterns, matcher: &mut Matcher) -> Option<bool> {
    let (address, before) = (text.get(..end)?, text.get(start.saturating_sub(BEFORE_ADDRESS)..start)?);
    if matcher.matched(around.remote, text, end)?.is_some() {
        return Some(true);
    }
    // What both ask for has none of these behind it, so the last one is that which they find.
    let behind_at = address[start..].iter().rposition(|char| *char == AT).map_or(start, |place| start + place);
    if let Some(dot) = address[behind_at..].iter().rposition(|char| *char == DOT) {
        if matcher.matched(around.of_files, address, behind_at + dot)?.is_some() {
            return Some(true);
        }
    }
    if !before.iter().fold(false, |is_there, char| is_there | (*char == SLASH)) {
        return Some(false);
    }
    let slash = before.iter().rposition(|char| *char == SLASH)?;
    Some(match slash.checked_sub(BEFORE_SECOND_SLASH) {
        Some(begin) => matcher.matched(around.of_address, before, begin)?.is_some(),
        None => false,
    })
}
