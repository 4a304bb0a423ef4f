"""Points for parts: what is right counts, what is stubbed, learned by heart or borrowed does not.

Each answer goes through the very steps of a grading run (a referee, the cell's checks, nbgrader's own reading of the
cell) but for the kernel; tests/course/test_assignments.py has the kernel, too.
"""

import inspect
import itertools
import re
import sys
import threading
import warnings
from contextlib import contextmanager
from multiprocessing import Pipe

import nbformat
import numpy as np
import pytest
from nbgrader.utils import determine_grade

import bplearn
from bplearn.course import CheckFailed, check
from bplearn.course.client import checking, forbidden_calls
from bplearn.course.client.protocol import Channel
from bplearn.course.preprocessors import CloseSession, OpenSession, closed_session, open_session
from bplearn.course.tasks import ALL
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.run_cases import reference
from tests.course.mistakes import CALLING
from tests.course.students import ASSIGNMENTS, NAMES, kind, points, solutions, source_of


def cells(assignment):
    return nbformat.read(source_of(assignment), as_version=4).cells


TESTS = {cell.source.split('"')[1]: cell for name in NAMES for cell in cells(name) if kind(cell, "grade")}
RIGHT = {}
for _name in NAMES:
    _space = {name: getattr(bplearn, name) for name in ("Adam", "SoftmaxCrossEntropy", "fit", "mlp")} | {"np": np}
    for _code in solutions(_name).values():
        exec(_code, _space)
    for _number, _cell in TESTS.items():
        if _number.startswith(_name):
            RIGHT[_number] = _space[_cell.source.split(", ")[1].split(")")[0]]
HALVES = [number for number in ALL if len(ALL[number].parts) > 1]


@contextmanager
def grading(notebook):
    """What a grader does around the cells; checks that are made meanwhile in this process go to its session."""
    _, resources = OpenSession().preprocess(notebook, {})
    server, client = Pipe()
    thread = threading.Thread(target=open_session().serve, args=(Channel(server, exports=True),))
    thread.start()
    before = set(forbidden_calls._AT_FIRST)
    forbidden_calls._AT_FIRST.update(sys._current_frames())
    checking.use(Channel(client))
    try:
        yield
    finally:
        checking._LINES.pop("").close()
        thread.join()
        forbidden_calls._AT_FIRST.intersection_update(before)
    CloseSession().preprocess(notebook, resources)


def ran(cell, answer):
    """The outputs of a test cell for this answer, as a kernel gives them."""
    outputs = []
    try:
        for line in cell.source.splitlines():
            if line.startswith("check("):
                number, _, rest = line[6:-1].partition(", ")
                check(number.strip('"'), answer, *(int(part) for part in rest.partition("seed=")[2:] if part))
    except CheckFailed as failed:
        text = str(failed)
        outputs.append(nbformat.v4.new_output("error", ename="CheckFailed", evalue=text, traceback=[text]))
    return outputs


def graded(number, answer, before=lambda: None, run=ran):
    """What nbgrader pays for this answer, and what the feedback says of it."""
    cell = nbformat.from_dict(TESTS[number])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    with grading(notebook):
        assert "seed" not in cell.source
        before()
        cell.outputs = run(cell, answer)
    said = "\n".join(str(one.get("data", {}).get("text/html", one.get("evalue", ""))) for one in cell.outputs)
    return determine_grade(cell)[0], said


def in_place_of(number, name, change):
    """The right answer with one of its outputs changed."""
    right, names = RIGHT[number], ALL[number].exercise.outputs

    def answer(*arguments):
        found = dict(zip(names, right(*arguments), strict=True))
        return tuple(change(value) if output == name else value for output, value in found.items())

    return answer


@pytest.mark.parametrize("number", ALL)
def test_a_right_answer_gets_all_points(number):
    paid, said = graded(number, RIGHT[number])
    assert paid == TESTS[number].metadata.nbgrader.points
    assert f"{paid:g} of {paid:g} points" in said


def test_the_parts_of_a_task_add_up_to_the_points_of_its_cell():
    for number in HALVES:
        assert sum(part.worth for part in ALL[number].parts) == TESTS[number].metadata.nbgrader.points
        one = ALL[number]
        if isinstance(one.exercise, Code):
            named = {name for part in one.parts if not part.special for name in part.needs}
            assert named == set(one.exercise.outputs)


