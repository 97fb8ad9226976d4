//! The rows of which `automaton.rs` reads for all at once, in one text.

use crate::automaton::{Automaton, Walk, LANES};
use crate::backward::Begun;
use crate::identify::still_to_find;

const ROWS: usize = u64::BITS as usize;
/// Of how many places that come it is asked whether something is to be read there.
const AHEAD: usize = 4 * LANES;

/// Where they begin in a text, and what was read from some of these places on.
pub struct Together<'a> {
    automaton: Option<&'a mut Automaton>,
    classes: Vec<u8>,
    /// The last place first.
    places: Vec<Begun>,
    pub rows: u64,
    /// Those of which the end is known, and not only that they may match.
    pub exact: u64,
    /// Before it *places* says nothing.
    pub known_from: usize,
    walks: [Walk; LANES],
    /// Those of *walks* that were made, and which was asked for last.
    made: usize,
    asked: usize,
    wanted: u64,
}

impl<'a> Together<'a> {
    /// *read* is what the text is read as, *classes* those of its characters, if they are known.
    pub fn of(automaton: Option<&'a mut Automaton>, read: &[u32], classes: Option<Vec<u8>>, wanted: u64) -> Self {
        let mut made = Together {
            classes: Vec::new(),
            places: Vec::new(),
            rows: automaton.as_ref().map_or(0, |automaton| automaton.rows()),
            exact: automaton.as_ref().map_or(0, |automaton| automaton.exact()),
            known_from: 0,
            automaton,
            walks: [Walk::default(); LANES],
            made: 0,
            asked: 0,
            wanted,
        };
        if let Some(automaton) = made.automaton.as_mut().filter(|automaton| automaton.rows() & wanted != 0) {
            made.classes = classes.unwrap_or_else(|| automaton.classes(read));
            let (places, known_from) = automaton.beginnings(&made.classes);
            (made.places, made.known_from) = (places, known_from);
        }
        made
    }

    /// The next place where any of them begins.
    pub fn place(&self) -> Option<u32> {
        self.places.last().map(|(place, _)| *place)
    }

    /// Which begin there. It is not asked for again.
    pub fn begun(&mut self) -> u64 {
        self.places.pop().map_or(0, |(_, rows)| rows)
    }

    /// Which match at *place*, which is that of `begun` or before all that are to come, or may. *next*: where the last match
    /// of each row ends. What comes next is read at the same time.
    pub fn matching_from(&mut self, place: usize, next: &[usize; ROWS]) -> u64 {
        let automaton = match &mut self.automaton {
            Some(automaton) => automaton,
            None => return 0,
        };
        self.asked = match self.walks[..self.made].iter().position(|walk| walk.place == place) {
            Some(asked) => asked,
            None => {
                self.walks[0].place = place;
                self.made = 1;
                let coming = self.places.iter().rev().take(if place < self.known_from { 0 } else { AHEAD });
                let coming = coming
                    .filter(|(place, rows)| still_to_find(rows & self.wanted & self.rows, *place as usize, next) != 0);
                for ((place, _), walk) in coming.zip(&mut self.walks[1..]) {
                    walk.place = *place as usize;
                    self.made += 1;
                }
                automaton.walk(&self.classes, &mut self.walks[..self.made]);
                0
            }
        };
        self.walks[self.asked].rows
    }

    /// Where the match of *row* ends that was asked for last.
    pub fn end_of(&self, row: usize) -> usize {
        self.walks[self.asked].ends[row]
    }
}

impl Drop for Together<'_> {
    fn drop(&mut self) {
        if let Some(automaton) = &mut self.automaton {
            automaton.take_back(std::mem::take(&mut self.classes), std::mem::take(&mut self.places));
        }
    }
}
