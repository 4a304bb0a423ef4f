"""Machine-made changes of a solution: operators, constants, axes, names, arguments, order, state, dropped lines.

They know nothing of the catalogue. Most are wrong, some are right after all (`a * b` for `b * a`).
"""

import ast
import copy
import functools
import zlib
from collections.abc import Iterator

from bplearn.exercises.engine.mistake import source_of

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
}
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
CALLED = {
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("min", "mean"),
    "argmax": ("argmin",),
    "std": ("var",),
    "exp": ("log", "exp2"),
    "log": ("log2", "exp"),
    "sqrt": ("square", "abs"),
    "maximum": ("minimum",),
    "abs": ("square",),
    "zeros": ("ones",),
    "eye": ("ones",),
    "permutation": ("arange",),
    "normal": ("random",),
    "reversed": ("list",),
}


@functools.cache
def changed_texts(solution) -> list[str]:
    """Return the source with one change in it, each text once, without the source itself."""
    source = source_of(solution)
    tree = ast.parse(source)
    texts = dict.fromkeys([*_of_nodes(tree), *_of_lines(tree), *_of_state(tree)])
    texts.pop(ast.unparse(tree), None)
    return list(texts)


def answer_from(text: str, solution) -> object:
    """Return the function or class that the text defines, fresh."""
    space = dict(vars(__import__(solution.__module__, fromlist=["_"])))
    exec(text, space)
    return space[solution.__name__]


def _of_nodes(tree: ast.Module) -> Iterator[str]:
    names = _names(tree)
    for parent in list(ast.walk(tree)):
        for field, value in list(ast.iter_fields(parent)):
            for index in range(len(value)) if isinstance(value, list) else (None,):
                old = value if index is None else value[index]
                if not isinstance(old, ast.expr) or isinstance(getattr(old, "ctx", None), ast.Store | ast.Del):
                    continue
                for new in _other(old, names):
                    _put(parent, field, index, new)
                    yield ast.unparse(ast.fix_missing_locations(tree))
                    _put(parent, field, index, old)


def _names(tree: ast.Module) -> list[str]:
    """Return the names that a change may put in another's place: arguments and local variables."""
    given = [arg.arg for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for arg in node.args.args]
    local = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return [name for name in dict.fromkeys([*given, *local]) if name not in ("self", "_")]


def _other(node: ast.expr, names: list[str]) -> Iterator[ast.expr]:
    """Other expressions that could stand in the place of this one."""
    if isinstance(node, ast.BinOp):
        for operator in OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, operator(), node.right)
        yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
        yield _attribute(node, "T")
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (node.value + 1, node.value - 1, 2 * node.value, -node.value, 0, 0.5):
            yield ast.Constant(value)
    elif isinstance(node, ast.Name):
        yield from _other_than_a_name(node, names)
    elif isinstance(node, ast.Attribute):
        yield from _other_than_an_attribute(node)
    elif isinstance(node, ast.Compare):
        for operator in COMPARISONS:
            yield ast.Compare(node.left, [operator()], node.comparators)
        yield ast.Constant(True)
        yield ast.Constant(False)
    elif isinstance(node, ast.Call):
        yield from _other_than_a_call(node)
    elif isinstance(node, ast.Subscript):
        yield node.value
        if isinstance(node.slice, ast.Tuple):
            yield ast.Subscript(node.value, ast.Tuple(node.slice.elts[::-1], ast.Load()), node.ctx)
            yield ast.Subscript(node.value, node.slice.elts[0], node.ctx)
    elif isinstance(node, ast.Tuple):
        for place in range(len(node.elts) - 1):
            turned = list(node.elts)
            turned[place], turned[place + 1] = turned[place + 1], turned[place]
            yield ast.Tuple(turned, node.ctx)


def _other_than_a_name(node: ast.Name, names: list[str]) -> Iterator[ast.expr]:
    if node.id not in names:
        return
    for name in names:
        if name != node.id:
            yield ast.Name(name, ast.Load())
    yield _attribute(node, "T")
    yield ast.BinOp(ast.Constant(2), ast.Mult(), node)
    yield ast.UnaryOp(ast.USub(), node)
    yield ast.Call(ast.Name("abs", ast.Load()), [node], [])
    yield ast.BinOp(node, ast.Div(), ast.Call(ast.Name("len", ast.Load()), [node], []))
    yield ast.Subscript(node, ast.Slice(None, ast.Constant(-1)), ast.Load())
    yield ast.Subscript(node, ast.Slice(None, None, ast.Constant(-1)), ast.Load())


