//! The classes of characters that no step of any row tells apart.

use crate::matcher::{self as steps, Matcher};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A set of classes, a bit each.
pub type Classes = u128;
/// One bit is left for what stands before a text and behind it.
const MOST: usize = 127;
/// Characters of a text of which it is known together whether they are read as they stand.
const AT_ONCE: usize = 1 << 8;
/// Beside the class of a code unit that is read as another.
const READ_AS_OTHER: u8 = 1 << 7;
const UNITS: u32 = 1 << 16;
const LAST: u32 = 0x10_FFFF;

/// What a step asks of a character.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    Literal(u32),
    Set(u32),
}

/// Every character with its class: those of a class are in the same sets.
pub struct Classed {
    pub number: usize,
    pub members: HashMap<Asked, Classes>,
    of_unit: Vec<u8>,
    /// Beyond the units: where each run of a class begins, in order.
    beyond: Vec<(u32, u8)>,
}

impl Classed {
    /// The classes for the steps of *programs*, which are *code*; *read_as* is what each code unit is read as. None: there
    /// are too many.
    pub fn of(code: &[u32], sets: &[u32], programs: impl Iterator<Item = usize>, read_as: &[u16]) -> Option<Self> {
        let matcher = Matcher::new(code, sets);
        let every = asked_by(code, programs)?;
        let mut begins: BTreeSet<u32> = [0, UNITS].into();
        for asked in &every {
            match asked {
                Asked::Literal(char) => begins.extend([*char, char + 1]),
                Asked::Set(set) => {
                    begins.extend(0..128);
                    let rows = *sets.get(*set as usize + 4)? as usize;
                    for row in sets.get(*set as usize + 5..)?.chunks_exact(2).take(rows) {
                        begins.extend([row[0], row[1].saturating_add(1)]);
                    }
                }
            }
        }
        let mut classed =
            Classed { number: 0, members: HashMap::new(), of_unit: vec![0; UNITS as usize], beyond: Vec::new() };
        let mut numbers: HashMap<Vec<bool>, u8> = HashMap::new();
        let begins: Vec<u32> = begins.into_iter().filter(|begin| *begin <= LAST).collect();
        for (place, begin) in begins.iter().enumerate() {
            let holds = |asked: &Asked| match asked {
                Asked::Literal(char) => Some(char == begin),
                Asked::Set(set) => matcher.holds(*set as usize, *begin),
            };
            let held = every.iter().map(holds).collect::<Option<Vec<bool>>>()?;
            let next = numbers.len();
            let class = *numbers.entry(held.clone()).or_insert(next as u8);
            for (asked, _) in every.iter().zip(&held).filter(|(_, holds)| **holds) {
                *classed.members.entry(*asked).or_default() |= 1 << class;
            }
            if numbers.len() > MOST {
                return None;
            }
            if *begin < UNITS {
                let end = begins.get(place + 1).map_or(UNITS, |end| *end);
                classed.of_unit.get_mut(*begin as usize..end as usize)?.fill(class);
            } else {
                classed.beyond.push((*begin, class));
            }
        }
        for (unit, class) in (0..UNITS).zip(&mut classed.of_unit) {
            if read_as.get(unit as usize).map_or(true, |other| u32::from(*other) != unit) {
                *class |= READ_AS_OTHER;
            }
        }
        classed.number = numbers.len();
        Some(classed)
    }

    /// The classes of the characters of *text*, in *room*. None: some are not read as they stand, or may not be.
    pub fn as_it_stands(&self, text: &[u32], room: Vec<u8>) -> Option<Vec<u8>> {
        let of_unit: &[u8; UNITS as usize] = self.of_unit[..].try_into().ok()?;
        let mut classes = room;
        classes.clear();
        classes.reserve(text.len() + 1);
        for some in text.chunks(AT_ONCE) {
            let begun = classes.len();
            classes.extend(some.iter().map(|char| of_unit[usize::from(*char as u16)]));
            let every_class = classes[begun..].iter().fold(0, |bits, class| bits | class);
            if every_class & READ_AS_OTHER != 0 || some.iter().fold(0, |bits, char| bits | char) >= UNITS {
                return None;
            }
        }
        Some(classes)
    }

    /// The class of *char*, of what a text is read as.
    pub fn class(&self, char: u32) -> u8 {
        match self.of_unit.get(char as usize) {
            Some(class) => *class & !READ_AS_OTHER,
            None => self.beyond[self.beyond.partition_point(|(first, _)| *first <= char) - 1].1,
        }
    }
}

/// All that *programs* ask of a character.
fn asked_by(code: &[u32], programs: impl Iterator<Item = usize>) -> Option<Vec<Asked>> {
    let mut waiting: Vec<usize> = programs.collect();
    let (mut seen, mut every) = (HashSet::new(), Vec::new());
    while let Some(at) = waiting.pop() {
        if !seen.insert(at) {
            continue;
        }
        let operand = |number: usize| code.get(at + number).copied();
        let place = |number: usize| operand(number).map(|place| place as usize);
        match *code.get(at)? {
            steps::LITERAL => {
                every.push(Asked::Literal(operand(1)?));
                waiting.push(at + 2);
            }
            steps::SET => {
                every.push(Asked::Set(operand(1)?));
                waiting.push(at + 2);
            }
            steps::REPEAT => {
                every.push(Asked::Set(operand(1)?));
                waiting.push(at + 5);
            }
            steps::SPACED => {
                every.extend([Asked::Set(operand(1)?), Asked::Set(operand(3)?)]);
                waiting.push(at + 6);
            }
            steps::SPLIT => waiting.extend([place(1)?, place(2)?]),
            steps::JUMP => waiting.push(place(1)?),
            steps::LOOK => waiting.extend([at + 4, place(3)?]),
            steps::IF => waiting.extend([at + 3, place(2)?]),
            steps::SAVE | steps::BACK => waiting.push(at + 2),
            steps::AT_BEGIN | steps::AT_END => waiting.push(at + 1),
            _ => (),
        }
    }
    let mut once = HashSet::new();
    every.retain(|asked| once.insert(*asked));
    Some(every)
}
