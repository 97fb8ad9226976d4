//! Reads a text once for all rows that share what they read: from a place on, which of them match there, and where these end.
//!
//! Its states are those of the steps of all patterns together, made when a text first comes to them: a text of identifiers
//! comes to a few hundred. The order of ways is kept, so a match ends where `re` ends it. Of what has no state (a look at more
//! than one character, a group that is asked for later) more is let through, and the steps decide: see `matcher.rs`.
//!
//! Source: Thompson's construction, with threads in order of preference as in Cox, "Regular Expression Matching: the Virtual
//! Machine Approach", 2009.

use crate::backward::{Backward, Begun};
use crate::classes::Classed;
use crate::nodes::{Maker, Node, Nodes};
use std::collections::HashMap;

const SLOTS: usize = 64;
/// Whatever number is asked for: less than that of a state has room for.
const MOST_STATES: usize = 1 << 14;
/// From how many places it reads at a time: the processor waits for one table while it looks into another.
pub const LANES: usize = 4;

/// Octets that are kept for each of two things to be told of a text.
const MOST_ROOM: usize = 1 << 20;

const UNKNOWN: u16 = 0;
/// The state that reads nothing, and leads to itself.
const DONE: u16 = 1;
/// Of a state behind which there is something to note, or nothing to read.
const NOTABLE: u16 = 1 << 15;

#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct State {
    /// Where its threads go on, in order of preference, those of a slot together.
    threads: Vec<u32>,
    /// The class behind which that is, where any of them asks.
    behind: u8,
    /// The slots that have matched before the character that was read last.
    matched: u64,
}

pub struct Automaton {
    nodes: Nodes,
    asks_behind: Vec<bool>,
    first_threads: Vec<u32>,
    /// Rows, a bit each.
    rows: u64,
    /// Of which it says where they end, and not only that they may match.
    exact: u64,
    /// Rows, and what has to come from the place on where each begins.
    ahead: Vec<(u64, u64)>,
    classed: Classed,
    /// Where rows begin, as seen from behind. None: that cannot be said.
    backward: Option<Backward>,
    /// Of what stands before a text and behind it.
    no_class: u8,
    /// By how many bits the number of a state is more than that of a class.
    shift: u32,
    /// How many states there may be.
    most: usize,
    states: Vec<State>,
    numbers: HashMap<State, u16>,
    /// Of each state, by the class that is read: small, for it is read at every character.
    next: Vec<u16>,
    begins: Vec<u16>,
    /// How often it has begun anew.
    begun_anew: u32,
    seen: Vec<u32>,
    round: u32,
    /// For the classes of the next text, and where rows begin in it: memory that is new takes longer to be written.
    room: (Vec<u8>, Vec<Begun>),
}

/// What was read from a place on: the rows that match there, or may, a bit each, and where each ends.
#[derive(Clone, Copy)]
pub struct Walk {
    pub place: usize,
    pub rows: u64,
    pub ends: [usize; SLOTS],
}

impl Default for Walk {
    fn default() -> Self {
        Walk { place: usize::MAX, rows: 0, ends: [0; SLOTS] }
    }
}

impl Automaton {
    /// That of the rows among *rows*, each its number and its program, whose steps are *code*; *read_as* is what each code
    /// unit is read as, *most* how many states are kept. None: there are too many.
    pub fn new(code: &[u32], sets: &[u32], rows: &[(usize, usize)], read_as: &[u16], most: usize) -> Option<Self> {
        let classed = Classed::of(code, sets, rows.iter().map(|(_, program)| *program), read_as)?;
        let (mut nodes, mut firsts, mut ahead) = (Nodes::default(), Vec::new(), Vec::new());
        let mut exact = 0;
        for (row, program) in rows {
            let mut maker = Maker::of(code, &classed.members, *row, &mut nodes);
            let first = maker.node(*program)?;
            let (is_exact, body) = (maker.is_exact, maker.ahead_of(*program)?);
            firsts.push((1 << row, first));
            exact |= u64::from(is_exact) << row;
            if let Some(body) = body {
                let slot = (SLOTS - 1).checked_sub(ahead.len())?;
                let first = Maker::of(code, &classed.members, slot, &mut nodes).node(body)?;
                firsts.push((1 << slot, first));
                ahead.push((1 << row, 1 << slot));
            }
        }
        if rows.iter().any(|(row, _)| row + ahead.len() >= SLOTS) || rows.is_empty() {
            return None;
        }
        let no_class = classed.number as u8;
        let shift = (classed.number + 1).next_power_of_two().trailing_zeros();
        let mut made = Automaton {
            asks_behind: nodes.asking_behind(),
            first_threads: firsts.iter().map(|(_, node)| *node).collect(),
            rows: rows.iter().fold(0, |bits, (row, _)| bits | 1 << row),
            exact,
            classed,
            backward: Backward::new(&nodes.each, &firsts, &ahead, no_class, shift),
            ahead,
            no_class,
            shift,
            most: most.min(MOST_STATES),
            states: Vec::new(),
            numbers: HashMap::new(),
            next: Vec::new(),
            begins: Vec::new(),
            begun_anew: 0,
            seen: vec![0; nodes.each.len()],
            round: 0,
            room: (Vec::new(), Vec::new()),
            nodes,
        };
        made.forget();
        Some(made)
    }

