"""What stands around a name of a field and says nothing of what it holds: `txtXM`, `ns1:sfzh`, `c_lxdh`, `idCardEnc`.

Controls of pages, types of columns, prefixes of tables and namespaces, paths; how a value is stored or shown.
"""

import re
from collections.abc import Iterator

from policies.recognisers.field_names.words import THINGS

_BEFORE = frozenset(
    "enc encrypted masked hash jm mw tm "
    "txt lbl hid hdn edt tb ddl cmb rdo chk inp input fld field form el ele ctrl str vc varchar nvc int num obj dto vo "
    "req resp param arg var val my the cur curr this db tbl".split()
)
"""Words before a name: of controls of pages, of types, of what moves it."""
_BEHIND = frozenset(
    "enc encrypt encrypted encode cipher ciphertext crypt aes des sm2 sm3 sm4 rsa md5 sha sha1 sha256 hash hashed jm "
    "jiami miwen mw masked tm tuomin desensitized hidden plain plaintext mingwen raw orig origin original str "
    "string txt cn zh chs cht en eng zw yw ywz py pinyin xz xiang xx new old bak backup tmp temp val arr array list "
    "text field full home m h mob own private personal real cell "
    "col input box first second third main alt default last prev before after latest".split()
)
"""Words behind it: how it is stored, in what language, and which of several it is."""
_LETTER = re.compile(r"[a-zA-Z]_(?=.)|(?:str|vc|txt|lbl|hid|edt|tb|[cfsvtpn])(?=[A-Z])")
"""A letter or a short form for a type or a table: f_xm, vName, txtXM."""
_BLOCK = re.compile(r"^(?:t|tb|tbl|tab|col|c|f|a|b|v|fld)?_?[0-9]{1,3}_(?=.)|^(?:t|a|b|c|f|p|q)[0-9]{1,3}_(?=.)", re.I)
_STEP = re.compile(r"[.$:/>\[\]]+")
_NEEDS_MORE = frozenset("name family given first last".split())
"""Last steps of paths that say what they hold together with those before them."""
_SAYS_NO_MORE = frozenset("text value val display content data #text _text".split())
"""Last steps of paths: those before them say what they hold."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+|[^\W\d_a-zA-Z]+")
_SHORT = re.compile("[a-z]|[b-df-hj-np-tv-z]{2}", re.IGNORECASE)
_SAYS_MORE = frozenset(
    "lx zt bz sj rq sl je fl lb zl zp tp gs cd ly yx qx cs fs dj jb sx sm yy hz id no pc px xh bh bm dm mc qk jg tj fj "
    "cd js gw zw zc gz nm tm dt ts st cnt qty num len sn tp ty fg fl sw".split()
)
"""Short last words that are another thing: a type, a state, a date, a number, a picture."""
_ORDINAL = re.compile("_?[0-9](?:st|nd|rd|th)$", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[a-z]{2})(?:jm|mw|tm|enc|value|text|val|str|input|field)$", re.I)
"""加密, 密文, 明文, 脱敏 behind initials of pinyin."""


def unwrapped(name: str) -> Iterator[str]:
    """What *name*, in which nothing else tells, may be without what stands around it, the nearest first."""
    last = _last_step(name)
    if last != name:
        steps = steps_of(name)
        first = next((at for at in range(len(steps) - 1, 0, -1) if steps[at].lower() not in _NEEDS_MORE), 0)
        yield "_".join(steps[first : first + 2])
    for begins in (_LETTER, _BLOCK):
        if (found := begins.match(last)) is not None:
            yield last[found.end() :]
    words = _WORDS.findall(last)
    start, end = 0, len(words)
    while start < end - 1 and (words[start].lower() in _BEFORE or (start and words[start].lower() == "item")):
        start += 1
    if start:
        yield "_".join(words[start:])
    while end > start + 1 and not _BEHIND.isdisjoint(
        (words[end - 1].lower(), words[end - 1].lower().rstrip("0123456789"))
    ):
        end -= 1
    if end < len(words):
        yield "_".join(words[start:end])
    if len(words) > 1 and _SHORT.fullmatch(words[-1]) is not None and words[-1].lower() not in _SAYS_MORE:
        yield "_".join(words[:-1])
    if (ordinal := _ORDINAL.search(last)) is not None:
        yield last[: ordinal.start()]
    if len(words) == 1 and (glued := _GLUED.search(last)) is not None:
        yield last[: glued.start()]


def steps_of(name: str) -> list[str]:
    """The steps of *name*, where it is a path, without those that say no more; else *name*."""
    steps = [step for step in _STEP.split(name) if step.strip("0123456789 ")]
    while len(steps) > 1 and steps[-1].lower() in _SAYS_NO_MORE:
        steps.pop()
    return steps or [name]


def _last_step(name: str) -> str:
    """The last step of *name*; *name* itself where that is of something that has such a thing as well: dept.phone."""
    steps = steps_of(name) if name.isascii() else [name]
    of_thing = len(steps) > 1 and _WORDS.findall(steps[-2])[-1:] and _WORDS.findall(steps[-2])[-1].lower() in THINGS
    return name if of_thing else steps[-1]
