"""Marks lie on the page where they should, look the same each time, and leave the print to be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.schema.marks import MarksConfig
from synth.chance import Chance
from synth.ink import Raster
from synth.layers import Layer
from synth.marks import DRAWERS, choice, choose, draw
from synth.recipe import Layout
from synth.sample import sample
from synth.scene import Mark, Rgb
from tests.synth.conftest import Compose

LINES = [(60.0, 480.0, 70.0 + 13.0 * row) for row in range(40)]
WHOLE = Raster(1.5, 0.0, 0.0, 810, 999)
DARK = (0.1, 0.1, 0.4)
ALL = MarksConfig(
    highlighter_share=1,
    underline_share=1,
    note_share=1,
    tick_share=1,
    stain_share=1,
    foxing_share=1,
    crease_share=1,
    dust_share=1,
    tape_share=1,
    tab_share=1,
    per_kind=[3, 3],
)


@pytest.fixture(scope="module")
def layout(composed: Compose) -> Layout:
    """540 × 666 points, with margins that one can write in."""
    chosen = sample(composed(), 0).layout
    return replace(chosen, width=540.0, height=666.0, left=60.0, right=60.0, top=60.0, bottom=60.0)


def mark(kind: str, x: float = 200.0, y: float = 300.0, size: float = 120.0, seed: int = 5) -> Mark:
    return Mark(kind, x, y, size, 0.0, DARK, 0.8, seed)


def on_white(layers: list[Layer], raster: Raster = WHOLE) -> npt.NDArray[np.float64]:
    """White paper under these layers, RGB 0…1, put together as `Layer` says."""
    sheet = np.ones((raster.height, raster.width, 3))
    for layer in layers:
        height, width = layer.coverage.shape
        below = sheet[layer.top : layer.top + height, layer.left : layer.left + width]
        share = layer.coverage[..., None] / 255
        colour = np.array(layer.colour)
        below[:] = (
            below * (1 - share * (1 - colour)) if layer.kind == "filter" else below * (1 - share) + share * colour
        )
    return sheet


def box(layers: list[Layer], raster: Raster = WHOLE) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is not white, page points."""
    rows, columns = np.nonzero(on_white(layers, raster).min(axis=2) < 0.95)
    x, y = columns / raster.scale + raster.left, rows / raster.scale + raster.top
    pixel = 1 / raster.scale
    return float(x.min()), float(y.min()), float(x.max()) + pixel, float(y.max()) + pixel


@pytest.mark.parametrize("kind", DRAWERS)
def test_each_kind_can_be_seen_near_its_place(kind: str) -> None:
    left, top, right, bottom = box(draw([mark(kind)], WHOLE, LINES))
    assert left - 20 <= 200 <= right + 20
    assert top - 20 <= 300 <= bottom + 20


@pytest.mark.parametrize("kind", DRAWERS)
def test_the_same_mark_gives_the_same_bytes_and_another_seed_others(kind: str) -> None:
    once, again, other = (draw([mark(kind, seed=seed)], WHOLE, LINES) for seed in (5, 5, 6))
    assert [layer.coverage.tobytes() for layer in once] == [layer.coverage.tobytes() for layer in again]
    assert [layer.coverage.tobytes() for layer in once] != [layer.coverage.tobytes() for layer in other]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(DRAWERS)),
    x=st.floats(-50, 600),
    y=st.floats(-50, 720),
    size=st.floats(4, 600),
    scale=st.floats(0.5, 6),
    left=st.floats(0, 400),
    top=st.floats(0, 500),
    width=st.integers(1, 400),
    height=st.integers(1, 400),
)
def test_layers_lie_inside_the_raster(
    kind: str, x: float, y: float, size: float, scale: float, left: float, top: float, width: int, height: int
) -> None:
    raster = Raster(scale, left, top, width, height)
    for layer in draw([mark(kind, x, y, size)], raster, LINES):
        rows, columns = layer.coverage.shape
        assert layer.coverage.dtype == np.uint8
        assert rows > 0
        assert columns > 0
        assert 0 <= layer.left <= width - columns
        assert 0 <= layer.top <= height - rows
        assert layer.kind in ("filter", "cover")


def test_a_window_shows_what_the_whole_page_shows_there() -> None:
    stain = [mark("ring", size=150.0), mark("fold", size=600.0)]
    window = Raster(1.5, 160.0, 220.0, 150, 180)
    whole = on_white(draw(stain, WHOLE, LINES))[330:510, 240:390]
    np.testing.assert_allclose(on_white(draw(stain, window, LINES), window), whole, atol=0.02)


@pytest.mark.parametrize(("angle", "wide", "high"), [(0.0, 150, 42), (90.0, 42, 150)])
def test_tape_lies_where_and_as_large_as_it_was_chosen(angle: float, wide: int, high: int) -> None:
    left, top, right, bottom = box(draw([replace(mark("tape", 270.0, 320.0, 150.0), angle=angle)], WHOLE, LINES))
    np.testing.assert_allclose([(left + right) / 2, (top + bottom) / 2], [270, 320], atol=1)
    np.testing.assert_allclose([right - left, bottom - top], [wide, high], atol=4)


