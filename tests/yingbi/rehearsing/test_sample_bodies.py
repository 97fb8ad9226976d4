"""What becomes of one body by two policies, and whether anything comes out that was hidden."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.compiling.folder import compile_folder
from policies.program import Program
from policies.transforms.positions import starred
from policies.transforms.spec import Keep
from tests.policies.compiled import GOOD
from yingbi.rehearsing.rehearse import Rehearsal, lines_of
from yingbi.rehearsing.sample_bodies import shows_more
from yingbi.rehearsing.samples import Compared, compare_samples

NOW = datetime(2026, 11, 25, tzinfo=UTC)
RAW = {"name": "陈杰涛", "mobile": "19675866125", "age": 37, "note": "电话19675866125", "list": ["甲", "乙"]}
HIDDEN = {"name": "***", "mobile": "***********", "age": None, "note": "电话***", "list": ["*", "*"]}


def _body(**values: object) -> bytes:
    return json.dumps({**HIDDEN, **values}, ensure_ascii=False).encode()


MORE: list[tuple[dict[str, object], dict[str, object], bool]] = [
    ({}, {}, False),
    ({}, {"name": "陈**"}, True),
    ({"name": "陈**"}, {}, False),
    ({"mobile": "196****6125"}, {"mobile": "1966****125"}, True),
    ({"mobile": "196****6125"}, {"mobile": "196*****125"}, False),
    ({"mobile": "196****6125"}, {"mobile": "196********6125"}, False),
    ({"mobile": "196****"}, {"mobile": "********196"}, True),
    ({"mobile": "196****6125"}, {"mobile": None}, False),
    ({"mobile": None}, {"mobile": "***"}, True),
    ({"mobile": None}, {"mobile": ""}, True),
    ({"mobile": ""}, {"mobile": "***"}, True),
    ({"mobile": "19675866125"}, {"mobile": "d1.3f6a9c02"}, False),
    ({"mobile": "***"}, {"mobile": "d1.3f6a9c02"}, True),
    ({"name": "***"}, {"name": "已隐藏"}, False),
    ({}, {"age": 37}, True),
    ({"age": 37}, {"age": 30}, False),
    ({"age": 30}, {"age": 37}, True),
    ({}, {"note": RAW["note"]}, True),
    ({"note": RAW["note"]}, {}, False),
    ({"list": ["甲", "*"]}, {"list": ["*", "乙"]}, True),
    ({"list": ["甲", "乙"]}, {"list": ["乙"]}, False),
    ({"list": ["*", "乙"]}, {"list": ["*"]}, False),
    ({"list": ["*", "*"]}, {"list": ["乙"]}, True),
    ({"list": ["*"]}, {"list": ["*", "*"]}, True),
    ({}, {"another": "***"}, True),
]


@pytest.mark.parametrize(("was", "would", "is_more"), MORE)
def test_what_comes_out_is_more(was: dict[str, object], would: dict[str, object], is_more: bool) -> None:
    raw = json.dumps(RAW).encode()
    assert shows_more(raw, _body(**was), _body(**would), "json", {"已隐藏"}) is is_more


@pytest.mark.parametrize(
    ("kind", "raw", "less", "more"),
    [
        ("csv", "name,id\n陈杰涛,7\n", "name,id\n,7\n", "name,id\n***,7\n"),
        ("csv", "name,id\n陈杰涛,7\n", "name,id\n***,7\n", "name,id\n陈**,7\n"),
        ("html", "<td title=x>陈杰涛</td>", "<td title=x></td>", "<td title=x>***</td>"),
        ("html", "<td title=x>陈杰涛</td>", "<td title=x>***</td>", "<td title=x>陈**</td>"),
        ("text", "陈杰涛\n电话19675866125\n", "陈杰涛\n电话***\n", "陈杰涛\n电话19675866125\n"),
        ("json", '["甲","乙"]', '["*"', '["*","乙"'),  # both cut
        ("jsonp", 'cb({"name":"陈杰涛"});', 'cb({"name":"***"});', 'cb({"name":"陈**"});'),
        ("jsonp", 'cb(["甲","乙"])', 'cb(["*"', 'cb(["*","乙"'),
    ],
)
def test_so_it_is_in_every_kind_of_body(kind: str, raw: str, less: str, more: str) -> None:
    assert shows_more(raw.encode(), less.encode(), more.encode(), kind, ())
    assert not shows_more(raw.encode(), more.encode(), less.encode(), kind, ())


KEEPS = st.builds(Keep, first=st.integers(0, 4), last=st.integers(0, 4))


@given(KEEPS, KEEPS, st.text("0123456789", max_size=12))
def test_no_digit_that_a_mask_hid_comes_out_unnoticed(was: Keep, would: Keep, value: str) -> None:
    before, after = starred(was)(value), starred(would)(value)
    raw, told, instead = (json.dumps([text]).encode() for text in (value, before, after))
    comes_out = any(char != "*" and hidden == "*" for hidden, char in zip(before, after, strict=False))
    assert shows_more(raw, told, instead, "json", ()) is comes_out


def _compared(folder: Path, value: str) -> Compared:
    """A sample with *value*, of which the last four were kept and the last three would be."""
    folder.mkdir()
    before, after = (_keeping(kept, folder) for kept in (4, 3))
    (folder / "one.json").write_text(json.dumps({"items": [{"mobile": value}]}))
    (folder / "samples.json").write_text('[{"body": "one.json", "system": "people", "operation": "GET /people"}]')
    (found,) = compare_samples(folder, before, after, NOW)
    return found


def _keeping(last: int, folder: Path) -> dict[str, Program]:
    policy = folder / str(last)
    shutil.copytree(GOOD, policy)
    people = policy / "systems" / "people.yaml"
    mask = f"mobile: {{category: mobile, mask: {{keep: {{last: {last}}}}}}}\n"
    people.write_text(people.read_text("utf-8").replace("mobile: mobile\n", mask), "utf-8")
    return compile_folder(policy)


def test_a_sample_of_which_more_comes_out_is_more_whatever_the_masks_are(tmp_path: Path) -> None:
    short, long = (_compared(tmp_path / value, value) for value in ("12345", "13800138000"))
    assert (short.shows_more, long.shows_more) == (True, False)
    rehearsal = Rehearsal([], [short], NOW, NOW, 0, 0)
    assert rehearsal.is_looser
    assert "样本 / sample one.json: 会多显示 / more would be shown" in list(lines_of(rehearsal))
