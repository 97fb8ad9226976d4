//! Reads a text once for all rows that share what they read: from a place on, which of them match there, and where these end.
//!
//! Its states are those of the steps of all patterns together, made when a text first comes to them: a text of identifiers
//! comes to a few hundred. The order of ways is kept, so a match ends where `re` ends it. Of what has no state (a look at more
//! than one character, a group that is asked for later) more is let through, and the steps decide: see `matcher.rs`.
//!
//! Source: Thompson's construction, with threads in order of preference as in Cox, "Regular Expression Matching: the Virtual
//! Machine Approach", 2009.

use crate::backward::{Backward, Begun};
use crate::classes::{Asked, Classed, Classes};
use crate::matcher as steps;
use std::collections::{HashMap, HashSet};

const SLOTS: usize = 64;
const MOST_NODES: usize = 1 << 14;
const MOST_STATES: usize = 1 << 13;
/// Of what is repeated, but for what is repeated without end.
const MOST_COPIES: u32 = 128;
const ENDLESS: u32 = u32::MAX;

const UNKNOWN: u16 = 0;
/// Of a state behind which there is something to note, or nothing to read.
const NOTABLE: u16 = 1 << 15;

#[derive(Clone, Copy)]
pub enum Node {
    Read(Classes, u32),
    /// The first is preferred.
    Either(u32, u32),
    Behind(Classes, u32),
    Before(Classes, u32),
    Matched,
}

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
    nodes: Vec<Node>,
    /// The row of each, or the number for what one asks for ahead of where it begins.
    slot_of: Vec<u8>,
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
    states: Vec<State>,
    numbers: HashMap<State, u16>,
    /// Of each state, by the class that is read: small, for it is read at every character.
    next: Vec<u16>,
    begins: Vec<u16>,
    seen: Vec<u32>,
    round: u32,
}

/// Where rows end that match from a place on.
pub type Ends = [usize; SLOTS];

