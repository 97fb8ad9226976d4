//! Puts masks in the place of values, and leaves everything else as it is.

/// What becomes of the values of a group is told by four numbers, the first of which is one of these.
const LEFT: u32 = 0;
/// What `positions.keep` makes of them: then come how many of the first and last characters are shown, and how many
/// stars stand between them, with one added; 0 for one star for each character that is hidden.
const KEPT: u32 = 1;
/// Three stars.
const REDACTED: u32 = 2;
/// What Python has spelled, the values of each record that has one in order.
pub const PUT: u32 = 3;

/// Python knows them as well.
pub const UNKNOWN: i64 = -2;
const BEHIND_RECORD: u8 = 0x1e;
const STARS: usize = 3;
pub const NUMBERS: usize = 4;

/// Writes to *out* what *records* become, and returns how long it is.
///
/// *spans* are those of `records::split`. *put* holds what Python has spelled, group by group, and *ends* where each ends
/// in it. None where there is no room, or they do not go together. `UNKNOWN` where there are values of which the kernel
/// does not know what `keep` makes: then *masks* says of all groups that have one that Python must spell them.
pub fn weave(
    records: &[u8],
    spans: &[u32],
    masks: &mut [u32],
    put: &[u8],
    ends: &[u32],
    out: &mut [u8],
) -> Option<i64> {
    let groups = masks.len() / NUMBERS;
    let mut putting = putting_of(masks, spans, ends)?;
    let mut woven = Woven { out, length: 0 };
    let mut at = 0;
    for of_record in spans.chunks_exact(2 * groups) {
        for (group, span) in of_record.chunks_exact(2).enumerate() {
            let (begin, end) = (span[0] as usize, span[1] as usize);
            woven.add(records.get(at..begin)?)?;
            let value = records.get(begin..end)?;
            let mask = &masks[NUMBERS * group..NUMBERS * (group + 1)];
            match mask[0] {
                LEFT => woven.add(value)?,
                PUT => {
                    let place = &mut putting[group];
                    let start = if *place == 0 { 0 } else { *ends.get(*place - 1)? as usize };
                    woven.add(put.get(start..*ends.get(*place)? as usize)?)?;
                    *place += 1;
                }
                _ if value.len() <= 2 || value[0] != b'"' => woven.add(value)?, // nothing in it, or null
                REDACTED => woven.add(b"\"***\"")?,
                KEPT => {
                    if !keep(&mut woven, &value[1..value.len() - 1], mask)? {
                        return leave_unknown(records, spans, masks);
                    }
                }
                _ => return None,
            }
            at = end;
        }
    }
    woven.add(records.get(at..)?)?;
    Some(woven.length as i64)
}

/// Leaves to Python, in *masks*, all groups of which some value is none that `keep` is known of.
fn leave_unknown(records: &[u8], spans: &[u32], masks: &mut [u32]) -> Option<i64> {
    let groups = masks.len() / NUMBERS;
    for of_record in spans.chunks_exact(2 * groups) {
        for (span, mask) in of_record.chunks_exact(2).zip(masks.chunks_exact_mut(NUMBERS)) {
            let value = records.get(span[0] as usize..span[1] as usize)?;
            if mask[0] == KEPT && value.len() > 2 && value[0] == b'"' && Seen::of(&value[1..value.len() - 1]).is_none()
            {
                mask[0] = PUT;
            }
        }
    }
    Some(UNKNOWN)
}

