import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.roles import Role
from tests.gateway import GOOD, ROOT
from tests.installation import free_base
from yingbi.cli import _parser, main
from yingbi.commands.account_tokens import ROLES
from yingbi.first_start import make_folders
from yingbi.home import Home


def commands(parser: argparse.ArgumentParser, name: str = "yingbi") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                yield from commands(inner, f"{name} {word}")


ALL = dict(commands(_parser()))


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split()[1:], "--help"])
    assert ended.value.code == 0
    assert "example: yingbi" in capsys.readouterr().out


@pytest.mark.parametrize("name", ALL)
def test_every_argument_is_explained_in_chinese(name: str) -> None:
    for action in ALL[name]._actions:
        if action.dest != "help" and not isinstance(action, argparse._SubParsersAction):
            assert re.search("[\u4e00-\u9fff]", action.help or ""), action.dest


def test_the_roles_of_accounts_are_explained_each_by_its_name() -> None:
    (role,) = (action for action in ALL["yingbi account add"]._actions if action.dest == "role")
    assert re.findall(r"\b([a-z]+) [\u4e00-\u9fff]", role.help or "") == list(ROLES)


@pytest.mark.parametrize("name", ALL)
def test_every_example_is_a_command(name: str) -> None:
    example = str(ALL[name].epilog).removeprefix("example: ")
    _parser().parse_args(shlex.split(example)[1:])


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["up", "--index", "oracle"], ["demo"], ["demo", "credential"], ["check", "a", "b"]]
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["mask", "表.csv"], "yingbi mask: 没有写 -o/--out / is required"),
        (["up", "--index", "oracle"], "--index 只能是 'sqlite', 'elasticsearch' / has to be one of these"),
        (["case", "list", "--every"], "不认识 --every / is not known"),
        (["mask", "表.csv", "-o"], "-o/--out 后面要写一个值 / needs a value"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    said = capsys.readouterr().err
    assert says in said
    assert "用法见 / see: yingbi" in said


def test_a_check_says_where_nobody_approves_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    shutil.copytree(GOOD, tmp_path / "policies")
    for two_people in ("true", "false"):
        (tmp_path / "yingbi.toml").write_text(f"two_people = {two_people}\n")
        assert main(["check"]) == 0
        assert ("nobody approves policies" in capsys.readouterr().err) == (two_people == "false")


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, yingbi.cli\ntry: yingbi.cli.main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"mitmproxy", "fastapi", "sqlalchemy", "httpx", "policies"} & set(said.splitlines()[-1].split())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_check_finds_nothing_in_good_policies(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(GOOD)]) == 0
    assert capsys.readouterr() == ("", "0 处发现 / findings\n")


