"""Notes what systems that are being learnt have, one inventory for each, and keeps it in a file of the worker's own."""

import logging
import os
import time
from pathlib import Path

from msgspec.structs import replace

from policies.formats.masker import Masker, Tally
from policies.keys.data_keys import derive_key
from policies.learning.inventory import Inventory, read_notes, write_notes
from policies.learning.sketch import sketch
from proxy.answer import Mask
from proxy.message import Request, media_type_in

LARGEST = 1024 * 1024
"""Bytes of an answer; of a larger one only is noted that there was one."""
EVERY_S = 5.0
"""So often what is new is written down: what a kill takes is no more than that."""

log = logging.getLogger("yingbi.learner")


class Noting:
    """A masker that does what *inner* does, and hands the whole body to *done* before it ends."""

    def __init__(self, inner: Masker, done: "Done") -> None:
        self._inner = inner
        self._done = done
        self._body: bytearray | None = bytearray()

    @property
    def tally(self) -> Tally:
        """See `Masker`."""
        return self._inner.tally

    @tally.setter
    def tally(self, tally: Tally) -> None:
        self._inner.tally = tally

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        if self._body is not None:
            self._body += data
            if len(self._body) > LARGEST:
                self._body = None
        return self._inner.feed(data)

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        if self._body is not None:
            self._done(bytes(self._body))
        return self._inner.close()


class Done:
    """Notes the body of one answer."""

    def __init__(self, learner: "Learner", inventory: Inventory, operation: str, format_: str, charset: str) -> None:
        self._learner = learner
        self._inventory = inventory
        self._operation = operation
        self._format = format_
        self._charset = charset

    def __call__(self, body: bytes) -> None:
        """Note *body*."""
        name = self._inventory.renamed(self._operation)
        if name is not None:
            self._inventory.answered(name, self._format)
            sketch(self._inventory, name, self._format, body, self._charset)
            self._learner.is_changed = True


class Learner:
    """The inventories of one worker, in the file *path*, which opens with *secret* only; None: they are not kept."""

    def __init__(self, path: Path | None = None, secret: bytes = b"") -> None:
        self._path = path
        self._key = derive_key(secret, "inventory")
        self._inventories: dict[str, Inventory] = {}
        self._saved_s = time.monotonic()
        self.is_changed = False
        """Whether anything was noted since it was last written down."""
        if path is None:
            return
        try:
            kept = read_notes(path.read_bytes(), self._key)
        except (OSError, ValueError):
            return  # there is none yet, or it was damaged: it grows again from what is asked
        self._inventories = {system: Inventory(notes) for system, notes in kept.items()}

    def noted(self, system: str, request: Request, treatment: Mask) -> Mask:
        """*treatment* of the answer to *request*, with its body noted on the way."""
        inventory = self._inventories.setdefault(system, Inventory())
        operation = inventory.operation(request.method, request.path, (name for name, _ in request.query))
        if operation is None:
            return treatment
        self.is_changed = True
        _, charset = media_type_in(treatment.content_type)
        done = Done(self, inventory, operation, treatment.format, charset or "utf-8")
        return replace(treatment, masker=Noting(treatment.masker, done))

    def tick(self) -> None:
        """Write down what is new, now and then."""
        if self.is_changed and time.monotonic() - self._saved_s >= EVERY_S:
            self.save()

    def save(self) -> None:
        """Write down what is new. A disk that does not take it costs the notes, never an answer."""
        if self._path is None or not self.is_changed:
            return
        self._saved_s = time.monotonic()
        data = write_notes({system: each.notes for system, each in self._inventories.items()}, self._key)
        unfinished = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
            unfinished.replace(self._path)
        except OSError:
            log.warning("inventory_not_written")
            return
        self.is_changed = False
