"""Where learners work: folders with spaces, umlauts and quotes, a terminal without UTF-8, an install nobody can write.

Each story is a process of its own with its own environment. What Windows and macOS do differently beyond that is
tested by the workflow there.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebooks.__main__ import execute
from tests.notebooks.normal_form import normalize

ROOT = Path(__file__).parents[1]
ODD = "Übung 1, 'neu' & (100 %) łódź" + ("" if os.name == "nt" else ' "alt" \\ *?')
UTF8, ASCII = {"PYTHONUTF8": "1"}, {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
STORY = """\
import sys
from pathlib import Path
import matplotlib
matplotlib.use("Agg")
from bplearn import Adam, Dataset, History, Sequential, SoftmaxCrossEntropy, fit, mlp
from bplearn.exercises import check, hint
from bplearn.plotting import plot_loss

sys.stdout.reconfigure(errors="replace")  # a terminal without the character shows ?
here, mark = Path(sys.argv[1]), sys.argv[2]  # what is typed reaches a program in any locale
table, curve = here / f"tiere {mark}.csv", here / f"verlauf {mark}.csv"
table.write_bytes("größe,tier\\n1,Kätzchen\\n2,Hündin\\n3,Kätzchen\\n4,Hündin\\n".encode())
data = Dataset.from_csv(table, "tier")
assert data.target_names == ("Hündin", "Kätzchen"), data.target_names
network, loss = mlp(1, 4, 2, rng=0), SoftmaxCrossEntropy()
history = fit(network, data, loss=loss, optimizer=Adam(0.1), epochs=3, rng=0)
history.to_csv(curve)
assert History.from_csv(curve).epoch_loss == history.epoch_loss
plot_loss(curve).figure.savefig(curve.with_suffix(".png"))
network.save(here / f"netz {mark}.npz")
assert (Sequential.load(here / f"netz {mark}.npz")(data.x) == network(data.x)).all()
check("01.1", 7)
print(hint("01.1"), check("01.1", ...), data, network, history, sep="\\n")
"""


@pytest.fixture
def odd(tmp_path):
    folder = tmp_path / ODD
    folder.mkdir()
    return folder


@pytest.fixture
def story(tmp_path):
    file = tmp_path / "story.py"
    file.write_text(STORY, encoding="utf-8")
    return file


def python(*arguments, folder, install=ROOT, **variables):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON", "BPLEARN"))}
    env = known | {"PYTHONPATH": str(install), "PYTHONDONTWRITEBYTECODE": "1"} | variables
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=folder, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


@pytest.mark.parametrize("variables", [UTF8, ASCII], ids=["UTF-8", "LC_ALL=C"])
def test_training_data_files_pictures_and_checks_work_in_a_folder_of_any_name(story, odd, variables):
    said = python(story, odd, "ä", folder=odd, **variables)
    assert b"not attempted yet" in said
    names = {path.name for path in odd.iterdir()}
    assert {"tiere ä.csv", "verlauf ä.csv", "verlauf ä.png", "netz ä.npz", ".bplearn-progress.json"} <= names
    assert "01.1" in (odd / ".bplearn-progress.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("variables", [UTF8, ASCII], ids=["UTF-8", "LC_ALL=C"])
def test_copy_brings_a_learners_notebooks_up_to_date_in_a_folder_of_any_name(odd, variables):
    mine = odd / "meine Notizbücher"
    python("-m", "bplearn", "copy", mine, folder=odd, **variables)
    first = mine / "01_one_neuron.ipynb"
    notebook = json.loads(first.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] = "größer = 'é'"
    first.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8", newline="\r\n")
    before = first.read_bytes()
    python("-m", "bplearn", "copy", mine, folder=odd, **variables)
    assert first.read_bytes() == before
    assert len(list(mine.glob("[0-9][0-9]_*.ipynb"))) >= 15
    assert b"doctor" in python("-m", "bplearn", "--help", folder=odd, **variables)


def test_a_notebook_runs_in_a_folder_of_any_name_with_the_same_outputs(odd):
    original = ROOT / "notebooks/05_backward_pass.ipynb"
    mine = Path(shutil.copy(original, odd))
    ran, committed = (
        json.loads(text)["cells"] for text in (normalize(execute(mine, **ASCII)), original.read_text("utf-8"))
    )
    texts = [[output.get("text") for output in cell.get("outputs", [])] for cell in ran]
    assert texts == [[output.get("text") for output in cell.get("outputs", [])] for cell in committed]


def states(folder):
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def test_an_install_that_nobody_may_write_stays_as_it_is(story, odd, tmp_path):
    install = tmp_path / "install"
    shutil.copytree(ROOT / "bplearn", install / "bplearn", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("00_start_here.ipynb", "NOTATION.md"):
        target = install / "bplearn/_notebooks" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "notebooks" / name, target)
    before = states(install)
    for path in [install, *before]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:  # the superuser may write all the same: then the comparison below shows it
        python(story, odd, "ä", folder=odd, install=install)
        python("-m", "bplearn", "copy", odd / "mine", folder=odd, install=install)
        assert states(install) == before
        copied = odd / "mine" / "00_start_here.ipynb"
        copied.write_text(copied.read_text(encoding="utf-8"), encoding="utf-8")  # the copy is the learner's own
        assert copied.stat().st_mode & stat.S_IWUSR
    finally:
        for path in [install, *before]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
