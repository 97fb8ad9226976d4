"""A key that was asked for by a handle stands nowhere in the answer, whatever an application repeats it in."""

import csv
import io
import json
from typing import Any

import pytest

from policies.formats.masker import Withheld
from policies.formats.prose import Prose
from policies.overlay import Overlay
from policies.spelling import Spelling, spelled
from proxy.answer import Mask, treatment_of
from proxy.answer_headers import AnswerHeaders
from proxy.decide import decide
from proxy.message import Request, read_request
from proxy.verdict import Forward
from tests.policies.keyed import FILES, NOW, WU, Keyed

KEY = "QX-7K2M"
HALL = (
    FILES["systems/hall"]
    .replace(
        "  - on: GET /residents/{key}\n",
        "  - on: GET /residents/{key}\n    headers: [content-disposition, x-title, location]\n",
    )
    .replace("text: scan", "text: scan, html: scan")
    + """errors: {json: {/message: scan}, text: scan}
"""
)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return Keyed(tmp_path_factory.mktemp("repeated"), **{"systems/hall": HALL})


def asked(keyed: Keyed, target: str, key: str = KEY) -> tuple[Request, Forward]:
    request = read_request(
        method="GET",
        authority="",
        target=target.format(keyed.handle(spelled(key, Spelling.UNDERSCORE))),
        fields=((b"host", b"hall.localhost"),),
        source_ip="127.0.0.1",
    )
    verdict = decide(request, b"", keyed.system, WU, Overlay(), NOW)
    assert isinstance(verdict, Forward)
    return request, verdict


def answered(keyed: Keyed, target: str, kind: str, body: str, *, status: int = 200, key: str = KEY) -> str:
    request, forward = asked(keyed, target, key)
    treatment = treatment_of(
        status,
        {"content-type": [kind]},
        has_body=True,
        request=request,
        forward=forward,
        system=keyed.system,
        caller=WU,
        now=NOW,
        prose=Prose(),
    )
    assert isinstance(treatment, Mask)
    masker = treatment.masker
    return b"".join([*masker.feed(body.encode()), *masker.close()]).decode()


@pytest.mark.parametrize("rows", [1, 20_000])
def test_in_json(keyed: Keyed, rows: int) -> None:
    row: dict[str, Any] = {"id_no": KEY, "city": f"of {KEY}", "x": KEY}
    body = json.dumps({"items": [row] * rows})
    shown = answered(keyed, "/residents?after={}", "application/json", body)
    assert KEY not in shown
    items = json.loads(shown)["items"]
    assert len(items) == rows
    assert items[-1]["city"] == "of ***"
    assert items[-1]["id_no"] == keyed.handle(spelled(KEY, Spelling.UNDERSCORE))


def test_as_a_number_and_as_a_name_in_json(keyed: Keyed) -> None:
    body = json.dumps({"city": [13800138000, True, 7, None]})
    shown = answered(keyed, "/residents/{}", "application/json", body, key="13800138000")
    assert json.loads(shown) == {"city": [None, True, 7, None]}
    for rows in (1, 40_000):
        named = json.dumps({"items": [{"city": "some where"}] * rows, "QX_7K2M": 1})
        with pytest.raises(Withheld):
            answered(keyed, "/residents?after={}", "application/json", named, key="QX_7K2M")


def test_in_errors_and_texts(keyed: Keyed) -> None:
    message = json.dumps({"message": f"resident {KEY} does not exist"})
    assert KEY not in answered(keyed, "/residents/{}", "application/json", message, status=404)
    text = answered(keyed, "/residents/{}.pdf", "text/plain", f"resident {KEY}\nof {KEY}")
    assert text == "resident ***\nof ***"


def test_in_csv(keyed: Keyed) -> None:
    table = f'id_no,city\n{KEY},"a, {KEY}"\n'
    shown = answered(keyed, "/residents?after={}", "text/csv", table)
    assert next(csv.DictReader(io.StringIO(shown)))["city"] == "a, ***"
    assert KEY not in shown
    with pytest.raises(Withheld):
        answered(keyed, "/residents?after={}", "text/csv", f"id_no,city,{KEY}\n1,2,3\n")


HEADERS = {
    "content-disposition": (f'attachment; filename="{KEY}.pdf"', "attachment"),
    "x-title": (KEY, None),
    "x-title, escaped": ("QX%2D7K2M", None),
    "x-title, of another": ("QX-1111", "QX-1111"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_in_headers(keyed: Keyed, name: str) -> None:
    value, expected = HEADERS[name]
    request, forward = asked(keyed, "/residents/{}")
    headers = {name.partition(",")[0]: [value]}
    passing = AnswerHeaders(headers=headers, request=request, forward=forward, system=keyed.system, is_static=False)
    assert [text for _, text in passing.passing()] == ([] if expected is None else [expected])


@pytest.mark.parametrize("target", [f"/residents#{KEY}", f"https://other.example/?u={KEY}"])
def test_in_a_redirect(keyed: Keyed, target: str) -> None:
    request, forward = asked(keyed, "/residents/{}")
    headers = {"location": [target]}
    passing = AnswerHeaders(headers=headers, request=request, forward=forward, system=keyed.system, is_static=False)
    with pytest.raises(Withheld):
        passing.passing()
