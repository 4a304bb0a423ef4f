"""Mistakes of first answers: brackets, sums, another order, a variable of the notebook, a path or a factor overlooked.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake

FIRST_ANSWERS = (
    Mistake(
        "notebook-variable",
        "first answers",
        "a variable of the notebook is used in place of an argument",
        "The check calls your function with numbers of its own. Which letters do they have in its first line?",
        "with w = 3 in the notebook, `def double(x): return 2 * w` gives 6 for every x.",
        "",
    ),
    Mistake(
        "outputs-reordered",
        "first answers",
        "the right numbers are there, in another order",
        "In which order does the task ask for them?",
        "asked for (z, a) with z = 0: (0, 0.5) is right, (0.5, 0) is not.",
        "",
    ),
    Mistake(
        "weight-for-input",
        "first answers",
        "the error is multiplied by the weight itself, where what the weight multiplies belongs",
        "z = w h. How fast does z change with w?",
        "z = w h with w = 0.4, h = 0.6: dz/dw is 0.6.",
        "05: the derivative of a weight",
    ),
    Mistake(
        "one-path-only",
        "first answers",
        "only one of two paths is there",
        "Which outputs does this neuron reach?",
        "dz = (1, -0.5), weights 0.4 and 0.6: dE/dh = 0.4 - 0.3 = 0.1, not 0.4.",
        "04: what a fork does",
    ),
    Mistake(
        "activation-too-many",
        "first answers",
        "an activation is applied where the weighted sums alone are asked for",
        "Can a weighted sum be 2? Can what you return be 2?",
        "x = [1], W = [[2]], b = [0]: asked for is [2]; its sigmoid is 0.88.",
        "02: from one sample to a batch",
        edits=(
            (r"^    y = x @ W \+ b$", "    y = 1 / (1 + np.exp(-(x @ W + b)))"),
            (r"^    y = x @ W \+ b$", "    y = np.tanh(x @ W + b)"),
            (r"^    y = x @ W \+ b$", "    y = np.maximum(x @ W + b, 0)"),
        ),
    ),
    Mistake(
        "brackets-missing",
        "first answers",
        "brackets are missing: Python divides and multiplies from left to right, and adds last",
        "Put numbers in: what does Python do first in your line?",
        "1 / 1 + 3 is 4, 1 / (1 + 3) is 0.25; 8 / 2 * 4 is 16, 8 / (2 * 4) is 1.",
        "",
        edits=(
            (r"1 / \(1 \+ np\.exp\(-(z\d?)\)\)", r"1 / 1 + np.exp(-\1)"),
            (r" / \(2 \* (h|N)\)", r" / 2 * \1"),
            (r"\((f\([wx] \+ \w+\) - f\([wx] - \w+\))\) / ", r"\1 / "),
        ),
    ),
    Mistake(
        "bias-sign",
        "first answers",
        "the bias comes in with the wrong sign",
        "In exp(-x @ w + b), which of the two terms does the minus belong to?",
        "x @ w = 2, b = 1: exp(-2 + 1) is exp(-1), exp(-(2 + 1)) is exp(-3).",
        "01: the weighted sum",
        edits=((r"z = x @ w \+ b", "z = x @ w - b"),),
    ),
    Mistake(
        "mean-for-sum",
        "first answers",
        "it is divided by the number of samples or entries, where a sum is asked for",
        "Does the error that the task gives hold a 1/N?",
        "E = (y1 - t1)² / 2 + (y2 - t2)² / 2: dE/dy1 is y1 - t1, not half of it.",
        "03: why a mean",
    ),
    Mistake(
        "products-not-summed",
        "first answers",
        "the products of inputs and weights are not added up",
        "How many numbers does one neuron answer with, and how many does `x * w` hold?",
        "x = [1, 2], w = [3, 4]: x * w is [3, 8], the sum is 11.",
        "01: one product for each input",
        edits=((r"z = x @ w \+ b", "z = x * w + b"),),
    ),
    Mistake(
        "two-inputs-only",
        "first answers",
        "only the first two inputs are used",
        "What does your function do with a third input?",
        "x = [1, 1, 1], w = [1, 2, 3], b = 0: z is 6, not 3.",
        "01: one product for each input",
        edits=((r"z = x @ w \+ b", "z = x[0] * w[0] + x[1] * w[1] + b"),),
    ),
)
