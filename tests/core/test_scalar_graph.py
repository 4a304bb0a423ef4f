"""The picture of a graph, its chain rule and its paths are read back and compared with the numbers they stand for."""

import itertools
import re
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from bplearn.errors import ArgumentError
from bplearn.explain.scalar.graph import GraphNode, chain_rule, describe, draw_graph
from bplearn.explain.scalar.layout import arrange
from bplearn.explain.scalar.paths import paths
from bplearn.scalar import Value, derivatives, graph_nodes
from bplearn.show.svg import alt_text


def colah():
    a, b = Value(2, name="a"), Value(1, name="b")
    c = a + b
    d = b + 1
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return a, b, e


def words(part):
    return [text.text for text in part.iter("{http://www.w3.org/2000/svg}text")]


def keyed(picture):
    return {part.attrib["data-key"]: part for part in ET.fromstring(picture).iter() if "data-key" in part.attrib}


# The picture ----------------------------------------------------------------------------------------------------


def test_boxes_and_arrows_show_the_numbers_of_the_graph():
    _, _, e = colah()
    parts = keyed(e.to_svg())
    assert words(parts["node-0"]) == ["a", "2", "∂ 2"]
    assert words(parts["node-1"]) == ["b", "1", "∂ 5"]
    assert words(parts["node-4"]) == ["e", "*", "6", "∂ 1"]
    assert words(parts["edge-4-0"]) == ["×2", "∂ 2"]
    assert words(parts["edge-4-1"]) == ["×3", "∂ 3"]
    assert len(parts) == 5 + 5


def test_the_picture_says_its_numbers():
    _, _, e = colah()
    assert alt_text(e.to_svg()) == (
        "Graph of e = 6. a = 2, gradient 2. b = 1, gradient 5. "
        "c (+) = 3, gradient 2, local derivative 1 for a, local derivative 1 for b. "
        "d (+ 1) = 2, gradient 3, local derivative 1 for b. "
        "e (*) = 6, gradient 1, local derivative 2 for c, local derivative 3 for d."
    )


def test_drawing_writes_no_gradient_and_is_the_same_each_time():
    a, _, e = colah()
    assert e.to_svg("g") == e.to_svg("g")
    assert a.grad is None


def test_the_sign_of_a_local_derivative_is_told_by_dashes():
    a = Value(-1.0)
    parts = keyed(((1 - a) + a * 2 + a.relu()).to_svg())
    dashes = {words(part)[0]: part[0].attrib.get("stroke-dasharray") for k, part in parts.items() if "edge" in k}
    assert dashes["×-1"] not in (None, dashes["×0"])
    assert dashes["×2"] is None
    assert dashes["×0"] is not None


def test_what_is_not_known_yet_is_left_out():
    _, _, e = colah()
    early = [n._replace(grad=None, local_derivatives=(None,) * len(n.parents)) for n in graph_nodes(e)]
    early[4] = early[4]._replace(data=None)
    parts = keyed(draw_graph(early, highlight={4}))
    assert words(parts["node-4"]) == ["e", "*"]
    assert words(parts["edge-4-0"]) == [None]
    assert "gradient" not in describe(early)
    assert parts["node-4"][0].attrib["fill"] != parts["node-3"][0].attrib["fill"]


def test_too_many_nodes_are_refused_with_advice():
    y = Value(1.0)
    for _ in range(150):
        y = y + 1
    message = r"^draw_graph expected at most 150 nodes, got 151\. Draw a part of it"
    with pytest.raises(ArgumentError, match=message):
        y.to_svg()


def test_html_is_an_image_with_alt_for_graphs_of_a_size_to_look_at():
    a, _, e = colah()
    assert e._repr_html_().startswith('<img alt="Graph of e = 6. a = 2, gradient 2.')
    assert a._repr_html_() is None
    y = a
    for _ in range(60):
        y = y + 1
    assert y._repr_html_() is None


def test_names_of_a_user_are_escaped():
    assert "<b>" not in (Value(1.0, name="<b>&") + 1).to_svg()


graphs = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.booleans()), max_size=25).map(
    lambda rows: [(), *(tuple({a % (k + 1), b % (k + 1)}) if inner else () for k, (a, b, inner) in enumerate(rows))]
)


@settings(max_examples=100, deadline=None)
@given(graphs)
def test_boxes_never_overlap_and_arrows_go_right(parents):
    widths = [40 + 5 * (i % 4) for i in range(len(parents))]
    layout = arrange(parents, widths, [20.0] * len(parents), box_height=50, gap=30)
    for (i, (x, y)), (k, (u, v)) in itertools.combinations(enumerate(layout.boxes), 2):
        assert x + widths[i] < u or u + widths[k] < x or abs(y - v) >= 50 - 1e-9
    assert set(layout.edges) == {(c, slot) for c, those in enumerate(parents) for slot in range(len(those))}
    assert all(start[0] < end[0] for start, end in layout.edges.values())
    for (x, y), width in zip(layout.boxes, widths, strict=True):
        assert 0 < x < x + width < layout.width
        assert 25 < y < layout.height - 25


