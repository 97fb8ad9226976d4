"""The table of reasons: whole, and in step with what the code says."""

import ast
import re
from pathlib import Path

import pytest

from policies import ask
from policies.formats.masker import Withheld
from proxy import reasons
from proxy.reasons import REASONS, reason_for_body
from yingbi.permits import judge as judge_permits

PROXY, POLICIES = Path(reasons.__file__).parent, Path(ask.__file__).parent


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_says_something_to_everybody(reason: str) -> None:
    about = REASONS[reason]
    assert 400 <= about.status <= 599
    assert re.search("[\u4e00-\u9fff]", about.zh)
    assert about.en
    assert about.en[0].islower()
    assert not about.en.endswith(".")
    assert not about.zh.endswith("。")


def test_no_reason_is_left_over() -> None:
    said = {
        word
        for path in (
            *PROXY.rglob("*.py"),
            *(path for path in POLICIES.rglob("*.py") if "recognisers" not in path.parts),
            Path(judge_permits.__file__),
        )
        if path.name != "reasons.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in node.value.split()
    }
    # The questions' codes come from `policies.ask`.
    asked = set(re.findall(r'Refusal\("(\w+)"', Path(ask.__file__).read_text("utf-8")))
    assert asked <= set(REASONS)
    assert set(REASONS) - said - asked <= {reasons.UNREADABLE, reasons.FILE_UNREADABLE}


@pytest.mark.parametrize("code", ["not_json", "not_utf_8", "table_not_as_declared", "anything"])
def test_whatever_a_masker_says_has_a_reason(code: str) -> None:
    assert reason_for_body(Withheld(code).reason) == "answer_unreadable"
    assert reason_for_body("too_large_to_mask") == "answer_too_large"
