//! Check digits of identifiers, as `recognisers/checksums.py` has them, which names the sources.

const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS: &[u8; 11] = b"10X98765432";
const OF_RESIDENT_ID: usize = 18;
const LEAST_OF_CERTIFICATE: usize = 20;
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3, as remainders of 31.
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const NO_VALUE: u8 = u8::MAX;
const USCC_VALUES: [u8; 256] = {
    let mut values = [NO_VALUE; 256];
    let mut place = 0;
    while place < USCC_ALPHABET.len() {
        values[USCC_ALPHABET[place] as usize] = place as u8;
        place += 1;
    }
    values
};
/// The sum of the digits of twice a digit.
const DOUBLED: [u32; 16] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21];
const VIN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
const VIN_VALUES: [u32; 23] = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9];
const VIN_WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const LEAST_LETTERS: usize = 3;

/// What is known of places: codes of divisions, a bit each; the first two digits of provinces, who gives out codes of
/// companies, and the codes of other countries, all in order.
pub struct Places<'a> {
    pub regions: &'a [u32],
    pub provinces: &'a [u32],
    pub issuers: &'a [u32],
    pub countries: &'a [u32],
}

/// Whether *number*, in upper case and without separators, passes *check*. None: there is no such check.
pub fn passes(check: u32, number: &[u8], places: &Places) -> Option<bool> {
    Some(match check {
        1 => is_resident_id(number),
        2 => is_resident_id_15(number),
        3 => is_uscc(number),
        4 => number.starts_with(b"62") && is_luhn(number),
        5 => is_luhn(number),
        6 => is_vin(number),
        7 => has_birth_date(number) && is_of_province(number, places),
        8 => {
            let is_placed = |number| is_region(number, places) || (number[0] == b'9' && is_foreigners(number, places));
            is_resident_id(number) && is_placed(number)
        }
        9 => is_uscc(number) && is_placed_uscc(number, places),
        10 => {
            number.len() == 15
                && number[..3].iter().all(u8::is_ascii_uppercase)
                && is_foreign(&number[..3], places)
                && places.provinces.binary_search(&value(&number[3..5])).is_ok()
        }
        11 => number.len() >= LEAST_OF_CERTIFICATE && passes(8, &number[..OF_RESIDENT_ID], places)?,
        _ => return None,
    })
}

fn is_of_province(number: &[u8], places: &Places) -> bool {
    places.provinces.binary_search(&value(&number[..2])).is_ok() || (number[0] == b'9' && is_foreigners(number, places))
}

fn is_foreigners(number: &[u8], places: &Places) -> bool {
    places.provinces.binary_search(&value(&number[1..3])).is_ok() && is_foreign(&number[3..6], places)
}

fn is_foreign(country: &[u8], places: &Places) -> bool {
    let code = country.iter().fold(0, |code, char| code << 8 | u32::from(*char));
    places.countries.binary_search(&code).is_ok()
}

fn is_region(digits: &[u8], places: &Places) -> bool {
    let code = value(&digits[..6]);
    places.regions.get((code / u32::BITS) as usize).map_or(false, |bits| bits >> (code % u32::BITS) & 1 == 1)
}

fn are_digits(digits: &[u8]) -> bool {
    digits.iter().fold(true, |are_all, digit| are_all & digit.is_ascii_digit())
}

/// Of few digits.
fn value(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit & 15))
}

fn has_birth_date(number: &[u8]) -> bool {
    number.len() == 18
        && are_digits(&number[..17])
        && (1850..=2100).contains(&value(&number[6..10]))
        && is_date(value(&number[6..10]), value(&number[10..12]), value(&number[12..14]))
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_resident_id(number: &[u8]) -> bool {
    has_birth_date(number) && {
        let total: u32 = number.iter().zip(&ID_WEIGHTS).map(|(digit, weight)| u32::from(digit & 15) * weight).sum();
        number[17] == ID_CHECKS[total as usize % 11]
    }
}

fn is_resident_id_15(number: &[u8]) -> bool {
    number.len() == 15
        && are_digits(number)
        && is_date(1900 + value(&number[6..8]), value(&number[8..10]), value(&number[10..12]))
}

fn is_luhn(number: &[u8]) -> bool {
    let pairs = number.rchunks_exact(2);
    let first = pairs.remainder().iter().map(|digit| u32::from(digit & 15)).sum::<u32>();
    let total = pairs.fold(first, |total, pair| total + DOUBLED[usize::from(pair[0] & 15)] + u32::from(pair[1] & 15));
    total % 10 == 0
}

fn is_uscc(code: &[u8]) -> bool {
    if code.len() != 18 {
        return false;
    }
    let (mut total, mut is_of_alphabet) = (0, true);
    for (char, weight) in code.iter().zip(&USCC_WEIGHTS) {
        let value = USCC_VALUES[usize::from(*char)];
        is_of_alphabet &= value != NO_VALUE;
        total += u32::from(value) * weight;
    }
    is_of_alphabet && code[17] == USCC_ALPHABET[(31 - total as usize % 31) % 31]
}

fn is_placed_uscc(code: &[u8], places: &Places) -> bool {
    let issuer = u32::from(code[0]) << 8 | u32::from(code[1]);
    let prefecture = [code[2], code[3], code[4], code[5], b'0', b'0'];
    places.issuers.binary_search(&issuer).is_ok()
        && ((are_digits(&prefecture) && is_region(&prefecture, places)) || code[2..8] == *b"100000")
}

fn is_vin(number: &[u8]) -> bool {
    if number.len() != VIN_WEIGHTS.len() {
        return false;
    }
    let mut total = 0;
    for (char, weight) in number.iter().zip(VIN_WEIGHTS) {
        let value = if char.is_ascii_digit() {
            u32::from(char & 15)
        } else {
            match VIN_LETTERS.iter().position(|other| other == char) {
                Some(letter) => VIN_VALUES[letter],
                None => return false,
            }
        };
        total += value * weight;
    }
    number.iter().filter(|char| char.is_ascii_alphabetic()).count() >= LEAST_LETTERS
        && number[8] == b"0123456789X"[total as usize % 11]
}
