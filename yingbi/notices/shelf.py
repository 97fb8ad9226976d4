"""The press of the installation, for commands that fill in notices."""

from incident.wording import Press
from policies.release import NotReleased
from yingbi.case_read import CannotTell
from yingbi.clock import now
from yingbi.notices.press import press_of
from yingbi.policy_source import UnreadableFolder, source_of
from yingbi.settings import Settings


def press_in(settings: Settings) -> Press:
    """How notices are written here, with the titles of the policy in force. Raises CannotTell."""
    try:
        taken = source_of(settings, "notice").take(now())
    except (NotReleased, UnreadableFolder, OSError) as error:
        raise CannotTell(f"无法读取生效的策略 / the policy in force cannot be read: {error}") from None
    return press_of(settings, taken.loaded.policy)
