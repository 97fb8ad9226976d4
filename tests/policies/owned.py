"""The good policy with grants that tell records apart: for a citizen, for who acts for one, for officers of a ward."""

import shutil
from pathlib import Path

from tests.policies.compiled import GOOD
from tests.proxy.credentials import Provider

CITIZENS = "https://citizens.example"
HELPERS = "https://helpers.example"

_ISSUERS = f"""
    - issuer: {CITIZENS}
      audience: people
      keys: idp.json
      kind: citizen
    - issuer: {HELPERS}
      audience: people
      keys: idp.json
      attribute_claims: [ward]
      acting: {{for: on_behalf_of, basis: authorization}}
"""
_GRANTS = """
  - id: own
    who: {owner: self}
    systems: [people]
    sees: {person_name: show, resident_id: show, mobile: show}
    until: 2027-06-30
    reason: 本人查询
    approved_by: 王安全
  - id: helpers
    who: {owner: acting, posts: [helper]}
    systems: [people]
    purpose: case-handling
    sees: {person_name: show, mobile: {keep: {last: 4}}}
    until: 2027-06-30
    reason: 帮办代办
    approved_by: 王安全
  - id: ward
    who: {posts: [ward-officer]}
    systems: [people]
    purpose: case-handling
    rows: {person.city: {is_attribute: ward}}
    sees: {person_name: show}
    until: 2027-06-30
    reason: 本辖区业务
    approved_by: 王安全
  - id: few
    who: {posts: [counter]}
    systems: [people]
    purpose: case-handling
    at_most: 3
    sees: {person_name: show}
    until: 2027-06-30
    reason: 窗口业务
    approved_by: 王安全
  - id: researchers
    who: {posts: [researcher], not_posts: [clerk, ward-officer, counter, trainee]}
    systems: [people]
    purpose: case-handling
    sees:
      person_name: {pseudonym: {by: subject}}
      mobile: {dictionary: {words: [甲, 乙], then: [一, 二, 三], by: subject}}
    until: 2027-06-30
    reason: 研究
    approved_by: 王安全
  - id: never
    who: {posts: [trainee]}
    systems: [people]
    purpose: case-handling
    sees: {mobile: block}
    until: 2027-06-30
    reason: 实习人员
    approved_by: 王安全
"""


def declare_owned(folder: Path, provider: Provider | None = None) -> Path:
    """*folder* with the policy, and the keys of *provider* in it."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    if provider is not None:
        provider.write(folder / "idp.json")
    grants = folder / "grants.yaml"
    grants.write_text(grants.read_text("utf-8") + _GRANTS.lstrip("\n"), "utf-8")
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    issuer = "      keys: idp.json\n"
    assert text.count(issuer) == 1
    system.write_text(text.replace(issuer, issuer + _ISSUERS.lstrip("\n")), "utf-8")
    return folder
