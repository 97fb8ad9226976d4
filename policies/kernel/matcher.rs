//! Runs the steps that `recognisers/patterns.py` makes of a regular expression, and means what Python's `re` means.

/// Steps, and how many numbers each takes. The same in `patterns.py`.
pub const END: u32 = 0;
pub const LITERAL: u32 = 1;
pub const SET: u32 = 2;
pub const REPEAT: u32 = 3;
pub const SPLIT: u32 = 4;
pub const JUMP: u32 = 5;
pub const SAVE: u32 = 6;
pub const LOOK: u32 = 7;
pub const BACK: u32 = 8;
pub const IF: u32 = 9;
pub const AT_END: u32 = 10;
pub const AT_BEGIN: u32 = 11;
pub const SPACED: u32 = 12;
pub const LAZY: u32 = 1;
const POSSESSIVE: u32 = 2;

/// Groups of a pattern, the whole match among them, and looks ahead within one another.
const GROUPS: usize = 8;
const DEEPEST: u32 = 4;
/// Of one attempt: nothing that is written takes a hundredth of them.
const MOST_STEPS: u32 = 1 << 16;
const NOWHERE: usize = usize::MAX;

/// Where else a match may go on.
enum Way {
    At(usize, usize),
    /// Behind fewer of what is repeated: the first place and the last.
    Fewer(usize, usize, usize),
    /// Behind more of it.
    More(usize, usize, usize),
    /// What a group was before.
    Group(usize, usize),
}

/// What patterns are made of, and what is needed to run one.
pub struct Matcher<'a> {
    code: &'a [u32],
    sets: &'a [u32],
    ways: Vec<Way>,
    groups: [usize; 2 * GROUPS],
    has_groups: bool,
    steps: u32,
}

impl<'a> Matcher<'a> {
    pub fn new(code: &'a [u32], sets: &'a [u32]) -> Self {
        Matcher { code, sets, ways: Vec::new(), groups: [NOWHERE; 2 * GROUPS], has_groups: false, steps: 0 }
    }

    /// Where the pattern at *program* ends that begins in *text* at *start*. None: that cannot be said.
    pub fn matched(&mut self, program: usize, text: &[u32], start: usize) -> Option<Option<usize>> {
        self.steps = MOST_STEPS;
        if self.has_groups {
            self.groups = [NOWHERE; 2 * GROUPS];
            self.has_groups = false;
        }
        self.ways.clear();
        self.run(program, text, start, 0)
    }

    /// The same of the first that begins at *from* or behind it.
    pub fn searched(&mut self, program: usize, text: &[u32], from: usize) -> Option<Option<(usize, usize)>> {
        let first = match self.code.get(program..program + 2)? {
            [LITERAL, char] => Some(*char),
            _ => None,
        };
        let mut start = from;
        while start <= text.len() {
            if let Some(char) = first {
                match text[start..].iter().position(|there| *there == char) {
                    Some(ahead) => start += ahead,
                    None => return Some(None),
                }
            }
            if let Some(end) = self.matched(program, text, start)? {
                return Some(Some((start, end)));
            }
            start += 1;
        }
        Some(None)
    }

