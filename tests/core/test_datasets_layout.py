"""Dataset.from_csv: what separates cells, and whether the first line holds names. Each advised line is run."""

import re

import numpy as np
import pytest

from bplearn.datasets import Dataset
from bplearn.errors import FileFormatError

# delimiters

WINE = '"fixed acidity";"volatile acidity";"quality"\n7.4;0.7;5\n7.8;0.88;5\n11.2;0.28;6\n7.9;0.6;6\n'


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
@pytest.mark.parametrize("quoted", [True, False])
def test_the_delimiter_is_found_with_quoted_names_or_without(read, mark, quoted):
    text = WINE.replace(";", mark)
    data = read(text if quoted else text.replace('"', ""), "quality")
    assert data.feature_names == ("fixed acidity", "volatile acidity")
    assert data.x.tolist() == [[7.4, 0.7], [7.8, 0.88], [11.2, 0.28], [7.9, 0.6]]
    assert data.target_names == ("5", "6")


@pytest.mark.parametrize("mark", [";", "\t"])
@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("wrong", [",", "|"])
def test_a_wrong_delimiter_is_answered_with_the_right_one(read, refused, mark, quoted, wrong, advised):
    text = WINE.replace(";", mark)
    text = text if quoted else text.replace('"', "")
    message = refused(text, "quality", FileFormatError, delimiter=wrong)
    assert message.endswith(f"Pass delimiter={mark!r}.")
    assert read(text, "quality", **advised(message)[0]).x.shape == (4, 2)


def test_a_comma_inside_a_cell_is_no_delimiter(read):
    assert read("a;b;y\n1,5;2,5;0\n3,5;4;1\n", decimal=",").x.tolist() == [[1.5, 2.5], [3.5, 4]]
    assert read("place;b;y\nParis, FR;2.5;0\nRome, IT;4;1\n", columns=["b"]).x.tolist() == [[2.5], [4]]
    assert read('a,y\n1,"x;z"\n2,"u;v"\n').target_names == ("u;v", "x;z")


def test_blanks_may_separate_as_in_old_files_and_those_of_numpy(read, tmp_path):
    text = (
        '18.0   8   307.0  "chevy malibu"\n 15.0 8\t350.0 "buick"\n36.1    4   98.    "chevy malibu"\n9 4 1. "buick"\n'
    )
    data = read(text, 0, columns=[1, 2])
    assert data.x.tolist() == [[8, 307], [8, 350], [4, 98], [4, 1]]
    assert data.targets[:, 0].tolist() == [18, 15, 36.1, 9]
    np.savetxt(tmp_path / "saved.txt", [[1.5, 2, 0], [2.5, 3, 1]], header="a b y")
    saved = Dataset.from_csv(tmp_path / "saved.txt", "y")
    assert (saved.feature_names, saved.x.tolist()) == (("a", "b"), [[1.5, 2], [2.5, 3]])


def test_a_spreadsheets_own_first_line_is_no_data(read, refused):
    assert read("sep=;\na;y\n1;0\n2;1\n", "y").x.tolist() == [[1], [2]]
    assert "line 4, column 'a'" in refused("sep=;\na;y\n1;0\nred;1\n", "y")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_other_programs_encodings(read, encoding):
    data = read("größe\ty\n1.5\tja\n2.5\tnein\n", "y", encoding=encoding)
    assert data.feature_names == ("größe",)


# names, or none

HABERMAN = "34,59,0,2\n30,62,3,1\n30,65,0,1\n31,59,2,2\n"


@pytest.mark.parametrize(
    ("text", "rows", "target"),
    [
        (HABERMAN, 4, -1),
        ("1,2,3\n4,5,6\n7,8,3\n", 3, 2),
        ("2019,2020,1\n2021,2022,0\n", 2, -1),
        ("-1;5;0\n1;6;1\n", 2, -1),
        ("1e3\t5\t0\n1\t6\t1\n", 2, -1),
        ("5.1,3.5,setosa\n4.9,3.0,virginica\n7.0,3.2,setosa\n6,2,virginica\n", 4, -1),
        ("no,1,2\nyes,3,4\nno,5,6\n", 3, 0),
        ("?,1,2\n3,3,4\n6,5,4\n", 3, -1),
    ],
)
def test_a_first_line_of_data_is_a_sample(read, text, rows, target):
    data = read(text, target, missing=0)
    assert len(data) == rows
    assert all(re.fullmatch(r"x\d", name) for name in data.feature_names)
    told = read(text, target, missing=0, header=False)
    assert np.array_equal(told.x, data.x)
    assert np.array_equal(read(text, target, missing=0, header=None).x, data.x)


def test_columns_without_names_are_counted_as_the_target_is(read, refused):
    data = read(HABERMAN, 1, columns=[0, 2])
    assert data.feature_names == ("x0", "x2")
    assert "line 2, column 'x2' expected a number, got 'red'" in refused("1,2,3\n4,5,red\n7,8,9\n", 0)
    assert "line 2 expected 3 cells, as many as the first line, got 2." in refused("1,2,3\n4,5\n", 0, FileFormatError)


def test_numbers_are_names_where_that_was_said(read):
    assert read("2019,2020,7\n1.5,2.5,0\n3,4,1\n", header=True).feature_names == ("2019", "2020")
    assert read("2019,2020,7\n1.5,2.5,0\n3,4,1\n", "7").feature_names == ("2019", "2020")
    assert read("label,0,1\n5,0.5,255\n4,0,1\n5,1,3\n", 0).feature_names == ("0", "1")


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2,3\n1.5,2.5,1,0\n2.5,3.5,1,1\n",  # a data frame whose columns had no names
        "0,1,2,label\n1.5,2.5,3.5,cat\n2.5,1.5,0.5,dog\n",
        "aardvark,1,0\nbear,0,1\ncat,1,1\n",
        "34,59,survived\n30,62,died\n",
        "401.5,402.0,kind\n0.5,0.25,a\n0.75,0.5,b\n",
    ],
)
def test_it_asks_where_names_and_numbers_cannot_be_told_apart_and_both_answers_help(read, refused, text, advised):
    message = refused(text)
    assert "line 1 expected clearly names or clearly a sample, got " in message
    answers = advised(message)
    assert answers == [{"header": True}, {"header": False}]
    without, names = (read(text, columns=[1], task="class", **options) for options in reversed(answers))
    assert len(without) == len(names) + 1


def test_a_name_where_there_are_none_is_answered_with_a_line_that_works(read, refused, advised):
    message = refused(HABERMAN, "status", FileFormatError)
    assert message == (
        "'table.csv' line 1 expected a header with column names, got the number 34. "
        "Add a first line with one name for each of the 4 columns. Or count the target: target=-1."
    )
    assert len(read(HABERMAN, **advised(message)[0])) == 4


def test_the_unnamed_row_numbers_of_a_data_frame_are_left_out_by_choosing(read, refused):
    text = ",a,y\n0,1.5,0\n1,2.5,1\n"
    message = refused(text, "y", FileFormatError)
    assert message.endswith("If it counts the rows, leave it out: choose the others with columns=[...].")
    assert read(text, "y", columns=["a"]).x.tolist() == [[1.5], [2.5]]
