"""Rosters, zip files of learning management systems, remarks on submissions: all without nbgrader."""

import json
import zipfile

import nbformat
import pytest

import bplearn
from bplearn.course.inbox import sort_zip
from bplearn.course.remarks import remarks, strange
from bplearn.course.roster import read_roster
from bplearn.errors import DataError

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
ROSTER = [
    {"id": "alo", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "lms_user_id": "77"},
    {"id": "cga", "first_name": "Carl", "last_name": "Gauss", "email": "", "lms_user_id": ""},
    {
        "id": "s-123",
        "first_name": "Emmy",
        "last_name": "Noether",
        "email": "emmy.noether@example.org",
        "lms_user_id": "",
    },
]


def packed(path, *names, content=NOTEBOOK, when=(2026, 3, 6, 17, 0, 0)):
    with zipfile.ZipFile(path, "a") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return path


def sort(path, course, students=ROSTER):
    return sort_zip(path, course, "A2", "A2_backprop.ipynb", students)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace_4711_assignsubmission_file_/A2_backprop.ipynb",
        "Ada Lovelace_4711_assignsubmission_file_A2_backprop.ipynb",
        "A2 backprop/Ada Lovelace_4711_assignsubmission_file/my work (1).ipynb",
        "lovelaceada_1001_2002_A2_backprop-1.ipynb",
        "lovelaceada_LATE_1001_2002_A2_backprop.ipynb",
        "nickname_77_2002_A2_backprop.ipynb",
        "alo/A2_backprop.ipynb",
        "alo/A2/A2_backprop.ipynb",
        "submissions/alo/A2_backprop.ipynb",
        "alo_A2_backprop.ipynb",
        "alo.ipynb",
        "ada@example.org/A2_backprop.ipynb".replace("@example.org", ""),
    ],
)
def test_the_names_that_systems_give_lead_to_the_student(tmp_path, name):
    found = sort(packed(tmp_path / "all.zip", name), tmp_path)
    assert found.filed == {"alo": name}
    folder = tmp_path / "submitted" / "alo" / "A2"
    assert (folder / "A2_backprop.ipynb").read_text() == NOTEBOOK
    assert (folder / "timestamp.txt").read_text() == "2026-03-06 17:00:00 UTC\n"


def test_of_two_submissions_the_newer_counts(tmp_path):
    path = packed(tmp_path / "all.zip", "cga/new.ipynb", content=NOTEBOOK + " ", when=(2026, 3, 6, 18, 0, 0))
    found = sort(packed(path, "cga/old.ipynb"), tmp_path)
    assert found.filed == {"cga": "cga/new.ipynb"}
    assert (tmp_path / "submitted/cga/A2/A2_backprop.ipynb").read_text() == NOTEBOOK + " "


def test_strangers_and_broken_files_are_told_and_not_filed(tmp_path):
    path = packed(tmp_path / "all.zip", "who/A2.ipynb", "__MACOSX/alo/A2.ipynb", "alo/notes.txt", "../../evil/A2.ipynb")
    found = sort(packed(path, "s-123/A2.ipynb", content="no notebook"), tmp_path / "course")
    assert (found.filed, found.broken) == ({}, ["s-123/A2.ipynb"])
    assert sorted(found.unknown) == ["../../evil/A2.ipynb", "who/A2.ipynb"]
    assert not (tmp_path / "course").exists()


def test_without_a_roster_the_name_is_the_id_and_nothing_leaves_the_course(tmp_path):
    names = ("Ada Lovelace_4711_assignsubmission_file_/A2.ipynb", "../../evil/A2.ipynb", "../A2.ipynb")
    found = sort(packed(tmp_path / "all.zip", *names), tmp_path / "course", [])
    assert set(found.filed) == {"Ada-Lovelace", "evil"}
    assert found.unknown == ["../A2.ipynb"]
    assert sorted(path.name for path in (tmp_path / "course/submitted").iterdir()) == ["Ada-Lovelace", "evil"]


def test_what_is_no_zip_is_said(tmp_path):
    (tmp_path / "all.zip").write_text("no zip")
    with pytest.raises(DataError, match=r"--zip expected a zip file, got .* Download all submissions as one zip\."):
        sort(tmp_path / "all.zip", tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name,last_name\nalo,Ada,Lovelace\n",
        "\ufeffStudent ID;Surname;Firstname;Group\nalo;Lovelace;Ada;3\n;;;\n",
    ],
)
def test_a_roster_is_read_with_the_columns_that_it_has(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    assert read_roster(tmp_path / "roster.csv") == [{"id": "alo", "first_name": "Ada", "last_name": "Lovelace"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nAda\n", "The roster expected a column id, got name."),
        ("", "The roster expected a column id, got no rows."),
        ("id\na/b\n", r"Line 2 of the roster expected an id of letters, digits, _ \. @ -, got 'a/b'\."),
        ("id,email\n,x@y\n", "Line 2 of the roster expected an id"),
        ("id\nalo\nalo\n", "Line 3 of the roster expected an id of its own, got 'alo' once more."),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path, text, says):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import numpy as np\nnp.allclose = print", ["replaces np.allclose"]),
        ("import bplearn.course as c\nc.check = print", ["replaces c.check"]),
        ("import numpy\nsetattr(numpy, 'abs', abs)", ["calls setattr(numpy, 'abs', abs)"]),
        ("import sys\nsys.modules['bplearn.course'] = 3", ["replaces sys.modules['bplearn.course']"]),
        ("get_ipython().run_line_magic('x', '')", ["uses get_ipython"]),
        ("import ctypes", ["uses ctypes"]),
        ("z = x @ W\nself.W = 3\na[0] = 2\n%matplotlib inline", []),
        ("def broken(:", []),
    ],
)
def test_code_that_replaces_a_library_is_pointed_out(code, found):
    assert list(dict.fromkeys(strange(code))) == found


def test_the_version_that_a_submission_records_is_compared(tmp_path):
    def submission(version):
        output = nbformat.v4.new_output("execute_result", {"text/plain": f"'A2 with bplearn {version}, NumPy 2.1'"})
        cell = nbformat.v4.new_code_cell("record('A2')", outputs=[output])
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "A2.ipynb")
        return remarks(tmp_path)

    assert submission(bplearn.__version__) == []
    assert submission("0.0.7") == [f"made with bplearn 0.0.7, graded with {bplearn.__version__}"]
    (tmp_path / "A2.ipynb").write_text(NOTEBOOK)
    assert remarks(tmp_path) == ["records no version of bplearn"]
    (tmp_path / "A2.ipynb").write_text("{")
    assert remarks(tmp_path) == ["A2.ipynb is no notebook"]
