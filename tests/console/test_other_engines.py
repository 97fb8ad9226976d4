"""Each playbook that we ship, run by an engine that is not ours, over TLS against the API: it comes to the same."""

import json
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from console.access import ACCESS, API, ENGINE_CALLS, EVERYBODY, PUBLIC, SECOND_LOOK, allowed
from console.api.engines import CALLS
from console.roles import Role
from incident.alert_facts import facts_of
from incident.command import AskPerson, Question
from incident.draft import CHECK_LIST
from incident.graph import SHIPPED
from incident.ids import CaseId
from tests.console import bureau as bureaus
from tests.console.api.test_acts import Staff
from tests.console.bureau import CHEN, LI, ZHAO, Bureau
from tests.console.programs import Program
from tests.console.serving import served
from tests.console.walker import Walker
from tests.incident.mortal import WHO
from tests.incident.office import ANSWERS, LIMIT, Office, alert, shown
from tests.patience import PATIENCE_S
from tests.siem.events import document

FILES = sorted(SHIPPED.glob("*.json"))
RAW: dict[str, Any] = {path.stem: json.loads(path.read_text("utf-8")) for path in FILES}
EVERYBODYS = {key for key, who in ACCESS.items() if who in (EVERYBODY, PUBLIC)}
READS = 5
"""Persons whom each account was shown."""


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with bureaus.opened(tmp_path_factory.mktemp("engines")) as made:
        made.employ("engine")
        yield made


@pytest.fixture(scope="module")
def token(bureau: Bureau) -> str:
    """The one that the other engine has."""
    account = next(each for each in bureau.accounts.all() if each.name == "engine")
    return bureau.desk.tokens.make(account, "engine", timedelta(days=9), account.roles, attended=False)


