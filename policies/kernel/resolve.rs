//! Of hits that overlap, those that count: as `find.py` chooses for reports and `scan.py` joins for hiding.

use std::cmp::Reverse;

/// What a row found, by what it found it, and as which it comes where two are alike.
#[derive(Clone, Copy)]
pub struct Found {
    pub start: u32,
    pub end: u32,
    pub kind: u32,
    pub row: u32,
}

/// Of each kind: its place among those that are chosen from, or `NEVER`; that of its category; its score.
pub struct Kinds<'a> {
    pub chosen: &'a [u32],
    pub category: &'a [u32],
    pub score: &'a [u32],
    /// Whether a check digit proves it.
    pub proven: &'a [u32],
}

pub const NEVER: u32 = u32::MAX;
/// More than there are.
const CATEGORIES: usize = 64;

impl Kinds<'_> {
    pub fn is_sure(&self, kind: u32) -> Option<bool> {
        Some(*self.chosen.get(kind as usize)? != NEVER)
    }

    /// What is reported of *found*: what comes first in the order of kinds, then the longer, the earlier, and the first row.
    pub fn reported(&self, found: &mut Vec<Found>) -> Option<Vec<Found>> {
        let mut are_known = true;
        found.retain(|hit| {
            let is_sure = self.is_sure(hit.kind);
            are_known &= is_sure.is_some();
            is_sure.unwrap_or(false)
        });
        if !are_known {
            return None;
        }
        let key = |hit: &Found| {
            let place = self.chosen.get(hit.kind as usize).copied().unwrap_or(NEVER);
            (place, Reverse(hit.end - hit.start), hit.start, hit.row)
        };
        let mut kept = Vec::with_capacity(found.len());
        for some in together(found) {
            if let [only] = some {
                kept.push(*only);
                continue;
            }
            some.sort_by_key(key);
            let begun = kept.len();
            let mut covered = Covered::of(some);
            for hit in some.iter() {
                if covered.is_free(hit) {
                    covered.cover(hit.start, hit.end);
                    kept.push(*hit);
                }
            }
            kept[begun..].sort_by_key(|hit| hit.start);
        }
        Some(kept)
    }

    /// What is hidden of *found*: two of a category that overlap are one, and of others each gets what is still free.
    pub fn hidden(&self, found: &mut Vec<Found>) -> Option<Vec<Found>> {
        let mut kept = Vec::with_capacity(found.len());
        for some in together(found) {
            if let [only] = some {
                kept.push(*only);
                continue;
            }
            let mut joined = self.joined(some)?;
            if joined.len() == 1 {
                kept.push(joined[0].1);
                continue;
            }
            joined.sort_by_key(|(category, hit)| (*category, Reverse(hit.end - hit.start), hit.start));
            let begun = kept.len();
            let mut covered = Covered::of(some);
            for (_, hit) in &joined {
                let mut start = covered.next(false, hit.start, hit.end);
                while start < hit.end {
                    let end = covered.next(true, start, hit.end);
                    covered.cover(start, end);
                    kept.push(Found { start, end, ..*hit });
                    start = covered.next(false, end, hit.end);
                }
            }
            kept[begun..].sort_by_key(|hit| hit.start);
        }
        Some(kept)
    }

    /// *some*, by where they begin and by row, without two of a category that overlap; each with its category.
    fn joined(&self, some: &[Found]) -> Option<Vec<(u32, Found)>> {
        let mut joined: Vec<(u32, Found)> = Vec::with_capacity(some.len());
        let mut last_of = [usize::MAX; CATEGORIES];
        for hit in some {
            let category = *self.category.get(hit.kind as usize)?;
            let last = last_of.get_mut(category as usize)?;
            match joined.get_mut(*last) {
                Some((_, last)) if hit.start < last.end => {
                    if self.score.get(hit.kind as usize)? > self.score.get(last.kind as usize)? {
                        last.kind = hit.kind;
                    }
                    last.end = last.end.max(hit.end);
                }
                _ => {
                    *last = joined.len();
                    joined.push((category, *hit));
                }
            }
        }
        Some(joined)
    }
}

/// *found* in runs of hits of which each overlaps one before it, by where they begin and by row.
fn together(found: &mut [Found]) -> impl Iterator<Item = &mut [Found]> {
    found.sort_by_key(|hit| (hit.start, hit.row));
    let mut left = found;
    std::iter::from_fn(move || {
        let mut end = left.first()?.end;
        let mut number = 1;
        while let Some(hit) = left.get(number).filter(|hit| hit.start < end) {
            end = end.max(hit.end);
            number += 1;
        }
        let (some, rest) = std::mem::take(&mut left).split_at_mut(number);
        left = rest;
        Some(some)
    })
}

/// Which places of a run of hits are taken.
struct Covered {
    from: u32,
    places: Vec<bool>,
}

impl Covered {
    fn of(some: &[Found]) -> Self {
        let from = some.iter().map(|hit| hit.start).min().unwrap_or(0);
        let to = some.iter().map(|hit| hit.end).max().unwrap_or(from);
        Covered { from, places: vec![false; (to - from) as usize] }
    }

    fn is_free(&self, hit: &Found) -> bool {
        self.next(true, hit.start, hit.end) == hit.end
    }

    /// The first place from *start* on that is taken, or free; *end* where none before it is.
    fn next(&self, taken: bool, start: u32, end: u32) -> u32 {
        (start..end).find(|place| self.places[(place - self.from) as usize] == taken).unwrap_or(end)
    }

    fn cover(&mut self, start: u32, end: u32) {
        self.places[(start - self.from) as usize..(end - self.from) as usize].fill(true);
    }
}
