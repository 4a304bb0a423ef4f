"""The text in a file, whatever program wrote it: UTF-8, UTF-16 as a spreadsheet's "Unicode text", or Windows' Latin-1.

`plot_loss` and `Dataset.from_csv` read a learner's own table with it.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TextIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # comes before UTF-16, whose mark is the first half of this one
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes) -> str:
    """Return the text that `data` holds, without a byte order mark.

    A mark decides; without one zero bytes mean UTF-16, and what is not UTF-8 is Windows' form of Latin-1.
    Raises: UnicodeError for what is no text, such as a workbook, an archive or an image.

    >>> decode("loss 0.5".encode("utf-16"))
    'loss 0.5'
    >>> decode("naïve".encode("latin-1"))
    'naïve'
    """
    text = data.decode(_encoding(data, iter(())))
    _refuse_other_than_text(text)
    return text


def open_text(path: Path) -> TextIO:
    """Open a file that may be too large to hold, in its own encoding, with every end of line read as a newline.

    Raises: OSError, and UnicodeError for what is no text, judged by its beginning.
    """
    with path.open("rb") as file:
        start = file.read(1 << 16)
        encoding = _encoding(start, iter(lambda: file.read(1 << 20), b""))
    _refuse_other_than_text(start.decode(encoding, errors="ignore"))  # the sample may end in the middle of a letter
    return path.open(encoding=encoding)


def _encoding(start: bytes, rest: Iterator[bytes]) -> str:
    """Name the encoding of the bytes `start` and `rest`."""
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked:
        return marked
    few = start[:1000]
    if b"\0" in few:
        return "utf-16-le" if few[1::2].count(0) >= few[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in chain([start], rest):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def stem(path: Path) -> str:
    """Return a file's name without its ending, fit to be shown: in a locale without UTF-8 it holds raw bytes.

    >>> stem(Path("runs") / os.fsdecode("größe.csv".encode()))
    'größe'
    """
    return os.fsencode(path.stem).decode("utf-8", errors="replace")


def _refuse_other_than_text(text: str) -> None:
    if _NO_TEXT.search(text[:100_000]) or (text.strip() and not re.search(r"[ -~]", text)):
        raise UnicodeError("the bytes are no text")
