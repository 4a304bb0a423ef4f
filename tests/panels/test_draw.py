"""A digit is drawn: its ink is that of the data set, the network reads it, and a pixel is erased."""

import math

import numpy as np
import pytest

from bplearn import Adam, Dense, Sequential, Softmax, SoftmaxCrossEntropy, datasets, fit, mlp
from bplearn.errors import ArgumentError
from bplearn.panels.draw.ink import counted_blocks, dots, fitted, ink_of
from bplearn.panels.draw.logic import ONE, DigitReader
from bplearn.panels.draw.pictures import field_picture, seen_picture
from bplearn.widgets import draw_digit

LOSS = SoftmaxCrossEntropy()


def arc(x, y, rx, ry, start, end):
    turns = [math.radians(start + (end - start) * i / 20) for i in range(21)]
    return [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns]


WRITTEN = {  # by a steady hand
    0: [arc(16, 16, 8, 12, -90, 270)],
    2: [[*arc(16, 10, 7, 6, 180, 380), (9, 27), (24, 27)]],
    3: [arc(15, 10, 7, 6, 200, 450) + arc(15, 22, 8, 6, -90, 160)],
    4: [[(18, 3), (6, 19), (26, 19)], [(19, 10), (18, 30)]],
    5: [[(23, 4), (10, 4), (9, 14), *arc(14, 20, 9, 8, -120, 130)]],
    6: [[(20, 3), (12, 10), (9, 20), *arc(15, 22, 6, 6, 180, 540)]],
    7: [[(8, 4), (24, 4), (14, 29)], [(11, 16), (22, 16)]],
    9: [[*arc(16, 10, 6, 6, 0, 360), (22, 10), (20, 29)]],
}


@pytest.fixture(scope="module")
def trained():
    training, _ = datasets.digits().split(test=0.3, rng=0)
    network = mlp(64, 32, 10, rng=0)
    fit(network, training, loss=LOSS, optimizer=Adam(0.01), epochs=20, rng=0, progress=False)
    return network


# ---- ink ----


def test_blocks_are_counted_as_the_makers_of_the_digits_did():
    black = np.zeros((32, 32), dtype=bool)
    black[0:4, 4:8] = True  # one whole block
    black[31, 31] = black[31, 30] = True
    counts = counted_blocks(black)
    assert (counts[1], counts[63], counts.sum()) == (16, 2, 18)


def test_a_small_drawing_in_a_corner_is_the_same_digit():
    small = [[(1 + 0.2 * x, 2 + 0.2 * y) for x, y in stroke] for stroke in WRITTEN[4]]
    assert np.array_equal(ink_of(small), ink_of(WRITTEN[4]))


def test_a_drawing_fills_the_height_and_stands_in_the_middle():
    for strokes in WRITTEN.values():
        ink = ink_of(strokes).reshape(8, 8)
        assert ink[0].any()
        assert ink[7].any()
        assert not ink[:, 0].any()  # blank in most digits of the data set
        columns = np.flatnonzero(ink.any(axis=0))
        assert columns.min() + columns.max() in (6, 7, 8)


def test_a_line_of_dots_is_as_thick_as_the_pen():
    black = dots(fitted([[(3, 3), (3, 9)]]))
    assert black[16].sum() == 6  # centres within 2.6 of the line x = 16
    assert black[:, 0].sum() == 0


def test_drawings_have_as_much_ink_as_the_data():
    mean = np.mean([ink_of(strokes).mean() for strokes in WRITTEN.values()])
    assert mean == pytest.approx(datasets.digits().x.mean(), abs=0.03)
    assert set(ink_of(WRITTEN[3]) * 16) <= set(range(17))


def test_a_dot_and_nothing_can_be_drawn():
    assert ink_of([[(5, 5)]]).sum() > 0
    assert not ink_of([]).any()


# ---- reading ----


def test_a_network_that_knows_printed_digits_reads_drawn_ones(trained):
    read = {digit: DigitReader(trained).draw(strokes).answer for digit, strokes in WRITTEN.items()}
    assert read == {digit: digit for digit in WRITTEN}


def test_the_bars_are_the_softmax_of_the_scores(trained):
    reader = DigitReader(trained).draw(ONE)
    scores = trained(reader.ink[None])[0]
    assert reader.look.probabilities == pytest.approx(np.exp(scores) / np.exp(scores).sum())
    ends = DigitReader(Sequential(*trained.layers, Softmax())).draw(ONE).want(1)
    assert ends.look.probabilities == pytest.approx(reader.look.probabilities)
    assert ends.look.slopes == pytest.approx(reader.want(1).look.slopes)


