"""Values of documents as they are looked at, each as a whole: `Leaf`, and what it holds: `Value`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from policies.recognisers.field_names.category import is_label_of
from policies.recognisers.field_names.words import FALSE_FRIENDS, QUASI
from policies.recognisers.find import find, reported
from policies.recognisers.table import Hit

BY_KEY = "key"
_SURE = 0.95
_SAYS_NOTHING = re.compile(
    r"\W*(?:[是否有无男女]|暂无|没有|不详|未知|未填写?|待补|n/?a|null|none|nil|true|false|yes|no|y|n)?\W*"
)
"""What forms are filled in with where there is nothing to say. The sexes are said by their own keys."""
_ASKS = re.compile("请(?:输入|填写|选择)|不能为空|格式(?:不|错|有)|必填|不(?:合法|正确|符合)|长度(?:不|应)")
"""In messages about a field, which stand under its name as well."""
_TIME = re.compile(r"20[0-9]{2}[\-/年][01]?[0-9][\-/月][0-3]?[0-9]")
_OF_NUMBER = re.compile("(?:[Nn]umber|NUMBER|号码?)$")
_YES_OR_NO = re.compile("[yn]", re.IGNORECASE)
_ASKS_NOTHING = re.compile(
    "(?:[Nn]ame|NAME|[Nn]umber|NUMBER|[Aa]ddr(?:ess)?|ADDR(?:ESS)?|xm|XM|dz|DZ|hm|HM|姓名|[号號][码碼]?|[地住]址)$"
)
"""How keys end of what is no answer: Y under `spouse` says that there is one, and under `fatherName` is a letter."""
_LEAST_OF_TEXT = 7
"""Characters of running text: what is shorter is read by what it is called."""
_HAN = re.compile("[\u4e00-\u9fff]")
_OF_DEVICE = re.compile(
    r"(?:(?:last|login|client|user|remote|terminal|dl|zd|yh)_?){0,2}(?P<kind>ip|mac)(?:_?(?:addr(?:ess)?|dz|v[46]))?",
    re.IGNORECASE,
)
"""Keys of the address of a device, whosever it is; not that of a server or a gateway."""
_WEB = re.compile(r"(?:[a-z]+://|[0-9]{1,3}(?:\.[0-9]{1,3}){3})", re.IGNORECASE)


class Value(msgspec.Struct, frozen=True):
    """A value that is personal data."""

    pointer: str
    category: str
    score: float
    why: str
    """`key`, or what `Hit.why` says of what was found in the value."""


class Leaf(msgspec.Struct, frozen=True):
    """A value that is looked at as a whole, or a key (*is_key*)."""

    pointer: str
    value: Any
    key: str
    """The nearest above."""
    category: str | None
    """What keys say that it holds."""
    is_key: bool = False

    def is_told(self) -> bool:
        """Whether keys tell of it."""
        if isinstance(self.value, dict | list):
            return True
        if self.category is None or (_is_flag(self.value) and not self._is_of_number() and self.category not in QUASI):
            return False
        text = str(self.value).strip()
        if _YES_OR_NO.fullmatch(text) is not None and _ASKS_NOTHING.search(self.key) is not None:
            return self.category != "free_text"
        return _says_something(str(self.value), self.category)

    def _is_of_number(self) -> bool:
        """Whether the key says that a number stands under it: 1 is one, then, and no flag."""
        return self.value == 1 and _OF_NUMBER.search(self.key) is not None

    def is_text(self) -> bool:
        """Whether it is running text, of which no key tells what it holds."""
        return isinstance(self.value, str) and not self.is_key and not self.is_told() and _is_running(self.value)

    def values(self, read: Mapping[str, Sequence[Hit]]) -> Iterator[Value]:
        """What of it is personal data. *read*: what was found in texts that were read as such."""
        if self.is_told():
            yield Value(self.pointer, reported(self.category or "free_text"), _SURE, BY_KEY)
            return
        text = str(self.value)
        if self.is_key:
            hits = list(find(text)[:1])
        else:
            hits = [hit for hit in (read[text] if text in read else find(text)) if _counts(hit, text, self.key)]
            if not hits and isinstance(self.value, str):
                hits = _of_device(self.key, text)
        best = {hit.category: hit for hit in sorted(hits, key=lambda hit: hit.score)}
        yield from (Value(self.pointer, hit.category, hit.score, hit.why) for hit in best.values())


def _is_flag(value: Any) -> bool:
    return isinstance(value, int) and value in (0, 1)


def _says_something(text: str, category: str) -> bool:
    """Whether a value under a telling key is one: no word for nothing, no text in which somebody may be."""
    if category == "free_text":
        return False
    if category in ("sex", "marriage"):
        return bool(text.strip())
    if is_label_of(text, category) or _ASKS.search(text) is not None:
        return False
    if category == "address" and _WEB.match(text) is not None:
        return False
    if category == "mobile" and _TIME.match(text) is not None:  # sj is 时间 as well
        return False
    return _SAYS_NOTHING.fullmatch(text.lower()) is None


def _counts(hit: Hit, text: str, key: str) -> bool:
    """Whether what looks like somebody's number is one, under a key that says that it is a number of a thing."""
    alone = hit.end - hit.start >= len(text.strip())
    return not (alone and hit.why == "pattern" and hit.category != "email" and _is_of_thing(key))


def _of_device(key: str, text: str) -> list[Hit]:
    """The address of a device that *text* is, as it is found behind a label, where *key* says that it holds one."""
    told = _OF_DEVICE.fullmatch(key)
    if told is None:
        return []
    kind = told["kind"].lower()
    return [hit for hit in find(f"{kind}:{text.strip()}") if hit.category == kind]


def _is_running(text: str) -> bool:
    """Whether *text* is more than what something is called: a sentence, or several words."""
    return len(text) >= _LEAST_OF_TEXT and _HAN.search(text) is not None


_SERIAL = re.compile(
    r"(?:order|serial|trade|trace|batch|track|request|version|model|sku|hash|token|time(?:stamp)?|sn|seq|uuid|isbn|ean"
    r"|ddh|lsh|slbh|ywlsh|bh|bianhao|kddh|xlh|编号|单号|流水号?|序列号|型号|时间戳|受理号)(?:_?(?:no|id|number|code))?$",
    re.IGNORECASE,
)


def _is_of_thing(key: str) -> bool:
    return _SERIAL.search(key) is not None or key.lower() in FALSE_FRIENDS
