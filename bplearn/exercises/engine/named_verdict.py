"""The verdict that names mistakes, in words that the learner has met by this exercise.

First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.exercise import Exercise, section
from bplearn.exercises.engine.texts import is_read_before
from bplearn.exercises.engine.verdict import Status, Verdict
from bplearn.exercises.mistakes import named


def named_verdict(
    exercise: Exercise,
    groups: list[tuple[str, ...]],
    details: tuple[str, ...],
    headline: str = "",
    aside: tuple[str, ...] = (),
) -> Verdict:
    """Return the verdict on a wrong answer: each group of names explains all results; no group means unknown.

    >>> from bplearn.exercises import exercise
    >>> named_verdict(exercise("01.4"), [("sign",)], ()).section
    '01_one_neuron.ipynb, a slope by nudging'
    """
    if not groups:
        return exercise.verdict(
            Status.WRONG, headline or "Wrong, in a way that has no name here.", details, aside=aside
        )
    names = tuple(dict.fromkeys(name for group in groups for name in group))
    mistakes = [named(name).worded_for(late=is_read_before(named(name).section, exercise.number)) for name in names]
    said = {mistake.name: mistake.says for mistake in mistakes}
    together = [_together([said[name] for name in group]) for group in groups]
    headline = headline or f"Consistent with: {'; or: '.join(together[:2])}."
    return exercise.verdict(
        Status.WRONG,
        headline,
        details,
        mistakes=names,
        questions=tuple(dict.fromkeys(mistake.question for mistake in mistakes)),
        examples=tuple(dict.fromkeys(mistake.example for mistake in mistakes)),
        section=section(mistakes[0].section or exercise.teaches),
        aside=(*aside, *(f"Or: {other}." for other in together[2:])),
    )


def _together(sayings: list[str]) -> str:
    """Return the sentence on one mistake, or on several that were made at once."""
    return sayings[0] if len(sayings) == 1 else f"several things at once: {'; and '.join(sayings)}"


def reordered(exercise: Exercise, outputs: tuple[str, ...]) -> Verdict:
    """Return the verdict on right numbers in another order."""
    order = f"The right numbers, in another order. Asked for is ({', '.join(outputs)})."
    return named_verdict(exercise, [("outputs-reordered",)], (), order)
