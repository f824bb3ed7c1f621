"""Chooses paper, light and camera."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from conf.schema.camera import CameraConfig
from conf.schema.paper import PaperConfig
from synth import effects
from synth.chance import Chance
from synth.recipe import BLACK
from synth.scene import Camera, Mark, Paper, Rgb, Shadow

_GRAZING_DEG = 75
_GROUNDS: tuple[Rgb, ...] = (
    (0.2, 0.45, 1.0), (1.0, 0.3, 0.3), (0.25, 1.0, 0.5), (1.0, 0.85, 0.2), (0.75, 0.4, 1.0), (0.2, 0.95, 1.0),
    (1.0, 0.55, 0.2), (1.0, 0.45, 0.7),
)  # fmt: skip


def paper(config: PaperConfig, marks: tuple[Mark, ...], chance: Chance) -> Paper:
    """The sheet, its ink, and those marks on it."""
    inverted = chance.share(config.inverted_share)
    colour, ink = (_dark(chance), (0.93, 0.93, 0.9)) if inverted else (_bare(config, chance), BLACK)
    if config.coloured_share and chance.share(config.coloured_share):
        colour, ink = _on_colour(inverted, chance)
    return Paper(
        colour=colour,
        ink=ink,
        grain=chance.between(config.grain),
        show_through=_sometimes(config.show_through_share, config.show_through, chance),
        ink_density=chance.between(config.ink_density),
        ink_gain_px=chance.between(config.ink_gain_px),
        fade=_sometimes(config.fade_share, config.fade, chance),
        specks=_sometimes(config.worn_share, config.worn, chance),
        halftone=chance.share(config.halftone_share),
        inverted=inverted,
        gloss=_sometimes(config.gloss_share, config.gloss, chance),
        stack_pt=_sometimes(config.stack_share, (1.5, 14.0), chance),
        marks=marks,
        board=_dark(chance) if chance.share(config.board_share) else None,
        board_pt=chance.between((2.0, 9.0)),
        texture_offset=(chance.below(1 << 16), chance.below(1 << 16)),
        dots_per_inch=_sometimes(config.dotted_share, config.dots_per_inch, chance),
    )


def _sometimes(share: float, low_high: Sequence[float], chance: Chance) -> float:
    """A number from the interval in that share of cases, else 0."""
    happens, value = chance.share(share), chance.between(low_high)
    return value if happens else 0.0


def _bare(config: PaperConfig, chance: Chance) -> Rgb:
    light, warm = chance.between(config.lightness), chance.between(config.warmth)
    return light, light * (1 - 0.4 * warm), light * (1 - warm)


def _dark(chance: Chance) -> Rgb:
    """Dark grey, blue, green or red, as covers and boxes are printed."""
    hue, depth = chance.one(((1, 1, 1), (0.5, 0.7, 1), (0.6, 1, 0.7), (1, 0.5, 0.5))), chance.between((0.08, 0.32))
    return hue[0] * depth, hue[1] * depth, hue[2] * depth


def _on_colour(inverted: bool, chance: Chance) -> tuple[Rgb, Rgb]:
    """A ground of a clear colour, and black print on it, or light print of the same hue."""
    hue, pale, depth = chance.one(_GROUNDS), chance.between((0.2, 0.7)), chance.between((0.25, 0.5))
    red, green, blue = (pale + (1 - pale) * channel for channel in hue)
    return ((depth * red, depth * green, depth * blue), (red, green, blue)) if inverted else ((red, green, blue), BLACK)


def camera(config: CameraConfig, link_count: int, chance: Chance) -> Camera:
    """Pose, light and sensor of a photograph of a page with that many links."""
    whole = chance.share(config.whole_page_share)
    aimed = bool(link_count) and not whole and chance.share(config.aim_share)
    low, high = config.x_height_px
    curled = chance.share(config.curl_share)
    reach = 0.4 if aimed else 0.12
    offset = (chance.between((-reach, reach)), chance.between((-reach, reach)))
    motion, motion_angle = chance.between(config.motion_px), chance.between((0, math.pi))
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
        shadow=_shadow(config, chance) if shadowed else None,
        shine=(chance.between((-0.5, 0.5)), chance.between((-0.5, 0.5))),
        banding=(
            _sometimes(config.banding_share, (0.02, 0.12), chance),
            chance.between((2, 9)),
            chance.between((0, 1)),
        ),
        exposure=chance.between(config.exposure),
        cast=_cast(config, chance),
        flare=chance.between(config.flare),
        blur=chance.between(config.blur_px),
        motion=(motion * math.cos(motion_angle), motion * math.sin(motion_angle)),
        sharpening=_sometimes(config.sharpening_share, config.sharpening, chance),
        noise=chance.between(config.noise),
        grey=chance.share(config.grey_share),
        jpeg_quality=chance.whole(config.jpeg_quality),
        effects=effects.choose(config.effects, chance),
    )


def loose(paper: Paper, camera: Camera) -> tuple[Paper, Camera]:
    """The same of a small sheet that is bound in no book: it bends into no gutter, and nothing is behind it."""
    x, y = camera.aim_offset
    aimed = replace(camera, gutter="none", curl=0.0, aim_offset=(x / 2, y / 2))  # else the table fills the picture
    return replace(paper, stack_pt=0.0, board=None, show_through=0.0), aimed


def _cast(config: CameraConfig, chance: Chance) -> Rgb:
    """A white balance that is off as lamps make it: between orange and blue, little between green and magenta."""
    strength = chance.between(config.colour_cast)
    warm, green = strength * chance.between((-1, 1)), 0.25 * strength * chance.between((-1, 1))
    return 1 + warm, 1 + green, 1 - warm


def _shadow(config: CameraConfig, chance: Chance) -> Shadow:
    hard = chance.share(config.hard_shadow_share)
    return Shadow(
        direction=chance.between((0, 2 * math.pi)),
        edge=chance.between((-0.3, 0.4)),
        # Two lines make a corner: a phone's shadow.
        turn=chance.one((0.0, 0.0, math.pi / 2, 2.1)),
        softness=chance.between((0.004, 0.03) if hard else (0.03, 0.35)),
        depth=chance.between(config.shadow_depth),
    )
