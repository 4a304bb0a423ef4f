"""`bplearn pages`: notebooks as pages that need no Jupyter and no network."""

import re
from pathlib import Path

import nbformat
import pytest

from bplearn import cli
from bplearn.errors import DataError
from bplearn.files.pages import page, write_pages

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture(scope="module")
def written():
    """The page of notebook 05, as committed."""
    return page(NOTEBOOKS / "05_backward_pass.ipynb")


def test_a_page_asks_for_nothing_and_runs_nothing_but_its_own_script(written):
    assert re.findall(r"<script[^>]*src=|<link[^>]*href=|@import", written) == []
    assert written.count("<script") == 1
    assert re.findall(r'<img[^>]*src="(?!data:)', written) == []


def test_formulas_are_rendered_and_none_is_left_as_it_was_typed(written):
    assert written.count("<math") > 40
    kinds = "|".join(rf"<{tag}.*?</{tag}>" for tag in ("pre", "code", "style", "script"))
    prose = re.sub(kinds + '|alt="[^"]*"', "", written, flags=re.DOTALL)
    assert re.findall(r"\$[^$<]+\$|\\\\(?:frac|partial|delta)", prose) == []
    assert "(5.2)" in re.sub(r"<[^>]*>", "", written)


def test_pictures_keep_their_words_and_links_lead_to_the_other_pages(written):
    pictures = re.findall(r"<img[^>]*>", written)
    assert pictures
    assert all(re.search(r'alt="[^"]{10,}', picture) for picture in pictures)
    assert 'href="04_chain_rule.html' in written
    assert not re.search(r'href="[^":]*\.ipynb', written)


def test_the_command_writes_one_page_a_notebook(tmp_path, capsys):
    for name in ("a", "b"):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# Title {name}\n\n$x^2$")])
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    assert cli.main(["pages", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "pages" / f"{name}.html") for name in "ab"]
    assert "<msup>" in (tmp_path / "pages/a.html").read_text()
    assert cli.main(["pages", str(tmp_path), "--to", str(tmp_path / "other")]) == 0
    assert (tmp_path / "other/b.html").exists()


def test_what_is_no_notebook_is_named_and_what_was_written_stays(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a.ipynb")
    (tmp_path / "b.ipynb").write_text("{broken")
    with pytest.raises(DataError, match=r"b\.ipynb expected a notebook, got"):
        list(write_pages(tmp_path, tmp_path / "out"))
    assert (tmp_path / "out/a.html").exists()
    with pytest.raises(DataError, match=r"expected notebooks in .*, got none"):
        list(write_pages(tmp_path / "out", tmp_path))
