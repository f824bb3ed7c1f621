"""A mistake of the user's in one sentence: what is wrong, where, and what can be written instead."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Sequence

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import InterpolationResolutionError, OmegaConfBaseException

from conf.checks import Key, keys, parts
from conf.errors import UserError

_USERS_ERRORS = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EFBIG, errno.EIO
)  # fmt: skip
_PLUGINS = "The launchers joblib and submitit and the sweeper optuna come with `pip install 'inklink[sweep]'`."
_NOTHING_FOUND = ("No trials are completed yet.", "Record does not exist.")
"""What Optuna says at the end of a search, with its trials in memory and in a database."""
_UNKNOWN_CHOICE = re.compile(
    r"Could not find '(?P<group>[\w/]+)/(?P<name>[^'/]*)'.*?"
    r"Available options in '[^']+':\s*(?P<options>.*?)(?:Config search path|$)",
    re.S,
)


def explain(error: BaseException, schema: type) -> str | None:
    """One sentence for a mistake that the user can mend; None for a fault of ours.

    Args:
        error: as it reached the door.
        schema: dataclass of the application's config.
    """
    for cause in _chain(error):
        if isinstance(cause, UserError):
            return str(cause)
        # TensorFlow has errors of its own for a full disk.
        if "No space left on device" in str(cause) or getattr(cause, "errno", None) == errno.EDQUOT:
            place = getattr(cause, "filename", None) or "the output"
            return f"No space is left on the device while writing {place}; make room, and the same command goes on."
        if isinstance(cause, OSError) and cause.filename and cause.errno in _USERS_ERRORS:
            return f"{cause.filename} cannot be used: {cause.strerror}."
    if isinstance(error, HydraException | OmegaConfBaseException):
        return _explain_hydra(error, schema)
    if isinstance(error, ValueError) and str(error) in _NOTHING_FOUND:
        return "No trial of the search came to a score."
    flags = isinstance(error, ValueError) and re.match(r"Only one of --run.* can be specified", str(error))
    return f"{flags.group()}." if flags else None


def unknown_key(name: str, schema: type) -> str:
    """That there is no such key, with those that look like it."""
    known = [key.name for key in keys(schema)]
    if name in known:
        return f"{name} cannot be taken away; give it a value."
    group = [other for other in known if other.startswith(name + ".")]
    if group:
        return f"{name} is a group of keys; write {name}=OPTION or one of its keys, as {group[0]}=VALUE."
    near = _near(name, [*known, *parts(schema)])
    hint = f"did you mean {' or '.join(near)}?" if near else "--help lists the keys."
    return f"There is no key {name}; {hint}"


def _near(name: str, known: Sequence[str]) -> list[str]:
    """Names that may have been meant: with the same last word, else similar as a whole, else with a similar one."""
    word = name.rsplit(".", 1)[-1]
    same = [other for other in known if other.rsplit(".", 1)[-1] == word]
    similar = same or difflib.get_close_matches(name, known, n=3, cutoff=0.7)
    last = {other.rsplit(".", 1)[-1]: other for other in reversed(known)}
    return similar or [last[match] for match in difflib.get_close_matches(word, last, n=3, cutoff=0.5)]


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _explain_hydra(error: BaseException, schema: type) -> str:
    said = [cause for cause in _chain(error) if isinstance(cause, HydraException | OmegaConfBaseException)]
    text = " ".join(map(str, said))
    full_key = re.search(r"full_key: ([^\s\[]+)", text)
    unknown = re.search(r"Key '([^']+)' (?:is not in struct|not in '\w+')", text)
    if unknown:
        return unknown_key(full_key.group(1) if full_key else unknown.group(1), schema)
    if (sentence := _misread(said, text, schema)) is not None:
        return sentence
    first = str(next((s for s in said if isinstance(s, OmegaConfBaseException)), said[0])).splitlines()[0].rstrip(".")
    if full_key is None:
        return f"{first}."
    key = next((key for key in keys(schema) if _holds(key.name, full_key.group(1))), None)
    if key is None or any(isinstance(cause, InterpolationResolutionError) for cause in said):
        return f"{full_key.group(1)}: {first}."
    return _wrong_type(key, text)


def _misread(said: Sequence[Exception], text: str, schema: type) -> str | None:
    """What Hydra could not make out of the command line before it came to any key's value."""
    if choice := _UNKNOWN_CHOICE.search(text):
        options = ", ".join(choice["options"].split())
        more = f" {_PLUGINS}" if choice["group"] in ("hydra/launcher", "hydra/sweeper") else ""
        return f"{choice['group']}={choice['name']} is not known; it can be: {options}.{more}"
    if stranger := re.search(r"Could not override '([^'@]+)", text):
        return unknown_key(stranger.group(1), schema)
    if present := re.search(r"Could not append .*already at '([^']+)'", text):
        return f"{present.group(1)} is there already; leave out the +."
    if several := re.search(r"Ambiguous value for argument '([^'=]+=[^']*)'", text):
        return _one_of_several(several.group(1), schema)
    given = next((cause.override for cause in said if isinstance(cause, OverrideParseException)), None)
    if given is None:
        return None
    if "=" not in given.strip("="):
        return f"{given!r} is not understood: write key=value, with no blank at the sign."
    advice = "close brackets and quotes, and put text with special characters in quotes within those of the shell"
    return f"{given!r} is not understood: write key=value, {advice}, as 'out=\"a b (1)\"'."


def _one_of_several(override: str, schema: type) -> str:
    """Hydra takes commas for a sweep; in a text they may be meant."""
    sentence = f"{override} names several values; write one, or add --multirun to run once with each."
    name, text = override.split("=", 1)
    texts = (key.name for key in keys(schema) if key.hint in (str, str | None) and not key.limits["choices"])
    if name in texts and '"' not in text:
        sentence += f""" Where the comma is part of a text, quote it: '{name}="{text}"'."""
    return sentence


def _holds(name: str, full_key: str) -> bool:
    return full_key == name or full_key.startswith(name + ".")


def _wrong_type(key: Key, text: str) -> str:
    given = re.search(r"Value '(.*?)' (?:of type|could not|cannot|is not)", text)
    other = f", not {given.group(1)}" if given else ""
    return f"{key.name} must be {key.wanted}{other}. It is: {key.meaning}."
