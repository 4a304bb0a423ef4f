"""Mistakes of training: the start, the learning rate, epochs and batches, weight decay.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_UPDATE = r"^(\s+)((?:self\.)?[Wbwx]\d?(?:\.data)?) = \2 - (.+)$"
_SUM = r"range\(0, len\(x\), batch_size\)"

TRAINING = (
    Mistake(
        **words("shuffled-alone"),
        group="training",
        edits=(
            (r"t\[rows\]", "t[start : start + batch_size]"),
            (r"x\[rows\]", "x[start : start + batch_size]"),
        ),
        one_edit=True,
        spoils=("targets that fit",),
    ),
    Mistake(
        **words("not-shuffled"),
        group="training",
        edits=(
            (r"rng\.permutation\(len\(x\)\)", "np.arange(len(x))"),
            (r"order(\[start : start \+ batch_size\])", r"np.arange(len(x))\1"),
            (r"^(    for _ in range\(epochs\):\n)    (    order = .*\n)", r"\2\1"),
            (r"^(    for order in orders:\n)", r"\1        order = orders[0]\n"),
        ),
        spoils=(
            "a new order",
            "a new order for each epoch",
        ),
    ),
    Mistake(
        **words("start-zero"),
        group="training",
        edits=((r"rng\.normal\(size=\(n_in, n_out\)\) \* np\.sqrt\(2 / n_in\)", "np.zeros((n_in, n_out))"),),
    ),
    Mistake(
        **words("start-constant"),
        group="training",
        edits=tuple(
            (r"rng\.normal\(size=\(n_in, n_out\)\) \* np\.sqrt\(2 / n_in\)", wrong)
            for wrong in (
                "np.full((n_in, n_out), 0.1)",
                "np.ones((n_in, n_out))",
                "np.ones((n_in, n_out)) * rng.normal()",
            )
        ),
    ),
    Mistake(
        **words("start-size"),
        group="training",
        edits=((r"np\.sqrt\(2 / n_in\)", "np.sqrt(3 / n_in)"), (r"np\.sqrt\(2 / n_in\)", "np.sqrt(2 / n_in) / 2")),
    ),
    Mistake(**words("rate-too-large"), group="training"),
    Mistake(**words("rate-too-small"), group="training"),
    Mistake(
        **words("learning-rate-forgotten"),
        group="training",
        edits=((r"learning_rate \* ", ""),),
    ),
    Mistake(
        **words("uphill"),
        group="training",
        edits=(
            (_UPDATE, r"\1\2 = \2 + \3"),
            (r"change = -learning_rate", "change = learning_rate"),
            (r"grads, learning_rate\)$", "grads, -learning_rate)"),
        ),
    ),
    Mistake(
        **words("epoch-for-iteration"),
        group="training",
        edits=(
            (rf"for start in {_SUM}:", "for start in [0]:"),
            (r"total = each \* epochs", "total = epochs"),
            (r"each = math\.ceil\(samples / batch_size\)", "each = 1"),
            (r"^            (parameters = update\(.*\n)", r"        \1"),
        ),
        wraps=(habits.stop_after_epochs,),
        families=("loop",),
        spoils=(
            "number of updates",
            "sizes of the batches",
            "updates in an epoch",
            "updates in all",
        ),
    ),
    Mistake(
        **words("bias-regularized"),
        group="training",
        edits=(
            (r"(        dW = dW \+ weight_decay \* W\n)", r"\1        db = db + weight_decay * b\n"),
            (r"(dy \+ weight_decay \* W\n    db = dy\.sum\(axis=0\))", r"\1 + weight_decay * b"),
        ),
    ),
    Mistake(
        **words("decay-missing"),
        group="training",
        edits=((r"        dW = dW \+ weight_decay \* W\n", ""), (r"(x\.T @ dy) \+ weight_decay \* W$", r"\1")),
    ),
    Mistake(
        **words("decay-turned"),
        group="training",
        edits=((r"(dW|dy) \+ weight_decay \* W\n", r"\1 - weight_decay * W\n"),),
    ),
)
