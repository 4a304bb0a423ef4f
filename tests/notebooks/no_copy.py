"""What an exercise asks for must not stand above it: neither its numbers nor the line of code that does it.

A number counts from three significant digits on, and is the answer if it is the answer rounded. A line is that of the
solution with the most operations in it; names are levelled, so `(o - t) * o` is `(y - t) * y`.
"""

import ast
import copy
import html
import itertools
import re

from bplearn.exercises import ALL
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Number
from tests.exercises.fill import checks_in
from tests.notebooks.rules import shown

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\d)")


def copied(notebook):
    """Yield (exercise, what stands above it) for each exercise of a notebook that can be copied."""
    above = []
    for cell in notebook.cells:
        numbers = checks_in(cell.source) if cell.cell_type == "code" else []
        for number, _ in numbers:
            if number in ALL:
                yield from ((number, found) for found in given_away(ALL[number], above))
        above.append(cell)


def given_away(exercise, cells):
    """Yield what of an exercise's answer stands in these cells."""
    if isinstance(exercise, Number):
        answers = [abs(float(value)) for value in leaves(exercise.solution())]
        answers = [answer for answer in answers if digits_of(answer) > 2]
        printed = {text for cell in cells for text in numbers_in(cell)}
        yield from (text for text in sorted(printed) if any(is_answer(text, answer) for answer in answers))
    if isinstance(exercise, Code):
        lines = {line for cell in cells for line in lines_in(cell)}
        yield from sorted(key_lines(exercise.reveal()) & lines)


# Numbers


def digits_of(number):
    """The significant digits of a number, at most 9: 0.25 has two."""
    return len(f"{number:.8e}".split("e")[0].replace(".", "").rstrip("0"))


def is_answer(text, answer):
    """Whether a printed number of three significant digits or more is the answer, rounded or cut off."""
    mantissa, _, power = text.replace(",", "").partition("e")
    unit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    cut_off = (answer - float(text.replace(",", ""))) / unit
    return len(mantissa.replace(".", "").lstrip("0")) >= 3 and -0.5001 < cut_off < 1


def numbers_in(cell):
    """Yield the numbers that a reader sees in a cell: text, code, outputs, and the alt texts of pictures."""
    texts = [cell.source] + [words(text) if kind == "text/html" else text for kind, text in shown(cell)]
    for text in texts:
        yield from NUMBER.findall(re.sub(r"(?<=\d)[\\{}]*,[\\{}]*(?=\d{3}\b)", ",", text))


def words(page):
    """The words of HTML or SVG, and its alt texts."""
    alts = re.findall(r'alt="([^"]*)"', page)
    text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return html.unescape(" ".join([*alts, text]))


# Code


def key_lines(source):
    """The expressions of a solution with the most operations in them: at least two, one of them arithmetic."""
    kept = ast.Assign | ast.AugAssign | ast.Return
    values = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, kept)]
    values = [value for value in values if value is not None and not isinstance(value, ast.Tuple | ast.List)]
    values = [value for value in values if any(isinstance(one, ast.operator | ast.cmpop) for one in ast.walk(value))]
    most = max(map(operations, values), default=0)
    return {levelled(value) for value in values if operations(value) == most} if most > 1 else set()


def lines_in(cell):
    """Yield every expression of at least two operations in a cell's code, or in the code within its text."""
    snippets = [cell.source] if cell.cell_type == "code" else re.findall(r"`([^`\n]+)`", cell.source)
    if cell.cell_type != "code":
        snippets += re.findall(r"```python\n(.*?)```", cell.source, flags=re.DOTALL)
    for snippet in snippets:
        try:
            tree = ast.parse(snippet.strip())
        except SyntaxError:
            continue
        yield from (levelled(node) for node in ast.walk(tree) if isinstance(node, ast.expr) and operations(node) > 1)


def operations(node):
    """How many operations an expression holds: signs, calls and transposes."""
    counted = ast.BinOp | ast.UnaryOp | ast.Compare | ast.Call
    return sum(isinstance(one, counted) or getattr(one, "attr", "") == "T" for one in ast.walk(node))


def levelled(node):
    """An expression whose names are v0, v1, ... in their order; an index behind a name is left out."""
    fresh = (f"v{k}" for k in itertools.count())
    return ast.unparse(Levelling(fresh).visit(copy.deepcopy(node)))


class Levelling(ast.NodeTransformer):
    def __init__(self, fresh):
        self.names, self.fresh = {}, fresh

    def name(self, text):
        return ast.Name(self.names.get(text) or self.names.setdefault(text, next(self.fresh)))

    def visit_Name(self, node):
        return self.name(node.id)

    def visit_Subscript(self, node):
        part = any(isinstance(one, ast.Slice) for one in ast.walk(node.slice))  # a column is not the whole table
        return ast.Subscript(self.visit(node.value), ast.Constant("part")) if part else self.visit(node.value)

    def visit_Attribute(self, node):
        if node.attr == "T":
            return ast.Attribute(self.visit(node.value), "T")
        return self.name(ast.unparse(node))

    def visit_Call(self, node):
        call = node.func
        arguments = [self.visit(one) for one in node.args]
        words = [ast.keyword(word.arg, self.visit(word.value)) for word in node.keywords]
        if not isinstance(call, ast.Attribute):
            own = ast.Name(call.id) if getattr(call, "id", "") in ("exp", "log", "tanh") else self.visit(call)
            return ast.Call(own, arguments, words)
        if ast.unparse(call.value) in ("np", "math"):
            return ast.Call(ast.Name(call.attr), arguments, words)
        return ast.Call(ast.Attribute(self.visit(call.value), call.attr), arguments, words)
