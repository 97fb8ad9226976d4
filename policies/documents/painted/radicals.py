"""Characters as people write them: browsers print 小 as the radical ⼩, which looks the same and is another one."""

import unicodedata

# Of the supplement (U+2E80) Unicode gives no compatibility to most; these are drawn as the characters are.
_SUPPLEMENT = dict(
    zip(
        "⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⻁⻈⻐⻝⻙⻧⻪⻫⻭⻯⻲⺩⺫",
        "母民西见角贝车长门青页风飞马骨鬼鱼鸟麦黄齐齿龙龟虎讠钅食韦卤黾斉歯竜亀王目",
        strict=True,
    )
)
_KANGXI = range(0x2F00, 0x2FE0)
_TABLE = str.maketrans(
    _SUPPLEMENT | {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in _KANGXI if chr(code).isprintable()}
)


def unified(text: str) -> str:
    """*text* with characters in place of radicals; as long as it was."""
    return text.translate(_TABLE)
