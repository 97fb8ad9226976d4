"""`python -m yingbi.process.rehearsal HOME DRAFT`: rehearses the draft in a folder, and prints it as JSON.

A process of its own: a week of the log takes its time, and who responds to leaks must not wait for it.
"""

import json
import os
import sys
from pathlib import Path

from yingbi.clock import now
from yingbi.home import Home
from yingbi.rehearsing.rehearse import as_json, rehearse_draft

DAYS = 7

if __name__ == "__main__":
    os.nice(10)
    rehearsal = rehearse_draft(
        Home(Path(sys.argv[1])), Path(sys.argv[2]), policy=None, samples=None, days=DAYS, now=now()
    )
    json.dump(as_json(rehearsal), sys.stdout, ensure_ascii=False)
