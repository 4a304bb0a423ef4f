"""One set of letters: what NOTATION.md says of a letter holds in every notebook.

A notebook explains its letters in tables of its own. Where NOTATION has the letter too, both must speak of one thing:
their words share a stem. And E and L are kept apart: E is one sample's error, L the loss of a batch, and no count.
"""

import re

from tests.notebooks.__main__ import FOLDER
from tests.notebooks.rules import code, prose

PAGE = (FOLDER / "NOTATION.md").read_text(encoding="utf-8")
HEADS = ("letter", "letter or sign", "word or sign", "word", "sign", "symbol")
COMMON = {
    "with",
    "that",
    "from",
    "each",
    "what",
    "this",
    "here",
    "there",
    "they",
    "their",
    "much",
    "also",
    "when",
    "where",
}
MISUSED = {
    "E is the error of one sample, not a mean over N": r"\bE\s*=\s*\\frac\{?1\}?\{?N|\\nabla E\b",
    "L is the loss, not a number of layers": r"\bL\b\s*(?:\\text\{\s*layers|\$?\s+layers)|\)\^\{?L\b",
    "L is the loss of a batch, not of one sample": r"\bL_n\b",
    "a layer is its sums and its bend; on a tape these are two steps": r"\bstep for each layer\b",
}
MISUSED_IN_CODE = {
    "E is the error of one sample, not a mean": r"^\s*E\s*=.*(?:\.mean\(|np\.mean|/ N\b|/ len\()",
}


def stems(text):
    """The first four letters of the words that say something, and the letters of its formulas."""
    words = {word[:4].lower() for word in re.findall(r"(?<!\\)\b[A-Za-z]{4,}", text)} - COMMON
    return words | {
        letter for formula in re.findall(r"\$(.+?)\$", text) for letter in re.findall(r"\b[A-Za-z]\b", formula)
    }


def rows(text):
    """(letters, meaning) of each row of a table whose first column holds letters."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|"):
            inside = False
        elif cells[0].lower() in HEADS:
            inside, place = True, next((k for k, cell in enumerate(cells) if cell.startswith("meaning")), 1)
        elif inside and not set(line) <= set("|-: "):
            yield letters(cells[0]), cells[place]


def letters(cell):
    """The letters in the first column, as they stand between dollars: $W$, $b$."""
    if not cell.startswith("$"):
        return []
    return [part.strip() for formula in re.findall(r"\$(.+?)\$", cell) for part in formula.split(",")]


def contract(page=PAGE):
    """What NOTATION says of each letter."""
    table = page[page.index("## Letters") : page.index("## The small network")]
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 3 and "$" in cells[0]:
            groups = [(cells[0], " ".join(cells[1:3]))]
            groups += [(cells[3], cells[1])] if len(cells) == 3 + 2 and "$" in cells[3] else []
            for first, meaning in groups:
                for letter in letters(first):
                    found[letter] = f"{found.get(letter, '')} {meaning}"
    return found


def violations(notebook, known=None):
    """(cell id, complaint) for each letter that means something else than NOTATION says."""
    known = contract() if known is None else known
    for cell in prose(notebook):
        for named, meaning in rows(cell.source):
            for letter in named:
                if letter in known and not (stems(meaning) & stems(known[letter])) - {letter}:
                    yield cell.id, f"${letter}$ is {meaning!r}; NOTATION says {known[letter].strip()!r}"
        for complaint, pattern in MISUSED.items():
            if found := re.search(pattern, cell.source):
                yield cell.id, f"{complaint}: {found[0]!r}"
    for cell in code(notebook):
        for complaint, pattern in MISUSED_IN_CODE.items():
            if found := re.search(pattern, cell.source, re.MULTILINE):
                yield cell.id, f"{complaint}: {found[0]!r}"
