"""The API: nothing is reachable without a token, nobody may more by it than by forms, and nothing is done twice."""

import json
import threading
from datetime import timedelta

import httpx
import pytest

from console.access import ACCESS, API, OFFERED, SECOND_LOOK, allowed
from console.api.admission import MOST_ACTS, MOST_WRONG
from console.api.problems import CODES, MEDIA_TYPE
from console.api.repeats import Answered, NobodyKnows, Repeats
from console.api.schemas import SCHEMAS
from console.api.together import Api
from console.app import build
from console.roles import Role
from incident.drill_plan import DrillPlan
from incident.duty.duties import Occurrence
from incident.handling_book import HandlingBook
from incident.marking import Tlp
from incident.taken import LinkKind
from tests.console.browser import Browser
from tests.console.bureau import CHEN, SUN, Bureau
from tests.console.people import PEOPLE
from tests.console.programs import Program, check_answer, client_of, program
from tests.incident.office import TEN

ROLES = ("officer", "oncall", "press", "auditor", "operator", "hotline", "engine")
OURS = sorted(key for key in ACCESS if key[1].startswith(f"{API}/"))
IDS = [f"{method} {path}" for method, path in OURS]


@pytest.fixture(scope="module")
def programs(archive: Bureau) -> dict[str, Program]:
    return {name: program(archive, name, attended=True) for name in ROLES}


def path_of(path: str, case: str = "C-20261123-001") -> str:
    return path.removeprefix(API).format(
        case=case, alert="A-000001", number="1", part="1", form="first.html", kind="json", name="bulk-retrieval"
    )


def test_the_access_table_and_the_document_name_the_routes_that_there_are(archive: Bureau) -> None:
    routes = {route.key for route in Api(archive.desk).routes}
    assert routes == set(OURS)
    served = {(m, route.path) for route in build(archive.desk).routes for m in route.methods or ()}  # type: ignore[attr-defined]
    assert routes <= served
    document = program(archive, "auditor").get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert told == routes
    answered = {route.answers for route in Api(archive.desk).routes if route.answers}
    assert answered == set(SCHEMAS), "`tests/console/programs.py` holds every answer to them"
    assert [route.path for route in Api(archive.desk).routes if not (route.answers or route.files)] == []
    with pytest.raises(AssertionError):
        check_answer("GET", f"{API}/cases", httpx.Response(200, json={"cases": [{"id": "C-1"}]}))
    for method, path in OFFERED:
        assert (ACCESS[method, API + path] or frozenset()) - {Role.ENGINE} == ACCESS[method, path], "as the form"


def objects_without_keys(schema: object, at: str = "") -> list[str]:
    """Where *schema* says no more than "an object", or nothing at all."""
    if isinstance(schema, list):
        return [found for place, each in enumerate(schema) for found in objects_without_keys(each, f"{at}/{place}")]
    if not isinstance(schema, dict):
        return []
    bare = not schema or (schema.get("type") == "object" and not schema.keys() & {"properties", "additionalProperties"})
    return [at] * bare + [found for key, each in schema.items() for found in objects_without_keys(each, f"{at}/{key}")]


def test_every_answer_says_which_keys_it_has() -> None:
    assert objects_without_keys({"a": {"type": "object"}, "b": [{}]}) == ["/a", "/b/0"]
    assert objects_without_keys(dict(SCHEMAS)) == []


@pytest.mark.parametrize(("method", "path"), OURS, ids=IDS)
def test_no_route_is_reachable_without_a_token(archive: Bureau, method: str, path: str) -> None:
    before = archive.office.cases.all()
    signed_in = archive.browser("officer").client
    for client in (client_of(archive), signed_in):
        for authorization in ("", "Bearer yingbi_guess", "Basic b2ZmaWNlcjp4"):
            headers = {"authorization": authorization, "idempotency-key": "x"}
            answer = client.request(method, API + path_of(path), json={}, headers=headers)
            assert answer.status_code in (401, 429)
            assert answer.headers["content-type"] == MEDIA_TYPE
    assert archive.office.cases.all() == before


