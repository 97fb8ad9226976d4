"""Keeps in `yingbi.toml` which index the installation is run with, so that every command reads the one that is filled.

The file is the operator's: one line of it is written, and all others stay as they are.
"""

import re
import tomllib
from pathlib import Path

from deploy.private_file import write_private
from yingbi.settings import Index

_LINE = re.compile(r"""(?m)^(?P<before>[ \t]*index[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*')""")


class IndexNotKept(Exception):
    """The file does not name the index now. The message says what to write there."""


def keep_index(path: Path, index: Index) -> bool:
    """Whether the settings in *path* named another index, in whose place *index* is written. Raises IndexNotKept."""
    told = f'index = "{index}"'
    try:
        text = path.read_bytes().decode()
        before = tomllib.loads(text)
        if before.get("index", Index.SQLITE) == index:
            return False
        changed, found = _LINE.subn(lambda match: f'{match["before"]}"{index}"', text, count=1)
        if not found:
            changed = f"{told}\n{text}"  # before every table, or it would be a key of one
        if tomllib.loads(changed) != {**before, "index": str(index)}:
            raise IndexNotKept(f"请在 `{path}` 中写明 / write in it, before every table: {told}")
        mode = path.stat().st_mode & 0o777
        write_private(path, changed.encode())
        path.chmod(mode)
    except OSError as error:
        raise IndexNotKept(f"无法写入 `{path}` / cannot write it: {error.strerror}") from None
    return True
