import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Finding, Position, Severity
from policies.sentences import SENTENCES
from tests.gateway import ROOT
from yingbi.cli import main
from yingbi.sarif import sarif_of

ERROR = Finding(Position("grants.yaml", 3, 5), "unknown-category", "no such category", about="`moblie`")
WARNING = Finding(Position("systems/人员.yaml", 7, 1), "ended", "it has ended", Severity.WARNING)


def test_a_result_has_its_place_its_level_and_both_languages() -> None:
    (run,) = sarif_of([ERROR, WARNING, ERROR], Path("policies"))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["ended", "unknown-category"]
    first, second, third = run["results"]
    assert first == third
    assert first["level"] == "error"
    assert first["message"]["text"] == f"{SENTENCES['unknown-category']}：`moblie` / no such category"
    (place,) = first["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "policies/grants.yaml"},
        "region": {"startLine": 3, "startColumn": 5},
    }
    assert second["level"] == "warning"
    uri = second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote(uri) == "policies/systems/人员.yaml"


def test_in_a_folder_named_whole_files_are_named_from_it(tmp_path: Path) -> None:
    (run,) = sarif_of([ERROR], tmp_path)["runs"]
    (result,) = run["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "grants.yaml", "uriBaseId": "POLICIES"}
    assert run["originalUriBaseIds"] == {"POLICIES": {"uri": f"{tmp_path.as_uri()}/"}}
    assert "originalUriBaseIds" not in sarif_of([ERROR], Path("policies"))["runs"][0]


@given(st.lists(st.sampled_from(sorted(SENTENCES)), max_size=8))
def test_each_result_points_to_its_rule(codes: list[str]) -> None:
    (run,) = sarif_of([Finding(Position("a", 1, 1), code, "said") for code in codes], Path("p"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == codes


def test_every_rule_leads_to_a_page_of_the_manual() -> None:
    manual = (ROOT / "docs" / "findings.md").read_text("utf-8")
    headings = set(re.findall(r"^### (\S+)$", manual, re.MULTILINE))
    assert not SENTENCES.keys() - headings


def test_check_prints_it_and_exits_as_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "catalogue.yaml").write_text("categories: {}\ncategory: 1\n")
    assert main(["check", str(tmp_path), "--sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    assert "unknown-key" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_json_and_sarif_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--json", "--sarif"])
    assert ended.value.code == 2
    assert "--sarif" in capsys.readouterr().err
