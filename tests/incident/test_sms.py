import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.sms import sms_length


@pytest.mark.parametrize(
    ("text", "units", "parts", "is_unicode"),
    [
        ("", 0, 0, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("€" * 80, 160, 1, False),
        ("a" * 152 + "€" + "a" * 152, 306, 3, False),  # the euro sign is not torn, and one place stays empty
        ("中" * 70, 70, 1, True),
        ("中" * 71, 71, 2, True),
        ("中" * 134, 134, 2, True),
        ("中" * 135, 135, 3, True),
        ("中" * 66 + "\U00020000" + "中" * 66, 134, 3, True),
    ],
)
def test_the_length_of_a_text(text: str, units: int, parts: int, is_unicode: bool) -> None:
    found = sms_length(text)
    assert (found.units, found.parts, found.unicode) == (units, parts, is_unicode)


@given(st.text(max_size=400), st.text(max_size=10))
def test_a_longer_text_takes_no_fewer_parts(text: str, more: str) -> None:
    if sms_length(text).unicode == sms_length(text + more).unicode:
        assert sms_length(text).parts <= sms_length(text + more).parts
    assert sms_length(text).units >= len(text)
