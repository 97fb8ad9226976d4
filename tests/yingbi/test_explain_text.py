"""Why each piece of personal data in a text is taken for that, on the command line."""

import io

import pytest

from policies.formats.found import WHYS
from policies.recognisers.find import find
from tests.policies.documents.made import CANARIES, ID_NO, MAIL, MOBILE
from yingbi.cli import main
from yingbi.explain_text import NOTHING, lines_of_text

TEXT = f"经办人来电\n身份证号：{ID_NO}，手机{MOBILE}\n发到{MAIL}\n"


def test_each_hit_is_told_with_what_decided_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode()), "utf-8"))
    assert main(["explain", "-"]) == 0
    said = capsys.readouterr().out
    assert not [canary for canary in CANARIES if canary in said]
    identity, mobile, mail = said.splitlines()
    assert identity.startswith("2:6 (18 ")
    assert "校验位正确" in identity
    assert "旁边的词说明" in identity
    assert mobile.startswith("2:27 (11 ")
    assert "格式符合" in mobile
    assert mail.startswith("3:3 ")


def test_every_reason_that_is_given_has_words() -> None:
    for text in (TEXT, "护照：X1234567", "张三丰先生来过，王小明住在云州市幸福路7号。王小明说好。"):
        assert {part for hit in find(text) for part in hit.why.split(",")} <= WHYS.keys()
    assert list(lines_of_text("没有什么", prose=False)) == [NOTHING]