impl Automaton {
    /// That of the rows among *rows*, each its number and its program, whose steps are *code*. None: there are too many.
    pub fn new(code: &[u32], sets: &[u32], rows: &[(usize, usize)]) -> Option<Self> {
        let classed = Classed::of(code, sets, rows.iter().map(|(_, program)| *program))?;
        let members = classed.members.clone();
        let mut made = Automaton {
            nodes: Vec::new(),
            slot_of: Vec::new(),
            asks_behind: Vec::new(),
            first_threads: Vec::new(),
            rows: 0,
            exact: 0,
            ahead: Vec::new(),
            no_class: classed.number as u8,
            shift: (classed.number + 1).next_power_of_two().trailing_zeros(),
            classed,
            backward: None,
            states: Vec::new(),
            numbers: HashMap::new(),
            next: Vec::new(),
            begins: Vec::new(),
            seen: Vec::new(),
            round: 0,
        };
        let mut firsts = Vec::new();
        for (row, program) in rows {
            let mut maker = Maker::of(code, &members, *row, &mut made);
            let first = maker.node(*program)?;
            let (is_exact, ahead) = (maker.is_exact, maker.ahead_of(*program)?);
            firsts.push((1 << row, first));
            made.rows |= 1 << row;
            made.exact |= u64::from(is_exact) << row;
            if let Some(body) = ahead {
                let slot = (SLOTS - 1).checked_sub(made.ahead.len())?;
                let first = Maker::of(code, &members, slot, &mut made).node(body)?;
                firsts.push((1 << slot, first));
                made.ahead.push((1 << row, 1 << slot));
            }
        }
        if rows.iter().any(|(row, _)| row + made.ahead.len() >= SLOTS) || rows.is_empty() {
            return None;
        }
        made.first_threads = firsts.iter().map(|(_, node)| *node).collect();
        made.backward = Backward::new(&made.nodes, &firsts, &made.ahead, made.no_class, made.shift);
        made.asks_behind = (0..made.nodes.len()).map(|node| made.is_asking(node)).collect();
        made.seen = vec![0; made.nodes.len()];
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

    /// Whether what stands behind matters to what is read from *node* on.
    fn is_asking(&self, node: usize) -> bool {
        let (mut waiting, mut seen) = (vec![node as u32], HashSet::new());
        while let Some(node) = waiting.pop() {
            if seen.insert(node) {
                match self.nodes[node as usize] {
                    Node::Behind(..) => return true,
                    Node::Before(_, next) => waiting.push(next),
                    Node::Either(first, second) => waiting.extend([first, second]),
                    Node::Read(..) | Node::Matched => (),
                }
            }
        }
        false
    }

    /// Begins anew, with no state but the one that reads nothing.
    fn forget(&mut self) {
        self.states.clear();
        self.numbers.clear();
        self.next.clear();
        self.begins = vec![UNKNOWN; usize::from(self.no_class) + 1];
        self.add(State::default());
        self.add(State::default());
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
                if self.states.len() >= MOST_STATES {
                    self.forget();
                }
                self.add(state)
            }
        }
    }

    /// The class of each character of *text*, and at last that of none.
    pub fn classes(&self, text: &[u32]) -> Vec<u8> {
        text.iter().map(|char| self.classed.class(*char)).chain(std::iter::once(self.no_class)).collect()
    }

    /// Where rows begin in a text of *classes*, the last first, and from where on that is known: see `backward.rs`.
    pub fn beginnings(&mut self, classes: &[u8]) -> (Vec<Begun>, usize) {
        match &mut self.backward {
            Some(backward) => backward.beginnings(classes),
            None => (Vec::new(), classes.len()),
        }
    }

    /// Which rows match at *place* of a text of *classes*, or may, a bit each, and where each ends.
    pub fn walk(&mut self, classes: &[u8], place: usize, ends: &mut Ends) -> u64 {
        let before = place.checked_sub(1).map_or(self.no_class, |before| classes[before]);
        let mut state = self.begins[usize::from(before)];
        if state == UNKNOWN {
            state = self.begin(before);
        }
        let mut found = 0;
        let mut at = place;
        for class in &classes[place..] {
            let mut next = self.next[self.place(state, *class)];
            if next == UNKNOWN {
                next = self.step(state, *class);
            }
            if next & NOTABLE != 0 {
                next &= !NOTABLE;
                let behind = &self.states[usize::from(next)];
                let mut matched = behind.matched;
                found |= matched;
                while matched != 0 {
                    ends[matched.trailing_zeros() as usize] = at;
                    matched &= matched - 1;
                }
                if behind.threads.is_empty() {
                    break;
                }
            }
            state = next;
            at += 1;
        }
        let lacking = self.ahead.iter().filter(|(_, needed)| found & needed == 0);
        found & !lacking.fold(0, |rows, (row, _)| rows | row) & self.rows
    }

    #[inline(always)]
    fn place(&self, state: u16, class: u8) -> usize {
        usize::from(state) << self.shift | usize::from(class)
    }

    /// The state in which rows begin behind one of class *before*.
    fn begin(&mut self, before: u8) -> u16 {
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
                let slot = 1u64 << self.slot_of[node as usize];
                if to.matched & slot != 0 || self.seen[node as usize] == self.round {
                    continue;
                }
                self.seen[node as usize] = self.round;
                match self.nodes[node as usize] {
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
        let (slot_of, seen, round) = (&self.slot_of, &mut self.seen, self.round);
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

/// Makes nodes of the steps of one row.
struct Maker<'a> {
    code: &'a [u32],
    members: &'a HashMap<Asked, Classes>,
    slot: usize,
    is_exact: bool,
    made: &'a mut Automaton,
    known: HashMap<usize, u32>,
}

impl<'a> Maker<'a> {
    fn of(code: &'a [u32], members: &'a HashMap<Asked, Classes>, slot: usize, made: &'a mut Automaton) -> Self {
        Maker { code, members, slot, is_exact: true, made, known: HashMap::new() }
    }

    fn add(&mut self, node: Node) -> Option<u32> {
        self.made.nodes.push(node);
        self.made.slot_of.push(self.slot as u8);
        (self.made.nodes.len() <= MOST_NODES).then(|| self.made.nodes.len() as u32 - 1)
    }

    /// The node of the step at *at* and of all behind it.
    fn node(&mut self, at: usize) -> Option<u32> {
        if let Some(known) = self.known.get(&at) {
            return Some(*known);
        }
        let operand = |number: usize| self.code.get(at + number).copied();
        let place = |number: usize| operand(number).map(|place| place as usize);
        let node = match *self.code.get(at)? {
            steps::END => self.add(Node::Matched)?,
            steps::LITERAL => {
                let classes = self.classes(Asked::Literal(operand(1)?))?;
                let next = self.node(at + 2)?;
                self.add(Node::Read(classes, next))?
            }
            steps::SET => {
                let classes = self.classes(Asked::Set(operand(1)?))?;
                let next = self.node(at + 2)?;
                self.add(Node::Read(classes, next))?
            }
            steps::REPEAT => {
                let classes = self.classes(Asked::Set(operand(1)?))?;
                let (least, most, is_lazy) = (operand(2)?, operand(3)?, operand(4)? == steps::LAZY);
                let next = self.node(at + 5)?;
                self.repeated(classes, least, most, is_lazy, next)?
            }
            steps::SPLIT => {
                let (first, second) = (self.node(place(1)?)?, self.node(place(2)?)?);
                self.add(Node::Either(first, second))?
            }
            steps::JUMP => self.node(place(1)?)?,
            steps::SAVE => self.node(at + 2)?,
            steps::LOOK => {
                let (is_not, width, behind) = (operand(1)? == 1, operand(2)?, place(3)?);
                let next = self.node(behind)?;
                match self.one_of(at + 4) {
                    Some(classes) if width < 2 => {
                        let classes = if is_not { !classes } else { classes };
                        self.add(if width == 1 { Node::Behind(classes, next) } else { Node::Before(classes, next) })?
                    }
                    _ => {
                        self.is_exact = false;
                        next
                    }
                }
            }
            steps::IF => {
                self.is_exact = false;
                let (yes, no) = (self.node(at + 3)?, self.node(place(2)?)?);
                self.add(Node::Either(yes, no))?
            }
            steps::SPACED => {
                let between = self.classes(Asked::Set(operand(1)?))?;
                let among = self.classes(Asked::Set(operand(3)?))?;
                let (number, least, most) = (operand(2)?, operand(4)?, operand(5)?);
                let next = self.node(at + 6)?;
                if number > MOST_COPIES || most > MOST_COPIES {
                    return None;
                }
                let mut node = next;
                for left in (0..most).rev() {
                    let one = self.add(Node::Read(among, node))?;
                    node = self.repeated(between, 0, number, false, one)?;
                    if left >= least {
                        node = self.add(Node::Either(node, next))?;
                    }
                }
                node
            }
            _ => {
                self.is_exact = false;
                self.add(Node::Matched)?
            }
        };
        self.known.insert(at, node);
        Some(node)
    }

    fn repeated(&mut self, classes: Classes, least: u32, most: u32, is_lazy: bool, next: u32) -> Option<u32> {
        let mut node = next;
        if most == ENDLESS {
            let again = self.add(Node::Matched)?;
            let one = self.add(Node::Read(classes, again))?;
            self.made.nodes[again as usize] = either(one, next, is_lazy);
            node = again;
        } else if most > MOST_COPIES {
            return None;
        } else {
            for _ in least..most {
                let one = self.add(Node::Read(classes, node))?;
                node = self.add(either(one, next, is_lazy))?;
            }
        }
        for _ in 0..least {
            node = self.add(Node::Read(classes, node))?;
        }
        Some(node)
    }

    fn classes(&self, asked: Asked) -> Option<Classes> {
        self.members.get(&asked).copied()
    }

    /// The classes of the one character for which the steps at *at* stand, if they do.
    fn one_of(&self, at: usize) -> Option<Classes> {
        let asked = match *self.code.get(at)? {
            steps::LITERAL => Asked::Literal(*self.code.get(at + 1)?),
            steps::SET => Asked::Set(*self.code.get(at + 1)?),
            _ => return None,
        };
        (*self.code.get(at + 2)? == steps::END).then(|| self.classes(asked)).flatten()
    }

    /// Where the steps stand of more than one character that must come from the place on where the row begins. Inner None:
    /// nothing is asked.
    fn ahead_of(&self, program: usize) -> Option<Option<usize>> {
        let mut at = program;
        while *self.code.get(at)? == steps::LOOK {
            let (is_not, width) = (*self.code.get(at + 1)? == 1, *self.code.get(at + 2)?);
            if !is_not && width == 0 && self.one_of(at + 4).is_none() {
                return Some(Some(at + 4));
            }
            at = *self.code.get(at + 3)? as usize;
        }
        Some(None)
    }
}

fn either(one: u32, other: u32, is_lazy: bool) -> Node {
    if is_lazy {
        Node::Either(other, one)
    } else {
        Node::Either(one, other)
    }
}
