"""Verdicts and comparisons: what is said, where and by how much, in text and in HTML."""

import numpy as np
import pytest

from bplearn import ArgumentError, exercises
from bplearn.exercises import ALL, Status, Verdict, check, clinic, exercise, hint, recall, solution
from bplearn.exercises.engine.compare import NotNumbers, Unfinished, close, describe, outputs, ratio
from bplearn.exercises.engine.exercise import Code


def averaged(dy, x, W):
    return dy @ W.T, x.T @ dy, dy.mean(axis=0)


def test_a_named_mistake_reads_well():
    verdict = check("05.7", averaged)
    assert str(verdict).splitlines() == [
        "✗ 05.7: not right yet",
        "  Consistent with: the bias gradient is averaged, not summed, over the batch.",
        "  db is 0.2 times what it should be everywhere.",
        "  Question: Where does the loss take its mean, and does dy know of it already?",
        "  Read again: 05_backward_pass.ipynb, a layer's backward",
        "  More: `check(...).more`",
    ]
    assert str(verdict.more).splitlines() == [
        "✗ 05.7 Backward of a layer: not right yet",
        "Consistent with: the bias gradient is averaged, not summed, over the batch.",
        "db is 0.2 times what it should be everywhere.",
        "Right: dx, dW.",
        "First seen with a batch of 5: dy (5, 2), x (5, 3), W (3, 2).",
        "For example with dy = [[0.2], [-0.5]], x = [[-1.2, 0.7], [1.5, -0.1]], W = [[-0.6], [-0.7]]: "
        "db should be [-0.3]; yours is [-0.15].",
        "Question: Where does the loss take its mean, and does dy know of it already?",
        "Smallest example: two samples, one output, dy = [[1], [3]]: db is [4]; the average is [2].",
        "Read again: 05_backward_pass.ipynb, a layer's backward",
    ]
    page = verdict._repr_html_()
    assert "<summary>More</summary>" in page
    assert "Right: dx, dW." in page.split("<details>")[1]
    assert page.count("averaged, not summed") == 1
    assert "More: " not in page


def test_what_fits_is_said_at_once_and_the_rest_is_kept_for_more():
    long = "word " * 60
    verdict = Verdict("1.1", "T", Status.WRONG, "No.", ("first", long, long), aside=("short", long), examples=("e",))
    assert verdict.lines()[1:4] == ["No.", "first", f"{long}"]
    assert verdict.lines()[-1] == "More: `check(...).more`"
    assert str(verdict.more).count(long.strip()) == 3
    short = Verdict("1.1", "T", Status.WRONG, "No.", ("first",), aside=("short",), examples=("e",))
    assert short.lines()[1:] == ["No.", "first", "short", "Smallest example: e"]


def test_html_is_escaped_linked_and_not_told_by_color_alone():
    verdict = Verdict(
        "05.7", "T", Status.WRONG, "use `x < y` and <b>", section="05_backward_pass.ipynb, a layer's backward"
    )
    page = verdict._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "<code>x &lt; y</code>" in page
    assert '<a href="05_backward_pass.ipynb">' in page
    assert 'role="status"' in page
    for status in Status:
        page = Verdict("1", "t", status)._repr_html_()
        assert status.value in page
    styles = {Verdict("1", "t", status)._repr_html_().split("border-left:5px ")[1].split(" ")[0] for status in Status}
    assert len(styles) == 4


def test_a_verdict_is_true_where_it_passed():
    assert check("01.3", "b")
    assert not check("01.3", "a")
    assert "Read again" not in str(check("01.3", "b"))


def test_two_mistakes_at_once_are_both_named():
    def both(dy, x, W):
        return dy @ W.T, dy.T @ x, dy.mean(axis=0)

    verdict = check("05.7", both)
    assert set(verdict.mistakes) == {"gradient-transposed", "bias-averaged"}
    assert "several things at once" in verdict.headline


def test_two_mistakes_along_one_path_are_both_named():
    verdict = check("05.6", lambda dz2, W2, a1: dz2 @ W2.T * np.log(a1 / (1 - a1)) * (1 + np.log(1 / a1 - 1)))
    assert verdict.mistakes == ("sigmoid-slope-of-z",)

    def step(x, t, W1, b1, W2, b2, learning_rate):
        def s(z):
            return 1 / (1 + np.exp(-z))

        h = s(x @ W1 + b1)
        o = s(h @ W2 + b2)
        d2 = (o - t) * o * (1 - o)  # no 1/N
        d1 = d2 @ W2.T  # no slope
        return (
            W1 - learning_rate * x.T @ d1,
            b1 - learning_rate * d1.sum(0),
            W2 - learning_rate * h.T @ d2,
            b2 - learning_rate * d2.sum(0),
        )

    verdict = check("07.4", step)
    assert set(verdict.mistakes) == {"mean-missing", "hidden-derivative-missing"}