@pytest.mark.parametrize(
    ("number", "name", "paid"),
    [("A2.2", "db", 3), ("A2.2", "dW", 2.5), ("A2.1", "dc", 2), ("A1.4", "dy", 2), ("A2.4", "dW1", 3.5),
     ("A2.5", "dx", 2), ("A4.1", "change", 2), ("A1.2", "y", 2.5), ("A4.3", "recall", 1.5), ("A3.5", "db", 0)],
)  # fmt: skip
def test_one_wrong_output_costs_its_own_points(number, name, paid):
    got, said = graded(number, in_place_of(number, name, lambda value: 1.1 * np.asarray(value) + 0.1))
    assert got == paid
    if paid:
        assert f"{paid:g} of {TESTS[number].metadata.nbgrader.points:g} points" in said
        assert f"Not right yet: {name} (" in said


def test_what_is_left_out_is_none_and_the_rest_counts():
    assert graded("A2.2", in_place_of("A2.2", "db", lambda _: None))[0] == 3
    assert graded("A2.2", in_place_of("A2.2", "db", lambda _: ...))[0] == 3
    assert graded("A2.2", lambda *a: RIGHT["A2.2"](*a)[:2])[0] == 0  # which two?


def test_the_student_reads_which_parts_count_already():
    with pytest.raises(CheckFailed, match=r"Counts already, right in every case: dx, dW\."):
        check("A2.2", in_place_of("A2.2", "db", np.zeros_like))


def test_a_form_that_large_numbers_break_costs_the_special_case_only():
    def naive(x, W1, b1, W2, b2, W3, b3):
        a1 = np.tanh(x @ W1 + b1)
        a2 = np.log(1 + np.exp(a1 @ W2 + b2))
        return a1, a2, a2 @ W3 + b3

    paid, said = graded("A1.2", naive)
    assert paid == 4
    assert "Not right yet: very large and very small z2 (1)." in said


def test_an_answer_that_changes_its_arguments_counts_half():
    def spoil(dy, x, W, b, y):
        dy *= 1 - y * y
        return dy @ W.T, x.T @ dy, dy.sum(axis=0)

    paid, said = graded("A2.2", spoil)
    assert paid == 2
    assert "Half of it, since the arguments are changed." in said


# Slips of which much is right


def forward_only(f, parameters, h):
    found = []
    for k, array in enumerate(parameters):
        found.append(np.zeros(array.shape))
        for place in np.ndindex(array.shape):
            nudged = [part.copy() for part in parameters]
            nudged[k][place] += h
            found[k][place] = (f(nudged) - f(parameters)) / h
    return found


def backward_only(f, parameters, h):
    return forward_only(f, parameters, -h)


def dials(mean):
    def two_dials(train_once, rates, sizes, seeds):
        losses = [[[train_once(rate, size, seed) for seed in seeds] for size in sizes] for rate in rates]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = mean(np.array(losses))
        i, j = np.unravel_index(np.nanargmin(table), table.shape)
        return table, rates[i], sizes[j]

    return two_dials


def old_state(s, g, learning_rate, epsilon):
    return s + g**2, -learning_rate * g / (np.sqrt(s) + epsilon)


@pytest.mark.parametrize(
    ("number", "answer", "paid", "says"),
    [("A3.1", forward_only, 2, "of one side"), ("A3.1", backward_only, 2, "of one side"),
     ("A4.4", dials(lambda losses: np.nanmean(losses, axis=-1)), 2, "leaves out the seeds that diverged"),
     ("A4.4", dials(lambda losses: np.nan_to_num(np.nanmean(losses, axis=-1), nan=np.inf)), 2, "leaves out the seeds"),
     ("A4.1", old_state, 2, "Right: s (2).")],
)  # fmt: skip
def test_a_slip_costs_what_it_is_and_is_named(number, answer, paid, says):
    got, said = graded(number, answer)
    assert got == paid
    assert says in said
    with pytest.raises(CheckFailed) as told:
        check(number, answer)
    assert "float32" not in str(told.value)


