//! What stands where a row may have found something.

use crate::matcher::Matcher;

const LONGEST: usize = 64;
const ASCII: u32 = 128;
/// Letters and digits, a bit each.
const LETTERS: [u32; 4] = [0, 0x03FF_0000, 0x07FF_FFFE, 0x07FF_FFFE];
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
            let text = text.get(span.0..span.1)?;
            self.length = match self.all_of(text, matcher.ascii(stripped)?) {
                true => text.len(),
                false => self.stripped_of(text, stripped, matcher)?,
            };
            self.span = span;
        }
        self.chars.get(..self.length)
    }

    /// Whether *text* is letters and digits, of which there are none among the *stripped*: then it is taken as a whole.
    fn all_of(&mut self, text: &[u32], stripped: [u32; 4]) -> bool {
        let mut is_all =
            text.len() <= LONGEST && stripped.iter().zip(LETTERS).all(|(some, letters)| some & letters == 0);
        for (to, char) in self.chars.iter_mut().zip(text) {
            *to = (*char as u8).to_ascii_uppercase();
            is_all &= *char < ASCII && to.is_ascii_alphanumeric();
        }
        is_all
    }

    /// How many characters of *text* there are, which are taken, but for the *stripped*.
    fn stripped_of(&mut self, text: &[u32], stripped: usize, matcher: &Matcher) -> Option<usize> {
        let mut length = 0;
        for char in text {
            if !matcher.holds(stripped, *char)? {
                *self.chars.get_mut(length)? = u8::try_from(*char).ok().filter(u8::is_ascii)?.to_ascii_uppercase();
                length += 1;
            }
        }
        Some(length)
    }
}

pub fn is_digit(char: u32) -> bool {
    (u32::from(b'0')..=u32::from(b'9')).contains(&char)
}

/// Where four digits or more stand in a row, from *start* to *end* of *text*.
pub fn digit_groups(text: &[u32], start: usize, end: usize) -> Vec<(usize, usize)> {
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