    /// Where *group* of the last match stands.
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = (*self.groups.get(2 * group)?, *self.groups.get(2 * group + 1)?);
        (start != NOWHERE && end != NOWHERE).then(|| (start, end))
    }

    #[inline(always)]
    pub fn holds(&self, set: usize, char: u32) -> Option<bool> {
        if char < 128 {
            return Some(self.sets.get(set + (char >> 5) as usize)? >> (char & 31) & 1 == 1);
        }
        let rows = *self.sets.get(set + 4)? as usize;
        let rows = self.sets.get(set + 5..set + 5 + 2 * rows)?;
        Some(rows.chunks_exact(2).any(|row| row[0] <= char && char <= row[1]))
    }

    /// Which of the ASCII characters *set* holds, a bit each.
    pub fn ascii(&self, set: usize) -> Option<[u32; 4]> {
        self.sets.get(set..set + 4)?.try_into().ok()
    }

    fn run(&mut self, program: usize, text: &[u32], start: usize, depth: u32) -> Option<Option<usize>> {
        let base = self.ways.len();
        let (mut at, mut place) = (program, start);
        loop {
            self.steps = self.steps.checked_sub(1)?;
            let step = *self.code.get(at)?;
            let goes_on = match step {
                END => {
                    self.ways.truncate(base);
                    return Some(Some(place));
                }
                LITERAL => {
                    let is_it = text.get(place) == Some(self.code.get(at + 1)?);
                    at += 2;
                    place += 1;
                    is_it
                }
                SET => {
                    let set = *self.code.get(at + 1)? as usize;
                    let is_it = match text.get(place) {
                        Some(char) => self.holds(set, *char)?,
                        None => false,
                    };
                    at += 2;
                    place += 1;
                    is_it
                }
                REPEAT => {
                    let number = self.repeat(at, text, place)?;
                    at += 5;
                    match number {
                        Some(end) => {
                            place = end;
                            true
                        }
                        None => false,
                    }
                }
                SPLIT => {
                    let char = text.get(place);
                    let (mut first, mut second) = (*self.code.get(at + 1)? as usize, *self.code.get(at + 2)? as usize);
                    let mut may_begin = self.may_begin(first, char)?;
                    while !may_begin && *self.code.get(second)? == SPLIT {
                        (first, second) = (*self.code.get(second + 1)? as usize, *self.code.get(second + 2)? as usize);
                        self.steps = self.steps.checked_sub(1)?;
                        may_begin = self.may_begin(first, char)?;
                    }
                    if may_begin {
                        if self.may_begin(second, char)? {
                            self.ways.push(Way::At(second, place));
                        }
                        at = first;
                    } else {
                        at = second;
                    }
                    true
                }
                JUMP => {
                    at = *self.code.get(at + 1)? as usize;
                    true
                }
                SAVE => {
                    let group = *self.code.get(at + 1)? as usize;
                    self.has_groups = true;
                    let old = std::mem::replace(self.groups.get_mut(group)?, place);
                    self.ways.push(Way::Group(group, old));
                    at += 2;
                    true
                }
                LOOK => {
                    let (is_not, width) = (*self.code.get(at + 1)? == 1, *self.code.get(at + 2)? as usize);
                    let found = match place.checked_sub(width) {
                        Some(begin) if depth < DEEPEST => self.run(at + 4, text, begin, depth + 1)?.is_some(),
                        Some(_) => return None,
                        None => false,
                    };
                    at = *self.code.get(at + 3)? as usize;
                    found != is_not
                }
                BACK => {
                    let (from, to) = self.group(*self.code.get(at + 1)? as usize).unwrap_or((1, 0));
                    let is_it = from <= to && {
                        let said = text.get(from..to)?;
                        text.get(place..).map_or(false, |rest| rest.starts_with(said))
                    };
                    at += 2;
                    place += to.saturating_sub(from);
                    is_it
                }
                IF => {
                    let is_there = self.group(*self.code.get(at + 1)? as usize).is_some();
                    at = if is_there { at + 3 } else { *self.code.get(at + 2)? as usize };
                    true
                }
                AT_END => {
                    at += 1;
                    place == text.len()
                }
                AT_BEGIN => {
                    at += 1;
                    place == 0
                }
                SPACED => match self.spaced(at, text, place)? {
                    Some(end) => {
                        at += 6;
                        place = end;
                        true
                    }
                    None => false,
                },
                _ => return None,
            };
            if !goes_on {
                let (next, then) = match self.other_way(text, base) {
                    Some(way) => way,
                    None => return Some(None),
                };
                at = next;
                place = then;
            }
        }
    }

    /// False only where the step at *at* cannot be taken before *char*.
    #[inline(always)]
    fn may_begin(&self, at: usize, char: Option<&u32>) -> Option<bool> {
        Some(match (*self.code.get(at)?, char) {
            (LITERAL, _) => char == Some(self.code.get(at + 1)?),
            (SET, Some(char)) => self.holds(*self.code.get(at + 1)? as usize, *char)?,
            (SET, None) => false,
            _ => true,
        })
    }

    /// Where what is repeated ends. Inner None: there is not enough of it.
    fn repeat(&mut self, at: usize, text: &[u32], place: usize) -> Option<Option<usize>> {
        let (set, least, most, mode) = match self.code.get(at + 1..at + 5)? {
            [set, least, most, mode] => (*set as usize, *least as usize, *most as usize, *mode),
            _ => return None,
        };
        let rest = text.get(place..).unwrap_or(&[]);
        let mut number = 0;
        for char in &rest[..most.min(rest.len())] {
            if !self.holds(set, *char)? {
                break;
            }
            number += 1;
        }
        if number < least {
            return Some(None);
        }
        self.steps = self.steps.checked_sub(number as u32 / 8)?;
        if number == least || mode == POSSESSIVE {
            return Some(Some(place + number));
        }
        if mode == LAZY {
            self.ways.push(Way::More(at + 5, place + least + 1, place + number));
            return Some(Some(place + least));
        }
        self.ways.push(Way::Fewer(at + 5, place + least, place + number - 1));
        Some(Some(place + number))
    }

    /// Where characters end that stand alone or behind some of others, which are none of them. Inner None: of too few.
    fn spaced(&mut self, at: usize, text: &[u32], place: usize) -> Option<Option<usize>> {
        let (between, most_between, among, least, most) = match self.code.get(at + 1..at + 6)? {
            [between, number, among, least, most] => (*between as usize, *number, *among as usize, *least, *most),
            _ => return None,
        };
        let mut end = place;
        for number in 0..most {
            let mut next = end;
            let mut left = most_between;
            let is_there = loop {
                match text.get(next) {
                    Some(char) if self.holds(among, *char)? => break true,
                    Some(char) if left > 0 && self.holds(between, *char)? => next += 1,
                    _ => break false,
                }
                left -= 1;
            };
            if !is_there {
                return Some((number >= least).then(|| end));
            }
            if number >= least {
                self.ways.push(Way::At(at + 6, end));
            }
            end = next + 1;
        }
        Some(Some(end))
    }

    fn other_way(&mut self, text: &[u32], base: usize) -> Option<(usize, usize)> {
        while self.ways.len() > base {
            match self.ways.pop()? {
                Way::At(at, place) => return Some((at, place)),
                Way::Group(group, place) => *self.groups.get_mut(group)? = place,
                Way::Fewer(at, first, last) => {
                    let last = match self.code.get(at..at + 2) {
                        Some([LITERAL, char]) => {
                            match (first..=last).rev().find(|place| text.get(*place) == Some(char)) {
                                Some(last) => last,
                                None => continue,
                            }
                        }
                        _ => last,
                    };
                    if last > first {
                        self.ways.push(Way::Fewer(at, first, last - 1));
                    }
                    return Some((at, last));
                }
                Way::More(at, first, last) => {
                    if last > first {
                        self.ways.push(Way::More(at, first + 1, last));
                    }
                    return Some((at, first));
                }
            }
        }
        None
    }
}