def test_a_slip_beside_another_mistake_is_no_slip():
    assert graded("A3.1", lambda *a: [2 * part for part in forward_only(*a)])[0] == 0


def whole(x, t, W, batch_size):
    return 2 * x.T @ (x @ W - t) / t.size


def whole_in_one_batch(x, t, W, batch_size):
    return RIGHT["A3.6"](x, t, W, len(x))


def shuffled(x, t, W, batch_size):
    order = np.random.default_rng(0).permutation(len(x))
    return RIGHT["A3.6"](x[order], t[order], W, batch_size)


@pytest.mark.parametrize(("answer", "paid"), [(whole, 1.5), (whole_in_one_batch, 1.5), (shuffled, 3)])
def test_batch_by_batch_means_not_all_samples_at_once(answer, paid):
    got, said = graded("A3.6", answer)
    assert got == paid
    assert ("all samples at once" in said) == (paid < 3)


# What must not be paid


def sizes(value):
    return tuple(map(sizes, value)) if isinstance(value, list | tuple) else np.shape(value)


def constants(number):
    """Answers without any work: zeros, ones, a constant, the arguments themselves, in the shapes that are wanted."""
    exercise = ALL[number].exercise
    cases, wanted = reference(exercise)
    shapes = {}
    for case, want in zip(cases, wanted, strict=True):
        shapes[sizes(case.arguments)] = [value.shape for value in want.values.values()]
    count = len(exercise.outputs)

    def shaped(fill):
        def answer(*arguments):
            found = shapes.get(sizes(arguments), [()] * count)
            return tuple(np.full(shape, fill) for shape in found) if count > 1 else np.full(found[0], fill)

        return answer

    def argument(place):
        return lambda *arguments: tuple([arguments[place]] * count) if count > 1 else arguments[place]

    takes = len(inspect.signature(RIGHT[number]).parameters)
    return [shaped(0.0), shaped(1.0), shaped(0.5), lambda *_: [0.0] * count, *(argument(k) for k in range(takes))]


@pytest.mark.parametrize("number", [n for n in ALL if isinstance(ALL[n].exercise, Code) and n != "A3.3"])
def test_zeros_ones_and_arguments_earn_nothing(number):
    for answer in constants(number):
        assert graded(number, answer)[0] == 0


def test_a_judge_that_always_says_the_same_earns_nothing():
    assert graded("A3.3", lambda f, gradient, parameters: True)[0] == 0
    assert graded("A3.3", lambda f, gradient, parameters: False)[0] == 0
    assert graded("A3.3", lambda f, gradient, parameters: len(parameters[0]) % 2 == 0)[0] == 0


def test_a_judge_that_knows_only_the_order_or_the_size_earns_nothing():
    count = itertools.count()
    assert graded("A3.3", lambda f, gradient, parameters: next(count) % 2 == 0)[0] == 0
    for limit in np.geomspace(1, 1000, 7):

        def by_size(f, gradient, parameters, limit=limit):
            size = np.sqrt(sum((np.asarray(part) ** 2).sum() for part in gradient(parameters)))
            return size < limit or size > 1e4

        assert graded("A3.3", by_size)[0] == 0


def test_a_judge_with_a_limit_that_is_too_wide_loses_the_pair_it_gets_wrong():
    judge = RIGHT["A3.3"].__globals__

    def wide(f, gradient, parameters):
        found = judge["numerical_gradients"](f, parameters, 1e-5)
        return judge["relative_difference"](gradient(parameters), found) < 0.01

    paid, said = graded("A3.3", wide)
    assert paid == 4
    assert "Not right yet: the pair with &#x27;one entry of 12 is off by 1%&#x27; (1)." in said


def test_the_best_cell_is_not_to_be_guessed():
    for i, j in itertools.product((0, 1, 2, -1, -2), repeat=2):

        def guess(train_once, rates, sizes, seeds, i=i, j=j):
            return np.zeros((len(rates), len(sizes))), rates[max(min(i, len(rates) - 1), -len(rates))], sizes[j]

        assert graded("A4.4", guess)[0] == 0


