"""Every notebook keeps to the rules and to its committed form. nbval, beside this, runs them and compares outputs."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from tests.notebooks import __main__ as tool
from tests.notebooks import rules
from tests.notebooks.__main__ import FOLDER, chosen, execute
from tests.notebooks.normal_form import KERNEL, WIDGET, normalize

NOTEBOOKS = {path.name: path for path in chosen([])}
RULES = {rule.__name__: rule for rule in rules.ALL}


@pytest.fixture(scope="module", params=NOTEBOOKS)
def path(request):
    return NOTEBOOKS[request.param]


@pytest.mark.parametrize("rule", RULES)
def test_a_notebook_keeps_the_rule(path, rule):
    complaints = list(RULES[rule](nbformat.read(path, as_version=4), path))
    assert not complaints, "\n".join(complaints)


def test_normalizing_a_committed_notebook_changes_nothing(path):
    text = path.read_text(encoding="utf-8")
    assert normalize(text) == text, f"run python -m tests.notebooks --no-execution {path.name}"


# A notebook with nothing to complain about, and what is planted into it

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def made(*cells, metadata=None):
    return nbformat.from_dict({"cells": list(cells), "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5})


def md(source):
    return {"cell_type": "markdown", "id": "text", "metadata": {}, "source": source}


def py(source, *outputs, tags=(), count=1):
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": "code", "id": "code", "metadata": metadata, "source": source, "outputs": list(outputs)}
    return {**cell, "execution_count": count}


def shows(**data):
    named = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def says(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["E"]}
TITLE = md("# A title\n\nSee [the notation](NOTATION.md#tape), [next](02_b.ipynb), $a[i](x)$, `[a](b)`.\n\n## A part")
GOOD = [
    py("fit(net, data, progress=False)", shows(text_html=f'<img alt="a curve" src="{PIXEL}">', image_png="iVBO")),
    py('settings = {"rng": 0, "progress": False}\nfit(net, data, **settings)'),
    py("1 / 0", ERROR, tags=["raises-exception"]),
    py("a = 1\n" * 30),
    md("![a curve](curve.png) and [a part](#A-part), [a question](02_b.ipynb#why-so?), <https://numpy.org>"),
    md("```python\n# a comment\n[x](nowhere)\n```"),
    py("net", shows(text_html='<svg role="img"><title>net</title></svg>', text_plain="net 0x12")),
    py("x = 5 % 3\nmodel.fitting()", says("1/2 and 0.25/mnt/")),
]
BAD = {
    "has_one_title": [md("# Another title")],
    "every_cell_is_compared": [py("1", count=None)],
    "cells_are_short": [py("a = 1\n" * 31)],
    "one_section_a_cell": [md("## B\n\nb\n\n## C\n\nc"), md("the end of B\n\n## C")],
    "errors_are_meant": [py("1 / 0", ERROR)],
    "pictures_have_alt_text": [
        md('<img src="curve.png">'),
        md('<img src="curve.png" alt=" ">'),
        md("![](curve.png)"),
        py("plot()", shows(image_png="iVBO")),
        py("plot()", shows(image_png="iVBO", text_html="<b>loss</b>")),
        py("plot()", shows(text_html=f'<img src="{PIXEL}">')),
        py("draw()", shows(text_html="<svg></svg>")),
    ],
    "links_lead_somewhere": [
        md("[gone](03_c.ipynb)"),
        md("[no such heading](NOTATION.md#tap)"),
        md("[no such part](#B-part)"),
        md('<a href="gone.md">gone</a>'),
        md("![a picture](gone.png)"),
    ],
    "names_no_machine": [
        md("Open /home/ada/bplearn"),
        py("x", says("saved in /var/net.npz")),
        py("x", shows(text_plain="<object at 0x7f3a2c1d>")),
        py("x", says("C:\\Users\\ada", name="stderr")),
    ],
    "trains_without_a_bar": [
        py("history = fit(net, data)"),
        py("fit(net, data, progress=True)"),
        py('fit(net, data, **{"progress": True})'),
        py('quiet = {"progress": False}\nfit(net, data)'),
        py("bplearn.fit(net, data)", tags=["nbval-ignore-output"]),
    ],
    "imports_are_plain": [
        py("from bplearn import *"),
        py("import sys\nsys.path.insert(0, '..')"),
        py("%matplotlib inline"),
        py("!pip install bplearn"),
    ],
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "NOTATION.md").write_text("## Tape\n", encoding="utf-8")
    (tmp_path / "curve.png").touch()
    nbformat.write(made(md("# B\n\n## Why so?")), tmp_path / "02_b.ipynb")
    return tmp_path / "01_a.ipynb"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_no_fault_in_a_good_notebook(rule, place):
    assert list(RULES[rule](made(TITLE, *GOOD), place)) == []


@pytest.mark.parametrize(("rule", "cell"), [(rule, cell) for rule, cells in BAD.items() for cell in cells])
def test_a_rule_finds_what_was_planted_and_no_other_rule_does(rule, cell, place):
    notebook = made(TITLE, *GOOD, cell)
    complaining = {name for name, check in RULES.items() if list(check(notebook, place))}
    assert complaining == {rule}


def test_rules_on_the_whole_notebook_find_what_was_planted(place):
    stateful = made(TITLE, metadata={"widgets": {}})
    assert "breaks viewers" in next(rules.holds_no_widget_state(stateful, place))
    alone = made(md("# A\n\n[notation](NOTATION.md)"))
    assert next(rules.links_to_notation_and_neighbours(alone, place)) == "no link to 02_b.ipynb"
    assert list(rules.has_one_title(made(md("text"), md("# A")), place))


def test_only_the_first_notebook_may_show_a_bar(place):
    notebook = made(py("fit(net, data)", tags=["nbval-ignore-output"]))
    assert list(rules.trains_without_a_bar(notebook, place.with_name("00_start_here.ipynb"))) == []
    assert list(rules.trains_without_a_bar(notebook, place))


# The committed form


def messy():
    result = {"output_type": "execute_result", "execution_count": 9, "data": {"text/plain": "3"}, "metadata": {}}
    view = {WIDGET: {"model_id": "1b2c", "version_major": 2, "version_minor": 0}}
    twin = {"output_type": "display_data", "data": {**view, "text/html": "<b>net</b>"}, "metadata": {}}
    bar = {"output_type": "display_data", "data": {**view, "text/plain": "  0%|      | 0/30"}, "metadata": {}}
    first = py("net", says("a\n"), says("b\n"), says("c", name="stderr"), bar, twin, result, count=9)
    first["metadata"] = {"execution": {"iopub.execute_input": "2026"}, "tags": ["keep"], "scrolled": True}
    empty = py("  ", count=None)
    second = {**py("1 + 2", result, count=12), "metadata": {"tags": [], "jupyter": {"source_hidden": True}}}
    versions = {"language_info": {"name": "python", "version": "3.11.7"}, "widgets": {"state": {}}, "kernelspec": {}}
    cells = [md("# T"), first, empty, second]
    cells = [{**cell, "id": f"own-{place}"} for place, cell in enumerate(cells)]
    return json.dumps({"cells": cells, "metadata": versions, "nbformat": 4, "nbformat_minor": 5})


def test_the_committed_form_keeps_what_was_shown_and_drops_what_is_chance():
    normal = json.loads(normalize(messy()))
    title, first, second = normal["cells"]
    assert normal["metadata"] == KERNEL
    assert [cell["id"] for cell in normal["cells"]] == ["own-0", "own-1", "own-3"]
    assert (first["execution_count"], second["execution_count"]) == (1, 2)
    assert second["outputs"][0]["execution_count"] == 2
    assert first["metadata"] == {"tags": ["keep"]}
    assert second["metadata"] == {"jupyter": {"source_hidden": True}}
    out, err, twin, result = first["outputs"]
    assert (out["text"], err["text"]) == (["a\n", "b\n"], ["c"])
    assert twin["data"] == {"text/html": ["<b>net</b>"]}
    assert result["data"] == {"text/plain": ["3"]}
    assert "execution_count" not in title


def test_the_committed_form_is_written_with_one_space_and_a_newline_at_the_end():
    text = normalize(messy())
    assert text.startswith('{\n "cells": [\n  {\n')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


def test_normalizing_twice_is_normalizing_once():
    once = normalize(messy())
    assert once != messy()
    assert normalize(once) == once


def test_a_cell_without_an_id_gets_the_same_one_each_time():
    content = json.loads(messy())
    for cell in content["cells"]:
        del cell["id"]
    text = json.dumps(content)
    assert normalize(text) == normalize(text)


SMALL = made(
    md("# Small"),
    py("import sys\nprint('a')\nprint('b', file=sys.stderr)\nimport ipywidgets\nipywidgets.IntSlider(3)", count=None),
    py("1 / 0", tags=["raises-exception"], count=None),
    py("from pathlib import Path\nPath('here.txt').exists()", count=None),
)
SMALL.cells = [nbformat.from_dict({**cell, "id": f"cell-{place}"}) for place, cell in enumerate(SMALL.cells)]


def test_two_executions_give_the_same_bytes_and_run_in_the_notebooks_folder(tmp_path):
    (tmp_path / "here.txt").touch()
    nbformat.write(SMALL, tmp_path / "01_small.ipynb")
    once = normalize(execute(tmp_path / "01_small.ipynb"))
    (tmp_path / "01_small.ipynb").write_text(once, encoding="utf-8")
    assert normalize(execute(tmp_path / "01_small.ipynb")) == once
    last = json.loads(once)["cells"][-1]
    assert (last["execution_count"], last["outputs"][0]["data"]["text/plain"]) == (3, ["True"])
    assert "version" not in once


@pytest.fixture
def run_tool(monkeypatch, capsys):
    """The tool in this process: what it returns and what it prints."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tests.notebooks", *map(str, arguments)])
        return tool.main(), capsys.readouterr().out

    return run


