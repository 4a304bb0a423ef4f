"""The verdict that names mistakes, in words that are known where the exercise stands.

First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.exercise import NOTEBOOKS, Exercise, section
from bplearn.exercises.engine.verdict import Status, Verdict
from bplearn.exercises.mistakes import named


def named_verdict(
    exercise: Exercise, groups: list[tuple[str, ...]], details: tuple[str, ...], headline: str = ""
) -> Verdict:
    """Return the verdict on a wrong answer: each group of names explains all that was seen; none means unknown.

    >>> from bplearn.exercises import exercise
    >>> named_verdict(exercise("01.4"), [("sign",)], ()).section
    '01_one_neuron.ipynb, a slope by nudging'
    """
    if not groups:
        unknown = "Wrong, but not in a way that is known here. What can be said:"
        return exercise.verdict(Status.WRONG, headline or unknown, details)
    names = tuple(dict.fromkeys(name for group in groups for name in group))
    mistakes = [named(name).worded_for(late=_stands_after(exercise, named(name).section)) for name in names]
    if headline:
        pass
    elif len(groups) == 1 and len(names) > 1:
        headline = "Consistent with several things at once: " + "; and ".join(m.says for m in mistakes) + "."
    else:
        headline = "Consistent with: " + "; or: ".join(mistake.says for mistake in mistakes) + "."
    return exercise.verdict(
        Status.WRONG,
        headline,
        details,
        mistakes=names,
        questions=tuple(dict.fromkeys(mistake.question for mistake in mistakes)),
        examples=tuple(dict.fromkeys(mistake.example for mistake in mistakes)),
        section=section(mistakes[0].section or exercise.teaches),
    )


def reordered(exercise: Exercise, outputs: tuple[str, ...]) -> Verdict:
    """Return the verdict on right numbers in another order."""
    order = f"The right numbers, in another order. Asked for is ({', '.join(outputs)})."
    return named_verdict(exercise, [("outputs-reordered",)], (), order)


def _stands_after(exercise: Exercise, place: str) -> bool:
    """Return whether a section was read before this exercise; assignments stand after all of them."""
    return exercise.number[:2] not in NOTEBOOKS or place[:2] <= exercise.number[:2]
