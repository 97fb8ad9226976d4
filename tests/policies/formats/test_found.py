"""How what recognisers found is counted and told."""

import pytest

from policies.formats.found import BETWEEN_WHYS, WHYS, by_category, found_as, words_of
from policies.formats.free_text import personal_spans
from policies.formats.masker import Tally
from tests.policies.documents.made import ID_NO, MAIL, MOBILE
from tests.policies.formats.masking import DIGESTER


def test_counts_are_told_by_category_with_what_decided() -> None:
    counted = Tally(DIGESTER)
    for category, why in (("mobile", "pattern"), ("mobile", "context"), ("mobile", "pattern"), ("unread_text", "")):
        counted.count_found(found_as(category, why))
    assert by_category(counted.found) == {
        "mobile": (3, (("context", 1), ("pattern", 2))),
        "unread_text": (1, ()),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"身份证号{ID_NO}", "resident_id:checksum,context"),
        (ID_NO, "resident_id:checksum"),
        (MOBILE, "mobile:pattern"),
        (MAIL, "email:pattern"),
        ("护照号码：X12345678", "passport:context"),
        ("联系人张三丰", "person_name:context"),
    ],
)
def test_what_is_hidden_in_a_text_says_why(text: str, told: str) -> None:
    (span,) = personal_spans(text)
    assert span.categories == (told,)
    assert set(told.partition(":")[2].split(BETWEEN_WHYS)) <= WHYS.keys()
    assert words_of(told.partition(":")[2]).count(" / ") == told.count(",") + 1
