"""One number that knows where it came from: the smallest complete backpropagation.

Each operation makes a new `Value` that keeps its parents and its local derivatives, as plain numbers. `backward`
walks the graph from the output to the inputs, multiplies along each edge and adds up where edges meet.
notebooks/04_chain_rule.ipynb builds it; the rest of the library is checked against it.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.scalar.checked_operations import Number, divide, exponential, logarithm, number, power
from bplearn.explain.scalar.graph import GraphNode, chain_rule, draw_graph
from bplearn.show.svg import figure_html
from bplearn.show.text import short

Node = TypeVar("Node", bound=Any)  # a Value, or a Tensor: what has parents


class Value:
    """One number in a graph of operations: + - * / ** exp log tanh relu sigmoid max, with Values or plain numbers.

    `data` is the number; `parents` the Values it was computed from; `local_derivatives` how it answers to each of them;
    `grad` is d output / d self after `output.backward()`, None before. A plain number takes part but is no node.

    Raises: ArgumentError where a number is missing, not finite, or outside an operation's domain.

    >>> a, b = Value(2, name="a"), Value(1, name="b")
    >>> e = (a + b) * (b + 1)
    >>> e.backward()
    >>> e, a.grad, b.grad
    (Value(data = 6, grad = 1), 2.0, 5.0)

    Source: the form of A. Karpathy's microgpt; the example is C. Olah's, "Calculus on Computational Graphs".
    Introduced in: notebooks/04_chain_rule.ipynb
    """

    __slots__ = ("data", "grad", "local_derivatives", "name", "op", "parents")
    __array_ufunc__ = None  # NumPy then leaves `np.float64(2) * value` to Value

    data: float
    grad: float | None
    name: str
    op: str
    parents: tuple[Value, ...]
    local_derivatives: tuple[float, ...]

    def __init__(self, data: Number, name: str = "") -> None:
        _fill(self, number(data, "Value"), name, "", (), ())

    def __setattr__(self, attribute: str, new: Any) -> None:
        if attribute != "name":
            advice = "backward() writes grad." if attribute == "grad" else "Make a new Value instead."
            got = f"{attribute} = {new!r}"
            raise ArgumentError(
                expected_got("Value", "changes of .name only, since others depend on the rest", got, advice)
            )
        object.__setattr__(self, "name", new)

    def __repr__(self) -> str:
        grad = "" if self.grad is None else f", grad = {short(self.grad, 10)}"
        return f"Value({self.name or 'data'} = {short(self.data, 10)}{grad})"

    def __add__(self, other: Value | Number) -> Value:
        a, b = _pair(self, other, "+")
        return _node("+", (self, other), a + b, (1.0, 1.0))

    def __sub__(self, other: Value | Number) -> Value:
        a, b = _pair(self, other, "-")
        return _node("-", (self, other), a - b, (1.0, -1.0))

    def __mul__(self, other: Value | Number) -> Value:
        a, b = _pair(self, other, "*")
        return _node("*", (self, other), a * b, (b, a))

    def __truediv__(self, other: Value | Number) -> Value:
        a, b = _pair(self, other, "/")
        return _node("/", (self, other), *divide(a, b))

    def __pow__(self, other: Value | Number) -> Value:
        a, b = _pair(self, other, "**")
        return _node("**", (self, other), *power(a, b, fixed=not isinstance(other, Value)))

    def __radd__(self, other: Number) -> Value:
        a, b = _pair(other, self, "+")
        return _node("+", (other, self), a + b, (1.0, 1.0))

    def __rsub__(self, other: Number) -> Value:
        a, b = _pair(other, self, "-")
        return _node("-", (other, self), a - b, (1.0, -1.0))

    def __rmul__(self, other: Number) -> Value:
        a, b = _pair(other, self, "*")
        return _node("*", (other, self), a * b, (b, a))

    def __rtruediv__(self, other: Number) -> Value:
        a, b = _pair(other, self, "/")
        return _node("/", (other, self), *divide(a, b))

    def __rpow__(self, other: Number) -> Value:
        a, b = _pair(other, self, "**")
        return _node("**", (other, self), *power(a, b, fixed=False))

    def __neg__(self) -> Value:
        return _node("neg", (self,), -self.data, (-1.0,))

    def exp(self) -> Value:
        """Return e to the power of self; its local derivative is itself.

        Raises: ArgumentError where the result is too large for a float (above 709.78).

        >>> Value(1.0).exp()
        Value(data = 2.718281828)

        Introduced in: notebooks/01_one_neuron.ipynb
        """
        y = exponential(self.data)
        return _node("exp", (self,), y, (y,))

    def log(self) -> Value:
        """Return the natural logarithm; its local derivative is 1 / x.

        Raises: ArgumentError at zero and below.

        >>> Value(1.0).log()
        Value(data = 0)

        Introduced in: notebooks/00_start_here.ipynb
        """
        return _node("log", (self,), logarithm(self.data), (1 / self.data,))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent y; its local derivative is 1 - y * y.

        >>> Value(0.0).tanh().local_derivatives
        (1.0,)

        Introduced in: notebooks/10_check_your_gradients.ipynb
        """
        y = math.tanh(self.data)
        return _node("tanh", (self,), y, (1 - y * y,))

    def relu(self) -> Value:
        """Return x where x > 0, else 0. The slope at exactly 0 is a choice between 0 and 1: here it is 0.

        >>> Value(0.0).relu().local_derivatives
        (0.0,)

        Introduced in: notebooks/04_chain_rule.ipynb
        """
        passes = self.data > 0
        return _node("relu", (self,), self.data if passes else 0.0, (1.0 if passes else 0.0,))

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e^-x), computed so that no exp overflows; its local derivative is y * (1 - y).

        >>> Value(0.0).sigmoid().local_derivatives
        (0.25,)

        Introduced in: notebooks/04_chain_rule.ipynb
        """
        small = math.exp(-abs(self.data))
        high, low = 1 / (1 + small), small / (1 + small)
        return _node("sigmoid", (self,), high if self.data >= 0 else low, (high * low,))

    def max(self, other: Value | Number) -> Value:
        """Return the larger of the two; the larger gets slope 1, the other 0. At a tie each gets 1/2.

        >>> Value(3.0).max(5)
        Value(data = 5)

        Introduced in: notebooks/06_trace_one_weight.ipynb
        """
        a, b = _pair(self, other, "max")
        share = 0.5 if a == b else float(a > b)
        return _node("max", (self, other), max(a, b), (share, 1 - share))

    def backward(self) -> None:
        """Write `grad` = d self / d node into this Value and into every Value it was computed from.

        The gradients of an earlier call are replaced, not added to: they belong to this output and these numbers, so a
        second call gives the same answer and nothing has to be set to zero. Uses of a Value within one graph add up.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward(); y.backward(); x.grad
        6.0

        Introduced in: notebooks/04_chain_rule.ipynb
        """
        for node, grad in derivatives(self).items():
            object.__setattr__(node, "grad", grad)

    def to_latex(self, node: Value) -> str:
        r"""Return the chain rule for d self / d node: a sum over the places where `node` is used, with the numbers.

        Raises: ArgumentError where self was not computed from `node`.

        >>> a = Value(3.0, name="a")
        >>> y = a * 2; y.name = "y"
        >>> print(y.to_latex(a))
        $\frac{\partial y}{\partial a} = 2$

        Introduced in: notebooks/04_chain_rule.ipynb
        """
        return chain_rule(graph_nodes(self), _position(self, node, "to_latex"))

    def to_svg(self, name: str = "") -> str:
        """Return the graph as SVG: values and gradients in boxes, local derivatives on arrows, left to right.

        The gradients shown are those of self; nothing is written. `name` makes the ids in the picture.

        Raises: ArgumentError over more than 150 nodes.

        >>> (Value(2.0) * 3).to_svg()[:4]
        '<svg'
        """
        return draw_graph(graph_nodes(self), name=name)

    def _repr_html_(self) -> str | None:
        size = len(topological_order(self)) if self.parents else 0
        return figure_html(self.to_svg()) if 1 < size <= 60 else None


def topological_order(output: Node) -> list[Node]:
    """Return every Value, or Tensor, that `output` was computed from, parents before children, `output` last.

    It keeps its own stack instead of calling itself, so a chain of 100,000 operations is no problem.

    >>> a = Value(2.0)
    >>> [node.op for node in topological_order((a * a + 1).exp())]
    ['', '*', '+ 1', 'exp']

    Introduced in: notebooks/04_chain_rule.ipynb
    """
    order: list[Node] = []
    seen = {output}
    stack = [(output, iter(output.parents))]
    while stack:
        node, parents = stack[-1]
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def derivatives(output: Value) -> dict[Value, float]:
    """Return d output / d node for every node, and write nothing: the whole of backpropagation in five lines.

    grad[parent] += grad[node] * local_derivative, from the output to the inputs.

    Raises: ArgumentError where a gradient is too large for a float.

    >>> a, b = Value(-2.0), Value(3.0)
    >>> found = derivatives(a * b * (a + b))
    >>> found[a], found[b]
    (-3.0, -8.0)
    """
    order = topological_order(output)
    grads = dict.fromkeys(order, 0.0)
    grads[output] = 1.0
    for node in reversed(order):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            grads[parent] += grads[node] * local
    for node, grad in grads.items():
        if not math.isfinite(grad):
            advice = "The local derivatives multiply to more than a float can hold. Use smaller numbers."
            raise ArgumentError(expected_got("backward", f"a finite gradient for {node!r}", grad, advice))
    return grads


def graph_nodes(output: Value) -> list[GraphNode]:
    """Return the graph as plain records, parents first, with the gradients of `output`: what the drawing reads.

    >>> [record.name for record in graph_nodes(Value(2.0, name="a") * 3)]
    ['a', '']
    """
    grads = derivatives(output)
    number = {node: i for i, node in enumerate(grads)}
    return [
        GraphNode(node.name, node.op, node.data, grad, tuple(number[p] for p in node.parents), node.local_derivatives)
        for node, grad in grads.items()
    ]


def _position(output: Value, node: Value, subject: str) -> int:
    for position, found in enumerate(topological_order(output)):
        if found is node:
            return position
    advice = "Follow a Value that was used on the way to it."
    raise ArgumentError(expected_got(subject, f"a node that {output!r} was computed from", repr(node), advice))


def _fill(
    new: Value, data: float, name: str, op: str, parents: tuple[Value, ...], local_derivatives: tuple[float, ...]
) -> None:
    fill = object.__setattr__
    fill(new, "data", data)
    fill(new, "grad", None)
    fill(new, "name", name)
    fill(new, "op", op)
    fill(new, "parents", parents)
    fill(new, "local_derivatives", local_derivatives)


def _pair(left: Any, right: Any, symbol: str) -> tuple[float, float]:
    subject = f"Value {symbol}"
    a = left.data if isinstance(left, Value) else number(left, subject)
    b = right.data if isinstance(right, Value) else number(right, subject)
    return a, b


def _node(symbol: str, operands: tuple[Any, ...], data: float, local_derivatives: tuple[float, ...]) -> Value:
    """Make the result of an operation; a plain number becomes a part of its name: b + 1 is the operation '+ 1'."""
    if not all(map(math.isfinite, (data, *local_derivatives))):
        given = ", ".join(short(o.data if isinstance(o, Value) else o, 6) for o in operands)
        result = f"{data} with slopes {', '.join(map(str, local_derivatives))} from {given}"
        raise ArgumentError(
            expected_got(f"Value {symbol}", "a finite result and slope", result, "Use numbers closer to 1.")
        )
    edges = [(o, d) for o, d in zip(operands, local_derivatives, strict=True) if isinstance(o, Value)]
    words = [symbol]
    if len(edges) < len(operands):
        left, right = operands
        words = [symbol, short(right)] if isinstance(left, Value) else [short(left), symbol]
    new = Value.__new__(Value)
    _fill(new, data, "", " ".join(words), tuple(o for o, _ in edges), tuple(d for _, d in edges))
    return new
