"""What a panel says of what is seen: a word for the eye, and the sentence with the numbers that it rests on.

Every verdict of a panel is one; `SYMBOLS` are the signs that go with the words.
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
