"""Commands with several verbs (`python -m data merge …`): each verb is a Hydra application of its own.

The verb is cut out before Hydra sees the arguments, and out of the line that the shell asks to complete.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_BAD_INPUT, _STOPPED = 2, 130
_HELP = ("--help", "-h")
_COMPLETION = ("-sc", "--shell-completion")


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb does, in one line, and the function that does it by calling `conf.app.launch`."""

    summary: str
    run: Callable[[], None]


def dispatch(
    command: str, purpose: str, verbs: Mapping[str, Verb], *, otherwise: Callable[[], None] | None = None
) -> None:
    """Runs the verb that the command line names; alone or with `--help`, lists the verbs.

    Args:
        command: the room: `data` for `python -m data`.
        purpose: one sentence for the list.
        verbs: by name, in the order of the list.
        otherwise: what runs where no verb is named, for a command that has a main job; its help names the verbs.
    """
    try:
        _dispatch(command, purpose, verbs, otherwise)
    except KeyboardInterrupt:  # before anything was composed; from there on `conf.app` sees to it
        sys.stderr.write("\nStopped.\n")
        sys.exit(_STOPPED)


def _dispatch(command: str, purpose: str, verbs: Mapping[str, Verb], otherwise: Callable[[], None] | None) -> None:
    arguments = sys.argv[1:]
    if arguments and arguments[0] in _COMPLETION:
        _complete(arguments, verbs, otherwise)
    elif arguments and arguments[0] in verbs:
        del sys.argv[1]
        verbs[arguments[0]].run()
    elif otherwise is not None:
        otherwise()
    elif not arguments or arguments[0] in _HELP:
        print(listing(command, purpose, verbs))
    else:
        sys.stderr.write(f"python -m {command} has no verb {arguments[0]!r}; it can be: {', '.join(verbs)}.\n")
        sys.exit(_BAD_INPUT)


def listing(command: str, purpose: str, verbs: Mapping[str, Verb]) -> str:
    """The help of a command: its verbs, one a line."""
    width = max(map(len, verbs))
    lines = [f"  python -m {command} {name:<{width}}  {verb.summary}" for name, verb in verbs.items()]
    keys = f"python -m {command} VERB --help lists the keys of a verb."
    return "\n".join([purpose, "", *lines, "", keys])


def _complete(arguments: list[str], verbs: Mapping[str, Verb], otherwise: Callable[[], None] | None) -> None:
    """Answers the shell: with verbs, or by the application of the verb that stands in the line already."""
    line = os.environ.get("COMP_LINE", "")
    application, *words = line.split() or [""]
    if not any(argument.startswith("query=") for argument in arguments):
        (otherwise or next(iter(verbs.values())).run)()
    elif words and words[0] in verbs and (len(words) > 1 or line.endswith(" ")):
        ending = " " if line.endswith(" ") else ""
        os.environ["COMP_LINE"] = " ".join([application, *words[1:]]) + ending
        verbs[words[0]].run()
    elif otherwise is not None:
        otherwise()
    else:
        print(" ".join(name for name in verbs if name.startswith(words[0] if words else "")))
