"""The numbers of the exercises against numbers that others have published."""

import numpy as np
import pytest

from bplearn.exercises import ALL, check
from bplearn.exercises.engine.compare import leaves
from bplearn.scalar import Value

PUBLISHED = {"01.1": (0.3775, 0.593269992107), "07.3": (0.291027773694,)}  # Mazur's 2-2-2 network


@pytest.mark.parametrize("number", PUBLISHED)
def test_solutions_give_the_published_numbers(number):
    values = np.array(list(leaves(ALL[number].solution())), dtype=float)
    np.testing.assert_allclose(values, PUBLISHED[number], rtol=5e-9)
    assert check(number, PUBLISHED[number]).passed


def test_the_paths_to_w4_add_up_to_its_published_derivative():
    assert sum(ALL["06.2"].solution()) == pytest.approx(0.000995425471, rel=1e-8)


def graph_of_the_network(t1, t2):
    """The 2-2-2 network as single operations: (error, its Values by name). With (.01, .99) it has the published E."""
    v = {f"w{k}": Value(0.10 + 0.05 * k if k < 5 else 0.15 + 0.05 * k) for k in range(1, 9)}
    v["z_h1"] = v["w1"] * 0.05 + v["w2"] * 0.10 + 0.35
    v["z_h2"] = v["w3"] * 0.05 + v["w4"] * 0.10 + 0.35
    v["h1"], v["h2"] = v["z_h1"].sigmoid(), v["z_h2"].sigmoid()
    v["z_o1"] = v["w5"] * v["h1"] + v["w6"] * v["h2"] + 0.60
    v["z_o2"] = v["w7"] * v["h1"] + v["w8"] * v["h2"] + 0.60
    return ((v["z_o1"].sigmoid() - t1) ** 2 + (v["z_o2"].sigmoid() - t2) ** 2) * 0.5, v


def test_the_graph_that_judges_the_swapped_targets_has_the_published_numbers():
    error, v = graph_of_the_network(0.01, 0.99)
    error.backward()
    assert error.data == pytest.approx(0.298371108760, rel=1e-11)
    first = [0.000438567734, 0.000877135469, 0.000497712735, 0.000995425471]
    second = [0.082167040564, 0.082667627848, -0.022602540477, -0.022740242216]
    assert [v[f"w{k}"].grad for k in range(1, 9)] == pytest.approx([*first, *second], rel=5e-9)


SWAPPED = {"05.1": ("z_o1", "z_o2"), "05.2": ("w6", "w7"), "05.3": ("h2", "z_h2"), "05.4": ("w2", "w3")}


@pytest.mark.parametrize("number", SWAPPED)
def test_derivatives_for_the_swapped_targets_are_those_of_the_graph(number):
    error, v = graph_of_the_network(0.99, 0.01)
    error.backward()
    wanted = [v[name].grad for name in SWAPPED[number]]
    assert list(leaves(ALL[number].solution())) == pytest.approx(wanted, rel=5e-9)
    assert check(number, wanted).passed


def test_error_and_updates_for_the_swapped_targets_are_those_of_the_graph():
    error, v = graph_of_the_network(0.99, 0.01)
    error.backward()
    assert ALL["03.1"].solution() == pytest.approx(error.data, rel=1e-11)
    assert ALL["07.2"].solution() == pytest.approx([v[w].data - 0.5 * v[w].grad for w in ("w1", "w5")], rel=1e-9)


def test_circuits_with_other_inputs_are_right_by_nudging():
    def slopes(f, *at):
        h = 1e-5
        return [(f(*at[:k], at[k] + h, *at[k + 1 :]) - f(*at[:k], at[k] - h, *at[k + 1 :])) / 2e-5 for k in range(3)]

    assert ALL["04.1"].solution() == pytest.approx(slopes(lambda x, y, z: (x + y) * z, 3, -5, 7), rel=1e-8)
    neuron = slopes(lambda w1, w2, b: 1 / (1 + np.exp(-(3 * w1 + 2 * w2 + b))), 2, -3, -3)
    assert ALL["04.5"].solution() == pytest.approx(neuron, rel=1e-8)


def test_the_published_mystery_is_the_wrong_order_and_the_other_number_has_another_name():
    assert check("07.3", 0.291027923905).mistakes == ("updated-before-hidden-error",)
    assert check("07.3", 0.291027924).mistakes == ("updated-before-hidden-error",)
    assert check("07.3", 0.280471446790).mistakes == ("biases-updated-too",)


@pytest.mark.parametrize(("a", "b", "c", "f", "grads"), [(2, -3, 10, -2, (6, -4, -2, 4))])
def test_micrograds_circuit(a, b, c, f, grads):
    assert ALL["04.2"].solution(a, b, c, f) == grads


def test_micrograds_fork():
    assert ALL["04.3"].solution(-2, 3) == (-3, -8)


@pytest.mark.parametrize(("rate", "end"), [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)])
def test_ten_steps_on_a_parabola(rate, end):
    assert ALL["07.1"].solution(lambda x: 2 * x, 10.0, rate, 10) == pytest.approx(end, abs=1e-6)


def test_softmax_cross_entropy_of_the_course_notes():
    z, t = np.log([[0.2, 0.3, 0.5]]), np.array([1])
    np.testing.assert_allclose(ALL["03.6"].solution(z, t)[1], [[0.2, -0.7, 0.5]])


WORKED = {
    "03.1": 0.298,
    "04.1": (-4, -4, 3),
    "04.5": (-0.197, -0.393, 0.197),
    "05.1": (0.1385, -0.0381),
    "05.2": (0.0827, -0.0226),
    "05.3": (0.0414, 0.00995),
    "05.4": (0.000877, 0.000498),
    "06.2": (0.000668, -0.00023),
    "07.2": (0.149781, 0.358916),
}


@pytest.mark.parametrize("number", WORKED)
def test_who_types_the_numbers_of_the_worked_example_is_told_so(number):
    verdict = check(number, WORKED[number])
    assert verdict.mistakes == ("worked-example",)
    assert "these are the numbers of the worked example" in str(verdict)