def test_the_tool_checks_and_writes_the_form(tmp_path, run_tool):
    file = tmp_path / "01_messy.ipynb"
    file.write_text(messy(), encoding="utf-8")
    code, said = run_tool("--check", file)
    assert (code, said[:23]) == (1, "01_messy.ipynb: differs")
    assert file.read_text(encoding="utf-8") == messy()
    assert "written" in run_tool("--no-execution", file)[1]
    assert file.read_text(encoding="utf-8") == normalize(messy())
    assert run_tool("--check", file)[0] == 0


def test_the_tool_leaves_a_notebook_that_fails_as_it_was(tmp_path, run_tool):
    file = tmp_path / "01_fails.ipynb"
    nbformat.write(made(py("1 / 0", count=None)), file)
    before = file.read_bytes()
    code, said = run_tool(file)
    assert code == 1
    assert "stopped, file unchanged" in said
    assert "ZeroDivisionError" in said
    assert file.read_bytes() == before


def test_the_tool_says_when_no_notebook_has_the_name():
    command = [sys.executable, "-m", "tests.notebooks", "99"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER.parent)
    assert (run.returncode, run.stderr) == (1, "no notebook begins with '99'\n")


# What nbval does not compare


@pytest.mark.parametrize(
    ("shown", "compared"),
    [
        (f'<img alt="loss 0.1" src="{PIXEL}">', '<img alt="loss 0.1" src="data:image/png;base64,PNG">'),
        ("0.123456789012", "0.123456"),
        ("0.1234", "0.1234"),
        ("largest difference 3.21e-11", "largest difference NOISE"),
        ("3.21e-05 and 1e-300", "3.21e-05 and 1e-300"),
    ],
)
def test_the_sanitizing_file_blurs_rounding_and_pixels_and_nothing_else(shown, compared):
    import re

    for pattern, instead in get_sanitize_patterns((FOLDER.parent / "tests/notebooks/sanitize.cfg").read_text()):
        shown = re.sub(pattern, instead, shown)
    assert shown == compared
