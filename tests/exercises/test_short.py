"""A verdict is read because it is short: of all planted answers' the middle one has 50 words, none over 90."""

import statistics

from bplearn.exercises import Status
from tests.exercises.table import results


def test_verdicts_are_short_and_keep_the_rest_for_more():
    verdicts = [one.verdict for one in results()]
    words = [len(str(verdict).split()) for verdict in verdicts]
    assert statistics.median(words) <= 50
    assert max(words) <= 90
    for verdict in verdicts:
        assert verdict.status in (Status.WRONG, Status.ERROR)
        assert str(verdict).count("Question: ") <= 1
        assert str(verdict).count("Smallest example: ") <= 1
        everything = str(verdict.more)
        assert all(part in everything for part in (*verdict.details, *verdict.aside, *verdict.questions))
