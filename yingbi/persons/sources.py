"""What security officers declare of a system that can say who a person of an incident is: `person-sources/<name>.yaml`.

system: register
host: register.localhost        # as the policy names it: it is read through the gateway, as any caller would
path: /register/residents.json?_shape=objects&_size=max
format: json                    # or csv: one answer, with a row of names first
rows: rows                      # json: the member that holds the records
count: filtered_table_rows_count  # json: the member that says how many there are, if one does
next: {member: next, parameter: _next}   # json: what the next page is asked for by, if there are pages
columns: {person: id_no, name: name, phone: mobile, address: address}
credential: keys/person-source-register.header   # holds the value of the header Authorization
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from siem.detect.rule_file import Problem, RuleError, Section, read_sections

SUFFIX = ".yaml"
PERSON = "person"
CONTACTS = ("name", "phone", "email", "address", "language", "guardian")
"""What a list may say of a person beside the person's number, which stands in none."""
_TEXTS = ("system", "host", "path", "columns", "credential")
_KEYS = frozenset({*_TEXTS, "format", "rows", "count", "next"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSource:
    """One system, and how its records are read."""

    system: str
    host: str
    path: str
    format: str = "json"
    rows: str = ""
    count: str = ""
    next_member: str = ""
    next_parameter: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What the answers call the person's number and each of `CONTACTS` that they have."""
    credential: str
    """The file, in the data directory."""


def read_sources(folder: Path) -> Mapping[str, PersonSource]:
    """What is declared in *folder*, by system. Raises RuleError with every problem, and OSError."""
    found: dict[str, PersonSource] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            source = parse_source(path.read_text("utf-8"), path.name)
        except RuleError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(Problem(file=path.name, line=1, column=1, code=_CODE, message="this is not UTF-8"))
        else:
            found[source.system] = source
    if problems:
        raise RuleError(problems)
    return found


def systems_in(folder: Path) -> Sequence[str]:
    """The systems that are declared in *folder*; none while something there is wrong."""
    try:
        return tuple(read_sources(folder))
    except (RuleError, OSError):
        return ()


def part_in(folder: Path, name: str) -> bytes | None:
    """What is in the file *name* of a list in *folder*; None where it cannot be read."""
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None


_CODE = "person-source-unusable"


def parse_source(text: str, file: str) -> PersonSource:
    """The declaration in *text*. Raises RuleError with every problem; *file* is what it calls the file."""
    sections = read_sections(text, file)
    if len(sections) != 1:
        raise RuleError([Problem(file=file, line=1, column=1, code=_CODE, message="a file declares one system")])
    section = sections[0]
    if problems := [section.problem((key,) if key else (), _CODE, why) for key, why in _faults(section)]:
        raise RuleError(problems)
    said = section.value
    turning = said.get("next", {})
    return PersonSource(
        system=said["system"],
        host=said["host"],
        path=said["path"],
        format=said.get("format", "json"),
        rows=said.get("rows", ""),
        count=said.get("count", ""),
        next_member=turning.get("member", ""),
        next_parameter=turning.get("parameter", ""),
        columns=said["columns"],
        credential=said["credential"],
    )


def _faults(section: Section) -> Iterable[tuple[str, str]]:
    said = section.value
    for key in said:
        if key not in _KEYS:
            yield key, f"`{key}` is no key here"
    for key in _TEXTS:
        if key not in said:
            yield "", f"`{key}` is missing"
    for key, value in said.items():
        if key not in ("columns", "next") and not (isinstance(value, str) and value):
            yield key, f"`{key}` is a text"
    if not str(said.get("path", "/")).startswith("/"):
        yield "path", "`path` begins with a stroke: the host stands in `host`"
    if said.get("format", "json") not in ("json", "csv"):
        yield "format", "`format` is json or csv"
    elif said.get("format") == "csv" and not said.keys().isdisjoint({"rows", "count", "next"}):
        yield "format", "`rows`, `count` and `next` are said of json alone"
    elif said.get("format", "json") == "json" and "rows" not in said:
        yield "", "`rows` names the member that holds the records"
    turning = said.get("next", {"member": "", "parameter": ""})
    if not _texts(turning) or set(turning) != {"member", "parameter"}:
        yield "next", "`next` names a member of the answer and a parameter: {member: next, parameter: _next}"
    columns = said.get("columns", {PERSON: "", "name": ""})
    if not _texts(columns) or PERSON not in columns or not set(columns) <= {PERSON, *CONTACTS} or len(columns) < 2:
        yield "columns", f"`columns` names `{PERSON}`, and at least one of {', '.join(CONTACTS)}"
    credential = Path(str(said.get("credential", "keys")))
    if credential.is_absolute() or ".." in credential.parts:
        yield "credential", "`credential` is a file in the data directory"


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
