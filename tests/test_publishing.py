"""What the project shows in public: metadata, the README on a package index, workflow files, what a release builds."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDRESS = "https://code.example/somebody/bplearn"
FILES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "environment.yml", ".gitignore")
SOURCES = (*FILES, ".ci", "bplearn", "notebooks")
FORMS = [path for path in sorted(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml")) if path.stem != "config"]
SCHEMAS = {
    "vendor.github-workflows": sorted(ROOT.glob(".github/workflows/*.yml")),
    "vendor.dependabot": [ROOT / ".github/dependabot.yml"],
    "vendor.github-issue-forms": FORMS,
}


def public_address():
    spec = importlib.util.spec_from_file_location("public_address", ROOT / ".ci/public_address.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ran(*command, cwd=ROOT):
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(folder, address="", *kinds):
    """Build sdist and wheel as a release does, or one of these kinds, from a copy of the sources; return the files."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "gradebook.db", "release")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(settings.replace('address = ""', f'address = "{address}"'), encoding="utf-8")
    ran("build", *kinds, "--no-isolation", "--outdir", str(folder / "dist"), cwd=folder)
    return sorted((folder / "dist").iterdir())


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return built(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def with_address(tmp_path_factory):
    return built(tmp_path_factory.mktemp("release"), ADDRESS, "--wheel")


def metadata(wheel):
    with zipfile.ZipFile(wheel) as files:
        name = next(name for name in files.namelist() if name.endswith("/METADATA"))
        return BytesParser().parsebytes(files.read(name))


def test_sdist_and_wheel_pass_the_checks_of_a_package_index(release):
    assert [path.suffix for path in release] == [".whl", ".gz"]
    assert ran("twine", "check", "--strict", *map(str, release)).count("PASSED") == 2


def test_the_same_sources_give_the_same_bytes(release, with_address, tmp_path):
    again = built(tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in release]
    assert with_address[0].read_bytes() != release[0].read_bytes()


def test_the_sdist_can_build_the_wheel_and_run_its_own_tests(release):
    with tarfile.open(release[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {".ci/run", ".ci/public_address.py", "bplearn/py.typed", "CHANGELOG.md"} <= names
    assert not [name for name in names if "checkpoint" in name or name.endswith((".pyc", ".db"))]


def test_without_a_public_address_nothing_is_invented(release):
    found = metadata(release[0])
    assert found["Author"] == "the bplearn authors"
    assert found.get_all("Project-URL") is None
    assert found["Home-page"] is None
    text = found.get_payload()
    assert re.findall(r"\]\((?!https?:|#)", text) == []
    assert "| 05 Backward pass | send the error" in text


def test_with_one_each_link_and_picture_leads_there(with_address):
    found = metadata(with_address[0])
    addresses = dict(line.split(", ") for line in found.get_all("Project-URL"))
    assert addresses["Changelog"] == f"{ADDRESS}/blob/main/CHANGELOG.md"
    assert {"Homepage", "Source", "Issues"} <= set(addresses)
    text = found.get_payload()
    own = (ROOT / "README.md").read_text(encoding="utf-8")
    relative = re.findall(r"(!?)\[[^\]]*\]\(((?!https?:|#)[^)]+)\)", own)
    assert len(relative) > 20
    for picture, path in relative:
        assert f"]({ADDRESS}/{'raw' if picture else 'blob'}/main/{path})" in text
        assert (ROOT / path).exists()
    assert re.findall(r"\]\((?!https?:|#)", text) == []


def test_links_that_lead_out_or_to_a_heading_stay():
    text = "[a](https://numpy.org) [b](#start) [c](tests/x.py) ![d](d.png)"
    assert public_address().whole(text, "") == "[a](https://numpy.org) [b](#start) c *d*"
    assert f"[c]({ADDRESS}/blob/main/tests/x.py) ![d]({ADDRESS}/raw/main/d.png)" in public_address().whole(
        text, ADDRESS
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_workflows_and_forms_are_what_their_schema_asks_for(schema):
    ran("check_jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema]))


def test_a_slip_in_a_workflow_is_noticed(tmp_path):
    (tmp_path / "bad.yml").write_text("on: push\njobs:\n  a:\n    steps: [{run: ls}]\n")  # no runs-on
    with pytest.raises(AssertionError, match="runs-on"):
        ran("check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(tmp_path / "bad.yml"))


def test_each_workflow_asks_for_no_more_rights_than_it_needs():
    import yaml

    for path in SCHEMAS["vendor.github-workflows"]:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}, path.name
        for name, job in workflow["jobs"].items():
            assert "timeout-minutes" in job, f"{path.name}: {name}"
            assert set(job.get("permissions", {})) <= {"id-token", "pages"}, f"{path.name}: {name}"
