"""Reads a folder of policy files. The only place of the language that touches the disk.

catalogue.yaml          the categories of personal data
grants.yaml             who may see what
callers.yaml            callers with API keys
systems/<name>.yaml     one for each system
packs/<name>.yaml       packs beside those that come with Yingbi
*.json                  JWKS files that systems name
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from policies.checks.together import check
from policies.compiling.kept import Kept
from policies.findings import Finding, Findings, Position
from policies.parse.reveals import Granted, parse_granted
from policies.parse.rules import Catalogue, parse_callers, parse_catalogue
from policies.parse.section import Section
from policies.parse.system import parse_pack, parse_system
from policies.parse.yaml_tree import LARGEST_FILE, Entries, read_yaml
from policies.policy import Pack, Policy, System
from policies.program import Program
from policies.transforms.spec import Spec

BUILT_IN = Path(__file__).parent
NEEDED = ("catalogue.yaml", "grants.yaml", "callers.yaml")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy as far as it could be read, and all that is wrong with it."""

    policy: Policy
    jwks: dict[str, str]
    """The text of each JWKS file in the folder, by name."""
    findings: Findings
    programs: dict[str, Program] = field(default_factory=dict)
    """The program of each system; none where there are errors."""


def load_policy(folder: Path, now: datetime | None = None, kept: Kept | None = None) -> Loaded:
    """The policy in *folder*. Nothing that stands in a file makes this raise; a folder that cannot be read does.

    With the time *now*, what has ended is found as well. Of what is *kept* from one call to the next, only what has
    changed is made anew.
    """
    kept = kept or Kept()
    if not folder.is_dir():
        raise NotADirectoryError(f"`{folder}` is no folder of policies")
    findings = Findings()
    if not any((folder / name).exists() for name in NEEDED):
        message = f"this folder holds no policy: {', '.join(f'`{name}`' for name in NEEDED)} and `systems/` make one"
        findings.add(Finding(Position(".", 1, 1), "no-policy", message))
        return Loaded(Policy(categories={}, grants=(), callers=(), packs={}, systems={}), {}, findings)
    reader = _Reader(folder, findings, kept)
    catalogue = reader.one("catalogue.yaml", parse_catalogue) or Catalogue()
    categories = catalogue.categories
    reader.transforms = catalogue.transforms
    granted = reader.one("grants.yaml", parse_granted) or Granted()
    callers = reader.one("callers.yaml", parse_callers) or []
    packs: dict[str, Pack] = {}
    for pack in [*_Reader(BUILT_IN, findings, kept).all("packs", parse_pack), *reader.all("packs", parse_pack)]:
        if pack.name in packs:
            findings.add(
                Finding(
                    pack.at,
                    "duplicate",
                    f"pack `{pack.name}` stands also at {packs[pack.name].at}",
                    about=f"应用包 `{pack.name}`，另一处在 {packs[pack.name].at}",
                )
            )
        packs[pack.name] = pack
    systems: dict[str, System] = {}
    for system in reader.all("systems", parse_system):
        if system.name in systems:
            message = f"system `{system.name}` stands also at {systems[system.name].at}"
            findings.add(
                Finding(
                    system.at, "duplicate", message, about=f"系统 `{system.name}`，另一处在 {systems[system.name].at}"
                )
            )
        systems[system.name] = system
    files = {path.stem for path in (folder / "systems").glob("*.y*ml")}
    policy = Policy(
        categories={name: category for name, category in categories.items() if category is not None},
        grants=granted.grants,
        reveals=granted.reveals,
        limits=granted.limits,
        callers=tuple(callers),
        packs=packs,
        systems=systems,
        unread=frozenset({name for name, category in categories.items() if category is None} | files - systems.keys()),
        least_candidates=catalogue.least_candidates,
        transforms={name: spec for name, spec in catalogue.transforms.items() if spec is not None},
    )
    jwks = {path.name: text for path in sorted(folder.glob("*.json")) if (text := reader.text(path.name)) is not None}
    programs = check(policy, jwks, now, findings, kept)
    return Loaded(policy, jwks, findings, {} if findings.errors else programs)


class _Reader:
    def __init__(self, folder: Path, findings: Findings, kept: Kept) -> None:
        self.folder = folder
        self.findings = findings
        self.kept = kept
        self.transforms: dict[str, Spec | None] = {}
        """What the names of transforms stand for."""

    def one[T](self, name: str, parse: Callable[[Section], T]) -> T | None:
        """What *parse* makes of the file *name*; None where it cannot be read."""
        text = self.text(name)
        if text is None:
            return None
        place, of = (str(self.folder), name), (text, dict(self.transforms))
        make = partial(_made, name, text, parse, self.transforms)
        return self.kept.file(place, of, self.findings, make)

    def text(self, name: str) -> str | None:
        """The text of the file *name*; None, and a finding, where there is none or it cannot be had."""
        path, at = self.folder / name, Position(name, 1, 1)
        if not name.isprintable():
            self.findings.add(
                Finding(
                    at, "file-name", f"`{name}` is called by what is no text: give the file a name", about=f"`{name}`"
                )
            )
            return None
        if not path.exists():
            self.findings.add(
                Finding(at, "missing-file", f"there is no `{name}` in the folder of policies", about=f"`{name}`")
            )
            return None
        try:
            if not path.is_file():
                raise OSError
            if path.stat().st_size > LARGEST_FILE:
                self.findings.add(Finding(at, "file-too-large", f"the file has more than {LARGEST_FILE} bytes"))
                return None
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            self.findings.add(
                Finding(at, "unreadable-file", f"`{name}` cannot be read as UTF-8 text", about=f"`{name}`")
            )
            return None

    def all[T](self, subfolder: str, parse: Callable[[Section], T | None]) -> list[T]:
        """What *parse* makes of each YAML file in *subfolder*, by name."""
        folder = self.folder / subfolder
        if folder.exists() and not folder.is_dir():
            self.findings.add(
                Finding(
                    Position(subfolder, 1, 1),
                    "unreadable-file",
                    f"`{subfolder}` is no folder",
                    about=f"`{subfolder}` 应是目录",
                )
            )
            return []
        paths = sorted(folder.glob("*.y*ml"))
        made = (self.one(path.relative_to(self.folder).as_posix(), parse) for path in paths)
        return [one for one in made if one is not None]


def _made[T](
    name: str, text: str, parse: Callable[[Section], T], transforms: Mapping[str, Spec | None], findings: Findings
) -> T | None:
    tree = read_yaml(text, name, findings)
    if tree is None:
        if not findings.errors:
            findings.add(Finding(Position(name, 1, 1), "empty", f"`{name}` is empty", about=f"`{name}`"))
        return None
    if not isinstance(tree, Entries):
        findings.add(Finding(tree.at, "wrong-form", f"`{name}` is a mapping", about=f"`{name}` 应是映射"))
        return None
    section = Section(tree, findings, f"`{name}`", transforms)
    made = parse(section)
    section.done()
    return made
