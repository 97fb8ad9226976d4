"""The file in which the baselines tell the rules who sees many people as ordinary work. It names callers and counts."""

from pathlib import Path

import orjson

from deploy.private_file import write_private
from proxy.stamp import Stamp, stamp_of
from siem.detect.custom import Custom, custom_from


def write_custom(path: Path, custom: Custom) -> None:
    """Put *custom* in the place of what was told before, for nobody else on the machine to read. Raises OSError."""
    write_private(path, orjson.dumps(custom.as_json()))


class CustomFile:
    """The file at *path*, which is read when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: Stamp | None = None
        self._custom = Custom()

    def read(self) -> Custom:
        """What was told last; nobody's custom where nothing was, or what cannot be read: better an alert too many."""
        if (stamp := stamp_of(self._path)) != self._stamp:
            try:
                self._custom, self._stamp = custom_from(orjson.loads(self._path.read_bytes())), stamp
            except (OSError, ValueError):
                self._custom, self._stamp = Custom(), None
        return self._custom