def test_a_model_between_90_and_95_percent_gets_half_and_the_larger_class_nothing():
    def fair(x, t, x_new, seed):
        guesses = np.array(RIGHT["A4.5"](x, t, x_new, seed))
        guesses[::20] = 1 - guesses[::20]
        return guesses

    paid, said = graded("A4.5", fair)
    assert paid == 2
    assert "95% are asked for; from 90% on it counts half." in said
    assert graded("A4.5", lambda x, t, x_new, seed: np.full(len(x_new), np.bincount(t).argmax()))[0] == 0


def test_a_patient_handed_back_unmended_earns_nothing():
    for number, name in (("A3.4", "silu"), ("A3.5", "tied"), ("A3.6", "accumulated")):
        space = {"np": np}
        for cell in cells("A3"):
            if cell.cell_type == "code" and "_ill" in cell.source:
                exec(cell.source, space)
        ill = next(value for key, value in space.items() if key.startswith(name) and key.endswith("_ill"))
        assert graded(number, ill)[0] == 0


def test_right_for_one_shape_only_earns_nothing():
    def five(dy, x, W, b, y):
        found = RIGHT["A2.2"](dy, x, W, b, y)
        return found if len(x) == 5 else tuple(np.zeros_like(part) for part in found)

    assert graded("A2.2", five)[0] == 0


def test_one_output_learned_by_heart_passes_in_the_open_and_is_not_paid():
    known = {}

    def learn(dy, x, W, b, y):
        known[x.tobytes()] = RIGHT["A2.2"](dy, x, W, b, y)
        return known[x.tobytes()]

    check("A2.2", learn)

    def by_heart(dy, x, W, b, y):
        dx, dW, db = RIGHT["A2.2"](dy, x, W, b, y)
        return dx, known.get(x.tobytes(), (0, np.zeros_like(dW)))[1], 2 * db

    with pytest.raises(CheckFailed, match="right in every case: dx, dW"):
        check("A2.2", by_heart)
    paid, said = graded("A2.2", by_heart)
    assert paid == 1.5
    assert "Right: dx (1.5)." in said


def test_an_answer_that_passes_in_the_open_loses_what_the_hidden_check_finds_wrong():
    known = set()

    def learn(dy, x, W, b, y):
        known.add(x.tobytes())
        return RIGHT["A2.2"](dy, x, W, b, y)

    check("A2.2", learn)

    def by_heart(dy, x, W, b, y):
        dx, dW, db = RIGHT["A2.2"](dy, x, W, b, y)
        return dx, dW, db if x.tobytes() in known else 0 * db

    check("A2.2", by_heart)
    paid, said = graded("A2.2", by_heart)
    assert paid == 3
    assert "Not right yet: db (1)." in said


def test_borrowed_layers_earn_no_part():
    def borrowed(dy, x, W, b, y):
        network = bplearn.Sequential(bplearn.Dense(*W.shape, weights=W, bias=b), bplearn.Tanh())
        _, tape = network.forward(x)
        dx = network.backward(dy, tape)
        return dx, network.parameters()[0].grad, 0 * b

    assert graded("A2.2", borrowed)[0] == 0


def test_a_patched_library_gains_nothing(monkeypatch):
    def patch():
        monkeypatch.setattr(np, "allclose", lambda *a, **k: True)

    assert graded("A2.2", in_place_of("A2.2", "db", np.zeros_like), before=patch)[0] == 3
    assert graded("A2.2", lambda *a: (0, 0, 0), before=patch)[0] == 0


@pytest.mark.parametrize("shown", ["4", "3.5", "'all'"])
def test_a_number_that_the_notebook_itself_shows_is_not_paid(shown):
    """nbgrader takes a number that a test cell ends on for its points: a check that is replaced could return it."""

    def forged(cell, answer):
        return [nbformat.v4.new_output("execute_result", {"text/plain": shown}, execution_count=1)]

    assert graded("A2.2", None, run=forged)[0] == 0


def test_what_was_seen_to_be_right_is_paid_whatever_the_cell_ends_on():
    def interrupted(cell, answer):
        ran(cell, answer)
        return [nbformat.v4.new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])]

    assert graded("A2.2", in_place_of("A2.2", "db", np.zeros_like), run=interrupted)[0] == 3


