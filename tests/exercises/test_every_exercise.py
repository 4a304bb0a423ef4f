"""What must hold for each exercise: its solution passes, its stub is not attempted, and it gives nothing away."""

import ast
import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from bplearn.autograd import Tensor
from bplearn.exercises import ALL, NOTEBOOKS, Status, catalogue, check, clinic, exercises, hint, solution
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.diagnosis import explanations
from bplearn.exercises.engine.exercise import Code, Trial
from bplearn.exercises.engine.mistake import source_of
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.run_cases import passes, reference
from bplearn.exercises.engine.versions import applicable, mutant_results
from bplearn.exercises.mistakes import KNOWN
from bplearn.functional import sigmoid

NOTEBOOK_FOLDER = Path(__file__).parents[2] / "notebooks"
CODE = [one for one in ALL.values() if isinstance(one, Code)]
CLINICS = [one for one in CODE if one.planted]
NUMBERS = [one for one in ALL.values() if isinstance(one, Number)]


def number(one):
    return one.number


def right_answer(one):
    if isinstance(one, Choice):
        return one.right_letter
    return one.solution if isinstance(one, Code) else one.solution()


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_the_solution_passes_its_own_check(one):
    assert check(one.number, right_answer(one)).passed


@pytest.mark.parametrize("one", ALL.values(), ids=number)
@pytest.mark.parametrize("empty", [..., None], ids=["dots", "None"])
def test_dots_are_not_attempted_yet(one, empty):
    verdict = check(one.number, empty)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert "not attempted yet" in str(verdict)


def stub_of(answer):
    """The source of a solution with three dots for each body."""
    tree = ast.parse(source_of(answer))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.Expr(ast.Constant(...))]
    return ast.unparse(tree)


@pytest.mark.parametrize("one", CODE, ids=number)
def test_stubs_are_not_attempted_yet(one):
    space = {"np": np}
    exec(stub_of(one.solution), space)
    assert check(one.number, space[one.solution.__name__]).status is Status.NOT_ATTEMPTED


@pytest.mark.parametrize("one", [one for one in CODE if inspect.isfunction(one.solution)], ids=number)
def test_functions_that_return_dots_are_not_attempted_yet(one):
    space = {}
    arguments = ", ".join(inspect.signature(one.solution).parameters)
    for value in ("...", "(" + "..., " * len(one.outputs) + ")"):
        exec(f"def stub({arguments}):\n    return {value}", space)
        assert check(one.number, space["stub"]).status is Status.NOT_ATTEMPTED


@pytest.mark.parametrize("one", NUMBERS, ids=number)
def test_numbers_with_gaps_are_not_attempted_yet(one):
    assert check(one.number, (...,) * len(one.outputs)).status is Status.NOT_ATTEMPTED
    gap = (*list(leaves(one.solution()))[:-1], ...)
    assert check(one.number, gap).status is Status.NOT_ATTEMPTED


def test_solutions_work_in_a_notebook_in_order():
    """As text, in one namespace for each notebook, with NumPy and what the notebook imports."""
    for chapter in NOTEBOOKS:
        space = {"np": np, "sigmoid": sigmoid}
        for one in CODE:
            if one.number.startswith(chapter) and not one.planted:
                exec(solution(one.number).code, space)
                assert check(one.number, space[one.solution.__name__]).passed, one.number


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_texts_are_there(one):
    assert one.title
    assert one.task.endswith((".", "?"))
    assert len(set(one.hints)) == 3
    assert all(len(text) > 10 for text in one.hints)
    assert one.teaches[:2] in NOTEBOOKS
    if not getattr(one, "planted", ()):
        assert one.teaches[:2] == one.number[:2]
    assert solution(one.number).code.strip()
    assert hint(one.number, 3).text == one.hints[2]


def test_the_index_has_every_exercise_of_every_notebook():
    rows = exercises().rows
    assert [row[0] for row in rows] == list(ALL)
    assert {row[0][:2] for row in rows} == set(NOTEBOOKS) - {"00"}
    assert len(exercises(9)) == len(exercises("09")) == 8


@pytest.mark.parametrize("one", [one for one in CODE if not one.planted], ids=number)
def test_every_mutant_is_told_by_its_own_name(one):
    cases, right = reference(one)
    for mutant, shown in mutant_results(one):
        assert not passes(cases, shown, right), mutant.source
        names = {name for group in explanations(one, cases, shown, right) for name in group}
        assert mutant.mistakes[0].name in names, mutant.source


