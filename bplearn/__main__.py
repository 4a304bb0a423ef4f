"""`python -m bplearn` is the same as the command `bplearn`."""

import sys

from bplearn.cli import main

if __name__ == "__main__":
    sys.exit(main())
