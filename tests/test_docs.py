"""The manuals say what the program does: every code, setting, figure, command, link and mask in them is looked up."""

import ast
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from incident.database import for_writing, open_database
from incident.evidence_acts import MOST_MEGABYTES
from incident.facts.case import Noted, Opened
from incident.ids import ENGINE, CaseId
from incident.journal import entries_of
from incident.store import METADATA, CaseStore
from policies.findings import Findings
from policies.formats.free_text import mask_free_text
from policies.formats.prose import EVERY, LONG
from policies.load import load_policy
from policies.parse.section import Section
from policies.parse.transforms import parse_spec
from policies.parse.yaml_tree import Entries, read_yaml
from policies.sentences import SENTENCES
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Scan
from proxy.reasons import REASONS
from siem.notify.channel import Channel
from siem.record.log import AccessLog, new_start_id
from tests.policies.formats.masking import tally
from tests.policies.recognisers.weights_here import the_tagger
from tests.siem.events import NINE, event
from yingbi.cli import _parser
from yingbi.handling_settings import Drill, GoalMinutes
from yingbi.home import Home
from yingbi.metrics.figures import Figures
from yingbi.settings import HOME, PORT_BASE, File, Ports, Settings
from yingbi.settings_tables import Addresses, Alerts, Capacity, Contact, Log, Notices, Notify, Subscribers, Traces

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks_of(text: str, language: str) -> list[str]:
    """The fenced blocks of *text* in *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def rows_of(text: str, first: str) -> list[list[str]]:
    """The rows of each table of *text* whose first column is called *first*."""
    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if not cells:
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and not cells[0].startswith("---"):
            found.append(cells)
    return found


def code_in(cell: str) -> str:
    """What stands between backticks in *cell*, as a whole."""
    match = re.fullmatch(r"`(.+)`", cell)
    assert match is not None, cell
    return match[1]


# -- codes of findings


CODE_AT: Mapping[str, Mapping[str, int]] = {
    "policies/*.py": {"Finding": 1, "find": 1, "_find": 1},
    "policies/parse/*.py": {"Finding": 1, "find": 1, "_find": 1},
    "policies/checks/*.py": {"Finding": 1, "find": 1, "_find": 1},
    "policies/compiling/*.py": {"Finding": 1, "find": 1, "_find": 1},
    "policies/keys/*.py": {"Finding": 1, "find": 1, "_find": 1},
    "yingbi/check.py": {"Finding": 1},
    "yingbi/keys/check_keys.py": {"_finding": 2},
    "yingbi/check_tls.py": {"_finding": 2},
    "yingbi/publish/policy.py": {"Finding": 1},
    "yingbi/keys/stored_fields.py": {"Finding": 1},
    "siem/detect/rule_*.py": {"problem": 1, "object_to": 1, "_object_to": 2, "_at_start": 1},
    "incident/[fgpr]*.py": {"report": 0, "_report": 0},
    "incident/agreeing.py": {"report": 0},
    "incident/duty/due_time.py": {"report": 0},
    "incident/signing.py": {"report": 0},
    "incident/letters.py": {"report": 0},
    "incident/validity.py": {"report": 0},
}
"""For the files that find something wrong: which argument of which call is the code."""
PREFIX = {"siem": "rule-", "incident": "playbook-"}


def codes_in(path: Path, code_at: Mapping[str, int]) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    loops = {
        loop.target.id: [item.value for item in loop.iter.elts if isinstance(item, ast.Constant)]
        for loop in ast.walk(tree)
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Tuple)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        place = code_at.get(called)
        found = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        found += [call.args[place]] if place is not None and len(call.args) > place else []
        for code in found:
            yield from codes_of(code, loops)


def codes_of(code: ast.expr, loops: Mapping[str, Sequence[object]]) -> Iterator[str]:
    """The codes that an expression may be: a text, one of two, or a text with the values of a loop."""
    match code:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from codes_of(one, loops)
            yield from codes_of(other, loops)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), ast.FormattedValue(value=ast.Name(id=name))]):
            yield from (f"{text}{value}" for value in loops.get(name, []))
        case _:  # a code that is handed through, and stands somewhere else
            pass


def codes_in_the_source() -> set[str]:
    found: set[str] = set()
    for pattern, code_at in CODE_AT.items():
        paths = sorted(ROOT.glob(pattern))
        assert paths, pattern
        prefix = PREFIX.get(pattern.split("/")[0], "")
        found |= {prefix + code for path in paths for code in codes_in(path, code_at)}
    return found


def test_every_code_of_a_finding_has_its_paragraph() -> None:
    headings = re.findall(r"^### (.+)$", text_of("docs/findings.md"), flags=re.MULTILINE)
    assert len(set(headings)) == len(headings)
    assert set(headings) == codes_in_the_source()


def test_every_code_of_a_finding_has_its_sentence_in_chinese() -> None:
    assert set(SENTENCES) == codes_in_the_source()
    assert all(re.search("[\u4e00-\u9fff]", sentence) for sentence in SENTENCES.values())


def test_the_codes_are_those_that_a_reader_would_find() -> None:
    """A change of how findings are made must not make the test above look at nothing."""
    found = codes_in_the_source()
    assert {"unknown-key", "not-a-canary", "rule-duplicate-title", "rule-sigma", "playbook-endless"} <= found
    assert len(found) > 90


# -- codes of withheld answers


def test_every_reason_is_explained_in_the_words_that_people_see() -> None:
    rows = [row for row in rows_of(text_of("docs/reasons.md"), "代码") if len(row) == 4]
    told = {code_in(code): (int(status), words) for code, status, words, _ in rows}
    assert told == {code: (reason.status, reason.zh) for code, reason in REASONS.items()}
    assert all(meaning for *_, meaning in rows)


# -- links, commands, settings, figures


def links_of(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors_of(target), link


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_of(page: Path) -> Iterator[list[str]]:
    for block in blocks_of(page.read_text("utf-8"), "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words and re.match(r"[A-Z_]+=", words[0]):
                del words[0]
            if words:
                yield words


def test_the_readme_shows_the_two_commands() -> None:
    shown = [" ".join(words) for words in commands_of(ROOT / "README.md")]
    assert {"make up", ".venv/bin/yingbi demo leak"} <= set(shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))
    for words in commands_of(page):
        if words[0] in ("yingbi", ".venv/bin/yingbi"):
            _parser().parse_args(words[1:])
        elif words[0] == "make":
            assert set(words[1:]) - {word for word in words if "=" in word} <= targets, words


def test_every_setting_is_in_the_manual() -> None:
    manual = text_of("docs/operator.md")
    settings = [
        *File.__struct_fields__,
        *(f"contact.{name}" for name in Contact.__struct_fields__),
        *(f"addresses.{name}" for name in Addresses.__struct_fields__),
        *(f"capacity.{name}" for name in Capacity.__struct_fields__),
        *(f"traces.{name}" for name in Traces.__struct_fields__),
        *(f"log.{name}" for name in Log.__struct_fields__),
        *(f"alerts.{name}" for name in Alerts.__struct_fields__),
        *(f"notify.{name}" for name in Notify.__struct_fields__),
        *(f"notices.{name}" for name in Notices.__struct_fields__),
        *(f"subscribers.{name}" for name in Subscribers.__struct_fields__),
        *(f"channels.{name}" for name in Channel.__struct_fields__),
        *(f"drills.{name}" for name in Drill.__struct_fields__),
        *(f"goals.{name}" for name in GoalMinutes.__struct_fields__),
        HOME,
        PORT_BASE,
    ]
    assert [name for name in settings if f"`{name}`" not in manual] == []


def test_the_manual_says_how_large_evidence_may_be() -> None:
    assert f"“证据”加入文件（最大 {MOST_MEGABYTES} MB）" in text_of("docs/on-call.md")


def test_every_port_is_in_the_manual() -> None:
    offsets = {
        name: getattr(Ports(1000), name) - 1000
        for name in ("gateway", *(name for name in vars(Ports) if isinstance(vars(Ports)[name], property)))
    }
    rows = rows_of(text_of("docs/operator.md"), "端口")
    assert sorted(int(row[1].removeprefix("+")) for row in rows) == sorted(offsets.values())
    assert all(int(row[0]) == Ports().gateway + int(row[1].removeprefix("+")) for row in rows)


def test_everything_that_lies_in_the_data_directory_is_in_the_manual(tmp_path: Path) -> None:
    home = Home(tmp_path)
    paths = [value for name in vars(Home) if isinstance(value := getattr(home, name), Path) and value != tmp_path]
    named = {path.relative_to(tmp_path).as_posix() for path in paths}
    rows = rows_of(text_of("docs/operator.md"), "在哪里")
    told = {code.rstrip("/") for row in rows for code in re.findall(r"`([^`]+)`", row[0])}
    assert named - told == set()


def test_every_figure_is_in_the_manual(tmp_path: Path) -> None:
    figures = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Figures(Home(tmp_path)).collect()
    }
    manual = text_of("docs/operator.md")
    assert {name for name in figures if f"`{name}`" not in manual} == set()
    told = set(re.findall(r"`(yingbi_[a-z_]+)`", manual))
    assert told == figures


def test_the_rules_of_the_manual_are_those_that_we_ship() -> None:
    shipped = {path.stem for path in (ROOT / "siem" / "rules").glob("*.yml") if not path.stem.endswith(".examples")}
    manual = text_of("docs/on-call.md")
    table = manual.partition("随产品提供四十四条规则")[2].partition("\n\n声明了")[0]
    assert re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE) == sorted(shipped, key=table.index)
    assert len(shipped) == 44  # told in words here, in the changelog and in docs/detection.md
    assert "四十四条 Sigma 规则" in text_of("CHANGELOG.md")
    assert "（44 条）" in text_of("docs/detection.md")


# -- the policy language


def spec_named(text: str) -> object:
    findings = Findings()
    tree = read_yaml(f"mask: {text}", "table", findings)
    assert isinstance(tree, Entries)
    spec = parse_spec(Section(tree, findings, "table"), "mask")
    assert findings.sorted() == []
    assert spec is not None
    return spec


def made_by(text: str, value: str) -> str:
    spec = spec_named(text)
    if isinstance(spec, Scan):
        the_tagger()
        return mask_free_text(value, None, tally(), typed=True, prose=EVERY if spec.prose else LONG)
    return transform_of(spec, FieldKeys(b"", "", ""))(value)  # type: ignore[arg-type]


MASKS = [tuple(map(code_in, row[:3])) for row in rows_of(text_of("docs/officer.md"), "变换")]


@pytest.mark.parametrize(("spec", "value", "mask"), MASKS, ids=lambda cell: cell)
def test_the_masks_in_the_manual_are_what_the_code_makes(spec: str, value: str, mask: str) -> None:
    assert made_by(spec, value) == mask


def test_the_manual_shows_masks_at_all() -> None:
    assert len(MASKS) >= 10


def test_the_files_in_the_manual_are_a_policy_without_findings(tmp_path: Path) -> None:
    """Each block of the manual that begins with `# <file>` is that file."""
    shutil.copy(ROOT / "tests" / "policies" / "good" / "idp.json", tmp_path)
    names = []
    for block in blocks_of(text_of("docs/officer.md"), "yaml"):
        name = re.match(r"# ([a-z/]+\.yaml)\b", block)
        if name is not None:
            names.append(name[1])
            (tmp_path / name[1]).parent.mkdir(exist_ok=True)
            (tmp_path / name[1]).write_text(block, "utf-8")
    assert {"catalogue.yaml", "grants.yaml", "callers.yaml"} < set(names)
    loaded = load_policy(tmp_path)
    assert [str(finding) for finding in loaded.findings.sorted()] == []
    assert loaded.policy.systems


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_piece_of_yaml_is_yaml(page: Path) -> None:
    for block in blocks_of(page.read_text("utf-8"), "yaml"):
        assert yaml.safe_load(block) is not None


# -- the auditor's programs


def run_program(number: int, argument: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["verify.py", str(argument)])
    exec(compile(blocks_of(text_of("docs/auditor.md"), "python")[number], "docs/auditor.md", "exec"), {})


def test_the_program_in_the_manual_verifies_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = AccessLog(tmp_path, new_start_id(NINE))
    for _ in range(3):
        log.append(event(1, id=log.new_id()))
    log.close()
    run_program(0, tmp_path, monkeypatch)
    assert capsys.readouterr().out.startswith(f"{log.start} 3 lines, head ")
    segment = next(log.folder.iterdir())
    segment.write_bytes(segment.read_bytes().replace(b"clerk-wang", b"clerk-zhao", 1))
    run_program(0, tmp_path, monkeypatch)
    assert "BROKEN after 0 lines" in capsys.readouterr().out


def test_the_program_in_the_manual_verifies_journals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    METADATA.create_all(engine)
    case = CaseId("C-20261123-001")
    opened = Opened(title="t", level="low", alert=None, book="", main=None, playbooks={})
    entries = entries_of(case, [opened, Noted(text="seen")], after=None, at=NINE, by=ENGINE)
    CaseStore(engine).open(entries, alert=None, playbooks={})
    run_program(1, tmp_path / "state.db", monkeypatch)
    assert capsys.readouterr().out.startswith(f"{case} 2 entries, head {entries[-1].chain}")
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql("UPDATE journal SET body = replace(body, 'seen', 'gone')")
    engine.dispose()
    run_program(1, tmp_path / "state.db", monkeypatch)
    assert capsys.readouterr().out.startswith("BROKEN: ")


# -- decisions and the picture


def test_decisions_are_numbered_and_have_their_four_parts() -> None:
    pages = sorted(path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == sorted(set(numbers))  # one may be kept for what is being decided
    for page in pages:
        parts = re.findall(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
        assert parts == ["Status", "Context", "Decision", "Consequences"], page.name
        assert f"({page.name})" in text_of("docs/decisions/README.md")


def test_the_picture_of_the_flow_can_be_read_without_seeing_it() -> None:
    svg = "{http://www.w3.org/2000/svg}"
    picture = ElementTree.parse(DOCS / "flow.svg").getroot()
    assert picture.get("role") == "img"
    words = [picture.find(f"{svg}title"), picture.find(f"{svg}desc")]
    named = {element.get("id"): element for element in words if element is not None}
    assert picture.get("aria-labelledby", "").split() == [*named]
    assert all(element.text and element.text.strip() for element in named.values())
    assert "http" not in text_of("docs/flow.svg").replace("http://www.w3.org/2000/svg", "")


def test_settings_have_no_key_that_the_file_does_not_explain() -> None:
    shipped = text_of("deploy/demo/yingbi.toml")
    keys = set(re.findall(r"^(\w+) =", shipped, flags=re.MULTILINE))
    tables = {
        "contact": Contact,
        "addresses": Addresses,
        "capacity": Capacity,
        "traces": Traces,
        "log": Log,
        "alerts": Alerts,
        "notify": Notify,
        "notices": Notices,
        "subscribers": Subscribers,
        "goals": GoalMinutes,
    }
    inner = {name for table in tables.values() for name in table.__struct_fields__} - {"channels"}
    example = shipped.partition("[[notify.channels]]")[2].partition("\n\n")[0]
    assert set(re.findall(r"^# (\w+) =", example, flags=re.MULTILINE)) == {*Channel.__struct_fields__} - {"url_env"}
    drill = shipped.partition("[[drills]]")[2].partition("\n\n")[0]
    assert set(re.findall(r"^# (\w+) =", drill, flags=re.MULTILINE)) == {*Drill.__struct_fields__} - {"level"}
    assert keys == {*File.__struct_fields__} - {*tables, "drills"} | inner
    assert {field for field in Settings.__struct_fields__ if field not in ("home", "ports", "drills", *tables)} <= keys