def test_the_hidden_check_tells_the_notebook_nothing_and_the_teacher_what_is_missing():
    known = set()

    def learn(dy, x, W, b, y):
        known.add(x.tobytes())
        return RIGHT["A2.2"](dy, x, W, b, y)

    check("A2.2", learn)

    def by_heart(dy, x, W, b, y):
        return RIGHT["A2.2"](dy, x, W, b, y) if x.tobytes() in known else (0, 0, 0)

    def runs(cell, answer):
        check("A2.2", answer)  # no word of the hidden inputs
        return []

    paid, said = graded("A2.2", by_heart, run=runs)
    assert paid == 0
    assert "Right with the inputs that you know, not with others." in said


def test_trying_answers_until_one_fits_ends_at_twenty():
    def runs(cell, answer):
        for _ in range(25):
            ran(cell, lambda *a: (0, 0, 0))
        return ran(cell, answer)

    assert graded("A2.2", RIGHT["A2.2"], run=runs)[0] == 0
    assert closed_session().remarks() == ["checks A2.2 26 times"]


def test_a_check_of_a_task_that_is_none_earns_nothing_and_stops_nobody():
    cell = nbformat.from_dict(TESTS["A2.2"])
    cell.source = 'check("B7", tanh_layer_backward)'
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.from_dict(TESTS["A2.3"])])
    with grading(notebook):
        cell.outputs = [nbformat.v4.new_output("error", ename="ArgumentError", evalue="", traceback=[])]
        notebook.cells[1].outputs = ran(notebook.cells[1], RIGHT["A2.3"])
    assert [determine_grade(one)[0] for one in notebook.cells] == [0, 3]


def test_a_cell_with_other_tests_in_it_is_all_or_nothing():
    answer, cell = in_place_of("A2.2", "db", np.zeros_like), nbformat.from_dict(TESTS["A2.2"])
    cell.source += "\nassert tanh_layer_backward.__doc__"
    notebook = nbformat.v4.new_notebook(cells=[cell])
    with grading(notebook):
        cell.outputs = ran(cell, answer)
    assert determine_grade(cell)[0] == 0


