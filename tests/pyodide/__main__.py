"""The notebooks, their stubs filled with the solutions, in a Python as a browser's: no threads, timers, processes.

    python -m tests.pyodide            takes these away from this Python, and runs all notebooks
    python -m tests.pyodide 05 09      runs these
    node tests/pyodide/run.mjs         the same in Pyodide itself, which fetches NumPy from its public address

Panels are built and answered, not shown. A cell fails where it raises; the numbers are the other tests' to compare.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.exercises.fill import fill

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STARTS = (
    (threading.Thread, "start", RuntimeError("can't start new thread")),
    (subprocess, "Popen", OSError(138, "emscripten does not support processes.")),
    (multiprocessing.Process, "start", OSError(52, "Function not implemented")),
)


def take_away():
    """Leave this Python what a browser's has."""

    def refusing(error):
        def start(*args, **settings):
            raise error

        return start

    if hasattr(signal, "setitimer"):
        del signal.setitimer
    for owner, name, error in STARTS:
        setattr(owner, name, refusing(error))
    if hasattr(os, "fork"):
        del os.fork


def failures(notebook):
    """One line for each cell of the notebook that raises."""
    settings = Config()
    settings.HistoryManager.enabled = False  # it would start a thread
    shell = InteractiveShell(config=settings, user_ns={})
    shell.showtraceback = lambda *args, **kwargs: None
    found = []
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for place, cell in enumerate(cells):
        if cell["cell_type"] != "code" or "raises-exception" in cell["metadata"].get("tags", ()):
            continue
        ran = shell.run_cell(fill("".join(cell["source"])), silent=True)
        error = ran.error_before_exec or ran.error_in_exec
        if error is not None:
            found.append(f"{notebook.stem}, cell {place}: {type(error).__name__}: {error}")
    return found


def main(chosen):
    """Run the chosen notebooks, or all, with a progress file of their own; return 1 if a cell failed."""
    mpl.use("agg")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["BPLEARN_PROGRESS"] = str(Path(scratch, "progress.json"))
        return run(chosen)


def run(chosen):
    """Run the chosen notebooks, and say what came of it."""
    found = []
    for notebook in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        if chosen and notebook.name[:2] not in chosen:
            continue
        began = time.monotonic()
        found += failures(notebook)
        plt.close("all")
        print(f"{notebook.stem}: {time.monotonic() - began:.0f} s", flush=True)
    print(*found, f"{len(found)} cells failed", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    take_away()
    sys.exit(main(sys.argv[1:]))
