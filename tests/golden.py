"""Golden files: what something is expected to look like as a whole, reviewed as code, rewritten by `make golden`."""

import difflib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """The golden files of one test module, in the folder `golden` beside it."""

    folder: Path
    rewrite: bool

    def check(self, name: str, text: str) -> None:
        """Fail, and show the difference, unless the file *name* holds exactly *text*; or make it so."""
        file = self.folder / name
        if self.rewrite:
            self.folder.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
            return
        if not file.exists():
            raise AssertionError(f"there is no golden file `{name}`: make golden writes it")
        expected = file.read_bytes().decode("utf-8")
        if text != expected:
            lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), "golden", "now", lineterm="", n=1)
            raise AssertionError("\n".join([f"`{name}` is no longer what its golden file says:", *lines]))
