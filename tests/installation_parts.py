"""What the processes of an installation have before they are told anything; see `tests.run_installation`."""

import deploy.demo.serve_identity as identity
import yingbi.cli as commands
import yingbi.process.baselines as baselines
import yingbi.process.bulletin as bulletin
import yingbi.process.control as control
import yingbi.process.issuers as issuers
import yingbi.process.notifier as notifier
import yingbi.process.quota as quota
import yingbi.process.sealer as sealer
import yingbi.process.siem as siem
import yingbi.process.worker as worker
import yingbi.up as supervisor
from policies.recognisers.scan import make_ready

__all__ = [
    "baselines",
    "bulletin",
    "commands",
    "control",
    "identity",
    "issuers",
    "notifier",
    "quota",
    "sealer",
    "siem",
    "supervisor",
    "worker",
]

make_ready()  # what looks into texts
