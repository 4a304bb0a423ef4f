"""Mistakes in derivatives: one factor missing, one too many, one of the wrong number.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_SLOPE = r" \* (a1\[j\]|a1|h1|h2|a|y) \* \(1 - \1\)"
_HIDDEN_SLOPE = r" \* (a1\[j\]|a1|h1|h2) \* \(1 - \1\)"
_MASK = r"\((z1?|a) > 0\)"
_BOTH_SIDES = r"\(f\(([wx]) \+ (\w+)\) - f\(\1 - \2\)\) / \(2 \* h\)"

DERIVATIVES = (
    Mistake(
        **words("hidden-derivative-missing"),
        group="derivatives",
        edits=((_HIDDEN_SLOPE, ""), (rf" \* {_MASK}", "")),
    ),
    Mistake(
        **words("sigmoid-slope-missing"),
        group="derivatives",
        edits=((r" \* a \* \(1 - a\)", ""),),
    ),
    Mistake(
        **words("derivative-twice"),
        group="derivatives",
        edits=((_SLOPE, r" * (\1 * (1 - \1)) ** 2"),),
    ),
    Mistake(
        **words("sigmoid-slope-of-activation"),
        group="derivatives",
        edits=((_SLOPE, r" * (1 / (1 + np.exp(-\1))) * (1 - 1 / (1 + np.exp(-\1)))"),),
    ),
    Mistake(
        **words("sigmoid-slope-of-z"),
        group="derivatives",
        edits=(
            (_SLOPE, r" * np.log(\1 / (1 - \1)) * (1 - np.log(\1 / (1 - \1)))"),
            (r"0\.5 \* \(1 - 0\.5\)", "0 * (1 - 0)"),
        ),
    ),
    Mistake(
        **words("slope-one-factor"),
        group="derivatives",
        edits=((_SLOPE, r" * (1 - \1)"), (_SLOPE, r" * \1"), (r"0\.5 \* \(1 - 0\.5\)", "0.5")),
    ),
    Mistake(
        **words("relu-mask-always-true"),
        group="derivatives",
        edits=((_MASK, r"(np.maximum(\1, 0) >= 0)"),),
    ),
    Mistake(
        **words("relu-mask-of-error"),
        group="derivatives",
        edits=(
            (rf"= dy \* {_MASK}", "= dy * (dy > 0)"),
            (rf"= ((?:dz2|delta) @ .*?) \* {_MASK}", r"= (\1) * ((\1) > 0)"),
        ),
    ),
    Mistake(
        **words("relu-value-for-slope"),
        group="derivatives",
        edits=((_MASK, r"np.maximum(\1, 0)"), (_MASK, r"\1")),
    ),
    Mistake(
        **words("output-derivative-missing"),
        group="derivatives",
        edits=((r" \* y \* \(1 - y\)", ""),),
    ),
    Mistake(
        **words("extra-slope-with-cross-entropy"),
        group="derivatives",
        edits=((r"= \((p - \w+)\) / N", r"= (\1) * p * (1 - p) / N"),),
    ),
    Mistake(
        **words("softmax-twice"),
        group="derivatives",
        edits=(
            (
                r"^(\s+)p = raised / raised\.sum\(axis=1, keepdims=True\)\n",
                r"\g<0>\1p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)\n",
            ),
            (
                r"^(\s+)(z2 = a1 @ (?:self\.)?W2 \+ (?:self\.)?b2\n)(?=\s+self\.cache\b)",
                r"\1\2\1z2 = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)\n",
            ),
        ),
    ),
    Mistake(
        **words("stopped-at-probabilities"),
        group="derivatives",
        edits=(
            (r"= \(p - truth\) / N", "= -truth / p / N"),
            (r"= \(p - t\) / N", "= (p - t) / (p * (1 - p)) / N"),
        ),
    ),
    Mistake(
        **words("overflow"),
        group="derivatives",
        shows_nan=True,
        edits=(
            (r"np\.exp\((z2?) - \1\.max\(axis=1, keepdims=True\)\)", r"np.exp(\1)"),
            (r"a = 1 / \(1 \+ np\.exp\(-z\)\)", "a = np.exp(z) / (1 + np.exp(z))"),
        ),
    ),
    Mistake(**words("rate-in-derivative"), group="derivatives"),
    Mistake(
        **words("factor-two"),
        group="derivatives",
        edits=(
            (r" / \(2 \* N\)", " / N"),
            (r" \*\* 2\) / 2$", " ** 2)"),
            (r"= \((y|p) - (t|truth)\)", r"= 2 * (\1 - \2)"),
            (r"= \((y|p) - (t|truth)\)", r"= 0.5 * (\1 - \2)"),
            (r"= 2 \* \(y - t\)", "= (y - t)"),
            (r" / \(2 \* h\)", " / h"),
            (r"(L = np\.sum\(.*) / N$", r"\1 / (2 * N)"),
            *((r"(loss = .*(?:\.mean\(\)|, t\)))$", rf"\1 * {factor}") for factor in (2, 0.5)),
        ),
        patterns=(habits.ratio_is(2), habits.ratio_is(0.5)),
        families=("loss", "network", "delta", "slope", "tensor"),
    ),
    Mistake(
        **words("sign"),
        group="derivatives",
        edits=(
            (r"= (2 \* )?\((y|p) - (t|truth)\)", r"= \1(\3 - \2)"),
            (r"= -np\.sum", "= np.sum"),
            (r"momentum \* v \+ g", "momentum * v - g"),
            (r"momentum \* v \+ g\n    change = -learning_rate", "momentum * v - g\n    change = learning_rate"),
            (r"\(1 - 0\.2\)", "(1 + 0.2)"),
            (r"\((f\([wx] \+ \w+\)) - (f\([wx] - \w+\))\)", r"(\2 - \1)"),
        ),
        patterns=(habits.ratio_is(-1),),
        families=("loss", "network", "delta", "backward", "slope", "relu", "tensor", "fork"),
    ),
    Mistake(
        **words("sigmoid-sign"),
        group="derivatives",
        edits=((r"np\.exp\(-(z\d?)\)", r"np.exp(\1)"),),
    ),
    Mistake(
        **words("activation-forgotten"),
        group="derivatives",
        edits=(
            (r"(a1?|y) = 1 / \(1 \+ np\.exp\(-(z\d?)\)\)", r"\1 = \2"),
            (r"(a1?) = np\.maximum\((z1?), 0\)", r"\1 = \2"),
            (r"a1 = np\.tanh\(z1\)", "a1 = z1"),
            (r"a = np\.tanh\((x @ W \+ b)\)", r"a = \1"),
            (r"\.tanh\(\)", ""),
        ),
    ),
    Mistake(
        **words("pre-activation-passed-on"),
        group="derivatives",
        edits=((r"z2 = a1 @", "z2 = z1 @"), (r"(dW2) = a1\.T", r"\1 = np.log(a1 / (1 - a1)).T")),
    ),
    Mistake(
        **words("input-factor-missing"),
        group="derivatives",
        edits=((r" \* (x\[i\]|x2)", ""),),
    ),
    Mistake(
        **words("weight-factor-missing"),
        group="derivatives",
        edits=(
            (r" \* (W2\[j\]|w6|w8)", ""),
            (r"\) @ weights\[k\]\.T", ")"),
            (r"dz2 @ W2\.T", "dz2.sum(axis=1, keepdims=True)"),
        ),
    ),
    Mistake(
        **words("own-factor"),
        group="derivatives",
        edits=(
            (r"da = (\w+) \* b", r"da = \1 * a"),
            (r"db = (\w+) \* a", r"db = \1 * b"),
            (r"dq = df \* z", "dq = df * q"),
            (r"dz = df \* q", "dz = df * z"),
            (r"dd = dL \* f", "dd = dL * d"),
            (r"df = dL \* d", "df = dL * f"),
            (r"g \* values\[j\]\n(\s+grads\[j\] \+= )g \* values\[i\]", r"g * values[i]\n\1g * values[j]"),
        ),
    ),
    Mistake(
        **words("path-added"),
        group="derivatives",
        edits=(
            (r"steepest\*\*10", "steepest * 10"),
            (r"\(y - t\) \* (y \* \(1 - y\))", r"(y - t) + \1"),
            (r"dz2 \* W2\[j\] \* (a1\[j\] \* \(1 - a1\[j\]\)) \* x\[i\]", r"dz2 + W2[j] + \1 + x[i]"),
        ),
    ),
    Mistake(
        **words("incoming-derivative-forgotten"),
        group="derivatives",
        edits=(
            (r"= (?:de|dp|dd) \* ", "= "),
            (r"\+= g \* ", "+= "),
            (r"= dy \* \(z > 0\)", "= 1.0 * (z > 0)"),
            (r"= dy\[:, None\] \* winner", "= 1.0 * winner"),
            (r"= (-?)dy ([/*])", r"= \g<1>1.0 \2"),
            (r"dx = dy \*", "dx ="),
            (r"paths = dz2 \* ", "paths = "),
            (r"\.T @ r$", ".T @ np.ones_like(r)"),
            (r"at\(dW, t, dy\)", "at(dW, t, 1)"),
            (r"    while dy\.ndim > len\(shape\):\n[\s\S]*return dy$", "    return np.ones(shape)"),
            (r"dx = dy \+ dz", "dx = 1 + dz"),
            (r"dz2 @ W2\.T", "np.ones(dz2.shape) @ W2.T"),
            (r"db = dy\.sum\(axis=0\)", "db = np.ones(dy.shape[1])"),
        ),
    ),
    Mistake(
        **words("one-sided-difference"),
        group="derivatives",
        edits=(
            (_BOTH_SIDES, r"(f(\1 + \2) - f(\1)) / h"),
            (_BOTH_SIDES, r"(f(\1) - f(\1 - \2)) / h"),
            (_BOTH_SIDES, r"(f(\1 + \2) - f(\1)) / (2 * h)"),
        ),
    ),
    Mistake(
        **words("skip-forgotten-backward"),
        group="derivatives",
        edits=((r"= dy \+ (\(?d)", r"= \1"), (r"\(1 - 0\.2\) \* \(1 \+ 0\.5\)", "-0.2 * 0.5")),
    ),
    Mistake(
        **words("skip-alone-backward"),
        group="derivatives",
        edits=((r"= dy \+ .* @ .*\.T$", "= dy"),),
    ),
    Mistake(
        **words("skip-forgotten-forward"),
        group="derivatives",
        edits=((r"y = x \+ a$", "y = a"),),
    ),
    Mistake(
        **words("skip-multiplied"),
        group="derivatives",
        edits=((r"dy = dy \+ (.* @ .*)$", r"dy = dy * (\1)"),),
    ),
    Mistake(
        **words("path-through-both-missing"),
        group="derivatives",
        edits=((r"\(1 - 0\.2\) \* \(1 \+ 0\.5\)", "(1 - 0.2 + 0.5)"),),
    ),
    Mistake(
        **words("tanh-slope-of-activation"),
        group="derivatives",
        edits=((r"\(1 - a\*\*2\)", "(1 - np.tanh(a) ** 2)"),),
    ),
    Mistake(
        **words("tanh-slope-not-squared"),
        group="derivatives",
        edits=((r"\(1 - a\*\*2\)", "(1 - a)"), (r"\(1 - a\*\*2\)", "a * (1 - a)")),
    ),
    Mistake(
        **words("tanh-slope-missing"),
        group="derivatives",
        edits=((r" \* \(1 - a\*\*2\)", ""), (r"\(dy \* slopes\[k\]\)", "dy")),
    ),
    Mistake(
        **words("slope-on-the-way-around"),
        group="derivatives",
        edits=(
            (r"dx = dy \+ dz", "dx = dz + dz"),
            (r"dy = dy \+ \(dy \* (slopes\[k\])\)", r"dy = dy * \1 + (dy * \1)"),
        ),
    ),
    Mistake(
        **words("spread-not-rooted"),
        group="derivatives",
        edits=((r"np\.sqrt\(np\.mean\(centred\*\*2\)\)", "np.mean(centred**2)"),),
    ),
    Mistake(
        **words("spread-by-n-minus-one"),
        group="derivatives",
        edits=((r"np\.mean\(centred\*\*2\)", "(np.sum(centred**2) / (len(centred) - 1))"),),
    ),
    Mistake(
        **words("mean-not-removed"),
        group="derivatives",
        edits=(
            (r"normed = centred /", "normed = row /"),
            (r"row - row\.mean\(\)", "row"),
            (r"\((t\w+) - mean\)", r"\1"),
        ),
    ),
)
