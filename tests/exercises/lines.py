"""The list of mistakes that a checker has to name, line by line, and how a planted answer is written down.

Every planted answer is written by hand, in a learner's way, and knows nothing of the catalogue's code.
"""

from dataclasses import dataclass
from typing import Any

LINES = {
    "W used without its transpose": {"weights-not-transposed", "weights-turned-forward"},
    "dW transposed": {"gradient-transposed"},
    "bias gradient not summed": {"bias-not-summed"},
    "bias gradient summed over everything": {"bias-summed-over-everything"},
    "averaged a second time": {"bias-averaged", "mean-twice"},
    "bias never updated": {"bias-not-updated"},
    "1/N missing": {"mean-missing"},
    "N hard-coded": {"n-hard-coded"},
    "the last partial batch": {"last-batch-dropped"},
    "(N,1) minus (N,)": {"broadcast-n-by-n"},
    "hidden derivative forgotten": {"hidden-derivative-missing", "tanh-slope-missing"},
    "derivative taken twice": {"derivative-twice"},
    "sigma' of the activation": {"sigmoid-slope-of-activation"},
    "a (1 - a) of z": {"sigmoid-slope-of-z"},
    "ReLU mask >= 0 on the activation": {"relu-mask-always-true", "hidden-derivative-missing"},
    "output derivative missing": {"output-derivative-missing"},
    "extra sigma' with cross-entropy": {"extra-slope-with-cross-entropy"},
    "softmax twice": {"softmax-twice"},
    "factor 2 or 1/2": {"factor-two"},
    "sign": {"sign", "uphill"},
    "weights updated before the hidden error": {"updated-before-hidden-error"},
    "stale cache": {"stale-cache", "depends-on-earlier-calls"},
    "gradients not cleared": {"gradients-not-cleared", "depends-on-earlier-calls"},
    "= for +=": {"assigned-not-added", "last-window-only"},
    "argument changed in place": {"argument-changed"},
    "only the last sample": {"last-sample-only"},
    "X shuffled without its targets": {"shuffled-alone"},
    "zero or constant start": {"start-zero", "start-constant"},
    "learning rate 100 times too large": {"rate-too-large"},
    "epoch taken for iteration": {"epoch-for-iteration"},
    "biases regularised": {"bias-regularized"},
    # and what newcomers wrote first
    "brackets missing": {"brackets-missing"},
    "a minus for both terms": {"bias-sign"},
    "a mean for a sum": {"mean-for-sum"},
    "products not added up": {"products-not-summed"},
    "two inputs only": {"two-inputs-only"},
    "an activation too many": {"activation-too-many"},
    "a variable of the notebook": {"notebook-variable"},
    "right numbers in another order": {"outputs-reordered"},
    "the weight for its input": {"weight-for-input"},
    "one path of two": {"one-path-only"},
    "the local derivative alone": {"incoming-derivative-forgotten"},
    "the order never drawn anew": {"not-shuffled"},
    "gradients from the last layer to the first": {"last-layer-first"},
    # autograd
    "the minus of a quotient": {"quotient-sign"},
    "the square of a quotient": {"quotient-square-missing"},
    "a fork averaged": {"fork-averaged"},
    "a fork not added": {"fork-not-added"},
    # blocks
    "the way around forgotten": {"skip-forgotten-backward"},
    "the way through forgotten": {"skip-alone-backward"},
    "the input not added": {"skip-forgotten-forward"},
    "tanh taken twice": {"tanh-slope-of-activation"},
    # norms, convolution, pooling, dropout
    "the way through the size forgotten": {"size-taken-as-fixed"},
    "the way through the mean forgotten": {"mean-taken-as-fixed"},
    "a mean's share forgotten": {"share-of-the-mean-forgotten"},
    "the size's way with a plus": {"size-way-added"},
    "rows for columns": {"rows-for-columns"},
    "the gain forgotten": {"gain-forgotten"},
    "the gain takes the input": {"gain-of-the-input"},
    "positions averaged": {"positions-averaged"},
    "the kernel turned": {"kernel-turned"},
    "a bias for each position": {"bias-for-each-position"},
    "an error for all of a tile": {"error-to-all"},
    "the largest of the image": {"largest-of-the-image"},
    "the largest for its slope": {"value-for-mask"},
    "a kept number not scaled": {"dropout-not-scaled"},
    "an error for what was left out": {"dropped-gets-an-error"},
    # attention
    "the mean of a softmax's errors forgotten": {"softmax-sum-missing"},
    "a share of its own score alone": {"softmax-own-slope-alone"},
    "shares as they are for the values": {"shares-not-turned"},
    "errors as they are for the keys": {"scores-not-turned"},
    "the root of the width forgotten": {"scale-forgotten"},
    "softmax down the columns": {"wrong-axis"},
    "a hidden score of 0": {"mask-of-zeros"},
    "shares cut off": {"mask-after-softmax"},
    "the past hidden": {"mask-of-the-past"},
    "a token hidden from itself": {"mask-hides-itself"},
    "targets not shifted": {"targets-not-shifted"},
    "one target for a window": {"next-token-alone"},
    "windows that do not overlap": {"windows-apart"},
    "the last window lost": {"last-window-lost"},
}


@dataclass(frozen=True)
class Planted:
    """A wrong answer: which exercise it answers, which line of the list it is, and a maker of fresh copies."""

    exercise: str
    line: str
    name: str
    make: Any


PLANTED: list[Planted] = []


def wrong(exercise, line):
    """Write down a wrong answer that keeps nothing between calls."""
    assert line in LINES, line

    def note(answer):
        PLANTED.append(Planted(exercise, line, answer.__name__, lambda: answer))
        return answer

    return note


def wrong_with_memory(exercise, line):
    """Write down a maker of wrong answers that keep something between calls."""
    assert line in LINES, line

    def note(make):
        PLANTED.append(Planted(exercise, line, make.__name__, make))
        return make

    return note
