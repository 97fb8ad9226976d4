"""What a version changed: nothing is lost, nothing is made up, and it is shown."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bulletin.changes import LONGEST, Kind, changes_between, pieces
from tests.bulletin.conftest import Serve
from tests.bulletin.shelves import BODY, content, notice, put, withdrawn
from tests.incident.office import zh

TEXTS = st.text("共有人的信息1,234ab \n", max_size=40)


@given(TEXTS, TEXTS)
def test_without_what_is_new_it_is_the_old_and_without_what_is_gone_the_new(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind is not Kind.NEW) == old
    assert "".join(piece.text for piece in found if piece.kind is not Kind.GONE) == new
    assert all(piece.text for piece in found)


def test_a_number_changes_as_a_whole() -> None:
    assert [(piece.kind, piece.text) for piece in pieces("共有 1,234 人", "共有 1,243 人")] == [
        (Kind.KEPT, "共有 "),
        (Kind.GONE, "1,234"),
        (Kind.NEW, "1,243"),
        (Kind.KEPT, " 人"),
    ]


def test_long_texts_are_not_compared_piece_by_piece() -> None:
    assert [piece.kind for piece in pieces("长" * (LONGEST + 1), "短")] == [Kind.GONE, Kind.NEW]


def test_only_what_changed_is_told() -> None:
    changed = content(body_zh=BODY.replace("1,234", "1,243"), grade=None)
    told = changes_between(content(), changed)
    assert [change.name for change in told] == ["正文", "事件级别"]
    assert len(told[0].paragraphs) == 1
    assert changes_between(content(), content()) == ()


def test_the_page_shows_both_versions_and_a_withdrawn_one_has_none(tmp_path: Path, serve: Serve) -> None:
    after = content(body_zh=BODY.replace("1,234", "1,243 <b>"), change=zh("人数有误"))
    put(tmp_path, notice(1, content(), after), withdrawn(notice(2, content(), after)))
    client = serve(tmp_path)
    page = client.get("/notices/N-20261123-001/2/changes")
    assert page.status_code == 200
    assert '<del><span class="unseen">删去：</span>1,234</del>' in page.text
    assert "1,243 &lt;b&gt;</ins>" in page.text
    assert "更正说明：人数有误" in page.text
    assert "/notices/N-20261123-001/2/changes" in client.get("/notices/N-20261123-001").text
    for address in ("N-20261123-001/1", "N-20261123-001/3", "N-20261123-002/2", "N-20261123-009/2"):
        assert client.get(f"/notices/{address}/changes").status_code == 404
