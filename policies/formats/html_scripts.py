"""What the text of a `script` element is, as its type says."""

from enum import Enum

from policies.formats.html_tokens import StartTag


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
