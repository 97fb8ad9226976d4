"""The good policy with staff who may ask to see records whole, and in an emergency everything."""

import shutil
from pathlib import Path

from tests.policies.compiled import GOOD
from tests.proxy.credentials import Provider

STAFF = "https://staff.example"
CITIZENS = "https://citizens.example"

_ISSUERS = f"""
    - issuer: {STAFF}
      audience: people
      keys: idp.json
      kind: staff
    - issuer: {CITIZENS}
      audience: people
      keys: idp.json
      kind: citizen
"""
_REVEALS = """
reveals:
  - id: window-sees-whole
    who: {posts: [clerk]}
    systems: [people]
    categories: [person_name, resident_id, mobile]
    purpose: case-handling
    until: 2027-06-30
    reason: 核对材料原件
    approved_by: 王安全
  - id: emergency
    who: {posts: [duty-head]}
    break_glass: true
    systems: [people]
    until: 2027-06-30
    reason: 值班负责人处置紧急情况
    approved_by: 王安全
  - id: checker-sees-names
    who: {posts: [checker]}
    systems: [people]
    categories: [person_name]
    purpose: case-handling
    until: 2027-06-30
    reason: 核对姓名
    approved_by: 王安全
  - id: checker-sees-mobiles
    who: {posts: [checker]}
    systems: [people]
    categories: [mobile]
    operations: ['GET /people']
    purpose: case-handling
    until: 2027-06-30
    reason: 核对手机号
    approved_by: 王安全
"""


def declare_reveals(folder: Path, provider: Provider) -> Path:
    """*folder* with the policy, and the keys of *provider* in it."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    provider.write(folder / "idp.json")
    grants = folder / "grants.yaml"
    # Clerks are to see masks, so that there is something to ask for.
    grants.write_text(grants.read_text("utf-8").replace("      person_name: show\n", "") + _REVEALS, "utf-8")
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    issuer = "      keys: idp.json\n"
    assert text.count(issuer) == 1
    system.write_text(text.replace(issuer, issuer + _ISSUERS.lstrip("\n")), "utf-8")
    return folder
