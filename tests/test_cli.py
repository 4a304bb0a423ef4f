"""The command line as a learner meets it: what it says, what it leaves behind, and how it fails."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

import bplearn
from bplearn import cli
from bplearn.files import copy as delivery
from bplearn.files import lab_server

ROOT = Path(bplearn.__file__).parents[1]


@pytest.fixture
def run(capsys):
    """Run a command in this process; return its exit code and what it said on both streams."""

    def run(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def notebook(*sources, output="", kind="code"):
    cells = [{"cell_type": kind, "source": source, "outputs": [output], "metadata": {}} for source in sources]
    return json.dumps({"cells": cells})


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def outputs(path):
    return [output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", [])]


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A folder of originals in place of the project's own."""
    folder = tmp_path / "originals"
    for name in ("assignments/source/A1", "images", ".ipynb_checkpoints"):
        (folder / name).mkdir(parents=True)
    (folder / "00_start_here.ipynb").write_text(notebook("1 + 1"))
    (folder / "01_one_neuron.ipynb").write_text(notebook("w = 1", "w * 2"))
    (folder / "NOTATION.md").write_text("# Notation")
    (folder / "images/net.svg").write_text("<svg/>")
    (folder / "assignments/source/A1/A1.ipynb").write_text(notebook("solution"))
    (folder / "assignments/README.md").write_text("for teachers")
    (folder / ".ipynb_checkpoints/00_start_here-checkpoint.ipynb").write_text("{}")
    (folder / ".bplearn-progress.json").write_text("{}")
    monkeypatch.setattr(delivery, "source_folder", lambda: folder)
    return folder


NAMES = {"00_start_here.ipynb", "01_one_neuron.ipynb", "NOTATION.md", "images/net.svg"}


def files(folder):
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - {delivery.MANIFEST}


# bplearn copy


def test_copy_delivers_the_notebooks_but_no_solution_and_nothing_hidden(run, source, tmp_path):
    code, out, err = run("copy", tmp_path / "mine")
    assert (code, err) == (0, "")
    assert files(tmp_path / "mine") == NAMES
    assert out.splitlines()[0] == f"{tmp_path / 'mine'}: 4 new, 0 updated, 0 kept as they are"
    assert "  new      01_one_neuron.ipynb" in out.splitlines()


def test_no_output_is_delivered_unless_it_is_asked_for(run, source, tmp_path):
    """A number that a cell prints answers the question above it."""
    (source / "00_start_here.ipynb").write_text(notebook("1 + 1", output="2"))
    run("copy", tmp_path / "mine")
    run("copy", "--with-outputs", tmp_path / "whole")
    assert outputs(tmp_path / "mine/00_start_here.ipynb") == []
    assert (tmp_path / "whole/00_start_here.ipynb").read_text() == notebook("1 + 1", output="2")
    assert run("copy", tmp_path / "whole")[1].endswith("0 new, 0 updated, 4 kept as they are\n")


def test_a_real_notebook_is_whole_without_its_outputs(run, tmp_path):
    run("copy", tmp_path / "mine")
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        delivered = nbformat.read(tmp_path / "mine" / path.name, as_version=4)
        nbformat.validate(delivered)
        assert sources(tmp_path / "mine" / path.name) == sources(path)
        assert outputs(path)
        assert outputs(tmp_path / "mine" / path.name) == []


def test_a_second_copy_writes_nothing(run, source, tmp_path):
    run("copy", tmp_path / "mine")
    before = {name: (tmp_path / "mine" / name).stat().st_mtime_ns for name in NAMES}
    assert run("copy", tmp_path / "mine")[1] == f"{tmp_path / 'mine'}: 0 new, 0 updated, 4 kept as they are\n"
    assert {name: (tmp_path / "mine" / name).stat().st_mtime_ns for name in NAMES} == before


def test_an_old_copy_that_was_only_run_is_updated_in_place(run, source, tmp_path):
    run("copy", tmp_path / "mine")
    ran = notebook("1 + 1", "", output="2")  # Shift-Enter in the last cell adds an empty one
    (tmp_path / "mine/00_start_here.ipynb").write_text(ran)
    (source / "00_start_here.ipynb").write_text(notebook("1 + 2"))
    (source / "NOTATION.md").write_text("# Notation, better")
    out = run("copy", tmp_path / "mine")[1]
    assert out.splitlines()[0].endswith("0 new, 2 updated, 2 kept as they are")
    assert "  updated  00_start_here.ipynb" in out.splitlines()
    assert sources(tmp_path / "mine/00_start_here.ipynb") == ["1 + 2"]
    assert files(tmp_path / "mine") == NAMES


