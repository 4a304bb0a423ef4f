"""The numbers of the exercises against numbers that others have published."""

import numpy as np
import pytest

from bplearn.exercises import ALL, check
from bplearn.exercises.engine.compare import leaves

PUBLISHED = {  # Mazur's 2-2-2 network, CS231n's circuits
    "01.1": (0.3775, 0.593269992107),
    "03.1": (0.298371108760,),
    "04.1": (-4, -4, 3),
    "04.5": (-0.19661193324, -0.39322386648, 0.19661193324),
    "05.1": (0.138498561629, -0.038098236517),
    "05.2": (0.082167040564, 0.082667627848, -0.022602540477, -0.022740242216),
    "05.3": (0.036350306393, 0.041370322649, 0.008771354689, 0.009954254705),
    "05.4": (0.000438567734, 0.000877135469, 0.000497712735, 0.000995425471),
    "07.2": (0.149780716133, 0.358916479718),
    "07.3": (0.291027773694,),
}


@pytest.mark.parametrize("number", PUBLISHED)
def test_solutions_give_the_published_numbers(number):
    values = np.array(list(leaves(ALL[number].solution())), dtype=float)
    np.testing.assert_allclose(values, PUBLISHED[number], rtol=5e-9)
    assert check(number, PUBLISHED[number]).passed


def test_the_paths_to_w1_add_up_to_its_published_derivative():
    assert sum(ALL["06.2"].solution()) == pytest.approx(0.000438567734, rel=1e-8)


def test_the_published_mystery_is_the_wrong_order_and_the_other_number_is_not_named():
    assert check("07.3", 0.291027923905).mistakes == ("updated-before-hidden-error",)
    assert check("07.3", 0.291027924).mistakes == ("updated-before-hidden-error",)
    assert check("07.3", 0.280471446790).mistakes == ()


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
