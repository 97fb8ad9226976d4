"""The good policy whose records can be changed, by callers who may see them by whose they are."""

import shutil
from pathlib import Path

from tests.policies.compiled import GOOD

FORM = 'form: {record: person, controls: "{field}"}'
_OPERATIONS = f"""
  - on: GET /people/{{id}}/edit
    answers:
      html: {{record: person, controls: "{{field}}"}}
  - on: POST /people/{{id}}/edit
    body: {{json: person, {FORM}}}
    answers: {{json: person}}
  - on: PATCH /people/{{id}}
    body: {{json: person, {FORM}}}
    answers: {{json: person}}
  - on: PUT /people
    body: {{json: {{/mobile: mobile, /id_no: resident_id}}}}
    answers: {{json: person}}
"""
_GRANTS = """grants:
  - id: own
    who: {owner: self}
    systems: [people]
    sees: {mobile: show}
    until: 2027-06-30
    reason: 本人查询
    approved_by: 王安全
  - id: helpers
    who: {owner: acting, posts: [helper], not_posts: [guard]}
    systems: [people]
    purpose: case-handling
    sees: {mobile: {keep: {last: 8}}}
    until: 2027-06-30
    reason: 帮办代办
    approved_by: 王安全
  - id: less
    who: {owner: acting, posts: [guard], not_posts: [helper]}
    systems: [people]
    sees: {mobile: redact}
    until: 2027-06-30
    reason: 帮办代办
    approved_by: 王安全
reveals:
  - id: one-person
    who: {posts: [clerk]}
    systems: [people]
    operations: ['GET /people/{id}']
    categories: [mobile]
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
"""


def declare_writable(folder: Path) -> Path:
    """*folder* with the policy. Records are found by their `id`."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    (folder / "grants.yaml").write_text(_GRANTS, "utf-8")
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("    subject: id_no\n", "    subject: id_no\n    key: [id]\n")
    system.write_text(text.replace("errors:\n", f"{_OPERATIONS.lstrip(chr(10))}errors:\n", 1), "utf-8")
    return folder