@pytest.mark.parametrize(("method", "path"), OURS, ids=IDS)
def test_each_route_as_each_role(archive: Bureau, programs: dict[str, Program], method: str, path: str) -> None:
    for name, one in programs.items():
        answer = one.ask(method, path_of(path), {"nonsense": 1})
        if allowed(PEOPLE[name][1], method, path):
            assert answer.status_code != 403, answer.text
            assert answer.status_code == (422 if method == "POST" else 200), answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role")


def test_a_restricted_case_is_refused_at_every_route_and_told_of_by_none(bureau: Bureau) -> None:
    bureau.drills = (DrillPlan(name="q", title="演练", playbook="", lead=SUN, first=TEN.date(), every_days=90),)
    bureau.restart()
    case, other = bureau.to_the_draft(), bureau.open(bureau.leak(persons=20, caller="clerk-han"))
    drill = bureau.office.cases.open_drill("夜间演练", "low", CHEN, book="", once="1", plan="q")
    bureau.listed(case)
    bureau.evidence.add(case, SUN, "a.bin", b"x", "一号服务器", Tlp.AMBER)
    bureau.office.cases.link(other, SUN, LinkKind.RELATED, case, "")
    book = HandlingBook(bureau.office.cases)
    for each in (case, drill):
        book.set_task(each, SUN, "核对通讯录", SUN, TEN + timedelta(days=1))
        book.restrict(each, SUN, [SUN], "涉及内部人员")
    (alert,) = bureau.office.cases.get(case).alerts
    notice_id, before = bureau.office.cases.get(case).notice_id, bureau.office.cases.all()
    programs = [program(bureau, name, attended=True) for name in ("oncall", "press")]
    of_cases = [key for key in OURS if "{case}" in key[1]]
    assert len(of_cases) > 40
    for method, path in of_cases:
        for name, one in zip(("oncall", "press"), programs, strict=True):
            answer = one.ask(method, path_of(path, case), {})
            code = "restricted" if allowed(PEOPLE[name][1], method, path) else "role"
            assert (answer.status_code, answer.json()["code"]) == (403, code), (path, answer.text)
    lists = [path for method, path in OURS if method == "GET" and "{case}" not in path and "{alert}" not in path]
    assert {f"{API}/{name}" for name in ("cases", "alerts", "actions", "summary", "drills")} <= set(lists)
    of_other = [f"{API}/cases/{{case}}{part}" for part in ("", "/timeline")]
    for path in (*lists, *of_other, f"{API}/alerts/{alert}"):
        for one in programs:
            text = one.get(path_of(path, other)).text
            assert not [told for told in (case, drill, notice_id) if told in text], path
    opened = programs[0].post("/cases", title="再立一案", level="low", alert=alert)
    assert (opened.status_code, opened.json()["code"]) == (403, "restricted")
    for act, field in (("merge", "into"), ("link", "other")):
        answer = programs[0].post(f"/cases/{other}/{act}", **{field: case, "reason": "x", **_KINDS[act]})
        assert (answer.status_code, answer.json().get("field")) == (422, field)
    assert bureau.office.cases.all() == before
    told = program(bureau, "officer").get("/drills").json()
    assert ([each["id"] for each in told["drills"]], told["plans"][0]["under_way"]) == ([drill], drill)
    assert program(bureau, "officer").case(other)["links"][0]["case"] == case


_KINDS = {"merge": {}, "link": {"kind": "related"}}


@pytest.mark.parametrize(("method", "path"), sorted(SECOND_LOOK))
def test_no_program_is_the_second_of_two(bureau: Bureau, method: str, path: str) -> None:
    bureau.to_the_draft()
    for name in ("officer", "oncall", "press2"):
        if allowed(PEOPLE[name][1], method, path):
            answer = program(bureau, name).ask(method, path_of(path), {})
            assert (answer.status_code, answer.json()["code"]) == (403, "second-look")
            assert program(bureau, name, attended=True).ask(method, path_of(path), {}).status_code != 403


