"""Print the mutation table with its totals, and how the usual checks fare on the same planted answers."""

import os
import tempfile
from pathlib import Path

from bplearn import exercises
from bplearn.exercises import usual
from tests.exercises.planted_strange import STRANGE
from tests.exercises.right_answers import RIGHT
from tests.exercises.table import planted_functions, report, results


def main():
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    exercises.use_file(Path(tempfile.mkdtemp()) / "progress.json")
    found = results()
    print(report(found))
    share = sum(one.named for one in found) / len(found)
    print(f"\n{len(found)} planted answers: {sum(one.caught for one in found)} caught, {share:.1%} named right.")
    passing = sum(exercises.check(number, answer).passed for number, answer in RIGHT)
    print(f"{len(RIGHT)} right answers in other forms: {passing} pass.")
    strange = [exercises.check(number, answer) for number, answer in STRANGE]
    caught, named = sum(not one.passed for one in strange), sum(bool(one.mistakes) for one in strange)
    print(f"{len(STRANGE)} wrong answers on nobody's list: {caught} caught, {named} given a name.\n")
    print(usual.table(usual.experiment(planted_functions())))


main()
