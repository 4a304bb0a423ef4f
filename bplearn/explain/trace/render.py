"""How a weight's trace is shown: as text, as a table for a notebook, and as a derivation in LaTeX.

All three show the same: the gradient, its strongest paths with every factor, and what the rest adds up to.
Used by `WeightTrace`, notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math

from bplearn.explain.trace.facts import TraceFacts
from bplearn.explain.trace.paths import Factor, Path, Paths
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.show.palette import MUTED
from bplearn.show.table import Cell, Rich, Table, bar
from bplearn.show.text import escape, latex_number, short

DETAILED = 3  # paths that the text writes out in full
DIGITS = 6


def share(part: float, total: float) -> str:
    """Write a part of the gradient as a percentage; a gradient of zero has no parts.

    >>> share(0.5, 2.0), share(-1.0, 0.5), share(1.0, 0.0)
    ('25.0 %', '-200.0 %', '-')
    """
    if total == 0 or not math.isfinite(part / total):
        return "-"
    percent = 100 * part / total + 0.0  # never -0
    return f"{percent:.1f} %" if abs(percent) < 9999.5 else f"{percent:.1e} %"


def headline(trace: TraceFacts) -> str:
    """Say what was traced and what came out."""
    return f"dE/d{trace.weight} = {short(trace.gradient, 9)}"


def setting(trace: TraceFacts) -> str:
    """Say where the weight is, what the error is, and what is summed."""
    where = f"layer {trace.layer}" if len(trace.uses) == 1 else f"shared by layers {', '.join(map(str, trace.uses))}"
    samples = len(trace.x)
    if trace.sample is not None:
        over = f", the share of sample {trace.sample} among {samples}"
    else:
        over = f", {samples} samples" if samples > 1 else ""
    return f"{trace.weight} = {short(trace.value, DIGITS)} in {where}; E = {short(trace.error, DIGITS)}{over}"


def summary(trace: TraceFacts) -> str:
    """Say how many paths there are, or where they all end."""
    if trace.count:
        return "the only path" if trace.count == 1 else f"the sum over {trace.count:,} paths"
    stop = trace.stops_at()
    if stop is None:
        return "no path carries anything: the loss is flat here"
    return f"no path carries anything: on each, a factor is zero, at layer {stop}, {trace.network[stop]!r}, or below it"


def footnote(trace: TraceFacts) -> str:
    """Say how to read the names."""
    first = "Names count from 1, indices in brackets from 0."
    if isinstance(trace.loss, SoftmaxCrossEntropy):
        classes = trace.network(trace.x[:1]).shape[-1] // (trace.loss.length or 1)
        first += f" o1 ... o{classes} are the classes 0 ... {classes - 1}"
        first += ", of token 0; those of token 1 follow, and so on." if trace.loss.length else "."
    return first


def text(trace: TraceFacts) -> str:
    """Return the trace as text: three paths with all factors, the others in one line each."""
    listed = trace.paths()
    lines = [headline(trace), setting(trace), summary(trace), ""]
    running = 0.0
    for number, path in enumerate(listed, start=1):
        running += path.product
        of_sample = f"sample {path.sample}: " if len(trace.rows) > 1 else ""
        lines.append(f"{number:>2}  {of_sample}{path.route}")
        if number <= DETAILED:
            lines += _factor_lines(path)
        lines.append(f"    product {short(path.product, DIGITS)}, so far {share(running, trace.gradient)}")
    if listed:
        lines += ["", *_ending(trace, listed)]
    if len(trace.rows) > 1:
        lines.append(_samples(trace))
    return "\n".join([*lines, footnote(trace)])


def _factor_lines(path: Path) -> list[str]:
    rows = [
        (f"d{f.upper}/d{f.lower}", f.formula.text, f.formula.numbers, f"= {short(f.value, DIGITS)}")
        for f in path.factors
    ]
    return [f"    {line}" for line in str(Table("", (), tuple(rows))).split("\n")]


def _ending(trace: TraceFacts, listed: Paths) -> list[str]:
    rows = [(f"these {len(listed)}" if len(listed) > 1 else "this one", listed.sum)]
    if len(listed) < trace.count:
        rows += [(f"{trace.count - len(listed):,} others", listed.remainder), ("all", trace.gradient)]
    cells = tuple((words, short(number, 9), share(number, trace.gradient)) for words, number in rows)
    return str(Table("", (), cells)).split("\n")


def _samples(trace: TraceFacts) -> str:
    order = sorted(trace.rows, key=lambda n: -abs(trace.per_sample[n]))[:5]
    parts = ", ".join(f"sample {n} {short(float(trace.per_sample[n]))}" for n in order)
    return f"largest shares: {parts}"


def html(trace: TraceFacts) -> str:
    """Return the trace as a table: a row for each path, a column for each factor."""
    listed = trace.paths()
    running = list(itertools.accumulate(path.product for path in listed))
    tables = []
    for use in sorted(trace.uses, reverse=True):
        numbers = [number for number, path in enumerate(listed) if path.use == use]
        if numbers:
            paths = [listed[number] for number in numbers]
            tables.append(_table(trace, use, paths, numbers, [running[number] for number in numbers]).html())
    about = f"<strong>{escape(headline(trace))}</strong>, {escape(summary(trace))}."
    ending = "<br>".join(escape(line) for line in _ending(trace, listed)) if listed else ""
    more = f"<br>{escape(_samples(trace))}" if len(trace.rows) > 1 else ""
    return (
        f"<div>{about}</div><div>{escape(setting(trace))}.</div>{''.join(tables)}"
        f'<div style="font-variant-numeric:tabular-nums;white-space:pre-wrap">{ending}{more}</div>'
        f'<div style="color:{MUTED}">{escape(footnote(trace))}</div>'
    )


def _table(trace: TraceFacts, use: int, paths: list[Path], numbers: list[int], running: list[float]) -> Table:
    """Return the paths through one use of the weight: a row for each path, a column for each factor."""
    names = trace.formatter.names
    layers = [layer for layer, _ in paths[0].units]
    nodes = ["E", *(names.layer(layer).text for layer in layers), paths[0].factors[-1].lower.text]
    several = len(trace.rows) > 1
    titles = [*(["sample"] if several else []), *(f"∂{a}/∂{b}" for a, b in itertools.pairwise(nodes))]
    largest = max(abs(path.product) for path in trace.paths()) or 1.0
    rows = []
    for path, number, so_far in zip(paths, numbers, running, strict=True):
        product = short(path.product, DIGITS)
        bold = Rich(product, f"<strong>{product}</strong><br>{bar(path.product / largest)}")
        cells: list[Cell] = [str(number + 1), *([str(path.sample)] if several else [])]
        cells += [_factors(step, detailed=number < DETAILED) for step in path.steps]
        rows.append((*cells, bold, share(so_far, trace.gradient)))
    shared = len(trace.uses) > 1
    words = f"Through the use in layer {use}" if shared else "The strongest paths, from the error to the weight"
    return Table(words, ("", *titles, "product", "so far"), tuple(rows))


def _factors(step: tuple[Factor, ...], *, detailed: bool) -> Rich:
    """Write the factors of one layer: inside a block their product and, of a `detailed` path, each in a line."""
    if len(step) == 1:
        return _factor(step[0])
    product = short(math.prod(factor.value for factor in step), DIGITS)
    lines = [f"{len(step)} factors"]
    if detailed:
        values = [short(f.value, DIGITS) for f in step]
        words = [v if f.formula.text == v else f"{f.formula.text} = {v}" for f, v in zip(step, values, strict=True)]
        lines = [f"∂{f.upper}/∂{f.lower} = {its}" for f, its in zip(step, words, strict=True)]
    small = "<br>".join(map(escape, lines))
    below = f'<small style="color:{MUTED}">{small}</small>'
    return Rich(product, f'<span style="white-space:nowrap"><strong>{product}</strong><br>{below}</span>')


def _factor(factor: Factor) -> Rich:
    """Write a local derivative: its name, its number, its formula and the formula with numbers."""
    formula, value = factor.formula, short(factor.value, DIGITS)
    worked = "" if formula.is_lone or formula.numbers == formula.text else f"<br>{escape(formula.numbers)}"
    name = f'<span style="color:{MUTED}">∂{escape(factor.upper)}/∂{escape(factor.lower)}</span>'
    below = f'<small style="color:{MUTED}">{escape(formula.text)}{worked}</small>'
    return Rich(value, f'<span style="white-space:nowrap">{name}<br><strong>{value}</strong><br>{below}</span>')


def latex(trace: TraceFacts, top: int) -> str:
    """Return the derivation, a line between dollars for each step; every line renders by itself."""
    listed = trace.paths(top)
    left = rf"\frac{{\partial E}}{{\partial {trace.weight.latex}}}"
    if not listed:
        return f"${left} = 0$"
    products = [rf"P_{{{number}}}" for number in range(1, len(listed) + 1)]
    rest = trace.count - len(listed)
    tail = r" + R" if rest else ""
    lines = [f"${left} = {' + '.join(products)}{tail}$"]
    for name, path in zip(products, listed, strict=True):
        chain = r"\,".join(
            rf"\frac{{\partial {factor.upper.latex}}}{{\partial {factor.lower.latex}}}" for factor in path.factors
        )
        formulas = r" \cdot ".join(_bracketed(factor.formula.latex) for factor in path.factors)
        numbers = r" \cdot ".join(latex_number(factor.value, DIGITS, brackets=True) for factor in path.factors)
        where = rf"\quad (\mathrm{{sample}}\ {path.sample})" if len(trace.rows) > 1 else ""
        lines += [
            f"${name} = {chain}{where}$",
            f"${name} = {formulas}$",
            f"${name} = {numbers} = {latex_number(path.product, DIGITS)}$",
        ]
    if rest:
        lines.append(rf"$R = {latex_number(listed.remainder, DIGITS)}\quad (\mathrm{{{rest}\ other\ paths}})$")
    parts = [latex_number(path.product, DIGITS, brackets=number > 0) for number, path in enumerate(listed)]
    if rest:
        parts.append(latex_number(listed.remainder, DIGITS, brackets=True))
    lines.append(f"${left} = {' + '.join(parts)} = {latex_number(trace.gradient, DIGITS)}$")
    return "\n\n".join(lines)


def _bracketed(formula: str) -> str:
    """Put a sum in brackets, so that it can stand in a product."""
    outside = depth = 0
    for place, letter in enumerate(formula):
        depth += (letter in "([{") - (letter in ")]}")
        outside += depth == 0 and letter in "+-," and place >= 0
    return f"({formula})" if outside else formula
