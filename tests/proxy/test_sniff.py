"""What a body is by what it begins with. What comes of it over a socket is in tests/evasion/test_content_types.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.as_said import LOOKED_AT, AsSaid
from policies.formats.masker import Action, Kind, Masker, Tally, Withheld
from policies.formats.text_body import TextMasker
from proxy.sniff import AsItIs
from tests.policies.formats.masking import DIGESTER, cuts
from tests.rig import ID_NO

SHOW = Action(field=0, kind=Kind.SHOW, personal=False)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({min(place, len(data)) for place in places} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def passed(masker: Masker, pieces: list[bytes]) -> bytes | str:
    """What comes out of *masker*, or why nothing may."""
    try:
        return b"".join([*(out for piece in pieces for out in masker.feed(piece)), *masker.close()])
    except Withheld as withheld:
        return withheld.reason


STARTS = [
    "",
    "{",
    '{"a": 1',
    "[1,",
    "f(",
    "<svg>",
    "<html>",
    "\ufeff",
    "p { }",
    f"x={ID_NO};",
    f"1{ID_NO}",
    "中" * 500,
    "x" * 1100,
]


@given(st.lists(st.sampled_from(STARTS), max_size=6).map("".join), cuts)
@pytest.mark.parametrize("media_type", ["text/css", "image/svg+xml", "application/javascript"])
def test_a_file_passes_however_it_comes(media_type: str, text: str, places: list[int]) -> None:
    whole = passed(AsItIs(Tally(DIGESTER), media_type, ""), [text.encode()])
    assert passed(AsItIs(Tally(DIGESTER), media_type, ""), cut(text.encode(), places)) == whole
    assert whole in (text.encode(), "static_file_is_data")
    assert whole != text.encode() or f"={ID_NO};" not in text


@given(st.lists(st.sampled_from(STARTS), max_size=6).map("".join), cuts)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_what_is_withheld_for_its_beginning_is_so_however_it_comes(kind: str, text: str, places: list[int]) -> None:
    def masker() -> AsSaid:
        return AsSaid(TextMasker(SHOW, Tally(DIGESTER), "utf-8"), kind)

    whole = passed(masker(), [text.encode()])
    assert passed(masker(), cut(text.encode(), places)) == whole
    assert whole in (text.encode(), "not_as_said")


def test_nothing_of_a_number_has_passed_when_it_proves_the_file_to_be_data() -> None:
    masker = AsItIs(Tally(DIGESTER), "text/css", "")
    before = b"".join(masker.feed(b" " * LOOKED_AT + f" {ID_NO[:10]}".encode()))
    with pytest.raises(Withheld, match="static_file_is_data"):
        masker.feed(f"{ID_NO[10:]} ".encode())
    assert not before.strip()
