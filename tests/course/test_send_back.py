"""Grades go back in the learning system's own table: each score at its person, everybody else told."""

import csv
import zipfile

import pytest

from bplearn.course.grading.send_back import fill_in
from bplearn.errors import DataError

STUDENTS = [
    {"id": "alo", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"},
    {"id": "wei1", "first_name": "Wei", "last_name": "Li", "lms_user_id": "11"},
    {"id": "wei2", "first_name": "Wei", "last_name": "Li", "lms_user_id": "12"},
    {"id": "cga", "first_name": "Carl", "last_name": "Gauß"},
]
GRADES = [
    {"assignment": "A2", "student_id": who, "score": score, "max_score": "25"}
    for who, score in (("alo", "20"), ("wei1", "5.5"), ("wei2", "10"), ("cga", ""))
] + [{"assignment": "A1", "student_id": "alo", "score": "1", "max_score": "25"}]
MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 4711,Ada Lovelace,ada@example.org,Submitted,,100,"kept, as it is"
Participant 12,Wei Li,wei@example.org,Submitted,,100,
Participant 77,Carl Gauß,c@example.org,Submitted,3,100,
Participant 78,No Body,n@example.org,,,100,
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,A2 (2002),A22 (2003)
    Points Possible,,,,,25,10
"Lovelace, Ada",1001,,alo,S1,,7
"Li, Wei",11,,,S1,,
"Li, Wei",99,,,S1,,
"""


def filled(folder, text, encoding="utf-8"):
    (folder / "table.csv").write_bytes(text.encode(encoding))
    told = fill_in(folder / "table.csv", folder / "grades.csv", "A2", GRADES, STUDENTS)
    with (folder / "table-graded.csv").open(encoding="utf-8-sig", newline="") as file:
        return told, list(csv.DictReader(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_moodles_worksheet_gets_each_score_at_its_person(tmp_path, encoding):
    told, rows = filled(tmp_path, MOODLE, encoding)
    assert [row["Grade"] for row in rows] == ["80", "40", "3", ""]
    assert rows[0]["Feedback comments"] == "kept, as it is"
    assert told[1:] == [
        "  no score for Carl Gauß (not graded)",
        "  no score for No Body (not in the roster)",
        "  not in the worksheet: wei1",
    ]


def test_canvass_gradebook_gets_one_column_and_two_of_one_name_are_not_guessed_between(tmp_path):
    told, rows = filled(tmp_path, CANVAS)
    assert [row["A2 (2002)"] for row in rows] == ["25", "20", "5.5", ""]
    assert [row["A22 (2003)"] for row in rows] == ["10", "7", "", ""]
    assert told[1:] == ["  no score for Li, Wei (not in the roster)", "  not in the worksheet: wei2"]


def test_feedback_goes_back_under_the_names_that_moodle_gave(tmp_path):
    page = tmp_path / "feedback" / "alo" / "A2" / "A2_backprop.html"
    page.parent.mkdir(parents=True)
    page.write_text("well done")
    filled(tmp_path, MOODLE)
    with zipfile.ZipFile(tmp_path / "A2-feedback.zip") as archive:
        assert archive.namelist() == ["Ada Lovelace_4711_assignsubmission_file_A2_backprop.html"]


def test_another_table_is_refused(tmp_path):
    with pytest.raises(DataError, match="Moodle's grading worksheet or Canvas's gradebook with A2"):
        filled(tmp_path, "name,mark\nAda,1\n")
