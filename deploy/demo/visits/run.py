"""Makes a desk of invented visits, and serves it."""

import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import uvicorn
from sqlalchemy.orm import Session

from deploy.demo.register.people import generate
from deploy.demo.visits.application import application, engine_of
from deploy.demo.visits.models import RESULTS, Base, Picture, Visit, Window
from deploy.private_file import make_password

VISITS = 120
_FIRST = 1000
"""So many residents are made that the first of them are those of any larger register, and no canary is among them."""
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFiles:
    """Where a desk lies."""

    database: Path
    password: Path
    """Of the member of staff `clerk`; for the owner's eyes."""


def files_in(home: Path) -> DeskFiles:
    """Where the desk of *home* lies, made or not."""
    return DeskFiles(database=home / "visits.db", password=home / "staff-password")


def make_desk(home: Path, seed: int) -> DeskFiles:
    """The files of a new desk in *home*, made from *seed*."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = files_in(home)
    make_password(files.password)
    engine = engine_of(files.database)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Window(id=number, title=f"{number}号窗口") for number in range(1, 6))
        for number, person in enumerate(islice(generate(_FIRST, seed).residents, VISITS)):
            visit = Visit(
                name=person.name,
                id_no=person.id_no,
                mobile=person.mobile,
                address=person.address,
                item=person.service,
                result=RESULTS[number % 3],
                note=person.remark,
                visited_on=person.registered_on,
                window_id=number % 5 + 1,
                picture=Picture(_PICTURE) if number % 2 else None,
            )
            session.add(visit)
        session.commit()
    engine.dispose()
    return files


def command(home: Path, port: int) -> list[str]:
    """What to run to have the desk of *home* served on the loopback interface."""
    return [sys.executable, "-m", "deploy.demo.visits", "--home", str(home), "--port", str(port)]


def serve(home: Path, port: int) -> None:
    """Serve the desk of *home* until told to stop."""
    files = files_in(home)
    password = files.password.read_text("ascii").strip()
    app = application(files.database, password, secret_key=password)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
