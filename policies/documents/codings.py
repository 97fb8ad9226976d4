"""In which coding a text may be that says nothing of it: the one that it is read in, or another as well.

What is read in the wrong coding is made of characters that nobody writes, and holds nobody's name. So a reading counts
only where it says more of what people write than any other; in doubt there is none.
"""

import re

from policies.documents.heading_words import PLAIN_HEADINGS
from policies.recognisers.field_names.words import BASES
from policies.recognisers.normalise import TRADITIONAL
from policies.recognisers.persons.words import ALL_SURNAMES, GIVEN

SHORT = 400
"""Octets below which what is UTF-8 may be something else by chance."""
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_WIDE = ("utf-16-le", "utf-16-be")
_RIVALS = {"gb18030": ("big5", *_WIDE), "utf-8": ("gb18030", *_WIDE), "utf-16-le": _WIDE[1:], "utf-16-be": _WIDE[:1]}
"""What a text may be in that seems to be in another."""
_COMMON = {
    "gb2312": re.compile(rb"(?P<common>[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])|[\xa1-\xfe]{2}"),
    "big5": re.compile(rb"(?P<common>[\xa1\xa2\xa4-\xc6][\x40-\xfe])|[\xa1-\xfe][\x40-\xfe]"),
}
"""Sources: GB/T 2312-1980, rows 1 to 3 and 16 to 55; Big5, its signs and its first level."""
_LEAST_COMMON = 0.5
"""The share of what is not ASCII that is common in any text in Chinese."""
_LEAST_ASCII = 0.5
"""The same of ASCII in a text in a language of Europe."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_HAN = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_SAMPLE = 20_000
"""Characters by which a text is judged."""
_FAMILIAR = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运请核查签收办理附材料证领窗网登录"
    "八七六九零百千元周午早晚楼室号街镇乡村县省州区厅局股份限责任司室讨议批准予以按照要求组织单位负责联系通知公告名册汇总填"
) | frozenset("".join([*PLAIN_HEADINGS, *BASES.values(), *ALL_SURNAMES, *GIVEN]))
"""Characters that the texts of offices are full of."""


def is_of_rival(octets: bytes, text: str, codec: str, *, is_marked: bool) -> bool:
    """Whether *octets* may as well be in another coding than *codec*, in which they say *text*: in doubt they are.

    *is_marked*: whether a mark before them tells the coding.
    """
    if codec == "utf-8":
        if is_marked or len(octets) >= SHORT or _HAN.search(text):
            return False
        rivals = _WIDE if text.isascii() else _RIVALS[codec]
        readings = [read for rival in rivals if (read := _read(octets, rival))]
        return any(len(read) > 1 and (_common(read), _familiar(read)) == (1, 1) for read in readings)
    if text.isascii():
        return False
    readings = [read for rival in _RIVALS[codec] if (read := _read(octets, rival))]
    own = _common(text)
    if codec != "gb18030":
        return any(_common(read) > own for read in readings)
    if _PRIVATE.search(text[:_SAMPLE]) or own < _LEAST_COMMON:
        return True
    ours = (own, _familiar(text))
    return any((_common(read), _familiar(read)) >= ours for read in readings)


def may_be_text(octets: bytes) -> bool:
    """Whether *octets* are a text in some coding that people write Chinese in, or a language of Europe."""
    chinese = (*_RIVALS["gb18030"], "gb18030", "utf-32", "utf-32-le", "utf-32-be")
    if any(_common(read) >= _LEAST_COMMON for each in chinese if (read := _read(octets, each))):
        return True
    western = _read(octets, "latin-1")
    return sum(map(str.isascii, western)) > _LEAST_ASCII * len(western)


def _read(octets: bytes, codec: str) -> str:
    """What *octets* say in *codec*, if that is a text, and not in ASCII; else nothing."""
    try:
        text = octets.decode(codec)
    except UnicodeDecodeError:
        return ""
    return "" if text.isascii() or NO_TEXT.search(text) else text


def _common(text: str) -> float:
    """The share of the characters of *text* beyond ASCII that are common among those of a charset."""
    sample = "".join(char for char in text[:_SAMPLE] if not char.isascii())
    return max(
        sum(1 for _ in _COMMON[each].finditer(sample.encode(each, "ignore")) if _["common"]) / max(1, len(sample))
        for each in _COMMON
    )


def _familiar(text: str) -> float:
    """The share of the Chinese characters of *text* that are familiar, also as they are written elsewhere."""
    sample = [char for char in text[:_SAMPLE].translate(TRADITIONAL) if "\u4e00" <= char <= "\u9fff"]
    return sum(char in _FAMILIAR for char in sample) / max(1, len(sample))
