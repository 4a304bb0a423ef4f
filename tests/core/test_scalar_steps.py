import re

import pytest

from bplearn.errors import ArgumentError
from bplearn.explain.scalar.steps import draw_backward
from bplearn.scalar import Value


@pytest.fixture
def circuit():
    x, y, z = (Value(number, name=name) for number, name in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f


def words(picture):
    return re.search(r"<desc[^>]*>(.*?)</desc>", picture.svg, re.DOTALL)[1]


def test_at_first_no_gradient_is_told(circuit):
    assert "gradient" not in words(draw_backward(circuit, 0))
    assert "local derivative -4 for q" in words(draw_backward(circuit, 0))


def test_the_gradients_appear_from_the_output_back(circuit):
    told = [
        re.findall(r"(\w) (?:\(.\) )?= [-\d.]+, gradient ([-\d.]+)(?=[,.])", words(draw_backward(circuit, k)))
        for k in range(6)
    ]
    assert [len(one) for one in told] == [0, 1, 2, 3, 4, 5]
    assert told[1] == [("f", "1")]
    assert dict(told[5]) == {"f": "1", "z": "3", "q": "-4", "x": "-4", "y": "-4"}


def test_without_slopes_nothing_gives_them_away(circuit):
    covered = draw_backward(circuit, 0, slopes=False)
    assert "local derivative" not in words(covered)
    assert "×-4" not in covered.svg
    assert "×-4" in draw_backward(circuit, 0).svg


def test_the_node_just_reached_is_lit(circuit):
    lit, all_done = draw_backward(circuit, 2), draw_backward(circuit)
    assert lit.svg != draw_backward(circuit, 3).svg
    assert lit._repr_html_().startswith('<img alt="Graph of f = -12')
    assert repr(all_done) == "Graph of f = -12"


def test_drawing_writes_nothing(circuit):
    draw_backward(circuit, 3)
    assert circuit.grad is None


@pytest.mark.parametrize("done", [-1, 6, 1.5, True])
def test_a_number_of_nodes_that_is_not_there(circuit, done):
    with pytest.raises(ArgumentError, match=r"draw_backward's done expected a whole number 0\.\.5, got"):
        draw_backward(circuit, done)
