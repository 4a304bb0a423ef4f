"""How often code is run: a check runs the solution once for each case, and a learner's answer once."""

import pytest

from bplearn.exercises import ALL
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.run_cases import reference, run_cases


@pytest.mark.parametrize("number", ["02.2", "05.7", "09.4"])
def test_a_solution_runs_once_for_each_case(number, monkeypatch):
    one, calls = ALL[number], []

    def counted(answer, arguments):
        calls.append(answer)
        return answer(*arguments)

    copy = Code(**{**vars(one), "observe": counted})
    cases, _ = reference(copy)
    assert len(calls) == len(cases)
    run_cases(copy, one.solution, cases)
    assert len(calls) == 2 * len(cases)
