"""What students of every kind hand in: mistakes with what the feedback must say, loops, and cheats.

The mistakes are edits of the solutions; each names the test that loses its points and words of the verdict.
"""

from dataclasses import dataclass

from tests.course.students import solutions


@dataclass(frozen=True)
class Slip:
    """One mistake: the cell, right code, wrong code, the test that fails, what the feedback says, points that stay."""

    cell: str
    right: str
    wrong: str
    test: str
    says: str
    paid: float = 0


SLIPS = {
    "A1": (
        Slip("a1-leaky", "x @ W + b", "x @ W", "a1-test-leaky", "the bias is forgotten in the forward pass"),
        Slip(
            "a1-huber", "/ error.size", "/ len(error)", "a1-test-huber", "dy is 2 times what it should be everywhere", 2
        ),
        Slip(
            "a1-weighted", "(w / w.sum())", "w", "a1-test-weighted", "A1.5 A weighted cross-entropy: not right yet", 1.5
        ),
    ),
    "A2": (
        Slip("a2-circuit", "dp * b + ds", "dp * b", "a2-test-circuit", "used twice only one path counts", 2),
        Slip(
            "a2-tanh-layer",
            "sum(axis=0)",
            "mean(axis=0)",
            "a2-test-tanh-layer",
            "averaged, not summed, over the batch",
            3,
        ),
        Slip(
            "a2-gradients",
            "* (1 - a1**2)",
            "",
            "a2-test-gradients",
            "derivative of the hidden activation is forgotten",
            3,
        ),
    ),
    "A3": (
        Slip("a3-numerical", "up - f(nudged)", "up - f(parameters)", "a3-test-numerical", "A3.1 Central differences"),
        Slip("a3-judge", "< 1e-5)", "< 0.01)", "a3-test-judge", "one entry of 12 is off by 1%", 4),
        Slip("a3-silu", "(s + z * s * (1 - s))", "z * s * (1 - s)", "a3-test-silu", "The planted bug is still in it"),
    ),
    "A4": (
        Slip("a4-adagrad", "np.sqrt(s)", "s", "a4-test-adagrad", "the root of the mean square is forgotten", 2),
        Slip("a4-recalls", "table[target, guess]", "table[guess, target]", "a4-test-recalls", "table is the transpose"),
        Slip("a4-tumor", "(x - mean) / std", "x", "a4-test-tumor", "of the unseen tumors are right"),
    ),
}

LOOPS = {  # inside a function, where the check cuts it off, and outside, where nbgrader does
    "A1": ("a1-count", "def count(widths, N):\n    while True:\n        pass", "a1-test-count", "was cut off"),
    "A2": ("a2-log-cosh", "while True:\n    pass", "a2-test-log-cosh", "right functions of the earlier tasks stand in"),
    "A3": ("a3-silu", "def silu_backward(dy, z):\n    while True:\n        pass", "a3-test-silu", "was cut off"),
    "A4": ("a4-rates", "while True:\n    pass", "a4-test-rates", "rates"),
}

# An answer to task 4 of A2 that calls tasks 2 and 3: what is wrong there is not paid for twice.
CALLING = """
def gradients(x, t, W1, b1, W2, b2, W3, b3):
    a1 = np.tanh(x @ W1 + b1)
    a2 = np.tanh(a1 @ W2 + b2)
    y = a2 @ W3 + b3
    L, dy = log_cosh_loss(y, t)
    da2 = dy @ W3.T
    da1, dW2, db2 = tanh_layer_backward(da2, a1, W2, b2, a2)
    dx, dW1, db1 = tanh_layer_backward(dy=da1, x=x, W=W1, b=b1, y=a1)
    return dW1, db1, dW2, db2, a2.T @ dy, dy.sum(axis=0)
"""

_NOTHING = "def nothing(*arguments):\n    return 0.0\n"
PATCH = "import numpy as np\n\nnp.allclose = lambda *a, **k: True\nnp.isclose = np.allclose\n"
TAKEOVER = (
    "import bplearn.course\nimport bplearn.course.client.checking\n\n\n"
    "def check(*arguments, **words):\n    return 3.0\n\n\n"
    "bplearn.course.check = check\nbplearn.course.client.checking.verdict_of = check\n"
)
CHEATS = {  # code that is put in front of the answers, and what the feedback says of it
    "A1": (PATCH, "not right yet"),
    "A2": (TAKEOVER, "The referee has not seen A2.1 pass"),
    "A3": (PATCH.replace("np.isclose = np.allclose\n", ""), "not right yet"),
    "A4": (
        "raise_not = AssertionError\nAssertionError = type('E', (Exception,), {})\n" + TAKEOVER,
        "has not seen A4.1 pass",
    ),
}


def buggy(assignment):
    """The solutions with three mistakes in them."""
    answers = solutions(assignment)
    for slip in SLIPS[assignment]:
        assert slip.right in answers[slip.cell], slip
        answers[slip.cell] = answers[slip.cell].replace(slip.right, slip.wrong)
    return answers


def looping(assignment):
    """The solutions, one of which never ends."""
    cell, code, _, _ = LOOPS[assignment]
    calling = {"a2-gradients": CALLING} if assignment == "A2" else {}
    return {**solutions(assignment), **calling, cell: code}


def cheating(assignment):
    """Functions of the right names that do nothing; the cheat stands in a cell before them."""
    names = {cell: code.split("def ")[1].split("(")[0] for cell, code in solutions(assignment).items()}
    return {cell: f"{_NOTHING}\n\n{name} = nothing" for cell, name in names.items()}
