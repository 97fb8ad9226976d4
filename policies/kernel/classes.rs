//! The classes of characters that no step of any row tells apart.

use crate::matcher::{self as steps, Matcher};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A set of classes, a bit each.
pub type Classes = u128;
/// One bit is left for what stands before a text and behind it.
const MOST: usize = 127;
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
    /// The classes for the steps of *programs*, which are *code*. None: there are too many.
    pub fn of(code: &[u32], sets: &[u32], programs: impl Iterator<Item = usize>) -> Option<Self> {
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
        classed.number = numbers.len();
        Some(classed)
    }

    #[inline(always)]
    pub fn class(&self, char: u32) -> u8 {
        match self.of_unit.get(char as usize) {
            Some(class) => *class,
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
