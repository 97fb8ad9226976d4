"""Parts in XML: what is not replaced stays octet for octet, however the part arrives."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents import splice
from policies.documents.splice import Splicer
from policies.documents.units import Frame, Unit, cut, joined, write
from policies.formats.masker import Withheld

PART = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<w:a xmlns:w="x" w:b = \'1\'>\n <!-- 张 -->'
    '<w:p w:id="13"><r><t>一</t><x/>'
    "</r><t>&amp;二<!-- 三 --><![CDATA[<四>]]></t><t></t><t/></w:p >"
    "<q z='五'>六</q><p/><p><t>七</t></p><?x y?>八</w:a>\n"
).encode()
SHOWN = PART.replace("<!-- 张 -->".encode(), b"").replace("<!-- 三 -->".encode(), b"").replace(b"<?x y?>", b"")


def splicer(treats: object = lambda unit, following: None) -> Splicer:
    return Splicer(treats, lambda frame, name, value: value, units=frozenset("p"), marks=frozenset("t"))  # type: ignore[arg-type]


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return (data[start:end] for start, end in pairwise(places))


@given(st.lists(st.integers(0, len(PART)), max_size=20))
def test_nothing_changes_but_what_nobody_sees(cuts: list[int]) -> None:
    assert b"".join(splicer().spliced(pieces(PART, cuts))) == SHOWN


@given(st.lists(st.integers(0, len(PART)), max_size=20))
def test_units_come_whole_and_with_the_next(cuts: list[int]) -> None:
    seen: list[tuple[str, str | None]] = []

    def treats(unit: Unit, following: Unit | None) -> None:
        seen.append((joined(unit.runs), None if following is None else joined(following.runs)))
        write(unit, [run for run in unit.runs if run.element.name == "t"], "<*>")

    out = b"".join(splicer(treats).spliced(pieces(PART, cuts)))
    assert seen == [("一&二<四>", "六"), ("六", "七"), ("七", "八"), ("八", None)]
    assert b"<r><t>&lt;*&gt;</t><x/></r><t></t><t></t><t/></w:p >" in out
    assert out.endswith("<q z='五'>六</q><p/><p><t>&lt;*&gt;</t></p>八</w:a>\n".encode())


def test_spans_are_cut_across_runs() -> None:
    def treats(unit: Unit, following: Unit | None) -> None:
        cut(unit, unit.runs, [(1, 3), (4, 6)], "*")

    part = b"<a><p><t>01</t><t>23</t><t>4567</t></p></a>"
    assert b"".join(splicer(treats).spliced([part])) == b"<a><p><t>0*</t><t>3</t><t>*67</t></p></a>"


def test_elements_go_and_attributes_come() -> None:
    def treats(unit: Unit, following: Unit | None) -> None:
        frame = unit.marked[1][-1]
        unit.says(unit.marked[0][-1], "k", 'a"<')
        unit.removes(frame)

    out = b"".join(splicer(treats).spliced([b"<a><p ><t>0</t>1</p></a>"]))
    assert out == b'<a><p  k="a&quot;&lt;">1</p></a>'


def test_attributes_are_replaced_in_either_kind_of_quotes() -> None:
    def attribute(frame: Frame, name: str, value: str) -> str:
        return "'\"" if value == "x" else value

    made = Splicer(lambda *_: None, attribute, units=frozenset(), marks=frozenset())
    assert b"".join(made.spliced([b"<a n:b='x' c=\"x\" d='y'/>"])) == (
        b"<a n:b='&apos;&quot;' c=\"&apos;&quot;\" d='y'/>"
    )


@pytest.mark.parametrize(
    "part", [b"", b"<a>", b"<a/><b/>", b"<!DOCTYPE a><a/>", b"<a>&b;</a>", "<a>张</a>".encode("utf-16"), b"<a b=1/>"]
)
def test_what_is_no_such_part_is_withheld(part: bytes) -> None:
    with pytest.raises(Withheld, match=r"document_(malformed|doctype)"):
        b"".join(splicer().spliced([part]))


def test_one_unit_without_end_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "LONGEST_UNIT", 64 * 1024)

    def endless() -> Iterator[bytes]:
        yield b"<a><p>"
        for _ in range(400):
            yield b"<t>x</t>" * 512

    with pytest.raises(Withheld, match="too_large_to_mask"):
        for _ in splicer().spliced(endless()):
            pass