@pytest.fixture(scope="module")
def client(bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("served")
    with (
        served(bureau.app, folder) as address,
        httpx.Client(
            base_url=address,
            verify=ssl.create_default_context(cafile=str(folder / "ca.pem")),
            timeout=PATIENCE_S,
        ) as made,
    ):
        yield made


class People:
    """Do what a case waits for."""

    def __init__(self, office: Office, case: CaseId) -> None:
        self._office, self._case = office, case

    def __call__(self) -> None:
        self._office.perform_all()
        case = self._office.cases.get(self._case)
        for asked in case.questions:
            if asked.question is not Question.APPROVE_NOTICE:
                self._answer(asked)
        draft = case.notice
        if draft.draft is not None and draft.approved_by is None and not draft.published:
            self._office.cases.submit_notice(self._case, LI, draft.digest, tuple(CHECK_LIST))
            self._office.cases.approve_notice(self._case, ZHAO, draft.digest)
        self._office.cases.tick()
        self._office.perform_all()

    def _answer(self, asked: AskPerson) -> None:
        inputs = {name: ANSWERS[name] for name in asked.answers}
        if asked.measures:
            inputs["measure"] = "0"
        self._office.cases.complete(self._case, asked.key, CHEN, inputs=inputs)


def opened(office: Office, name: str, respond: str) -> CaseId:
    """A case about an account of its own, who was shown a few persons. The first alert of a rule of its own."""
    number = 1_000 + 10 * len(office.cases.all())
    at = office.watch() - timedelta(minutes=4)
    seen = [
        document(number + each, caller=name, fields=(shown("name"), shown("mobile")), at=at) for each in range(READS)
    ]
    office.events.append(seen, LIMIT)
    times = {"first_at": at, "last_at": at, "raised_at": office.watch()}
    return office.cases.open_or_join(alert(name, rule=name, respond=respond, group={**WHO, "user.id": name}, **times))


def held(office: Office, case: CaseId) -> Counter[tuple[str, str, str]]:
    """What is in force for *case*, whatever its account is called."""
    name = next(iter(office.cases.get(case).alerts))
    return Counter(
        (each.kind.value, each.system, each.target.replace(name, "WHO"))
        for each in (*office.overlay.values(), *office.preserved.values())
        if each.case == case
    )


def by_our_engine(office: Office, name: str) -> CaseId:
    case = opened(office, f"ours-{name}", name)
    people = People(office, case)
    for _ in range(60):
        people()
        if office.cases.get(case).run_ended:
            return case
    raise AssertionError(f"{name} comes to no end: {office.cases.get(case).questions}")


@pytest.mark.parametrize("name", sorted(RAW))
def test_another_engine_comes_to_the_same_as_ours_and_asking_twice_does_nothing_twice(
    bureau: Bureau, client: httpx.Client, token: str, name: str
) -> None:
    office = bureau.office
    office.watch.move(minutes=2)  # no more than so many acts a minute are taken
    ours = office.cases.get(by_our_engine(office, name))
    case = opened(office, f"theirs-{name}", "")
    books = {raw["id"]: raw for raw in RAW.values()}
    walker = Walker(client, books, ANSWERS, People(office, case), twice=True)
    given = {"__caller__": f"theirs-{name}", "__system__": WHO["service.name"], "__credential__": "key:7"}
    walker.walk(RAW[name]["id"], {"__case__": case, "__grade__": "ordinary", "__engine_token__": token, **given})
    office.perform_all()
    theirs = office.cases.get(case)
    assert {status for _, status in walker.calls} <= {200}, walker.calls
    assert all(target.startswith(f"{API}/cases/{case}/") for target, _ in walker.calls)
    assert held(office, case) == held(office, ours.id)
    assert (len(theirs.notice.versions), theirs.state) == (len(ours.notice.versions), ours.state)
    assert theirs.clocks.keys() == ours.clocks.keys()


def test_an_engines_token_may_what_the_shipped_playbooks_call_and_nothing_else(bureau: Bureau) -> None:
    commands = [each for raw in RAW.values() for step in raw["workflow"].values() for each in step.get("commands", ())]
    called = {each["command"].split(" ")[1] for each in commands if each["type"] == "http-api"}
    assert {("POST", path.replace("__case__:value", "{case}")) for path in called} == ENGINE_CALLS
    about_it = {("GET", f"{API}/openapi.json"), ("GET", f"{API}/whoami")}
    mine = {key for key in ACCESS if key[1].startswith(API) and allowed({Role.ENGINE}, *key)}
    assert mine == ENGINE_CALLS | about_it
    pages = {key for key in ACCESS if not key[1].startswith(API) and allowed({Role.ENGINE}, *key)}
    assert pages <= EVERYBODYS
    assert ENGINE_CALLS.isdisjoint(SECOND_LOOK)
    browser = bureau.browser("engine")
    page = browser.get("/")
    assert page.path == "/tokens"
    assert {str(link.get("href")) for link in page.all("a")} <= {"/", "/password", "/tokens", "#main"}


def test_what_another_engine_asks_is_done_once_a_person_said_yes_and_not_before(bureau: Bureau) -> None:
    staff, office = Staff(bureau), bureau.office
    one = staff.oncall
    leak = bureau.leak(persons=20, caller="clerk-feng")
    case = office.cases.open_or_join(replace(facts_of(leak), respond="", automatic=False))
    at = f"/cases/{case}"

    def waits(who: Program, path: str, /, **body: object) -> None:
        for _ in range(2):
            answer = who.post(path, "same", **body)
            assert (answer.status_code, answer.json()["code"]) == (409, "not-yet"), answer.text
            assert answer.headers["retry-after"] == "5"

    waits(one, f"{at}/ask-containment", text="停用账号？")
    waits(one, f"{at}/offer-containment", hours=2)
    asked, offered = one.case(case)["question_list"]
    assert [asked["question"], offered["question"]] == ["contain", "contain"], "each is asked once"
    assert office.cases.get(case).held(office.watch()) == ()
    staff.do(one, f"{at}/answer", key=asked["key"], answer="no", note="尚在核实")
    assert "a person said no: 尚在核实" in staff.refused(one, f"{at}/ask-containment")
    waits(one, f"{at}/offer-containment", hours=2)
    staff.do(one, f"{at}/answer", key=offered["key"], answer="yes", inputs={"measure": "0"})
    staff.do(one, f"{at}/offer-containment", hours=2)
    staff.do(one, f"{at}/ask-containment")
    assert len(office.cases.get(case).held(office.watch())) == 1
    assert "counted first" in staff.refused(one, f"{at}/start-duties")
    assert one.post(f"{at}/reassess", hours=24).status_code == 200
    waits(one, f"{at}/start-duties")
    office.perform_all()
    staff.do(one, f"{at}/start-duties")
    assert one.case(case)["grading"]["grade"] == "ordinary"
    press = staff.press
    assert "no draft" in staff.refused(press, f"{at}/notice/ask-approval")
    digest = staff.do(press, f"{at}/notice/redraft", template="bulk-retrieval")["digest"]
    waits(press, f"{at}/notice/ask-approval")
    waits(press, f"{at}/notice/publish")
    staff.do(press, f"{at}/notice/submit", digest=digest, check=list(CHECK_LIST))
    assert staff.press2.post(f"{at}/notice/approve", digest=digest).status_code == 200
    staff.do(press, f"{at}/notice/ask-approval")
    staff.do(press, f"{at}/notice/publish")
    assert len(office.cases.get(case).notice.versions) == 1
    assert staff.done >= {f"/cases/{{case}}{path}" for path in CALLS}
