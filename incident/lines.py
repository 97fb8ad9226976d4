"""Lines in two languages for readers, made of what was written in one text or two."""

import re

from incident.ids import Bilingual

_CHINESE = re.compile("[\u3400-\u9fff]")


def line(zh: str, en: str, more: str = "") -> Bilingual:
    """*zh* and *en*, each with *more* behind a colon where there is any."""
    return Bilingual(zh=f"{zh}：{more}" if more else zh, en=f"{en}: {more}" if more else en)


def named(zh: str, en: str, text: str, more: str = "") -> Bilingual:
    """Each line with its own half of a *text* that is `中文 / English`, as titles, steps and our own reasons are."""
    if not text:
        return Bilingual(zh=zh, en=en)
    halves = split(text)
    return Bilingual(zh=f"{zh}：{halves.zh}{more}", en=f"{en}: {halves.en or halves.zh}{more}")


def split(text: str) -> Bilingual:
    """The halves of a text that is `中文 / English`. One with Chinese behind the stroke too, or none before it, is no
    such text: all of it is the first half.
    """
    zh, _, en = text.partition(" / ")
    return Bilingual(zh=zh, en=en) if _CHINESE.search(zh) and not _CHINESE.search(en) else Bilingual(zh=text, en="")
