"""Mistakes with optimizers and in judging: running means, Adam's correction, leaks, when to stop.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/13_optimizers.ipynb and notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

PRACTICE = (
    Mistake(
        **words("velocity-averaged"),
        group="training",
        edits=((r"momentum \* v \+ g", "momentum * v + (1 - momentum) * g"),),
    ),
    Mistake(
        **words("velocity-lost"),
        group="training",
        edits=((r"momentum \* v \+ g", "v + g"), (r"momentum \* v \+ g", "g"), (r"rate \* v$", "rate * g")),
    ),
    Mistake(
        **words("shares-swapped"),
        group="training",
        edits=(
            (r"(decay|beta1|beta2) \* ([ms]) \+ \(1 - \1\) \*", r"(1 - \1) * \2 + \1 *"),
            (r"momentum \* v \+ g", "v + momentum * g"),
            (r"momentum \* v \+ g", "(1 - momentum) * v + momentum * g"),
        ),
    ),
    Mistake(
        **words("square-forgotten"),
        group="training",
        edits=(
            (r"(\(1 - (?:decay|beta2)\) \* g)\*\*2", r"\1"),
            (r"(\(1 - (?:decay|beta2)\)) \* g\*\*2", r"\1 * abs(g)"),
            (r"(\(1 - decay\) \* g)\*\*2(\n.*)np\.sqrt\(s\)", r"\1\2np.sqrt(abs(s))"),
        ),
    ),
    Mistake(
        **words("root-forgotten"),
        group="training",
        edits=((r"np\.sqrt\((\w+)\)", r"\1"),),
    ),
    Mistake(
        **words("correction-missing"),
        group="training",
        edits=(
            (r"([ms])_corrected = .+$", r"\1_corrected = \1"),
            *((rf"{mean}_corrected = .+$", f"{mean}_corrected = {mean}") for mean in "ms"),
        ),
    ),
    Mistake(
        **words("correction-miscounted"),
        group="training",
        edits=(
            (r"\*\*step", "**(step - 1)"),
            (r"\*\*step", "**(step + 1)"),
            (r"(beta\d)\*\*step", r"\1"),
            (r"beta(\d)\*\*step", r"beta\1*step"),
        ),
    ),
    Mistake(
        **words("correction-kept"),
        group="training",
        edits=((r"return m, s, change", "return m_corrected, s_corrected, change"),),
    ),
    Mistake(
        **words("betas-mixed"),
        group="training",
        edits=(
            (r"1 - beta2\*\*step", "1 - beta1**step"),
            (r"^    m = beta1", "    beta1, beta2 = beta2, beta1\n    m = beta1"),
            (r"beta1\*\*step\)(\n.*)beta2\*\*step", r"beta2**step)\1beta1**step"),
            (r"1 - beta1\*\*step", "1 - beta2**step"),
            (r"beta2 \* s \+ \(1 - beta2\)", "beta1 * s + (1 - beta1)"),
            (r"beta1 \* m \+ \(1 - beta1\)", "beta2 * m + (1 - beta2)"),
        ),
    ),
    Mistake(
        **words("count-for-share"),
        group="training",
        edits=((r"np\.mean\(guesses == t\)", "np.sum(guesses == t)"),),
    ),
    Mistake(
        **words("percent-for-share"),
        group="training",
        edits=((r"np\.mean\(guesses == t\)", "100 * np.mean(guesses == t)"),),
    ),
    Mistake(
        **words("errors-counted"),
        group="training",
        edits=((r"guesses == t", "guesses != t"),),
    ),
    Mistake(
        **words("leak"),
        group="training",
        edits=(
            (r"train\.mean\(axis=0\), train\.std\(axis=0\)", "x.mean(axis=0), x.std(axis=0)"),
            (r"train\.mean\(axis=0\)", "x.mean(axis=0)"),
            (r"train\.std\(axis=0\)", "x.std(axis=0)"),
        ),
    ),
    Mistake(
        **words("variance-for-deviation"),
        group="training",
        edits=((r"\b(train|x)\.std\(axis=0\)", r"\1.var(axis=0)"), (r"np\.sqrt\(2 / n_in\)", "(2 / n_in)")),
    ),
    Mistake(
        **words("statistics-of-all-columns"),
        group="training",
        edits=(
            (r"(t\w+)\.(mean|std)\(axis=0\)", r"\1.\2()"),
            (r"train\.mean\(axis=0\)", "train.mean()"),
            (r"train\.std\(axis=0\)", "train.std()"),
        ),
    ),
    Mistake(
        **words("test-in-its-own-units"),
        group="training",
        edits=(
            (r"test = \(test - mean\) / std", "test = (test - test.mean(axis=0)) / test.std(axis=0)"),
            (r"^    test = \(test - mean\) / std\n", ""),
            (r"test = \(test - mean\)", "test = (test - test.mean(axis=0))"),
            (r"(test = .*) / std", r"\1 / test.std(axis=0)"),
        ),
    ),
    Mistake(
        **words("off-by-one"),
        group="training",
        edits=(
            (r">= patience", "> patience"),
            (r"start=1", "start=0"),
            (r", start=1\)([\s\S]*), len\(losses\)$", r")\1, len(losses) - 1"),
            (r">= patience", ">= patience - 1"),
            (r"(best, best_loss = epoch), loss", r"\1 - 1, loss"),
            (r"return best, len\(losses\)", "return best, len(losses) - 1"),
            *((r"return best, epoch\n", f"return best, epoch {sign} 1\n") for sign in "+-"),
            (r"range\(epochs\)", "range(epochs - 1)"),
            (r"range\(epochs\)", "range(epochs + 1)"),
        ),
    ),
    Mistake(
        **words("ties-count-as-better"),
        group="training",
        edits=((r"loss < best_loss", "loss <= best_loss"),),
    ),
    Mistake(
        **words("worst-for-best"),
        group="training",
        edits=(
            (
                r"best, best_loss = 0, np\.inf\n(.*\n)(\s+)if loss < best_loss:",
                r"best, best_loss = 0, -np.inf\n\1\2if loss > best_loss:",
            ),
            (r"^(\s+)elif epoch - best >= patience:\n(\s+)return best, epoch\n", r"\g<0>\1best_loss = loss\n"),
        ),
    ),
    Mistake(
        **words("zero-grad-forgotten"),
        group="practice",
        edits=((r"^        w\.zero_grad\(\)\n", ""),),
    ),
    Mistake(
        **words("softmax-before-cross-entropy"),
        group="practice",
        edits=(
            (
                r"loss = cross_entropy\((Tensor\(x\) @ W), t\)",
                r"logits = \1\n    p = logits.exp() / logits.exp().sum(axis=1, keepdims=True)\n"
                "    loss = cross_entropy(p, t)",
            ),
        ),
    ),
    Mistake(
        **words("sum-of-the-losses"),
        group="practice",
        edits=((r"(loss = \(\(.* - t\) \*\* 2\))\.mean\(\)", r"\1.sum()"),),
    ),
    Mistake(
        **words("detached"),
        group="practice",
        edits=((r"error \* error\)", "error * error.detach())"),),
    ),
    Mistake(
        **words("fork-not-added"),
        group="practice",
        edits=(
            (r"dy = dy\.sum\(axis=0\)$", "dy = dy[0]"),
            (r"dy = dy\.sum\(", "dy = dy.max("),
            (r"dy = dy\.sum\(axis=axis, keepdims=True\)", "dy = dy.take([0], axis=axis)"),
        ),
    ),
    Mistake(
        **words("fork-averaged"),
        group="practice",
        edits=(
            (r"dy = dy\.sum\(axis=0\)$", "dy = dy.mean(axis=0)"),
            (r"dy = (dy \+ .* @ .*)$", r"dy = (\1) / 2"),
            (r"dy = dy\.sum\(axis=axis, keepdims=True\)", "dy = dy.mean(axis=axis, keepdims=True)"),
            (
                r"^(    np\.add\.at\(dW, t, dy\)\n)",
                r"\1    dW /= np.maximum(np.bincount(t, minlength=count), 1)[:, None]\n",
            ),
        ),
    ),
    Mistake(
        **words("quotient-sign"),
        group="practice",
        edits=((r"db = -dy \* a", "db = dy * a"),),
    ),
    Mistake(
        **words("quotient-square-missing"),
        group="practice",
        edits=((r"a / b\*\*2", "a / b"),),
    ),
    Mistake(
        **words("last-call-alone"),
        group="practice",
        edits=((r"slope \+ slope \+ slope", "slope"),),
    ),
)
