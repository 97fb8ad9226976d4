"""`yingbi notice`: what a template makes of a case, from the journal as it lies in the database."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pypdf
import pytest
from docx import Document
from sqlalchemy import text

from incident.database import for_writing, open_database
from tests.incident.office import Office, alert, new_database, shown
from tests.servers import ROOT
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND
from yingbi.home import Home

SETTINGS = """two_people = false
[contact]
unit_zh = "青石区政务服务和数据管理局"
unit_en = "Qingshi District Government Services and Data Bureau"
phone = "0570-8765000"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str, str]]:
    """An installation with a case that was counted, and one of which nothing is known."""
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder)
    shutil.copytree(ROOT / "deploy" / "demo" / "policies", home.policies)
    home.settings.write_text(SETTINGS, "utf-8")
    engine = new_database(folder)
    office = Office(folder=folder, engine=engine)
    office.record(fields=(shown("person_name"), shown("mobile")))
    counted = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    empty = office.cases.open_or_join(alert("a-2", respond="", group={"user.id": "clerk-zhou"}))
    office.events.close()
    yield home, counted, empty
    engine.dispose()


@pytest.fixture
def home(made: tuple[Home, str, str], monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(made[0].root))
    return made[0]


def render(case: str, form: str, folder: Path, *more: str) -> tuple[int, bytes]:
    out = folder / f"out.{form}"
    code = main(["notice", "render", case, "--template", "extortion", "--format", form, "-o", str(out), *more])
    return code, out.read_bytes() if out.exists() else b""


def test_every_format_says_the_same(home: Home, made: tuple[Home, str, str], tmp_path: Path) -> None:
    case = made[1]
    said = "共有 20 人的个人信息被显示"
    assert render(case, "txt", tmp_path)[0] == FINE
    assert said in render(case, "txt", tmp_path)[1].decode()
    html = render(case, "html", tmp_path)[1].decode()
    assert said in html
    html5lib.HTMLParser(strict=True).parse(html)
    assert "http" not in html.partition("<body>")[2], "nothing comes from elsewhere"
    document = Document(io.BytesIO(render(case, "docx", tmp_path)[1]))
    assert any(said in paragraph.text for paragraph in document.paragraphs)
    pdf = pypdf.PdfReader(io.BytesIO(render(case, "pdf", tmp_path)[1]))
    written = "".join(page.extract_text() for page in pdf.pages).replace("\0", "")
    assert said.replace(" ", "") in "".join(written.split()), written[:400]
    told = json.loads(render(case, "json", tmp_path)[1])
    assert said in told["body"]["zh"]
    assert (told["publishable"], told["template"], told["audience"]) == (True, "extortion", "public")


def test_plain_words_come_in_large_type_and_english_alone(
    home: Home, made: tuple[Home, str, str], tmp_path: Path
) -> None:
    assert 'class="large"' in render(made[1], "html", tmp_path, "--audience", "plain")[1].decode()
    english = render(made[1], "html", tmp_path, "--audience", "english")[1].decode()
    assert '<html lang="en">' in english
    assert "联系我们" not in english


def test_what_cannot_be_published_is_said_beside_the_text(
    home: Home, made: tuple[Home, str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, text = render(made[2], "txt", tmp_path)
    assert code == FOUND
    assert "【待补】" in text.decode()
    assert "yingbi: 文中还有【待补】的内容" in capfd.readouterr().err
    told = json.loads(render(made[2], "json", tmp_path)[1])
    assert told["publishable"] is False
    assert {"missing-fact"} <= {problem["code"] for problem in told["problems"]}


@pytest.mark.parametrize(
    ("case", "template", "says"),
    [("C-20990101-001", "extortion", "there is no such case"), ("", "../extortion", "there is no such template")],
)
def test_what_is_not_there_is_said(
    home: Home, made: tuple[Home, str, str], case: str, template: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", "render", case or made[1], "--template", template]) == COULD_NOT
    assert says in capfd.readouterr().err


def test_a_journal_that_was_altered_makes_no_notice(
    made: tuple[Home, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made[0].root, tmp_path / "home")
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))

    engine = open_database(f"sqlite:///{tmp_path / 'home' / 'state.db'}")
    with for_writing(engine).begin() as connection:
        altered = text("UPDATE journal SET body = replace(body, :before, :after)")
        connection.execute(altered, {"before": '"persons":20', "after": '"persons":2'})
    engine.dispose()
    assert main(["notice", "render", made[1], "--template", "extortion"]) == COULD_NOT
    assert "an auditor has to look first" in capfd.readouterr().err


def test_templates_are_listed_and_checked_with_those_of_one_s_own(
    made: tuple[Home, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made[0].root, tmp_path / "home")
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    own = tmp_path / "home" / "notice-templates"
    own.mkdir()
    (own / "lost-card.zh.j2").write_text("# 卡片\n\n{{ fact.weather }}\n", "utf-8")
    assert main(["notice", "list", "--templates", "--json"]) == FINE
    told = json.loads(capfd.readouterr().out)
    assert {"lost-card", "extortion"} <= {*told["templates"]}
    assert set(told["audiences"]) == {"public", "plain", "hotline", "wechat", "english"}
    main(["check"])
    said = capfd.readouterr().out
    assert "notice-templates/lost-card.zh.j2:3:1" in said
    assert "there is no fact `weather`" in said
