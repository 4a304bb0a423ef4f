"""Whatever a log holds: either its curves are drawn with places that rise, or an error of ours says what is wrong."""

import csv
import io
import json

import matplotlib.pyplot as plt
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bplearn.errors import BplearnError
from tests.core.plotting.drawn import drawn

COUNTS = ("epoch", "step", "batch", "seed", "train_step", "global_step")
WORDS = {"phase": ("train", "val"), "model": ("a", "b")}
MEASURES = ("loss", "train_loss", "val_loss", "d_loss", "train", "value", "accuracy", "lr", "f1")
odd = st.sampled_from(["", "nan", "inf", "x", "1,200", "0,9", "5%", "-"])
number = st.floats(0, 3).map(lambda value: f"{value:.3f}")
few = st.integers(0, 4).map(str)


def cells(name):
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    return few if name in COUNTS else st.one_of(number, number, number, odd)


@st.composite
def logs(draw):
    names = draw(st.lists(st.sampled_from([*COUNTS, *WORDS, *MEASURES]), min_size=1, max_size=5, unique=True))
    return names, draw(st.lists(st.tuples(*map(cells, names)), max_size=6))


def value(cell):
    try:
        return float(cell)
    except ValueError:
        return cell or None


def forms(names, rows, folder):
    values = [[value(cell) for cell in row] for row in rows]
    yield [dict(zip(names, row, strict=True)) for row in values]
    yield {name: [row[place] for row in values] for place, name in enumerate(names)}
    yield [tuple(row) for row in values]
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    for name, held in (("log.csv", text.getvalue()), ("log.json", json.dumps(values))):
        (folder / name).write_text(held)
        yield folder / name


@given(log=logs())
def test_places_rise_or_an_error_says_why(tmp_path_factory, log):
    for form in forms(*log, tmp_path_factory.mktemp("log")):
        try:
            lines = drawn(form)
        except BplearnError as problem:
            assert "expected" in str(problem)  # noqa: PT017 - most logs drawn at random are none
            continue
        finally:
            plt.close("all")
        for places, _ in lines.values():
            assert (np.diff(places) > 0).all()
