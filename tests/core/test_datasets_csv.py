"""Dataset.from_csv: what it reads, and the line and column it names where it cannot."""

import numpy as np
import pytest

from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, DataError, FileFormatError


@pytest.fixture
def table(tmp_path):
    def write(text, name="pets.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


PETS = "weight,height,animal\n4.1,25,cat\n20.5,60,dog\n3.8,23,cat\n"


def test_text_labels_become_sorted_class_numbers(table):
    data = Dataset.from_csv(table(PETS), target="animal")
    assert data.x.tolist() == [[4.1, 25], [20.5, 60], [3.8, 23]]
    assert data.targets.tolist() == [0, 1, 0]
    assert data.target_names == ("cat", "dog")
    assert data.feature_names == ("weight", "height")
    assert data.name == "pets"


@pytest.mark.parametrize("target", ["animal", 2, -1])
def test_target_by_name_or_by_number(table, target):
    assert Dataset.from_csv(str(table(PETS)), target).target_names == ("cat", "dog")


def test_the_target_may_stand_anywhere(table):
    data = Dataset.from_csv(table("a,y,b\n1,no,2\n3,yes,4\n"), "y")
    assert data.feature_names == ("a", "b")
    assert data.x.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),  # the mark that spreadsheets put first
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n  \n",
        lambda text: text.replace(",", " , "),
        lambda text: text.replace("cat", '"cat"'),
    ],
)
def test_line_ends_marks_blanks_and_quotes_do_not_matter(table, change):
    data = Dataset.from_csv(table(change(PETS)), "animal")
    assert data.x.tolist() == [[4.1, 25], [20.5, 60], [3.8, 23]]
    assert data.target_names == ("cat", "dog")
    assert data.feature_names == ("weight", "height")


def test_other_delimiters(table):
    data = Dataset.from_csv(table(PETS.replace(",", ";")), "animal", delimiter=";")
    assert data.x.shape == (3, 2)
    assert Dataset.from_csv(table(PETS.replace(",", "\t")), "animal", delimiter="\t").x.shape == (3, 2)


def test_a_decimal_comma_is_named_in_features_and_in_targets(table):
    text = "area;price\n1.5;2,3\n2.5;2,4\n3;2\n"
    with pytest.raises(DataError) as caught:
        Dataset.from_csv(table(text), "price", delimiter=";")
    assert str(caught.value) == (
        "'pets.csv', target column 'price' expected numbers with a decimal point, got '2,3'. "
        'Write 2.3, in a text editor or by the spreadsheet\'s setting, or pass decimal=","; '
        'if these are classes, say task="class".'
    )
    assert Dataset.from_csv(table(text), "price", delimiter=";", task="class").target_names == ("2", "2,3", "2,4")
    with pytest.raises(DataError, match=r"column 'area' expected a number, got '1,5'\. Write 1\.5 with a point\."):
        Dataset.from_csv(table(text.replace("1.5", "1,5")), "price", delimiter=";")


def test_labels_may_be_any_text(table):
    data = Dataset.from_csv(table('a,y\n1,"Zürich, CH"\n2,Łódź\n'), "y")
    assert data.target_names == ("Zürich, CH", "Łódź")


def test_whole_numbers_are_classes_in_numeric_order(table):
    data = Dataset.from_csv(table("a,y\n1,10\n2,9\n3,10\n4,-1\n"), "y")
    assert data.target_names == ("-1", "9", "10")
    assert data.targets.tolist() == [2, 1, 2, 0]
    assert data.targets.dtype == np.int64


def test_numbers_with_a_point_are_values(table):
    data = Dataset.from_csv(table("a,y\n1,10.5\n2,9\n"), "y")
    assert data.targets.tolist() == [[10.5], [9.0]]
    assert data.target_names is None


