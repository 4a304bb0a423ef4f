"""A warm process from which one child is forked for each submission, so that no notebook waits for imports.

It runs inside the sandbox, where there is one, and knows nothing of tasks, seeds or grades. Each child gets user,
mount, process and network namespaces of its own where the system allows it; whatever it has started ends with it.
Linux and macOS; belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bplearn.course.client import checking, forbidden_calls
from bplearn.course.client.protocol import Channel, Closed
from bplearn.course.client.shell import Shell, warm

_NAMESPACES = 0x10000000 | 0x00020000 | 0x08000000 | 0x20000000 | 0x40000000  # user, mount, IPC, processes, network
_MS_PRIVATE, _MS_BIND, _MS_NOSUID_NODEV = 0x4000 | 0x40000, 0x4000 | 0x1000, 2 | 4  # of mount; with all below
_SUBREAPER, _DEATH_SIGNAL, _NO_NEW_RIGHTS, _OPEN_TO_OTHERS = 36, 1, 38, 4  # of prctl


def main() -> None:
    """Fork a child for each line that comes in over the socket whose number is the first argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    shell = warm()
    _prctl(_OPEN_TO_OTHERS, 0)  # no notebook reads or writes the memory of this process
    control.sendall(b"ready\n")
    while True:
        order, files, _, _ = socket.recv_fds(control, 65536, 1)
        if not order:
            return
        keeper = os.fork()
        if keeper == 0:
            control.close()
            with contextlib.suppress(BaseException):
                _keep(json.loads(order), files[0], shell)
            os._exit(0)
        for file in files:
            os.close(file)
        _, _, used = os.wait4(keeper, 0)
        control.sendall(f"{used.ru_utime + used.ru_stime:.3f}\n".encode())


def _keep(order: dict[str, Any], line: int, shell: Shell) -> None:
    """Fork the student's process, wait for it, and end all that it has left behind."""
    _prctl(_SUBREAPER, 1)
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)
    _prctl(_OPEN_TO_OTHERS, 1)  # or its names for users could not be set
    own = _unshare() if order["namespaces"] else False
    _prctl(_OPEN_TO_OTHERS, 0)
    home = None if own else tempfile.mkdtemp(prefix="bplearn-")
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            _be_the_student(order, line, shell, home)
        finally:
            os._exit(1)
    # Linux lets the user root start as many processes as there are; so they are counted here, too.
    until, hung_up = time.monotonic() + order["wall"], select.poll()
    hung_up.register(line, 0)  # when the grader has gone, nothing more can be earned
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        count = sum(path.name.isdigit() for path in Path("/proc").iterdir()) if own else 0
        if count > order["limits"]["NPROC"] or hung_up.poll(5) or time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
    os.close(line)
    _end_all(child)
    if home is not None:
        shutil.rmtree(home, ignore_errors=True)


def _be_the_student(order: dict[str, Any], line: int, shell: Shell, home: str | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _close_all_but(line)
    place = Path(home or _own_mounts(order["show"]))
    os.environ.update(HOME=str(place), IPYTHONDIR=str(place), TMPDIR=str(place), MPLCONFIGDIR=str(place))
    tempfile.tempdir = None
    work = place / "work"
    work.mkdir()
    os.chdir(work)
    for name, most in order["limits"].items():
        with contextlib.suppress(ValueError, OSError):  # lower already
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    _prctl(_NO_NEW_RIGHTS, 1)
    sys.path.insert(0, "")
    channel = Channel(Connection(line))
    checking.use(channel)
    for name in order["hide"]:
        sys.modules[name] = None  # type: ignore[assignment]
    with contextlib.suppress(Closed):
        _, fields, files = channel.receive()
        for name, content in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_bytes(content.tobytes())
        forbidden_calls.what_runs_now_is_ours()
        for place, source in fields["cells"]:
            channel.send("starts", place=place)
            channel.send("outputs", place=place, outputs=shell.run(source, fields["seconds"]))
        channel.send("end")
    os._exit(0)


def _unshare() -> bool:
    """Move to namespaces of its own; return whether the system lets us."""
    user, group = os.getuid(), os.getgid()
    try:
        if ctypes.CDLL(None, use_errno=True).unshare(_NAMESPACES):
            return False
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except (OSError, AttributeError):  # AttributeError: no Linux
        return False
    return True


def _own_mounts(show: list[str]) -> str:
    """Put an empty folder in memory over /tmp, where only these folders are seen again; return it."""
    mount = ctypes.CDLL(None, use_errno=True).mount
    mount(b"none", b"/", None, _MS_PRIVATE, None)  # nothing that is mounted here is seen elsewhere
    kept = {path: os.open(path, os.O_RDONLY) for path in show if Path(path).is_relative_to("/tmp")}
    if mount(b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID_NODEV, b"size=256m"):
        return tempfile.mkdtemp(prefix="bplearn-")
    for path, number in kept.items():
        Path(path).mkdir(parents=True, exist_ok=True)
        mount(f"/proc/self/fd/{number}".encode(), path.encode(), None, _MS_BIND, None)
        os.close(number)
    return "/tmp"


def _prctl(what: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):  # no Linux
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _close_all_but(line: int) -> None:
    os.closerange(3, line)
    os.closerange(line + 1, 256)
    empty = os.open(os.devnull, os.O_RDWR)
    os.dup2(empty, 0)


def _end_all(child: int) -> None:
    """End what the child has started: its group, and all that came to this process when it ended."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            for path in Path(f"/proc/self/task/{os.getpid()}").glob("children"):
                for process in path.read_text(encoding="ascii").split():
                    os.kill(int(process), signal.SIGKILL)
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        except ChildProcessError:
            return
        except OSError:
            continue


if __name__ == "__main__":
    main()
