"""Each claim of the lessons is shown, computed, cited or a definition: the ledger. See ledger.py and claims/.

python -m tests.notebooks.test_claims   prints the counts
"""

import ast
import collections
import importlib
import inspect

import pytest

from tests.notebooks import ledger
from tests.notebooks.__main__ import chosen
from tests.notebooks.claims import TRAINS, Claims

PLACES = sorted(ledger.SOURCES)


def claims_of(place):
    return importlib.import_module(f"tests.notebooks.claims.{ledger.FILES[place]}").CLAIMS


def marked(pairs, kinds):
    """(sentence, how it is cleared, or None) for each claim among (sentence, numbers that stand there)."""
    for sentence, values in pairs:
        if sentence in kinds:
            yield sentence, kinds[sentence]
        elif ledger.claims(sentence):
            yield sentence, "shown" if ledger.is_shown(sentence, values) else None


def unmarked(pairs, kinds):
    return [sentence for sentence, kind in marked(pairs, kinds) if kind is None]


def gone(pairs, kinds):
    return sorted(set(kinds) - {sentence for sentence, _ in pairs})


def test_each_notebook_is_in_the_ledger():
    assert [path.name[:2] for path in chosen([])] == ledger.CHAPTERS


@pytest.mark.parametrize("place", PLACES)
def test_each_claim_is_shown_computed_or_cited(place):
    found = unmarked(ledger.SOURCES[place](), claims_of(place).kinds)
    assert not found, "no proof for:\n" + "\n".join(found)


@pytest.mark.parametrize("place", PLACES)
def test_each_entry_stands_in_the_text_word_for_word(place):
    found = gone(ledger.SOURCES[place](), claims_of(place).kinds)
    assert not found, "the text has changed, so must its proof:\n" + "\n".join(found)


@pytest.mark.parametrize("place", PLACES)
def test_a_definition_claims_nothing_else(place):
    for sentence, kind in claims_of(place).kinds.items():
        if kind == "definition":
            assert not ledger.ranks(sentence), sentence
            assert not ledger.causes(sentence), sentence
            assert not any("." in number for number in ledger.numbers(sentence)), sentence


PROOFS = [(place, *proof) for place in PLACES for proof in claims_of(place).proofs]


@pytest.mark.parametrize(("place", "proof", "trains"), PROOFS, ids=[f"{p}-{f.__name__}" for p, f, _ in PROOFS])
def test_computed_anew_it_is_true(place, proof, trains):
    if trains and not TRAINS:
        pytest.skip("trains: BPLEARN_LEDGER=1 (.ci/run) computes it")
    proof()


SAYS_AGAIN = {"round", "abs", "len", "near", "divmod", "math.isclose", "np.isclose", "np.allclose"}


def hollow(source):
    """Whether a proof only says its numbers again: it calls what rounds and compares, and reads nothing else."""
    nodes = list(ast.walk(ast.parse(source)))
    named = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    named |= {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return {name for name in named if not name.startswith("CLAIMS.")} <= SAYS_AGAIN


@pytest.mark.parametrize(
    ("place", "proof"), [one[:2] for one in PROOFS], ids=[f"{p}-{f.__name__}" for p, f, _ in PROOFS]
)
def test_a_proof_computes_and_does_not_say_again(place, proof):
    assert not hollow(inspect.getsource(proof))


# The machine itself, seen failing


@pytest.mark.parametrize(
    "sentence",
    [
        "It is 3 times 4 = 12, and 7 · 8 = 57.",
        "$0.5^5 = 0.05$",
        "$\\sigma(1) = 0.741$",
        "$\\tfrac12 \\cdot 3 = 1.6$",
    ],
)
def test_false_arithmetic_is_found(sentence):
    with pytest.raises(AssertionError, match="is not"):
        ledger.arithmetic(sentence)


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("It has 12 weights.", True),
        ("97% are right.", True),
        ("A larger rate jumps.", True),
        ("It fails because it is linear.", True),
        ("It is linear, so it fails.", True),
        ("See notebook 7, equation (3.5) and exercise 05.1.", False),
        ("The unit `h1` of a 64-32-10 network.", False),
        ("Is it larger than 3?", False),
        ("**Predict** the larger of the 2.", False),
        ("It keeps $w_5$ and so on.", False),
    ],
)
def test_a_claim_is_a_number_a_rank_or_a_cause(sentence, is_one):
    assert ledger.claims(sentence) is is_one


@pytest.mark.parametrize(
    ("sentence", "seen", "known"),
    [
        ("It fell to 0.971.", {0.9712}, True),
        ("It fell to 0.972.", {0.9712}, False),
        ("97% are right.", {0.9712}, True),
        ("98% are right.", {0.9712}, False),
        ("1,258 digits are more than 539.", {1258.0, 539.0}, True),
        ("2 is more.", {2.0}, False),
        ("It is larger.", {2.0}, False),
    ],
)
def test_a_number_is_shown_where_it_stands(sentence, seen, known):
    assert ledger.is_shown(sentence, seen) is known


def test_a_planted_sentence_has_no_proof_and_a_changed_one_loses_it():
    kinds = {"The first is larger.": "computed"}
    text = "The first is larger. The rate was 0.35, so it fell. It has 0.25."
    pairs = [(sentence, {0.25}) for sentence in ledger.sentences(text)]
    assert unmarked(pairs, kinds) == ["The rate was 0.35, so it fell."]
    changed = [(sentence.replace("larger", "smaller"), values) for sentence, values in pairs]
    assert unmarked(changed, kinds) == ["The first is smaller.", "The rate was 0.35, so it fell."]
    assert gone(changed, kinds) == ["The first is larger."]


@pytest.mark.parametrize(
    ("body", "says_again"),
    [
        ("assert 40 * 30 == 1200", True),
        ("assert round(0.596884 * (1 - 0.596884), 4) == 0.2406", True),
        ("assert len((2, 4, 3)) == 3", True),
        ("assert 30 * len(list(batches(x, t, batch_size=32))) == 1200", False),
        ("assert eval(said('06', 'cell')) == 2", False),
    ],
)
def test_a_proof_of_bare_arithmetic_is_found(body, says_again):
    assert hollow(f"@CLAIMS.computed('40 times 30 are 1,200.')\ndef proof():\n    {body}\n") is says_again


def test_a_definition_with_a_rank_is_refused():
    planted = Claims()
    planted.defined("A rate is better if larger.")
    assert ledger.ranks(*planted.kinds)


if __name__ == "__main__":
    total = collections.Counter()
    for place in PLACES:
        counts = collections.Counter(kind for _, kind in marked(ledger.SOURCES[place](), claims_of(place).kinds))
        print(f"{place}: {dict(sorted(counts.items(), key=str))}")
        total += counts
    print(f"in all: {dict(sorted(total.items(), key=str))}")
