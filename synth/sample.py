"""Draws the recipe of a page: the only place where chance enters.

Each part has a stream of its own, so that other links leave the layout as it was, and another camera both.
Everything behind it (`typeset`, `ink`, `paper`, `camera`) is a pure function of the recipe.
"""

from __future__ import annotations

from functools import partial

from conf.schema.synth import SynthConfig
from synth import fonts, marks, surroundings
from synth.chance import Chance
from synth.recipe import Recipe
from synth.sampling import printed, scene, slips, text
from synth.sampling.layout import layout, plan


def sample(config: SynthConfig, index: int) -> Recipe:
    """The recipe of page `index`; depends on the configuration, its seed, and the index alone."""
    part = partial(Chance, config.seed, index)
    families = fonts.library(config.font)
    chosen_layout, chosen_plan = layout(config.page, families, part("layout")), plan(config.page, part("plan"))
    if config.page.kind == "book":
        room = text.column(chosen_layout, families)
        links = printed.links(config.link, chosen_plan.places, room.code_columns, part("links"))
        blocks, footnotes = text.Writer(config, chosen_layout, room, chosen_plan, links, part).page()
    else:
        links = printed.links(config.link, ("text",), 0, part("links"))
        chosen_layout, blocks = slips.write(config, chosen_layout, families, links, part)
        footnotes = ()
    sheet = scene.paper(config.paper, marks.choose(config.marks, chosen_layout, part("marks")), part("paper"))
    camera = scene.camera(config.camera, len(links), part("camera"))
    if config.page.kind != "book":
        sheet, camera = scene.loose(sheet, camera)
    return Recipe(
        seed=config.seed,
        index=index,
        layout=chosen_layout,
        blocks=blocks,
        footnotes=footnotes,
        links=links,
        paper=sheet,
        ground=surroundings.choose_ground(config.ground, part("ground")),
        camera=camera,
        thumb=surroundings.choose_thumb(config.ground, part("thumb")),
    )
