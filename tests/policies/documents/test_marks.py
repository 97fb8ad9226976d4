"""Lines as they are drawn: what is taken away are marks, and everything else keeps its place."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents.marks import drawn


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("拨打**139**57181234", "拨打13957181234"),
        ("`33`~~01~~==06==", "330106"),
        ("***王小明***，_李雷_，__韩梅__", "王小明，李雷，韩梅"),
        ("**王~~小~~明**", "王小明"),
        (r"139\-5718\-1234", "139-5718-1234"),
        ("电话：`139`57181234", "电话：13957181234"),
        ("姓名：`张`**三**", "姓名：张三"),
        ("1<b>3</b>9<wbr>5<BR>", "1395<BR>"),
    ],
)
def test_marks_go(line: str, shown: str) -> None:
    found = drawn(line)
    assert found is not None
    assert found.text == shown


@pytest.mark.parametrize(
    "line",
    [
        "",
        "王小明",
        "2 * 3 * 4",
        "a_b_c",
        "* 一\n",
        "**",
        "****",
        "** x **",
        "c:\\x",
        "电话：`139`（可接听）",
        "联系人：~~李雷~~ 已调离",
        "1 < 2",
        "<b class='x'>",
        "x*",
    ],
)
def test_what_is_no_mark_stays(line: str) -> None:
    assert drawn(line) is None


@given(st.text(st.sampled_from("*_~=`\\<b>/王明139 -"), max_size=40), st.data())
def test_what_is_drawn_is_written_where_it_is_said(line: str, data: st.DataObject) -> None:
    found = drawn(line)
    if found is None or not found.text:
        return
    start = data.draw(st.integers(0, len(found.text) - 1))
    end = data.draw(st.integers(start + 1, len(found.text)))
    pieces = list(found.spans(start, end))
    assert "".join(line[a:b] for a, b in pieces) == found.text[start:end]
    assert all(a < b for a, b in pieces)
    assert all(before[1] < after[0] for before, after in pairwise(pieces))
