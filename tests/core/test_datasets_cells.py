"""Dataset.from_csv: missing cells, words, and numbers in other forms. Each advised line is run."""

import numpy as np
import pytest

from bplearn.errors import ArgumentError

# missing cells

WORDS = ["", "?", "NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "none", "<NA>", "#N/A"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("quoted", [False, True])
def test_a_missing_target_is_no_class(read, refused, word, quoted, advised):
    cell = f'"{word}"' if quoted else word
    text = f"a,b,sex\n1,2,MALE\n3,4,{cell}\n5,6,FEMALE\n7,8,{cell}\n9,9,MALE\n"
    message = refused(text, "sex")
    got = f"{word!r} (missing)" if word else "an empty cell"
    assert message.startswith(f"'table.csv' line 3, column 'sex' expected a target, got {got}.")
    data = read(text, "sex", **advised(message)[0])
    assert (data.target_names, data.x[:, 0].tolist()) == (("FEMALE", "MALE"), [1, 5, 9])
    for fill in ("mean", 0):  # a target is never made up
        assert refused(text, "sex", missing=fill) == message
    assert refused(text, "sex", task="class") == message


@pytest.mark.parametrize("word", ["?", "NA", "null", ""])
def test_a_missing_value_to_predict_is_no_number(read, refused, word):
    text = f"a,price\n1,1.5\n2,{word}\n3,2.5\n"
    assert "line 3, column 'price' expected a target" in refused(text, "price")
    assert read(text, "price", missing="drop").targets.tolist() == [[1.5], [2.5]]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("quote", ["", '"'])
def test_missing_features_are_refused_left_out_or_filled(read, refused, word, quote, advised):
    text = f"a,b,y\n{quote}{word}{quote},10,0\n1,{word},1\n3,20,0\n5,30,1\n"
    message = refused(text, "y")
    assert "line 2, column 'a' expected a number, got " in message
    assert "missing" in str(advised(message))
    assert read(text, "y", missing="drop").x.tolist() == [[3, 20], [5, 30]]
    assert read(text, "y", missing="mean").x.tolist() == [[3, 10], [1, 20], [3, 20], [5, 30]]
    assert read(text, "y", missing=-1).x.tolist() == [[-1, 10], [1, -1], [3, 20], [5, 30]]


def test_where_nothing_is_left_or_known_it_says_so(refused):
    text = "a,b,y\n1,,0\n2,,1\n,3,0\n"
    assert refused(text, "y", missing="drop").endswith("Choose others with columns=[...]: 'b' lacks 2 of 3.")
    message = refused("a,b,y\n1,,0\n2,?,1\n", "y", missing="mean")
    assert message == (
        "'table.csv', column 'b' expected at least one value, to take the mean, got none. "
        "Leave it out with columns=[...], or pass a number, as missing=0."
    )


def test_a_column_that_is_not_used_may_have_gaps(read):
    assert read("a,b,y\n1,,0\n2,red,1\n", "y", columns=["a"]).x.tolist() == [[1], [2]]


# columns, and words


def test_columns_are_chosen_by_name_or_number_in_the_order_given(read):
    text = "a,b,c,y\n1,2,3,0\n4,5,6,1\n"
    data = read(text, "y", columns=["c", "a"])
    assert (data.feature_names, data.x.tolist()) == (("c", "a"), [[3, 1], [6, 4]])
    assert read(text, "b", columns=[-1, 0]).feature_names == ("y", "a")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"columns": "a"}, "columns expected a list of columns, got 'a'. Write columns=['a']."),
        ({"columns": ["z"]}, "columns for 'table.csv' expected one of the columns 'a', 'b', 'y', got 'z'."),
        ({"columns": ["a", 0]}, "columns expected different columns, at least one, got ['a', 0]."),
        ({"columns": []}, "columns expected different columns, at least one, got []."),
        ({"columns": ["a", "y"]}, "columns expected features alone, got the target 'y' among them. Leave it out."),
        ({"one_hot": ["y"]}, "one_hot expected columns that are features, got 'y', the target."),
        ({"one_hot": ["b"], "columns": ["a"]}, "got 'b', which is not chosen."),
        ({"missing": "median"}, 'missing expected "drop", "mean" or a number, got \'median\'.'),
        ({"missing": float("nan")}, 'missing expected "drop", "mean" or a number, got nan.'),
        ({"missing": True}, 'missing expected "drop", "mean" or a number, got True.'),
        ({"header": 0}, "header expected True for a first line of names, False for none, got 0."),
        ({"decimal": ";"}, 'decimal expected "." or ",", got \';\'.'),
        ({"thousands": "."}, "that is not the decimal sign '.', or None, got '.'."),
    ],
)
def test_options_are_checked(refused, options, part):
    assert part in refused("a,b,y\n1,2,0\n3,4,1\n", "y", ArgumentError, **options)


COLORS = "size,color,y\n1,red,0\n2,blue,1\n3,red,1\n"


def test_words_are_refused_with_two_lines_that_help(read, refused, advised):
    message = refused(COLORS, "y")
    assert message.startswith("'table.csv' line 2, column 'color' expected a number, got 'red'. For columns of 0 and 1")
    hot, chosen = advised(message)
    data = read(COLORS, "y", **hot)
    assert data.feature_names == ("size", "color=blue", "color=red")
    assert data.x.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0, 1]]
    assert read(COLORS, "y", **chosen).x.tolist() == [[1], [2], [3]]
    assert np.array_equal(read(COLORS, "y", one_hot=True).x, data.x)