def test_lines_that_need_not_cross_do_not():
    layout = arrange([(), (), (1,), (0,)], [40] * 4, [20] * 4, box_height=50, gap=30)
    heights = [y for _, y in layout.boxes]
    assert (heights[0] < heights[1]) == (heights[3] < heights[2])


# The chain rule in LaTeX ----------------------------------------------------------------------------------------


def test_chain_rule_of_colah():
    _, b, e = colah()
    assert e.to_latex(b) == (
        r"$\frac{\partial e}{\partial b} = "
        r"\frac{\partial e}{\partial c} \frac{\partial c}{\partial b} + "
        r"\frac{\partial e}{\partial d} \frac{\partial d}{\partial b} = "
        r"2 \cdot 1 + 3 \cdot 1 = 5$"
    )


def test_chain_rule_where_the_output_itself_is_a_child():
    a = Value(3.0, name="a")
    y = a * (a * -2)
    y.name = "y"
    assert y.to_latex(a) == (
        r"$\frac{\partial y}{\partial a} = "
        r"\frac{\partial y}{\partial v_{1}} \frac{\partial v_{1}}{\partial a} + (-6) = "
        r"3 \cdot (-2) + (-6) = -12$"
    )
    assert y.to_latex(y) == r"$\frac{\partial y}{\partial y} = 1$"


def test_chain_rule_shortens_many_uses_and_keeps_their_sum():
    a = Value(1.0, name="a")
    y = a * 1
    for k in range(2, 11):
        y = y + a * k
    latex = y.to_latex(a)
    assert latex.count(r"\cdots") == 2
    assert latex.endswith(" = 55$")


@pytest.mark.parametrize("name", ["w1", "z_h1", "E total", "a$b", "x^2", "{", "", "_", "1", "dw_1_2", "ß"])
def test_latex_renders(name):
    a = Value(-1e-7, name=name)
    y = a * 3 + a.exp() * a
    y.name = name
    latex = y.to_latex(a)
    with matplotlib.rc_context():
        width, height, *_ = MathTextParser("path").parse(latex)
    assert width > 100
    assert height > 10
    assert r"\times 10^{" in (a * 2).to_latex(a) or "2" in latex


def test_small_numbers_are_written_with_powers_of_ten():
    nodes = [GraphNode("a", "", 1.0, -2e-9, (), ()), GraphNode("y", "f", 1.0, 1.0, (0,), (-2e-9,))]
    assert chain_rule(nodes, 0).endswith(r"= (-2 \cdot 10^{-9}) = -2 \cdot 10^{-9}$")


def test_latex_of_a_stranger_is_refused():
    _, _, e = colah()
    message = r"^to_latex expected a node that Value\(e = 6\) was computed from, got Value\(z = 1\)\. Follow a Value"
    with pytest.raises(ArgumentError, match=message):
        e.to_latex(Value(1, name="z"))


# Paths ----------------------------------------------------------------------------------------------------------


def test_paths_of_colah():
    _, b, e = colah()
    found = list(paths(e, b))
    assert [[node.name for node in path.nodes] for path in found] == [["e", "c", "b"], ["e", "d", "b"]]
    assert [path.factors for path in found] == [(2, 1), (3, 1)]
    assert [path.product for path in found] == [2, 3]


def test_a_factor_used_twice_makes_two_paths():
    x = Value(3.0)
    assert [path.product for path in paths(x * x, x)] == [3, 3]
    assert [(path.factors, path.product) for path in paths(x, x)] == [((), 1)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+*-"), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_the_sum_over_paths_is_the_gradient(program):
    known = [Value(0.7), Value(-1.3)]
    for op, i, j in program:
        a, b = known[i % len(known)], known[j % len(known)]
        known.append({"+": a + b, "*": a * b, "-": a - b}[op])
    out = known[-1]
    for node, grad in derivatives(out).items():
        total = sum(path.product for path in paths(out, node, limit=10**6))
        assert total == pytest.approx(grad, rel=1e-9, abs=1e-9)


def test_too_many_paths_are_counted_not_listed():
    x = Value(1.0)
    y = x
    for _ in range(50):
        y = (y + y) * 0.5
    with pytest.raises(ArgumentError, match=r"^paths expected at most 1000 paths, got about 1e15\. `derivatives` adds"):
        paths(y, x)
    x = Value(1.0)
    with pytest.raises(ArgumentError, match=r"^paths expected at most 3 paths, got 4\. .*or pass limit=4\.$"):
        paths((x + x) * (x + x), x, limit=3)
    assert len(list(paths((x + x) * (x + x), x, limit=4))) == 4


def test_paths_on_a_long_chain_and_from_a_stranger():
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y * 1.0
    (only,) = paths(y, x)
    assert (len(only.nodes), only.product) == (20_001, 1)
    message = r"^paths expected a node that Value\(data = 1\) was computed from, got Value\(z = 1\)\."
    with pytest.raises(ArgumentError, match=message):
        paths(x, Value(np.float64(1), name="z"))


def test_ids_in_the_picture_follow_the_name():
    _, _, e = colah()
    assert re.findall(r' id="([^"]+)"', e.to_svg("olah")) == ["bpl-olah-title", "bpl-olah-desc"]
