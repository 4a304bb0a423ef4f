"""environment.yml says what pyproject.toml says, and the versions agree everywhere."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import bplearn

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def ranges(lines):
    return {need.name: need.specifier for need in map(Requirement, lines)}


def differences(project, conda):
    """Return what environment.yml has otherwise than pyproject.toml."""
    *packages, last = conda["dependencies"]
    found = ranges(packages)
    wanted = ranges(project["dependencies"] + project["optional-dependencies"]["lab"])
    wanted |= {"python": SpecifierSet(project["requires-python"]), "pip": SpecifierSet()}
    names = wanted.keys() | found.keys()
    complaints = [f"{name}: {found.get(name)}" for name in sorted(names) if found.get(name) != wanted.get(name)]
    return complaints + ([] if last == {"pip": ["-e .[lab]"]} else [f"last: {last}"])


def test_conda_users_get_the_same_packages_in_the_same_ranges():
    assert differences(PROJECT, CONDA) == []
    assert (CONDA["name"], CONDA["channels"]) == ("bplearn", ["conda-forge"])


@pytest.mark.parametrize(
    ("line", "planted", "complaint"),
    [
        ("numpy>=2.0", "numpy>=1.26", "numpy: >=1.26"),
        ("python>=3.11", "python>=3.12", "python: >=3.12"),
        ("tqdm>=4.65", "rich>=1", "rich: >=1"),
        ("anywidget>=0.9", None, "anywidget: None"),
    ],
)
def test_a_difference_would_be_noticed(line, planted, complaint):
    changed = [planted if entry == line else entry for entry in CONDA["dependencies"]]
    assert complaint in differences(PROJECT, {"dependencies": [entry for entry in changed if entry]})
    assert differences(PROJECT, {"dependencies": [*CONDA["dependencies"][:-1], {"pip": ["-e ."]}]})


def test_each_python_of_the_classifiers_is_tested():
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))["jobs"]
    runs = jobs["versions"]["strategy"]["matrix"]["include"]
    prefix = "Programming Language :: Python :: "
    promised = [text.removeprefix(prefix) for text in PROJECT["classifiers"] if text.startswith(f"{prefix}3.")]
    assert [run["python"] for run in runs if run["numpy"] == "numpy"] == promised
    oldest = ranges(PROJECT["dependencies"])["numpy"]
    assert {"python": promised[0], "numpy": f"numpy=={str(oldest).removeprefix('>=')}.*"} in runs


def test_the_workflow_tests_the_three_systems():
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))["jobs"]
    assert {"macos-latest", "windows-latest"} <= set(jobs["systems"]["strategy"]["matrix"]["os"])
    assert all(job["runs-on"] == "ubuntu-latest" for name, job in jobs.items() if name != "systems")


def test_the_version_is_the_same_everywhere():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert PROJECT["version"] == bplearn.__version__
    assert f"\n## {bplearn.__version__}" in changes


def test_a_dependency_carries_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = [*PROJECT["dependencies"], *(line for lines in PROJECT["optional-dependencies"].values() for line in lines)]
    lines = {line.strip() for line in text.splitlines()}
    bare = [need for need in asked if not any(line.startswith(f'"{need}", #') for line in squeezed(lines))]
    assert [need for need in bare if not need.startswith("bplearn[")] == []


def squeezed(lines):
    return [" ".join(line.split()) for line in lines]


def test_pins_and_locks_name_no_address():
    for name in (".ci/constraints.txt", "environment.yml", "pyproject.toml"):
        if (ROOT / name).exists():
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
            assert not [line for line in lines if "://" in line and not line.startswith("address = ")]
    assert not (ROOT / "poetry.lock").exists()
