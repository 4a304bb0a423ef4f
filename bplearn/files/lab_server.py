"""Runs JupyterLab on the learner's notebooks: one clear block says where it is; what the server says goes to a file.

`bplearn lab` leads from here to notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from bplearn.errors import BplearnError

START = "00_start_here.ipynb"
LOG = ".jupyterlab.log"
OPTIONS = (
    f"--LabApp.default_url=/lab/tree/{START}",
    "--ServerApp.contents_manager_class=bplearn.files.lab_contents.LearnersContents",
    "--ServerApp.answer_yes=True",  # Ctrl-C ends it at once: its question would go to the log, where nobody sees it
)
_NO_NEWS = Path(__file__).parent / "jupyter_config"  # switches off the dialog that asks for news from the net
_ADDRESS = re.compile(r"https?://\S+/lab/tree/\S+")
_PATIENCE = 120.0  # seconds until an address is given up
_ENDING = 15.0


class LabError(BplearnError, RuntimeError):
    """JupyterLab did not come up."""


def serve(directory: Path, options: Sequence[str], tell: Callable[[str], None]) -> int:
    """Run JupyterLab until Ctrl-C, and return its exit code.

    Raises: LabError where it ends before it has an address, with its last lines.
    """
    command = [sys.executable, "-m", "jupyterlab", str(directory), *OPTIONS, *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in command:
        command.append("--allow-root")  # in a container everybody is root
    paths = (str(_NO_NEWS), os.environ.get("JUPYTER_CONFIG_PATH", ""))
    environment = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}
    log = directory / LOG
    before = signal.signal(signal.SIGTERM, _stop)
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        address = _address(server, log)
        tell(_block(directory, address, options))
        return server.wait()
    except KeyboardInterrupt:  # the server got the signal too
        tell(f"\nStopped. `bplearn lab {directory.resolve()}` comes back to your notebooks.")
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        _end(server)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the log holds the address."""
    until = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < until:
        found = _ADDRESS.findall(log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return str(found[-1])  # the last address is 127.0.0.1, which needs no name service
        time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = " ".join(lines[-3:]) or "it said nothing"
    raise LabError(f"JupyterLab did not start: {last}. All that it said is in {log}")


def _block(directory: Path, address: str, options: Sequence[str]) -> str:
    no_browser = any(word == "--no-browser" or word.endswith("open_browser=False") for word in options)
    title = "JupyterLab is ready. Open this address:" if no_browser else "JupyterLab opens in your browser."
    return (
        f"\n{title}\n"
        f"  address    {address}\n"
        f"  notebooks  {directory.resolve()}\n"
        f"  stop       press Ctrl-C in this window; what you saved stays\n"
        f"  come back  bplearn lab {directory.resolve()}\n"
        f"  log        {(directory / LOG).resolve()}"
    )


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server and wait until it is gone."""
    for last_word in (server.terminate, server.kill):
        if server.poll() is not None:
            return
        last_word()
        try:
            server.wait(_ENDING)
        except subprocess.TimeoutExpired:
            continue