def test_a_case_is_opened_once_for_each_key(bureau: Bureau) -> None:
    one = program(bureau, "oncall")
    body = {
        "title": "网信部门来函",
        "level": "high",
        "reported_by": "office",
        "received_at": "2026-11-23T16:00:00+08:00",
    }
    first = one.post("/cases", "k-1", **body)
    assert first.status_code == 201, first.text
    again = one.post("/cases", "k-1", **body)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert len(bureau.office.cases.all()) == 1
    other = one.post("/cases", "k-1", **{**body, "level": "low"})
    assert (other.status_code, other.json()["code"]) == (422, "another-request")
    (case,) = bureau.office.cases.all()
    assert case.aware_at == TEN - timedelta(hours=2)
    assert {str(entry.by) for entry in case.entries if entry.number == 1} == {"person:p-chen"}
    bureau.restart()
    kept = Program(client_of(bureau), one.token)
    assert kept.post("/cases", "k-1", **body).json() == first.json()
    assert len(bureau.office.cases.all()) == 1


def test_what_was_refused_has_not_happened_and_its_key_is_free(bureau: Bureau) -> None:
    one = program(bureau, "oncall")
    wrong = one.post(
        "/cases",
        "k-1",
        title="来电 330103198001014",
        level="high",
        received_at="2026-11-23T16:00:00",
        reported_by="office",
    )
    assert (wrong.status_code, wrong.json()["field"]) == (422, "received_at")
    assert wrong.headers["content-type"] == MEDIA_TYPE
    assert one.post("/cases", "k-1", title="来电", level="high").status_code == 201


def test_where_nobody_knows_what_came_of_it_it_is_not_done_again(bureau: Bureau) -> None:
    repeats = Repeats(bureau.office.engine, bureau.office.watch)
    died = threading.Event()

    def dies() -> Answered:
        died.set()
        raise SystemExit

    with pytest.raises(SystemExit):
        repeats.once("oncall", "k", b"x", dies)
    assert died.is_set()
    with pytest.raises(NobodyKnows):
        Repeats(bureau.office.engine, bureau.office.watch).once("oncall", "k", b"x", lambda: Answered(200, "{}"))


@pytest.mark.parametrize(
    ("sent", "headers", "code"),
    [
        (b"[]", {}, "unreadable"),
        (b"{", {}, "unreadable"),
        (b'{"title": "a", "title": "b", "level": "low"}', {}, "unreadable"),
        (b"[" * 100_000, {}, "unreadable"),
        (b'{"title": 7, "level": "low"}', {}, "field"),
        (b'{"title": "a", "level": "worst"}', {}, "field"),
        (b'{"level": "low"}', {}, "field"),
        (b'{"title": "a", "level": "low", "by": "p-sun"}', {}, "field"),
        (b'{"title": "a", "level": "low"}', {"content-type": "text/plain"}, "media-type"),
        (b'{"title": "a", "level": "low"}', {"idempotency-key": ""}, "idempotency-key-missing"),
        (b'{"title": "a", "level": "low"}', {"idempotency-key": "x" * 201}, "idempotency-key-missing"),
        (b'{"title": "' + b"a" * 1_000_001 + b'"}', {}, "too-long"),
        (b'{"title": "a", "level": "low", "alert": "A-999999"}', {}, "not-found"),
    ],
    ids=range(13),
)
def test_what_cannot_be_read_is_a_problem(
    archive: Bureau, programs: dict[str, Program], sent: bytes, headers: dict[str, str], code: str
) -> None:
    one, before = programs["oncall"], len(archive.office.cases.all())
    given = {"authorization": f"Bearer {one.token}", "idempotency-key": "new", "content-type": "application/json"}
    answer = one.client.post(f"{API}/cases", content=sent, headers={**given, **headers})
    assert answer.status_code == CODES[code][0]
    told = answer.json()
    assert told["code"] == code
    assert told["type"] == f"urn:yingbi:problem:{code}"
    assert told["status"] == answer.status_code
    assert "worst" not in answer.text, "no value that was sent"
    assert len(archive.office.cases.all()) == before


def test_a_token_ends_with_its_time_its_account_and_when_it_is_revoked(bureau: Bureau) -> None:
    ended, revoked, of_one_who_left = (program(bureau, name) for name in ("oncall", "press", "officer"))
    for one in (ended, revoked, of_one_who_left):
        assert one.get("/cases").status_code == 200
    (token,) = bureau.desk.tokens.of("press")
    bureau.desk.tokens.revoke("press", token.id)
    with pytest.raises(KeyError):
        bureau.desk.tokens.revoke("oncall", token.id)
    bureau.accounts.disable("officer")
    assert revoked.get("/cases").status_code == of_one_who_left.get("/cases").status_code == 401
    bureau.office.watch.move(hours=9)
    assert ended.get("/cases").status_code == 401


