"""A graph of single operations, one number at a time: first the values to the output, then the gradients back.

Nothing plays by itself: each step first asks for a number, then gives the answer and the reason.
The graph stepper of notebooks/04_chain_rule.ipynb is a view of it.
"""

from __future__ import annotations

from typing import final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.typed_numbers import Judgement, read_number, try_number
from bplearn.explain.scalar import Value, graph_nodes
from bplearn.explain.scalar.graph import GraphNode, draw_graph, node_names
from bplearn.show.text import bracketed, short


@final
class GraphSteps:
    """Stands somewhere on the way through the graph of `output`; `step` numbers are shown, of `steps` in all.

    The inputs are given. First each operation's value is found, parents before children; then each node's gradient,
    from the output back. `next()`, `back()` and `go(step)` move; `predict(text)` judges a typed number.
    Raises: ArgumentError for a Value without operations, or with more than 150 nodes.

    >>> walk = GraphSteps.example()
    >>> walk.question()
    'c = a + b. What is c?'
    >>> walk.next().explanation()
    'c = a + b = 2 + 1 = 3'
    >>> walk.go(4).question()
    'What is ∂e/∂d?'
    """

    def __init__(self, output: Value) -> None:
        if not isinstance(output, Value) or not output.parents:
            advice = "Write a = Value(2.0); graph_steps(a * a + 1)."
            raise ArgumentError(
                expected_got("graph_steps", "a Value that was computed from others", repr(output), advice)
            )
        self.output = output
        nodes = graph_nodes(output)
        draw_graph(nodes)  # raises over 150 nodes
        self.names = node_names(nodes)
        self.nodes = [node._replace(name=name) for node, name in zip(nodes, self.names, strict=True)]
        forward = [i for i, node in enumerate(self.nodes) if node.parents]
        self.forward_steps = len(forward)
        self._order = [*forward, *reversed(range(len(self.nodes)))]
        self.step = 0
        self.predictions: dict[int, Judgement] = {}

    @classmethod
    def example(cls) -> GraphSteps:
        """Return the walk through e = (a + b)(b + 1) at a = 2, b = 1, where b is used twice."""
        a, b = Value(2, name="a"), Value(1, name="b")
        c, d = a + b, b + 1
        c.name, d.name = "c", "d"
        e = c * d
        e.name = "e"
        return cls(e)

    @property
    def steps(self) -> int:
        """The number of steps: one for each operation's value, one for each node's gradient."""
        return len(self._order)

    @property
    def phase(self) -> str:
        """Where the next number belongs: "forward", "backward", or "done"."""
        return "done" if self.step == self.steps else "forward" if self.step < self.forward_steps else "backward"

    def go(self, step: int) -> GraphSteps:
        """Go to this step; numbers outside are cut."""
        self.step = min(max(int(step), 0), self.steps)
        return self

    def next(self) -> GraphSteps:
        """Show the next number."""
        return self.go(self.step + 1)

    def back(self) -> GraphSteps:
        """Cover the last number again."""
        return self.go(self.step - 1)

    def predict(self, words: str) -> Judgement:
        """Judge what was typed for the next number and go on where it is right; the first try at a step counts.

        Raises: ArgumentError at the end of the way, or for what is no number.
        """
        if self.step == self.steps:
            raise ArgumentError(expected_got("predict", "a number that is still covered", "none", "Go back a step."))
        name = self.names[self._order[self.step]]
        asked = name if self.step < self.forward_steps else f"∂{self.names[-1]}/∂{name}"
        judged = try_number(asked, read_number(words), self.true_number())
        self.predictions.setdefault(self.step, judged)
        if judged.right:
            self.next()
        return judged

    def true_number(self) -> float:
        """Return the next number: what a prediction is compared with."""
        node = self.nodes[self._order[min(self.step, self.steps - 1)]]
        number = node.data if self.step < self.forward_steps else node.grad
        return float(number)  # type: ignore[arg-type]  # graph_nodes fills both

    # ---- in words and as a picture ----

    def question(self) -> str:
        """Ask for the next number."""
        if self.step == self.steps:
            return "Every number is known."
        i = self._order[self.step]
        name = self.names[i]
        if self.step < self.forward_steps:
            return f"{name} = {self._operation(i)}. What is {name}?"
        if i == len(self.nodes) - 1:
            return f"The way back starts at the output. What is ∂{name}/∂{name}?"
        return f"What is ∂{self.names[-1]}/∂{name}?"

    def explanation(self) -> str:
        """Write out where the latest number comes from."""
        if self.step == 0:
            return "Only the inputs are known."
        i = self._order[self.step - 1]
        name, node = self.names[i], self.nodes[i]
        if self.step <= self.forward_steps:
            numbers = self._operation(i, numbers=True)
            return f"{name} = {self._operation(i)} = {numbers} = {short(node.data or 0.0)}"
        out = self.names[-1]
        if i == len(self.nodes) - 1:
            return f"∂{out}/∂{out} = 1: if {out} grows by a little, {out} grows by as much."
        letters, figures = [], []
        for child, above in enumerate(self.nodes):
            for parent, local in zip(above.parents, above.local_derivatives, strict=True):
                if parent == i:
                    letters.append(f"∂{out}/∂{self.names[child]} × ∂{self.names[child]}/∂{name}")
                    figures.append(f"{bracketed(above.grad or 0.0)} × {bracketed(local or 0.0)}")
        chain = f"∂{out}/∂{name} = {' + '.join(letters)} = {' + '.join(figures)} = {short(node.grad or 0.0)}"
        return chain + (f"   ({name} is used {len(letters)} times: its paths add up)" if len(letters) > 1 else "")

    def _operation(self, i: int, *, numbers: bool = False) -> str:
        node = self.nodes[i]
        parts = [short(self.nodes[p].data or 0.0) if numbers else self.names[p] for p in node.parents]
        bracketed = [f"({part})" if part.startswith("-") else part for part in parts]
        words = node.op
        if len(parts) == 2:
            if words == "max":
                return f"max({parts[0]}, {parts[1]})"
            return f"{bracketed[0]} {_sign(words)} {bracketed[1]}"
        if words == "neg":
            return f"-{bracketed[0]}"
        first, _, second = words.partition(" ")
        if not second:
            return f"{words}({parts[0]})"
        if "max" in (first, second):
            return f"max({parts[0]}, {second if first == 'max' else first})"
        if first in "+-***/":  # "+ 1": the plain number stands behind
            return f"{bracketed[0]} {_sign(first)} {second}"
        return f"{first} {_sign(second)} {bracketed[0]}"

    def shown(self) -> list[GraphNode]:
        """Return the graph's records with all numbers that are still covered left out."""
        known = set(self._order[: min(self.step, self.forward_steps)])
        reached = set(self._order[self.forward_steps : self.step])
        on_the_way_back = self.step >= self.forward_steps
        records = []
        for i, node in enumerate(self.nodes):
            data = node.data if not node.parents or i in known else None
            local = node.local_derivatives if on_the_way_back else (None,) * len(node.parents)
            records.append(node._replace(data=data, grad=node.grad if i in reached else None, local_derivatives=local))
        return records

    def highlighted(self) -> list[int]:
        """Return the node whose number was found last."""
        return [self._order[self.step - 1]] if self.step else []

    @property
    def score(self) -> tuple[int, int]:
        """How many predictions were right, and how many were made."""
        return sum(judged.right for judged in self.predictions.values()), len(self.predictions)


def _sign(op: str) -> str:
    return {"*": "×", "-": "−"}.get(op, op)
