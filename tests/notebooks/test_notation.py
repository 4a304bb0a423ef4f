"""NOTATION.md is the index of the series: it must hold every exercise there is, and its numbers must be true."""

import re

import numpy as np
import pytest

from bplearn import HalfSquaredError
from bplearn.exercises import exercises
from bplearn.functional import sigmoid
from tests.notebooks.__main__ import FOLDER
from tests.notebooks.rules import anchors, links

PAGE = FOLDER / "NOTATION.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_index_holds_every_exercise_and_no_other():
    listed = re.findall(r"^\| (\d\d\.\d+) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
    assert listed == [tuple(row[:3]) for row in exercises().rows]


def test_its_links_lead_somewhere():
    for target in links(TEXT):
        name, _, anchor = target.partition("#")
        assert not name or (FOLDER / name).exists(), target
        assert not anchor or anchor in anchors(PAGE), target


def numbers(pattern):
    found = re.search(pattern, TEXT)
    return np.array([float(number) for number in re.findall(r"\d+\.\d+", found[1])])


def test_the_numbers_of_the_small_network_are_those_of_a_slow_calculation():
    x, t = numbers(r"\$x = (\(.*?\))\$"), numbers(r"\$t = (\(.*?\))\$")
    W1, W2 = (numbers(rf"\$W_{k}\$ = (\[\[.*?\]\])").reshape(2, 2) for k in (1, 2))
    b1, b2 = (numbers(rf"\$b_{k}\$ = (\(.*?\))") for k in (1, 2))
    z1 = np.array([sum(x[i] * W1[i, j] for i in range(2)) + b1[j] for j in range(2)])
    h = sigmoid(z1)
    z2 = np.array([sum(h[i] * W2[i, j] for i in range(2)) + b2[j] for j in range(2)])
    y = sigmoid(z2)
    assert numbers(r"\| hidden units \| \$z\$ = (\(.*?\))") == pytest.approx(z1, abs=5e-7)
    assert numbers(r"\$h\$ = (\(.*?\))") == pytest.approx(h, abs=5e-7)
    assert numbers(r"\| outputs \| \$z\$ = (\(.*?\))") == pytest.approx(z2, abs=5e-7)
    assert numbers(r"\$o\$ = (\(.*?\))") == pytest.approx(y, abs=5e-7)
    assert numbers(r"\$E\$ = (0\.\d+)") == pytest.approx([HalfSquaredError().forward(y[None], t[None])[0]], abs=5e-7)