/// Writes to *out* the texts of the *chosen* groups, each with a line break behind it, record by record, and behind each
/// record an octet that no text holds. Of null is written what is written of a text without anything in it.
///
/// Returns how long that is; None where there is no room. *chosen* says of each group whether it is, by 1.
pub fn gather(records: &[u8], spans: &[u32], chosen: &[u8], out: &mut [u8]) -> Option<i64> {
    let mut woven = Woven { out, length: 0 };
    if chosen.is_empty() {
        return None;
    }
    for of_record in spans.chunks_exact(2 * chosen.len()) {
        for (span, is_chosen) in of_record.chunks_exact(2).zip(chosen) {
            if *is_chosen == 1 {
                let value = records.get(span[0] as usize..span[1] as usize)?;
                if value.first() == Some(&b'"') {
                    woven.add(value.get(1..value.len() - 1)?)?;
                }
                woven.add(b"\n")?;
            }
        }
        woven.add(&[BEHIND_RECORD])?;
    }
    Some(woven.length as i64)
}

/// Where the values that are put begin among *ends*, group by group: each has one for every record.
fn putting_of(masks: &[u32], spans: &[u32], ends: &[u32]) -> Option<Vec<usize>> {
    let groups = masks.len() / NUMBERS;
    if groups == 0 || spans.len() % (2 * groups) != 0 {
        return None;
    }
    let (number, mut places, mut next) = (spans.len() / (2 * groups), Vec::with_capacity(groups), 0);
    for mask in masks.chunks_exact(NUMBERS) {
        places.push(next);
        if mask[0] == PUT {
            next += number;
        }
    }
    (next == ends.len()).then_some(places)
}

struct Woven<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl Woven<'_> {
    fn add(&mut self, octets: &[u8]) -> Option<()> {
        self.out.get_mut(self.length..self.length + octets.len())?.copy_from_slice(octets);
        self.length += octets.len();
        Some(())
    }

    fn stars(&mut self, number: usize) -> Option<()> {
        self.out.get_mut(self.length..self.length + number)?.fill(b'*');
        self.length += number;
        Some(())
    }
}

/// Writes what `positions.keep` makes of *value*. Returns false, and nothing is to be believed of what was written, where
/// there are characters in it that may be passed over.
fn keep(woven: &mut Woven, value: &[u8], mask: &[u32]) -> Option<bool> {
    let (first, last) = (mask[1] as usize, mask[2] as usize);
    let fill = (mask[3] as usize).checked_sub(1);
    let seen = match Seen::of(value) {
        Some(seen) => seen,
        None => return Some(false),
    };
    let (length, shown) = (seen.length(), first + last);
    let least = std::cmp::max(1, (shown + 1) / 2);
    woven.add(b"\"")?;
    if length < shown + least {
        woven.stars(fill.map_or(std::cmp::max(length, STARS), |fill| shown + fill))?;
    } else {
        woven.add(&value[..seen.place_of(first)])?;
        woven.stars(fill.unwrap_or(length - shown))?;
        woven.add(&value[seen.place_of(length - last)..])?;
    }
    woven.add(b"\"")?;
    Some(true)
}

/// A text of characters that masks count, and nothing else.
enum Seen<'a> {
    Ascii(&'a [u8]),
    Other(&'a str, usize),
}

impl<'a> Seen<'a> {
    fn of(value: &'a [u8]) -> Option<Self> {
        if value.iter().all(|octet| octet.is_ascii_graphic()) {
            return Some(Seen::Ascii(value));
        }
        let text = std::str::from_utf8(value).ok()?;
        let mut length = 0;
        for character in text.chars() {
            if !is_seen(character) {
                return None;
            }
            length += 1;
        }
        Some(Seen::Other(text, length))
    }

    fn length(&self) -> usize {
        match self {
            Seen::Ascii(value) => value.len(),
            Seen::Other(_, length) => *length,
        }
    }

    /// Where the character of this *number* begins.
    fn place_of(&self, number: usize) -> usize {
        match self {
            Seen::Ascii(_) => number,
            Seen::Other(text, _) => text.char_indices().nth(number).map_or(text.len(), |(place, _)| place),
        }
    }
}

/// Whether masks count *character*: what may be passed over (`positions.seen`) is none of these.
fn is_seen(character: char) -> bool {
    matches!(character, '!'..='~' | '\u{b7}' | '\u{3001}'..='\u{3002}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff5e}')
}