def test_a_notebook_that_was_run_keeps_its_outputs_when_there_is_nothing_new(run, source, tmp_path):
    run("copy", tmp_path / "mine")
    ran = notebook("1 + 1", output="2")
    (tmp_path / "mine/00_start_here.ipynb").write_text(ran)
    run("copy", tmp_path / "mine")
    assert (tmp_path / "mine/00_start_here.ipynb").read_text() == ran


@pytest.mark.parametrize("mine", [notebook("w = 7", "w * 2"), notebook("w = 1", "w * 2", kind="markdown"), "broken"])
def test_a_changed_notebook_stays_and_the_new_version_lies_beside_it(run, source, tmp_path, mine):
    folder = tmp_path / "mine"
    run("copy", folder)
    (folder / "01_one_neuron.ipynb").write_text(mine)
    assert run("copy", folder)[1].endswith("0 new, 0 updated, 4 kept as they are\n")  # no news, no second file
    (source / "01_one_neuron.ipynb").write_text(notebook("w = 2"))
    out = run("copy", folder)[1]
    line = "  new      01_one_neuron.new.ipynb (you changed 01_one_neuron.ipynb, which stays yours)"
    assert line in out.splitlines()
    assert (folder / "01_one_neuron.ipynb").read_text() == mine
    assert sources(folder / "01_one_neuron.new.ipynb") == ["w = 2"]

    (source / "01_one_neuron.ipynb").write_text(notebook("w = 3"))  # once more: nobody touched the one beside
    run("copy", folder)
    assert sources(folder / "01_one_neuron.new.ipynb") == ["w = 3"]
    assert files(folder) == {*NAMES, "01_one_neuron.new.ipynb"}

    (folder / "01_one_neuron.new.ipynb").write_text(notebook("also mine"))
    (source / "01_one_neuron.ipynb").write_text(notebook("w = 4"))
    run("copy", folder)
    assert (folder / "01_one_neuron.new.ipynb").read_text() == notebook("also mine")
    assert sources(folder / "01_one_neuron.new2.ipynb") == ["w = 4"]
    assert (folder / "01_one_neuron.ipynb").read_text() == mine


def test_a_new_version_that_was_taken_over_or_thrown_away_does_not_come_back(run, source, tmp_path):
    folder = tmp_path / "mine"
    run("copy", folder)
    (folder / "01_one_neuron.ipynb").write_text(notebook("w = 7"))
    (source / "01_one_neuron.ipynb").write_text(notebook("w = 2"))
    run("copy", folder)
    (folder / "01_one_neuron.new.ipynb").unlink()
    assert run("copy", folder)[1].endswith("0 new, 0 updated, 4 kept as they are\n")


@pytest.mark.parametrize("record", [None, "not JSON", "[1, 2]"])
def test_without_its_record_every_file_that_differs_counts_as_the_learners(run, source, tmp_path, record):
    folder = tmp_path / "mine"
    run("copy", folder)
    (source / "01_one_neuron.ipynb").write_text(notebook("w = 2"))
    if record is None:
        (folder / delivery.MANIFEST).unlink()
    else:
        (folder / delivery.MANIFEST).write_text(record)
    run("copy", folder)
    assert sources(folder / "01_one_neuron.ipynb") == ["w = 1", "w * 2"]
    assert sources(folder / "01_one_neuron.new.ipynb") == ["w = 2"]


def test_a_deleted_notebook_is_brought_back(run, source, tmp_path):
    run("copy", tmp_path / "mine")
    (tmp_path / "mine/00_start_here.ipynb").unlink()
    assert "1 new, 0 updated, 3 kept" in run("copy", tmp_path / "mine")[1]


def test_the_originals_are_not_copied_onto_themselves(run, source):
    assert run("copy", source)[:2] == (0, f"{source}: these are the originals, nothing to copy\n")
    assert not (source / delivery.MANIFEST).exists()


def test_in_a_clone_the_notebooks_are_the_clones_own():
    assert delivery.source_folder() == ROOT / "notebooks"


def test_from_a_wheel_they_are_the_packaged_ones(tmp_path, monkeypatch):
    installed = tmp_path / "site-packages/bplearn"
    (installed / "_notebooks").mkdir(parents=True)
    monkeypatch.setattr(delivery, "__file__", str(installed / "files/copy.py"))
    assert delivery.source_folder() == installed / "_notebooks"
    (tmp_path / "site-packages/notebooks").mkdir()
    (tmp_path / "site-packages/pyproject.toml").write_text('[project]\nname = "another"\n')
    assert delivery.source_folder() == installed / "_notebooks"
    (installed / "_notebooks").rmdir()
    with pytest.raises(bplearn.DataError, match=r"expected its notebooks in .*, got no such folder. Install bplearn"):
        delivery.source_folder()


