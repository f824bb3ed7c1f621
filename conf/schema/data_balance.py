"""Schema of `python -m data balance`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class BalanceConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, or folder with Pascal VOC files")
    out: str = key(MISSING, "folder of the result: new, or from an earlier balancing")
    by: str = key("class", "what to balance: class, scheme, or any attribute of the links (style, font_class, …)")
    target: int | None = key(
        None, "links that each class shall have at least; null: as many as the commonest has", low=1, high=10_000_000
    )
    fill: str = key(
        "oversample",
        "where what is missing comes from: pictures that have it, repeated (oversample), or new pages of the generator "
        "(synth; by scheme, or by class where classes stand for schemes)",
        choices=["oversample", "synth"],
    )
    most_copies: int = key(10, "oversample: so many times a picture is repeated at most", low=1, high=10_000)
    schemes: dict[str, str] = key(
        {}, "synth: the scheme to print for a class, as {secure: https}; a class of a scheme's own name needs none"
    )
    synth: str = key("", "synth: further keys of python -m synth, as 'synth=\"page=paperback camera=scan\"'")
    seed: int = key(0, "synth: another seed, other pages", low=0)
