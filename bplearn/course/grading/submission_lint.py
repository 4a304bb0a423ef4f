"""What a teacher should look at in a submission: the version it was made with, and code that replaces a library.

These are remarks, not marks: they stand behind the student's line. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_RECORD = re.compile(r"\bA\w+ with bplearn ([\w.+-]+)")
_PATHS = re.compile(r"gradebook\.db|\.\./|ipython/profile|site-packages|bplearn[./]course|/proc/|/dev/shm")
_COMMAND = re.compile(r"^\s*(!.*|%(?:run|sx|system|load_ext)\b.*|%%(?!time|capture).*)$", re.MULTILINE)
_IPYTHONS = re.compile(r"=\s*[!%]|\?\s*$", re.MULTILINE)
_SUSPICIOUS = {
    "get_ipython",
    "ctypes",
    "subprocess",
    "setprofile",
    "settrace",
    "_getframe",
    "BPLEARN_REFEREE",
    "importlib",
    "sqlite3",
    "Thread",
    "ThreadPoolExecutor",
    "Process",
    "ProcessPoolExecutor",
    "fork",
    "setsid",
    "setpgid",
    "startup",
    "__closure__",
    "setitimer",
    "atexit",
    "finalize",
    "__del__",
    "Timer",
    "start_new_thread",
    "shared_memory",
    "monitoring",
    "FunctionType",
    "CodeType",
    "co_filename",
    "__globals__",
    "__code__",
    "__builtins__",
    "__import__",
    "__subclasses__",
    "__array_function__",
    "__array_ufunc__",
    "fdopen",
    "dup2",
}
_MODULES = {"_thread", "concurrent", "gc", "mmap", "multiprocessing", "signal"}
_OURS = ("bplearn.course.client", "bplearn.course.server", "bplearn.course.tasks", "bplearn.course.grading")


def remarks(folder: Path) -> list[str]:
    """Return what is remarkable about the notebooks in a folder."""
    found: list[str] = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            return [f"{path.name} is no notebook"]
        found += _version(cells)
        for place, cell in enumerate(cells, 1):
            if cell.get("cell_type") == "code":
                found += [f"cell {place} {what}" for what in dict.fromkeys(suspicious(_text(cell.get("source"))))]
    for path in sorted(folder.rglob("*.py")):
        code = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.name} {what}" for what in dict.fromkeys(suspicious(code))]
    return found


def suspicious(source: str) -> Iterator[str]:
    r"""Yield what a student has no need for: replacing a library's functions, reaching into the kernel.

    >>> list(suspicious("import numpy as np\nnp.allclose = lambda *a, **k: True"))
    ['replaces np.allclose']
    """
    for command in _COMMAND.findall(source):
        yield f"runs the command {command[:40]}"
    try:
        nodes = list(ast.walk(ast.parse(re.sub(r"^\s*[!%].*$", "", source, flags=re.MULTILINE))))
    except SyntaxError:
        if not _IPYTHONS.search(source):
            return
        nodes = _nodes_as_ipython_reads_it(source)
    libraries = {"np", "numpy", "bplearn", "builtins", "sys"}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            libraries |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    for node in nodes:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            root = target
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name) and (root.id == "__name__" or (root is not target and root.id in libraries)):
                yield f"replaces {ast.unparse(target)}"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
            "setattr",
            "delattr",
            "exec",
            "eval",
            "compile",
        ):
            yield f"calls {ast.unparse(node)[:40]}"
        module = node.module if isinstance(node, ast.ImportFrom) else getattr(node, "name", "")
        if isinstance(node, ast.ImportFrom | ast.alias) and str(module).startswith(_OURS):
            yield f"imports {module}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATHS.search(node.value):
            yield f"names the path {node.value[:40]}"
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value  # as in getattr(os, "fork")
        if (
            isinstance(node, ast.Name | ast.Attribute | ast.alias | ast.Constant | ast.FunctionDef)
            and name in _SUSPICIOUS
        ):
            yield f"uses {name}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules":
            yield "uses sys.modules"
        if isinstance(node, ast.ImportFrom | ast.alias) and str(module).partition(".")[0] in _MODULES:
            yield f"uses {module}"


def _nodes_as_ipython_reads_it(source: str) -> list[ast.AST]:
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return list(ast.walk(ast.parse(TransformerManager().transform_cell(source))))  # type: ignore[no-untyped-call]
    except SyntaxError:
        return []


def _version(cells: list[dict[str, Any]]) -> list[str]:
    from bplearn import __version__

    for cell in cells:
        for output in cell.get("outputs") or []:
            shown = _RECORD.search(_text(output.get("data", {}).get("text/plain", output.get("text"))))
            if shown is not None:
                return [] if shown[1] == __version__ else [f"made with bplearn {shown[1]}, graded with {__version__}"]
    return []


def _text(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source or "")
