"""Shell completion that knows the schema: a list or dict is given as a whole (`sources=`), not entered (`sources.`)."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator

from conf.checks import keys


@contextlib.contextmanager
def completing(schema: type) -> Iterator[None]:
    """Mends what Hydra proposes to the shell within; does nothing where no completion is asked for.

    Args:
        schema: dataclass of the application's config.
    """
    if not any(argument.startswith("query=") for argument in sys.argv):
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()) as proposed:
        yield
    known = {key.name for key in keys(schema)}
    words = proposed.getvalue().split()
    print(" ".join(f"{word[:-1]}=" if word.endswith(".") and word[:-1] in known else word for word in words))
