"""Chooses paper, light and camera."""

from __future__ import annotations

import math

from conf.schema.camera import CameraConfig
from conf.schema.paper import PaperConfig
from synth.chance import Chance
from synth.scene import Camera, Paper

_GRAZING_DEG = 75


def paper(config: PaperConfig, chance: Chance) -> Paper:
    """The sheet, and what lies around it."""
    light, warm = chance.between(config.lightness), chance.between(config.warmth)
    dark = chance.between((0.03, 0.6))
    ground = tuple(dark * chance.between((0.6, 1.0)) for _ in range(3))
    return Paper(
        colour=(light, light * (1 - warm / 3), light * (1 - warm)),
        grain=chance.between(config.grain),
        show_through=chance.between(config.show_through) if chance.share(config.show_through_share) else 0.0,
        ink_density=chance.between(config.ink_density),
        ink_gain_px=chance.between(config.ink_gain_px),
        ground=(ground[0], ground[1], ground[2]),
        texture_offset=(chance.below(1 << 16), chance.below(1 << 16)),
    )


def camera(config: CameraConfig, link_count: int, chance: Chance) -> Camera:
    """Pose, light and sensor of a photograph of a page with that many links."""
    whole = chance.share(config.whole_page_share)
    aimed = bool(link_count) and not whole and chance.share(config.aim_share)
    low, high = config.x_height_px
    curled = chance.share(config.curl_share)
    reach = 0.4 if aimed else 0.12
    offset = (chance.between((-reach, reach)), chance.between((-reach, reach)))
    motion, motion_angle = chance.between(config.motion_px), chance.between((0, math.pi))
    strength = chance.between(config.colour_cast)
    cast = tuple(1 + strength * chance.between((-1, 1)) for _ in range(3))
    shadowed = chance.share(config.shadow_share)
    yaw, distance = chance.between(config.yaw_deg), chance.between(config.distance)
    # Seen at a grazing angle the paper at the gutter would hide itself; keep it in sight.
    steepest = _GRAZING_DEG - abs(yaw) - math.degrees(math.atan(0.5 / distance))
    return Camera(
        width=config.width_px,
        height=config.height_px,
        # Log-uniform: as many pictures between 6 and 12 pixels as between 12 and 24.
        x_height_px=None if whole else math.exp(chance.between((math.log(low), math.log(high)))),
        aim=chance.below(link_count) if aimed else None,
        aim_offset=(0.0, 0.0) if whole else offset,
        tilt=chance.between(config.tilt_deg),
        pitch=chance.between(config.pitch_deg),
        yaw=yaw,
        distance=distance,
        gutter=chance.one(("left", "right")) if curled else "none",
        curl=min(chance.between(config.curl_deg), steepest) if curled else 0.0,
        curl_width=chance.between(config.curl_width),
        lens=chance.between(config.lens),
        light_direction=chance.between((0, 2 * math.pi)),
        light_gradient=chance.between(config.light_gradient),
        vignette=chance.between(config.vignette),
        shadow=_shadow(chance) if shadowed else None,
        exposure=chance.between(config.exposure),
        cast=(cast[0], cast[1], cast[2]),
        blur=chance.between(config.blur_px),
        motion=(motion * math.cos(motion_angle), motion * math.sin(motion_angle)),
        noise=chance.between(config.noise),
        grey=chance.share(config.grey_share),
        jpeg_quality=chance.whole(config.jpeg_quality),
    )


def _shadow(chance: Chance) -> tuple[float, float, float, float]:
    """(direction in radians, distance of its edge from the centre, softness, depth); lengths as share of the width."""
    return (
        chance.between((0, 2 * math.pi)),
        chance.between((-0.3, 0.4)),
        chance.between((0.01, 0.2)),
        chance.between((0.15, 0.55)),
    )
