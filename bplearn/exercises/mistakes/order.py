"""Mistakes of order and state: what is computed too early, kept too long, overwritten.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_DB = r"(db\d?) = (\w+)\.sum\(axis=0\)"
_DW = r"(dW\d?) = (\w+)\.T @ (\w+)"

ORDER = (
    Mistake(
        **words("updated-before-hidden-error"),
        group="order and state",
        edits=(
            (r"(dz1 = dz2 @ )W2\.T", r"\1(W2 - learning_rate * (a1.T @ dz2)).T"),
            (r"^(    dz1 = .*\n)(    W2 = .*\n)", r"\2\1"),
        ),
    ),
    Mistake(
        **words("stale-cache"),
        group="order and state",
        edits=(
            (r"self\.cache = x, z1, a1, z2", 'self.cache = getattr(self, "cache", (x, z1, a1, z2))'),
            (
                r"self\.cache = x, z1, a1, z2",
                'self.cache = getattr(self, "cache", (x, z1, a1, z2))[0], z1, a1, z2',
            ),
            (
                r"self\.cache = x, z1, a1, z2",
                "old = getattr(self, 'cache', (x, z1, a1, z2))\n        self.cache = x, old[1], old[2], z2",
            ),
            (r"self\.cache = x, z1, a1, z2", 'self.cache = x, z1, getattr(self, "cache", (x, z1, a1))[2], z2'),
            (r"^(\s+)(x, z1, a1, z2 = self\.cache\n\s+N = )len\(x\)", r'\1\2self.N = getattr(self, "N", len(x))'),
        ),
        wraps=(habits.keep_first(), habits.keep_previous(), *(habits.keep_first(k) for k in range(3))),
        families=("backward", "delta", "relu", "network", "loss"),
    ),
    Mistake(
        **words("mask-of-another-batch"),
        group="order and state",
        edits=((r"self\.cache = x, z1, a1, z2", 'self.cache = x, getattr(self, "cache", (x, z1))[1], a1, z2'),),
    ),
    Mistake(
        **words("mask-drawn-twice"),
        group="order and state",
        edits=((r"^(    dW = \()mask (\* x / keep\)\.T @ r)", r"\1(rng.random(x.shape) < keep) \2"),),
    ),
    Mistake(
        **words("index-counted-once"),
        group="order and state",
        edits=((r"np\.add\.at\(dW, t, dy\)", "dW[t] += dy"),),
    ),
    Mistake(
        **words("gradients-not-cleared"),
        group="order and state",
        edits=((r"self\.(d[Wb]\d) = ", r'self.\1 = getattr(self, "\1", 0) + '),),
        wraps=(habits.add_up(0), habits.add_up(1)),
        families=("backward", "network"),
    ),
    Mistake(
        **words("assigned-not-added"),
        group="order and state",
        edits=(
            (r"(d[ab]|grads\[\w\]) \+= ", r"\1 = "),
            (r"(grads\[\w\]) \+= (g \* values\[[ij]\])", r"\1 = \2"),
            (r"(grads\[i\]) \+= g\n(\s+grads\[j\]) \+= g\n", r"\1 = g\n\2 = g\n"),
            (r"^    d[ab] \+= d\w\n", ""),
        ),
    ),
    Mistake(
        **words("walked-from-the-front"),
        group="order and state",
        edits=((r"reversed\((range\(.*\))\):", r"\1:"),),
    ),
    Mistake(
        **words("last-layer-first"),
        group="order and state",
        edits=(
            (r"\[\(dW, db\), \*grads\]", "[*grads, (dW, db)]"),
            (r"\[dy, \*found\]", "[*found, dy]"),
        ),
    ),
    Mistake(
        **words("argument-changed"),
        group="order and state",
        edits=(
            (r"dz = dy \* \(z > 0\)", "dz = dy\n    dz[z <= 0] = 0"),
            (r"^(    )([Wb]\d) = \2 - (.+)$", r"\1\2 -= \3"),
        ),
    ),
    Mistake(
        **words("last-sample-only"),
        group="order and state",
        edits=(
            (_DW, r"\1 = \2[-1:].T @ \3[-1:]"),
            (_DW, r"\1 = \2[:1].T @ \3[:1]"),
            (_DB, r"\1 = \2[-1]"),
            (_DB, r"\1 = \2[0]"),
            (r"np\.mean\(guesses == t\)", "1.0 * (guesses == t)[-1]"),
            (r"np\.mean\(guesses == t\)", "(guesses == t)[-1] / len(t)"),
            *((r"Tensor\(x\) @ w - t", f"Tensor(x[{one}]) @ w - t[{one}]") for one in (":1", "-1:")),
            (r"y = x @ W", "y = x[:1] @ W"),
            (r"y = x @ W", "y = x[-1] @ W"),
        ),
    ),
    Mistake(**words("depends-on-earlier-calls"), group="order and state"),
    Mistake(
        **words("update-lost"),
        group="order and state",
        edits=(
            (r"parameters = update\(", "update("),
            (r"w\.data = w\.data - (.*)\n    return w\.data", r"last = w.data - \1\n    return last"),
        ),
    ),
    Mistake(
        **words("whole-data-each-step"),
        group="order and state",
        edits=((r"\b([xt])\[rows\]", r"\1"),),
        spoils=("sizes of the batches",),
    ),
    Mistake(
        **words("slope-asked-once"),
        group="order and state",
        edits=(
            (
                r"    for _ in range\(steps\):\n        x = x - learning_rate \* slope\(x\)",
                "    g = slope(x)\n    for _ in range(steps):\n        x = x - learning_rate * g",
            ),
            (r"^(    for _ in range\(steps\):\n)    (    y = x @ W \+ b\n)", r"\2\1"),
            (
                r"^(    for _ in range\(steps\):\n)    (    y = x @ W \+ b\n)([\s\S]*weight_decay \*) W",
                r"\2    first = W\n\1\3 first",
            ),
        ),
    ),
    Mistake(
        **words("one-step-short"),
        group="order and state",
        edits=((r"range\(steps\)", "range(steps - 1)"), (r"range\(steps\)", "range(steps + 1)")),
    ),
)
