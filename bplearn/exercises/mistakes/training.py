"""Mistakes of training: the start, the learning rate, epochs and batches, weight decay.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Mistake

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_UPDATE = r"^(\s+)((?:self\.)?[Wbwx]\d?) = \2 - (.+)$"
_SUM = r"range\(0, len\(x\), batch_size\)"

TRAINING = (
    Mistake(
        "shuffled-alone",
        "training",
        "the samples are shuffled without their targets",
        "Take one row of a batch: is the target beside it its own?",
        "images (3, 7) with labels (3, 7), images shuffled to (7, 3): every label is wrong now.",
        "12: batches",
        edits=(
            (r"t\[rows\]", "t[start : start + batch_size]"),
            (r"x\[rows\]", "x[start : start + batch_size]"),
        ),
        spoils=("targets that fit",),
    ),
    Mistake(
        "not-shuffled",
        "training",
        "the order is the same in every epoch, or never shuffled at all",
        "Where is the random order drawn: before the epochs, in each of them, or nowhere?",
        "sorted digits in batches of 32: each batch holds one class only.",
        "12: batches",
        edits=(
            (r"rng\.permutation\(len\(x\)\)", "np.arange(len(x))"),
            (r"^(    for _ in range\(epochs\):\n)    (    order = .*\n)", r"\2\1"),
        ),
        spoils=(
            "a new order",
            "a new order for each epoch",
        ),
    ),
    Mistake(
        "start-zero",
        "training",
        "all weights start at 0",
        "Which of the hidden units will ever differ from its neighbor?",
        "two hidden units with weights 0: the same output, the same gradient, for ever.",
        "11: equal weights",
        edits=((r"rng\.normal\(size=\(n_in, n_out\)\) \* np\.sqrt\(2 / n_in\)", "np.zeros((n_in, n_out))"),),
    ),
    Mistake(
        "start-constant",
        "training",
        "all weights start at the same number, so all units stay the same",
        "Which of the hidden units will ever differ from its neighbor?",
        "two hidden units with weights 0.1: the same output, the same gradient, for ever.",
        "11: equal weights",
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
        "start-size",
        "training",
        "the random start has the wrong size",
        "What is the variance of a sum of n_in terms, and how much of it is left after a ReLU?",
        "64 inputs: the weights' standard deviation is sqrt(2 / 64) = 0.177.",
        "11: a ReLU throws half away",
        edits=tuple(
            (r"np\.sqrt\(2 / n_in\)", wrong)
            for wrong in ("1", "0.01", "np.sqrt(1 / n_in)", "(2 / n_in)", "(1 / n_in)", "np.sqrt(2 / n_out)")
        ),
    ),
    Mistake(
        "rate-too-large",
        "training",
        "the learning rate is far too large, as if 100 times the right one",
        "What happens when a step overshoots the valley by more than the distance it came from?",
        "x² from 10: with 0.2 ten steps end at 0.06, with 1.1 at 62.",
        "07: slow, good, zig-zag, divergent",
    ),
    Mistake(
        "rate-too-small",
        "training",
        "the learning rate is far too small",
        "How many steps would it take at this pace?",
        "x² from 10: with 0.05 ten steps end at 3.5, with 0.2 at 0.06.",
        "07: slow, good, zig-zag, divergent",
    ),
    Mistake(
        "learning-rate-forgotten",
        "training",
        "the learning rate is not used in the update",
        "With a learning rate of 0, how far should a weight move?",
        "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 0.5.",
        "07: one step downhill",
        edits=((r"learning_rate \* ", ""),),
    ),
    Mistake(
        "uphill",
        "training",
        "the step goes uphill: the gradient is added, not subtracted",
        "A positive derivative says that the error grows with the weight. Which way is down?",
        "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 1.05.",
        "07: one step downhill",
        edits=(
            (_UPDATE, r"\1\2 = \2 + \3"),
            (r"change = -learning_rate", "change = learning_rate"),
        ),
    ),
    Mistake(
        "epoch-for-iteration",
        "training",
        "an epoch is taken for an iteration: there is one update where there should be one for each batch",
        "How many samples has the network met after one of your epochs?",
        "100 samples in batches of 10: an epoch has 10 updates, not 1.",
        "12: iteration, batch, epoch",
        edits=(
            (rf"for start in {_SUM}:", "for start in [0]:"),
            (r"total = each \* epochs", "total = epochs"),
            (r"each = math\.ceil\(samples / batch_size\)", "each = 1"),
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
        "bias-regularized",
        "training",
        "the biases are decayed like weights",
        "What does a decayed bias pull the output toward, and is there a reason to want it?",
        "targets around 100: without its bias the line cannot get there, and decay pulls the bias to 0.",
        "13: weight decay",
        edits=((r"(        dW = dW \+ weight_decay \* W\n)", r"\1        db = db + weight_decay * b\n"),),
    ),
    Mistake(
        "decay-missing",
        "training",
        "there is no weight decay in it",
        "With a gradient of 0, what should happen to a weight?",
        "W = 1, dW = 0, weight decay 0.1: the derivative is 0.1.",
        "13: weight decay",
        edits=((r"        dW = dW \+ weight_decay \* W\n", ""),),
    ),
    Mistake(
        "decay-turned",
        "training",
        "the weight decay pushes the weights away from 0",
        "With a gradient of 0 from the data, should W = 1 become larger or smaller?",
        "W = 1, weight decay 0.1: its derivative gets +0.1, so that the step makes W smaller.",
        "13: weight decay",
        edits=((r"dW \+ weight_decay \* W\n", "dW - weight_decay * W\n"),),
    ),
)