# Errors: one line, exit code 2


def one_line(error):
    assert error.startswith("bplearn: ")
    assert error.count("\n") == 1
    assert error.endswith("\n")
    return error.removeprefix("bplearn: ").rstrip()


def test_a_file_in_place_of_the_folder(run, source, tmp_path):
    (tmp_path / "mine").write_text("")
    code, out, err = run("copy", tmp_path / "mine")
    assert (code, out) == (2, "")
    assert one_line(err) == f"DIR expected a folder for the notebooks, got the file {tmp_path / 'mine'}."


def test_an_empty_source(run, source, tmp_path):
    for name in NAMES:
        (source / name).unlink()
    code, _, err = run("copy", tmp_path / "mine")
    assert code == 2
    assert one_line(err) == f"bplearn expected notebooks in {source}, got an empty folder. Install bplearn again."


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(run, source, tmp_path):
    (tmp_path / "mine").mkdir(mode=0o500)
    code, _, err = run("copy", tmp_path / "mine")
    assert code == 2
    assert "Permission denied" in one_line(err)


def test_a_disk_that_refuses(run, source, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("copy", tmp_path / "file" / "mine")
    assert code == 2
    assert "Not a directory" in one_line(err)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["copy"], "the following arguments are required: DIR. See bplearn copy --help."),
        (["demo", "--speed", "3"], "unrecognized arguments: --speed 3. See bplearn --help."),
        (["copy", "a", "b"], "unrecognized arguments: b. See bplearn --help."),
        (["--colour"], "unrecognized arguments: --colour. See bplearn --help."),
    ],
)
def test_wrong_arguments(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out, one_line(err)) == (2, "", message)


def test_an_unknown_command_names_those_that_exist(run):
    code, _, err = run("train")
    assert code == 2
    assert re.search(r"invalid choice: 'train' .*lab.*copy.*demo.*doctor", one_line(err))


def test_the_unforeseen_is_one_line_too_and_ctrl_c_has_its_own_code(run, source, tmp_path, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(delivery, "deliver", fails)
    code, _, err = run("copy", tmp_path / "mine")
    assert (code, one_line(err)) == (2, "ZeroDivisionError: division by zero")

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery, "deliver", stopped)
    code, _, err = run("copy", tmp_path / "mine")
    assert (code, one_line(err)) == (130, "stopped by hand")