def test_the_slopes_are_those_that_a_nudge_finds_through_the_preparation_too(trained):
    data = datasets.digits()
    mean, std = data.x.mean(axis=0), data.x.std(axis=0) + 0.1
    for prepare in (None, lambda x: (x - mean) / std):
        reader = DigitReader(trained, prepare=prepare).draw(ONE).want(1)
        use = prepare or (lambda x: x)

        def error(ink, use=use):
            return LOSS.forward(trained(use(ink[None])), [1])[0]

        for pixel in (3, 20, 36):
            nudge = np.eye(64)[pixel] * 1e-5
            found = (error(reader.ink + nudge) - error(reader.ink - nudge)) / 2e-5
            assert reader.look.slopes[pixel] == pytest.approx(found, rel=1e-4, abs=1e-7)


def test_the_culprit_is_the_weight_with_the_largest_slope(trained):
    reader = DigitReader(trained).draw(ONE).want(1)
    found = reader.culprit()
    own = trained.copy()
    scores, tape = own.forward(reader.ink[None])
    own.backward(LOSS.backward(LOSS.forward(scores, [1])[1]), tape)
    pixel, unit = np.unravel_index(np.abs(own[0].W.grad).argmax(), (64, 32))
    assert (found.pixel, found.units[0]) == (pixel, unit)
    back = scores[0] - scores[0].max()
    chances = np.exp(back) / np.exp(back).sum() - np.eye(10)[1]
    assert found.units[1] == np.abs(chances * own[2].W.value[unit]).argmax()
    assert "Strongest path of the error: from output" in seen_picture(reader).desc


def test_erasing_a_pixel_is_predicted_first(trained):
    panel = draw_digit(trained)
    reader = panel.logic.draw(ONE).want(1)
    before, slope, ink = reader.look.error, reader.look.slopes[4], reader.ink[4]
    reader.toggle(4)
    assert reader.held.covered
    assert "%" not in seen_picture(reader).body
    said = reader.held.guess("falls")
    assert f"from {before:.4g} to {reader.look.error:.4g}" in said
    assert said.endswith(f"The slope had promised {-slope * ink:.3g}.")
    reader.toggle(4)
    assert reader.ink[4] == 1.0  # where there is none it is filled
    reader.draw(ONE)
    assert reader.ink[4] == ink


def test_without_a_wanted_digit_a_pixel_is_erased_and_nothing_asked(trained):
    reader = DigitReader(trained).draw(ONE).toggle(4)
    assert (reader.ink[4], reader.held.covered) == (0.0, False)
    assert reader.culprit() is None


# ---- the hand ----


def tell(panel, phase, **more):
    panel._views[0][0]._handle_custom_msg({"drag": "field", "phase": phase, **more}, [])


def test_a_mouse_draws_a_stroke_from_where_it_touches(trained):
    panel = draw_digit(trained)
    tell(panel, "take", at={"x": 12.0, "y": 9.0})
    tell(panel, "move", at={"x": 17.0, "y": 4.0}, trail=[[15.0, 6.0], [17.0, 4.0]])
    tell(panel, "move", at={"x": 17.0, "y": 28.0}, trail=[[17.0, 28.0]])
    tell(panel, "drop")
    tell(panel, "take", at={"x": 3.0, "y": 3.0})
    tell(panel, "drop")
    assert panel.logic.strokes == [[(12, 9), (15, 6), (17, 4), (17, 28)], [(3, 3)]]
    assert "2 strokes are drawn. The pen is up." in field_picture(panel.logic).desc


def test_keys_move_the_pen_and_space_sets_it_down(trained):
    panel = draw_digit(trained)
    tell(panel, "take")
    tell(panel, "move", at={"x": 16, "y": 4}, trail=[[16, 4]])
    tell(panel, "press")
    tell(panel, "move", at={"x": 16, "y": 40}, trail=[[16, 40]])
    assert panel.logic.pen
    tell(panel, "press")
    tell(panel, "move", at={"x": 2, "y": 2}, trail=[[2, 2]])
    assert panel.logic.strokes == [[(16, 4), (16, 32)]]  # it stops at the rim, and draws nothing while it is up
    assert panel.error_message == ""


def test_a_page_without_a_kernel_holds_the_story(trained):
    panel = draw_digit(trained)
    assert "Wanted: 1, E = " in panel.static_picture().alt
    assert panel.logic.is_blank
    given = draw_digit(trained, datasets.digits().x[[5]], datasets.digits().targets[[5]])
    assert "Wanted: 5" in given.static_picture().alt


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: DigitReader(mlp(64, 3)), "draw_digit's network expected 10 outputs"),
        (lambda: DigitReader(mlp(64, 10), np.zeros(3)), "draw_digit's digit expected 64 numbers, got 3"),
        (lambda: DigitReader(mlp(64, 10)).want(11), "wanted expected a digit from 0 to 9, got 11"),
        (lambda: DigitReader(mlp(64, 10)).select(64), "pixel expected a number from 0 to 63, got 64"),
        (lambda: DigitReader(Dense(64, 10)), "network expected a Sequential"),
    ],
)
def test_what_does_not_fit_is_told(make, said):
    with pytest.raises(ArgumentError, match=said):
        make()
