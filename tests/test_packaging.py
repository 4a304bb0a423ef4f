"""What is in the wheel: the notebooks, the data and the widget's script; never the teachers' solutions."""

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
NEEDED = ("pyproject.toml", "README.md", "LICENSE", ".gitignore", ".ci", "bplearn", "notebooks")


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """Build the wheel from a copy with solutions and a learner's leftovers in it; return the names of its files."""
    copy = tmp_path_factory.mktemp("copy")
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy(source, copy / name)
    for name in ("notebooks/assignments/source/A1/A1.ipynb", "notebooks/.ipynb_checkpoints/00.ipynb"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("{}")
    (copy / "notebooks/.bplearn-progress.json").write_text("{}")
    wheel = next(iter(WheelBuilder(str(copy)).build(directory=str(copy / "dist"), versions=["standard"])))
    return set(zipfile.ZipFile(wheel).namelist())


def inside(folder):
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {name for name in files if not any(part.startswith((".", "__py")) for part in name.split("/"))}


def test_the_wheel_brings_every_file_of_the_package(contents):
    assert inside("bplearn") - contents == set()
    assert {
        "bplearn/py.typed",
        "bplearn/datasets/digits.npz",
        "bplearn/datasets/rhymes.txt",
        "bplearn/datasets/SOURCES.md",
    } <= contents


def test_the_wheel_brings_every_notebook_of_the_series(contents):
    expected = {name for name in inside("notebooks") if not name.startswith("notebooks/assignments/")}
    packaged = {name for name in contents if name.startswith("bplearn/_notebooks/")}
    assert packaged == {f"bplearn/_{name}" for name in expected}
    assert "bplearn/_notebooks/NOTATION.md" in packaged


def test_the_wheel_holds_no_solution_and_nothing_else(contents):
    assert [name for name in contents if "assignments" in name] == []
    assert {name.split("/")[0] for name in contents} == {"bplearn", "bplearn-0.1.0.dist-info"}


def test_the_package_with_its_data_stays_small(contents):
    assert sum(path.stat().st_size for path in (ROOT / "bplearn/datasets").iterdir() if path.is_file()) < 500_000
