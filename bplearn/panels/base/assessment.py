"""The verdict of a panel: one word to see at a glance, and the sentence with the numbers behind it.

`SYMBOLS` are the signs that go with the words.
First met in notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

from typing import NamedTuple, final


@final
class Assessment(NamedTuple):
    """A verdict: its `word` can be seen at a glance, its `sentence` says it with numbers.

    >>> Assessment("good", "The cost is 0.1.").sentence
    'The cost is 0.1.'
    """

    word: str
    sentence: str
