//! Whether the records of a list are written alike, octet by octet, and where their values stand.
//!
//! A template is made by `json/template.py`: pieces, each a kind (one octet), a length (two, the low one first) and so
//! many octets that every record has in this place. The kind says what follows them.

/// A value that stays as it is.
const SHOWN: u8 = 0;
/// A text, or null, whose place is told.
const TAKEN: u8 = 1;
/// The end of the record.
const END: u8 = 2;

/// Digits that every reader takes for the same integer.
const MOST_DIGITS: usize = 18;

/// Writes to *spans* where each value that is taken begins and ends, record by record, and to *counts* how many of each
/// are texts with something in them, and how many are null. Returns how many records there are.
///
/// None where a record is not written like *template*, where there is no room, or where what they hold is not text in
/// UTF-8 without backslashes and control characters. *records* have a comma between them and nothing around them.
pub fn split(template: &[u8], records: &[u8], spans: &mut [u32], counts: &mut [u32]) -> Option<i64> {
    u32::try_from(records.len()).ok()?;
    std::str::from_utf8(records).ok()?;
    // All at once, for which the processor needs no time worth mentioning.
    if records.iter().fold(false, |is_bad, octet| is_bad | (*octet < 0x20) | (*octet == b'\\')) {
        return None;
    }
    let pieces = pieces_of(template)?;
    counts.fill(0);
    let (mut at, mut room, mut number) = (0, spans.iter_mut(), 0);
    loop {
        let mut group = 0;
        for (kind, literal) in &pieces {
            at += literal.len();
            if records.get(at - literal.len()..at)? != *literal {
                return None;
            }
            if *kind == END {
                break;
            }
            let end = at + if *kind == SHOWN { shown(&records[at..])? } else { text_or_null(&records[at..])? };
            if *kind == TAKEN {
                *room.next()? = at as u32;
                *room.next()? = end as u32;
                let (texts, nulls) = (2 * group, 2 * group + 1);
                if records[at] != b'"' {
                    *counts.get_mut(nulls)? += 1;
                } else if end - at > 2 {
                    *counts.get_mut(texts)? += 1;
                }
                group += 1;
            }
            at = end;
        }
        number += 1;
        if at == records.len() {
            return Some(number);
        }
        if records[at] != b',' {
            return None;
        }
        at += 1;
    }
}

fn pieces_of(template: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let [kind, low, high, behind @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        pieces.push((*kind, behind.get(..length)?));
        rest = &behind[length..];
    }
    (rest.is_empty() && pieces.last()?.0 == END).then_some(pieces)
}

/// How long the value is that stands at the beginning of *rest* and is spelled as a serialiser would spell it again.
fn shown(rest: &[u8]) -> Option<usize> {
    match *rest.first()? {
        b't' if rest.starts_with(b"true") => Some(4),
        b'f' if rest.starts_with(b"false") => Some(5),
        b'0' => Some(1),
        b'1'..=b'9' => integer(rest),
        b'-' => Some(1 + integer(&rest[1..])?),
        _ => text_or_null(rest),
    }
}

fn integer(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    (rest.first() != Some(&b'0') && (1..=MOST_DIGITS).contains(&digits)).then_some(digits)
}

fn text_or_null(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'"', behind @ ..] => Some(2 + behind.iter().position(|octet| *octet == b'"')?),
        _ => rest.starts_with(b"null").then_some(4),
    }
}
