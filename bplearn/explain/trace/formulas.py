"""A formula with names and with numbers, as a reader would write it down, and that of each loss.

These formulas are only shown. The numbers that are multiplied come from `backward`; a test holds the two together.
notebooks/06_trace_one_weight.ipynb shows them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bplearn import functional
from bplearn.checks.arrays import Array
from bplearn.explain.naming import Name
from bplearn.losses import (
    BinaryCrossEntropy,
    HalfSquaredError,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SoftmaxCrossEntropy,
)
from bplearn.show.text import bracketed, short


class Formula(NamedTuple):
    """A formula with places such as {y} and, for each place, its name and its number.

    >>> formula = Formula("{y} * (1 - {y})", {"y": (Name("h1", "h_{1}"), 0.25)})
    >>> formula.text, formula.numbers, formula.latex
    ('h1 * (1 - h1)', '0.25 * (1 - 0.25)', 'h_{1}(1 - h_{1})')
    """

    template: str
    places: dict[str, tuple[Name, float]]

    @property
    def text(self) -> str:
        """The formula with names."""
        return self.template.format(**{place: name.text for place, (name, _) in self.places.items()})

    @property
    def numbers(self) -> str:
        """The formula with numbers; a negative one stands in brackets, unless it stands alone."""
        return self._with_numbers(4).strip("()") if self.is_lone else self._with_numbers(4)

    @property
    def is_lone(self) -> bool:
        """Whether the formula is a single name, such as a weight or an input."""
        return self.template.startswith("{") and self.template.count("{") == 1 and self.template.endswith("}")

    def _with_numbers(self, digits: int) -> str:
        return self.template.format(**{place: bracketed(number, digits) for place, (_, number) in self.places.items()})

    @property
    def latex(self) -> str:
        """The formula with names, as LaTeX without the dollars."""
        words = re.sub(r"(?<![{\w])[A-Za-z]{3,}(?![\w}])", _word, self.template)
        words = re.sub(r"\\mathrm{sqrt}\(({\w+})\)", r"\\sqrt{\1}", words)
        words = words.replace("} * (", "}(").replace(" * ", r" \cdot ").replace("<=", r"\leq").replace(", ", r",\ ")
        filled = words
        for place, (name, _) in self.places.items():
            filled = filled.replace(f"{{{place}}}", name.latex)
        return filled


def _word(found: re.Match[str]) -> str:
    greek = {"Phi": r"\Phi", "phi": r"\varphi", "sigmoid": r"\sigma"}
    return greek.get(found[0], rf"\mathrm{{{found[0]}}}")


def loss_formula(loss: Loss, prediction: Array, target: Array, sample: int, unit: int, name: Name) -> Formula:
    """Return the formula of dE/dprediction for one output of one sample; a mean over one thing is not written.

    >>> loss_formula(HalfSquaredError(), np.array([[0.75]]), np.array([[0.01]]), 0, 0, Name("o1", "")).numbers
    '0.75 - 0.01'
    """
    samples, outputs = len(prediction), prediction[0].size
    o = float(prediction.reshape(samples, -1)[sample, unit])
    number = str(unit + 1)
    places: dict[str, tuple[Name, float]] = {
        "o": (name, o),
        "N": (Name("N", "N"), samples * (getattr(loss, "length", None) or 1)),
        "M": (Name("M", "M"), outputs),
    }
    if isinstance(loss, SoftmaxCrossEntropy):
        p = float(functional.softmax(loss.rows(prediction)).reshape(prediction.shape)[sample, unit])
        samples *= loss.length or 1  # the mean is over tokens
        places["p"] = (Name(f"p{number}", f"p_{{{number}}}"), p)
        template = "{p} - 1" if target[sample, unit] != 0 else "{p}"
        if loss.class_weights is not None:  # the one entry of a row is the weight of its class
            rows = loss.rows(target[sample : sample + 1])
            places["w"] = (Name("w", "w"), float(rows[unit // rows.shape[-1]].sum()))
            template = "{w} * ({p} - 1)" if target[sample, unit] != 0 else "{w} * {p}"
        return _mean(template, places, samples, 1)
    if not isinstance(loss, MeanSquaredError | HalfSquaredError | MeanAbsoluteError | Huber | BinaryCrossEntropy):
        return Formula(f"from {type(loss).__name__}.backward", {})
    t = float(target.reshape(samples, -1)[sample, unit])
    places["t"] = (Name(f"t{number}", f"t_{{{number}}}"), t)
    match loss:
        case MeanSquaredError():
            return _mean("2 * ({o} - {t})", places, samples, outputs)
        case HalfSquaredError():
            return _mean("{o} - {t}", places, samples, 1)
        case MeanAbsoluteError():
            return _mean("sign({o} - {t})", places, samples, outputs)
        case Huber():
            return _mean(f"clip({{o}} - {{t}}, -{short(loss.delta)}, {short(loss.delta)})", places, samples, outputs)
        case BinaryCrossEntropy() if loss.from_logits:
            return _mean("sigmoid({o}) - {t}", places, samples, outputs)
    return _mean("({o} - {t}) / ({o} * (1 - {o}))", places, samples, outputs)


def _mean(template: str, places: dict[str, tuple[Name, float]], samples: int, outputs: int) -> Formula:
    """Divide by the samples and the outputs, where there is more than one."""
    letters = [f"{{{letter}}}" for letter, count in (("N", samples), ("M", outputs)) if count > 1]
    if letters:
        plain = template.startswith(("2 *", "{w} *", "{p}", "sign", "clip", "(")) and not template.endswith("- 1")
        below = letters[0] if len(letters) == 1 else f"({' * '.join(letters)})"
        template = f"{template if plain else f'({template})'} / {below}"
    used = {place: both for place, both in places.items() if f"{{{place}}}" in template}
    return Formula(template, used)
