"""Mistakes in the backward of norms, convolution, pooling and dropout: a way of the error overlooked, or one too many.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/17_layers_of_today.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

_MEANS = r"\.mean\(axis=(0|1, keepdims=True)\)"  # over the samples, or over the row
_PLACE = r"\[:, i : i \+ rows, j : j \+ columns\]"  # the pixels that one place of the kernel meets
_MET = rf"np\.sum\((dy \* x{_PLACE})\)"
_SIZE_WAY = rf" - (y|normed) \* \((dy|dn) \* \1\){_MEANS}"

TODAY = (
    Mistake(
        **words("mean-taken-as-fixed"),
        group="derivatives",
        edits=((rf"dx = dcentred - dcentred{_MEANS}", "dx = dcentred"),),
    ),
    Mistake(
        **words("size-taken-as-fixed"),
        group="derivatives",
        edits=((_SIZE_WAY, ""), (r"direct \+ through_size", "direct")),
    ),
    Mistake(
        **words("size-way-added"),
        group="derivatives",
        edits=(
            (_SIZE_WAY, r" + \1 * (\2 * \1).mean(axis=\3)"),
            (r"through_size = -", "through_size = "),
        ),
    ),
    Mistake(
        **words("share-of-the-mean-forgotten"),
        group="derivatives",
        edits=(
            (rf"(\((?:dy|dn) \* (?:y|normed)\)){_MEANS}", r"\1.sum(axis=\2)"),
            (rf"(dcentred){_MEANS}", r"\1.sum(axis=\2)"),
            (r" \* y / 2$", " * y"),
        ),
    ),
    Mistake(
        **words("input-for-normed"),
        group="derivatives",
        edits=(
            (r"- y \* \(dy \* y\)", "- centred * (dy * centred)"),
            (r"- normed \* \(dn \* normed\)", "- centred * (dn * centred)"),
            (r"np\.sum\(dy \* y\) / size \* y", "np.sum(dy * x) / size * x"),
        ),
    ),
    Mistake(
        **words("not-divided-by-the-size"),
        group="derivatives",
        edits=((r"(dcentred = .*\)) / size$", r"\1"), (r"direct = dy / size", "direct = dy")),
    ),
    Mistake(
        **words("gain-forgotten"),
        group="derivatives",
        edits=((r"dn = dy \* g$", "dn = dy"),),
    ),
    Mistake(
        **words("gain-of-the-input"),
        group="derivatives",
        edits=(
            (r"dg = np\.sum\(dy \* normed, axis=0\)", "dg = np.sum(dy * x, axis=0)"),
            (r"dg = np\.sum\(dy \* normed, axis=0\)", "dg = np.sum(dy * centred, axis=0)"),
        ),
    ),
    Mistake(
        **words("gain-averaged"),
        group="derivatives",
        edits=((r"dg = np\.sum\(", "dg = np.mean("),),
    ),
    Mistake(
        **words("rows-for-columns"),
        group="derivatives",
        edits=(
            (r"axis=1, keepdims=True", "axis=0, keepdims=True"),
            (r"\.mean\(axis=0\)", ".mean(axis=1, keepdims=True)"),
        ),
    ),
    Mistake(
        **words("last-window-only"),
        group="derivatives",
        edits=((rf"(dx{_PLACE}) \+= ", r"\1 = "),),
    ),
    Mistake(
        **words("positions-averaged"),
        group="derivatives",
        edits=(
            (_MET, r"np.mean(\1)"),
            (_MET, r"np.sum(np.mean(\1, axis=(1, 2)))"),
            (_MET, r"np.sum(\1) / len(x)"),
            (r"db = np\.sum\(dy\)", "db = np.mean(dy)"),
            (r"db = np\.sum\(dy\)", "db = np.sum(dy) / len(dy)"),
        ),
    ),
    Mistake(
        **words("one-position-only"),
        group="derivatives",
        edits=(
            (_MET, r"np.sum((\1)[:, 0, 0])"),
            (_MET, r"np.sum((\1)[:, -1, -1])"),
        ),
    ),
    Mistake(
        **words("bias-for-each-position"),
        group="derivatives",
        edits=(
            (r"db = np\.sum\(dy\)", "db = np.sum(dy, axis=0)"),
            (r"db = np\.sum\(dy\)", "db = np.sum(dy, axis=(1, 2))"),
        ),
    ),
    Mistake(
        **words("kernel-turned"),
        group="derivatives",
        edits=(
            (r"W\[i, j\]$", "W[-1 - i, -1 - j]"),
            (r"dW\[i, j\] =", "dW[-1 - i, -1 - j] ="),
        ),
    ),
    Mistake(
        **words("window-not-moved"),
        group="derivatives",
        edits=(
            (rf"dy \* x{_PLACE}", "dy * x[:, :rows, :columns]"),
            (rf"dx{_PLACE}", "dx[:, :rows, :columns]"),
        ),
    ),
    Mistake(
        **words("error-to-all"),
        group="derivatives",
        edits=(
            (r"dtiles = largest \*", "dtiles = np.ones_like(tiles) *"),
            (r"dtiles = largest \*", "dtiles = np.ones_like(tiles) / 4 *"),
        ),
    ),
    Mistake(**words("error-by-share"), group="derivatives"),
    Mistake(
        **words("value-for-mask"),
        group="derivatives",
        edits=((r"dtiles = largest \*", "dtiles = largest * tiles *"),),
    ),
    Mistake(
        **words("largest-of-the-image"),
        group="derivatives",
        edits=(
            (r"axis=\(2, 4\)", "axis=(1, 2, 3, 4)"),
            (r"tiles\.max\(axis=\(2, 4\), keepdims=True\)", "tiles.max()"),
            (r"axis=\(2, 4\)", "axis=2"),
            (r"axis=\(2, 4\)", "axis=4"),
        ),
    ),
    Mistake(
        **words("smallest-gets-it"),
        group="derivatives",
        edits=((r"tiles\.max", "tiles.min"),),
    ),
    Mistake(
        **words("dropout-not-scaled"),
        group="derivatives",
        edits=((r"kept / \(1 - p\)", "kept"), (r"kept / \(1 - p\)", "kept * (1 - p)")),
    ),
    Mistake(
        **words("dropped-gets-an-error"),
        group="derivatives",
        edits=((r"kept / \(1 - p\)", "1 / (1 - p)"), (r"dy \* mask", "dy")),
    ),
    Mistake(
        **words("divided-by-p"),
        group="derivatives",
        edits=((r"\(1 - p\)", "p"),),
    ),
)
