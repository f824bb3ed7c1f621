"""Generated figures fill their place, and only that, at any size."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth import figures, ink, shaping
from tests.synth.setting import FAMILIES, named

FONT = FAMILIES[named("sans")[0]].font("roman")
LETTER = partial(ink.lettered, FONT)
KINDS = ("grey", "photo", "chart", "diagram", "code", "logo")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_each_kind_draws_something(kind: str, seed: int) -> None:
    figure = figures.draw(kind, seed, 320, 240, LETTER)
    assert figure.shape == (240, 320)
    assert figure.dtype == np.uint8
    assert figure.mean() > 2
    if kind != "grey":
        assert figure.std() > 12


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(KINDS), seed=st.integers(0, 2**32 - 1), width=st.integers(1, 500), height=st.integers(1, 500)
)
def test_any_size_is_filled_exactly(kind: str, seed: int, width: int, height: int) -> None:
    assert figures.draw(kind, seed, width, height, LETTER).shape == (height, width)


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(kind: str) -> None:
    once, again, other = (figures.draw(kind, seed, 200, 150, LETTER) for seed in (1, 1, 2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_words_are_lettered_in_the_font() -> None:
    """A diagram's names and a chart's numbers, as large as asked for, standing on one baseline."""
    asked: list[tuple[str, float]] = []

    def letter(text: str, size: float) -> figures.Lettered:
        asked.append((text, size))
        return LETTER(text, size)

    chart, bare = (
        figures.draw("chart", 3, 400, 300, drawn)
        for drawn in (letter, lambda text, size: figures.Lettered(np.zeros((4, 4), np.uint8), 3, 0))
    )
    assert len(asked) >= 8 and all(8 <= size <= 20 for _, size in asked)
    changed = np.flatnonzero((chart != bare).any(axis=0))
    assert changed.min() < 60 and changed.max() > 300  # beside the axis, and below it to its end
    coverage, baseline, side = LETTER("Hxp", 40)
    rows = np.flatnonzero(coverage.max(axis=1) > 128)
    assert abs(baseline - rows.min() - shaping.metrics(FONT).cap_height * 40) <= 1
    assert abs(rows.max() + 1 - baseline - shaping.metrics(FONT).descender * 40) <= 1.5
    assert not coverage[:, : side // 2].any() and not coverage[:, -side // 2 :].any()  # nothing is cut off
    assert coverage[:, side : side + 10].any()


def test_a_photograph_is_printed_in_dots() -> None:
    """Somewhere among the seeds; seen as a peak of its spectrum off the axes, at 45 degrees."""
    peaks = []
    for seed in range(8):
        tone = figures.draw("photo", seed, 256, 256, LETTER).astype(float)
        spectrum = np.abs(np.fft.fft2(tone - tone.mean()))[20:100, 20:100]
        row, column = np.unravel_index(int(spectrum.argmax()), spectrum.shape)
        if spectrum.max() > 40 * np.median(spectrum):
            peaks.append(abs(int(row) - int(column)))
    assert len(peaks) >= 4
    assert max(peaks) <= 1


def test_a_code_has_its_finders_and_cannot_be_read() -> None:
    for seed in range(12):
        code = figures.draw("code", seed, 300, 300, LETTER)
        rows, columns = np.nonzero(code)
        assert abs((rows.max() - rows.min()) - (columns.max() - columns.min())) <= 1
        corner = code[rows.min() :, columns.min() :]
        module = int(np.argmax(corner[0] == 0)) / 7
        middle, quiet = round(3.5 * module), round(1.5 * module)
        assert corner[middle, middle] == 255
        assert corner[quiet, middle] == 0
        picture = cv2.copyMakeBorder(255 - code, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
        assert text == ""


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        figures.draw("map", 0, 100, 100, LETTER)
