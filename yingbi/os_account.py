"""Who runs this process, as the operating system knows them: what is done on the command line is done by an account."""

import os
import pwd


def account() -> str:
    """The name of the account that runs this process, or its number where it has none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
