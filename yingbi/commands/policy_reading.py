"""`yingbi policy diff | history | export`."""

import argparse
from typing import TYPE_CHECKING

from yingbi.commands.policy_acting import at_desk
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, complain

if TYPE_CHECKING:
    from yingbi.policy_desk import PolicyDesk
    from yingbi.settings import Settings


def run_diff(given: argparse.Namespace) -> int:
    """Print what is different; the exit code says whether anything is."""
    return at_desk(lambda desk, _: _differ(desk, given.before, given.after))


def _differ(desk: "PolicyDesk", before: str | None, after: str | None) -> int:
    from yingbi.policy_desk import FOLDER, IN_FORCE

    first, second = (before, after) if after else (IN_FORCE, before or FOLDER)
    return FOUND if print_difference(desk, first or IN_FORCE, second) else FINE


def print_difference(desk: "PolicyDesk", first: str, second: str) -> bool:
    """Print what is different, in words and line for line. Returns whether anything is."""
    from console.policy.life import judge
    from policies.rehearsal.difference import declarations_changed, files_changed
    from yingbi.clock import now
    from yingbi.lines.policies import change_lines, file_lines

    old, new = desk.named(first), desk.named(second)
    print(f"{old.title} ({old.snapshot.digest[:16]}) → {new.title} ({new.snapshot.digest[:16]})")
    moment = now()
    policies = [judge(each.snapshot, moment).loaded.policy for each in (old, new)]
    lines = [
        *change_lines(declarations_changed(*policies)),
        *file_lines(files_changed(old.snapshot, new.snapshot), first, second),
    ]
    print(*lines or ["没有差别 / there is no difference"], sep="\n")
    return old.snapshot != new.snapshot


def run_history(given: argparse.Namespace) -> int:
    """Print versions and drafts."""
    import json

    from yingbi.lines.policies import history_json, history_lines

    def tell(desk: "PolicyDesk", _: "Settings") -> int:
        history = desk.history()
        if given.json:
            print(json.dumps(history_json(history, desk.served()), ensure_ascii=False, indent=2))
        else:
            print(*history_lines(history, desk.served()), sep="\n")
        return FINE

    return at_desk(tell)


def run_export(given: argparse.Namespace) -> int:
    """Write the files of a version into a folder."""
    from policies.snapshot import write_folder

    def export(desk: "PolicyDesk", _: "Settings") -> int:
        named = desk.named(given.version)
        try:
            write_folder(named.snapshot, given.folder)
        except OSError as error:
            complain(f"无法写入 / cannot write `{error.filename or given.folder}`: {error.strerror or error}")
            return COULD_NOT
        print(f"{named.title} → {given.folder} ({named.snapshot.digest[:16]})")
        return FINE

    return at_desk(export)
