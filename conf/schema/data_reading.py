"""Keys of every verb that reads sources as they are, without an import before."""

from __future__ import annotations

from typing import Any

from conf.checks import key


def unlabelled() -> Any:
    """What to do with pictures that nothing is known about."""
    return key(
        "refuse",
        "pictures without annotations: refuse the source, take them as showing no links (empty), leave them out (skip)",
        choices=["refuse", "empty", "skip"],
    )


def faults() -> Any:
    """What to do with a source that has faults."""
    return key(
        "refuse",
        "faulty entries: stop at the first (refuse), or mend what is certain and leave the rest out (repair); "
        "python -m data import does the same and lists all",
        choices=["refuse", "repair"],
    )