def test_no_command_shows_the_help(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert all(command in out for command in ("lab", "copy", "demo", "doctor"))


def test_the_version_also_by_python_m():
    said = subprocess.run([sys.executable, "-m", "bplearn", "--version"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, f"bplearn {bplearn.__version__}\n")


# bplearn lab


class Server:
    """A JupyterLab that stands in for the real one: it writes its address to the log and runs until it is stopped."""

    def __init__(self, command, stdout, env, says="http://127.0.0.1:8888/lab/tree/00_start_here.ipynb?token=1", ends=0):
        self.command, self.env, self.ends = command, env, ends
        stdout.write(says.encode())
        stdout.flush()

    terminate = kill = None

    def poll(self):
        return self.ends

    def wait(self, timeout=None):
        return 0


@pytest.fixture
def started(monkeypatch):
    """The servers that `lab` has started, in place of real ones."""
    servers = []

    def popen(command, stdout, stderr, env):
        servers.append(Server(command, stdout, env))
        servers[-1].ends = None
        return servers[-1]

    monkeypatch.setattr(lab_server.subprocess, "Popen", popen)
    monkeypatch.setattr(lab_server, "_end", lambda server: None)
    return servers


def test_lab_copies_and_opens_the_first_notebook(run, source, started, in_empty_folder):
    code, out, _ = run("lab")
    assert code == 0
    assert files(Path("bplearn-notebooks")) == {*NAMES, ".jupyterlab.log"}
    assert "4 new" in out
    start = "--LabApp.default_url=/lab/tree/00_start_here.ipynb"
    assert started[0].command[:5] == [sys.executable, "-m", "jupyterlab", "bplearn-notebooks", start]
    contents = "--ServerApp.contents_manager_class=bplearn.files.lab_contents.LearnersContents"
    assert contents in started[0].command


def test_lab_hands_other_options_to_jupyterlab(run, source, started, tmp_path):
    run("lab", tmp_path / "mine", "--port", "8899", "--no-browser")
    assert started[0].command[3] == str(tmp_path / "mine")
    assert " ".join(started[0].command).find("--port 8899 --no-browser") > 0


def test_lab_keeps_the_learners_own_settings_and_asks_for_no_news(run, source, started, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "of-my-own")
    run("lab", tmp_path / "mine")
    ours, own = started[0].env["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert own == "of-my-own"
    (setting,) = json.loads(Path(ours, "labconfig/page_config.json").read_text())["disabledExtensions"]
    assert setting == "@jupyterlab/apputils-extension:announcements"


@pytest.mark.parametrize("option", ["--no-browser", "--ServerApp.open_browser=False", "--LabApp.open_browser=False"])
def test_lab_without_a_browser_promises_none(run, source, started, tmp_path, option):
    _, out, _ = run("lab", tmp_path / "mine", option)
    assert "in your browser" not in out
    assert "JupyterLab is ready. Open this address:\n  address    http://127.0.0.1:8888/lab/tree/00_start" in out
    _, out, _ = run("lab", tmp_path / "mine")
    assert "JupyterLab opens in your browser." in out


def test_lab_says_in_one_block_where_things_are_and_how_to_stop_and_come_back(run, source, started, tmp_path):
    for _ in range(2):
        _, out, _ = run("lab", tmp_path / "mine")
        block = dict(re.findall(r"^  (address|notebooks|stop|come back|log) +(.+)$", out, re.MULTILINE))
        assert block["notebooks"] == str(tmp_path / "mine")
        assert block["come back"] == f"bplearn lab {tmp_path / 'mine'}"
        assert block["stop"].startswith("press Ctrl-C in this window")
        assert Path(block["log"]).read_text() == block["address"]


def test_lab_whose_server_ends_at_once_says_why(run, source, monkeypatch, tmp_path):
    def popen(command, stdout, stderr, env):
        return Server(command, stdout, env, says="first\nport 80:\nPermission denied", ends=1)

    monkeypatch.setattr(lab_server.subprocess, "Popen", popen)
    code, _, err = run("lab", tmp_path / "mine")
    log = tmp_path / "mine/.jupyterlab.log"
    said = f"JupyterLab did not start: first port 80: Permission denied. All that it said is in {log}"
    assert (code, one_line(err)) == (2, said)


def test_the_help_of_lab_names_the_options_that_are_asked_for(run):
    code, out, _ = run("lab", "--help")
    assert code == 0
    for words in ("--no-browser", "--port 8899", "prints the address", "second copy"):
        assert words in " ".join(out.split())


def test_lab_does_not_take_an_options_value_for_the_folder(run, source, started, in_empty_folder):
    run("lab", "--port", "8899")
    assert files(in_empty_folder / "bplearn-notebooks") == {*NAMES, ".jupyterlab.log"}
    assert not (in_empty_folder / "8899").exists()


def test_lab_without_jupyterlab_says_how_to_get_it(run, source, started, tmp_path, monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, out, err = run("lab", tmp_path / "mine")
    assert (code, out, started) == (2, "", [])
    advice = f'{sys.executable} -m pip install "jupyterlab>=4.2,<5"'
    assert one_line(err) == f"JupyterLab is not installed. Get it with: {advice}"
    assert not (tmp_path / "mine").exists()


@pytest.mark.skipif(os.name == "nt", reason="processes end otherwise there")
def test_lab_really_starts_jupyterlab_in_the_folder_of_the_notebooks(tmp_path):
    """The real thing: wait until the server lists the copied notebooks, then end it."""
    command = [sys.executable, "-m", "bplearn", "lab", "mine", "--no-browser", "--ServerApp.port=0"]
    command += ["--IdentityProvider.token=secret", "--ServerApp.port_retries=0"]
    runtime = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=runtime, stdout=log, stderr=log, start_new_session=True)
    try:
        address = wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+/", (tmp_path / "log").read_text()), server)[0]
        ask = urllib.request.Request(f"{address}api/contents", headers={"Authorization": "token secret"})
        with urllib.request.urlopen(ask, timeout=30) as answer:
            listed = {entry["name"] for entry in json.load(answer)["content"]}
        assert {path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} | {"NOTATION.md"} <= listed
        assert f"{address}lab/tree/00_start_here.ipynb" in (tmp_path / "log").read_text()
        server.terminate()  # as Ctrl-C, which a test that runs in the background would not hear
        assert server.wait(30) == 0
        assert "Stopped. `bplearn lab" in (tmp_path / "log").read_text()
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(ask, timeout=5)
        assert "Traceback" not in (tmp_path / "mine/.jupyterlab.log").read_text()
    finally:
        end(server)


def end(server):
    """End a server and all it started. A SIGTERM that comes while it starts can be lost, so a SIGKILL may follow."""
    for last_word in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
            os.killpg(server.pid, last_word)
            server.wait(timeout=5)


def wait_for(look, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not seen within {seconds} s (exit code {process.poll()})")


# bplearn demo


def test_demo_trains_reports_and_writes_both_files(run, in_empty_folder):
    code, out, err = run("demo", "--out", "results")
    assert code == 0
    share = float(re.search(r"Accuracy on unseen digits: (\d+\.\d)%", out)[1])
    assert 95 <= share < 100
    assert "100%|" in err  # the progress bar
    assert (in_empty_folder / "results/loss.png").read_bytes().startswith(b"\x89PNG")
    history = bplearn.History.from_csv(in_empty_folder / "results/history.csv")
    assert history.epochs == 30
    assert history.epoch_loss[-1] < 0.1 * history.epoch_loss[0]


def test_demo_writes_to_the_current_folder(run, in_empty_folder):
    assert run("demo")[0] == 0
    assert sorted(path.name for path in in_empty_folder.iterdir()) == ["history.csv", "loss.png"]


def test_demo_with_a_file_in_place_of_its_folder(run, in_empty_folder):
    Path("results").write_text("")
    code, _, err = run("demo", "--out", "results")
    assert code == 2
    assert "File exists" in one_line(err)


# bplearn doctor


@pytest.fixture
def needs(monkeypatch):
    """Say what bplearn asks for, in place of what it does."""
    from importlib import metadata

    return lambda *lines: monkeypatch.setattr(metadata, "requires", lambda name: list(lines))


def test_doctor_finds_everything_here(run, source):
    code, out, err = run("doctor")
    rows = {line[9:22].strip(): line for line in out.splitlines() if line.startswith(("ok", "MISSING"))}
    assert (code, err, "MISSING" in out) == (0, "", False)
    packages = {"numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "jupyterlab", "latex2mathml"}
    assert packages | {"python", "bplearn", "processor", "kernel", "notebooks", "sandbox"} == set(rows)
    assert "2 in " in rows["notebooks"]
    assert out.endswith("Everything is here. Start with: bplearn lab\n")


def test_doctor_says_by_what_numpy_computes_and_under_which_profile(run, source, monkeypatch):
    from numpy._core import _multiarray_umath as numpy

    def said():
        return re.search(r"^ok +processor +built for (.+), adds (.+) here; (.+)$", run("doctor")[1], re.M)

    here = [name for name in numpy.__cpu_dispatch__ if numpy.__cpu_features__[name]]
    built, added, profile = said().groups()
    assert built.split() == (numpy.__cpu_baseline__ or ["nothing"])
    assert added.split() == (here or ["nothing"])
    assert profile == "arithmetic profile: plain"
    monkeypatch.setenv("BPLEARN_PROFILE", "no-simd")
    assert said()[3] == "arithmetic profile: no-simd"


def test_doctor_names_what_is_missing_or_too_old_and_how_to_get_it(run, source, needs):
    needs("numpy>=99", "surely-not-there>=1", "jupyterlab>=4.2; extra == 'lab'", "torch; extra == 'bench'")
    code, out, _ = run("doctor")
    assert code == 1
    assert re.search(r"^MISSING  numpy +[\d.]+, but >=99 is needed$", out, re.MULTILINE)
    assert re.search(r"^MISSING  surely-not-there +cannot be imported", out, re.MULTILINE)
    assert re.search(r"^ok +jupyterlab", out, re.MULTILINE)
    assert "torch" not in out
    assert f'To do: {sys.executable} -m pip install "numpy>=99"' in out.splitlines()
    assert out.endswith("2 to do.\n")


def test_doctor_sees_a_kernel_that_is_another_python(run, source, monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager

    class Other:
        argv = ("/nowhere/python", "-m", "ipykernel_launcher")

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda *_: Other())
    code, out, _ = run("doctor")
    assert code == 1
    assert re.search(r"^MISSING  kernel +python3 \(/nowhere/python\): .*No such file", out, re.MULTILINE)
    assert f"To do: {sys.executable} -m ipykernel install --sys-prefix" in out.splitlines()