def test_check_tells_file_line_column_code_and_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "catalogue.yaml").write_text("categories: {}\ncategory: 1\n")
    assert main(["check", str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {"file", "line", "column", "code", "about", "zh", "message", "severity"} == set(found[0])
    assert ("catalogue.yaml", 2, 1, "unknown-key") in {
        (each["file"], each["line"], each["column"], each["code"]) for each in found
    }
    assert main(["check", str(tmp_path)]) == 1
    assert "catalogue.yaml:2:1: error:" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["policies", "docs"])
def test_check_of_a_folder_of_something_else_says_so(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The program's own `policies` is what somebody may name who has just fetched it."""
    assert main(["check", str(ROOT / folder)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(".:1:1: error: 这个目录中没有策略 / this folder holds no policy: ")
    assert line.endswith("[no-policy]")


def test_check_before_there_is_an_installation_says_what_makes_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 3
    assert (
        f"`{home / 'policies'}` is no folder of policies；首次运行 `yingbi up` 时建立 / `yingbi up` makes it"
        in capsys.readouterr().err
    )


def test_check_of_no_folder_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_what_needs_an_installation_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["status"], "not running"),
        (["demo", "credential", "clerk"], "yingbi up makes it"),
        (["demo", "leak"], "start it with yingbi up"),
    ):
        assert main(arguments) == 3, arguments
        assert said in "".join(capsys.readouterr())


def test_an_event_that_is_not_in_the_log_is_3(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_folders(Home(home))
    assert main(["explain", "DC3KMY9G92-2"]) == 3
    assert "there is no such event" in capsys.readouterr().err


def test_accounts_are_made_and_ended(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_folders(Home(home))
    assert main(["account", "add", "lin", "P-0007", "press", "officer"]) == 0
    assert len(capsys.readouterr().out.strip()) >= 16
    assert main(["account", "password", "lin"]) == 0
    assert main(["account", "disable", "lin"]) == 0
    capsys.readouterr()
    assert main(["account", "list"]) == 0
    assert capsys.readouterr().out.split()[:4] == ["lin", "P-0007", "officer,", "press"]
    assert main(["account", "disable", "nobody"]) == 3
    assert "no such account" in capsys.readouterr().err


def test_every_role_can_be_given() -> None:
    assert set(ROLES) == set(Role)


def test_a_place_that_cannot_be_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", "/proc/home")
    assert main(["up"]) == 3
    assert capsys.readouterr().err.startswith("yingbi: 无法建立 `/proc/home` / cannot make it")


def test_a_terminal_without_chinese_is_no_reason_to_fail(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "YINGBI_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "yingbi.cli", "status"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 3
    assert b"not running" in ended.stdout
    assert ended.stderr == b""


def test_an_unknown_caller_is_wrong_use(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "credential", "clerk-xu"]) == 2
    assert "batch-stats" in capsys.readouterr().err


def test_wrong_settings_are_wrong_use(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "yingbi.toml").write_text("colour = 'red'\n")
    assert main(["status"]) == 2
    assert "colour" in capsys.readouterr().err


def test_a_policy_is_tried_on_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body, caller = tmp_path / "answer.json", tmp_path / "clerk.json"
    body.write_text('{"items": [{"name": "张三丰", "mobile": "13800138000"}]}', "utf-8")
    caller.write_text('{"posts": ["clerk"], "purposes": ["case-handling"]}')
    command = ["policy", "try", "--policy", str(GOOD), "--system", "people", "--operation", "GET /people", str(body)]
    assert main(command) == 0
    assert capsys.readouterr() == ('{"items":[{"name":"张**","mobile":"138****8000"}]}', "")
    assert main([*command, "--explain"]) == 0
    said = capsys.readouterr().err
    assert re.search(
        r"person\.name \(person_name\): 部分显示 / masked，keep 1\.\.0，默认 / default systems/people", said
    )
    assert re.search(
        r"要看到更多 / to see more: 岗位 clerk，目的 case-handling / post clerk, purpose case-handling → show（clerks",
        said,
    )
    assert main([*command, "--caller", str(caller)]) == 0
    assert "张三丰" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--system", "nobody", "{body}"], 2, "no system `nobody`"),
        (["--system", "people", "--operation", "GET /people", "{nothing}"], 3, "No such file"),
        (["--system", "people", "--operation", "GET /people", "{broken}"], 1, "拦截 / withheld"),
        (["--system", "people", "--operation", "GET /people", "--caller", "{broken}", "{body}"], 2, "JSON object"),
        (["--policy", "{nothing}", "--system", "people", "{body}"], 3, "cannot read"),
        (["--policy", "{wrong}", "--system", "people", "{body}"], 1, "no-policy"),
    ],
)
def test_what_cannot_be_tried_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    places = {name: str(tmp_path / f"{name}.json") for name in ("body", "broken", "nothing")}
    Path(places["body"]).write_text("{}")
    Path(places["broken"]).write_text('{"items": [')
    places["wrong"] = str(tmp_path)
    spelled = [argument.format(**places) for argument in arguments]
    assert main(["policy", "try", "--policy", str(GOOD), *spelled]) == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("most", [256 * 1024, 100 * 1024])
def test_a_full_disk_at_the_first_start_is_a_sentence(most: int, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: of the demo's register, or of the cases' database."""
    up = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\nimport yingbi.cli\n"
    (tmp_path / "yingbi.toml").write_text(f"demo = {str(most > 100_000).lower()}\n")
    ended = subprocess.run(
        [sys.executable, "-B", "-c", f"{up}import sys; sys.exit(yingbi.cli.main(['up']))"],
        env={**os.environ, "YINGBI_HOME": str(tmp_path), "YINGBI_PORT_BASE": str(free_base())},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 3, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "room on the disk" in ended.stderr
