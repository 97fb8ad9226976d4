import pytest

from incident.ids import Bilingual
from incident.lines import split


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("停用涉事账号 / Block the account", "停用涉事账号", "Block the account"),
        ("停用涉事账号", "停用涉事账号", ""),
        ("已打电话 / 已发邮件", "已打电话 / 已发邮件", ""),
        ("级别为一般 / the grade is 一般", "级别为一般 / the grade is 一般", ""),
        ("and/or", "and/or", ""),
        ("A / B", "A / B", ""),
    ],
)
def test_only_a_text_in_two_languages_has_halves(text: str, zh: str, en: str) -> None:
    assert split(text) == Bilingual(zh=zh, en=en)
