"""Text as recognisers read it: ASCII digits and letters, no characters that only hide, and the way back.

Full-width forms, and digits of other scripts, become ASCII one for one, so offsets stay. Invisible characters are taken
out; then a list tells where each remaining character stood.
"""

import re
from dataclasses import dataclass

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys(
    (0x09, 0x0B, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000), 0x20
)
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2043, 0x2212, 0x2500, 0x30FC, 0xFE58, 0xFE63), 0x2D)
LIKE_X = (0xD7, 0x3A7, 0x3C7, 0x425, 0x445, 0x2169, 0x2179)
"""What looks like the last character of many identifiers, and is read as it."""
_ZEROS = (
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1F101, 0x1FBF0,
)  # fmt: skip
"""Where the decimal digits of other scripts begin that are written with today, in order; those of mathematics last."""
_ONES = (0x2460, 0x2474, 0x2488, 0x24F5, 0x2776, 0x2780, 0x278A)
"""Where those begin that stand in a circle, in brackets or before a dot, from one to nine."""
_DIGITS = (
    {zero + digit: ord("0") + digit for zero in (*_ZEROS, 0x2080) for digit in range(10)}
    | {one + digit: ord("1") + digit for one in _ONES for digit in range(9)}
    | {0x2070 + digit: ord("0") + digit for digit in (0, *range(4, 10))}
    | {0xB2: ord("2"), 0xB3: ord("3"), 0xB9: ord("1"), 0x24EA: ord("0"), 0x24FF: ord("0")}
)
TRADITIONAL = str.maketrans(
    "證號碼電話機護車銀帳賬聯絡繫醫療險積臺灣門開戶傳辦郵駕駛齡國統會編檔歷診經緯標緊負責當監權義員託輛識別"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭蔣葉蘇呂盧鍾譚賈鄒閻顧龔萬錢嚴賴龐顏莊聶魯歐陽諸粵滬雲遼贛貴陝閩寧瓊晉",
    "证号码电话机护车银帐账联络系医疗险积台湾门开户传办邮驾驶龄国统会编档历诊经纬标紧负责当监权义员托辆识别"
    "张刘陈杨黄赵吴孙马罗郑谢许韩邓冯萧蒋叶苏吕卢钟谭贾邹阎顾龚万钱严赖庞颜庄聂鲁欧阳诸粤沪云辽赣贵陕闽宁琼晋",
)
"""Characters of labels and of the commonest surnames, as they are written in Hong Kong, Macau and Taiwan."""
READ_AS = {
    **TRADITIONAL,
    **_FULL_WIDTH,
    **_SPACES,
    **_DASHES,
    **dict.fromkeys(LIKE_X, ord("X")),
    **_DIGITS,
    0xFF65: 0xB7,
}
_IN_A_SIGN = "".join(chr(one + digit) for one in _ONES for digit in range(9))
_NOT_BEHIND = f"(?<![0-9\uff10-\uff19{_IN_A_SIGN}])"
MARK_OF_LIST = re.compile(f"{_NOT_BEHIND}[{_IN_A_SIGN}](?=[0-9A-Za-z(+])")
"""What numbers the items of a list as often as it stands for a digit, right before what it numbers: ①13800138000."""
MARK_BEFORE_WORD = re.compile(f"{_NOT_BEHIND}[{_IN_A_SIGN}](?=[\u4e00-\u9fff])")
"""The same before a word: it is no digit of a number that stands before it."""
DIGITS_ELSEWHERE = "".join(map(chr, _DIGITS))
"""Digits that are neither ASCII nor full-width."""
NUMERALS = str.maketrans(
    "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺貳參叄陸弌弍弎〡〢〣〤〥〦〧〨〩○㈠㈡㈢㈣㈤㈥㈦㈧㈨㊀㊁㊂㊃㊄㊅㊆㊇㊈",
    "00123456789123456789123361231234567890123456789123456789",
)
"""Chinese numerals, those for money, in older characters and of merchants among them, read digit by digit."""

_LIKE_DIGITS = {"0": "Oo\u039f\u03bf\u041e\u043e", "1": "lI|\u0406\u2160"}
LOOK_ALIKE = "".join(_LIKE_DIGITS.values())
AS_DIGITS = {ord(like): digit for digit, alike in _LIKE_DIGITS.items() for like in alike}
"""Letters that are taken for digits, where they stand among digits."""
INVISIBLE = (
    "\\x01-\\x08\\x0e-\\x1f\\x7f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What only hides, combines with what it stands behind, or says how it is to be drawn."""
KEY = re.compile("\ufe0f?\u20e3")
"""What draws the key of a keyboard around the digit that it stands behind: 0️⃣."""
_ASCII = {chr(code): chr(plain) for code, plain in READ_AS.items()}
_CHANGED = re.compile(f"[{''.join(map(re.escape, map(chr, READ_AS)))}]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]++")
_PLAIN = re.compile(r"[\n\r\x20-\x7e]*+")


@dataclass(frozen=True, slots=True)
class Normal:
    """A text as recognisers read it."""

    text: str
    origin: list[int] | None
    """Where each character of `text` stands in the original, its length last; None: in the same place."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the span of `text` came from, hidden characters within it included."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start]


def normalise(text: str, hidden: str = "") -> Normal:
    """*text* as recognisers read it, with *hidden* in the place of each row of characters that only hide."""
    if _PLAIN.fullmatch(text):
        return Normal(text, None)
    plain = _CHANGED.sub(_changed, text)
    return without(Normal(plain, None), _INVISIBLE, hidden)


def without(normal: Normal, rows: re.Pattern[str], instead: str = "") -> Normal:
    """*normal* with *instead* in the place of each of *rows*."""
    text = normal.text
    if rows.search(text) is None:
        return normal
    shown, origin, end = [], [], 0
    for row in rows.finditer(text):
        start = row.start()
        shown += [text[end:start], instead]
        origin += [*range(end, start), *[start] * len(instead)]
        end = row.end()
    origin += range(end, len(text) + 1)
    before = normal.origin
    return Normal("".join([*shown, text[end:]]), origin if before is None else [before[place] for place in origin])


def _changed(match: re.Match[str]) -> str:
    return _ASCII[match[0]]
