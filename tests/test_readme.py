"""What the README and the guide for contributors promise: examples run, lines are those of CI, links lead somewhere."""

import doctest
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bplearn import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {"README.md": README}
PAGES |= {name: (ROOT / name).read_text(encoding="utf-8") for name in (".github/CONTRIBUTING.md", "CHANGELOG.md")}

OPEN = 'python3 -m venv .venv && .venv/bin/pip install -e ".[lab]" && .venv/bin/bplearn lab'


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_examples_give_what_is_printed_below_them(in_empty_folder):
    scope, runner = {}, doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    examples = blocks(README, "python")
    for number, block in enumerate(examples):
        test = doctest.DocTestParser().get_doctest(block.rstrip() + "\n", scope, f"example {number}", "README.md", 0)
        assert test.examples, "a Python block without >>> is not run"
        runner.run(test, clear_globs=False)
        scope = test.globs
    assert examples
    assert runner.summarize(verbose=False).failed == 0


def test_one_line_sets_up_and_opens_the_notebooks():
    assert [line for line in README.splitlines() if line.endswith("bplearn lab") and "venv .venv &&" in line] == [OPEN]


@pytest.mark.skipif(os.name == "nt", reason="needs bash")
def test_ci_runs_the_readmes_test_line_word_for_word():
    said = subprocess.run([ROOT / ".ci/run", "--print-test-line"], capture_output=True, text=True)
    lines = [line.strip() for block in blocks(README, "sh") for line in block.splitlines()]
    assert said.returncode == 0
    assert said.stdout.strip() in lines
    assert said.stdout.strip().endswith(".venv/bin/pytest -n 3")


@pytest.mark.skipif(os.name == "nt", reason="needs bash")
@pytest.mark.parametrize("readme", ["# No line", "python3 -m venv a && a/pytest\npython3 -m venv b && b/pytest\n"])
def test_ci_stops_where_the_line_is_missing_or_not_the_only_one(readme, tmp_path):
    (tmp_path / ".ci").mkdir()
    (tmp_path / "README.md").write_text(readme)
    (tmp_path / ".ci/run").write_text((ROOT / ".ci/run").read_text())
    said = subprocess.run(["bash", tmp_path / ".ci/run", "--print-test-line"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (2, "")
    assert "exactly one line" in said.stderr


@pytest.mark.parametrize("name", PAGES)
def test_links_and_pictures_exist(name):
    text = re.sub(r"```.*?```", "", PAGES[name], flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href|srcset)="([^"]+)"', text)
    local = [target.partition("#")[0] for target in found if not re.match(r"[a-z]+:", target)]
    missing = [target for target in local if target and not ((ROOT / name).parent / target).exists()]
    assert missing == []
    assert re.findall(r"!\[\s*\]\(", text) == []
    assert [tag for tag in re.findall(r"<img[^>]*>", text) if not re.search(r'alt="[^"]+"', tag)] == []


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_exist(name):
    named = re.findall(r"(?<![\w/.])((?:bplearn|tests|notebooks|\.github|\.ci)/[\w./*-]*)", PAGES[name])
    assert [path for path in named if not any(ROOT.glob(path.rstrip("/.")))] == []


@pytest.mark.parametrize("name", PAGES)
def test_commands_and_extras_that_are_named_exist(name, capsys):
    extras = [extra for group in re.findall(r'"\.\[([\w,]+)\]"', PAGES[name]) for extra in group.split(",")]
    assert name != "README.md" or {"lab", "test", "course"} <= set(extras)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras) <= set(project["optional-dependencies"])
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"^ {4}([a-z]+) ", capsys.readouterr().out, re.MULTILINE))
    assert {"lab", "copy", "demo", "doctor"} <= known
    assert set(re.findall(r"\bbplearn ([a-z]+)\b(?=[^\n`]*`)", PAGES[name])) <= known


def test_the_short_way_names_sections_and_times_that_the_notebooks_have():
    way = README[README.index("Only tonight?") : README.index("## What is special")]
    texts = {}
    for path in (ROOT / "notebooks").glob("0[0-5]_*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts[path.name[:2]] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    named = re.findall(r'(0[0-5]) (?:all from )?"([^"]+)"', " ".join(way.split()))
    assert len(named) == 3
    assert all(f"## {heading}" in texts[number] for number, heading in named)
    assert "### Exercise 04.4" in texts["04"]
    stated = [re.search(r"\| \*\*Time\*\* \| (\d+) to (\d+) minutes", text).groups() for text in texts.values()]
    low, high = (sum(map(int, minutes)) for minutes in zip(*stated, strict=True))
    times = " to ".join(f"{minutes // 60} h {minutes % 60} min" for minutes in (low, high))
    assert times in " ".join(way.split())


def test_the_map_of_the_series_is_complete():
    notebooks = {path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    assert {f"notebooks/{name}" for name in notebooks} <= set(re.findall(r"\]\(([^)#]+)", README))
