"""What is written into another record than it was read from: shown more of that one, its caller would read it there."""

import json
import shutil
from urllib.parse import urlencode

import pytest

from policies.digest import canonical
from policies.overlay import Overlay
from proxy.decide import decide
from proxy.identity.caller import Caller
from proxy.message import read_request
from proxy.verdict import Forward, Refuse
from siem.record.event import CallerKind
from tests.policies.compiled import GOOD
from tests.policies.formats.masking import DIGESTER
from tests.policies.keyed import FILES, NOW, NUMBER, WU, Keyed

CITIZEN = Caller(id=DIGESTER(canonical("440524188001010014")), kind=CallerKind.CITIZEN)
MOBILE = "13800138000"
CATALOGUE = (
    FILES["catalogue"]
    + """  mobile:
    title: {zh: 手机号, en: Mobile number}
    level: general
    mask: token
"""
)
HALL = (
    FILES["systems/hall"]
    .replace("      city: public\n  ward:", "      mobile: mobile\n      city: public\n  ward:")
    .replace("fields: {id: public,", "fields: {id: public, head: {category: resident_id, key_of: resident},")
    + """  - on: POST /wards
    body: {json: ward, form: {record: ward, controls: "{field}"}}
    answers: {json: ward}
"""
)
CITIZENS = "identity: {jwt: [{issuer: https://id.example, audience: hall, keys: idp.json, kind: citizen}]}"
OWN = """grants:
  - id: own
    who: {owner: self}
    systems: [hall]
    sees: {resident_id: show, mobile: show}
    until: 2030-01-01
    reason: r
    approved_by: a
"""
WARDS = """grants:
  - id: wards
    who: {posts: [window]}
    systems: [hall]
    purpose: work
    records: [ward]
    sees: {resident_id: show}
    until: 2030-01-01
    reason: r
    approved_by: a
"""


@pytest.fixture(scope="module", params=["grants: []\n", OWN, WARDS], ids=["nobody", "own", "wards"])
def granted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Keyed]:
    grants: str = request.param
    folder, hall = tmp_path_factory.mktemp("moved"), HALL
    if grants is OWN:
        shutil.copy(GOOD / "idp.json", folder)
        hall = hall.replace("identity: {api_keys: true}", CITIZENS)
    return grants, Keyed(folder, **{"catalogue": CATALOGUE, "systems/hall": hall, "grants": grants})


def sent(keyed: Keyed, caller: Caller, method: str, target: str, body: dict[str, str], kind: str) -> Forward | str:
    request = read_request(
        method=method,
        authority="",
        target=target,
        fields=((b"host", b"hall.localhost"), (b"content-type", kind.encode())),
        source_ip="127.0.0.1",
    )
    data = json.dumps(body) if kind == JSON else urlencode(body)
    verdict = decide(request, data.encode(), keyed.system, caller, Overlay(), NOW)
    return verdict.reason if isinstance(verdict, Refuse) else verdict


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", [JSON, FORM])
def test_it_is_opened_only_where_its_caller_is_shown_no_more_of_any_record(
    granted: tuple[str, Keyed], kind: str
) -> None:
    grants, keyed = granted
    caller = CITIZEN if grants is OWN else Caller(id="wu", kind=WU.kind, posts=WU.posts, purposes=frozenset({"work"}))
    handle, there = keyed.handle(caller=caller), f"/residents/{keyed.handle('x', caller=caller)}"
    index = next(index for index, field in enumerate(keyed.program.fields) if field.name == "resident.mobile")
    token = keyed.system.views.of(()).actions[index].apply(MOBILE)

    def opens(method: str, target: str, body: dict[str, str], true: str) -> bool:
        asked = sent(keyed, caller, method, target, body, kind)
        if isinstance(asked, Forward):
            assert true.encode() in asked.body
        else:
            assert asked in ("mask_returned", "unknown_handle")
        return isinstance(asked, Forward)

    assert opens("PUT", there, {"guardian": handle}, NUMBER) is (grants is not OWN)
    assert opens("PUT", there, {"mobile": token}, MOBILE) is (grants is not OWN)
    assert opens("POST", "/wards", {"head": handle}, NUMBER) is (grants not in (OWN, WARDS))
