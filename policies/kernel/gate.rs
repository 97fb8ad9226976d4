//! Whether a text can open the gate before the recognisers at all: of most texts it cannot.
//!
//! It reads code units of UTF-16 one by one, with tables that Python makes from its own: what each may be, what it is read
//! as, and which words there are. It may say yes where the gate says no, and never the other way.

/// What a code unit may be. The same numbers stand in `recognisers/first_look.py`.
const DIGIT: u16 = 1;
const WORD: u16 = 2;
const ALWAYS: u16 = 4;
const NUMERAL: u16 = 8;
const HAN: u16 = 16;
const SPACE: u16 = 32;
const PACKED: u16 = 64;
const PLATE: u16 = 128;
const LOOK_ALIKE: u16 = 256;
const BETWEEN: u16 = 512;

/// Digits of the shortest number that stands in groups, and code units that may stand between two of its digits.
const DIGITS_IN_GROUPS: u32 = 10;
const GAP: usize = 3;
const DIGITS_IN_ROW: u32 = 7;
const NUMERALS_IN_ROW: u32 = 4;
const LETTERS_PACKED: u32 = 15;
const SPACES: u32 = 4;

/// How far each row that matters has come.
#[derive(Default)]
struct Rows {
    digits: u32,
    together: u32,
    last_digit: usize,
    numerals: u32,
    last_numeral: usize,
    packed: u32,
    spaces: u32,
    after_han: bool,
}

/// 0 only where *text* opens nothing. *classes* and *folded* have a value for each code unit, *chains* leads from the hash
/// of the first two units of a word to where in *words* those stand that have it, each behind its length, and a 0 at last.
pub fn may_open(text: &[u16], classes: &[u16], folded: &[u16], chains: &[u16], words: &[u16]) -> Option<i64> {
    let mut rows = Rows::default();
    for (place, unit) in text.iter().enumerate() {
        let class = *classes.get(usize::from(*unit))?;
        if class == HAN && rows.spaces == 0 && rows.packed == 0 {
            rows.after_han = true;
            rows.digits = 0;
            continue;
        }
        if class & ALWAYS != 0
            || rows.completes(place, class)
            || (class & LOOK_ALIKE != 0 && is_beside_digit(text, place))
            || (class & PLATE != 0 && starts_plate(text, place))
            || (class & WORD != 0 && starts_word(&text[place..], folded, chains, words)?)
        {
            return Some(1);
        }
    }
    Some(0)
}

impl Rows {
    /// Whether a unit of *class* at *place* makes one of them long enough.
    fn completes(&mut self, place: usize, class: u16) -> bool {
        let mut found = false;
        if class & DIGIT != 0 {
            self.together = if self.digits > 0 && self.last_digit + 1 == place { self.together + 1 } else { 1 };
            self.digits = if self.digits > 0 && place - self.last_digit <= GAP + 1 { self.digits + 1 } else { 1 };
            found |= self.digits >= DIGITS_IN_GROUPS || self.together >= DIGITS_IN_ROW;
            found |= self.numerals > 0 && place - self.last_numeral <= 2;
            self.last_digit = place;
        }
        if class & NUMERAL != 0 {
            self.numerals = if self.numerals > 0 && place - self.last_numeral <= 2 { self.numerals + 1 } else { 1 };
            found |= self.numerals >= NUMERALS_IN_ROW || (self.digits > 0 && place - self.last_digit <= 2);
            self.last_numeral = place;
        }
        if class & (DIGIT | BETWEEN) == 0 {
            self.digits = 0; // another character than these ends the groups that a number is written in
        }
        self.packed = if class & PACKED != 0 { self.packed + 1 } else { 0 };
        found |= self.packed >= LETTERS_PACKED;
        if class & HAN != 0 {
            found |= self.after_han && (1..=SPACES).contains(&self.spaces);
            self.after_han = true;
            self.spaces = 0;
        } else if class & SPACE != 0 {
            self.spaces += 1;
        } else {
            self.after_han = false;
            self.spaces = 0;
        }
        found
    }
}

fn is_beside_digit(text: &[u16], place: usize) -> bool {
    let digits = u16::from(b'0')..=u16::from(b'9');
    let before = place.checked_sub(1).and_then(|place| text.get(place));
    before.into_iter().chain(text.get(place + 1)).any(|unit| digits.contains(unit))
}

/// Whether letters and digits follow as they do on a plate.
fn starts_plate(text: &[u16], place: usize) -> bool {
    text[place + 1..]
        .iter()
        .take(2)
        .any(|unit| u8::try_from(*unit).map_or(false, |octet| octet.is_ascii_alphanumeric()))
}

fn starts_word(text: &[u16], folded: &[u16], chains: &[u16], words: &[u16]) -> Option<bool> {
    let (first, second) = match text {
        [first, second, ..] => (first, second),
        _ => return Some(false),
    };
    let pair = (*folded.get(usize::from(*first))?, *folded.get(usize::from(*second))?);
    let mut at = usize::from(*chains.get(hash(pair.0, pair.1))?);
    if at == 0 {
        return Some(false);
    }
    loop {
        let length = usize::from(*words.get(at)?);
        if length == 0 {
            return Some(false);
        }
        let word = words.get(at + 1..at + 1 + length)?;
        if length <= text.len()
            && text.iter().zip(word).all(|(unit, other)| folded.get(usize::from(*unit)) == Some(other))
        {
            return Some(true);
        }
        at += 1 + length;
    }
}

/// The same in `recognisers/first_look.py`.
fn hash(first: u16, second: u16) -> usize {
    usize::from(first ^ second.rotate_left(5))
}
