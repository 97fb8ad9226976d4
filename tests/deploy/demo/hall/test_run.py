"""The hall behind a real TLS proxy of another host name, as staff work with it."""

import contextlib
import os
import re
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.certificate import make_ca, make_certificate
from deploy.demo.hall.command import command, prepare_command
from deploy.demo.hall.environment import HallFiles, files_in, settings_for
from deploy.demo.register.people import generate
from tests.ports import free_port
from tests.servers import ROOT, serving

NAME = "hall.demo.example"


def prepared(home: Path, seed: int = 1) -> HallFiles:
    subprocess.run(prepare_command(home, seed), cwd=ROOT, check=True)
    return files_in(home)


def rows(files: HallFiles) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(files.database)) as database:
        return database.execute("SELECT * FROM hall_application ORDER BY id").fetchall()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> HallFiles:
    return prepared(tmp_path_factory.mktemp("hall") / "home")


@pytest.fixture(scope="module")
def gateway(files: HallFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ssl.SSLContext]]:
    """Address and trust of a proxy that ends TLS in front of the hall."""
    folder = tmp_path_factory.mktemp("gateway")
    now = datetime.now(UTC)
    authority = make_ca(folder, now=now)
    server = make_certificate(folder, authority, names=[NAME], ips=["127.0.0.1"], now=now)
    both = folder / "both.pem"
    both.write_bytes(server.key.read_bytes() + server.certificate.read_bytes())
    inside, outside = free_port(), free_port()
    upstream = f"http://127.0.0.1:{inside}"
    proxy = [
        *(sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()"),
        *("--mode", f"reverse:{upstream}", "--listen-host", "127.0.0.1", "--listen-port", str(outside)),
        *("--certs", str(both), "--set", "keep_host_header=true", "--set", f"confdir={folder}"),
        *("--modify-headers", "/~q/X-Forwarded-Proto/https"),
    ]
    hall = command(files.database.parent, inside, f"{NAME}:{outside}")
    with (
        serving(hall, upstream, folder / "hall.log"),
        serving(proxy, f"http://127.0.0.1:{outside}", folder / "proxy.log"),
    ):
        yield f"{NAME}:{outside}", ssl.create_default_context(cafile=authority.certificate)


@pytest.fixture
def staff(files: HallFiles, gateway: tuple[str, ssl.SSLContext]) -> Iterator[httpx.Client]:
    host, trust = gateway
    origin = {"Host": host, "Origin": f"https://{host}"}
    address = f"https://127.0.0.1:{host.partition(':')[2]}"
    with httpx.Client(base_url=address, headers=origin, verify=trust, trust_env=False, timeout=30) as client:
        page = client.get("/admin/login/?next=/admin/")
        form = {"username": "clerk", "password": files.password.read_text().strip(), "next": "/admin/"}
        answer = client.post("/admin/login/", data={**form, **hidden_fields(page)})
        assert (answer.status_code, answer.headers["location"]) == (302, "/admin/"), answer.text
        yield client


def hidden_fields(page: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf\w+)" value="([^"]*)"', page.text))


def form_fields(page: httpx.Response) -> dict[str, str]:
    """What a browser would send of the change form, unchanged."""
    text = re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page.text)
    areas = re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page.text)
    chosen = re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected>', page.text, re.DOTALL)
    return {**dict(text), **dict(areas), **dict(chosen), **hidden_fields(page)}


def test_the_applications_are_those_of_the_registers_first_residents(files: HallFiles) -> None:
    residents = generate(1000, 1).residents[:200]
    kept = [row[1:5] for row in rows(files)]
    assert kept == [(person.name, person.id_no, person.mobile, person.address) for person in residents]


def test_secrets_are_the_owners(files: HallFiles) -> None:
    for secret in (files.password, files.secret_key):
        assert secret.stat().st_mode & 0o777 == 0o600
    assert files.database.parent.stat().st_mode & 0o777 == 0o700


def test_preparing_again_keeps_what_is_there(tmp_path: Path) -> None:
    files = prepared(tmp_path, seed=2)
    kept = files.database.read_bytes(), files.password.read_bytes()
    prepared(tmp_path, seed=3)
    assert (files.database.read_bytes(), files.password.read_bytes()) == kept
    assert {path.name for path in tmp_path.iterdir()} == {"hall.db", "secret-key", "staff-password"}


def test_what_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "hall.db.new").write_text("half a database")
    assert len(rows(prepared(tmp_path))) == 200