def test_task_decides_where_the_guess_would_be_wrong(table):
    path = table("a,y\n1,10\n2,9\n")
    assert Dataset.from_csv(path, "y", task="regression").targets.tolist() == [[10.0], [9.0]]
    path = table("a,y\n1,1.5\n2,2.5\n3,1.5\n")
    data = Dataset.from_csv(path, "y", task="class")
    assert data.target_names == ("1.5", "2.5")
    assert data.targets.tolist() == [0, 1, 0]


def test_the_reader_asks_where_it_cannot_know(table):
    many = "a,y\n" + "".join(f"{i},{i}\n" for i in range(21))
    with pytest.raises(DataError) as caught:
        Dataset.from_csv(table(many), "y")
    assert str(caught.value) == (
        "'pets.csv', target column 'y' expected clearly classes or clearly values, got 21 different whole numbers. "
        'Say which: task="class" for classes, task="regression" for values.'
    )
    assert len(Dataset.from_csv(table(many), "y", task="class").target_names) == 21
    prices = "area,price\n100,200000\n120,250000\n80,180000\n90,190000\n"
    with pytest.raises(DataError) as caught:
        Dataset.from_csv(table(prices), "price")
    assert str(caught.value) == (
        "'pets.csv', target column 'price' expected clearly classes or clearly values, got 4 different whole "
        'numbers in 4 lines. Say which: task="class" for classes, task="regression" for values.'
    )
    assert Dataset.from_csv(table(prices), "price", task="regression").targets[0, 0] == 200_000
    assert Dataset.from_csv(table("a,y\n1,0\n2,1\n3,2\n4,0\n"), "y").target_names == ("0", "1", "2")
    with pytest.raises(DataError, match="got numbers and 'unknown'"):
        Dataset.from_csv(table("a,y\n1,1.5\n2,unknown\n"), "y")
    with pytest.raises(DataError, match=r"'pets\.csv' line 3, column 'y' expected a number, got 'unknown'"):
        Dataset.from_csv(table("a,y\n1,1.5\n2,unknown\n"), "y", task="regression")
    mixed = Dataset.from_csv(table("a,y\n1,1\n2,2b\n"), "y")
    assert mixed.target_names == ("1", "2b")
    assert Dataset.from_csv(table("a,y\n1,1\n2,2b\n3,3c\n"), "y").target_names == ("1", "2b", "3c")


BAD = [
    (
        PETS.replace("20.5", "heavy"),
        DataError,
        "'pets.csv' line 3, column 'weight' expected a number, got 'heavy'. Correct the cell or delete its column.",
    ),
    (
        PETS.replace("20.5", ""),
        DataError,
        "'pets.csv' line 3, column 'weight' expected a number, got an empty cell. "
        "Fill the cell, or delete its line or its column.",
    ),
    (PETS.replace("20.5", "NaN"), DataError, "line 3, column 'weight' expected a number, got 'NaN' (missing)."),
    (PETS.replace("20.5", "?"), DataError, "line 3, column 'weight' expected a number, got '?' (missing)."),
    (PETS.replace("20.5", "-inf"), DataError, "line 3, column 'weight' expected a finite number, got '-inf'."),
    (PETS.replace("20.5", "1e999"), DataError, "line 3, column 'weight' expected a finite number, got '1e999'."),
    (PETS.replace("20.5", "20_5"), DataError, "line 3, column 'weight' expected a number, got '20_5'."),
    (PETS.replace("20.5", '"20,5"'), DataError, "got '20,5'. Write 20.5 with a point."),
    (PETS.replace("dog", ""), DataError, "'pets.csv' line 3, column 'animal' expected a target, got an empty cell."),
    (PETS.replace("dog", "nan"), DataError, "line 3, column 'animal' expected a target, got 'nan' (missing)."),
    (
        PETS.replace(",dog", ""),
        FileFormatError,
        "'pets.csv' line 3 expected 3 cells, as many as the header, got 2.",
    ),
    (PETS.replace("dog", "dog,5"), FileFormatError, "line 3 expected 3 cells, as many as the header, got 4."),
    ("", FileFormatError, "'pets.csv' expected a header line and lines of data, got an empty file."),
    ("\n \n", FileFormatError, "got an empty file."),
    (
        "weight,animal\n",
        DataError,
        "'pets.csv' expected at least one line of data below the header, got the header alone.",
    ),
    (
        PETS.replace("height", "weight"),
        FileFormatError,
        "'pets.csv' line 1 expected a different name for each column, got 'weight' for columns 1 and 2.",
    ),
    (PETS.replace("height", ""), FileFormatError, "line 1 expected a name for each column, got none for column 2."),
    (
        PETS.split("\n", 1)[1],
        FileFormatError,
        "'pets.csv' line 1 expected a header with column names, got the number 4.1. "
        "Add a first line with one name for each of the 3 columns. Or count the target: target=-1.",
    ),
    ("animal\ncat\n", FileFormatError, "One column is the target, at least one more a feature."),
    (PETS.replace("dog", '"dog'), FileFormatError, "expected cells separated by ','"),
    (b"PK\x03\x04\xff\xfe\x00", FileFormatError, "a workbook itself (.xlsx) cannot be read."),
]


