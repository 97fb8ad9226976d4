"""Cases on the command line: brought in from a file, told of, and what is declared of them checked."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy.private_file import write_private
from policies.durable import flush_folder
from policies.keys.epochs import BadEpochs, digester_in
from siem.baseline.evaluate import read_known
from siem.baseline.event_files import WrongFolder
from siem.detect.rule_file import RuleError
from siem.reasons.case import FEED, Case, People, Person, Told
from siem.reasons.declaration import COLUMNS, Declaration
from siem.reasons.declaration_file import declaration_files, read_declarations
from siem.reasons.feed import BadFeed, read_cases, read_people
from siem.reasons.store import CaseStore
from yingbi.home import Home
from yingbi.told import hear


class CannotImport(Exception):
    """Nothing was brought in. The message says why, Chinese and English, and no value of the file."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file was read as."""

    cases: int = 0
    people: int = 0


def import_cases(home: Home, path: Path, system: str, now: datetime, as_of: datetime | None = None) -> Imported:
    """Hand the cases of *system* in *path* to the process that judges: all of them or none.

    *as_of*: up to when the file is complete; else when it was changed last. Raises CannotImport.
    """
    declared = {each.system: each for each in _declared(home)}
    if system not in declared:
        raise CannotImport(f"`reasons/` 中没有声明系统 `{system}` / no file in `reasons/` declares that system")
    data, changed = _read(path)
    cases = _cases_in(home, path, data, columns_of(declared[system]), now)
    _hand_over(home, Told(as_of=min(as_of or changed, now), system=system, cases=cases))
    return Imported(cases=len(cases))


def import_people(home: Home, path: Path, kind: People, now: datetime, as_of: datetime | None = None) -> Imported:
    """Hand over the people of *kind* in *path*, in the place of those before. Raises CannotImport."""
    data, changed = _read(path)
    try:
        people = read_people(data, kind, digester_in(home.keys, now).each)
    except (BadFeed, BadEpochs) as problem:
        raise _refused(path, problem) from None
    _hand_over(home, Told(as_of=min(as_of or changed, now), kind=kind, people=people))
    return Imported(people=len(people))


def import_known(home: Home, path: Path, now: datetime) -> Imported:
    """Hand over the digests in *path*, a file such as `yingbi simulate` writes. Raises CannotImport."""
    try:
        listed, relatives = read_known(path)
    except (WrongFolder, OSError) as problem:
        raise CannotImport(str(problem)) from None
    of_callers = [Person(person=person, caller=caller) for caller, each in relatives.items() for person in each]
    _hand_over(home, Told(as_of=now, kind=People.LISTED, people=tuple(Person(person=each) for each in listed)))
    _hand_over(home, Told(as_of=now, kind=People.RELATIVES, people=tuple(of_callers)))
    return Imported(people=len(listed) + len(of_callers))


def columns_of(declared: Declaration) -> Mapping[str, str]:
    """What a file of cases of the system calls its columns."""
    told_by = declared.feed or declared.look_up
    return told_by.columns if told_by is not None else {name: name for name in COLUMNS}


def status_of(home: Home) -> dict[str, Any]:
    """What is declared, what is known, and what waits. Counts and times only. Raises RuleError, StoreUnavailable."""
    declared = read_declarations(declaration_files(home.reasons))
    told = hear(home.told("reasons"))
    waiting = home.told_reasons.glob("*.json") if home.told_reasons.is_dir() else ()
    with closing(CaseStore(home.reason_store, read_only=True)) as store:
        return {
            "systems": [_system_status(store, each, told.get("systems", {})) for each in declared],
            "people": {kind.value: store.count_people(kind) for kind in People},
            "imports_waiting": len(list(waiting)),
            "trouble": told.get("trouble", ""),
        }


