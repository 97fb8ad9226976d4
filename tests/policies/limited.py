"""The good policy with limits on what callers may be shown, one kind for each post."""

import shutil
from pathlib import Path

from tests.policies.compiled import GOOD
from tests.proxy.credentials import Provider

_POSTS = ("clerk", "masked", "stepping", "asking")
_LIMITS = """
limits:
  - id: clerks-are-refused
    who: {posts: [clerk]}
    systems: [people]
    subjects_an_hour: 3
    at_limit: refuse
    reason: 受理业务一小时不超过三人
  - id: others-are-masked
    who: {posts: [masked]}
    systems: [people]
    subjects_a_day: 3
    at_limit: mask-harder
    reason: 只需核对
  - id: some-step-up
    who: {posts: [stepping]}
    systems: [people]
    subjects_an_hour: 2
    at_limit: step-up
    step_up: {acr: [strong], within_minutes: 15, subjects_an_hour: 4}
    reason: 人多时须加强登录
  - id: not-too-often
    who: {posts: [asking]}
    systems: [people]
    requests_a_minute: 5
    reason: 人工操作不会更快
  - id: nobody-in-particular
    who: {anyone: true, not_posts: [clerk, masked, stepping, asking]}
    systems: [people]
    operations: ['GET /people.csv']
    requests_a_minute: 5
    reason: 导出不必更快
"""


def declare_limits(folder: Path, provider: Provider) -> Path:
    """*folder* with the policy, and the keys of *provider* in it."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    provider.write(folder / "idp.json")
    grants = folder / "grants.yaml"
    text = grants.read_text("utf-8").replace("posts: [clerk]", f"posts: [{', '.join(_POSTS)}]")
    grants.write_text(text + _LIMITS, "utf-8")
    return folder
