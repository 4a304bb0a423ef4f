"""What notebook 18, its replies and the examples of its mistakes claim beyond what its cells show."""

import numpy as np

from bplearn import datasets
from bplearn.autograd import Tensor
from bplearn.exercises.chapters.chapter_18 import windows
from bplearn.layers import Attention
from tests.notebooks.claims import Claims, ran

CLAIMS = Claims()

CLAIMS.cited(
    "Radford et al. 2018, 3.1 and 4.1: 12 blocks of attention and of a network for each token, with layer norm, on"
    " BooksCorpus, over 7,000 books; the loss is that of the next token",
    "Large language models are built from the same parts, with norms (notebook 16), many more blocks and far longer texts (Radford et al 2018).",
)

CLAIMS.defined("Here is the table of all nine scores:")


def shares_of(*scores):
    powers = np.exp(np.array(scores, dtype=float))
    return powers / powers.sum()


def tracked(*arrays):
    return [Tensor(np.array(array, dtype=float), requires_grad=True) for array in arrays]


def softmax(scores):
    powers = scores.exp()
    return powers / powers.sum(axis=1, keepdims=True)


def sat():
    """The three tokens by autograd, where the error 1 arrives at the mix of the last: scores, shares, q, k, v, mix."""
    q, k, v = tracked([[0], [-1], [1]], np.log([[1], [2], [4]]), [[7], [14], [0]])
    scores = q @ k.transpose()
    p = softmax(scores)
    mix = p @ v
    mix[2].sum().backward()
    return scores, p, q, k, v, mix


@CLAIMS.computed(
    '(These shares are made up.) "sat" takes two thirds of what it needs from "cat".',
)
def made_up_shares():
    made_up = np.array(ran("18")["made_up"])
    assert np.allclose(made_up.sum(axis=1), 1)
    assert np.isclose(made_up[2, 1], 2 / 3)


@CLAIMS.computed(
    "| $p$ | **share**: the softmax of a token's scores, so a row of probabilities |",
    '"cat" has the query −1: its powers are 1, $\\tfrac12$, $\\tfrac14$, so it looks most where "sat" looks least.',
    "So the three values get $\\tfrac17$, $\\tfrac27$, $\\tfrac47$.",
    "The slope for a share is its value, so the shares get the errors $dp = (7, 14, 0)$.",
    "In words: **the error of a share, less the mean of all of them, times the share**.",
    "| less the mean | 2 | 9 | −5 | |",
    "- Through a softmax: the error of a share, less their weighted mean, times the share.",
)
def three_tokens():
    _, p, _, _, v, mix = sat()
    assert np.allclose(p.data.sum(axis=1), 1)
    assert (p.data > 0).all()
    assert np.allclose(p.data[1], shares_of(*np.log([1, 1 / 2, 1 / 4])))
    assert np.argmax(p.data[1]) == np.argmin(p.data[2]) == 0
    assert np.allclose(v.grad[:, 0], np.array([1, 2, 4]) / 7)
    dp = v.data[:, 0]
    assert dp.tolist() == [7, 14, 0]
    assert np.allclose(dp - p.data[2] @ dp, [2, 9, -5])
    assert np.isclose(mix.data[2, 0], p.data[2] @ dp)
    rng = np.random.default_rng(0)
    [scores], dp = tracked(rng.normal(size=(4, 5))), rng.normal(size=(4, 5))
    shares = softmax(scores)
    (shares * Tensor(dp)).sum().backward()
    mean = (shares.data * dp).sum(axis=1, keepdims=True)
    assert np.allclose(scores.grad, shares.data * (dp - mean))


@CLAIMS.computed(
    "So the query gets the error times the key, and the key gets the error times the query.",
)
def query_and_key():
    _, _, q, k, _, _ = sat()
    errors = np.array([2, 18, -20]) / 7
    assert np.isclose(q.grad[2, 0], errors @ k.data[:, 0])
    assert np.allclose(k.grad[:, 0], errors * q.data[2, 0])


@CLAIMS.computed(
    "So token $i$ may look at the tokens $1$ to $i$ alone: a **causal mask**.",
    "So query and key get nothing.",
    "A query of 0 makes all scores 0, so all shares are alike:",
)
def a_mask_in_the_layer():
    rng = np.random.default_rng(1)
    layer, x, dy = Attention(2, length=3, causal=True, rng=0), rng.normal(size=(1, 6)), np.zeros((1, 6))
    _, cache = layer.forward(x)
    assert np.allclose(np.triu(cache["p"][0, 0], 1), 0)
    assert (np.tril(cache["p"][0, 0]) > 0).sum() == 6
    dy[0, :2] = rng.normal(size=2)  # at the first token alone
    _, grads = layer.backward(dy, cache)
    assert np.allclose(grads["Wq"], 0)
    assert np.allclose(grads["Wk"], 0)
    assert np.abs(grads["Wv"]).max() > 0.01
    assert np.allclose(shares_of(*0 * rng.normal(size=3)), 1 / 3)


