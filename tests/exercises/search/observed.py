"""What the search sees of an answer: numbers of a plain function, a life of two objects, facts of random answers."""

import copy

import numpy as np

from bplearn.exercises.engine import compare

NAMES = ("dW1", "db1", "dW2", "db2")


def observe(exercise, answer, arguments):
    """A list of arrays: the outputs, then the arguments after the call."""
    look = {"09.7": _two_networks, "09.8": _gradients, "12.2": _batches, "12.3": _training, "11.2": _start}
    if exercise.number in look:
        return look[exercise.number](answer, copy.deepcopy(arguments))
    given = copy.deepcopy(arguments)
    value = answer(*given)
    shown = compare.outputs(copy.deepcopy(value), exercise.outputs)
    return [*shown.values(), *_leaves(given)]


def _leaves(value):
    """The arrays and numbers in nested tuples and lists."""
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in _leaves(part)]
    if callable(value) or isinstance(value, str | np.random.Generator):
        return []
    return [np.array(value, dtype=float)]


def _two_networks(answer, arguments):
    batches, learning_rate, *parameters = arguments
    one, two = (answer(*copy.deepcopy(p)) for p in parameters)
    seen = []
    for x, t in (*batches, batches[0]):
        seen += [np.array(one.forward(x)), np.array(two.forward(batches[1][0]))]
        seen += [np.array(one.backward(t)), np.array(two.backward(batches[1][1]))]
        seen += [np.array(getattr(network, name)) for network in (one, two) for name in NAMES]
        one.step(learning_rate)
        two.step(learning_rate / 3)
        seen += [np.array(getattr(network, name[1:])) for network in (one, two) for name in NAMES]
    return [np.asarray(part, dtype=float) for part in seen]


def _gradients(answer, arguments):
    pairs = answer(*arguments)
    return [np.asarray(part, dtype=float) for pair in pairs for part in pair] + _leaves(arguments)


def _order(x, pairs):
    """Which row of x stands at each place; -1 where it is none of them."""
    rows = [np.flatnonzero((x == row).all(axis=1)) for batch, _ in pairs for row in np.atleast_2d(batch)]
    return [int(found[0]) if len(found) else -1 for found in rows]


def _facts(x, t, pairs, size):
    pairs = [(np.array(a), np.array(b)) for a, b in pairs]
    order = _order(x, pairs)
    fits = all(np.shape(b) == (len(a),) and np.allclose(np.sum(a, axis=1), b) for a, b in pairs)
    sizes = [len(a) for a, _ in pairs]
    wanted = [min(size, len(x) - start) for start in range(0, len(x), size)]
    return order, [float(fits), float(sizes == wanted), float(sorted(order) == list(range(len(x))))]


def _from_rng(orders, again):
    """Facts of many orders: drawn from rng, none as it was, no row that stays near its place."""
    new = [order != sorted(order) for order in orders]
    middle = np.mean([np.argsort(order)[:2].mean() for order in orders])
    spread = len(orders[0]) / np.sqrt(len(orders))
    central = abs(middle - (len(orders[0]) - 1) / 2) < 2 * spread
    return [
        float(orders[0] == again),
        float(len(set(map(tuple, orders))) == len(orders)),
        float(all(new)),
        float(central),
    ]


def _batches(answer, arguments):
    x, t, size = arguments
    before = _leaves(arguments)
    found = [
        _facts(*before[:2], list(answer(x, t, size, np.random.default_rng(seed))), size) for seed in (*range(40), 0)
    ]
    orders = [order for order, _ in found]
    facts = np.min([facts for _, facts in found], axis=0)
    return [np.array([*facts, *_from_rng(orders[:-1], orders[-1])]), *_leaves(arguments)]


def _training(answer, arguments):
    x, t, size, epochs = arguments
    before, each = _leaves(arguments), -(-len(x) // size)
    found, calls_of = [], []
    for seed in (*range(12), 0):
        calls = []
        answer(
            x,
            t,
            lambda *batch, calls=calls: calls.append(copy.deepcopy(batch)),
            epochs,
            size,
            np.random.default_rng(seed),
        )
        calls_of.append(len(calls))
        found.append([_facts(*before[:2], calls[k : k + each], size) for k in range(0, len(calls), each)])
    facts = np.min([facts for epochs_of in found for _, facts in epochs_of], axis=0)
    orders = [order for epochs_of in found[:-1] for order, _ in epochs_of]
    told = _from_rng(orders, found[-1][0][0])
    return [np.array([*calls_of, *facts, *told]), *_leaves(arguments)]


def _start(answer, arguments):
    n_in, n_out = arguments
    made = [answer(n_in, n_out, np.random.default_rng(seed)) for seed in (0, 1, 2, 0)]
    W, b = made[0]
    even = W / W.std() if W.std() > 0 else W
    facts = [
        0.96 < W.std() / np.sqrt(2 / n_in) < 1.04,
        abs(even.mean()) < 6 / np.sqrt(W.size),
        1.5 < np.mean(even**4) < 3.6,
        np.linalg.matrix_rank(W[:20, :20]) == min(20, *W.shape),
        np.array_equal(W, made[3][0]),
        not np.array_equal(W, made[1][0]) and not np.array_equal(made[1][0], made[2][0]),
    ]
    return [np.array(W.shape, dtype=float), np.asarray(b, dtype=float), np.array(facts, dtype=float)]
