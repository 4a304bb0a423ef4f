"""Wrong answers that once passed, and right ones that were refused: each was written by somebody else, for its kind."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from bplearn.exercises import ALL, Status, check, recall
from bplearn.exercises.chapters import chapter_09 as net
from bplearn.exercises.chapters import chapter_14 as stop

WRONG = []


def wrong(number):
    def note(answer):
        WRONG.append((number, answer))
        return answer

    return note


@wrong("12.2")
def own_seed(x, t, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], t[rows]


@wrong("12.2")
def always_reversed(x, t, batch_size, rng):
    order = np.arange(len(x))[::-1]
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], t[rows]


@wrong("12.2")
def turned_by_a_random_number(x, t, batch_size, rng):
    order = np.roll(np.arange(len(x)), rng.integers(1, len(x)))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], t[rows]


@wrong("12.3")
def own_seed_in_the_loop(x, t, step, epochs, batch_size, rng):
    own = np.random.default_rng(0)
    for _ in range(epochs):
        order = own.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            step(x[rows], t[rows])


@wrong("11.2")
def biases_of_a_hundredth(n_in, n_out, rng):
    return rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in), np.full(n_out, 0.01)


@wrong("11.2")
def start_with_own_seed(n_in, n_out, rng):
    return np.random.default_rng(0).normal(size=(n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


@wrong("11.2")
def one_row_for_all(n_in, n_out, rng):
    row = rng.normal(size=n_out) * np.sqrt(2 / n_in)
    return np.tile(row, (n_in, 1)), np.zeros(n_out)


@wrong("11.2")
def only_two_values(n_in, n_out, rng):
    return rng.choice([-1.0, 1.0], (n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


@wrong("11.2")
def all_positive(n_in, n_out, rng):
    return np.abs(rng.normal(size=(n_in, n_out))) * np.sqrt(2 / n_in), np.zeros(n_out)


@wrong("11.2")
def a_little_too_large(n_in, n_out, rng):
    return 1.1 * rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


@wrong("13.2")
def epsilon_inside_the_root(s, g, learning_rate, decay, epsilon):
    s = decay * s + (1 - decay) * g**2
    return s, -learning_rate * g / np.sqrt(s + epsilon)


@wrong("13.3")
def adam_with_epsilon_inside(m, s, g, step, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return m, s, -learning_rate * m / (1 - beta1**step) / np.sqrt(s / (1 - beta2**step) + epsilon)


@wrong("13.3")
def adam_with_fixed_epsilon(m, s, g, step, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return m, s, -learning_rate * m / (1 - beta1**step) / (np.sqrt(s / (1 - beta2**step)) + 1e-8)


@wrong("03.5")
def mean_for_maximum(z):
    raised = np.exp(z - z.mean(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@wrong("04.4")
def used_twice_counted_once(operations, values):
    first, grads = len(values) - len(operations), [0.0] * len(values)
    grads[-1] = 1.0
    for place in reversed(range(len(operations))):
        kind, i, j = operations[place]
        g = grads[first + place]
        if kind == "exp":
            grads[i] += g * values[first + place]
            continue
        for one, other in {i: j, j: i}.items():
            grads[one] += g * {"add": 1, "mul": values[other], "max": values[one] > values[other]}[kind]
    return grads


@wrong("10.1")
def two_loops(f, x, h):
    grad = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            up, down = x.copy(), x.copy()
            up[i, j] += h
            down[i, j] -= h
            grad[i, j] = (f(up) - f(down)) / (2 * h)
    return grad


@wrong("09.7")
class SharedCache(net.Network):
    kept = {}  # noqa: RUF012 (the mistake)

    def forward(self, x):
        scores = super().forward(x)
        self.kept["cache"] = self.cache
        return scores

    def backward(self, t):
        self.cache = self.kept["cache"]
        return super().backward(t)


@wrong("09.7")
class OldInputs(net.Network):
    def forward(self, x):
        old = getattr(self, "cache", None)
        scores = super().forward(x)
        if old is not None and len(old[0]) == len(x):
            self.cache = (old[0], *self.cache[1:])
        return scores


@wrong("07.4")
def fixed_rate(x, t, W1, b1, W2, b2, learning_rate):
    a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
    y = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    dz2 = (y - t) * y * (1 - y) / len(x)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    return W1 - 0.5 * x.T @ dz1, b1 - 0.5 * dz1.sum(axis=0), W2 - 0.5 * a1.T @ dz2, b2 - 0.5 * dz2.sum(axis=0)


@wrong("14.3")
def starts_at_one(losses, patience):
    best, best_loss = 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < best_loss:
            best, best_loss = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


@wrong("05.7")
def a_little_decay_in_float32(dy, x, W):
    return tuple(np.float32(part) for part in (dy @ W.T, x.T @ dy + 1e-3 * W, dy.sum(axis=0)))


@wrong("07.1")
def stops_when_it_changes_little(slope, x, learning_rate, steps):
    for _ in range(steps):
        change = learning_rate * slope(x)
        x = x - change
        if abs(change) < 0.05:
            break
    return x


WRONG.append(("11.1", np.sqrt(1 / 10)))


@pytest.mark.parametrize(("number", "answer"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_that_once_passed_is_caught(number, answer):
    verdict = check(number, answer)
    assert not verdict.passed
    assert verdict.status is not Status.NOT_ATTEMPTED


def test_the_right_ones_still_pass():
    assert check("12.2", lambda x, t, n, rng: _in_pieces(x, t, n, rng.permutation(len(x)))).passed
    assert check("12.2", _shuffled_in_place).passed
    assert check("11.2", lambda a, b, rng: (rng.uniform(-1, 1, (a, b)) * np.sqrt(6 / a), np.zeros(b))).passed
    assert check("11.2", lambda a, b, rng: (np.float32(rng.normal(0, np.sqrt(2 / a), (a, b))), [0.0] * b)).passed
    assert check("05.7", lambda dy, x, W: tuple(np.float32(p) for p in (dy @ W.T, x.T @ dy, dy.sum(axis=0)))).passed
    assert check("14.3", stop.early_stop).passed


def _in_pieces(x, t, n, order):
    return [(x[order[k : k + n]], t[order[k : k + n]]) for k in range(0, len(x), n)]


def _shuffled_in_place(x, t, n, rng):
    order = list(range(len(x)))
    rng.shuffle(order)
    return _in_pieces(x, t, n, np.array(order))


# forms of an answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        (Fraction(3775, 10000), Fraction(5933, 10000)),
        (Decimal("0.3775"), Decimal("0.5933")),
        (np.array(0.3775), np.array(0.5933)),
        [0.3775, np.float32(0.5933)],
        np.array([[0.3775], [0.5933]]),
        {"z": 0.3775, "a": 0.5933},
    ],
    ids=["Fraction", "Decimal", "0-d", "mixed", "column", "dict"],
)
def test_numbers_may_be_of_any_kind(typed):
    assert check("01.1", typed).passed
    assert check("01.2", lambda x, w, b: Decimal(float(1 / (1 + np.exp(-(x @ w + b)))))).passed


@pytest.mark.parametrize("typed", ["b", "B", "b)", "(b)", "b.", "b:", "b) It falls.", "It falls.", "it falls", " b "])
def test_a_choice_may_be_typed_in_any_form(typed):
    assert check("01.3", typed).passed


@pytest.mark.parametrize("typed", [("0.3775", "0.5933"), ("0,3775", 0.5933), "0.3775"])
def test_text_that_is_a_number_is_asked_for_as_a_number_and_is_no_attempt(typed):
    verdict = check("01.1", typed)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert "without quotes" in str(verdict)
    assert recall("01.r1", "-1/2").status is Status.NOT_ATTEMPTED


class Silent:
    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize("odd", [np.arange(3), Silent(), object(), 3.5, ["b"], {"b"}])
def test_an_odd_choice_is_told(odd):
    assert "one of the letters a, b, c, d" in str(check("01.3", odd))


# trials and names that were false ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [Fraction(1, 50), Decimal("0.02"), np.array(0.02), np.float32(0.02), [0.02]])
def test_a_rate_may_be_of_any_kind(rate):
    assert check("07.5", rate).passed


@pytest.mark.parametrize(
    ("number", "typed"),
    [("07.5", "0,02"), ("07.5", "1/50"), ("12.4", ("0.3", "32")), ("12.4", (0.3, "32"))],
)
def test_a_trial_asks_for_numbers_without_quotes(number, typed):
    verdict = check(number, typed)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert "without quotes" in str(verdict)


@pytest.mark.parametrize(
    "typed", [(0.3, float("inf")), (float("nan"), 32), (0.3, 10**400), (0.3, 10**5000), (Silent(), 3), (0.3, -2)]
)
def test_settings_that_no_computer_can_try_are_told(typed):
    verdict = check("12.4", typed)
    assert verdict.headline.startswith("Both should be positive numbers; they are ")
    assert len(str(verdict)) < 300


def test_numbers_that_are_none_are_told():
    assert check("07.5", float("inf")).headline == "A learning rate is a finite number; it is inf."
    assert check("07.5", Silent()).headline == "A learning rate is a number; it is a value of type Silent."
    assert "larger than any number" in check("01.1", (10**400, 1)).headline


def test_settings_may_be_of_any_kind():
    assert check("12.4", (Fraction(3, 10), 32)).passed


def test_what_is_named_is_true():
    assert check("12.4", (0.3, 1258)).mistakes == ("batch-too-large",)  # the rate is the solution's
    assert check("02.1", ((64, 10), (64,), (32, 10))).mistakes == ("one-bias-for-each-input",)

    def rows_in_turn(x, t, parameters, learning_rate, batch_size, orders):
        turn = np.array([np.arange(len(x)) for _ in orders])
        return net.train(x, t, parameters, learning_rate, batch_size, turn)

    assert check("09.6", rows_in_turn).mistakes == ("not-shuffled",)

    def probabilities(x, W1, b1, W2, b2):
        z1, a1, z2 = net.forward(x, W1, b1, W2, b2)
        raised = np.exp(z2 - z2.max(axis=1, keepdims=True))
        return z1, a1, raised / raised.sum(axis=1, keepdims=True)

    assert check("09.1", probabilities).mistakes == ("activation-too-many",)
    half = 0.5 * np.array(ALL["05.2"].solution())
    assert check("05.2", half).mistakes[0] == "rate-in-derivative"
