"""Mistakes of shapes and sums: what is transposed, summed, averaged, over which axis.

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
_SUM = r"range\(0, len\(x\), batch_size\)"

SHAPES = (
    Mistake(
        **words("weights-not-transposed"),
        group="shapes and sums",
        edits=((r"@ ((?:self\.)?W\d?)\.T", r"@ \1"), (r"W2\[j\]", "W2[:, j]"), (r"weights\[k\]\.T", "weights[k]")),
    ),
    Mistake(
        **words("weights-turned-forward"),
        group="shapes and sums",
        edits=(
            (r"= (x|a1?) @ ((?:self\.)?W\d?) \+", r"= \1 @ \2.T +"),
            (r"np\.tanh\(x @ W \+", "np.tanh(x @ W.T +"),
        ),
    ),
    Mistake(
        **words("gradient-transposed"),
        group="shapes and sums",
        edits=((_DW, r"\1 = \3.T @ \2"), (r"np\.outer\((\w+), (\w+)\)", r"np.outer(\2, \1)")),
    ),
    Mistake(
        **words("bias-not-summed"),
        group="shapes and sums",
        edits=((_DB, r"\1 = \2"),),
    ),
    Mistake(
        **words("bias-summed-over-everything"),
        group="shapes and sums",
        edits=((_DB, r"\1 = \2.sum()"),),
    ),
    Mistake(
        **words("bias-summed-over-outputs"),
        group="shapes and sums",
        edits=((_DB, r"\1 = \2.sum(axis=1)"),),
    ),
    Mistake(
        **words("bias-averaged"),
        group="shapes and sums",
        edits=((_DB, r"\1 = \2.mean(axis=0)"),),
    ),
    Mistake(
        **words("bias-not-updated"),
        group="shapes and sums",
        edits=(
            (r"^(\s+)((?:self\.)?b\d?) = \2 - .+$", r"\1\2 = \2"),
            (_DB, r"\1 = 0 * \2.sum(axis=0)"),
        ),
    ),
    Mistake(
        **words("mean-missing"),
        group="shapes and sums",
        edits=(
            (r" / N$", ""),
            (r" / \(2 \* N\)", " / 2"),
            (r" / \(2 \* N\)", ""),
            (r"_, delta = loss\(z, t\)", "delta = len(x) * loss(z, t)[1]"),
        ),
        patterns=(habits.ratio_is(power=1),),
        families=("loss", "network", "delta"),
    ),
    Mistake(
        **words("mean-twice"),
        group="shapes and sums",
        edits=(
            (r" / N$", " / N / N"),
            (_DW, r"\1 = \2.T @ \3 / len(\3)"),
            (r"(dz1 = (dz2) @ .+)$", r"\1 / len(\2)"),
            (r"grads, learning_rate\)$", "grads, learning_rate / len(rows))"),
            (r"(\* 2\)\.mean\(\)|, t\))$", r"\1 * (1 / len(x))"),
        ),
        patterns=(habits.ratio_is(power=-1),),
        families=("loss", "network", "backward", "delta", "tensor"),
    ),
    Mistake(
        **words("mean-over-everything"),
        group="shapes and sums",
        edits=(
            (r"= (2 \* )?\((\w+) - (\w+)\)(.*) / N$", r"= \1(\2 - \3)\4 / (\2 - \3).size"),
            (r" / \(2 \* N\)", " / (2 * y.size)"),
            (r"(-np\.sum\(np\.log\(p\[.*\]\)\)) / N", r"\1 / p.size"),
            (r"E = (np\.sum\(\(y - t\) \*\* 2\)) / 2$", r"E = \1 / 2 / y.size"),
            (r"np\.mean\(guesses == t\)", "np.sum(guesses == t) / scores.size"),
            (r"(@ w - t\) \*\* 2\))\.mean\(\)", r"\1.sum() * (1 / x.size)"),
        ),
    ),
    Mistake(
        **words("mean-over-samples"),
        group="shapes and sums",
        edits=((r"(\(error \* error\))\.mean\(\)", r"\1.sum() * (1 / len(t))"),),
    ),
    Mistake(
        **words("n-hard-coded"),
        group="shapes and sums",
        edits=(
            *((r"N = len\(\w+\)", f"N = {n}") for n in (5, 4, 3, 8, 10, 16, 20, 32, 50, 64, 100, 128)),
            *((r"np\.mean\(guesses == t\)", f"np.sum(guesses == t) / {n}") for n in (10, 32, 100)),
        ),
        patterns=(habits.fixed_number,),
        families=("loss", "network", "delta", "tensor"),
    ),
    Mistake(
        **words("last-batch-dropped"),
        group="shapes and sums",
        edits=(
            (_SUM, "range(0, len(x) - batch_size + 1, batch_size)"),
            (_SUM, "range(0, len(x) - batch_size, batch_size)"),
            (r"math\.ceil\(samples / batch_size\)", "samples // batch_size"),
        ),
        spoils=(
            "visits of each sample",
            "updates in an epoch",
        ),
    ),
    Mistake(
        **words("broadcast-n-by-n"),
        group="shapes and sums",
        edits=((r"^    t = t\.reshape\(y\.shape\)\n", ""),),
        wraps=(habits.compare_all_with_all,),
        families=("loss",),
    ),
    Mistake(
        **words("picked-all-with-all"),
        group="shapes and sums",
        edits=(
            (r"-np\.sum\(np\.log\(p\[np\.arange\(N\), t\]\)\) / N", "-np.mean(np.log(p[:, t]))"),
            (r"-np\.sum\(np\.log\(p\[np\.arange\(N\), t\]\)\) / N", "-np.sum(np.log(p[:, t])) / N"),
            (r"^( +)truth = np\.eye\(.*\)\[t\]", r"\1truth = np.zeros(p.shape)\n\1truth[:, t] = 1"),
        ),
    ),
    Mistake(
        **words("wrong-axis"),
        group="shapes and sums",
        edits=(
            (r"raised\.sum\(axis=1, keepdims=True\)", "raised.sum(axis=0, keepdims=True)"),
            (r"raised\.sum\(axis=1, keepdims=True\)", "raised.sum()"),
            (r"axis=1, keepdims=True", "axis=0, keepdims=True"),
            (
                r"raised = np\.exp\((z2?) - .*\n    p = raised / raised\.sum\(axis=1, keepdims=True\)",
                r"raised = np.exp(\1 - \1.max())\n    p = raised / raised.sum()",
            ),
            (r"argmax\(axis=1\)", "argmax(axis=0)"),
            (r"argmax\(axis=1\)", "argmax()"),
        ),
    ),
    Mistake(
        **words("shape-of-weights-turned"),
        group="shapes and sums",
        edits=((r"W = \(n_in, n_out\)", "W = (n_out, n_in)"), (r"size=\(n_in, n_out\)", "size=(n_out, n_in)")),
    ),
    Mistake(
        **words("one-bias-for-each-sample"),
        group="shapes and sums",
        edits=((r"b = \(n_out,\)", "b = (N,)"),),
    ),
    Mistake(
        **words("one-bias-for-each-input"),
        group="shapes and sums",
        edits=((r"b = \(n_out,\)", "b = (n_in,)"), (r"np\.zeros\(n_out\)", "np.zeros(n_in)")),
    ),
    Mistake(
        **words("bias-forgotten"),
        group="shapes and sums",
        edits=((r"(@ (?:self\.)?\w+) \+ (?:self\.)?b\d?$", r"\1"), (r"np\.tanh\(x @ W \+ b\)", "np.tanh(x @ W)")),
    ),
)
