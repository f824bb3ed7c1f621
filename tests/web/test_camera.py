"""The page with a camera: Chromium plays a rendered clip as one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from evaluate.matching import overlaps
from tests.web.conftest import PATIENCE_MS, Opened, boxes_over, links, wait_for
from tests.web.scenes import Clip, pan, photograph

pytestmark = pytest.mark.slow

SECONDS = 2.0
"""From the first steady view to the link, where a frame takes USUAL_MS."""
USUAL_MS = 160.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    page = photograph(3, "camera=none", "camera.width_px=2000", "camera.height_px=2400", "link.per_page=[1,1]")
    return pan(page, tmp_path_factory.mktemp("clip"))


def test_a_link_is_read_soon_after_the_hand_is_still_and_stays(opened: Opened, clip: Clip) -> None:
    flags = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip.path}")
    page = opened(*flags, permissions=["camera"])
    wait_for(page, "Ready.")
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator("#links li")).to_have_count(1, timeout=PATIENCE_MS)
    assert links(page) == [clip.link]
    seen = boxes_over(page, "#video", 1280)
    assert overlaps(clip.boxes[clip.still_from :], seen)[0].max() > 0.4  # boxes are drawn with a margin

    marks = dict(page.evaluate(TIMES))
    slowness = max(marks["frame"] / USUAL_MS, 1.0)  # of a busy machine, by which everything takes longer
    assert (marks["link"] - marks["steady"]) / 1000 < SECONDS * slowness, marks

    page.wait_for_timeout(5000)  # the clip begins anew: the camera moves away and comes back
    assert links(page) == [clip.link]
    page.get_by_role("button", name="Stop the camera").click()
    wait_for(page, "1 link found.")
    assert links(page) == [clip.link]


TIMES = """() => {
  const first = (name) => performance.getEntriesByName(name)[0]?.startTime;
  const frames = performance.getEntriesByName("inklink find").map((each) => each.duration).sort((a, b) => a - b);
  return Object.entries({
    steady: first("inklink steady"), link: first("inklink link"), frame: frames[frames.length >> 1] });
}"""