@pytest.mark.parametrize("one", [one for one in CODE if one.number != "14.3"], ids=number)
def test_every_mutant_shows_on_two_cases_at_least(one):
    """14.3 has curves made by hand, each for one mistake."""
    cases, right = reference(one)
    for mutant, seen in mutant_results(one):
        differ = [not a.agrees(b) for a, b, case in zip(seen, right, cases, strict=True) if not case.diagnosis_only]
        assert sum(differ) >= 2, mutant.source


@pytest.mark.parametrize("one", CODE, ids=number)
def test_a_verdict_names_the_mistake_and_never_shows_the_solution(one):
    body = [line.strip() for line in source_of(one.solution).splitlines() if " = " in line and len(line.strip()) > 12]
    one_of_each = {mutant.mistakes[0].name: mutant for mutant, _ in mutant_results(one)}
    for name, mutant in one_of_each.items():
        verdict = check(one.number, mutant.make())
        assert not verdict.passed
        assert one.planted or name in verdict.mistakes
        assert not any(line in str(verdict) for line in body if line not in one.task)


def test_every_code_exercise_knows_mistakes():
    for one in CODE:
        assert len(applicable(one)) >= 2, one.number
        assert len(catalogue(one.number)) == len(applicable(one))


def test_every_known_mistake_can_be_named_somewhere():
    found = {mistake.name for one in (*CODE, *NUMBERS) for mistake in applicable(one)}
    tried_out = {"rate-too-large", "rate-too-small", "batch-too-large", "depends-on-earlier-calls"}
    seen_in_code = {"notebook-variable", "outputs-reordered"}
    in_assignments = {"mean-over-samples"}
    in_the_answer = {  # test_seen plants them
        *("nothing-returned", "less-than-asked", "shapes-do-not-fit", "one-number-for-an-array"),
        *("assigned-too-late", "decimal-point", "fraction-for-a-count"),
    }
    assert {mistake.name for mistake in KNOWN} == found | tried_out | seen_in_code | in_assignments | in_the_answer


def test_every_edit_of_the_catalogue_finds_its_place_somewhere():
    import re

    sources = [source_of(one.solution) for one in (*CODE, *NUMBERS)]
    for mistake in KNOWN:
        for right, _ in mistake.edits:
            assert any(re.search(right, source, re.MULTILINE) for source in sources), (mistake.name, right)


def test_the_catalogue_explains_each_mistake():
    assert len({mistake.name for mistake in KNOWN}) == len(KNOWN)
    for mistake in KNOWN:
        assert mistake.question.endswith("?"), mistake.name
        assert mistake.example.endswith("."), mistake.name
        assert not mistake.says.endswith("."), mistake.name
        assert mistake.section[:2] in NOTEBOOKS or not mistake.section, mistake.name
    text = str(catalogue())
    assert "bias-averaged" in text
    assert "<th" in catalogue()._repr_html_()


@pytest.mark.parametrize("one", NUMBERS, ids=number)
def test_slips_of_typed_numbers_are_far_enough_from_the_right_ones(one):
    right = np.array(list(leaves(one.solution())), dtype=float)
    rounded = [float(f"{value:.4g}") for value in right] if one.tolerance > 1e-4 else right
    assert check(one.number, tuple(rounded)).passed
    assert not check(one.number, tuple(right * (1 + 4 * one.tolerance) + 4 * one.tolerance * (right == 0))).passed


@pytest.mark.parametrize("one", CLINICS, ids=number)
def test_a_clinic_sees_its_bug_and_does_not_name_it(one):
    space = {"np": np, "Tensor": Tensor}
    exec(clinic(one.number).code, space)
    verdict = check(one.number, space[one.solution.__name__])
    assert not verdict.passed
    assert verdict.mistakes == ()
    assert verdict.headline == "The planted bug is still in it: it gives the same numbers."
    assert len(one.planted) == 1


def test_ten_clinics():
    assert [one.number for one in CLINICS] == [f"10.{k}" for k in range(2, 8)] + [f"15.{k}" for k in range(4, 8)]
    assert len({one.planted for one in CLINICS}) == 10