    /// The rows that it reads for, a bit each.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Those of which it says where they end; of others their steps say it.
    pub fn exact(&self) -> u64 {
        self.exact
    }

    /// Begins anew, with no state but those that read nothing.
    fn forget(&mut self) {
        self.states.clear();
        self.numbers.clear();
        self.next.clear();
        self.begins = vec![UNKNOWN; usize::from(self.no_class) + 1];
        self.begun_anew = self.begun_anew.wrapping_add(1);
        self.add(State::default());
        self.add(State::default());
        self.next[usize::from(DONE) << self.shift..].fill(DONE);
    }

    fn add(&mut self, state: State) -> u16 {
        let is_notable = state.matched != 0 || state.threads.is_empty();
        let number = self.states.len() as u16 | if is_notable { NOTABLE } else { 0 };
        self.next.resize(self.next.len() + (1 << self.shift), UNKNOWN);
        self.states.push(state.clone());
        self.numbers.insert(state, number);
        number
    }

    fn number_of(&mut self, state: State) -> u16 {
        match self.numbers.get(&state) {
            Some(number) => *number,
            None => {
                if self.states.len() >= self.most {
                    self.forget();
                }
                self.add(state)
            }
        }
    }

    /// The class of each character of *text*, and at last that of none. None: some are not read as they stand, or may not be.
    pub fn classes_as_it_stands(&mut self, text: &[u32]) -> Option<Vec<u8>> {
        let mut classes = self.classed.as_it_stands(text, std::mem::take(&mut self.room.0))?;
        classes.push(self.no_class);
        Some(classes)
    }

    /// The same of *read*, what a text is read as.
    pub fn classes(&mut self, read: &[u32]) -> Vec<u8> {
        self.classes_as_it_stands(read).unwrap_or_else(|| {
            read.iter().map(|char| self.classed.class(*char)).chain(std::iter::once(self.no_class)).collect()
        })
    }

    /// Where rows begin in a text of *classes*, the last first, and from where on that is known: see `backward.rs`.
    pub fn beginnings(&mut self, classes: &[u8]) -> (Vec<Begun>, usize) {
        let room = std::mem::take(&mut self.room.1);
        match &mut self.backward {
            Some(backward) => backward.beginnings(classes, room),
            None => (Vec::new(), classes.len()),
        }
    }

    /// Takes back what it has told of a text: the next has its place, unless that is too much to be kept.
    pub fn take_back(&mut self, classes: Vec<u8>, begun: Vec<Begun>) {
        if classes.capacity() <= MOST_ROOM && begun.capacity() * std::mem::size_of::<Begun>() <= MOST_ROOM {
            self.room = (classes, begun);
        }
    }

    /// Reads a text of *classes* from the place of each of *walks* on.
    pub fn walk(&mut self, classes: &[u8], walks: &mut [Walk]) {
        let begun_anew = self.begun_anew;
        if let Ok(walks) = <&mut [Walk; LANES]>::try_from(&mut *walks) {
            self.walk_together(classes, walks);
        }
        if walks.len() < LANES || self.begun_anew != begun_anew {
            walks.iter_mut().for_each(|walk| self.walk_alone(classes, walk));
        }
        for walk in walks {
            let lacking = self.ahead.iter().filter(|(_, needed)| walk.rows & needed == 0);
            walk.rows &= !lacking.fold(0, |rows, (row, _)| rows | row) & self.rows;
        }
    }

    fn walk_alone(&mut self, classes: &[u8], walk: &mut Walk) {
        let mut state = self.begun(classes, walk);
        for (at, class) in classes.iter().enumerate().skip(walk.place) {
            let next = self.next[self.place(state, *class)];
            state = if is_plain(next) { next } else { self.noted(state, *class, at, walk) };
            if state == DONE {
                break;
            }
        }
    }

    /// The same from several places at a time. Where it begins anew meanwhile, that comes to nothing.
    fn walk_together(&mut self, classes: &[u8], walks: &mut [Walk; LANES]) {
        let begun_anew = self.begun_anew;
        let (mut states, mut places) = ([DONE; LANES], [0; LANES]);
        for lane in 0..LANES {
            states[lane] = self.begun(classes, &mut walks[lane]);
            places[lane] = walks[lane].place;
        }
        if self.begun_anew != begun_anew {
            return;
        }
        while states != [DONE; LANES] {
            let most = places.iter().fold(0, |last, place| place.max(&last).to_owned());
            let read =
                self.plain_steps(&places.map(|place| &classes[place..place + classes.len() - most]), &mut states);
            for lane in 0..LANES {
                let place = places[lane] + read;
                // Nothing is read behind the class of none, at which all is done.
                let class = classes[place];
                let next = self.next[self.place(states[lane], class)];
                states[lane] =
                    if is_plain(next) { next } else { self.noted(states[lane], class, place, &mut walks[lane]) };
                if self.begun_anew != begun_anew {
                    return; // the other states are no more
                }
                places[lane] = if states[lane] == DONE { 0 } else { place + 1 };
            }
        }
    }

