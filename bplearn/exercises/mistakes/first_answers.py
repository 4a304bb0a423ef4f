"""Mistakes of first answers: brackets, sums, another order, a variable of the notebook, a path or a factor overlooked.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

FIRST_ANSWERS = (
    Mistake(**words("notebook-variable"), group="first answers"),
    Mistake(
        **words("outputs-reordered"),
        group="first answers",
        edits=(
            (r"\[\(dW, db\), \*grads\]", "[(db, dW), *grads]"),
            (r"return best, epoch\n", "return epoch, best\n"),
            (r"return best, len\(losses\)", "return len(losses), best"),
        ),
    ),
    Mistake(**words("weight-for-input"), group="first answers"),
    Mistake(**words("worked-example"), group="first answers"),
    Mistake(
        **words("one-path-only"),
        group="first answers",
        edits=(
            (r"^    d[ab] \+= d\w\n", ""),
            (r"grads\[[ij]\] \+= g \* values\[[ij]\]$", "pass"),
            (r"grads\[[ij]\] \+= g$", "pass"),
            (r"dz2 @ W2\.T", "dz2[..., :1] @ W2[:, :1].T"),
        ),
    ),
    Mistake(
        **words("activation-too-many"),
        group="first answers",
        edits=(
            (r"^    y = x @ W \+ b$", "    y = 1 / (1 + np.exp(-(x @ W + b)))"),
            (r"^    y = x @ W \+ b$", "    y = np.tanh(x @ W + b)"),
            (r"^    y = x @ W \+ b$", "    y = np.maximum(x @ W + b, 0)"),
            (
                r"^(\s+)(z2 = a1 @ W2 \+ b2\n)(?=\s+return z1, a1, z2\b)",
                r"\1\2\1z2 = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)\n",
            ),
            *(
                (r"^(\s+)(z2 = a1 @ W2 \+ b2\n)(?=\s+return z1, a1, z2\b)", rf"\1\2\1z2 = {wrong}\n")
                for wrong in ("np.maximum(z2, 0)", "1 / (1 + np.exp(-z2))", "np.tanh(z2)")
            ),
            (r"^(\s+)return z2\n(?=\n    def)", r"\1p = np.exp(z2)\n\1return p / p.sum(axis=1, keepdims=True)\n"),
            (r"= loss\(z, t\)", "= loss(a, t)"),
            (r"\((Tensor\(x\) @ W1)\)\.tanh\(\) @ W2", r"((\1).tanh() @ W2).tanh()"),
        ),
    ),
    Mistake(
        **words("brackets-missing"),
        group="first answers",
        edits=(
            (r"1 / \(1 \+ np\.exp\(-(z\d?)\)\)", r"1 / 1 + np.exp(-\1)"),
            (r" / \(2 \* (h|N)\)", r" / 2 * \1"),
            (r" \* (a1|a|y) \* \(1 - \1\)", r" * \1 * 1 - \1"),
            (r"\(y - t\) \* y", "y - t * y"),
            (r"\((train|test) - mean\) / std", r"\1 - mean / std"),
            (r"\((f\([wx] \+ \w+\) - f\([wx] - \w+\))\) / ", r"\1 / "),
            (r"\(np\.sqrt\((\w+)\) \+ epsilon\)", r"np.sqrt(\1) + epsilon"),
            (r"a / b\*\*2", "a / b * b"),
            (r"([ms]) / \(1 - (beta\d\*\*step)\)", r"\1 / 1 - \2"),
        ),
    ),
    Mistake(
        **words("bias-sign"),
        group="first answers",
        edits=(
            (r"z = x @ w \+ b", "z = x @ w - b"),
            (r"y = x @ W \+ b", "y = x @ W - b"),
            (r"\(x @ W \+ b\)", "(x @ W - b)"),
        ),
    ),
    Mistake(
        **words("mean-for-sum"),
        group="first answers",
        edits=(
            (r"z = x @ w \+ b", "z = np.mean(x * w) + b"),
            (r"np\.sum\(r \* y\)", "np.mean(r * y)"),
            (r"np\.sum\(r \* y\)", "np.sum(r * y) / len(x)"),
        ),
    ),
    Mistake(
        **words("products-not-summed"),
        group="first answers",
        edits=((r"z = x @ w \+ b", "z = x * w + b"),),
    ),
    Mistake(
        **words("two-inputs-only"),
        group="first answers",
        edits=((r"z = x @ w \+ b", "z = x[0] * w[0] + x[1] * w[1] + b"),),
    ),
)
