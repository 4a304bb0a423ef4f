"""The claims that a machine cannot find in a cell: one file a notebook, each sentence with its proof or its source.

A notebook is read as soon as its `of_NN.py` stands here. From 15 on the file also answers for the notebook's replies
and hints, and for the examples of the mistakes that lead back to it.
"""

import functools
import os
from pathlib import Path

import matplotlib.pyplot

from tests.notebooks import ledger
from tests.notebooks.__main__ import FOLDER
from tests.notebooks.rules import shown

TRAINS = os.environ.get("BPLEARN_LEDGER") == "1"  # set in .ci/run: proofs that run a notebook or train


class Claims:
    """What one file holds: a kind, a proof or a source for each sentence."""

    def __init__(self):
        self.kinds, self.proofs, self.sources = {}, [], {}

    def _add(self, kind, sentences):
        for sentence in sentences:
            assert sentence not in self.kinds, f"twice: {sentence}"
            self.kinds[sentence] = kind

    def computed(self, *sentences, trains=False):
        """A function that asserts what these sentences say; it runs in .ci/run only if it trains."""
        self._add("computed", sentences)

        def keep(proof):
            self.proofs.append((proof, trains))
            return proof

        return keep

    def cited(self, source, *sentences):
        self._add("cited", sentences)
        self.sources |= dict.fromkeys(sentences, source)

    def defined(self, *sentences):
        """Sentences that give a name, or say what comes: no rank, no cause and no measured number."""
        self._add("definition", sentences)


def said(chapter, cell):
    """All that a cell shows, as text: nbval compares it with a new run."""
    [found] = [one for one in ledger.cells_of(chapter) if one.id == cell]
    return "\n".join(ledger.words(text) if kind == "text/html" else text for kind, text in shown(found))


@functools.cache
def ran(chapter):
    """The variables of a notebook after all its cells have run, in this process."""
    matplotlib.use("Agg")
    names, place = {"__name__": "__main__"}, Path.cwd()
    os.chdir(FOLDER)
    try:
        for cell in ledger.cells_of(chapter):
            if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", []):
                exec(compile(cell.source, f"{chapter} {cell.id}", "exec"), names)
                matplotlib.pyplot.close("all")
    finally:
        os.chdir(place)
    return names
