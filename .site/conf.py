"""The site: the notebooks as they are committed, the glossary, the API, the teacher's page and the changelog.

Build it with `sphinx-build -W .site OUT`. Nothing is executed, and no page asks the network for anything.
"""

import importlib
import re
import shutil
import types
from pathlib import Path

from docutils import nodes

import bplearn
from bplearn.files.mathml import mathml

HERE = Path(__file__).parent
ROOT = HERE.parent
GATHERED = HERE / "gathered"  # Sphinx reads one folder: what is shown is copied into it
DOORS = ("", "plotting", "widgets", "exercises", "datasets", "functional", "initializers", "schedules", "scalar")

project, author, copyright = "bplearn", "the bplearn authors", "the bplearn authors"
html_title = "bplearn"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode", "sphinx_copybutton"]
templates_path, html_static_path, html_css_files, html_js_files = ["_templates"], ["_static"], ["site.css"], ["site.js"]
default_role = "py:obj"  # `Dense` in a docstring becomes a link
html_math_renderer = "mathml"
nb_execution_mode = "off"  # the outputs are committed, and the tests hold them to the code
nb_render_markdown_format = "myst"  # formulas in outputs that are Markdown
myst_enable_extensions, myst_heading_anchors = ["dollarmath", "amsmath"], 4
autosummary_generate = autosummary_imported_members = autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_type_aliases = {name: name for name in ("Array", "Init", "RNG", "BatchSize", "Draw")}
copybutton_prompt_text, copybutton_prompt_is_regexp = r">>> |\.\.\. ", True
html_theme = "sphinx_book_theme"
html_theme_options = {"show_toc_level": 2, "home_page_in_toc": True, "use_download_button": True}


def gather() -> None:
    """Copy what the site shows, and write the list of all public names."""
    shutil.rmtree(GATHERED, ignore_errors=True)
    leave = shutil.ignore_patterns("assignments", ".*")
    shutil.copytree(ROOT / "notebooks", GATHERED / "notebooks", ignore=leave)
    shutil.copy(ROOT / "CHANGELOG.md", GATHERED)
    page = (ROOT / "notebooks/assignments/README.md").read_text(encoding="utf-8")
    (GATHERED / "teachers.md").write_text(page, encoding="utf-8")
    lists = "\n".join(map(names_of, DOORS))
    (GATHERED / "api.md").write_text(f"# API\n\n{lists}", encoding="utf-8")


def names_of(door: str) -> str:
    """Return the list of the public names behind one door; each gets a page."""
    path = f"bplearn.{door}".rstrip(".")
    module = importlib.import_module(path)
    own = [name for name, thing in vars(module).items() if name[0] != "_" and getattr(thing, "__module__", "") == path]
    names = [
        name for name in getattr(module, "__all__", own) if not isinstance(getattr(module, name), types.ModuleType)
    ]
    rows = "\n".join(f"   {name}" for name in names if not door or name not in bplearn.__all__)
    directive = f".. currentmodule:: {path}\n.. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n{rows}\n"
    about = (module.__doc__ or "").strip().splitlines()[0]
    return f"## {path}\n\n{about}\n\n```{{eval-rst}}\n{directive}```\n"


def plain_docstrings(_app, _what, _name, _obj, _options, lines) -> None:
    """Docstrings are sentences and equations: * _ | are meant; an equation or `Raises:` keeps a line of its own."""
    parts = re.split(r"(`[^`\n]*`)", "\n".join(lines))
    text = "".join(part if i % 2 else re.sub(r"([*_|])", r"\\\1", part) for i, part in enumerate(parts))
    starts = re.compile(r"\s*[A-Z]\w+: |[^.]* = ")
    paragraphs = text.split("\n\n")
    for i, paragraph in enumerate(paragraphs):
        rows = paragraph.split("\n")
        if paragraph.lstrip().startswith(">>>"):
            paragraphs[i] = paragraph.replace("\\", "")
        elif any(map(starts.match, rows)):
            marks = ("| " if n == 0 or starts.match(row) else "  " for n, row in enumerate(rows))
            paragraphs[i] = "\n".join(mark + row.strip() for mark, row in zip(marks, rows, strict=True))
        paragraphs[i] = re.sub(r"notebooks/(\d\d\\_[\w\\]+)\.ipynb", _link_to_notebook, paragraphs[i])
    lines[:] = "\n\n".join(paragraphs).split("\n")


def _link_to_notebook(found: re.Match[str]) -> str:
    return ":doc:`/gathered/notebooks/" + found[1].replace("\\", "") + "`"


def links_inside_outputs(_app, _page, _template, context, _doctree) -> None:
    """Let "Read again: 05_backward_pass.ipynb" in a verdict lead to the page of that notebook."""
    context["body"] = re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', context.get("body") or "")


def _inline(self, node) -> None:
    self.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(self, node) -> None:
    self.body.append(f'<div class="formula">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    """Tie the functions above to Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("autodoc-process-docstring", plain_docstrings)
    app.connect("html-page-context", links_inside_outputs)


gather()
