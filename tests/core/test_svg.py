"""SVG text is checked by an XML parser, contrasts by the formula of WCAG."""

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bplearn.errors import ArgumentError
from bplearn.show import palette, svg

NASTY = "<script>&\"'\x00</title>"


def picture(**more):
    return svg.svg(120, 60.004, svg.circle(5, 5, 2), **{"title": "A dot", "desc": "At 5, 5.", **more})


def test_a_picture_is_well_formed_and_names_itself():
    root = ET.fromstring(picture(name="my dot"))
    assert root.attrib["viewBox"] == "0 0 120 60"
    assert root.attrib["width"] == "100%"
    assert "max-width:120px" in root.attrib["style"]
    assert root.attrib["role"] == "img"
    said = {part.attrib["id"]: part.text for part in root if "id" in part.attrib}
    assert [said[key] for key in root.attrib["aria-labelledby"].split()] == ["A dot", "At 5, 5."]
    assert list(said) == ["bpl-my-dot-title", "bpl-my-dot-desc"]


def test_ids_without_a_name_come_from_the_content():
    def ids(text):
        return re.findall(r' id="([^"]+)"', text)

    assert ids(picture()) == ids(picture())
    assert set(ids(picture())).isdisjoint(ids(picture(desc="At 6, 6.")))


def test_no_description_means_no_empty_element():
    assert "<desc" not in picture(desc="")
    assert ET.fromstring(svg.stand_alone(picture(desc=""))).find("{*}desc") is None


@pytest.mark.parametrize("where", ["title", "desc", "name"])
def test_words_of_a_user_cannot_leave_their_place(where):
    for made in (picture(**{where: NASTY}), svg.stand_alone(picture(**{where: NASTY}))):
        root = ET.fromstring(made)
        assert root.find(".//{*}script") is None


def test_text_and_attributes_are_escaped_and_control_characters_replaced():
    made = ET.fromstring(svg.text(0, 0, NASTY, data_key=NASTY))
    assert made.text == NASTY.replace("\x00", "\ufffd")
    assert made.attrib["data-key"] == NASTY.replace("\x00", "\ufffd")


def test_a_line_break_starts_a_line_under_the_first():
    made = ET.fromstring(svg.text(7, 0, "one\ntwo", size=10))
    (second,) = made
    assert (made.text, second.text, second.attrib) == ("one", "two", {"x": "7", "dy": "13"})


@pytest.mark.parametrize(
    ("number", "written"), [(1.005e2, "100.5"), (-0.001, "0"), (1 / 3, "0.33"), (np.float64(2), "2"), (1e6, "1000000")]
)
def test_numbers_are_short(number, written):
    assert svg.element("g", x=number) == f'<g x="{written}"/>'


def test_attributes_left_out_and_renamed():
    assert svg.element("g", a=None, b=False, c=True, stroke_width=1, class_="k") == (
        '<g c="true" stroke-width="1" class="k"/>'
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.float32("-inf")])
def test_a_number_that_cannot_be_drawn_is_named(bad):
    with pytest.raises(
        ArgumentError, match=r"^<circle> cx expected a finite number, got -?(nan|inf)\. Leave out or clip"
    ):
        svg.circle(bad, 0, 1)
    with pytest.raises(ArgumentError, match=r"^<path> d expected finite numbers, got -?(nan|inf)\. Leave out or clip"):
        svg.polyline([(0, 0), (1, bad)])


def test_a_path_reads_back_as_its_numbers():
    made = svg.polyline([(0, 1), (-2, -3.25), (1e5, 0.001)])
    numbers = re.findall(r"-?[\d.]+", ET.fromstring(made).attrib["d"])
    assert [float(n) for n in numbers] == [0, 1, -2, -3.25, 100000, 0]


def test_an_arrow_ends_at_its_tip_and_its_shaft_does_not_cross_it():
    shaft, head = ET.fromstring(f"<g>{svg.arrow(0, 0, 30, 40, head=10)}</g>")
    assert head.attrib["d"].startswith("M30 40L")
    assert float(shaft.attrib["x2"]) < 30
    corners = np.array(re.findall(r"-?[\d.]+", head.attrib["d"]), float).reshape(3, 2)
    assert np.allclose(corners[1:].mean(axis=0), [24, 32])  # ten back from the tip, along the arrow


def test_an_arrow_of_no_length_is_still_drawn():
    assert "nan" not in svg.arrow(5, 5, 5, 5)


def test_a_group_carries_the_key_that_a_panel_hears():
    assert ET.fromstring(svg.group(svg.circle(1, 1, 1), data_key="w1")).attrib == {"data-key": "w1"}


def test_png_bytes_come_back_from_the_image():
    made = ET.fromstring(svg.png_image(b"\x89PNG", 0, 0, 4, 4))
    assert base64.b64decode(made.attrib["href"].split(",")[1]) == b"\x89PNG"
    assert "pixelated" in made.attrib["style"]
    with pytest.raises(
        ArgumentError, match=r"^png_image expected PNG bytes or an address data:image/\.\.\., got 'http://x'"
    ):
        svg.png_image("http://x", 0, 0, 4, 4)


def test_the_sign_is_told_by_the_dash_too():
    looks = [palette.sign_stroke(v) for v in (2.0, -2.0, 0.0)]
    assert len({look["stroke_dasharray"] for look in looks}) == 3
    assert len({look["stroke"] for look in looks}) == 3


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "soft", "glow"])
def test_letters_and_lines_stand_out_from_their_ground(shade, ground):
    for name in ("positive", "negative", "accent", "ink", "muted"):
        assert contrast(palette.COLORS[name][shade], palette.COLORS[ground][shade]) >= 4.5, name
    assert contrast(palette.COLORS["neutral"][shade], palette.COLORS[ground][shade]) >= 3


def test_the_contrast_formula_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_style_sheet_defines_every_color_for_every_page():
    for name in palette.COLORS:
        assert palette.STYLE.count(f"--bpl-{name}:") == 5
    assert palette.STYLE.count("{") == palette.STYLE.count("}")


def test_a_stand_alone_picture_needs_no_page():
    made = svg.stand_alone(svg.svg(90, 30, svg.rect(0, 0, 9, 9, fill=palette.GLOW), title="Box", desc="Nine by nine."))
    root = ET.fromstring(made)
    assert (root.attrib["width"], root.attrib["height"]) == ("90", "30")
    assert "var(" not in made
    page, box = root.findall("{*}rect")
    assert page.attrib["fill"] == palette.COLORS["paper"][0]
    assert box.attrib["fill"] == palette.COLORS["glow"][0]
    assert "prefers-color-scheme:dark" in root.find("{*}style").text


def test_a_figure_says_what_it_shows():
    made = ET.fromstring(svg.figure_html(picture(title='E < "1"')).replace('">', '"/>'))
    assert made.attrib["alt"] == 'E < "1". At 5, 5.'
    head, code = made.attrib["src"].split(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(code).decode() == svg.stand_alone(picture(title='E < "1"'))
    assert 'alt="other words"' in svg.figure_html(picture(), "other words")


def test_the_width_of_words():
    assert svg.text_width("ab\nabcd", 10) == pytest.approx(24)
