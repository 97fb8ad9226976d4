"""Prepares a hall and serves it. Run by the commands of `command`, since a process is Django's for one project only."""

import os
from pathlib import Path

import django
import uvicorn
from django.core.management import call_command
from django.db import connections

from deploy.demo.hall.environment import HallFiles, files_in, settings_for
from deploy.private_file import make_password


def prepare(home: Path, seed: int) -> HallFiles:
    """The files of the hall in *home*, made from *seed* where there is none. Once in a process."""
    files = files_in(home)
    if files.database.exists():
        return files
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = home / "hall.db.new"
    unfinished.unlink(missing_ok=True)
    os.environ.update(settings_for(unfinished, "localhost"))
    django.setup()
    call_command("migrate", verbosity=0)
    # One word each: of two, a password that begins with a dash would be taken for another option.
    call_command("fill", f"--seed={seed}", f"--password={make_password(files.password)}")
    connections.close_all()
    unfinished.replace(files.database)
    return files


def serve(home: Path, port: int, host_name: str) -> None:
    """Serve the hall of *home* until told to stop."""
    os.environ.update(settings_for(files_in(home).database, host_name))
    uvicorn.run("deploy.demo.hall.asgi:application", host="127.0.0.1", port=port, lifespan="off", log_level="warning")
