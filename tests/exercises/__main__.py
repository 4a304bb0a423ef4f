"""Print the mutation table with its totals, and how the usual checks fare on the same planted answers."""

import statistics
import tempfile
from pathlib import Path

from bplearn import exercises
from bplearn.exercises.engine.exercise import Code
from tests.exercises import usual_checks as usual
from tests.exercises.apart import right_answers, third_wrong_answers, whole_wrong_answers, wrong_answers
from tests.exercises.planted_strange import STRANGE
from tests.exercises.right_answers import RIGHT
from tests.exercises.search.holes import search
from tests.exercises.table import planted_functions, report, results


def proof(found, slips):
    """The whole text: the table, the totals, the usual checks."""
    caught, named = sum(one.caught for one in found), sum(one.named for one in found)
    passing = sum(exercises.check(number, answer).passed for number, answer in RIGHT)
    strange = [exercises.check(number, answer) for number, answer in STRANGE]
    strange_caught, strange_named = sum(not one.passed for one in strange), sum(bool(one.mistakes) for one in strange)
    return "\n".join(
        [
            report(found),
            "",
            f"{len(found)} planted answers: {caught} caught, {named / len(found):.1%} named right.",
            f"{len(RIGHT)} right answers in other forms: {passing} pass.",
            f"{len(STRANGE)} wrong answers on nobody's list: {strange_caught} caught, {strange_named} given a name.",
            "",
            str(usual.table(slips)),
        ]
    )


WRITERS = (("first", wrong_answers), ("second", whole_wrong_answers), ("third", third_wrong_answers))


def apart():
    """What the checkers say of the answers that were written apart from them, by three writers."""
    right = [exercises.check(one.exercise, one.make()) for one in right_answers()]
    asked = sum(one.status is exercises.Status.NOT_ATTEMPTED for one in right)
    lines = [f"{len(right)} right answers: {sum(one.passed for one in right)} pass, {asked} are asked for as numbers."]
    for writer, answers in WRITERS:
        wrong = [exercises.check(one.exercise, one.make()) for one in answers()]
        words = [len(str(one).split()) for one in wrong]
        lines.append(
            f"{len(wrong)} wrong answers of the {writer} writer: {sum(not one.passed for one in wrong)} caught, "
            f"{sum(bool(one.mistakes) for one in wrong)} given a name; "
            f"{statistics.median(words):g} words in the middle, {max(words)} at most."
        )
    return "\n".join(lines)


if __name__ == "__main__":
    exercises.use_file(Path(tempfile.mkdtemp()) / "progress.json")
    print(proof(results(), usual.experiment(planted_functions())))
    print(f"\n{apart()}\n{search()}")
    written = [one for _, answers in WRITERS for one in answers()]
    asked = [(exercises.exercise(one.exercise), one) for one in written]
    code = [(exercise, one.what, one.make) for exercise, one in asked if isinstance(exercise, Code)]
    print(f"\nThe answers written apart, for those that a training needs:\n{usual.table(usual.experiment(code))}")
