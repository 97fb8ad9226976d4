//! What stands where a row may have found something.

use crate::matcher::Matcher;

const LONGEST: usize = 64;
const DIGITS_IN_GROUP: usize = 4;

/// What stands at a place without what separates it, in upper case: rows that begin together often end together.
pub struct Bare {
    span: (usize, usize),
    chars: [u8; LONGEST],
    length: usize,
}

impl Default for Bare {
    fn default() -> Self {
        Bare { span: (0, 0), chars: [0; LONGEST], length: 0 }
    }
}

impl Bare {
    /// What stands in *text* at *span*, but for those of the set *stripped*. None: not all is ASCII, or it is too long.
    pub fn of(&mut self, text: &[u32], span: (usize, usize), stripped: usize, matcher: &Matcher) -> Option<&[u8]> {
        if self.span != span {
            self.length = 0;
            for char in text.get(span.0..span.1)? {
                if !matcher.holds(stripped, *char)? {
                    *self.chars.get_mut(self.length)? =
                        u8::try_from(*char).ok().filter(u8::is_ascii)?.to_ascii_uppercase();
                    self.length += 1;
                }
            }
            self.span = span;
        }
        self.chars.get(..self.length)
    }
}

/// Where four digits or more stand in a row, from *start* to *end* of *text*.
pub fn digit_groups(text: &[u32], start: usize, end: usize) -> Vec<(usize, usize)> {
    let is_digit = |char: u32| (u32::from(b'0')..=u32::from(b'9')).contains(&char);
    let (mut groups, mut begun) = (Vec::new(), start);
    for place in start..=end {
        if place == end || !is_digit(text[place]) {
            if place >= begun + DIGITS_IN_GROUP {
                groups.push((begun, place));
            }
            begun = place + 1;
        }
    }
    groups
}
