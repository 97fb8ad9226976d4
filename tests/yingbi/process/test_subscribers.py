"""The process as it runs: it makes its keys, takes what is asked, mails, and says nothing of whom."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from policies.keys.key_files import make_secret
from tests.gateway import ROOT, wait_until
from tests.siem.notify.peers import mailbox
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.notices.key import publish_key
from yingbi.settings import Settings, write_settings
from yingbi.settings_tables import Subscribers
from yingbi.subscribers.box import Wanted, leave
from yingbi.told import hear

ADDRESS = "zhao@mail.example"
LIMIT_S = 30


def test_it_takes_what_is_asked_and_mails(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_folders(home)
    make_secret(home.private_key("notices"))
    publish_key(home)
    said = tmp_path / "process.said"
    with mailbox() as mails, said.open("wb") as out:
        settings = Settings(home=tmp_path, subscribers=Subscribers(on=True, mail_env="MAIL"))
        server = f"mailto://127.0.0.1:{mails.port}?from=notices@yingbi.example&mode=insecure"
        command = [sys.executable, "-m", "yingbi.process.subscribers", write_settings(settings)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, "MAIL": server})
        try:
            wait_until(lambda: hear(home.told("subscribers")).get("pid") == process.pid, LIMIT_S)
            leave(home, home.subscriptions_asked, Wanted(ADDRESS))
            wait_until(lambda: mails.mails, LIMIT_S)
            wait_until(lambda: hear(home.told("subscribers")).get("unconfirmed") == 1, LIMIT_S)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT_S) == 0
    assert mails.mails[0].rcpt_tos == [ADDRESS]
    assert "/subscribe/confirm?token=" in mails.text()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or ADDRESS.encode() not in path.read_bytes(), path.name
