"""A system like the good one that answers in more formats than that: what they hold is declared here."""

from pathlib import Path

from tests.gateway import GOOD, declare

OPERATIONS = """
  - on: GET /export
    answers:
      csv: person
      ndjson: person
  - on: GET /pages
    answers:
      ndjson: {/total: public, "/items/*": {record: person}}
"""


def declared(folder: Path) -> Path:
    """The good policy with `OPERATIONS`, in *folder*."""
    declare(folder, GOOD)
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    assert "\nerrors:" in text
    system.write_text(text.replace("\nerrors:", f"{OPERATIONS}errors:", 1), "utf-8")
    return folder