@CLAIMS.computed(
    "`x` arrives in the three products, so its error is a sum of three.",
)
def three_ways_into_a_token():
    rng = np.random.default_rng(2)
    x, dy, parts = rng.normal(size=(1, 6)), rng.normal(size=(1, 6)), []
    layer = Attention(2, length=3, rng=0)
    whole = layer.backward(dy, layer.forward(x)[1])[0]
    for kept in ("Wq", "Wk", "Wv"):
        _, cache = layer.forward(x)
        cut = cache | {name: np.zeros((2, 2)) for name in {"Wq", "Wk", "Wv"} - {kept}}
        parts.append(layer.backward(dy, cut)[0])
    assert np.allclose(sum(parts), whole)
    assert all(np.abs(part).max() > 1e-3 for part in parts)


@CLAIMS.computed(
    'So the targets are the same text, one place further: for "twinkl" they are "winkle".',
    "'cats' and T = 2: windows begin at c and at a.",
    "'cat' and T = 2: one window, 'ca', and its pair 'at'.",
)
def one_place_further():
    def pairs(text, length):
        return [["".join(row) for row in part] for part in windows(list(text), length)]

    assert datasets.rhymes().startswith("twinkle")
    assert pairs("twinkle", 6) == [["twinkl"], ["winkle"]]
    assert pairs("cats", 2) == [["ca", "at"], ["at", "ts"]]
    assert pairs("cat", 2) == [["ca"], ["at"]]


@CLAIMS.computed(
    "So these words, and those below, may not be yours.",
)
def a_last_digit_tips_a_draw():
    at = np.random.default_rng(0).random()
    draws = [int(np.searchsorted(np.cumsum([at + nudge, 1 - at - nudge]), at, side="right")) for nudge in (0, 1e-15)]
    assert draws == [1, 0]


