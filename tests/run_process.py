"""What a process of a run of the tests does once it is forked: what pytest-xdist says, as one that it started would."""

import sys

if __name__ == "__main__":
    exec(eval(sys.stdin.readline()))
