"""A system whose residents are known by their ID numbers: its program, and who asks it."""

from datetime import UTC, datetime
from pathlib import Path

from policies.addresses import Addresses
from policies.compiling.system import compile_system
from policies.load import load_policy
from policies.program import OperationRule, Program
from policies.view import Views
from proxy.identity.caller import Caller
from proxy.system import System
from siem.record.event import CallerKind
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WU, LI = (Caller(id=name, kind=CallerKind.STAFF, posts=frozenset({"window"})) for name in ("wu", "li"))
NUMBER = "11010519491231002X"
FILES = {
    "catalogue": """categories:
  resident_id:
    title: {zh: 居民身份证号, en: Resident ID number}
    level: important
    mask: redact
""",
    "grants": "grants: []\n",
    "callers": "callers: []\n",
    "systems/hall": """system: hall
title: {zh: 大厅, en: Hall}
hosts: [hall.localhost]
upstream: http://127.0.0.1:9
state: enforcing
identity: {api_keys: true}
key_spelling: underscore
records:
  resident:
    subject: id_no
    key: [id_no]
    fields:
      id_no: {category: resident_id, key_of: resident}
      guardian: {category: resident_id, key_of: resident}
      self: {link: true}
      city: public
  ward:
    key: [id]
    fields: {id: public, city: public}
operations:
  - on: GET /residents
    parameters: {after: record-key, "{field}": filter, sort: names-field, back: any, page: any}
    key_headers: [link, x-next]
    answers:
      json:
        /items/*: {record: resident}
        /next: {cursor_of: resident}
        /next_url: {link: true}
        /first: {key_of: resident}
      csv: resident
      html:
        record: resident
        controls: "{field}"
        own_controls: [page, back, after]
        key_controls: {"chosen-{any}": resident}
        key_attributes: {data-id: resident}
        elements: [{element: td, class: "{field}"}, {element: h1, key_of: resident}]
  - on: GET /residents/{key}
    answers: {json: resident, html: scan}
  - on: GET /residents/{key}.pdf
    key_of: resident
    answers: {text: scan}
  - on: PUT /residents/{key}
    body:
      json: resident
      form: {record: resident, controls: "{field}", key_controls: {"chosen-{any}": resident}}
      xml: {paths: {/resident: {record: resident}}}
    answers: {json: resident}
  - on: DELETE /residents/{key}
    refuse: {zh: 不能删除, en: nothing is deleted}
  - on: GET /wards/{key}
    answers: {json: ward}
  - on: POST /sets
    body: {json: {/all/*: {record: resident}, /rows: {record: resident, columns: names}, /x: scan}}
    answers: {json: resident}
  - on: GET /files/{file*}
    static: true
""",
}


def keyed_program(folder: Path, **changed: str) -> Program:
    """The program of the policy, which is written to *folder* with *changed* files."""
    (folder / "systems").mkdir()
    for name, text in (FILES | changed).items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    loaded = load_policy(folder)
    assert loaded.findings.errors == []
    return compile_system(loaded.policy, loaded.policy.systems["hall"], loaded.jwks)


class Keyed:
    """The system, and what its callers send and get."""

    def __init__(self, folder: Path, **changed: str) -> None:
        self.program = keyed_program(folder, **changed)
        self.system = System(self.program, "digest", DIGESTER, SECRET, DATA_KEYS)
        self.view = Views(self.program, SECRET).of(())

    def addresses(self, base: str = "/residents", caller: Caller = WU) -> Addresses:
        return Addresses(self.view.links, base, self.system.holder(caller, NOW))

    def handle(self, key: str = NUMBER, record: str = "resident", caller: Caller = WU) -> str:
        """What *caller* is given in place of *key*, which is spelled as in addresses."""
        return self.system.holder(caller, NOW).handle(key, "key", record)

    def operation(self, named: str) -> OperationRule:
        return next(operation for operation in self.program.operations if operation.id == named)