def test_a_warning_does_not_cost_the_points():
    def warned(cell, answer):
        return [nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning"), *ran(cell, answer)]

    assert graded("A2.2", RIGHT["A2.2"], run=warned)[0] == 4


# Follow-through: task 4 of A2 calls tasks 2 and 3


def with_earlier(layer, loss=RIGHT["A2.3"], code=CALLING):
    space = {"np": np, "tanh_layer_backward": layer, "log_cosh_loss": loss}
    exec(code, space)
    return space


def mean_bias(dy, x, W, b, y):
    dx, dW, db = RIGHT["A2.2"](dy, x, W, b, y)
    return dx, dW, db / len(x)


def unwritten(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("layer", "loss"),
    [
        (mean_bias, RIGHT["A2.3"]),
        (unwritten, RIGHT["A2.3"]),
        (RIGHT["A2.2"], lambda y, t: (0.0, np.tanh(y - t))),
        (mean_bias, unwritten),
    ],
)
def test_a_slip_in_an_earlier_task_is_not_paid_for_twice(layer, loss):
    space = with_earlier(layer, loss)
    paid, said = graded("A2.4", space["gradients"])
    assert paid == 5
    assert "right functions of the earlier tasks stand in the place of yours" in said
    assert space["tanh_layer_backward"] is layer
    assert space["log_cosh_loss"] is loss


def test_a_slip_of_its_own_costs_its_points_also_then():
    code = CALLING.replace("a2.T @ dy,", "2 * a2.T @ dy,")
    paid, said = graded("A2.4", with_earlier(mean_bias, code=code)["gradients"])
    assert paid == 4
    assert "Not right yet: dW3 (1)." in said


def test_the_student_is_told_that_task_4_is_right_but_for_the_earlier_ones():
    with pytest.raises(CheckFailed, match="With right functions of the earlier tasks in the place of yours") as raised:
        check("A2.4", with_earlier(mean_bias)["gradients"])
    assert "Counts already, right in every case: dW1, dW2, dW3, db3." in str(raised.value)


def test_two_slips_that_cancel_pass_as_they_are():
    code = CALLING.replace("da2 = dy @ W3.T", "dy = dy / y.size; da2 = dy @ W3.T")
    own = with_earlier(RIGHT["A2.2"], lambda y, t: (0.0, np.tanh(y - t)), code)["gradients"]
    paid, said = graded("A2.4", own)
    assert paid == 5
    assert "earlier tasks" not in said


def test_the_right_functions_serve_no_other_task():
    """They take the weights of the case at hand only: nobody solves task 2 with what stands in for it."""
    seen = {}

    def keep(dy, x, W, b, y):
        seen["case"] = (dy, x, W, b, y)
        return 0

    graded("A2.2", keep)
    space, told = with_earlier(mean_bias), []

    def thief(*arguments):
        try:
            told.append(space["tanh_layer_backward"](*seen["case"]))
        except ValueError as refused:
            told.append(str(refused))
        return RIGHT["A2.4"](*arguments)[:2]

    space["thief"] = thief
    exec("def gradients(*arguments):\n    tanh_layer_backward\n    return thief(*arguments)", space)
    assert graded("A2.4", space["gradients"])[0] == 0
    refused = [one for one in told if isinstance(one, str)]
    assert len(refused) == len(told) - len([one for one in told if isinstance(one, tuple)])
    assert any("it takes what belongs to this task only" in one for one in refused)
    theirs = RIGHT["A2.2"](*seen["case"])[2]
    assert not any(isinstance(one, tuple) and np.allclose(one[2], theirs) for one in told)


ACCEPTS = """
def accepts(f, gradient, parameters):
    n = numerical_gradients(f, parameters, h=1e-5)
    return relative_difference(gradient(parameters), n) < 1e-5
"""


@pytest.mark.parametrize(
    ("gradients", "difference"),
    [
        (unwritten, RIGHT["A3.2"]),
        (RIGHT["A3.1"], lambda a, n: 2.0),
        (lambda f, parameters, h: [h * part for part in parameters], unwritten),
    ],
)
def test_a_slip_in_the_checker_is_not_paid_for_twice_by_the_judge(gradients, difference):
    space = {"np": np, "numerical_gradients": gradients, "relative_difference": difference}
    exec(ACCEPTS, space)
    paid, said = graded("A3.3", space["accepts"])
    assert paid == 5
    assert "right functions of the earlier tasks stand in the place of yours" in said


def test_the_right_checker_serves_the_judge_only():
    told = []

    def numerical_gradients(f, parameters, h):
        return [0 * part for part in parameters]

    space = {"np": np, "numerical_gradients": numerical_gradients, "told": told}
    exec(
        "def accepts(f, gradient, parameters):\n"
        "    for given in ((lambda p: 1.0, parameters), (f, [2 * p for p in parameters])):\n"
        "        try:\n"
        "            told.append(numerical_gradients(*given, 1e-5))\n"
        "        except ValueError as refused:\n"
        "            told.append(str(refused))\n"
        "    return True\n",
        space,
    )
    assert graded("A3.3", space["accepts"])[0] == 0
    assert sum(isinstance(one, str) for one in told) == sum(isinstance(one, list) for one in told) > 50


def test_stubs_earn_nothing():
    def gradients(*_):
        raise NotImplementedError

    for number in ALL:
        assert graded(number, gradients)[0] == 0
    assert sum(points("A2").values()) == 21


def test_the_teachers_page_lists_what_every_part_is_worth():
    page = (ASSIGNMENTS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (A\d\.\d) (.*?) \| (\d) \| (.*) \|$", page, re.MULTILINE)
    assert [(number, title) for number, title, _, _ in rows] == [(n, ALL[n].exercise.title) for n in ALL]
    for number, _, most, said in rows:
        parts = ALL[number].parts
        assert float(most) == TESTS[number].metadata.nbgrader.points
        if len(parts) == 1:
            assert said == "all or nothing"
        elif number == "A3.3":
            assert len(parts) == float(most)
        elif number == "A4.5":
            assert said == "all from 95% of the unseen tumors on, 2 from 90% on"
        else:
            words = said.replace("`", "").replace(" together", "")
            assert words == ", ".join(f"{part.label}: {part.worth:g}" for part in parts)
