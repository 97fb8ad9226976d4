import json

import pytest

from policies.formats.learning import LearningJsonMasker, paths_in
from policies.formats.masker import Withheld
from tests.policies.formats.masking import UNDECLARED, in_pieces, tally

BODY = {
    "total": 2,
    "rows": [{"xm": "张三", "sfzh": "11010519491231002X"}, {"xm": "李四", "tags": ["a"]}],
    "by_id": {"11010519491231002X": {"xm": "张三"}},
    "张三": 1,
}


def test_everything_is_hidden_and_field_names_are_noted() -> None:
    masker = LearningJsonMasker(UNDECLARED, tally())
    out = json.loads(in_pieces(lambda: masker, json.dumps(BODY).encode(), [3, 30]))
    assert out["rows"][0] == {"xm": "***", "sfzh": "***"}
    assert out["total"] is None
    assert dict(masker.tally.paths) == {
        "/total": 1,
        "/rows/*/xm": 2,
        "/rows/*/sfzh": 1,
        "/rows/*/tags/*": 1,
        "/by_id/*/xm": 1,
        "/*": 1,
    }


def test_a_key_with_a_number_in_it_is_no_name_of_a_field() -> None:
    body = {"tel-0571-88881234": 1, "p1380013": 1, "line_2": 1, "iso8601_9": 1}
    assert paths_in(body) == {"/*": 2, "/line_2": 1, "/iso8601_9": 1}


def test_an_inventory_is_bounded() -> None:
    letters = "abcdefghijklmnopqrst"
    many = {f"key{one}": {f"key{one}{other}": 1 for other in letters} for one in letters}
    assert len(paths_in(many)) == 200


def test_a_key_that_could_be_a_name_or_tells_records_apart_is_no_name_of_a_field() -> None:
    tasks = {"zhangsan": 3, "Li_Si": 4, "total": 7, "xingming": 1}
    assert paths_in({"tasks": tasks}) == {"/tasks/*": 2, "/tasks/total": 1, "/tasks/xingming": 1}
    assert paths_in({"jsmith": {"done": 3}, "akim": {"done": 4}}) == {"/*/done": 2}


def test_what_is_no_json_is_withheld() -> None:
    with pytest.raises(Withheld):
        in_pieces(lambda: LearningJsonMasker(UNDECLARED, tally()), b"{", [])