def _system_status(store: CaseStore, declared: Declaration, told: Mapping[str, Any]) -> dict[str, Any]:
    source = store.source(declared.system, FEED)
    judged = store.judged_to(declared.system)
    said = told.get(declared.system, {})
    return {
        "system": declared.system,
        "cases": store.count(declared.system),
        "told_from": source.first.isoformat() if source else None,
        "told_to": source.last.isoformat() if source else None,
        "judged_to": judged.isoformat() if judged else None,
        "waiting": said.get("waiting", 0),
        "feed": said.get("feed", ""),
        "look_up": said.get("look_up", ""),
    }


def status_lines(status: Mapping[str, Any]) -> Iterator[str]:
    """The same for people."""
    for each in status["systems"]:
        yield (
            f"{each['system']}: {each['cases']} 个事项 / cases，来源最近 / told of up to {each['told_to'] or '-'}，"
            f"已判断到 / judged up to {each['judged_to'] or '-'}，{each['waiting']} 次查看等待 / looks wait"
        )
        if each["feed"]:
            yield f"  来源文件不能用 / the feed is not used: {each['feed']}"
        if each["look_up"]:
            yield f"  查询没有答复，不作判断 / the look-up is not answered, nobody is blamed: {each['look_up']}"
    names = {People.STAFF: "员工 / staff", People.LISTED: "重点保护 / listed", People.RELATIVES: "亲属 / relatives"}
    yield "，".join(f"{names[kind]} {status['people'][kind]}" for kind in People)
    if status["imports_waiting"]:
        yield f"{status['imports_waiting']} 个导入等待检测进程 / imports wait for the process that detects"
    if status["trouble"]:
        yield f"不能判断 / nothing is judged: {status['trouble']}"


def problems_of(home: Home, now: datetime) -> list[str]:
    """All that is wrong with what is declared and with the files of the feeds, as they lie there now."""
    try:
        declared = read_declarations(declaration_files(home.reasons))
    except RuleError as error:
        return [f"reasons/{problem}" for problem in error.problems]
    found = []
    for each in declared:
        if each.feed is not None:
            try:
                data, _ = _read(each.feed.file)
                _cases_in(home, each.feed.file, data, each.feed.columns, now)
            except CannotImport as problem:
                found.append(f"{each.system}: {problem}")
    return found


def _declared(home: Home) -> tuple[Declaration, ...]:
    try:
        return read_declarations(declaration_files(home.reasons))
    except RuleError as error:
        raise CannotImport(f"声明有误 / the declarations have errors:\n{error}") from None


def _read(path: Path) -> tuple[bytes, datetime]:
    """What is in the file, and when it was changed last."""
    try:
        return path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise CannotImport(f"`{path}`: {error.strerror}") from None


def _cases_in(home: Home, path: Path, data: bytes, columns: Mapping[str, str], now: datetime) -> tuple[Case, ...]:
    try:
        return read_cases(data, columns, digester_in(home.keys, now).each)
    except (BadFeed, BadEpochs) as problem:
        raise _refused(path, problem) from None


def _refused(path: Path, problem: BadFeed | BadEpochs) -> CannotImport:
    if isinstance(problem, BadEpochs):
        return CannotImport(f"`keys/{problem}` 读不懂，请从备份恢复 / cannot be read: restore it from a backup")
    lines = "".join(
        f"\n{path.name}:{line}: {what}" if line else f"\n{path.name}: {what}" for line, what in problem.wrong
    )
    return CannotImport(
        f"`{path}` 有 {problem.count} 行读不懂，一行也没有导入 / lines are wrong, and none was taken:{lines}"
    )


def _hand_over(home: Home, told: Told) -> None:
    """Put *told* where the process that judges takes it. The file is there as a whole, on the disk, or not at all."""
    data = msgspec.json.encode(told)
    name = f"{told.as_of:%Y%m%dT%H%M%S}-{hashlib.sha256(data).hexdigest()[:16]}.json"
    try:
        home.told_reasons.mkdir(mode=0o700, exist_ok=True)
        write_private(home.told_reasons / name, data)
        flush_folder(home.told_reasons)
    except OSError as error:
        raise CannotImport(f"`{home.told_reasons}`: {error.strerror}") from None
