"""Reads transforms: a word, or a word with parameters, ours or that of another product."""

import re
from collections.abc import Callable
from enum import StrEnum
from unicodedata import is_normalized

from policies.parse.positions import MARKS, MOST, POSITIONS, Reader
from policies.parse.section import NAME, Section, nearest
from policies.parse.yaml_tree import Entries, Node, Scalar
from policies.transforms.dates import whole_date
from policies.transforms.fpe import letters_of
from policies.transforms.spec import (
    AgeBand,
    AmountBand,
    Area,
    Block,
    DatePart,
    Dictionary,
    Digest,
    Drop,
    Encrypt,
    EncryptWith,
    Fpe,
    Grid,
    Hash,
    Null,
    Of,
    Part,
    Pseudonym,
    Reach,
    Redact,
    Replace,
    Scan,
    Shape,
    Shift,
    Show,
    Spec,
    Token,
)

MOST_DAYS = 3650
"""By which a date may be moved."""
FEWEST_WORDS, MOST_WORDS = 2, 1_000_000
"""Surrogates that a dictionary may make: one alone is a fixed text, and its name is `replace`."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DEGREES = re.compile(r"0\.\d{0,5}[1-9]|[1-9]\d?")
_ALPHABET = re.compile(r"[^\s*]{2,1000}")
_SEPARATORS = re.compile(r"[^\w*]{1,8}")
_WORD = re.compile(r"[^\s*]{1,20}")
_SIMPLE: dict[str, Spec] = {
    "show": Show(),
    "scan": Scan(),
    "prose": Scan(prose=True),
    "redact": Redact(),
    "null": Null(),
    "digest": Digest(),
    "pseudonym": Pseudonym(),
    "token": Token(),
    "drop": Drop(),
    "block": Block(),
}


def parse_spec(section: Section, key: str, *, required: bool = True) -> Spec | None:
    """The transform under *key*."""
    node = section.node_of(key, required=required)
    return None if node is None else spec_of(section, node)


def parse_transforms(file: Section) -> dict[str, Spec | None]:
    """The transforms that the catalogue gives names to; None for one that cannot be read.

    One may stand for another, in any order. They are known to *file* from then on.
    """
    written = {}
    for name, at, node in file.entries("transforms", required=False):
        if not NAME.fullmatch(name) or name in _SIMPLE or name in _WITH_TEXT or name in _WITH_PARAMETERS:
            message = f"`{name[:80]}` cannot name a transform: it is a word of the language, or no name"
            file.find(at, "reserved-name", message, about=f"`{name[:80]}`")
        else:
            written[name] = node
    read: dict[str, Spec | None] = {}
    file.transforms = read
    for name in written:
        chain: list[str] = []
        following = name
        while following in written and following not in read and following not in chain:
            chain.append(following)
            node = written[following]
            following = node.text if isinstance(node, Scalar) else ""
        if following in chain:
            message = f"`{name}` stands for itself, through {', '.join(f'`{each}`' for each in chain[:10])}"
            file.find(written[name].at, "transform-loop", message, about=f"`{name}`")
            read |= dict.fromkeys(chain)
        for each in reversed(chain):
            if each not in read:
                read[each] = spec_of(file, written[each])
    return read


def spec_of(section: Section, node: Node) -> Spec | None:
    """The transform that *node* names: a word, or a word with parameters."""
    if isinstance(node, Scalar):
        if node.text in _SIMPLE:
            return _SIMPLE[node.text]
        if node.text not in section.transforms:
            near = nearest(node.text, (*_SIMPLE, *section.transforms))
            message = f"`{node.text[:80]}` is no transform{near}"
            section.find(node.at, "unknown-transform", message, about=f"`{node.text[:80]}`")
        return section.transforms.get(node.text)
    if not isinstance(node, Entries) or len(node.nodes) != 1:
        section.find(
            node.at,
            "wrong-form",
            "a transform is one word, or one word with its parameters",
            about="变换是一个词，或一个词加它的参数",
        )
        return None
    ((name, inner),) = node.nodes.items()
    with_text = _WITH_TEXT.get(name)
    if with_text is not None:
        text = section.text_of(inner, name)
        return with_text(section, text) if text else None
    read = _WITH_PARAMETERS.get(name)
    if read is None:
        section.find(
            node.keys[name],
            "unknown-transform",
            f"`{name[:80]}` is no transform with parameters",
            about=f"`{name[:80]}`",
        )
        return None
    parameters = section.section_of(inner, f"`{name}`")
    return read(parameters) if parameters is not None else None


def _date(section: Section) -> Spec | None:
    part = section.choice("to", Part)
    section.done()
    return DatePart(part) if part else None


def _age(section: Section) -> Spec | None:
    every, at = _bands(section, most=50)
    on = section.text("on", required=False, fits=_DAY)
    section.done()
    if on is not None and whole_date(on) is None:
        section.find(section.place_of("on"), "wrong-form", "`on` is a day such as 2027-06-30", about="`on` 应是日期")
        return None
    return AgeBand(every, at, on or "") if every or at else None


def _amount(section: Section) -> Spec | None:
    every, at = _bands(section, most=999_999_999)
    section.done()
    return AmountBand(every, at) if every or at else None


def _bands(section: Section, most: int) -> tuple[int, tuple[int, ...]]:
    """How wide each band is, or where bands begin, one of the two; neither where neither was said well."""
    if ("every" in section.node.nodes) == ("at" in section.node.nodes):
        message = f"{section.what} needs `every` or `at`, one of them"
        section.find(section.at, "missing-key", message, about=f"{section.what} 需要 `every` 或 `at` 之一")
        section.number("every", least=1, most=most)
        section.texts("at", required=False)
        return 0, ()
    every = section.number("every", least=2, most=most) or 0
    texts = section.texts("at", required=False, fits=re.compile(r"[1-9]\d{0,8}"))
    at = tuple(map(int, texts))
    if "at" in section.node.nodes and not at:
        section.find(section.place_of("at"), "empty", "`at` is empty", about="`at`")
    if list(at) != sorted(at):
        section.find(section.place_of("at"), "wrong-form", "`at` counts up", about="`at` 应从小到大")
        return 0, ()
    return every, at


def _grid(section: Section) -> Spec | None:
    every = section.text("every", fits=_DEGREES)
    section.done()
    return Grid(every) if every else None


def _area(section: Section) -> Spec | None:
    to = section.choice("to", Reach)
    section.done()
    return Area(to) if to else None


def _shift(section: Section) -> Spec | None:
    days = section.number("days", least=1, most=MOST_DAYS)
    if days is None and "days" not in section.node.nodes:
        section.find(section.at, "missing-key", f"{section.what} needs `days`", about=f"{section.what} 需要 `days`")
    section.done()
    return Shift(days) if days else None


def _pseudonym(section: Section) -> Spec | None:
    prefix = section.text("prefix", required=False, fits=_WORD) or Pseudonym().prefix
    chars = section.number("chars", least=5, most=16, default=Pseudonym().chars) or Pseudonym().chars
    by = section.choice("by", Of, Of.VALUE) or Of.VALUE
    section.done()
    return Pseudonym(prefix, chars, by)


def _dictionary(section: Section) -> Spec | None:
    words, then = section.texts("words", fits=_WORD), section.texts("then", required=False, fits=_WORD)
    by = section.choice("by", Of, Of.VALUE) or Of.VALUE
    section.done()
    count = len(words) * max(len(then), 1)
    if "words" in section.node.nodes and not FEWEST_WORDS <= count <= MOST_WORDS:
        message = f"a dictionary makes from {FEWEST_WORDS} to {MOST_WORDS:,} surrogates, and this one makes {count:,}"
        about = f"词典应能组成 {FEWEST_WORDS} 至 {MOST_WORDS:,} 个代称，现在是 {count:,} 个"
        section.find(section.place_of("words"), "out-of-range", message, about=about)
        return None
    return Dictionary(words, then, by) if words else None


def _digest(section: Section, text: str) -> Spec | None:
    chosen = _choice(section, text, Hash)
    return Digest(chosen) if chosen else None


def _encrypt(section: Section, text: str) -> Spec | None:
    chosen = _choice(section, text, EncryptWith)
    return Encrypt(chosen) if chosen else None


def _choice[E: StrEnum](section: Section, text: str, kind: type[E]) -> E | None:
    if text in [member.value for member in kind]:
        return kind(text)
    choices = ", ".join(f"`{member}`" for member in kind)
    message = f"`{text[:80]}` is not one of {choices}"
    section.find(section.at, "unknown-choice", message, about=f"`{text[:80]}` 应是 {choices} 之一")
    return None


def _fpe(section: Section) -> Spec | None:
    shape = section.choice("as", Shape, Shape.LETTERS) or Shape.LETTERS
    alphabet = section.text("alphabet", required=False, fits=_ALPHABET) or Fpe().alphabet
    first = section.number("first", least=0, most=MOST, default=0) or 0
    last = section.number("last", least=0, most=MOST, default=0) or 0
    separators = section.text("separators", required=False, fits=_SEPARATORS) or ""
    version = section.number("version", least=1, most=9_999, default=1) or 1
    section.done()
    spec = Fpe(alphabet, first, last, separators, shape, version)
    message, about = _fpe_fault(spec)
    if message:
        section.find(section.at, "wrong-form", message, about=about)
        return None
    return spec


def _fpe_fault(spec: Fpe) -> tuple[str, str]:
    letters = letters_of(spec)
    if len(set(letters)) != len(letters) or not is_normalized("NFKC", letters):
        return "an alphabet has each letter once, none of them full-width", "字母表中每个字符只写一次，不用全角"
    if set(letters) & set(spec.separators):
        return "a separator is no letter of the alphabet", "分隔符不能是字母表中的字符"
    plain = Fpe(first=spec.first, shape=spec.shape, version=spec.version)
    if spec.shape is Shape.RESIDENT_ID and (spec != plain or spec.first not in (0, 6)):
        return "of a resident ID number `first` is 0 or 6, and nothing else is said", "身份证号只可写 `first`：0 或 6"
    return "", ""


_WITH_TEXT: dict[str, Callable[[Section, str], Spec | None]] = {
    "replace": lambda section, text: Replace(text),
    "digest": _digest,
    "encrypt": _encrypt,
    **MARKS,
}
_WITH_PARAMETERS: dict[str, Reader] = {
    **POSITIONS,
    "date": _date,
    "age": _age,
    "amount": _amount,
    "grid": _grid,
    "area": _area,
    "shift": _shift,
    "pseudonym": _pseudonym,
    "dictionary": _dictionary,
    "fpe": _fpe,
}
