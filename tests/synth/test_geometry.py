"""The one map: its inverse undoes it, a flat page keeps its shape, a curl keeps its length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import app
from conf.schema.synth import SynthConfig
from synth import geometry
from synth.sample import sample
from synth.scene import Camera
from tests.synth.conftest import Compose

PAGE = (500.0, 700.0)


def _camera(composed: Compose, **changes: object) -> Camera:
    return replace(sample(composed("camera=none"), 0).camera, **changes)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(
    yaw=st.floats(-20, 20), pitch=st.floats(-20, 20), tilt=st.floats(-180, 180), curl=st.floats(1, 45),
    gutter=st.sampled_from(["left", "right", "none"]), lens=st.floats(-0.08, 0.08),
)  # fmt: skip
def test_nodes_map_back_to_their_place_in_the_picture(
    yaw: float, pitch: float, tilt: float, curl: float, gutter: str, lens: float
) -> None:
    camera = replace(
        _BASE, yaw=yaw, pitch=pitch, tilt=tilt, curl=min(curl, 60 - abs(yaw)), gutter=gutter, lens=lens, distance=2.5
    )
    page_map = geometry.aim(camera, _LAYOUT, 4.5, (250.0, 300.0))
    nodes = page_map.inverse_nodes()
    rows, columns = nodes.shape[:2]
    x, y = np.meshgrid((np.arange(columns) - 0.5) * 16, (np.arange(rows) - 0.5) * 16)
    back = page_map.points(nodes.reshape(-1, 2)).reshape(rows, columns, 2)
    # The facing page counts too, whichever side it lies on.
    on_paper = np.all((nodes > (-PAGE[0], 0)) & (nodes < (2 * PAGE[0], PAGE[1])), axis=2)
    assert on_paper.any()
    np.testing.assert_allclose(back[on_paper], np.stack([x, y], axis=2)[on_paper], atol=1e-6)


def test_a_flat_page_seen_from_above_is_only_scaled(composed: Compose) -> None:
    page_map = geometry.aim(_camera(composed, x_height_px=9.0, distance=3.0), _LAYOUT, 4.5, (250.0, 350.0))
    square = np.array([[100.0, 100], [200, 100], [200, 200], [100, 200]])
    sides = np.diff(page_map.points(np.vstack([square, square[:1]])), axis=0)
    np.testing.assert_allclose(np.linalg.norm(sides, axis=1), 200.0, rtol=1e-9)


def test_curling_does_not_stretch_the_paper(composed: Compose) -> None:
    s = np.linspace(-PAGE[0], PAGE[0], 10001)  # the facing page too
    along, depth = geometry._bend(s, PAGE[0], _camera(composed, gutter="left", curl=45.0, curl_width=0.4))
    lengths = np.hypot(np.diff(along), np.diff(depth))
    np.testing.assert_allclose(lengths, s[1] - s[0], rtol=1e-4)


_RECIPE = sample(app.composed("synth", SynthConfig, ["camera=none"]), 0)
_LAYOUT = replace(_RECIPE.layout, width=PAGE[0], height=PAGE[1])
_BASE = replace(_RECIPE.camera, width=640, height=480, x_height_px=9.0, aim_offset=(0.0, 0.0), distance=3.0)