def test_codes_become_columns_where_they_are_listed_and_numbers_stay_numbers(read):
    text = "pclass,age,y\n3,20,0\n1,30,1\n10,40,1\n"
    assert read(text, "y", one_hot=["pclass"]).feature_names == ("pclass=1", "pclass=3", "pclass=10", "age")
    assert read(text, "y", one_hot=True).feature_names == ("pclass", "age")
    assert read("a,b,y\nTrue,FALSE,0\nFalse,true,1\n", "y", one_hot=True).x.tolist() == [[1, 0], [0, 1]]


def test_a_missing_word_is_treated_as_a_missing_number(read, refused):
    text = "size,color,y\n1,red,0\n2,NA,1\n3,blue,1\n"
    assert "line 3, column 'color' expected a number, got 'NA' (missing)" in refused(text, "y", one_hot=True)
    assert read(text, "y", one_hot=True, missing="drop").x.tolist() == [[1, 0, 1], [3, 1, 0]]
    assert read(text, "y", one_hot=True, missing="mean").x.tolist() == [[1, 0, 1], [2, 0.5, 0.5], [3, 1, 0]]
    assert read(text, "y", one_hot=True, missing=0).x.tolist() == [[1, 0, 1], [2, 0, 0], [3, 1, 0]]


def test_a_name_for_each_row_is_not_taken_for_a_kind_unless_it_is_listed(read, refused, advised):
    text = "name,a,y\n" + "".join(f"n{i},{i},{i % 2}\n" for i in range(90))
    message = refused(text, "y", one_hot=True)
    assert "column 'name' expected a few different words, got 90 in 90 lines." in message
    assert read(text, "y", **advised(message)[-1]).x.shape == (90, 91)


def test_one_word_among_numbers_is_a_slip_and_no_kind(refused):
    text = "a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(9)) + "x9,1\n"
    assert "line 11, column 'a' expected a number, got 'x9'. Correct the cell" in refused(text, "y", one_hot=True)
    late = "a,y\n" + "red,0\n" * 300 + "7,1\n"
    assert "column 'a' expected words alone or numbers alone, got '7' and 'red'" in refused(late, "y", one_hot=True)


# numbers in other forms


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("1,200", {1.2, 1200}),
        ("12,345", {12.345, 12345}),
        ("1,234,567", {1234567}),
        ("1,234.5", {1234.5}),
        ("-1,200", {-1.2, -1200}),
        ("1.234,5", {1234.5}),
        ("1.234.567", {1234567}),
        ("1 200", {1200}),
        ("1 234,5", {1234.5}),
        ("1'200", {1200}),
        ("2,5", {2.5}),
        ("0,125", {0.125}),
        ("12,34", {12.34}),
        ("12,34,567", {1234567}),
    ],
)
@pytest.mark.parametrize("where", ["feature", "value to predict"])
def test_a_number_in_another_form_is_never_read_wrong_by_the_advice(read, refused, cell, values, where, advised):
    text = f'a;y\n"{cell}";0.5\n3;1.5\n' if where == "feature" else f'a;y\n0.5;"{cell}"\n1.5;3\n'
    message = refused(text, "y", task="regression")
    assert f"got {cell!r}" in message
    found = set()
    for options in advised(message):
        if where == "feature":
            text = text.replace("0.5", "5").replace("1.5", "6")
        else:
            text = text.replace("0.5", "5").replace("1.5", "6")
        data = read(text, "y", task="regression", **options)
        found.add(float((data.x if where == "feature" else data.targets)[0, 0]))
    assert found == values
    asked = refused(text, "y") if where == "value to predict" else message
    assert all(f"{value:.15g}" in asked for value in values)
    if len(values) > 1:
        assert "Write" not in message


@pytest.mark.parametrize("cell", ["$5", "5%", "1,2,3", "1,20", "5 kg", "0x1A", "1_000"])
def test_what_is_no_number_in_the_form_that_was_said_is_refused(refused, cell):
    assert f"got {cell!r}" in refused(f'a;y\n"{cell}";0\n3;1\n', "y", thousands=",")


def test_a_typographers_minus_is_a_minus(read):
    data = read("a,y\n\u22125,\u22121\n2.5,1\n", "y")
    assert (data.x.tolist(), data.target_names) == ([[-5], [2.5]], ("-1", "1"))
    assert read("a;y\n\u22121,5;0\n2;1\n", "y", decimal=",").x.tolist() == [[-1.5], [2]]


def test_thousands_in_targets_are_asked_for_or_read(read, refused):
    text = 'area,price\n80,"250,000"\n90,"260,000"\n70,"1,000,000"\n'
    message = refused(text, "price")
    assert "expected numbers as Python writes them, got '250,000'. For 250000 pass thousands=\",\"" in message
    data = read(text, "price", task="regression", thousands=",")
    assert data.targets.tolist() == [[250_000], [260_000], [1_000_000]]
    assert read('a,y\n1,"1,000"\n2,"2,000"\n3,"1,000"\n', "y", thousands=",").target_names == ("1000", "2000")
