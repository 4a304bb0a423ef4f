"""Text is read from the encodings that spreadsheets, shells and old programs write; what is no text is refused."""

import gzip

import pytest

from bplearn.files.text import decode

TEXT = "époque;perte\n1;0.9\n2;0.5\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"],
)
def test_encodings(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_big_endian_with_a_mark():
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")) == TEXT


def test_a_long_file_whose_only_odd_letter_comes_late():
    text = "step,loss\n" + "1,0.5\n" * 5000 + "# terminé\n"
    assert decode(text.encode("latin-1")) == text


def test_what_is_empty_is_empty():
    assert decode(b"") == ""
    assert decode(b"\xef\xbb\xbf") == ""


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00\x81",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00",
        gzip.compress(b"step,loss\n1,0.5\n" * 100, mtime=0),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        bytes(range(256)),
    ],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(UnicodeError):
        decode(data)
