"""What decides about the texts of one document: declared columns as they are declared, all else as free text.

A text under a heading that nobody declared, but that tells of personal data (手机号, 姓名), is hidden whole whatever it
looks like. What is hidden under a heading is hidden wherever else it stands in the document.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policies.choose import EVERYBODYS, GENERAL, Choice
from policies.digest import canonical
from policies.documents.called import is_called, names_things
from policies.documents.heading_words import (
    FREE_TEXT,
    category_of_heading,
    is_heading,
    is_label_under,
    is_nobodys,
    tells,
)
from policies.documents.labels import labelled_in
from policies.documents.nobodys import is_nobodys_value, is_office
from policies.documents.text_tables import lines_of
from policies.documents.torn import sure_over_breaks
from policies.formats.finder import Span, merge
from policies.formats.found import by_category, found_as
from policies.formats.free_text import KnownValues, hide, personal_spans
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.prose import EVERY
from policies.formats.readings import with_told
from policies.recognisers.persons.given_names import surname_length
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.told import names_behind_roles
from policies.recognisers.persons.words import NOT_A_NAME
from policies.recognisers.scan import scan
from policies.recognisers.weights import are_there

LONGEST_KEY = 64
"""Characters of a heading."""
SHORTEST = 2
"""Characters of a text that may be a name."""
_GOES_ON = re.compile(r"[\w·•\-]*[0-9A-Za-z·•\-]")
"""What may belong to a value that seemed to end before it."""
LONGEST_NAMED = 4
"""Characters of a name that is looked for because it stands behind a label."""
MOST_NAMED = 5_000
"""Names that were found by the words around them, and are looked for without them."""


class Look:
    """What becomes of the texts of one document, counted in *tally*.

    *record* describes the rows of its tables, by the names of fields or by *titles*; *undeclared* is what becomes of
    what stands in such a row and is not declared, *text* of all else. What is *hidden* is shown nowhere.
    """

    def __init__(
        self,
        undeclared: Action,
        text: Action,
        tally: Tally,
        *,
        record: Object | None = None,
        titles: Mapping[str, str] | None = None,
        choice: Choice = EVERYBODYS,
        hidden: KnownValues | None = None,
    ) -> None:
        self.tally = tally
        self.undeclared = undeclared
        self.text = text
        self._unread = replace(text, prose=0)
        self._record = record
        self._titles = titles or {}
        self._choice = choice
        self._known = KnownValues()
        if hidden is not None:
            self._known.include(hidden)
        self._named: set[str] = set()
        self._reads_shortest = are_there()
        """Whether a name that is all of a text is found: asked once, for there are many texts."""
        self._forgets = False
        """Whether more is hidden under headings than is remembered."""

    def is_declared(self, key: str) -> bool:
        """Whether a column headed *key* holds a declared field."""
        return self._declared(key) is not None

    def tells(self, key: str) -> bool:
        """Whether *key*, declared or not, tells what stands under it: then it is no value itself."""
        return self.is_declared(key) or tells(key)

    def _is_label(self, text: str, key: str) -> bool:
        """Whether *text* under *key* is no value itself, but tells what others are."""
        return self.is_declared(text.strip()) or is_label_under(key, text)

    def hides_whole(self, key: str, text: str) -> bool:
        """Whether what becomes of *text* under *key* does not depend on what in it is personal."""
        return self.action(key, text).kind is not Kind.SCAN

    def learn(self, text: str, key: str) -> None:
        """Hide *text* wherever it stands, where it is hidden under *key*. To be called for all texts before any is
        masked: it may stand elsewhere first.
        """
        if self._forgets or not text.strip() or self._is_label(text, key):
            return  # the label of a value is none itself, wherever it stands
        kind = self.action(key, text).kind
        if kind is Kind.SCAN and len(self._named) < MOST_NAMED:
            # A name is found by the words around it, and stands without them elsewhere.
            names = (text[hit.start : hit.end] for hit in scan(text) if hit.category == "person_name")
            self._named.update(name for name in (*names, *_named_behind_labels(text)) if len(name) > 1)
        if kind in (Kind.SHOW, Kind.SCAN):
            return
        try:
            self._known.add(text)
        except Withheld:
            self._forgets = True

    def action(self, key: str, text: str) -> Action:
        """What becomes of *text* under *key*, outside of rows with declared columns."""
        declared = self._declared(key)
        if declared is not None:
            return declared
        category = category_of_heading(key[:LONGEST_KEY]) if key else None
        is_text = category in (None, FREE_TEXT) or is_nobodys_value(key[:LONGEST_KEY], text.strip())
        if is_text and key and is_called(key[:LONGEST_KEY], text):
            return self._unread
        return self.text if is_text else self.undeclared

    def masked(self, text: str, key: str = "") -> str:
        """What *text* under *key* becomes. Raises Withheld for what blocks all of the document."""
        return self.done(text, self.text if self._is_label(text, key) else self.action(key, text))

    def spans(self, text: str, key: str = "", *, reads: bool = True) -> list[Span]:
        """What of *text* under *key* must be hidden, counted, in order, apart from one another: all of it, where it is
        masked as a whole. Unless it *reads*, no tagger is asked. Raises Withheld.
        """
        action = self.action(key, text)
        if action.kind is Kind.SCAN:
            found = self._found(text, action, reads=reads)
            hide(text, found, self.tally)
            return found
        shown = self.done(text, action)
        return [] if shown == text else [Span(0, len(text), ())]

    def spans_unlearnt(self, text: str) -> list[Span]:
        """What of *text* is personal by itself, counted, whatever was learnt. Raises Withheld."""
        if self.text.kind is not Kind.SCAN:
            return self.spans(text)
        found = personal_spans(text, KnownValues())
        hide(text, found, self.tally)
        return found

    def spans_untold(self, text: str) -> list[Span]:
        """What of *text* is personal by itself or was learnt, counted, and not what only reads like a name. Raises
        Withheld.
        """
        if self.text.kind is not Kind.SCAN:
            return self.spans(text)
        self._settle_named()
        found = personal_spans(text, self._known)
        hide(text, found, self.tally)
        return found

    def spans_over(self, text: str, places: Sequence[int]) -> list[Span]:
        """What of *text* is personal and stands over one of *places* in it, counted. Raises Withheld."""
        if self.text.kind is not Kind.SCAN:
            return []
        found = _over(self._found(text, self.text), text, places)
        hide(text, found, self.tally)
        return found

    def row(self, keys: Sequence[str], values: Sequence[str]) -> Sequence[Action]:
        """What becomes of each of *values* of one row, whose columns are headed *keys*; whom it is about is noted.

        In a row with a declared column what nobody declared is masked; in any other it is looked at by itself.
        """
        record = self._record
        if record is None or not any(map(self.is_declared, keys)):
            return [self.action(key, text) for key, text in zip(keys, values, strict=True)]
        names = [self._name(key) for key in keys]
        identifier = values[names.index(record.subject)] if record.subject in names else ""
        is_named = self.tally.note_subject(identifier)
        table = self._choice.table_about(identifier, self.tally.digester) if record.decides else GENERAL
        if table != GENERAL and record.in_table is not None:
            record = record.in_table(table)
        nodes = [record.children.get(name, record.other) for name in names]
        actions = [node.action if isinstance(node, Value) else self.undeclared for node in nodes]
        if record.subject is not None and not is_named:
            personal = (action.personal and value for action, value in zip(actions, values, strict=True))
            self.tally.has_nameless |= any(personal)
        return actions

    def subject_in(self, keys: Sequence[str], values: Sequence[str]) -> str:
        """The subject, in canonical form, of a row; empty where nobody knows."""
        names = [self._name(key) for key in keys]
        subject = self._record.subject if self._record is not None else None
        return canonical(values[names.index(subject)]) if subject in names else ""

    def done(self, text: str, action: Action, subject: str = "") -> str:
        """What *action* makes of *text* in a row about *subject*. Raises Withheld."""
        if not text.strip():
            return text
        if action.kind is not Kind.SCAN:
            self.tally.count(action)
        match action.kind:
            case Kind.SHOW:
                return self._known.hidden_in(text) if self._known else text
            case Kind.DROP:
                return ""
            case Kind.MASK:
                return action.masked(text, subject)
            case Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)
            case Kind.SCAN:
                return hide(text, self._found(text, action), self.tally)

    def without_known(self, text: str) -> str:
        """*text*, in which everything else is hidden already, without what was learnt."""
        self._settle_named()
        return self._known.hidden_in(text) if self._known else text

    def _settle_named(self) -> None:
        for name in self._named:
            self._known.add(name)
        self._named = set()

    def _found(self, text: str, action: Action, *, reads: bool = True) -> list[Span]:
        if self._forgets and len(text.strip()) > 1:
            return [Span(0, len(text), ())]  # it may hold what was forgotten
        if self._named:
            self._settle_named()
        spans = personal_spans(text, self._known)
        if labelled := _labelled(text):
            spans = with_told(spans, labelled)
        if "\n" in text:
            spans = merge([*spans, *_torn_in(text)])
        if not reads or is_nobodys(text) or is_office(text) or names_things(text):
            return spans
        told = self.tally.prose.spans(text, self._shortest(action.prose))
        told = [span for span in told if not is_of_form(text[span.start : span.end], span.categories)]
        return with_told(spans, told) if told else spans

    def _shortest(self, declared: int) -> int:
        """From how many characters on a text is read, of which *declared* is: a cell often holds a name alone."""
        if not declared or not self._reads_shortest:
            return declared
        return SHORTEST if declared == EVERY or self.tally.prose.spares else declared

    def _declared(self, key: str) -> Action | None:
        if self._record is None or not key:
            return None
        node = self._record.children.get(self._name(key))
        return node.action if isinstance(node, Value) else None

    def _name(self, key: str) -> str:
        key = key.strip()
        return self._titles.get(key, key)


def torn_over(text: str, places: Sequence[int]) -> list[Span]:
    """What of *text* is personal, whatever was learnt, and stands over one of *places* in it."""
    return _over(with_told(personal_spans(text, KnownValues()), _labelled(text)), text, places)


def _over(spans: Iterable[Span], text: str, places: Sequence[int]) -> list[Span]:
    """Those of *spans* of *text* that stand over one of *places*, and what a break of a line tears.

    Nothing says where what a label heads ends on a page: a value that ends where a text does is not looked for behind
    it, be it followed by 编辑 or by （工作时间）.
    """
    across = _across(spans, places)
    if across:
        ends = {each.start: each.end for each in personal_spans(text, KnownValues()) if each.end in places}
        ends = {start: end for start, end in ends.items() if not _GOES_ON.match(text, end)}
        across = _across((replace(span, end=min(span.end, ends.get(span.start, span.end))) for span in across), places)
    return merge([*across, *(_torn_in(text) if "\n" in text else ())])


def _across(spans: Iterable[Span], places: Sequence[int]) -> list[Span]:
    return [span for span in spans if any(span.start < place < span.end for place in places)]


def is_of_form(text: str, found: Sequence[str]) -> bool:
    """Whether what reads like somebody's, and was *found* as that, is a heading, or what an office is called."""
    return is_heading("".join(text.split())) or (
        "person_name" in by_category(dict.fromkeys(found, 1)) and is_office(text)
    )


def _named_behind_labels(text: str) -> Iterator[str]:
    """What stands behind labels of names and may be one: 花蕾 is, and 必填 is not, wherever it stands."""
    yield from (name for name in names_behind_roles(text) if not is_heading(name))
    for start, end, category in labelled_in(text):
        name = text[start:end]
        may_be_one = surname_length(name, 0) or name[:1] in WORDY
        if category == "person_name" and len(name) <= LONGEST_NAMED and may_be_one and name not in NOT_A_NAME:
            yield name


def _torn_in(text: str) -> Iterator[Span]:
    """What a break of a line tears in *text*, as cells and values hold several lines; counted once."""
    for passage, first, last, category in sure_over_breaks(lines_of(text)):
        counted: tuple[str, ...] = found_as(category, "pattern")
        for start, end in passage.spans(first, last):
            yield Span(start, end, counted)
            counted = ()


def _labelled(text: str) -> list[Span]:
    """What labels in *text* tell."""
    return [Span(start, end, found_as(category, "context")) for start, end, category in labelled_in(text)]
