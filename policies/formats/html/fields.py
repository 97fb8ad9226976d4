"""Declared elements of a page: what stands in them is the value of a field."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.html.attributes import hidden_tag
from policies.formats.html.parts import Run, is_inline, masked_comment, masked_raw, masked_tag
from policies.formats.html.tables import Cell
from policies.formats.html.tokens import Comment, EndTag, StartTag, Tag, Text, Token
from policies.formats.masker import Action, Kind, Tally, Withheld

LONGEST_FIELD = 256 * 1024
"""Characters from an element's start tag to its end."""

_OF_CHOICES = frozenset({"value", "label"})
"""Attributes in which a choice holds the field's value."""
_LISTS = frozenset({"ul", "ol", "menu"})
_OF_CELL = (
    frozenset({"td", "th", "tr"}),
    frozenset({"tr", "tbody", "thead", "tfoot", "table"}),
    frozenset({"table"}),
)
_OF_TERM = (frozenset({"dt", "dd"}), frozenset({"dl"}), frozenset({"dl", "table"}))
_ENDED_BY = {
    "td": _OF_CELL,
    "th": _OF_CELL,
    "dt": _OF_TERM,
    "dd": _OF_TERM,
    "li": (frozenset({"li"}), _LISTS, _LISTS | {"table"}),
}
"""Elements whose end need not be said: what begins behind them, what ends around them, within what neither counts."""
_ITSELF = (frozenset[str](), frozenset[str](), frozenset({"table"}))


@dataclass(frozen=True, slots=True)
class Made:
    """A part of a page that is masked by itself, such as a control within an element."""

    source: Callable[[], str]
    """Tells what it becomes, once the personal values of its window are known."""
    begins: StartTag | None = None
    """Where its end tag stands behind it: the element that it is."""


@dataclass(slots=True)
class Field:
    """An element whose content is the value of a field, collected up to its end."""

    tag: StartTag
    action: Action
    label: Action
    """For what stands before its value and says what that refers to."""
    is_subject: bool
    control: str | None = None
    """Where it is a form control: the field that it is declared to hold, "" for none."""
    cell: Cell | None = None
    """Where it is a cell of a table that no field is declared for."""
    values: dict[str, str] = field(default_factory=dict)
    """What stands in its own attributes where it is hidden, by their names."""
    content: list[Token | Made] = field(default_factory=list)
    _length: int = 0
    _depth: int = 0
    """How many elements of its own name are open inside."""
    _enclosed: int = 0
    """How many are open inside in which others of its kind may stand, such as tables in a cell."""

    def ends_with(self, token: Token) -> bool:
        """Whether *token* ends the element: its own end tag, or what implies one."""
        if self._enclosed:
            return False
        if isinstance(token, EndTag) and token.name == self.tag.name and not self._depth:
            return True
        begins, ends, _ = _ENDED_BY.get(self.tag.name, _ITSELF)
        if isinstance(token, StartTag):
            return token.name in begins
        return isinstance(token, EndTag) and token.name in ends

    def add(self, token: Token) -> None:
        """Append *token* to the content. Raises Withheld where the element never seems to end."""
        self.content.append(token)
        self._length += len(token.source)
        if self._length > LONGEST_FIELD:
            raise Withheld("too_large_to_mask")
        if isinstance(token, Tag):
            step = 1 if isinstance(token, StartTag) else -1
            self._depth += step * (token.name == self.tag.name)
            self._enclosed += step * (token.name in _ENDED_BY.get(self.tag.name, _ITSELF)[2])

    def parts(self, labels: tuple[str, str] | None) -> list["Field"]:
        """The label and the value, each a field of its own, where both are there; else the field itself."""
        if labels is not None:
            for place, token in enumerate(self.content):
                if isinstance(token, StartTag) and token.name == labels[0]:
                    label = replace(self, action=self.label, is_subject=False, content=self.content[:place])
                    return [label, replace(self, content=self.content[place:])] if label.text else [self]
        return [self]

    @property
    def text(self) -> str:
        """What a reader sees of the content, without the space around it."""
        return "".join(token.text for token in self.content if isinstance(token, Text) and not token.raw).strip()

    @property
    def lines(self) -> list[str]:
        """The same of each line of the content, as far as tags part them; none where there is nothing to see."""
        lines = [""]
        for token in self.content:
            if isinstance(token, Text) and not token.raw:
                lines[-1] += token.text
            elif isinstance(token, Tag) and not is_inline(token.name):
                lines.append("")
        return [line.strip() for line in lines if line.strip()]

    @property
    def is_in_one_piece(self) -> bool:
        """Whether the text stands together, so that it is one value and not made of two."""
        return sum(isinstance(token, Text) and bool(token.text.strip()) for token in self.content) <= 1

    def start(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]], *, hidden: bool) -> str:
        """Its start tag, where something of it is *hidden* or nothing. *links*: see `hidden_tag`."""
        if hidden:
            return hidden_tag(self.tag, known, tally, links, self.values).source
        return masked_tag(self.tag, known, tally)

    def masked(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]) -> str:
        """The content, transformed. Its start tag and its end are not part of it. *links*: see `hidden_tag`."""
        match self.action.kind:
            case Kind.SHOW:
                return "".join(_shown(token, known, tally) for token in self.content)
            case Kind.SCAN:
                if (
                    self.action.prose
                    and (shown := mask_free_text(self.text, known, tally, prose=self.action.prose)) != self.text
                ):
                    return html.escape(shown, quote=False)
                run = Run()
                for token in self.content:
                    run.add(token if isinstance(token, Text | Comment | StartTag) else _as_it_is(token))
                return run.masked(known, tally)
            case Kind.DROP | Kind.BLOCK:
                return ""
            case Kind.MASK:
                return self._hidden(known, tally, links)

    def _hidden(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]) -> str:
        """The mask of the text where the text began; of the tags in it, what carries no value."""
        mask = html.escape(self.action.apply(self.text), quote=False)
        out = []
        for token in self.content:
            match token:
                case Text(raw=True) | Comment():
                    pass
                case Text() if not token.text.strip():
                    out.append(token.source)
                case Text():
                    before, _, after = token.source.partition(token.source.strip())
                    out += [before, mask, after]
                    mask = ""
                case StartTag():
                    out.append(hidden_tag(token, known, tally, links).source)
                case EndTag() | Made():
                    out.append(_as_it_is(token))
        return "".join(out)


def chosen(content: Sequence[Token | Made]) -> list[Token | Made]:
    """The *content* of a `select` without what is offered and not chosen, but for what stands for nothing."""
    kept: list[Token | Made] = []
    is_kept = False
    for token in content:
        if isinstance(token, StartTag):
            is_none = token.value_of("value") == ""
            is_kept = token.name == "option" and (is_none or token.value_of("selected") is not None)
        elif isinstance(token, EndTag) and token.name != "option":
            is_kept = False
        if is_kept:
            kept.append(token)
    return kept


def _shown(token: Token | Made, known: KnownValues, tally: Tally) -> str:
    match token:
        case StartTag():
            return masked_tag(token, known, tally, clear=_OF_CHOICES if token.name == "option" else frozenset())
        case Comment():
            return masked_comment(token, known, tally)
        case Text(raw=True):
            return masked_raw(token.source, known, tally)
        case Text():
            return token.source
        case _:
            return _as_it_is(token)


def _as_it_is(token: EndTag | Made) -> str:
    return token.source() if isinstance(token, Made) else f"</{token.name}>"
