"""The sentences of a verdict on code: which output is off, where it showed first, where it is right, one small case.

The small case exists only to be shown, with round numbers: the arguments, the right result, and the answer's result.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import NOTEBOOKS, Case, Code, call
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.run_cases import CaseResult, argument_names, passes, reference
from bplearn.exercises.engine.runner import copies, run
from bplearn.show.text import short

_SMALL = 6  # numbers in an array that is shown
_TOGETHER = 12  # numbers in all arguments that are shown
_SEEDS = range(1, 60)
_SIZES = ((2, 2, 2, 1), (2, 2, 2, 2), (2, 1, 1, 1), (3, 1, 1, 1), (2, 3, 2, 1))  # N, D, H, M


def called(exercise: Code) -> str:
    """Return how an answer is called.

    >>> from bplearn.exercises import exercise
    >>> called(exercise("05.7"))
    'dense_backward(dy, x, W)'
    """
    solution = exercise.solution
    return f"{solution.__name__}({', '.join(inspect.signature(solution).parameters)})"


def differences(exercise: Code, case: Case, seen: CaseResult, right: CaseResult) -> tuple[list[str], list[str]]:
    """Return the sentences on the outputs: one in short, then one on each wrong output and one on the right ones."""
    if seen.values is None or right.values is None:
        return [], []
    lines, fine, off = [], [], []
    for name, want in right.values.items():
        got = seen.values[name]
        if compare.close(got, want):
            fine.append(name)
            continue
        off.append(name)
        unchanged = _argument_of(exercise, case, got)
        if name in exercise.describe:
            lines.append(exercise.describe[name](got, want))
        elif unchanged:
            lines.append(f"{name} is {unchanged}, as it came in.")
        else:
            lines.append(compare.describe(name, got, want))
    right_ones = [f"Right: {', '.join(fine)}."] if fine and lines else []
    if len(off) > 1:
        others = f"{', '.join(off[1:4])}{f' and {len(off) - 4} more' if len(off) > 4 else ''}"
        right_ones.append(f"Also off: {others}.")
    return lines[:1], [*right_ones, *lines[1:]]


def _argument_of(exercise: Code, case: Case, got: Any) -> str:
    """Return the argument, or the part of one, that an output is; empty where it is none."""
    for name, value in zip(argument_names(exercise), case.arguments, strict=False):
        parts = {f"{name}[{k}]": part for k, part in enumerate(value)} if isinstance(value, tuple) else {name: value}
        for words, part in parts.items():
            if (
                isinstance(part, np.ndarray)
                and part.size > 1
                and part.dtype.kind == "f"
                and compare.close(got, part, 1e-12)
            ):
                return words
    return ""


def first_seen(exercise: Code, case: Case) -> str:
    """Say on which inputs an answer went wrong first; "a batch of 5" where an argument has 5 rows.

    >>> from bplearn.exercises import exercise
    >>> neuron = exercise("01.2")
    >>> first_seen(neuron, neuron.cases()[0])
    'First seen with x (3,), w (3,), b = 0.752.'
    """
    shapes = (_shape(*pair) for pair in zip(argument_names(exercise), case.arguments, strict=False))
    shown = ", ".join(shape for shape in shapes if shape)
    label = f"{case.label}: " if case.size == 0 or _in_batches(exercise) else ""
    return f"First seen with {label}{shown or 'no arrays'}."


def where_right(exercise: Code, cases: list[Case], seen: list[CaseResult], right: list[CaseResult]) -> str:
    """Say on which inputs an answer is right; empty where it is right on none."""
    judged = [
        (case, passes([case], [result], [wanted]))
        for case, result, wanted in zip(cases, seen, right, strict=True)
        if not case.diagnosis_only
    ]
    good = [case for case, passed in judged if passed]
    bad = [case for case, passed in judged if not passed]
    if not good or not bad:
        return ""
    if all(case.size == 0 for case in bad):
        return f"It is wrong only with {' and with '.join(case.label for case in bad[:3])}."
    if all("float32" in case.label for case in bad):
        return "It is wrong only with float32 numbers."
    if any("float32" in case.label for case in good):  # a comparison as loose as this proves nothing
        good = [case for case in good if "float32" not in case.label]
        judged = [(case, passed) for case, passed in judged if "float32" not in case.label]
        if not good:
            return ""
    sizes, others = (
        {case.size for case in good if case.size and not case.edge},
        {case.size for case in bad if case.size},
    )
    if _in_batches(exercise) and sizes and not sizes & others:
        return f"It is right with {_listed(sizes)} samples in the batch, and wrong with {_listed(others)}."
    if all(case.edge for case in good):  # of its sizes several are 1, and none of them alone may be the reason
        return ""
    return f"It is right in {len(good)} of {len(judged)} cases."


def small_case(exercise: Code, answer: Any) -> str:
    """Show one case that is small enough to read, in which the answer is off; empty where there is none.

    >>> from bplearn.exercises import exercise
    >>> small_case(exercise("01.4"), lambda f, x, h: (f(x + h) - f(x)) / h)
    'For example with f(w) = w², w = 3, h = 0.5: slope should be 6; yours is 6.5.'
    """
    if exercise.observe is not call or exercise.number[:2] not in NOTEBOOKS:
        return ""
    for words, arguments in _small_arguments(exercise):
        got, want = _outputs(exercise, answer, arguments), _outputs(exercise, exercise.solution, arguments)
        if got is None or want is None:
            continue
        off = []
        for name, truth in want.items():
            mine = compare.fitted(name, got[name], truth)
            if not compare.close(mine, truth) and max(mine.size, truth.size) <= _SMALL:
                should, yours = _told_apart(truth, mine)
                off.append(f"{name} should be {should}; yours is {yours}.")
        if off:
            return f"For example with {words}: {' '.join(off[:2])}"
    return ""


def _in_batches(exercise: Code) -> bool:
    """Return whether some argument has a row for each sample; no other size of the first case is its N."""
    first = reference(exercise)[0][0]
    return any(isinstance(value, np.ndarray) and value.shape[:1] == (first.size,) for value in first.arguments)


def _shape(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    if isinstance(value, float):
        return f"{name} = {short(value)}"
    if isinstance(value, int | str):
        return f"{name} = {value!r}"
    if isinstance(value, list | tuple) and value:
        return f"{name} of length {len(value)}"
    return ""


def _listed(sizes: set[int]) -> str:
    *most, last = map(str, sorted(sizes))
    return f"{', '.join(most)} or {last}" if most else last


@functools.cache
def _small_arguments(exercise: Code) -> list[tuple[str, tuple[Any, ...]]]:
    """Return small cases with their words: the exercise's own, or drawn ones that fit on a line."""
    if exercise.small:
        return list(exercise.small)
    found = []
    for n, d, h, m in _SIZES:
        random_cases = (
            RandomCase("a small case", network=seed, batch=seed, N=n, D=d, H=h, M=m, shown=True) for seed in _SEEDS
        )
        tries = [_drawn(exercise, draw) for draw in random_cases]
        plain = [arguments for arguments in tries if arguments and all(map(_is_plain, arguments))]
        if not plain or not _is_finite(exercise, plain[0]):
            continue
        arguments = next((some for some in plain if _answers_differ(exercise, some)), plain[0])
        if all(map(_showable, arguments)) and sum(np.size(value) for value in arguments) <= _TOGETHER:
            pairs = zip(argument_names(exercise), arguments, strict=True)
            found.append((", ".join(f"{name} = {_number(value)}" for name, value in pairs), arguments))
    return found


