"""Mistakes of order and state: what is computed too early, kept too long, overwritten.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Early, Mistake

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_DB = r"(db\d?) = (\w+)\.sum\(axis=0\)"
_DW = r"(dW\d?) = (\w+)\.T @ (\w+)"

ORDER = (
    Mistake(
        "updated-before-hidden-error",
        "order and state",
        "the output weights are updated before the hidden error is computed",
        "Which weights made the mistake that is sent back: the old ones or the new ones?",
        "the 2-2-2 network after one step: 0.291027774 in the right order, 0.291027924 in the wrong one.",
        "07: the right order",
        edits=(
            (r"(dz1 = dz2 @ )W2\.T", r"\1(W2 - learning_rate * (a1.T @ dz2)).T"),
            (r"^(    dz1 = .*\n)(    W2 = .*\n)", r"\2\1"),
        ),
    ),
    Mistake(
        "stale-cache",
        "order and state",
        "it uses numbers of an earlier batch",
        "Call it with a second, different batch. What is still there from the first?",
        "forward on A, backward; forward on B, backward: the second gradient must be B's.",
        "09: a blank page",
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
        ),
        wraps=(habits.keep_first(), habits.keep_previous(), *(habits.keep_first(k) for k in range(3))),
        families=("backward", "delta", "relu", "network", "loss"),
        early=Early(
            says="it uses numbers of an earlier call",
            question="Call it with a second, different input. What is still there from the first?",
            example="f(A), then f(B): the second answer must be B's.",
        ),
    ),
    Mistake(
        "gradients-not-cleared",
        "order and state",
        "the gradients of earlier batches are not cleared: they add up",
        "Call it twice with the same batch. Why is the second answer not the first?",
        "the same batch twice: the second gradient must be g again, not 2 g.",
        "09: a blank page",
        edits=((r"self\.(d[Wb]\d) = ", r'self.\1 = getattr(self, "\1", 0) + '),),
        wraps=(habits.add_up(0), habits.add_up(1)),
        families=("backward", "network"),
        early=Early(
            says="the answers of earlier calls are added in",
            example="f(A) twice: the second answer must be the first again.",
        ),
    ),
    Mistake(
        "assigned-not-added",
        "order and state",
        "a value that is used twice is assigned (`=`) where its paths must be added (`+=`)",
        "How many paths lead from this value to the result, and what happened to the first one?",
        "f = a + a: df/da is 2; with `=` the second path overwrites the first and it is 1.",
        "04: what a fork does",
        edits=(
            (r"(d[ab]|grads\[\w\]) \+= ", r"\1 = "),
            (r"^    d[ab] \+= d\w\n", ""),
        ),
    ),
    Mistake(
        "walked-from-the-front",
        "order and state",
        "the operations are walked from the first to the last",
        "Which derivative is known at the start, and at which end of the graph is it?",
        "q = x + y, f = q z: the derivative of q must be known before x and y can get theirs.",
        "04: backward through a graph",
        edits=((r"reversed\((range\(.*\))\):", r"\1:"),),
    ),
    Mistake(
        "argument-changed",
        "order and state",
        "an argument is changed in place: the caller's array is not what it was",
        "What does the caller find in its array afterwards?",
        "after `v = w` and `v += 1` w has changed too: both names mean one array.",
        "05: a layer's backward",
        edits=(
            (r"dz = dy \* \(z > 0\)", "dz = dy\n    dz[z <= 0] = 0"),
            (r"^(    )([Wb]\d) = \2 - (.+)$", r"\1\2 -= \3"),
        ),
        early=Early(
            example="after `v = w` and `v += 1` w has changed too: both names mean one array.",
        ),
    ),
    Mistake(
        "last-sample-only",
        "order and state",
        "only the last sample of the batch is used",
        "What happens to the contribution of a sample when the loop comes to the next one?",
        "two samples with gradients 1 and 3: together 4; if the last overwrites, 3.",
        "08: from the loop to matrices",
        edits=((_DW, r"\1 = \2[-1:].T @ \3[-1:]"), (_DB, r"\1 = \2[-1]")),
    ),
    Mistake(
        "depends-on-earlier-calls",
        "order and state",
        "the same input gives another answer when it comes again: something is kept from earlier calls",
        "Which of your variables lives on after the function has returned?",
        "f(x) today must be f(x) tomorrow.",
        "09: a blank page",
    ),
    Mistake(
        "update-lost",
        "order and state",
        "the new parameters are computed and then forgotten: every step starts from the old ones",
        "After the first step, which parameters does the second one use?",
        "w = 1: after a step to 0.9 the next step must start at 0.9.",
        "09: the training loop",
        edits=((r"parameters = update\(", "update("),),
    ),
    Mistake(
        "whole-data-each-step",
        "order and state",
        "every step uses all samples, not the samples of its batch",
        "What is batch_size for, if each step looks at every sample?",
        "10 samples in batches of 5: two steps with 5 samples each, not with 10.",
        "12: batches",
        edits=((r"\b([xt])\[rows\]", r"\1"),),
        spoils=("sizes of the batches",),
    ),
    Mistake(
        "slope-asked-once",
        "order and state",
        "the slope is asked for once, and kept for all steps",
        "Is the curve as steep at the second place as it was at the first?",
        "x² from 10: the slope is 20 at the start and 12 at x = 6.",
        "07: one step downhill",
        edits=(
            (
                r"    for _ in range\(steps\):\n        x = x - learning_rate \* slope\(x\)",
                "    g = slope(x)\n    for _ in range(steps):\n        x = x - learning_rate * g",
            ),
        ),
    ),
    Mistake(
        "one-step-short",
        "order and state",
        "it makes one step too few or too many",
        "With steps = 1, how often must x change?",
        "x² from 10, learning rate 0.2, one step: 6.",
        "07: one step downhill",
        edits=((r"range\(steps\)", "range(steps - 1)"), (r"range\(steps\)", "range(steps + 1)")),
    ),
)
