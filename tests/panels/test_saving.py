"""A panel's walk as an animation: its pictures go to the browser one by one, and their pixels become a GIF."""

import io
import itertools

import pytest
from PIL import Image

from bplearn.errors import ArgumentError
from bplearn.panels.base.saving import MOST, Saving, Walk, animation
from bplearn.show.picture import Picture
from bplearn.widgets import landscape, training_lab


def dot(radius, width=40):
    return Picture(width, 20, f'<circle r="{radius}"/>', "A dot", f"Radius {radius}.")


def browser(saving, sent, sizes=()):
    """Answer each picture by its pixels, red where its number is even; return the GIF."""
    count = 0
    while sent[-1][0]["kind"] == "frame":
        file = io.BytesIO()
        size = sizes[count] if sizes else (30, 20)
        Image.new("RGBA", size, (255, 0, 0, 255) if count % 2 == 0 else (0, 0, 255, 255)).save(file, "PNG")
        saving.heard({"pixels": True}, [memoryview(file.getvalue())])
        count += 1
    return sent[-1]


@pytest.mark.parametrize("count", [1, 2, MOST, MOST + 1, 5 * MOST])
def test_a_walk_keeps_its_begin_and_its_end_and_is_thinned_evenly(count):
    walk = Walk()
    for radius in range(count):
        walk.note([dot(radius)])
        walk.note([dot(radius)])  # the same once more
    found = [int(picture.desc.split("Radius ")[1].rstrip(".")) for picture in walk.shown()]
    assert (found[0], found[-1]) == (0, count - 1)
    assert len(found) <= MOST + 1
    assert len({b - a for a, b in itertools.pairwise(found[:-1])}) <= 1
    walk.begin_anew()
    walk.note([dot(7)])
    assert len(walk.shown()) == 1


def test_pictures_side_by_side_share_a_row():
    walk = Walk()
    walk.note([dot(1, 620), dot(2, 260), dot(3, 620)])
    (shown,) = walk.shown()
    assert (shown.width, shown.height) == (900, 2 * 20 + 14)


def test_the_pixels_that_come_back_are_the_frames_in_their_order():
    sent = []
    saving = Saving("My Panel: one", lambda: dot(1), lambda message, buffers=None: sent.append((message, buffers)))
    for radius in range(4):
        saving.walk.note([dot(radius)])
    saving.heard({"save": "gif"}, [])
    message, (gif,) = browser(saving, sent, [(30, 20), (30, 26), (30, 20), (30, 20)])
    assert message == {"kind": "gif", "name": "my_panel_one"}
    assert [said["left"] for said, _ in sent[:-1]] == [4, 3, 2, 1]
    assert all("var(" not in said["svg"] for said, _ in sent[:-1])
    film = Image.open(io.BytesIO(gif))
    assert (film.format, film.size, film.n_frames, film.info["loop"]) == ("GIF", (30, 26), 4, 0)
    colors = []
    for number in range(4):
        film.seek(number)
        colors.append(film.convert("RGB").getpixel((3, 3)))
    assert [color[0] > 200 for color in colors] == [True, False, True, False]
    assert film.info["duration"] == 2000  # the end stands longer


def test_where_nothing_moved_the_panel_says_so():
    panel = training_lab("moons", hidden=(4,))
    panel._heading._handle_custom_msg({"save": "gif"}, [])
    assert "Save GIF expected a walk of at least two pictures, got one. Take a step or two" in panel.error_message
    with pytest.raises(ArgumentError):
        Saving("x", lambda: dot(1), print).heard({"save": "gif"}, [])


@pytest.mark.parametrize(("make", "step", "anew"), [
    (lambda: training_lab("moons", hidden=(4,)), lambda panel: panel.logic.session.step(), "Reset"),
    (lambda: landscape("ravine", 0.03), lambda panel: panel.logic.step(), "Reset"),
])  # fmt: skip
def test_a_walk_begins_again_with_reset(make, step, anew):
    panel = make()
    for _ in range(3):
        panel.act(step, panel)
    assert len(panel._saving.walk.shown()) >= 3
    _button(panel, anew).click()
    assert len(panel._saving.walk.shown()) == 1


def _button(widget, name):
    if getattr(widget, "description", None) == name:
        return widget
    return next(filter(None, (_button(child, name) for child in getattr(widget, "children", ()))), None)


def test_a_still_picture_is_no_animation():
    sheet = Image.new("RGBA", (8, 8))
    assert Image.open(io.BytesIO(animation([sheet, sheet]))).size == (8, 8)