def _other_than_an_attribute(node: ast.Attribute) -> Iterator[ast.expr]:
    if node.attr == "T":
        yield node.value
    for other in CALLED.get(node.attr, ()):
        owner = ast.Name("np", ast.Load()) if node.attr == "permutation" else node.value
        yield _attribute(owner, other)
    if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr[-1:] in "12":
        yield _attribute(node.value, node.attr[:-1] + ("2" if node.attr[-1] == "1" else "1"))


def _other_than_a_call(node: ast.Call) -> Iterator[ast.expr]:
    if node.args:
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
        yield node.func.value
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[::-1], node.keywords)
        for place in range(len(node.args)):
            yield ast.Call(node.func, node.args[:place] + node.args[place + 1 :], node.keywords)
    for place in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])


def _of_lines(tree: ast.Module) -> Iterator[str]:
    """Lines dropped, doubled, in another order, in place, ended too early."""
    for parent in list(ast.walk(tree)):
        body = getattr(parent, "body", None)
        if not isinstance(body, list) or isinstance(parent, ast.Module | ast.ClassDef):
            continue
        for place, line in enumerate(body):
            others = [[ast.Pass()], [line, copy.deepcopy(line)], *([new] for new in _other_line(line))]
            if place + 1 < len(body):
                others.append([ast.Return(None), line] if isinstance(parent, ast.For) else [line])
            for new in others:
                parent.body = body[:place] + new + body[place + 1 :]
                yield ast.unparse(ast.fix_missing_locations(tree))
            for distance in (1, 2, 3):
                if place + distance < len(body):
                    swapped = list(body)
                    swapped[place], swapped[place + distance] = swapped[place + distance], swapped[place]
                    parent.body = swapped
                    yield ast.unparse(ast.fix_missing_locations(tree))
        parent.body = body


def _other_line(line: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(line, ast.AugAssign):
        load = copy.deepcopy(line.target)
        load.ctx = ast.Load()
        yield ast.Assign([line.target], line.value)
        yield ast.Assign([line.target], ast.BinOp(load, ast.Sub(), line.value))
    elif isinstance(line, ast.Assign) and isinstance(line.value, ast.BinOp):
        if ast.unparse(line.targets[0]) == ast.unparse(line.value.left):
            yield ast.AugAssign(line.targets[0], line.value.op, line.value.right)
    elif isinstance(line, ast.For):
        yield ast.For(line.target, line.iter, [*line.body, ast.Break()], [], None)
        first = ast.Subscript(
            ast.Call(ast.Name("list", ast.Load()), [line.iter], []), ast.Slice(ast.Constant(1)), ast.Load()
        )
        yield ast.For(line.target, first, line.body, [], None)
    elif isinstance(line, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), line.test), line.body, line.orelse)
        yield ast.If(line.test, line.body, [])


def _of_state(tree: ast.Module) -> Iterator[str]:
    """What is kept from the first call, added up over calls, or shared by all objects."""
    for parent in list(ast.walk(tree)):
        if not isinstance(parent, ast.FunctionDef):
            continue
        body = parent.body
        for place, line in enumerate(body):
            if not isinstance(line, ast.Assign):
                continue
            target, value = ast.unparse(line.targets[0]), ast.unparse(line.value)
            for text in _kept(target, value, parent.name, parent.args.args):
                parent.body = body[:place] + ast.parse(text).body + body[place + 1 :]
                yield ast.unparse(ast.fix_missing_locations(tree))
        parent.body = body


def _kept(target: str, value: str, function: str, arguments: list[ast.arg]) -> Iterator[str]:
    """A line that keeps what it computed: in the function, in the object, or in its class."""
    owner = ("self", "type(self)") if arguments and arguments[0].arg == "self" else (function,)
    for keeper in owner:
        note = f"note_{zlib.crc32(target.encode()) % 97}"
        yield f"{target} = getattr({keeper}, '{note}', {value})\n{keeper}.{note} = {target}"
        if "," not in target:
            same = f"old = getattr({keeper}, '{note}', None)\n{target} = {value}\n"
            back = f"if old is not None and np.shape(old) == np.shape({target}):\n    {target} = old\n"
            yield f"{same}{back}{keeper}.{note} = {target}"
            yield f"{target} = {value} + getattr({keeper}, '{note}', 0)\n{keeper}.{note} = {target}"
    if target.startswith("self.") and "," not in target:
        yield f"{target} = {value}\ntype(self).{target[5:]} = {target}\ndel {target}"


def _attribute(node: ast.expr, name: str) -> ast.Attribute:
    return ast.Attribute(node, name, ast.Load())


def _put(parent: ast.AST, field: str, index: int | None, node: ast.expr) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node