def test_a_token_is_no_wider_than_its_account_is_now(bureau: Bureau) -> None:
    one = program(bureau, "oncall")
    bureau.accounts.reset_password("oncall", "correct horse battery 新的")
    assert one.get("/whoami").status_code == 401, "until its person has changed it"
    press = program(bureau, "press", roles=frozenset({Role.PRESS}))
    assert press.get("/whoami").json()["roles"] == ["press"]


def test_who_is_too_quick_has_to_wait(bureau: Bureau) -> None:
    one = program(bureau, "oncall")
    for _ in range(MOST_ACTS):
        assert one.post("/cases", level="low").status_code == 422
    slow = one.post("/cases", level="low")
    assert (slow.status_code, slow.json()["code"]) == (429, "too-many")
    assert int(slow.headers["retry-after"]) > 0
    assert one.get("/cases").status_code == 200, "reading goes on"
    bureau.office.watch.move(minutes=2)
    assert one.post("/cases", level="low").status_code == 422


def test_who_guesses_tokens_has_to_wait(bureau: Bureau) -> None:
    guesser, good = Program(client_of(bureau), "yingbi_guess"), program(bureau, "oncall")
    assert {guesser.get("/cases").status_code for _ in range(MOST_WRONG)} == {401}
    assert guesser.get("/cases").status_code == 429
    assert good.get("/cases").status_code == 200, "nobody is kept out by what others guess"
    bureau.office.watch.move(minutes=2)
    assert guesser.get("/cases").status_code == 401


def test_an_answer_names_no_citizen_by_digest(bureau: Bureau) -> None:
    caller = "1:" + "5e" * 16
    case = bureau.open(bureau.leak(persons=30, caller=caller))
    one = program(bureau, "oncall")
    for path in ("/cases", f"/cases/{case}", f"/cases/{case}/timeline"):
        answer = one.get(path)
        assert answer.status_code == 200
        assert "5e5e5e" not in answer.text
    (target, *_) = one.case(case)["targets"]
    assert "居民 1" in target["target"]
    assert target["of"]


def test_the_clocks_of_a_case_are_told(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    bureau.office.cases.happened(case, bureau.office.cases.all()[0].entries[0].by.id, Occurrence.CRIME_CLUE, TEN, "")  # type: ignore[arg-type]
    told = program(bureau, "auditor").get(f"/cases/{case}/duties").json()
    assert {clock["duty"] for clock in told["clocks"]} >= {"notify-authority", "tell-persons"}


def test_what_is_nowhere_is_a_problem_as_well(bureau: Bureau) -> None:
    one = program(bureau, "oncall")
    for path, method, code in (("/nowhere", "GET", 404), ("/cases", "DELETE", 405), ("/cases/C-1", "GET", 404)):
        answer = one.ask(method, path)
        assert answer.status_code == code
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert json.loads(answer.text)["status"] == code


def test_a_token_is_made_on_its_page_shown_once_and_revoked(bureau: Bureau) -> None:
    browser: Browser = bureau.browser("oncall")
    page = browser.get("/tokens")
    wrong = browser.submit(page, "token", name="soar", password="wrong wrong wrong")
    assert "密码不正确" in wrong.said
    made = browser.submit(page, "token", name="soar", password="correct horse battery 电池", days="30")
    token = "".join(made.by_id("made").itertext())
    one = Program(client_of(bureau), token)
    assert one.get("/whoami").json() == {
        "account": "oncall",
        "person": "p-chen",
        "roles": ["oncall"],
        "attended": False,
        "ends_at": (TEN + timedelta(days=30)).isoformat(),
    }
    shown = browser.get("/tokens")
    assert token not in shown.response.text
    assert "soar" in shown.text()
    with bureau.office.engine.connect() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM api_tokens").all())
    assert "已撤销" in browser.submit(shown, "revoke-1").said
    assert one.get("/whoami").status_code == 401
    too_long = browser.submit(
        browser.get("/tokens"), "token", name="x", use="person", hours="9", password="correct horse battery 电池"
    )
    assert "1 至 8" in too_long.said
