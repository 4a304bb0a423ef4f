"""Print the mutation table with its totals, and how the usual checks fare on the same planted answers."""

import tempfile
from pathlib import Path

from bplearn import exercises
from tests.exercises import usual_checks as usual
from tests.exercises.apart import right_answers, whole_wrong_answers, wrong_answers
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


def apart():
    """What the checkers say of the answers that were written apart from them, by two writers."""
    whole = [exercises.check(one.exercise, one.make()) for one in whole_wrong_answers()]
    wrong = [exercises.check(one.exercise, one.make()) for one in wrong_answers()]
    right = [exercises.check(one.exercise, one.make()) for one in right_answers()]
    caught, named = sum(not one.passed for one in wrong), sum(bool(one.mistakes) for one in wrong)
    return (
        f"{len(wrong)} wrong answers written apart: {caught} caught, {named} given a name; "
        f"{len(right)} right ones: {sum(one.passed for one in right)} pass.\n"
        f"{len(whole)} more by another writer: {sum(not one.passed for one in whole)} caught, "
        f"{sum(bool(one.mistakes) for one in whole)} given a name."
    )


if __name__ == "__main__":
    exercises.use_file(Path(tempfile.mkdtemp()) / "progress.json")
    print(proof(results(), usual.experiment(planted_functions())))
    print(f"\n{apart()}\n{search()}")
    code = [(exercises.exercise(one.exercise), one.what, one.make) for one in wrong_answers()]
    print(f"\nThe answers written apart, for those that a training needs:\n{usual.table(usual.experiment(code))}")