@CLAIMS.computed(
    "What later places know more came through attention: no other layer leads from one place to another.",
    trains=True,
)
def attention_alone_joins_places():
    names = ran("18")
    network, row = names["network"], names["x"][:1]
    changed = row.copy()
    changed[0, 0] = (row[0, 0] + 1) % len(names["letters"])
    places = {}
    for number, layer in enumerate(network):
        first, second = layer.forward(row)[0], layer.forward(changed)[0]
        moved = np.abs(first - second).reshape(names["T"], -1).max(axis=1) > 1e-12
        places[number] = np.flatnonzero(moved).tolist()
        row, changed = first, first.copy()
        changed[0, : first.shape[1] // names["T"]] += 0.1
    assert places == {0: [0], 1: list(range(names["T"])), 2: [0], 3: [0]}


@CLAIMS.computed(
    "With scores of size 16 a softmax gives nearly all to one token, and its slope is nearly 0.",
)
def a_softmax_of_large_scores():
    rng = np.random.default_rng(0)
    for tokens in (3, 16):
        p = np.array([shares_of(*row) for row in 16 * rng.normal(size=(2000, tokens))])
        assert np.median(p.max(axis=1)) > 0.97
        assert np.median((p * (1 - p)).mean(axis=1)) < 0.01


@CLAIMS.computed(
    "To look at one letter alone, we read out the last place alone: the same weights, and zeros for all other places.",
    "It is lowest after one epoch, and then it rises far above that of guessing, 3.56.",
    "Of the 16 letters that it sees, 15 are the same.",
    "Only the first differs: a line break before the horses, a space before the men.",
    trains=True,
)
def one_letter():
    names = ran("18")
    everywhere = names["network"](names["x"][:5]).reshape(5, names["T"], -1)
    assert np.allclose(names["reader"](names["x"][:5]), everywhere[:, -1])
    unseen = names["history"].validation_loss
    assert np.argmin(unseen) == 0
    assert unseen[-1] > 5 > np.log(len(names["letters"])) + 1
    text, wide = names["text"], names["T"]
    horses, men = (text[at - wide : at] for at in (text.index("horses and all"), text.index("men\ncouldn't")))
    assert men == names["seen"]
    assert [a == b for a, b in zip(horses, men, strict=True)] == [False] + [True] * 15
    assert (horses[0], men[0]) == ("\n", " ")


@CLAIMS.computed(
    "`Wq[18, 28]` makes, from number 18 of each letter's row, number 28 of its query; that is head 3, which has the numbers 24 to 31.",
    "Nearly a billion paths lead to it.",
    "Here is the strongest, arrow by arrow, and its share of the whole:",
    '`o23` is the letter "m": it has 2%, and should have all.',
    '1022 is the share of the apostrophe, 1023 the score of the "s".',
    "The slope −0.174 between them is that of one share for another's score:",
    "A row has 32 numbers for each letter, a head 16 times 16 scores, and head 3 is the last of four.)",
    "So this error hardly tells the query to look there.",
    trains=True,
)
def one_weight():
    names = ran("18")
    trace, seen, shares = names["trace"], names["seen"], names["kept"]["p"][0]
    assert (names["i"], names["j"], names["head"]) == (18, 28, 3)
    numbers = np.arange(32 * 16).reshape(16, 32)[:1]  # a row for each letter, cut into heads as the layer does
    layer = Attention(32, heads=4, length=16)
    assert (layer.split(np.repeat(numbers, 16, axis=0))[0, 3, 0] == np.arange(24, 32)).all()
    assert 0.9e9 < trace.count < 1e9
    products = [abs(path.product) for path in trace.paths(top=20)]
    assert products[0] == max(products) == abs(names["path"].product)
    assert names["letters"][23 - 1] == "m"
    assert round(float(names["p"][23 - 1]), 2) == 0.02
    head, row, comma = np.unravel_index(1022 - 1, shares.shape)
    assert (head, row, seen[comma], seen[comma + 1]) == (3, 15, "'", "s")
    assert np.isclose(names["path"].values[6], -shares[3, 15, comma] * shares[3, 15, comma + 1])
    assert shares[:, -1, 0].max() < 0.02
    assert abs(names["by_letter"][0]) < 0.001


# Replies, hints and the examples of mistakes


@CLAIMS.computed(
    "Each row of p is a softmax of its own, so the weighted mean is taken for each row.",
)
def each_row_by_itself():
    rng = np.random.default_rng(3)
    [scores], dp = tracked(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    dp[1] = 0
    (softmax(scores) * Tensor(dp)).sum().backward()
    assert np.abs(scores.grad[0]).min() > 0
    assert not scores.grad[1].any()


@CLAIMS.computed(
    "query 3, key 0.5: the score is 1.5.",
    "scores 0 and ln 3: the powers are 1 and 3, the shares 0.25 and 0.75.",
    "scores 0 and -∞ give the shares 1 and 0; scores 0 and 0 give 0.5 and 0.5.",
    "two equal scores, the second hidden: the first share is 1, not 0.5.",
    "the first token looks at itself alone: its row is 1, 0, 0.",
)
def small_shares():
    assert 3 * 0.5 == 1.5
    assert np.allclose(shares_of(0, np.log(3)), [0.25, 0.75])
    assert shares_of(0, -np.inf).tolist() == [1, 0]
    assert shares_of(0, 0).tolist() == [0.5, 0.5]
    assert shares_of(2, -np.inf).tolist() == [1, 0]
    assert shares_of(0.7, -np.inf, -np.inf).tolist() == [1, 0, 0]


@CLAIMS.computed(
    "shares 0.5 and 0.5, their errors 1 and 3: the mean is 2, the scores get -0.5 and 0.5.",
    "shares 0.5 and 0.5, their errors 1 and 3: the scores get -0.5 and 0.5; p (1 - p) alone would give 0.25 and 0.75.",
)
def two_shares():
    [scores] = tracked([[4, 4]])
    (softmax(scores) * Tensor(np.array([[1.0, 3.0]]))).sum().backward()
    assert np.allclose(scores.grad, [[-0.5, 0.5]])
    assert np.allclose(0.5 * (1 - 0.5) * np.array([1, 3]), [0.25, 0.75])


@CLAIMS.computed(
    "p = [[1, 0], [0.75, 0.25]], errors 1 and 2 of the mixes: the first value gets 1 · 1 + 0.75 · 2 = 2.5.",
    "errors [[0, 1], [2, 0]] and queries 3 and 4: the first key gets 0 · 3 + 2 · 4 = 8.",
    "width 4, error 2 of a score, key 3: the query gets 2 · 3 / 2 = 3.",
)
def products_by_autograd():
    p, v = tracked([[1, 0], [0.75, 0.25]], [[5], [6]])
    (p @ v * Tensor(np.array([[1.0], [2.0]]))).sum().backward()
    assert v.grad[0, 0] == 2.5
    q, k = tracked([[3], [4]], [[1], [2]])
    (q @ k.transpose() * Tensor(np.array([[0.0, 1.0], [2.0, 0.0]]))).sum().backward()
    assert k.grad[0, 0] == 8
    q, k = tracked([[1, 0, 0, 0]], [[3, 0, 0, 0]])
    (2 * (q @ k.transpose()) / 4**0.5).sum().backward()
    assert q.grad[0, 0] == 3
