"""What bplearn counts on in a browser's Python, asked of Pyodide's core, which holds no NumPy."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path


def raises(kind, call):
    """Whether the call raises this kind of error."""
    try:
        call()
    except kind:
        return True
    return False


def written_at_once():
    """Whether a file is replaced as a saved network and a learner's progress are."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "old"), Path(folder, "new")
        with new.open("x", encoding="utf-8") as file:
            file.write("new")
            file.flush()
            os.fsync(file.fileno())
        new.replace(old)
        return old.read_text(encoding="utf-8") == "new"


EXPECTED = {
    "no timer: check runs with no time limit": lambda: not hasattr(signal, "setitimer"),
    "a thread is refused with RuntimeError": lambda: raises(RuntimeError, threading.Thread(target=print).start),
    "a process is refused with OSError": lambda: raises(OSError, lambda: subprocess.Popen(["true"])),
    "locks work": lambda: threading.Lock().acquire(),
    "this is the main thread": lambda: threading.current_thread() is threading.main_thread(),
    "a file is replaced at once": written_at_once,
}


def main():
    """Print each expectation and whether it holds; return how many do not."""
    held = {words: bool(ask()) for words, ask in EXPECTED.items()}
    print(sys.version)
    for words, true in held.items():
        print("holds" if true else "FAILS", words)
    return sum(not true for true in held.values())