def _drawn(exercise: Code, draw: RandomCase) -> tuple[Any, ...]:
    """Return arguments of these sizes, arrays with one decimal; nothing where they are too small to be drawn."""
    try:
        return tuple(
            np.round(value, 1) if isinstance(value, np.ndarray | float) and _is_long(value) else value
            for value in exercise.inputs(draw)
        )
    except Exception:
        return ()


def _is_long(value: Any) -> bool:
    """Return whether a number has more than two decimals; the rates and shares that are given have not."""
    return not isinstance(value, float) or (abs(value) > 0.05 and round(value, 2) != value)


def _is_plain(value: Any) -> bool:
    """Return whether no two numbers of an array are the same and none is 0, 1 or 1/2, where much would look right."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or set(value.flat) <= {0.0, 1.0}:
        return True
    return np.unique(abs(value)).size == value.size and not np.isin(value, (0, 0.5, 1)).any()


def _answers_differ(exercise: Code, arguments: tuple[Any, ...]) -> bool:
    right = _outputs(exercise, exercise.solution, arguments)
    return right is not None and all(_is_plain(np.round(array, 4)) for array in right.values())


def _is_finite(exercise: Code, arguments: tuple[Any, ...]) -> bool:
    right = _outputs(exercise, exercise.solution, arguments)
    return right is not None and all(np.isfinite(array).all() for array in right.values())


def _showable(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, np.ndarray) and value.size <= _SMALL)


def _outputs(exercise: Code, answer: Any, arguments: tuple[Any, ...]) -> compare.Outputs | None:
    ran = run(lambda: compare.outputs(call(answer, copies(arguments)), exercise.outputs), exercise.seconds)
    return None if ran.failure else ran.value


def _told_apart(want: Any, got: Any) -> tuple[str, str]:
    """Write both with as many digits as it takes to see a difference."""
    for digits in (4, 6, 9):
        pair = _number(want, digits), _number(got, digits)
        if pair[0] != pair[1]:
            break
    return pair


def _number(value: Any, digits: int = 4) -> str:
    """Write a number or a small array as one would type it."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"[{', '.join(_number(part, digits) for part in value)}]"
    return f"{float(value) + 0.0:.{digits}g}"
