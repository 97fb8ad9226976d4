"""`python -m tests.e2e.keyed HOME PORT HOST`: makes a hall in a folder and serves it until told to stop."""

import os
import sys
from pathlib import Path

import django
import uvicorn
from django.core.management import call_command

from deploy.demo.hall.environment import files_in, settings_for


def main(home: Path, port: int, host_name: str) -> None:
    """Serve the hall of *home* on the loopback interface."""
    home.mkdir(parents=True)
    os.environ.update(settings_for(files_in(home).database, host_name))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.e2e.keyed.settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("fill")
    uvicorn.run("deploy.demo.hall.asgi:application", host="127.0.0.1", port=port, lifespan="off", log_level="info")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
