"""`python -m tests.run_process SOCKET…`: what a process of a run of the tests does once it is forked, which is what
pytest-xdist says, as one that it started would; and asks at the sockets for what it forks itself.
"""

import sys

from tests.forked import share

if __name__ == "__main__":
    share(list(map(int, sys.argv[1:])))
    exec(eval(sys.stdin.readline()))
