"""The lock: one owner at a time, gone with the process that held it, whatever the clock says."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from bplearn.files import lock as module
from bplearn.files.lock import locked

HOLD = """
import pathlib, sys, time
from bplearn.files.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.lock"


@contextlib.contextmanager
def holder(path, seconds=60):
    """Another process that has the lock."""
    command = [sys.executable, "-c", HOLD, str(path), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def seconds_to_take(path, patience=60.0):
    begin = time.monotonic()
    with locked(path, patience):
        return time.monotonic() - begin


def test_nothing_is_left_behind(path):
    with locked(path):
        assert path.exists()
    assert not path.exists()
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    assert not path.exists()


@pytest.mark.parametrize("year", [1971, 2001, 2037, 2100])
@pytest.mark.parametrize("content", ["", "4711", "not for me"])
def test_a_file_that_nobody_holds_is_no_lock_whatever_its_date_and_content(path, year, content):
    path.write_text(content)
    date = (year - 1970) * 31_557_600
    os.utime(path, (date, date))
    assert seconds_to_take(path) < 5


def test_a_clock_that_jumps_changes_nothing(path, monkeypatch):
    path.touch()
    monkeypatch.setattr(time, "time", lambda: -1e9)
    assert seconds_to_take(path) < 5


def test_a_killed_owner_is_no_owner(path):
    with holder(path) as process:
        process.kill()
        process.wait()
        assert path.exists()  # it could not tidy up
        future = time.time() + 1e6
        os.utime(path, (future, future))
        assert seconds_to_take(path) < 5


def test_a_living_owner_is_waited_for(path):
    with holder(path, seconds=0.5):
        assert seconds_to_take(path) > 0.1


def test_patience_ends(path):
    with holder(path) as process:
        if hasattr(signal, "SIGSTOP"):
            process.send_signal(signal.SIGSTOP)  # a laptop that sleeps, a debugger
        old = time.time() - 1e6
        os.utime(path, (old, old))  # an old lock is no free lock
        with pytest.raises(TimeoutError, match="another process holds the lock"), locked(path, 0.2):
            pytest.fail("two owners")


def test_threads_exclude_each_other_too(path, tmp_path):
    count = tmp_path / "count"
    count.write_text("0")

    def work():
        for _ in range(25):
            with locked(path):
                count.write_text(str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "75"


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError), locked(tmp_path / "none" / "notes.lock"):
        pytest.fail("no such folder")

    def refuse(*arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(module.os, "open", refuse)  # root may write anywhere, so a real folder proves nothing
    with pytest.raises(PermissionError), locked(tmp_path / "notes.lock"):
        pytest.fail("not to be written")


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl")
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_used_without(path, monkeypatch, number):
    def flock(handle, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module.fcntl, "flock", flock)
    assert seconds_to_take(path) < 5
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl")
def test_other_troubles_are_not_hidden_and_leave_no_open_file(path, monkeypatch):
    def flock(handle, operation):
        seen.append(handle)
        raise OSError(errno.EIO, "Input/output error")

    seen = []
    monkeypatch.setattr(module.fcntl, "flock", flock)
    with pytest.raises(OSError, match="Input/output"), locked(path):
        pytest.fail("no lock")
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(seen[0])


@pytest.mark.skipif(sys.platform == "win32", reason="deletes an open file")
def test_a_file_that_was_deleted_while_one_waited_is_not_the_lock(path, monkeypatch):
    """Otherwise two processes would hold two files of the same name."""
    real, seen = module._owns, []

    def owns(handle):
        if not seen:
            path.unlink()  # the owner before finished just now
        seen.append(handle)
        return real(handle)

    monkeypatch.setattr(module, "_owns", owns)
    with locked(path):
        assert len(seen) == 2
        assert path.exists()
