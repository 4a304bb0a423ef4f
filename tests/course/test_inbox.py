"""Rosters, zip files of learning management systems, remarks on submissions: all without nbgrader."""

import json
import zipfile

import nbformat
import pytest

import bplearn
from bplearn.course.grading.lms_zip import sort_zip
from bplearn.course.grading.roster import read_roster
from bplearn.course.grading.submission_lint import remarks, suspicious
from bplearn.course.grading.when import in_utc
from bplearn.errors import ArgumentError, DataError

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
    assert found.left_out == {"cga/old.ipynb": "older than cga/new.ipynb"}
    assert (tmp_path / "submitted/cga/A2/A2_backprop.ipynb").read_text() == NOTEBOOK + " "


def test_whatever_is_not_filed_is_told_with_the_reason(tmp_path):
    names = ("who/A2.ipynb", "__MACOSX/alo/A2.ipynb", "alo/notes.txt", "../../evil/A2.ipynb")
    path = packed(tmp_path / "all.zip", *names, "alo/.ipynb_checkpoints/A2-checkpoint.ipynb")
    found = sort(packed(path, "s-123/A2.ipynb", content="no notebook"), tmp_path / "course")
    assert found.filed == {}
    assert found.left_out == {
        "who/A2.ipynb": "not in the roster",
        "alo/notes.txt": "no notebook",
        "../../evil/A2.ipynb": "not in the roster",
        "alo/.ipynb_checkpoints/A2-checkpoint.ipynb": "an editor's checkpoint",
        "s-123/A2.ipynb": "no notebook inside",
    }
    assert not (tmp_path / "course").exists()


def test_without_a_roster_the_name_is_the_id_and_nothing_leaves_the_course(tmp_path):
    names = ("Ada Lovelace_4711_assignsubmission_file_/A2.ipynb", "../../evil/A2.ipynb", "../A2.ipynb")
    found = sort(packed(tmp_path / "all.zip", *names), tmp_path / "course", [])
    assert set(found.filed) == {"Ada-Lovelace", "evil"}
    assert list(found.left_out) == ["../A2.ipynb"]
    assert sorted(path.name for path in (tmp_path / "course/submitted").iterdir()) == ["Ada-Lovelace", "evil"]


@pytest.mark.parametrize("roster", [1, 2])
def test_two_students_of_one_name_are_told_and_neither_is_filed(tmp_path, roster):
    students = [{"id": f"wl{k}", "first_name": "Wei", "last_name": "Li"} for k in range(roster)]
    names = [f"Wei Li_{number}_assignsubmission_file_/A2.ipynb" for number in (17, 18)]
    found = sort(packed(tmp_path / "all.zip", *names), tmp_path, students)
    assert found.filed == {}
    assert set(found.left_out) == set(names)
    assert all("lms_user_id" in why for why in found.left_out.values())
    numbered = [{"id": f"wl{k}", "first_name": "Wei", "last_name": "Li", "lms_user_id": str(17 + k)} for k in (0, 1)]
    assert sort(tmp_path / "all.zip", tmp_path, numbered).filed == {"wl0": names[0], "wl1": names[1]}


def test_a_name_is_the_same_name_however_a_system_writes_it(tmp_path):
    import unicodedata

    students = [{"id": "guel", "first_name": "Gül", "last_name": "Öztürk"}]
    name = unicodedata.normalize("NFD", "Gül Öztürk_4711_assignsubmission_file_/A2.ipynb")
    assert set(sort(packed(tmp_path / "all.zip", name), tmp_path, students).filed) == {"guel"}


@pytest.mark.parametrize(
    "name",
    [
        "alo/A2.ipynb.txt",
        "alo/A2.IPYNB",
        "alo/A2_backprop.json",
        "a2-alo/A2.ipynb",
        "Group 7-Ada Lovelace_1_assignsubmission_file_/x.ipynb",
        "Participant 77_12_assignsubmission_file_/A2.ipynb",
    ],
)
def test_other_forms_of_the_work_are_filed_as_well(tmp_path, name):
    found = sort(packed(tmp_path / "all.zip", name), tmp_path)
    assert found.filed == {"alo": name}


@pytest.mark.parametrize(
    "name", ["Ada Lovelace_4711_assignsubmission_file_/A2.zip", "lovelaceada_1001_2002_work.zip", "alo/A2.zip"]
)
def test_a_zip_inside_the_zip_is_opened(tmp_path, name):
    inner = packed(tmp_path / "inner.zip", "some folder/A2_backprop.ipynb")
    found = sort(packed(tmp_path / "all.zip", name, content=inner.read_bytes()), tmp_path)
    assert found.filed == {"alo": f"{name}/some folder/A2_backprop.ipynb"}


