"""Reads the records of a declared system through the gateway, as a caller whom a grant lets see them.

So the policy decides what is shown, the log says what was, and a system that is stopped stays stopped. Nothing is kept.
"""

import csv
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from yingbi.home import Home
from yingbi.persons.sources import PERSON, PersonSource
from yingbi.settings import Settings

LIMIT_S = 60.0
"""Without a byte: then the system counts as down."""
LARGEST = 32 * 1024 * 1024
"""Bytes of a page in JSON."""
_BATCH = 500
_HIDDEN = re.compile(r"[*＊●•■█…]|^yb~|^\w+:[0-9a-f]{32}$")
"""What stands for a value that is not shown: masks, handles, digests."""

type Record = Mapping[str, str]
"""Of a person: the number under `person`, and the declared contacts."""


class NotRead(Exception):
    """The rest of the records cannot be had now. The message says why, Chinese and English, and no value."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and where the next ones are asked for from; empty where that is not to be had again."""

    records: Sequence[Record]
    after: str


class PersonReader:
    """Reads one system of an installation."""

    def __init__(self, settings: Settings, source: PersonSource) -> None:
        self._home = Home(settings.home)
        self._source = source
        self._port = settings.ports.gateway
        self._address = "127.0.0.1" if settings.host in ("0.0.0.0", "127.0.0.1") else settings.host  # noqa: S104

    def pages(self, after: str = "", read: int = 0) -> Iterator[Page]:
        """All records, from where a page said, after *read* of them. Raises NotRead where the end is not reached."""
        try:
            with self._client() as client:
                yield from self._csv(client) if self._source.format == "csv" else self._json(client, after, read)
        except httpx.HTTPError as error:
            raise NotRead(f"系统没有答完（{type(error).__name__}） / the system did not answer to the end") from None
        except OSError as error:
            raise NotRead(f"凭证或证书读不了 / a credential or certificate cannot be read: {error.strerror}") from None

    def _client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=str(self._home.authority))
        host = self._address if ":" not in self._address else f"[{self._address}]"
        return httpx.Client(
            base_url=f"https://{host}:{self._port}",
            verify=trusted,
            trust_env=False,
            timeout=LIMIT_S,
            headers={
                "Host": f"{self._source.host}:{self._port}",
                "Authorization": (self._home.root / self._source.credential).read_text("ascii").strip(),
                "Accept": "text/csv" if self._source.format == "csv" else "application/json",
                "Accept-Encoding": "identity",
            },
        )

    def _get(self, client: httpx.Client, path: str) -> Any:
        return client.stream("GET", path, extensions={"sni_hostname": self._source.host})

    def _json(self, client: httpx.Client, after: str, read: int) -> Iterator[Page]:
        source = self._source
        while True:
            path = source.path
            if after:
                path += f"{'&' if '?' in path else '?'}{urlencode({source.next_parameter: after})}"
            with self._get(client, path) as answer:
                _check(answer)
                document = _document(answer)
            rows = document.get(source.rows)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise NotRead(f"答复中没有 `{source.rows}` / the answer has no list of records in it")
            records = [self._record(row) for row in rows]
            read += len(records)
            before, after = after, str(document.get(source.next_member) or "") if source.next_member else ""
            if after and after == before:
                raise NotRead("翻页没有前进 / the next page is the same one")
            yield Page(records, after)
            if not after:
                expected = document.get(source.count) if source.count else None
                if isinstance(expected, int) and read < expected:
                    raise NotRead(f"应有 {expected} 条，只读到 {read} 条 / {read} of {expected} records were shown")
                return

    def _csv(self, client: httpx.Client) -> Iterator[Page]:
        with self._get(client, self._source.path) as answer:
            _check(answer)
            try:
                rows = csv.DictReader(_lines(answer), strict=True)
                for some in batched(rows, _BATCH):
                    yield Page([self._record(row) for row in some], "")
            except (csv.Error, UnicodeDecodeError):
                raise NotRead("答复不是完整的 CSV / the answer is no whole CSV") from None

    def _record(self, row: Mapping[str, Any]) -> Record:
        found = {}
        for ours, theirs in self._source.columns.items():
            value = row.get(theirs)
            if value is None and (theirs not in row or self._source.format == "csv"):
                raise NotRead(f"答复中没有 `{theirs}` / the answer has no such field")
            found[ours] = text = "" if value is None else str(value).strip()
            if _HIDDEN.search(text):
                raise NotRead(
                    f"策略没有让这个调用者看到 `{theirs}` / the policy does not show it to this caller: see the grant"
                )
        if not found[PERSON]:
            raise NotRead(f"有记录没有 `{self._source.columns[PERSON]}` / a record names nobody")
        return found


def _check(answer: httpx.Response) -> None:
    if answer.status_code == httpx.codes.OK:
        return
    reason = ""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        answer.read()
        reason = str(answer.json().get("reason", ""))[:64]
    raise NotRead(f"网关答 {answer.status_code} {reason} / the gateway answered {answer.status_code} {reason}".rstrip())


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise NotRead("一页太大，请把每页条数改小 / a page is too large: ask for fewer records")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise NotRead("答复不是 JSON 对象 / the answer is no JSON object")
    return document


def _lines(answer: httpx.Response) -> Iterator[str]:
    """The lines of a text, with their ends: a value may hold one."""
    rest = b""
    for piece in answer.iter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        yield from (f"{line.decode('utf-8')}\n" for line in lines)
    if rest:
        yield rest.decode("utf-8")
