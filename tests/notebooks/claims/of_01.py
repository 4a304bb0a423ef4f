"""What notebook 01 claims beyond what its cells show."""

import numpy as np

from bplearn import mlp
from bplearn.functional import sigmoid
from tests.notebooks import reading_time
from tests.notebooks.claims import Claims, said

CLAIMS = Claims()

CLAIMS.defined(
    "Nobody writes out 64 products.",
    "A list of numbers such as these 64 inputs is called a **vector**.",
)


@CLAIMS.computed(
    "The network of notebook 0 had 42 neurons.",
    "A digit of 8 x 8 pixels has 64 inputs.",
)
def units_and_inputs():
    sizes = [parameter.value.shape for parameter in mlp(64, 32, 10, rng=0).parameters()]
    assert sum(shape[0] for shape in sizes if len(shape) == 1) == 42
    assert sizes[0][0] == 8 * 8 == 64


@CLAIMS.computed(
    "$e^0 = 1$, so it is $1/2$.",
    "The curve is steep in the middle and nearly flat below -4 and above 4.",
)
def the_curve():
    z = np.array([-6.0, -4.0, 0.0, 4.0, 6.0])
    slope = sigmoid(z) * (1 - sigmoid(z))
    assert sigmoid(z)[2] == 1 / 2
    assert slope[2] == 0.25
    assert (slope[[0, 1, 3, 4]] < 0.02).all()


@CLAIMS.computed(
    "So the sign of a change is the sign of the **input**.",
)
def the_sign_of_a_change_is_that_of_the_input():
    for seed in range(5):
        x, w = np.random.default_rng(seed).normal(size=(2, 3))
        change = [sigmoid((w + 1e-5 * side) @ x) - sigmoid(w @ x) for side in np.eye(3)]
        assert (np.sign(change) == np.sign(x)).all()


@CLAIMS.computed(
    "The weight rose by 0.01 and the answer fell by 0.001971, about a fifth of that.",
)
def about_a_fifth():
    assert float(said("01", "cell-01-026")) == -0.001971
    assert round(0.001971 / 0.01, 1) == 0.2


@CLAIMS.computed(
    "In five minutes you will know it to six digits, without a computer.",
)
def five_minutes_to_six_digits():
    assert reading_time.minutes_to("01", "cell-01-008") <= 5
    assert said("01", "cell-01-008") == "0.731059"
