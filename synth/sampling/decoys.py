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


def phrase(kind: str, chance: Chance) -> str:
    """What is said around a look-alike, with § in its place."""
    return chance.one(_PHRASES[kind])


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
_STROKES = (
    "and/or", "he/she", "{noun}/{noun}", "{Noun}/{Noun}", "{noun}/", "/{noun}/", "{small}/{small}/{year}",
    "{number}/{small}", "1/{small}", "km/h", "I/O", "c/o", "24/7", "{noun}/{noun}/{noun}", "{surname}/{surname}",
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
    "stroke": lambda chance: manual.fill(chance.one(_STROKES), chance),
}
# None of `www` and its like stands before a full stop: that would print our prefix.
_PHRASES = {
    "word": (
        "The § module does this by default.", "Most of it goes over § nowadays.", "The letters § may be left out.",
        "Both § and its successors are in use.", "It needs a § server.", "(Here § is meant.)", "What does § stand for?",
    ),
    "version": ("It is served over §.", "Older machines speak § only.", "All of it needs §.", "(As in §.)"),
    "slashes": ("The signs § stand between the two.", "What precedes § is the scheme.", "Type § and then the name."),
    "misspelled": ("It was printed as § by mistake.", "Beware of § and similar misprints.", "(Not § as some write.)"),
    "email": (
        "Write to § for a copy.", "Send corrections to §.", "(Contact: §)", "Questions are answered at §.",
        "The author can be reached at §.", "Orders: §.",
    ),
    "mailto": ("The address is §.", "A click on § opens a letter.", "Questions: §."),
    "path": ("The list is kept in §.", "Look into § first.", "Everything is written to §.", "(On most systems §.)"),
    "drive": ("On Windows, look into §.", "Copy it to § first.", "The folder is §."),
    "namespace": ("This is what § does.", "Call § first.", "(Compare §.)", "The work is done by §."),
    "time": ("It began at § in the morning.", "The doors open at §.", "(At § by local time.)", "By § all was over."),
    "ratio": ("The ratio was about §.", "The map is drawn at a scale of §.", "(The odds were §.)"),
    "port": ("It listens on §.", "Connect to § from the same machine.", "By default this is §."),
    "domain": (
        "The site § has more.", "It was first published on §.", "(Courtesy of §.)", "Ask at §.", "Source: §.",
        "See § for a list.", "Pictures by §.", "According to §, this is common.", "Search for it on §.",
    ),
    "scheme": ("Clone it from §.", "Addresses such as § work too.", "It is mirrored at §."),
    "stroke": (
        "In print this is §.", "It was given as § at the time.", "The entry reads §.", "(Formerly §.)",
        "Filed under §.", "They wrote § in the margin.",
    ),
}  # fmt: skip
