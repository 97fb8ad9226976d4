import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulletin.wording import Block, Site, blocks, chinese_time, english_time, machine_time
from tests.incident.office import TEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", []),
        ("一行", [Block("paragraph", ("一行",))]),
        ("一行\n两行", [Block("paragraph", ("一行", "两行"))]),
        ("一段\n\n两段", [Block("paragraph", ("一段",)), Block("paragraph", ("两段",))]),
        ("## 标题\n正文", [Block("heading", ("标题",)), Block("paragraph", ("正文",))]),
        ("正文\n## 标题", [Block("paragraph", ("正文",)), Block("heading", ("标题",))]),
        ("- 一\n- 二", [Block("list", ("一", "二"))]),
        (
            "说明：\n- 一\n后文",
            [Block("paragraph", ("说明：",)), Block("list", ("一",)), Block("paragraph", ("后文",))],
        ),
        ("- 一\n\n- 二", [Block("list", ("一",)), Block("list", ("二",))]),
        ("# 不是标题\n-不是列表", [Block("paragraph", ("# 不是标题", "-不是列表"))]),
    ],
)
def test_the_light_markup(text: str, expected: list[Block]) -> None:
    assert list(blocks(text)) == expected


@given(st.text("ab#- \n", max_size=40))
def test_no_word_is_lost(text: str) -> None:
    letters = "".join(character for character in text if character in "ab")
    shown = "".join(line for block in blocks(text) for line in block.lines)
    assert "".join(character for character in shown if character in "ab") == letters


def test_every_time_has_its_zone() -> None:
    site = Site()
    assert machine_time(TEN, site) == "2026-11-23T18:00:00+08:00"
    assert chinese_time(TEN, site) == "2026年11月23日 18:00（北京时间）"
    assert english_time(TEN, site) == "2026-11-23 18:00 (Beijing time)"
