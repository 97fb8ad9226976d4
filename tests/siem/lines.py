"""Segments of the log made by hand: what a worker of another version, or with a failing disk, may leave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from siem.record.log import StartId, link, seed_of, segment_path


def write_start(
    folder: Path, start: StartId, *segments: Sequence[dict[str, Any] | bytes], torn: bytes = b""
) -> list[Path]:
    """The segments of a start whose lines hold these documents, or bytes, and follow; each ends with *torn*."""
    (folder / start).mkdir(parents=True)
    chain = seed_of(start)
    paths = []
    for number, bodies in enumerate(segments, start=1):
        lines = []
        for body in bodies:
            data = body if isinstance(body, bytes) else orjson.dumps(body)
            chain = link(chain, data)
            lines.append(b"%s %s\n" % (chain.encode(), data))
        paths.append(segment_path(folder / start, number))
        paths[-1].write_bytes(b"".join(lines) + torn)
    return paths
