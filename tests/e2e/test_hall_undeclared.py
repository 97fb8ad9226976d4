"""The hall of which half is not declared: what nobody declared is hidden, and saving it changes nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from selenium.webdriver.support.select import Select

from deploy.demo.people import CLERKS
from tests.chromium import Chromium
from tests.e2e.browser import browsing
from tests.e2e.counter import LIST, Counter, change, changes, dump
from tests.e2e.demo import Demo, demo
from tests.e2e.truth import Truth, truth_of

APPLICATIONS = "hall_application"
LEFT_OUT = ("      applicant: {category: person_name, on_write: restore}\n", "      address: address\n",
            "      status: public\n", "      note: free_text\n", "      submitted_on: public\n")  # fmt: skip


def _edit(policies: Path) -> None:
    """Leave fields out, and say that what an application prints as is somebody's name."""
    file = policies / "systems" / "hall.yaml"
    text = file.read_text("utf-8")
    for line in LEFT_OUT:
        assert line in text
        text = text.replace(line, "")
    text = text.replace("search: [item, status]", "search: [item]").replace("label: scan", "label: person_name")
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("hall"), with_hall=True, edit=_edit) as running:
        yield running


@pytest.fixture(scope="module")
def other(hall: Demo) -> Iterator[Counter]:
    """Signed in, and granted nothing."""
    counter = Counter(hall, {"Authorization": f"Bearer {hall.other_token('hall', scope='openid', sub='clerk-wu')}"})
    with closing(counter.client):
        yield counter


@pytest.fixture(scope="module")
def truth(hall: Demo) -> Truth:
    return truth_of(hall.register.database)


def test_undeclared_fields_are_hidden_and_the_form_works(hall: Demo, other: Counter, truth: Truth) -> None:
    before = dump(hall.hall.database)
    for number in range(1, 12):
        row = before[APPLICATIONS][number]
        page = other.get(change(number)).text
        assert truth.found_in(page) == set()
        assert f'value="{row["status"]}"' not in page
        form = other.form(change(number))
        assert {form[name] for name in ("applicant", "address", "status", "submitted_on")} == {"***"}
        assert form["item"] == row["item"]
        assert len(form["csrfmiddlewaretoken"]) == 64
        assert other.save(change(number), form).status_code == 302
    assert changes(before, dump(hall.hall.database)) == {}
    answer = other.save(change(3), other.form(change(3)), item="失业登记", note="新")
    assert answer.status_code == 302
    assert changes(before, dump(hall.hall.database))[APPLICATIONS, 3].items() >= {"note": "新"}.items()


def test_a_choice_among_hidden_ones_cannot_be_guessed(hall: Demo, other: Counter) -> None:
    before = dump(hall.hall.database)
    answer = other.save(change(4), other.form(change(4)), status="***7")
    assert answer.status_code == 409
    assert changes(before, dump(hall.hall.database)) == {}


def test_a_message_tells_no_name_on_any_page(hall: Demo, other: Counter) -> None:
    """An application prints as its matter, which stands here for somebody's name."""
    matter = str(dump(hall.hall.database)[APPLICATIONS][5]["item"])
    for page in (LIST, "/admin/", "/admin/hall/", change(6), f"{LIST}add/"):
        assert other.save(change(5), other.form(change(5))).status_code == 302
        shown = other.get(page).text
        (message,) = [line for line in shown.splitlines() if '<li class="success">' in line]
        assert matter not in message
        assert "第5号" not in shown
    assert "messagelist" not in other.get("/admin/").text


def test_a_clerk_saves_it_in_a_browser(hall: Demo, chromium: Chromium, truth: Truth) -> None:
    with browsing(chromium) as browser:
        browser.get(hall.url("hall") + "/.yingbi/sign-in")
        browser.write("#credential", hall.keys[CLERKS[0]])
        browser.press("button")
        browser.get(hall.url("hall") + "/admin/")
        browser.write("#id_username", "clerk")
        browser.write("#id_password", hall.hall.password.read_text("ascii").strip())
        browser.press("input[type=submit]")
        browser.get(hall.url("hall") + LIST)
        assert {cell.text for cell in browser.all("td.field-status")} == {"***"}
        assert browser.find("#searchbar").get_attribute("value") == ""
        before = dump(hall.hall.database)
        browser.follow("8")
        assert Select(browser.find("#id_status")).first_selected_option.text == "***"
        assert browser.find("#id_applicant").get_attribute("value") == "***"
        browser.write("#id_item", "公积金提取")
        browser.write("#id_note", "来过")
        browser.press("input[name=_continue]")
        assert truth.found_in(browser.dom) == set()
        (changed,) = changes(before, dump(hall.hall.database)).values()
        assert changed.keys() <= {"item", "note"}
        assert changed["note"] == "来过"
