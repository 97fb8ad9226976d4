"""What the text of a `script` element is, as its type says, and what becomes of it."""

from collections.abc import Callable
from enum import Enum

from policies.formats.free_text import KnownValues
from policies.formats.html.parts import masked_raw
from policies.formats.html.tokens import StartTag
from policies.formats.json.body import JsonMasker
from policies.formats.json.nodes import Value
from policies.formats.masker import Action, Tally, masked_whole


class Script(Enum):
    """What stands between the tags of an element of raw text."""

    CODE = "code"
    """JavaScript, or what is no script at all, such as a style sheet."""
    JSON = "json"
    OTHER = "other"
    """Of a language nobody runs: a template, most often."""


_CODE = frozenset(
    {
        "", "module", "text/ecmascript", "application/ecmascript", "application/x-ecmascript", "text/javascript",
        "application/javascript", "application/x-javascript", "text/x-javascript", "text/x-ecmascript", "text/jscript",
        "text/livescript", *(f"text/javascript1.{number}" for number in range(6)),
    }
)  # fmt: skip
"""Source: WHATWG MIME Sniffing, 4.6 (JavaScript MIME types), and HTML, 4.12.1."""
_JSON = frozenset({"application/json", "text/json", "importmap", "speculationrules"})


def script_in(tag: StartTag) -> Script:
    """What the text of the element of *tag* is, if it has any."""
    if tag.name != "script":
        return Script.CODE
    essence = (tag.value_of("type") or "").partition(";")[0].strip().lower()
    if essence in _JSON or essence.endswith("+json"):
        return Script.JSON
    return Script.CODE if essence in _CODE else Script.OTHER


def masked_script(
    script: Script, source: str, undeclared: Action, known: KnownValues, tally: Tally, template: Callable[[str], str]
) -> str:
    """The text of a script or a style sheet, masked. *template* tells what one becomes that is read as a page is."""
    match script:
        case Script.JSON:
            return _data(source, undeclared, tally) if source.strip() else source
        case Script.OTHER:
            return masked_raw(template(source), known, tally)
        case Script.CODE:
            return masked_raw(source, known, tally)


def _data(source: str, undeclared: Action, tally: Tally) -> str:
    """The text of a script that holds data: nothing in it is declared."""
    masker = JsonMasker(Value(undeclared), undeclared, tally)
    masked = masked_whole(masker, source.encode("utf-8", "replace")).decode()
    return masked.replace("<", "\\u003c")
