"""Look-alikes: what a careless detector, or a careless reader, takes for a link.

None holds a prefix of ours: bare domains and other schemes (`git://`) count as no link.
"""

from __future__ import annotations

from collections.abc import Callable

from synth import links, manual
from synth.chance import Chance
from synth.recipe import Span
from synth.vocabulary import NOUNS, SURNAMES

_FOLDERS = ("usr", "etc", "home", "var", "opt", "dev", "tmp", "media")
_ENDS = ("html", "txt", "conf", "py", "log", "pdf", "tar.gz")


def decoy(kind: str, chance: Chance) -> Span:
    """A word of that kind, one of `conf.schema.link.DECOYS`."""
    if kind == "underlined":
        return Span(chance.one(NOUNS), chance.one(("roman", "bold")), underline=chance.one(("thin", "thick", "low")))
    return Span(_MAKERS[kind](chance), chance.one(_STYLES.get(kind, _ANY)))


def email(chance: Chance) -> str:
    """An address, as `j.brown@harbor.org`."""
    name = chance.one((chance.one(SURNAMES).lower(), "info", "support", chance.one(NOUNS)))
    return f"{chance.one(('', '', 'j.', 'anna.', 'm_'))}{name}@{links.domain(chance)}"


_ANY = ("roman", "mono", "italic")
_STYLES = {
    "word": ("roman", "roman", "mono", "bold"),
    "version": ("roman", "mono"),
    "time": ("roman",),
    "ratio": ("roman",),
    "path": ("mono", "mono", "italic"),
    "drive": ("mono",),
    "namespace": ("mono",),
}
_WORDS = ("HTTP", "http", "https", "HTTPS", "ftp", "FTP", "TCP", "tcp", "www", "WWW")
_VERSIONS = ("HTTP/1.1", "HTTP/2", "HTTP/3", "TCP/IP", "HTTP/1.0", "HTTPS/TLS", "http-equiv")
_SLASHES = ("://", "//", "/", ":/", ":", "//{noun}", "///{noun}")
_MISSPELLED = (
    "ttps", "htp:", "htttp", "https:", "http:/", "hxxp", "ttp:/", "wwww", "ww.", "vvv.", "https-{noun}", "http_{noun}",
)  # fmt: skip
_SCHEMES = ("git", "ssh", "file", "ws", "s3", "irc")
_MAKERS: dict[str, Callable[[Chance], str]] = {
    "word": lambda chance: chance.one(_WORDS),
    "version": lambda chance: chance.one(_VERSIONS),
    "slashes": lambda chance: manual.fill(chance.one(_SLASHES), chance),
    "misspelled": lambda chance: manual.fill(chance.one(_MISSPELLED), chance),
    "email": email,
    "mailto": lambda chance: f"mailto:{email(chance)}",
    "path": lambda chance: f"/{chance.one(_FOLDERS)}/{chance.one(NOUNS)}/{chance.one(NOUNS)}.{chance.one(_ENDS)}",
    "drive": lambda chance: manual.fill(f"{chance.one('CDEF')}:\\{{Noun}}\\{{noun}}", chance),
    "namespace": lambda chance: manual.fill("{noun}::{verb}()", chance),
    "time": lambda chance: f"{chance.below(24)}:{chance.below(60):02}",
    "ratio": lambda chance: f"{chance.whole((1, 9))}:{chance.whole((1, 100))}",
    "port": lambda chance: f"{chance.one(('localhost', chance.one(NOUNS)))}:{chance.whole((10, 9999))}",
    "domain": lambda chance: links.domain(chance) + chance.one(("", "", f"/{chance.one(NOUNS)}")),
    "scheme": lambda chance: f"{chance.one(_SCHEMES)}://{links.domain(chance)}",
}
