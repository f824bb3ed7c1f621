"""`python -m data stats`: a table in the terminal, and a page where one is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from conf import UserError
from conf.schema.data_stats import StatsConfig
from data.merge import read_sources
from data.pictures import Unlabelled
from data.stats.measure import SetStats, measure
from data.stats.page import write_page
from data.stats.table import show


def stats(config: StatsConfig) -> list[SetStats]:
    """Measures each source, prints the table, writes the page.

    Raises:
        UserError: where a source cannot be read or holds no picture.
    """
    sources = read_sources(config.sources, cast(Unlabelled, config.unlabelled))
    for source in sources:
        if not source.dataset.images:
            raise UserError(f"{source.path} holds no pictures; there is nothing to count.")
    sets = [measure(source.name, source.dataset, pixels=config.pixels) for source in sources]
    show(sets)
    if config.out is not None:
        write_page(sets, [source.dataset for source in sources], Path(config.out), crops=config.crops)
    return sets
