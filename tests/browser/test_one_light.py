"""Point at a quantity, or go to it by Tab: it lights up in formula, picture, table and code, and goes out again."""

from playwright.sync_api import expect

STEPPER = [
    "from bplearn.widgets import step_through",
    "panel = step_through()\nfor _ in range(3):\n    panel.logic.next()\npanel.refresh()\npanel",
]


def test_one_light_in_three_places(notebook):
    book = notebook(STEPPER)
    lit = book.panel().locator(".bpl-lit")
    word = book.panel().locator(".bpl-equation [data-q='y1.0']").first
    expect(lit).to_have_count(0)
    word.hover()
    expect(lit.first).to_be_visible()
    places = lit.evaluate_all(
        "(parts) => parts.map((part) => part.closest('svg, table, code, .bpl-equation').tagName.toLowerCase())"
    )
    assert {"svg", "div", "code"} <= set(places)
    book.shot("one-light")
    book.page.mouse.move(5, 5)
    expect(lit).to_have_count(0)
    word.focus()  # as Tab does
    expect(word).to_be_focused()
    expect(lit.first).to_be_visible()
    assert book.axe() == []
    book.panel().locator("svg text[data-q='y-1.0']").first.hover()
    kinds = lit.evaluate_all("(parts) => parts.map((part) => part.closest('svg, table, code')?.tagName.toLowerCase())")
    assert {"svg", "table", "code"} > {kind for kind in kinds if kind != "svg"} >= {"table"}
    book.panel().locator(".bpl-code [data-q~='y0.0']").first.hover()  # x in the code: what goes in, wherever it stands
    marks = lit.evaluate_all(
        "(parts) => parts.map((part) => [part.closest('svg, table, code, div').tagName, part.dataset.q])"
    )
    assert {"svg", "CODE", "DIV"} <= {tag for tag, _ in marks}
    assert {"y0.0", "y0.1"} <= {mark for _, mark in marks}
    book.shot("one-light-code")