def test_a_password_may_begin_with_a_dash(tmp_path: Path) -> None:
    files_in(tmp_path).password.write_text("-Q8CeS1SNu_4jxHuZ\n")
    files = prepared(tmp_path)
    assert files.password.read_text() == "-Q8CeS1SNu_4jxHuZ\n"
    assert len(rows(files)) == 200


def test_staff_list_and_filter_applications(staff: httpx.Client, files: HallFiles) -> None:
    page = staff.get("/admin/hall/application/")
    first = rows(files)[0]
    assert page.status_code == 200
    assert '<html lang="zh-hans"' in page.text
    assert "云溪区办事大厅" in page.text
    assert str(first[1]) in page.text
    assert str(first[3]) in page.text
    assert page.text.count('class="field-applicant"') == 50
    open_ones = staff.get("/admin/hall/application/?status__exact=待受理").text
    expected = sum(row[6] == "待受理" for row in rows(files))
    assert f"{expected} 办件" in open_ones


def test_staff_search_by_item_only(staff: httpx.Client, files: HallFiles) -> None:
    name, item = rows(files)[0][1], rows(files)[0][5]
    expected = sum(row[5] == item for row in rows(files))
    assert f"{expected} 条结果" in staff.get("/admin/hall/application/", params={"q": str(item)}).text
    assert "0 条结果" in staff.get("/admin/hall/application/", params={"q": str(name)}).text


def test_staff_save_one_field_and_nothing_else_changes(staff: httpx.Client, files: HallFiles) -> None:
    before = rows(files)
    address = "/admin/hall/application/7/change/"
    form = form_fields(staff.get(address))
    assert (form["applicant"], form["mobile"]) == (before[6][1], before[6][3])
    new = "已办结" if before[6][6] != "已办结" else "待补正"
    answer = staff.post(address, data={**form, "status": new, "_save": "保存"})
    assert answer.status_code == 302, answer.text
    after = rows(files)
    assert after[6][6] == new
    assert [row[:6] + row[7:] for row in after] == [row[:6] + row[7:] for row in before]
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [6]


def test_staff_cannot_delete(staff: httpx.Client) -> None:
    assert staff.get("/admin/hall/application/7/delete/").status_code == 403


def test_a_form_of_another_origin_is_refused(staff: httpx.Client) -> None:
    address = "/admin/hall/application/8/change/"
    form = form_fields(staff.get(address))
    answer = staff.post(address, data=form, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_cookies_are_for_tls_only(staff: httpx.Client) -> None:
    assert {cookie.name: cookie.secure for cookie in staff.cookies.jar} == {"csrftoken": True, "sessionid": True}


def test_the_same_process_serves_the_style(staff: httpx.Client) -> None:
    style = staff.get("/static/admin/css/base.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css")
    assert staff.get("/static/admin/css/absent.css").status_code == 404


def test_the_root_leads_to_the_admin(staff: httpx.Client) -> None:
    assert staff.get("/").headers["location"] == "/admin/"


def test_without_a_hall_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path, 1, NAME), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, f"there is no hall in `{tmp_path}`: prepare it first\n")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = prepare_command(tmp_path / "file", 1)
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, f"cannot prepare the hall in `{tmp_path / 'file'}`: File exists\n")


@pytest.mark.parametrize("arguments", [["--help"], ["prepare", "--help"], ["serve", "--help"]])
def test_help(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "deploy.demo.hall", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--home" in done.stdout


def test_the_migrations_are_those_of_the_models(tmp_path: Path) -> None:
    environment = {**os.environ, **settings_for(tmp_path / "hall.db", NAME)}
    check = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
