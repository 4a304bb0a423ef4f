"""One odd submission: what is put right and told, what cannot be graded and why."""

import json

import nbformat
import pytest

from bplearn.course.grading.intake import take_in
from bplearn.errors import DataError

NAME = "A2_backprop.ipynb"


def cell(source, grade_id=None):
    marks = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    return nbformat.v4.new_code_cell(source, metadata=marks)


def notebook(*cells, **metadata):
    return nbformat.writes(nbformat.v4.new_notebook(cells=list(cells), metadata=metadata))


def taken(folder, content, name=NAME, known=()):
    (folder / "in").mkdir(exist_ok=True)
    (folder / "source.ipynb").write_text(notebook(*(cell("", one) for one in known)))
    (folder / "in" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_in(folder / "in", NAME, "A2", folder / "out", folder / "source.ipynb")


def cells(folder):
    return json.loads((folder / "out" / NAME).read_text())["cells"]


@pytest.mark.parametrize(
    "name", ["A2_backprop (1).ipynb", "A2_Lovelace.ipynb", "A2_backprop.IPYNB", "A2_backprop.ipynb.txt", "A2.json"]
)
def test_the_one_notebook_is_taken_whatever_its_name(tmp_path, name):
    assert taken(tmp_path, notebook(cell("1")), name) == [f"was named {name}"]
    assert cells(tmp_path)[0]["source"] == "1"


def test_a_checkpoint_is_not_taken_and_a_second_notebook_is_told(tmp_path):
    (tmp_path / "in" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "in" / ".ipynb_checkpoints" / NAME).write_text(notebook(cell("old")))
    assert taken(tmp_path, notebook(cell("new"))) == []
    assert cells(tmp_path)[0]["source"] == "new"
    (tmp_path / "in" / "test.ipynb").write_text(notebook())
    assert taken(tmp_path, notebook(cell("new"))) == [f"left out, beside {NAME}: test.ipynb"]


def test_a_copied_cell_keeps_no_mark_and_the_first_one_does(tmp_path):
    content = notebook(cell("f = 1", "a2-circuit"), cell("f = 2", "a2-circuit"), cell("3"))
    told = taken(tmp_path, content, known=["a2-circuit"])
    assert told == ["cell 2 is a copy of a2-circuit"]
    assert ["nbgrader" in one["metadata"] for one in cells(tmp_path)] == [True, False, False]


def test_marks_that_a_student_has_changed_or_lost_are_those_of_the_source(tmp_path):
    changed = cell("f = 1", "a2-circuit")
    changed.metadata.nbgrader = {"grade_id": "a2-circuit", "points": 100, "schema_version": 99}
    turned = nbformat.v4.new_markdown_cell("f = 2", metadata={"nbgrader": {"grade_id": "a2-turned"}})
    content = json.loads(notebook(changed, turned))
    content["cells"].append({"cell_type": "code", "metadata": None, "source": "3", "outputs": []})
    told = taken(tmp_path, json.dumps(content), known=["a2-circuit", "a2-lost", "a2-turned", "a2-last"])
    assert told == ["cells are missing: a2-lost, a2-last"]
    assert [(one["source"], one["cell_type"]) for one in cells(tmp_path)] == [
        (source, "code") for source in ("f = 1", "f = 2", "3", "", "")
    ]
    marks = [one["metadata"].get("nbgrader", {}) for one in cells(tmp_path)]
    assert [one.get("grade_id") for one in marks] == ["a2-circuit", "a2-turned", None, "a2-lost", "a2-last"]
    assert not any("points" in one or "schema_version" in one for one in marks)
    nbformat.validate(nbformat.read(tmp_path / "out" / NAME, as_version=4))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"<html></html>", "is no notebook but a web page"),
        (b"{", "is no notebook but no JSON"),
        (b"[]", "it has no list of cells"),
        (b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":null}', "it has no list of cells"),
        (b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[3]}', "is no whole notebook"),
        (b"\xff\x00\xfe", "is not text"),
        (b"{\n<<<<<<< HEAD\n", "holds the marks of a merge"),
        (notebook(bplearn={"assignment": "A1"}), "is assignment A1, handed in as A2"),
    ],
)
def test_what_cannot_be_graded_says_why(tmp_path, content, says):
    with pytest.raises(DataError, match=says):
        taken(tmp_path, content)


def test_utf_16_and_older_formats_are_read(tmp_path):
    assert taken(tmp_path, notebook(cell("ä = 1")).encode("utf-16")) == [f"{NAME} was not saved as UTF-8"]
    assert cells(tmp_path)[0]["source"] == "ä = 1"
    third = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "code", "input": "x = 1", "language": "python", "metadata": {}, "outputs": []}]}]}  # fmt: skip
    assert taken(tmp_path, json.dumps(third)) == [f"{NAME} is in nbformat 3, not 4"]
    assert cells(tmp_path)[0]["source"] == "x = 1"


def test_two_notebooks_of_other_names_are_not_guessed_between(tmp_path):
    taken(tmp_path, notebook(), "one.ipynb")
    with pytest.raises(DataError, match="2 notebooks"):
        taken(tmp_path, notebook(), "two.ipynb")


def test_what_lies_beside_comes_along(tmp_path):
    (tmp_path / "in" / "data").mkdir(parents=True)
    (tmp_path / "in" / "data" / "x.csv").write_text("1")
    taken(tmp_path, notebook())
    assert (tmp_path / "out" / "data" / "x.csv").read_text() == "1"
