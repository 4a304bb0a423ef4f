"""Write down the processor time of each cell, measured in the kernel: waiting for other processes does not count.

Child processes that have ended count. The kernel installs it at its start; `python -m tests.notebooks --times` asks.
"""

import os
import time
from pathlib import Path


def spent():
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system


def install(file):
    """Add a line of seconds to the file after each cell."""
    from IPython import get_ipython

    began = [spent()]

    def start(*_):
        began[0] = spent()

    def stop(*_):
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(f"{spent() - began[0]:.3f}\n")

    events = get_ipython().events
    events.register("pre_run_cell", start)
    events.register("post_run_cell", stop)
