//! Judges what rows of the table may have found, as `recognisers/candidates.py` does.

use crate::around::{is_doubtful, Heard, Said};
use crate::candidate::{digit_groups, is_digit, Bare};
use crate::checks::passes;
use crate::identify::{Row, Tables};
use crate::matcher::Matcher;
use crate::resolve::Found;

/// Flags of a row.
const NEEDS_CONTEXT: u32 = 1;
const CONTEXT_ONLY: u32 = 2;
const DENIABLE: u32 = 4;

/// Kinds of hits of each row.
pub const VERDICTS: u32 = 8;
const HELD: u32 = 0;
const HELD_ANNOUNCED: u32 = 1;
const HELD_DOUBTFUL: u32 = 2;
const ANNOUNCED: u32 = 3;
const DISPUTED: u32 = 4;
const OF_FORM: u32 = 5;

const NOTHING: u32 = u32::MAX;

/// What was found in a text so far, and what was heard of it.
pub struct Search<'a> {
    heard: Heard,
    bare: Bare,
    tables: &'a Tables<'a>,
    pub matcher: Matcher<'a>,
    pub found: Vec<Found>,
}

impl<'a> Search<'a> {
    pub fn new(tables: &'a Tables<'a>) -> Self {
        let matcher = Matcher::new(tables.code, tables.sets);
        Search { heard: Heard::default(), bare: Bare::default(), tables, matcher, found: Vec::new() }
    }

    /// False only where no match of *row* begins at *place*. *runs*: where the last ones end of what one consists of, and
    /// of what one begins with.
    pub fn may_match(&self, row: &Row, text: &[u32], place: usize, runs: &mut (usize, usize)) -> Option<bool> {
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
    pub fn judge_all(&mut self, row: &Row, text: &[u32], start: usize, end: usize) -> Option<()> {
        self.heard.forget_before(start);
        let verdict = self.judged(row, text, start, end)?;
        let is_proven = row.check != 0 && verdict.map_or(false, |verdict| verdict <= HELD_DOUBTFUL);
        if is_proven || row.check == 0 || row.flags & NEEDS_CONTEXT != 0 {
            return Some(());
        }
        if text.get(start..end)?.iter().all(|char| is_digit(*char)) {
            return Some(()); // one group, and it begins behind no separator
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
