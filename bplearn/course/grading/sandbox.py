"""The sandbox around students' code: bubblewrap where it is found and works.

Inside, the system is read-only, there is no network, and neither the course, the home folder nor the parts of
bplearn that hold right numbers can be seen. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bplearn

HOW_TO_GET_IT = "apt install bubblewrap (or your system's own package of that name)"
OPEN = "Notebooks run with your rights and see your files."
_COURSE = Path(bplearn.__file__).parent / "course"
OUT_OF_REACH = tuple(_COURSE / name for name in ("server", "tasks", "grading"))
PYTHON = sorted(  # the folders that Python and bplearn are loaded from
    {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(bplearn.__file__).parents[1],
        Path(sys.executable).resolve().parent.parent,
    }
)
HIDDEN_MODULES = tuple(f"bplearn.course.{path.name}" for path in OUT_OF_REACH)


def command(program: list[str], hide: list[Path], keep: list[Path] | None = None) -> list[str]:
    """Return the command that runs a program in the sandbox, with these folders hidden and those to be written to."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise FileNotFoundError("bwrap")
    options = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    covered = [path for path in (Path.home(), Path("/tmp"), Path("/var/tmp"), *hide) if path.is_dir()]
    for path in covered:
        options += ["--tmpfs", str(path)]
    for path in PYTHON:  # what lies in a covered folder is shown again
        if any(path.is_relative_to(over) for over in covered):
            options += ["--ro-bind", str(path), str(path)]
    for path in (*OUT_OF_REACH, *hide):
        if path.is_dir():
            options += ["--tmpfs", str(path)]
    for path in keep or []:
        options += ["--bind", str(path), str(path)]
    options += ["--unshare-user", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    options += ["--die-with-parent", "--new-session", "--setenv", "HOME", "/tmp"]
    return [bwrap, *options, "--unsetenv", "IPYTHONDIR", "--unsetenv", "JPY_PARENT_PID", *program]


@functools.cache
def works() -> bool:
    """Return whether the sandbox comes up on this machine, and bplearn can be loaded in it."""
    try:
        tried = command([sys.executable, "-c", "import bplearn"], [])
        return subprocess.run(tried, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def level(wanted: bool | None) -> tuple[bool, str]:
    """Return whether to use the sandbox, and the line that says which level is in force."""
    if wanted is False:
        return False, f"Sandbox: off (--no-sandbox). {OPEN}"
    if works():
        return True, "Sandbox: bubblewrap. No network, no home, no course; each student apart."
    if os.name == "nt":
        return False, f"Sandbox: none on this system. {OPEN}"
    return False, f"Sandbox: NONE, bubblewrap is missing or does not work here. {OPEN} Get it: {HOW_TO_GET_IT}"