def test_mistakes_that_no_output_tells_apart_are_named_together():
    verdict = check("09.3", lambda dz2, W2, z1: dz2 @ W2.T)
    assert set(verdict.mistakes) == {"hidden-derivative-missing", "relu-mask-always-true"}
    assert "; or: " in verdict.headline


def test_what_is_kept_from_earlier_calls_is_noticed():
    calls = []

    def dense_forward(x, W, b):
        calls.append(0)
        return x @ W + b + (len(calls) > 4) * 0.5

    assert check("02.2", dense_forward).mistakes == ("depends-on-earlier-calls",)


def test_a_column_layout_is_accepted_and_said():
    verdict = check("02.2", lambda x, W, b: W @ x + b)
    assert verdict.passed
    assert "columns" in str(verdict)
    assert not check("02.4", lambda x, W1, b1, W2, b2: W1 @ x + b1).passed


def test_wrong_kinds_of_answers():
    assert "should be a function; it is a value of type int" in str(check("05.7", 3))
    assert "should be a class" in str(check("09.7", np.zeros(2)))
    assert "should be 3 values (dx, dW, db); it holds 2" in str(check("05.7", lambda dy, x, W: (1, 2)))
    assert "it is None. Is the `return` missing?" in str(check("05.7", lambda dy, x, W: print(dy)))
    assert "should be 2 values" in str(check("05.1", 0.1385))
    assert "should hold numbers" in str(check("05.1", ("a", "b")))
    assert check("09.7", lambda *a: 3).status is Status.ERROR
    with_text = check("02.2", lambda x, W, b: "y")
    assert "y should hold numbers" in str(with_text)


def test_typed_numbers_with_too_few_digits():
    assert "Give more digits" in check("05.1", (-0.045, 0.13)).headline
    assert "Give all the digits" in check("07.3", 0.2910278).headline


def test_whole_numbers_that_agree_by_chance_get_no_name():
    def early_stop(losses, patience):
        best, best_loss = 0, float("inf")
        for epoch, loss in enumerate(losses, start=1):
            if loss > best_loss:
                best, best_loss = epoch, loss
            elif epoch - best >= patience:
                return best, epoch
        return best, len(losses)

    assert check("14.3", early_stop).mistakes == ("no-new-best",)  # of the many that agree this alone is true


def test_other_common_mistakes_have_names():
    def loss(z, t):
        e = np.exp(z - z.max(1)[:, None])
        p = e / e.sum(1)[:, None]
        value = -np.log(p[:, t]).mean()
        p[np.arange(len(t)), t] -= 1
        return value, p / len(t)

    assert check("03.6", loss).mistakes == ("picked-all-with-all",)
    assert check("05.8", lambda dy, z: np.where(z > 0, 1.0, 0.0)).mistakes == ("incoming-derivative-forgotten",)
    assert check("13.1", lambda v, g, a, m: (m * v + g, -a * g)).mistakes == ("velocity-lost",)
    assert check("14.1", lambda z, t: 100 * (z.argmax(-1) == t).sum() / len(t)).mistakes == ("percent-for-share",)

    def train(x, t, step, epochs, batch_size, rng):
        for _ in range(epochs):
            for _ in range(0, len(x), batch_size):
                step(x, t)

    assert "whole-data-each-step" in check("12.3", train).mistakes


def test_typed_slips_have_names():
    assert check("03.1", 0.15975).mistakes == ("mean-over-everything",)
    assert check("05.2", (0.0794, -0.0266)).mistakes == ("gradient-transposed",)
    assert check("05.2", (0.02661, -0.07944)).mistakes == ("sign",)
    assert check("11.3", 2.5).mistakes == ("path-added",)
    assert check("11.3", 0.5**10).mistakes == ("slope-one-factor",)
    assert check("11.1", 0.125).mistakes == ("two-forgotten",)
    assert check("04.5", (3, 2, 1)).mistakes == ("sigmoid-slope-missing",)
    assert check("12.1", (80, 800)).mistakes == ()


def test_numbers_may_come_as_lists_arrays_and_functions():
    for answer in ([-0.0446, 0.1339], np.array([-0.0446, 0.1339]), lambda: (-0.0446, 0.1339)):
        assert check("05.1", answer).passed
    assert check("02.1", [[64, 10], [10], [32, 10]]).passed
    assert check("02.1", ((10, 64), (10,), (32, 10))).mistakes == ("shape-of-weights-turned",)


MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (MATRIX.T, "dW has shape (3, 2); expected (2, 3). Its transpose would be right."),
        (MATRIX[0], "dW has shape (3,); expected (2, 3)."),
        (-MATRIX, "dW has the right size everywhere but the wrong sign."),
        (MATRIX * 0.5, "dW is 0.5 times what it should be everywhere."),
        (MATRIX * 0, "dW is 0 everywhere."),
        (MATRIX + 2, "Every entry of dW is too large by 2."),
        (np.add(MATRIX, [[0, 1, 0]]), "Only column 1 of dW is off, by up to 1 at [0, 1]."),
        (np.add(MATRIX, [[0, 0, 0], [3, 6, 3]]), "Only row 1 of dW is off, by up to 6 at [1, 1]."),
        (np.add(MATRIX, [[1, 0, 0], [0, 0, 2]]), "2 of 6 entries of dW are off, by up to 2 at [1, 2]."),
        (np.add(MATRIX, [[1, 2, 1], [1, 1, 3]]), "dW is off everywhere, by up to 3 at [1, 2]."),
        (np.add(MATRIX, [[0, np.nan, 0]]), "dW holds nan at [0, 1]."),
    ],
)
def test_where_and_by_how_much(array, text):
    assert describe("dW", np.asarray(array, dtype=float), MATRIX) == text


def test_a_square_transpose_is_seen():
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert describe("dW", square.T, square) == "dW is the transpose of what it should be."


def test_tolerance_follows_the_dtype():
    want = np.array([1.0, 1e-6])
    assert close(want + 1e-7, want)
    assert close((want + 1e-5).astype(np.float32), want)
    assert not close(want + 1e-4, want)
    assert not close((want + 1e-4).astype(np.float32), want)
    assert ratio(want * 3, want) == pytest.approx(3)
    assert ratio(want + 1, want) is None


def test_a_patched_numpy_wins_nothing(monkeypatch):
    for name in ("allclose", "isclose", "array_equal", "all", "any", "abs"):
        monkeypatch.setattr(np, name, lambda *a, **k: True)
    assert not check("05.7", averaged).passed
    assert check("05.7", lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum(axis=0))).passed


def test_infinities_and_nan():
    inf, nan = np.array([np.inf, 1.0]), np.array([np.nan, 1.0])
    assert close(inf, inf)
    assert close(nan, nan)
    assert not close(inf, -inf)
    assert not close(nan, inf)
    assert not close(inf, np.array([5.0, 1.0]))


def test_a_finite_number_is_not_near_an_infinite_one():
    table = np.array([[1.0, np.inf]])
    assert close(table, table)
    assert not close(np.array([[1.0, 5.0]]), table)
    assert not close(-table, table)
    assert describe("table", np.array([[1.0, 5.0]]), table).endswith("5.0 at [0, 1], where no finite number belongs.")
    assert "row 0" in describe("table", np.array([[2.0, np.inf]]), table)


def test_outputs():
    assert outputs({"b": 1, "a": 2}, ("a", "b"))["a"] == 2
    with pytest.raises(Unfinished):
        outputs((1, ...), ("a", "b"))
    with pytest.raises(NotNumbers, match="the names in it are c"):
        outputs({"c": 1}, ("a", "b"))
    with pytest.raises(NotNumbers, match="a should be one array; it is a list of unequal parts"):
        outputs([[1, 2], [3]], ("a",))
    with pytest.raises(NotNumbers, match="b is None"):
        outputs((1, None), ("a", "b"))


def test_numbers_that_are_none():
    with pytest.raises(ArgumentError, match=r'exercises expected a number such as "09.3", got .05.9.. Did you mean 05'):
        check("05.9", 1)
    with pytest.raises(ArgumentError, match=r"exercises\(\) lists them all"):
        exercise("zz")
    with pytest.raises(ArgumentError, match="hint's level expected 1, 2 or 3, got 4"):
        hint("05.7", 4)
    with pytest.raises(ArgumentError, match=r'recall expected a number such as "03\.r1"'):
        recall("03.r9", "a")
    with pytest.raises(ArgumentError, match="clinic expected the number of a bug clinic"):
        clinic("05.7")
    with pytest.raises(ArgumentError, match="the notebook expected a number such as 5"):
        exercises.quiz(99)
    for function in (solution, exercises.reset_progress):
        with pytest.raises(ArgumentError, match="exercises expected a number"):
            function("99.1")


def test_every_code_exercise_has_named_outputs_that_its_solution_gives():
    for one in ALL.values():
        if isinstance(one, Code):
            case = one.cases()[0]
            assert tuple(outputs(one.observe(one.solution, case.arguments), one.outputs)) == one.outputs
