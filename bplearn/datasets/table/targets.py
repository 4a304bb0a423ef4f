"""What a target column means: words and whole numbers are classes, numbers with a decimal point are values.

Where a column could be either, the reader asks; a target that is missing is never made up.
"""

from __future__ import annotations

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.datasets.table.blocks import Plan, Words, complain
from bplearn.datasets.table.cells import FORMS, NumberForm, is_missing
from bplearn.datasets.table.columns import in_order
from bplearn.errors import DataError

MOST_CLASSES = 20  # more different whole numbers than this look like values: then the reader asks
MOST_ALONE = 0.75  # and so does a column in which a larger share than this is a class of its own


def read_targets(
    column: Words, place: int, lines: Array, plan: Plan, task: str
) -> tuple[Array, tuple[str, ...] | None]:
    """Return class numbers (N,) with the names of the classes, or values (N, 1) and None.

    Raises: DataError for a missing target, for what could be classes or values, and for a value that is no number.
    """
    missing = column.rows_of(is_missing)
    if missing.any():
        row = int(missing.argmax())
        cell = list(column.book)[column.codes[row]]
        got = f"{cell!r} (missing)" if cell else "an empty cell"
        where = f"'{plan.file}' line {lines[row]}, column {plan.names[place]!r}"
        advice = 'Fill the cell or delete its line. Or pass missing="drop", which leaves out its line.'
        raise DataError(expected_got(where, "a target", got, advice))
    words = column.present()
    if task == "auto":
        task = _guess_task(words, len(lines), plan.names[place], plan)
    entries = np.zeros(len(column.book))
    if task == "regression":
        for word in words:
            if not plan.form.reads(word):
                row = int(np.flatnonzero(column.codes == column.book[word])[0])
                complain(word, int(lines[row]), place, plan)
            entries[column.book[word]] = plan.form(word)
        return entries[column.codes][:, None], None
    if all(plan.form.is_whole(word) for word in words):
        labels = {word: str(int(plan.form(word))) for word in words}  # "1" and "01" are one class
    else:
        labels = {word: word for word in words}
    names = in_order(list(dict.fromkeys(labels.values())))
    places = {name: number for number, name in enumerate(names)}
    for word, label in labels.items():
        entries[column.book[word]] = places[label]
    return entries[column.codes].astype(np.int64), tuple(names)


def _guess_task(words: list[str], lines: int, name: str, plan: Plan) -> str:
    """Decide between classes and values, or ask where the column could be either."""
    form, different = plan.form, len(words)
    numeric = [word for word in words if form.reads(word) and word.lower() not in ("true", "false")]
    fractional = [word for word in numeric if not form.is_whole(word)]
    all_numbers = len(numeric) == different
    if fractional and all_numbers:
        return "regression"
    subject = f"'{plan.file}', target column {name!r}"
    if not all_numbers:
        _ask_for_the_form(words, form, subject)
    alone = all_numbers and different > 2 and different > MOST_ALONE * lines
    if not fractional and (not numeric or different <= MOST_CLASSES) and not alone:
        return "class"
    if all_numbers:
        got = f"{different} different whole numbers" + (f" in {lines} lines" if different <= MOST_CLASSES else "")
    else:
        got = f"numbers and {next(word for word in words if word not in numeric)!r}"
    advice = 'Say which: task="class" for classes, task="regression" for values.'
    raise DataError(expected_got(subject, "clearly classes or clearly values", got, advice))


def _ask_for_the_form(words: list[str], form: NumberForm, subject: str) -> None:
    """Ask where all targets are numbers, but not as they were said to be written."""
    forms = [other for other in FORMS if other != form and all(other.reads(word) for word in words)]
    word = next((word for word in words if not form.reads(word)), None)
    meanings = {other(word): other for other in reversed(forms)} if word else {}
    if word is None or not meanings:
        return
    if list(meanings.values()) == [NumberForm(",")]:
        fixed = (
            f'Write {word.replace(",", ".")}, in a text editor or by the spreadsheet\'s setting, or pass decimal=","'
        )
        advice = f'{fixed}; if these are classes, say task="class".'
        raise DataError(expected_got(subject, "numbers with a decimal point", repr(word), advice))
    examples = ", ".join(f"for {value:.15g} pass {other}" for value, other in sorted(meanings.items()))
    advice = f'{examples[:1].upper()}{examples[1:]}; if these are classes, say task="class".'
    raise DataError(expected_got(subject, "numbers as Python writes them", repr(word), advice))
