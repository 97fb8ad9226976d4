"""What a field refers to is shown beside it: a label, which may be a name where the field is a mere number."""

import json
import shutil

import pytest

from policies.formats.masker import Tally
from policies.program import OperationRule, Program
from policies.view import View, Views
from tests.policies.compiled import GOOD, SECRET, program
from tests.policies.formats.masking import DIGESTER

CASES = """system: cases
title: {zh: 办件, en: Cases}
hosts: [cases.localhost]
upstream: http://127.0.0.1:9
state: enforcing
pack: datasette
with: {database: cases}
records:
  cases:
    facets: [city]
    fields:
      id: public
      city: public
      applicant: {category: public, label: person_name}
      handler: public
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, folder)
    (folder / "systems" / "cases.yaml").write_text(CASES, "utf-8")
    return program("cases", folder)


def masked(view: View, operation: OperationRule, body: str, kind: str) -> str:
    masker = view.maskers.of(operation.answers, kind, Tally(DIGESTER), "utf-8", lambda *form: "")
    assert masker is not None
    return b"".join([*masker.feed(body.encode()), *masker.close()]).decode()


def operation(cases: Program, path: str) -> OperationRule:
    return next(operation for operation in cases.operations if operation.id == f"GET /cases/cases{path}")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<a href="/cases/people/7">张三丰</a>&nbsp;<em>7</em>', "<a>张**</a>&nbsp;<em>7</em>"),  # leads nowhere
        ('<a href="/cases/people/7">7</a>', "<a>7</a>"),
        ('<a href="/cases/cases">7</a>', '<a href="/cases/cases">7</a>'),
        ("<em>7</em>", "<em>7</em>"),
    ],
)
def test_a_label_in_a_page(cases: Program, cell: str, expected: str) -> None:
    view, page = Views(cases, SECRET).strictest, operation(cases, "")
    assert masked(view, page, f'<td class="col-applicant">{cell}</td>', "html").count(expected) == 1
    undeclared = masked(view, page, f'<td class="col-handler">{cell}</td>', "html")
    assert undeclared == f'<td class="col-handler">{expected.replace("张**", "***")}</td>'


def test_a_label_in_json(cases: Program) -> None:
    row = {"id": 1, "applicant": {"value": 7, "label": "张三丰", "more": "x"}, "handler": {"value": 8, "label": "李四"}}
    columns = ["id", "applicant", "handler"]
    rows = [row, {"id": 2, "applicant": 7, "handler": {"label": ["李四"]}}, list(row.values())]
    body = {"columns": columns, "rows": rows}
    shown = json.loads(masked(Views(cases, SECRET).strictest, operation(cases, ".json"), json.dumps(body), "json"))
    assert shown["rows"] == [
        {"id": 1, "applicant": {"value": 7, "label": "张**", "more": "***"}, "handler": {"value": 8, "label": "***"}},
        {"id": 2, "applicant": 7, "handler": {"label": ["***"]}},
        [1, {"value": 7, "label": "张**", "more": "***"}, {"value": 8, "label": "***"}],
    ]


def test_a_label_in_csv(cases: Program) -> None:
    body = "id,applicant,applicant_label,handler,handler_label\n1,7,张三丰,8,李四\n"
    shown = masked(Views(cases, SECRET).strictest, operation(cases, ".csv"), body, "csv")
    assert shown.splitlines()[1] == "1,7,张**,8,***"


def test_a_label_is_counted_by_its_category(cases: Program) -> None:
    tally = Tally(DIGESTER)
    page = operation(cases, "").answers
    masker = Views(cases, SECRET).strictest.maskers.of(page, "html", tally, "utf-8", lambda *form: "")
    assert masker is not None
    masker.feed('<td class="col-applicant"><a>张三丰</a> <em>7</em></td>'.encode())
    masker.close()
    assert [(cases.fields[index].name, count) for index, count in tally.fields.items()] == [
        ("cases.applicant label", 1)
    ]
