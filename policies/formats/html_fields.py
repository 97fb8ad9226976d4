"""Declared elements of a page: what stands in them is the value of a field."""

import html
from dataclasses import dataclass, field, replace

from policies.formats.free_text import KnownValues
from policies.formats.html_parts import Run, masked_comment, masked_tag, only
from policies.formats.html_tokens import Comment, EndTag, StartTag, Text, Token
from policies.formats.masker import Action, Kind, Tally, Withheld

LONGEST_FIELD = 256 * 1024
"""Characters from an element's start tag to its end."""

KEPT_ATTRIBUTES = frozenset({"href", "class", "id", "rel", "target", "lang", "dir"})
"""All that is left of a tag inside a masked value; they are scanned."""

_CELL_ENDS = frozenset({"tr", "tbody", "thead", "tfoot", "table"})


@dataclass(slots=True)
class Field:
    """An element whose content is the value of a field, collected up to its end."""

    tag: StartTag
    action: Action
    label: Action
    """For what stands before its value and says what that refers to."""
    is_subject: bool
    control: str = ""
    """The name of the form control that it is, where it is one."""
    content: list[Token] = field(default_factory=list)
    _length: int = 0
    _depth: int = 0
    """How many elements of its own name are open inside."""
    _tables: int = 0

    def ends_with(self, token: Token) -> bool:
        """Whether *token* ends the element: its own end tag, or what implies one for a table cell."""
        if isinstance(token, EndTag) and token.name == self.tag.name and not self._depth and not self._tables:
            return True
        if self.tag.name not in ("td", "th") or self._tables:
            return False
        if isinstance(token, StartTag):
            return token.name in ("td", "th", "tr")
        return isinstance(token, EndTag) and token.name in _CELL_ENDS

    def add(self, token: Token) -> None:
        """Append *token* to the content. Raises Withheld where the element never seems to end."""
        self.content.append(token)
        self._length += len(token.source)
        if self._length > LONGEST_FIELD:
            raise Withheld("too_large_to_mask")
        if isinstance(token, StartTag | EndTag):
            step = 1 if isinstance(token, StartTag) else -1
            self._depth += step * (token.name == self.tag.name)
            self._tables += step * (token.name == "table")

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

    def masked(self, known: KnownValues, tally: Tally) -> str:
        """The content, transformed. Its start tag and its end are not part of it."""
        match self.action.kind:
            case Kind.SHOW if self.action.personal:
                return "".join(token.source for token in self.content)
            case Kind.SHOW:
                return "".join(_with_scanned_tags(token, known, tally) for token in self.content)
            case Kind.SCAN:
                run = Run()
                for token in self.content:
                    run.add(token.source if isinstance(token, EndTag) else token)
                return run.masked(known, tally)
            case Kind.DROP:
                return ""
            case Kind.MASK:
                return self._hidden(known, tally)

    def _hidden(self, known: KnownValues, tally: Tally) -> str:
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
                    kept = [attribute for attribute in token.attributes if attribute.name in KEPT_ATTRIBUTES]
                    out.append(masked_tag(only(token, kept), known, tally))
                case EndTag():
                    out.append(token.source)
        return "".join(out)


def _with_scanned_tags(token: Token, known: KnownValues, tally: Tally) -> str:
    match token:
        case StartTag():
            return masked_tag(token, known, tally)
        case Comment():
            return masked_comment(token, known, tally)
        case _:
            return token.source