def test_a_folder_of_github_classroom_is_sorted_like_a_zip(tmp_path):
    for name in ("a2-alo/A2_backprop.ipynb", "a2-alo/.git/x.ipynb", "a2-cga/A2.ipynb", "a2-who/A2.ipynb"):
        (tmp_path / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "clone" / name).write_text(NOTEBOOK)
    (tmp_path / "clone" / "a2-cga" / "link.ipynb").symlink_to(tmp_path / "clone" / "a2-alo" / "A2_backprop.ipynb")
    found = sort(tmp_path / "clone", tmp_path)
    assert found.filed == {"alo": "a2-alo/A2_backprop.ipynb", "cga": "a2-cga/A2.ipynb"}
    assert found.left_out == {
        "a2-cga/link.ipynb": "a link, or larger than 50 MB", "a2-who/A2.ipynb": "not in the roster"
    }  # fmt: skip
    assert not (tmp_path / "submitted" / "alo" / "A2" / "timestamp.txt").exists()


def test_the_stamp_of_the_release_is_read(tmp_path):
    other = json.dumps({**json.loads(NOTEBOOK), "metadata": {"bplearn": {"assignment": "A1"}}})
    path = packed(tmp_path / "all.zip", "alo/A2_backprop.ipynb")
    found = sort(packed(path, "alo/A1.ipynb", content=other, when=(2026, 3, 7, 1, 0, 0)), tmp_path)
    assert found.filed == {"alo": "alo/A2_backprop.ipynb"}
    assert found.left_out == {"alo/A1.ipynb": "it is A1, not A2"}


def test_the_clock_of_a_learning_system_shows_its_own_zone(tmp_path):
    sort_zip(packed(tmp_path / "all.zip", "alo.ipynb"), tmp_path, "A2", "A2.ipynb", ROSTER, "Europe/Berlin")
    assert (tmp_path / "submitted/alo/A2/timestamp.txt").read_text() == "2026-03-06 16:00:00 UTC\n"
    with pytest.raises(ArgumentError, match="--zone expected a time zone such as Europe/Berlin, got 'Mars'"):
        in_utc("2026-03-06 18:00", "Mars")
    assert in_utc("2026-03-06 18:00+01:00", "Asia/Tokyo") == "2026-03-06T17:00:00"


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


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-8"])
def test_a_roster_is_read_as_spreadsheets_save_it(tmp_path, encoding):
    (tmp_path / "roster.csv").write_text("id;first_name\ngül;Gül\n", encoding=encoding)
    assert read_roster(tmp_path / "roster.csv") == [{"id": "gül", "first_name": "Gül"}]


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
        (
            "import sys\nsys.modules['bplearn.course'] = 3",
            ["replaces sys.modules['bplearn.course']", "uses sys.modules", "names the path bplearn.course"],
        ),
        ("x = !true\nimport ctypes", ["uses ctypes", "uses get_ipython"]),
        ("!cat /etc/passwd\n%timeit 1", ["runs the command !cat /etc/passwd"]),
        ("import os\ngetattr(os, 'fork')()", ["uses fork"]),
        ("import concurrent.futures", ["uses concurrent.futures"]),
        ("__name__ = 3", ["replaces __name__"]),
        ("get_ipython().run_line_magic('x', '')", ["uses get_ipython"]),
        ("import ctypes", ["uses ctypes"]),
        ("from bplearn.course.tasks.a3 import numerical_gradients", ["imports bplearn.course.tasks.a3"]),
        ("from threading import Thread", ["uses Thread"]),
        ("open('../../gradebook.db')", ["names the path ../../gradebook.db"]),
        ("z = x @ W\nself.W = 3\na[0] = 2\n%matplotlib inline", []),
        ("def broken(:", []),
    ],
)
def test_code_that_replaces_a_library_is_pointed_out(code, found):
    assert list(dict.fromkeys(suspicious(code))) == found


def test_the_version_that_a_submission_records_is_compared(tmp_path):
    def submission(version):
        output = nbformat.v4.new_output("execute_result", {"text/plain": f"'A2 with bplearn {version}, NumPy 2.1'"})
        cell = nbformat.v4.new_code_cell("record('A2')", outputs=[output])
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "A2.ipynb")
        return remarks(tmp_path)

    assert submission(bplearn.__version__) == []
    assert submission("0.0.7") == [f"made with bplearn 0.0.7, graded with {bplearn.__version__}"]
    (tmp_path / "A2.ipynb").write_text(NOTEBOOK)
    assert remarks(tmp_path) == []  # outputs were cleared: nothing is known
    (tmp_path / "A2.ipynb").write_text("{")
    assert remarks(tmp_path) == ["A2.ipynb is no notebook"]