def test_a_clinic_names_another_mistake():
    kept = []

    def largest_backward(dy, x):
        kept.append(x)
        return dy[:, None] * (kept[0] == kept[0].max(axis=1, keepdims=True))

    assert check("10.2", largest_backward).mistakes == ("stale-cache",)


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Choice)], ids=number)
def test_every_wrong_choice_has_its_own_reply(one):
    assert len(set(one.options.values())) == len(one.options)
    for letter, statement in one.letters.items():
        verdict = check(one.number, letter)
        assert verdict.passed == (letter == one.right_letter)
        assert one.options[statement] in str(verdict)
    assert check(one.number, one.right_letter.upper()).passed
    assert check(one.number, one.truth()).passed
    assert "one of the letters" in check(one.number, "z").headline


def test_trials_that_do_not_work():
    assert check("07.5", -0.1).headline.startswith("With learning rate -0.1")
    assert check("07.5", 0.005).mistakes == ("rate-too-small",)
    assert check("07.5", 0.045).mistakes == ()
    assert check("07.5", "fast").headline == "A learning rate is a number; it is 'fast'."
    assert check("12.4", (0.0001, 128)).mistakes == ("rate-too-small",)
    assert check("12.4", 0.1).headline == "The answer should be a pair, (learning_rate, batch_size); it is 0.1."
    assert check("12.4", (0.1, "many")).headline == "Both should be positive numbers; they are 0.1 and 'many'."
    assert check("12.4", (0.1, 2.5)).mistakes == ()
    assert check("12.4", (0.1, ...)).status is Status.NOT_ATTEMPTED
    assert "near chance" in str(check("14.4", lambda x: np.zeros(len(x), dtype=int)))
    assert "class numbers of shape (539,)" in str(check("14.4", lambda x: np.zeros(3)))
    assert check("14.4", lambda x: ...).status is Status.NOT_ATTEMPTED


def test_trials_have_a_time_limit():
    assert all(one.seconds <= 20 for one in ALL.values() if isinstance(one, Trial))


def test_gaps_are_known_whatever_they_raise():
    def with_product(x, W1, b1, W2, b2):
        z1 = x @ W1 + b1
        a1 = ...
        z2 = a1 @ W2 + b2
        return z1, a1, z2

    def with_pair(dy, x, W):
        dx, dW = ..., ...
        return dx @ W, dW, dy.sum(axis=0)

    class Network:
        def __init__(self, W1, b1, W2, b2):
            self.W1 = W1

        def forward(self, x):
            self.z1 = ...
            return self.z1 @ x

    assert check("09.1", with_product).status is Status.NOT_ATTEMPTED
    assert check("05.7", with_pair).status is Status.NOT_ATTEMPTED
    assert check("09.7", Network).status is Status.NOT_ATTEMPTED


def test_dots_in_an_index_are_no_gap():
    def dense_backward(dy, x, W):
        return dy @ W.T, x.T @ dy, dy[..., :].sum(axis=0)

    def failing(dy, x, W):
        return dy @ W.T, x.T @ dy[..., 7], 0

    assert check("05.7", dense_backward).passed
    assert check("05.7", failing).status is Status.ERROR


def test_a_wrong_signature_is_told_how_it_is_called():
    text = str(check("05.7", lambda x: x))
    assert "takes 1 positional argument but 3 were given" in text
    assert "It is called as dense_backward(dy, x, W)." in text


def test_a_table_in_markdown():
    lines = exercises("06").markdown().splitlines()
    assert lines[0] == "| number | title | answer | section |"
    assert lines[1] == "| --- | --- | --- | --- |"
    assert lines[2].startswith("| 06.1 | Which path carries the blame? | choice | 06_trace_one_weight.ipynb,")


def test_the_notations_index_has_every_exercise():
    index = (NOTEBOOK_FOLDER / "NOTATION.md").read_text()
    for row in exercises().rows:
        assert f"| {row[0]} | {row[1]} |" in index


def headings(name):
    notebook = json.loads((NOTEBOOK_FOLDER / name).read_text())
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return [line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("##")]


def test_every_section_that_a_verdict_leads_to_is_a_heading():
    places = {one.teaches for one in ALL.values()} | {mistake.section for mistake in KNOWN if mistake.section}
    for place in sorted(places):
        number, _, phrase = place.partition(": ")
        if (NOTEBOOK_FOLDER / NOTEBOOKS[number]).exists():
            assert any(phrase.lower() in heading for heading in headings(NOTEBOOKS[number])), place
