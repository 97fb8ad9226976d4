"""What a sentence about somebody says of them besides, without a label: ethnicity, party, marriage, belief, illness.

Only reports tell it: by itself it is a word like any other, and what the data path hides is declared.
Source: GB/T 45574-2025 and GB/T 37964-2019, as `policies.recognisers.levels`.
"""

import re
from collections.abc import Iterator, Sequence

from policies.recognisers.labelled_facts import ETHNICITIES
from policies.recognisers.table import Hit

_SENTENCE = re.compile("[^。！？；!?;\n]+")
_SOMEBODY = re.compile(
    "本人|我(?!们|国|市|省|县|区|局|院|校)|[他她](?!们)|申请人|当事人|被告人|原告|患者|死者|伤者|户主|老人|该户|居民|村民|孕妇|产妇"
)
_BEFORE = "(?:(?<=[，,、：:（( 　是系为人我他她者年现])|^)"
_BEHIND = "(?=[，,、。；;（）() 　]|$)"
_HAN = "\u4e00-\u9fff"
_ROWS = (
    ("ethnicity", re.compile(f"{_BEFORE}((?:{'|'.join(ETHNICITIES)})族)(?=人?{_BEHIND}|同胞)")),
    (
        "party",
        re.compile(
            "((?:中共|共产党|预备|中共预备)党员|共青团员|(?:民革|民盟|民建|民进|农工党|致公党|九三学社|台盟)[党盟会社]员"
            f"|无党派人士){_BEHIND}"
        ),
    ),
    ("marriage", re.compile(f"{_BEFORE}(已婚|未婚|离异|丧偶|再婚){_BEHIND}")),
    ("religion", re.compile(f"{_BEFORE}虔?诚?的?(佛教徒|基督教?徒|天主教徒|穆斯林|道教徒|伊斯兰教徒)")),
    (
        "health",
        re.compile(
            f"(?:罹患|身患|患上|查出|得了|患(?!者|儿|病))([{_HAN}A-Za-z0-9]{{1,8}}?"
            "(?:病|症|炎|癌|瘤|高血压|梗死|梗塞|出血|溃疡|骨折|感染))"
        ),
    ),
)


def said_of_people(text: str, people: Sequence[Hit]) -> Iterator[Hit]:
    """What is said so in the sentences of *text* that name somebody, as *people* tell, or speak of somebody."""
    for sentence in _SENTENCE.finditer(text):
        start, end = sentence.span()
        if not any(start <= hit.start < end for hit in people) and _SOMEBODY.search(text, start, end) is None:
            continue
        for category, pattern in _ROWS:
            for match in pattern.finditer(text, start, end):
                yield Hit(*match.span(1), category, 0.6, "context")