def test_a_fold_runs_through_its_place() -> None:
    for angle, axis in ((0.0, 1), (90.0, 0)):
        sheet = on_white(
            [
                layer
                for layer in draw([replace(mark("fold", 280.0, 280.0, 500.0), angle=angle)], WHOLE, [])
                if layer.kind == "filter"
            ]
        )
        darkest = int(sheet.sum(axis=(axis, 2)).argmin())
        assert abs((darkest + 0.5) / 1.5 - 280) < 1.0


def test_a_highlighter_follows_the_nearest_line_and_lets_its_text_be_read() -> None:
    felt = replace(mark("highlighter", y=302.0, size=100.0), colour=(1.0, 0.95, 0.2), strength=1.0)
    layers = draw([felt], WHOLE, LINES)
    left, top, right, bottom = box(layers)
    assert top < 304 - 4 and bottom > 304, "the line's baseline is at 304"
    assert bottom - top < 16
    assert abs(left - 200) < 6
    assert abs(right - 300) < 8
    red, green, blue = on_white(layers)[round(300 * 1.5), round(250 * 1.5)]
    assert red > 0.9 and green > 0.8 and blue < 0.6, "yellow"


@settings(max_examples=40, deadline=None)
@given(colour=st.sampled_from(choice.FELT), x=st.floats(60, 470), y=st.floats(80, 560), seed=st.integers(0, 2**32 - 1))
def test_print_under_a_highlighter_keeps_most_of_its_contrast(colour: Rgb, x: float, y: float, seed: int) -> None:
    felt = Mark("highlighter", x, y, 600.0, 0.0, colour, 1.0, seed)
    layers = draw([felt], WHOLE, LINES)
    assert {layer.kind for layer in layers} <= {"filter"}, "what filters never lightens print"
    # Filters alone: black print stays black, so that the paper's luminance is the contrast.
    luminance = on_white(layers) @ np.array([0.3, 0.59, 0.11])
    assert luminance.min() > 0.55


def test_a_long_highlight_goes_on_in_the_next_lines() -> None:
    _, top, _, bottom = box(draw([mark("highlighter", x=300.0, size=800.0)], WHOLE, LINES))
    assert 30 < bottom - top < 45, "three lines 13 points apart"


@pytest.mark.parametrize("kind", ["highlighter", "underline", "circle"])
def test_what_follows_text_is_left_out_on_a_page_without(kind: str) -> None:
    assert draw([mark(kind)], WHOLE, []) == []


def test_an_underline_lies_under_its_line() -> None:
    _, top, _, bottom = box(draw([mark("underline", y=305.0)], WHOLE, LINES))
    assert 304 < top < bottom < 304 + 8


def test_what_covers_lies_beside_the_text_or_is_thin(layout: Layout) -> None:
    """No mark hides print that the truth takes for visible."""
    text = np.s_[round(60 * 1.5) : round(606 * 1.5), round(60 * 1.5) : round(480 * 1.5)]
    for index in range(25):
        covered = np.zeros((WHOLE.height, WHOLE.width))
        for layer in draw(choose(ALL, layout, Chance(3, index, "marks")), WHOLE, LINES):
            if layer.kind == "cover":
                height, width = layer.coverage.shape
                part = covered[layer.top : layer.top + height, layer.left : layer.left + width]
                np.maximum(part, layer.coverage / 255, out=part)
        # What covers more than half must be a line of a pixel or two: gone after wearing three pixels off its sides.
        strong = covered[text] > 0.5
        thick = strong[2:, 2:] & strong[:-2, 2:] & strong[2:, :-2] & strong[:-2, :-2]
        assert thick.mean() < 1e-3


def test_every_kind_is_chosen_where_its_share_says_so(layout: Layout) -> None:
    kinds = {mark.kind for index in range(40) for mark in choose(ALL, layout, Chance(0, index, "marks"))}
    assert kinds == set(DRAWERS)


def test_nothing_is_written_in_narrow_margins(layout: Layout) -> None:
    narrow = replace(layout, left=20.0, right=20.0)
    kinds = {mark.kind for index in range(20) for mark in choose(ALL, narrow, Chance(0, index, "marks"))}
    assert not kinds & {"note", "tick", "bar", "tab"}
    assert "ring" in kinds


@pytest.mark.parametrize("preset", ["none", "light", "heavy"])
def test_each_preset_can_be_composed(composed: Compose, layout: Layout, preset: str) -> None:
    config = composed(f"marks={preset}")
    counts = [len(choose(config.marks, layout, Chance(0, index, "marks"))) for index in range(100)]
    least, most = {"none": (0, 0), "light": (0.3, 1.5), "heavy": (4, 12)}[preset]
    assert least <= sum(counts) / 100 <= most
    assert sample(config, 0).paper.marks == choose(
        config.marks, sample(config, 0).layout, Chance(config.seed, 0, "marks")
    )
