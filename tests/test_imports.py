"""Who may import whom: the table of the design, and nothing else."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "policies": (),
    "siem": ("policies.digest", "policies.recognisers", "policies.formats"),
    "proxy": ("policies", "siem.record"),
    "incident": ("siem", "policies.recognisers"),
    "console": ("policies", "siem", "incident"),
    "bulletin": ("incident.notice",),
    "yingbi": ("policies", "siem", "proxy", "incident", "console", "bulletin", "deploy"),
    "deploy": ("policies.recognisers",),
}
HOMES = {
    "mitmproxy": ("proxy/",),
    "presidio_analyzer": ("policies/recognisers/presidio.py",),
    "hyperscan": ("policies/recognisers/gate.py", "policies/recognisers/compiled_gate.py"),
    "elasticsearch": (
        *("siem/index/anchor_index.py", "siem/index/elastic_keeper.py"),
        *("siem/index/elastic_append.py", "siem/index/elastic_link.py"),
    ),
    "sigma": ("siem/detect/rule.py",),
    "apprise": ("siem/notify/sender.py",),
    "requests": ("siem/notify/wire.py", "siem/notify/heartbeat.py", "siem/notify/webhook.py"),
    "fastapi": ("console/",),
    "sqlalchemy": ("incident/", "console/", "yingbi/", "deploy/demo/visits/"),
    "psycopg": ("proxy/quota/link.py", "proxy/quota/tables.py"),
    "cryptography": (
        "policies/keys/key_files.py",
        "policies/keys/detached.py",
        "policies/keys/root_key.py",
        "policies/keys/escrow.py",
        "policies/keys/sealed_folder.py",
        "policies/keys/jwks.py",
        "policies/transforms/",
        "siem/record/seal.py",
        "incident/signing.py",
        "deploy/certificate.py",
        "proxy/tls/authorities.py",
        "proxy/identity/client_certificates.py",
        "proxy/tls/server_certificates.py",
        "yingbi/own_authority.py",
        "yingbi/check_tls.py",
        "deploy/demo/identity_provider.py",
    ),
    "pypdfium2": ("policies/documents/painted/",),
    "pikepdf": ("policies/documents/painted/",),
    "PIL": ("policies/documents/painted/",),
    "rapidocr": ("policies/documents/painted/",),
    "docx": ("incident/sheets/docx.py",),
    "fpdf": ("incident/sheets/pdf.py",),
    "fontTools": ("incident/sheets/pdf.py",),
    "jwt": (
        "policies/keys/jwks.py",
        "policies/keys/detached.py",
        "proxy/identity/tokens.py",
        "deploy/demo/identity_provider.py",
    ),
}
LAZY = ("yingbi/cli.py", "yingbi/commands/")
WHERE_USED: dict[str, tuple[str, ...]] = {
    "policies/recognisers/addresses/spans.py": ("policies.recognisers.addresses",),
    "incident/sheets/file.py": ("incident.sheets.docx", "incident.sheets.pdf"),
    "siem/trace/opened.py": ("openpyxl", "pypdf"),
    "yingbi/index.py": ("siem.index.elastic", "siem.index.elastic_keeper", "siem.index.elastic_link"),
    "yingbi/carrying.py": ("siem.notify.sender",),
    "yingbi/heart.py": ("siem.notify.heartbeat",),
    "yingbi/process/notifier.py": ("siem.notify.sender",),
    "yingbi/log/second_parties.py": (
        *("siem.index.anchor_index", "siem.index.elastic_link"),
        *("siem.notify.anchor_mail", "siem.notify.sender"),
    ),
    "yingbi/process/quota.py": ("proxy.quota.database", "proxy.quota.link", "proxy.quota.tables"),
}
"""What functions of a file import, since it is heavy and many processes never come to them. Each says why."""


@pytest.fixture(scope="module", params=MAY_IMPORT)
def trees(request: pytest.FixtureRequest) -> dict[str, ast.Module]:
    """The files of a package, read: by name."""
    paths = sorted((ROOT / request.param).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def names_in(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(allowed + ".")


def forbidden_in(relative: str, names: set[str]) -> Iterator[str]:
    """Which of the *names* that the file *relative* imports it may not."""
    package = relative.split("/")[0]
    for name in names:
        target = name.split(".")[0]
        if target in MAY_IMPORT and target != package:
            # `from siem import record` names both `siem` and `siem.record`: the longer one must be allowed.
            longer = any(other != name and within(other, name) for other in names)
            if not longer and not any(within(name, allowed) for allowed in MAY_IMPORT[package]):
                yield f"{relative} imports {name}"
        for library, homes in HOMES.items():
            if within(name, library) and not relative.startswith(homes):
                yield f"{relative} imports {name}, which has its home in {homes}"


def test_imports_follow_the_data(trees: dict[str, ast.Module]) -> None:
    assert trees
    assert [each for relative, tree in trees.items() for each in forbidden_in(relative, names_in(tree))] == []


def test_no_initial_file_imports(trees: dict[str, ast.Module]) -> None:
    assert [name for name, tree in trees.items() if name.endswith("/__init__.py") and names_in(tree)] == []


def test_no_import_hides(trees: dict[str, ast.Module]) -> None:
    hidden = [
        f"{relative}: {node.name} imports {name} inside"
        for relative, tree in trees.items()
        if not relative.startswith(LAZY)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in names_in(node)
        if not any(within(name, used) for used in WHERE_USED.get(relative, ()))
    ]
    assert hidden == []


def test_what_is_forbidden_is_found() -> None:
    assert list(forbidden_in("siem/record/log.py", {"console", "console.app"})) == [
        "siem/record/log.py imports console.app"
    ]
    assert list(forbidden_in("proxy/worker.py", {"siem", "siem.record"})) == []
    assert len(list(forbidden_in("policies/parse.py", {"sqlalchemy.orm"}))) == 1


HEAVY = (
    "mitmproxy",
    "fastapi",
    "sqlalchemy",
    "sqlite3",
    "elasticsearch",
    "sigma",
    "apprise",
    "requests",
    "presidio_analyzer",
    "spacy",
    "pikepdf",
    "pypdfium2",
    "PIL",
    "rapidocr",
)


@pytest.mark.parametrize(
    "module",
    ["siem.record.log", "policies.program", "policies.overlay", "policies.digest", "policies.documents.registry"],
)
def test_the_data_path_loads_no_heavy_library(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(loaded.stdout.split()) & set(HEAVY)


DOCUMENTS = ("openpyxl", "pypdf", "docx", "fpdf", "fontTools", "pikepdf", "pypdfium2", "PIL")
SERVED = ("fastapi", "uvicorn", "starlette", "django")
TOLD = ("apprise", "requests")
READ = ("policies.recognisers.scan", "numpy")
STATE = ("sqlalchemy", "alembic")
NEVER = ("elasticsearch", "presidio_analyzer", "spacy", "rapidocr", "psycopg", *DOCUMENTS)
NOT_AT_START = {
    "yingbi.cli": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "cryptography", "msgspec"),
    "yingbi.credential": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma"),
    "yingbi.status": (*NEVER, *SERVED, *TOLD, *STATE, "mitmproxy", "sigma", "numpy"),
    "yingbi.up": (*NEVER, *SERVED, *TOLD, "mitmproxy.addons", "mitmproxy.proxy.mode_servers", "sigma", "numpy"),
    "yingbi.process.baselines": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma"),
    "yingbi.process.bulletin": (*NEVER, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "incident.facts"),
    "yingbi.process.control": (*NEVER, *TOLD, "mitmproxy.addons", "mitmproxy.proxy.mode_servers", "django"),
    "yingbi.process.issuers": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "incident.facts"),
    "yingbi.process.notifier": (*NEVER, *SERVED, *TOLD, "mitmproxy", "sigma", "numpy", "policies.load"),
    "yingbi.process.quota": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "incident.facts"),
    "yingbi.process.sealer": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "incident.facts"),
    "yingbi.process.siem": (*NEVER, *SERVED, *TOLD, *STATE, "mitmproxy", "numpy"),
    "yingbi.process.traces": (*NEVER, *SERVED, *TOLD, *READ, *STATE, "mitmproxy", "sigma", "incident.facts"),
    "yingbi.process.worker": (*NEVER, *SERVED, *TOLD, *STATE, "sigma", "numpy", "incident.facts"),
}
"""What no process or command has loaded before it is asked for what needs it: seconds of everybody's start."""


@pytest.fixture(scope="module")
def started() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """A Python for each, all at once."""
    script = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"
    children = {
        module: subprocess.Popen(
            [sys.executable, "-c", script, module], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for module in NOT_AT_START
    }
    yield children
    for child in children.values():
        child.kill()
        child.communicate()


@pytest.mark.parametrize("module", NOT_AT_START)
def test_a_process_starts_without_what_it_may_never_need(
    started: dict[str, subprocess.Popen[str]], module: str
) -> None:
    out, said = started[module].communicate(timeout=300)
    assert started[module].returncode == 0, said
    loaded = out.split()
    assert module in loaded
    assert not [name for name in loaded if any(within(name, heavy) for heavy in NOT_AT_START[module])]


def test_what_is_forbidden_at_the_start_is_there() -> None:
    """A name that is misspelt, or that nothing is called any more, would forbid nothing."""
    assert [name for name in {*chain(*NOT_AT_START.values())} if importlib.util.find_spec(name) is None] == []


def test_what_may_hide_hides() -> None:
    for file, used in WHERE_USED.items():
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert set(used) <= set().union(*map(names_in, functions)), f"{file} hides no more what it is let hide"