    /// How many steps all *states* can take, each in its text of *classes*, until there is something to note.
    #[inline(always)]
    fn plain_steps(&self, classes: &[&[u8]; LANES], states: &mut [u16; LANES]) -> usize {
        let (table, shift, length) = (&self.next[..], self.shift, classes[0].len());
        let next = |state: u16, class: u8| table[usize::from(state) << shift | usize::from(class)];
        let [first, second, third, fourth] = classes.map(|classes| &classes[..length]);
        let [mut a, mut b, mut c, mut d] = *states;
        for step in 0..length {
            let (to_a, to_b) = (next(a, first[step]), next(b, second[step]));
            let (to_c, to_d) = (next(c, third[step]), next(d, fourth[step]));
            if !(is_plain(to_a) & is_plain(to_b) & is_plain(to_c) & is_plain(to_d)) {
                *states = [a, b, c, d];
                return step;
            }
            (a, b, c, d) = (to_a, to_b, to_c, to_d);
        }
        *states = [a, b, c, d];
        length
    }

    /// What *next* says behind *state*, where that is more than the number of a state.
    #[inline(never)]
    fn noted(&mut self, state: u16, class: u8, place: usize, walk: &mut Walk) -> u16 {
        let mut next = self.next[self.place(state, class)];
        if next == UNKNOWN {
            next = self.step(state, class);
        }
        if next & NOTABLE == 0 {
            return next;
        }
        next &= !NOTABLE;
        let behind = &self.states[usize::from(next)];
        let mut matched = behind.matched;
        walk.rows |= matched;
        while matched != 0 {
            walk.ends[matched.trailing_zeros() as usize] = place;
            matched &= matched - 1;
        }
        if behind.threads.is_empty() {
            DONE
        } else {
            next
        }
    }

    #[inline(always)]
    fn place(&self, state: u16, class: u8) -> usize {
        usize::from(state) << self.shift | usize::from(class)
    }

    /// The state in which rows begin at the place of *walk*, which has found nothing yet.
    fn begun(&mut self, classes: &[u8], walk: &mut Walk) -> u16 {
        walk.rows = 0;
        let before = walk.place.checked_sub(1).map_or(self.no_class, |before| classes[before]);
        let state = self.begins[usize::from(before)];
        if state != UNKNOWN {
            return state;
        }
        let is_asking = self.first_threads.iter().any(|node| self.asks_behind[*node as usize]);
        let behind = if is_asking { before } else { 0 };
        let state = self.number_of(State { threads: self.first_threads.clone(), behind, matched: 0 });
        self.begins[usize::from(before)] = state;
        state
    }

    /// The state behind *state* when one of *class* is read.
    fn step(&mut self, state: u16, class: u8) -> u16 {
        let from = self.states[usize::from(state)].clone();
        let mut to = State::default();
        self.round += 1;
        let mut waiting: Vec<u32> = Vec::new();
        for thread in &from.threads {
            waiting.push(*thread);
            while let Some(node) = waiting.pop() {
                let slot = 1u64 << self.nodes.slot_of[node as usize];
                if to.matched & slot != 0 || self.seen[node as usize] == self.round {
                    continue;
                }
                self.seen[node as usize] = self.round;
                match self.nodes.each[node as usize] {
                    Node::Read(classes, next) if classes >> class & 1 == 1 => to.threads.push(next),
                    Node::Either(first, second) => waiting.extend([second, first]),
                    Node::Behind(classes, next) if classes >> from.behind & 1 == 1 => waiting.push(next),
                    Node::Before(classes, next) if classes >> class & 1 == 1 => waiting.push(next),
                    Node::Matched => to.matched |= slot,
                    _ => (),
                }
            }
        }
        let done = to.matched & !self.exact;
        self.round += 1;
        let (slot_of, seen, round) = (&self.nodes.slot_of, &mut self.seen, self.round);
        to.threads.retain(|node| {
            let is_first = std::mem::replace(&mut seen[*node as usize], round) != round;
            is_first && done >> slot_of[*node as usize] & 1 == 0
        });
        if to.threads.iter().any(|node| self.asks_behind[*node as usize]) {
            to.behind = class;
        }
        let states = self.states.len();
        let number = self.number_of(to);
        if self.states.len() >= states {
            let place = self.place(state, class);
            self.next[place] = number;
        }
        number
    }
}

/// Whether *next* is the number of a state, and no more.
#[inline(always)]
fn is_plain(next: u16) -> bool {
    next.wrapping_sub(1) < NOTABLE - 1
}