@pytest.mark.parametrize(("text", "error", "expected"), BAD)
def test_bad_files_are_named_by_line_and_column(table, text, error, expected):
    with pytest.raises(error) as caught:
        Dataset.from_csv(table(text), "animal")
    assert expected in str(caught.value)


def test_lines_are_counted_as_an_editor_counts_them(table):
    text = 'weight,note,animal\n\n1,"2",cat\n\n2,"two\nlines",dog\n3,3,cat\n'
    with pytest.raises(DataError, match="line 5, column 'note'"):
        Dataset.from_csv(table(text), "animal")
    with pytest.raises(DataError, match="line 7, column 'weight'"):
        Dataset.from_csv(table('weight,animal\n1,cat\n2,"a\nb"\n3,"c\nd"\nx,cat\n'), "animal")


def test_an_unknown_target_lists_the_columns(table):
    path = table(PETS)
    with pytest.raises(ArgumentError) as caught:
        Dataset.from_csv(path, "species")
    assert str(caught.value) == (
        "target for 'pets.csv' expected one of the columns 'weight', 'height', 'animal', got 'species'."
    )
    for target in (3, -4, 1.0, True, None):
        with pytest.raises(ArgumentError) as caught:
            Dataset.from_csv(path, target)
        assert f"('weight', 'height', 'animal') or a number 0..2, got {target!r}." in str(caught.value)


@pytest.mark.parametrize("delimiter", ["", ",,", None, "\n", '"'])
def test_delimiter_is_checked(table, delimiter):
    with pytest.raises(ArgumentError, match="delimiter expected one character"):
        Dataset.from_csv(table(PETS), "animal", delimiter=delimiter)


def test_task_is_checked(table):
    with pytest.raises(ArgumentError, match='task expected "auto", "class" or "regression", got \'classes\''):
        Dataset.from_csv(table(PETS), "animal", task="classes")


def test_a_missing_file_and_a_folder_are_clear(tmp_path):
    with pytest.raises(DataError, match=r"from_csv expected a file at '.*none.csv', got none there. Paths start at"):
        Dataset.from_csv(tmp_path / "none.csv", "y")
    with pytest.raises(DataError, match="from_csv expected a readable file at"):
        Dataset.from_csv(tmp_path, "y")


def test_a_shipped_set_survives_the_way_through_a_file(tmp_path):
    from bplearn.datasets import iris

    data = iris()
    lines = [",".join([*data.feature_names, "species"])]
    lines += [
        ",".join([*map(str, row), data.target_names[k]]) for row, k in zip(data.x.tolist(), data.targets, strict=True)
    ]
    path = tmp_path / "iris.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    again = Dataset.from_csv(path, "species")
    assert np.array_equal(again.x, data.x)
    assert np.array_equal(again.targets, data.targets)
    assert again.feature_names == data.feature_names
