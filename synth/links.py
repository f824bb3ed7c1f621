"""Links that look real: how each scheme is spelled, which hosts there are, how paths go on.

A link's length is drawn first and its path grown to it, so that lengths follow those of printed links.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from conf.schema.link import LinkConfig
from synth.chance import Chance
from synth.vocabulary import ADJECTIVES, ALPHANUMERIC, CITIES, NOUNS, SURNAMES, VERBS

SHORTEST = 18
"""No shorter link was counted, characters; short hosts may stay below."""

_LONGEST_OVER_LONG = 1.52  # the longest link counted, 135 characters, over the 95th percentile, 89
_KNOWN_SHARE, _PORT_SHARE, _ADDRESS_SHARE = 0.6, 0.02, 0.01
_TRIES = 3  # at a site that everybody prints and that has the length wanted
# Rough shares of public suffixes among printed links.
_SUFFIXES = {
    "com": 420, "org": 220, "net": 70, "io": 40, "edu": 40, "gov": 20, "de": 30, "co.uk": 25, "ac.uk": 18, "fr": 15,
    "nl": 12, "eu": 10, "info": 12, "dev": 12, "jp": 6, "ac.jp": 6, "co.jp": 6, "ch": 8, "us": 8, "it": 8, "es": 7,
    "ca": 9, "com.au": 9, "edu.au": 5, "at": 5, "se": 6, "no": 4, "fi": 4, "dk": 5, "pl": 5, "cz": 4, "be": 4,
    "com.br": 4, "co.in": 3, "gov.uk": 5, "org.uk": 6, "int": 3, "mil": 2, "biz": 3, "tv": 2, "me": 4, "co": 4,
    "app": 4, "ai": 4, "museum": 1, "blog": 2, "shop": 2, "cn": 3, "ru": 4, "kr": 2, "nz": 2, "ie": 3, "pt": 2,
}  # fmt: skip
_SUBDOMAINS = ("docs", "blog", "git", "en", "support", "dev", "help", "shop", "mail", "lists", "wiki", "news", "cs")
_PAGES = (
    "index.html", "index.php", "download", "docs", "about", "faq.html", "README", "paper.pdf", "wiki", "news",
    "manual.pdf", "index.htm", "default.asp", "setup.exe", "guide.html", "LICENSE", "slides.pdf", "data.csv",
)  # fmt: skip
_SHOP_PATH_SHARE = 0.15
_SHOP_PAGES = ("feedback", "survey", "menu", "shop", "care", "rewards", "club", "jobs", "contact", "tell-us", "terms")
_PORTS = {
    "tcp": (1883, 2375, 4444, 5432, 5555, 6379, 9092),
    "http": (8000, 8080, 3000),
    "https": (8443,),
    "ftp": (2121,),
}
_SHORTENERS = ("bit.ly", "goo.gl", "tinyurl.com", "t.co", "is.gd", "ow.ly", "youtu.be", "amzn.to")
# Words, and the suffixes that they stand before.
_LATIN_HOSTS = (
    ("bücher münchen zürich köln gemüse", "de ch com"), ("café garçon île forêt musée", "fr com"),
    ("español niño", "es com"), ("göteborg sjö", "se"), ("tromsø bøker", "no"), ("são-paulo pão", "com.br"),
)  # fmt: skip
_OTHER_HOSTS = (
    ("kraków książka łódź", "pl com"), ("kniha-příběh čeština", "cz"), ("βιβλία θάλασσα ελλάδα", "gr com ελ"),
    ("книга почта музей новости", "ru рф com"), ("книжка київ", "укр com"), ("東京 図書館 写真", "jp com"),
    ("书店 北京 新闻", "cn 中国 com"), ("서울 도서관", "kr 한국"),
)  # fmt: skip
_LANGUAGES = ("en", "en", "en", "de", "fr", "es", "simple")
_SEGMENTS = {
    "word": 40, "words": 24, "number": 7, "year": 6, "code": 8, "tilde": 3, "escape": 2, "name": 4, "date": 3,
    "capital": 3,
}  # fmt: skip


def link_text(scheme: str, config: LinkConfig, chance: Chance, longest: int | None = None) -> tuple[str, str]:
    """(text, prefix) of a link with that scheme.

    Args:
        scheme: one of `conf.schema.link.SCHEMES`.
        config: lengths and shares.
        chance: where choices come from.
        longest: characters that the place of the link offers; None where it may be broken.
    """
    prefix = "www." if scheme == "www" else f"{scheme}://"
    if config.host_share and chance.share(config.host_share):
        return _shop(prefix, config, chance)
    length = _length(config, chance) - len(prefix)
    if longest is not None:
        length = min(length, longest - len(prefix) - 6)
    slash, www = chance.share(config.trailing_slash_share), chance.share(config.after_scheme_www_share)
    if scheme == "tcp":
        rest = f"{_host(scheme, config, length, chance)}:{chance.one(_PORTS[scheme])}"
    elif scheme not in ("http", "https") or www:
        host = "www." if scheme in ("http", "https") else ""
        rest = _grown(host + _named_host(scheme, config, length, chance), length, slash, chance)
    else:
        rest = _site(scheme, config, length, slash, chance)
    if chance.share(config.upper_case_share):
        prefix = prefix.upper()
        rest = rest.upper() if scheme == "www" and "/" not in rest else rest
    return prefix + rest, prefix


def _shop(prefix: str, config: LinkConfig, chance: Chance) -> tuple[str, str]:
    """(text, prefix) as on receipts and cards: a host, now and then with a word behind it; all of it in capitals."""
    www = "www." if prefix != "www." and chance.share(2 * config.after_scheme_www_share) else ""
    text = prefix + www + domain(chance, 1 + int(chance.share(0.5)))
    if chance.share(_SHOP_PATH_SHARE):
        text += "/" + chance.one(_SHOP_PAGES)
    elif chance.share(config.trailing_slash_share):
        text += "/"
    upper = chance.share(config.upper_case_share)
    return (text.upper(), prefix.upper()) if upper else (text, prefix)


def domain(chance: Chance, parts: int | None = None) -> str:
    """A host without `www.`, as `blue-harbor.org`; of that many words, or of one to three."""
    count = parts or 1 + int(chance.share(0.45)) + int(chance.share(0.1))
    name = chance.one(("", "", "", "-")).join(chance.one(_HOST_WORDS) for _ in range(count))
    sub = chance.one(_SUBDOMAINS) + "." if parts is None and chance.share(0.15) else ""
    return f"{sub}{name}.{chance.pick(_SUFFIXES)}"


def code(chance: Chance, low: int, high: int) -> str:
    """Between so many letters and digits without a meaning."""
    return "".join(chance.one(ALPHANUMERIC) for _ in range(chance.whole((low, high))))


def doi(chance: Chance) -> str:
    """A digital object identifier, as `10.1145/3292500.3330701`."""
    registrant, journal = chance.whole((1001, 9999)), chance.one(NOUNS)[:4]
    return chance.one(
        (
            f"10.{registrant}/{chance.whole((100000, 9999999))}.{chance.whole((1000, 9999999))}",
            f"10.{registrant}/j.{journal}.{chance.whole((1995, 2025))}.{chance.whole((1, 12)):02}.0{chance.below(99)}",
            f"10.{registrant}/s{chance.whole((10000, 99999))}-0{chance.whole((10, 25))}-{chance.whole((1000, 9999))}-"
            f"{chance.below(10)}",
            f"10.{registrant}/978-3-{chance.whole((100, 999))}-{chance.whole((10000, 99999))}-{chance.below(10)}",
        )
    )


_HOST_WORDS = (*NOUNS, *NOUNS, *NOUNS, *ADJECTIVES, *(name.lower() for name in (*SURNAMES, *CITIES)))


def _length(config: LinkConfig, chance: Chance) -> int:
    """Log-logistic through the median and the 95th percentile, and no longer than the longest link counted."""
    exponent = math.log(config.long_length / config.median_length) / math.log(19)
    drawn = chance.between((0.001, 0.999))
    length = config.median_length * (drawn / (1 - drawn)) ** exponent
    return int(max(SHORTEST, min(length, _LONGEST_OVER_LONG * config.long_length)))


def _host(scheme: str, config: LinkConfig, length: int, chance: Chance) -> str:
    """A host as it is printed after that scheme, sometimes a number."""
    if chance.share(_ADDRESS_SHARE):
        return ".".join(str(chance.whole((1, 254))) for _ in range(4))
    return _named_host(scheme, config, length, chance)


def _named_host(scheme: str, config: LinkConfig, length: int, chance: Chance) -> str:
    """A host with a name, of few words where there is little room."""
    if chance.share(config.international_share):
        return chance.one(_international())
    port = f":{chance.one(_PORTS[scheme])}" if scheme in ("http", "https", "ftp") and chance.share(_PORT_SHARE) else ""
    prefix = "ftp." if scheme == "ftp" and chance.share(0.7) else ""
    return prefix + domain(chance, 1 if length < 22 else None) + port


def _site(scheme: str, config: LinkConfig, length: int, slash: bool, chance: Chance) -> str:
    """Host and path: of a site that everybody prints where that has the length wanted, or of one made up."""
    for _ in range(0 if slash else _TRIES):
        known = chance.one(_KNOWN)(chance)
        if abs(len(known) - length) <= 5 and chance.share(_KNOWN_SHARE):
            return known
    return _grown(_host(scheme, config, length, chance), length, slash, chance)


def _grown(host: str, length: int, slash: bool, chance: Chance) -> str:
    """The host with a path that brings both to about that length."""
    ending = "/" if slash else _ending(chance) if length - len(host) > 16 else ""
    text, room = host, length - len(ending)
    while room - len(text) > 3:
        text += "/" + _segment(chance, room - len(text))
    return text + ending


def _ending(chance: Chance) -> str:
    """What a path ends in: a page's name, a query, a fragment, or nothing of its own."""
    way = chance.between((0, 1))
    if way < 0.2:
        return f"/{chance.one(_PAGES)}"
    if way < 0.26:
        return f"#{chance.one(NOUNS)}"
    return _query(chance) if way < 0.36 else ""


def _query(chance: Chance) -> str:
    query = f"?{chance.one(('id', 'q', 'page', 'v', 'ref', 'p', 'item'))}={code(chance, 3, 11)}"
    if chance.share(0.3):
        query += f"&{chance.one(('lang', 'sort', 'n'))}={chance.one(('en', 'de', '10', 'asc'))}"
    return query


def _segment(chance: Chance, room: int) -> str:
    kind = chance.pick(_SEGMENTS) if room > 11 else chance.one(("word", "year", "number"))
    return _joined_words(chance, min(4, room // 6)) if kind == "words" else _SEGMENT[kind](chance)


def _joined_words(chance: Chance, most: int = 4) -> str:
    sign = chance.one(("-", "-", "_", ""))
    return sign.join(chance.one((chance.one(NOUNS), chance.one(VERBS))) for _ in range(chance.whole((2, most))))


_SEGMENT: dict[str, Callable[[Chance], str]] = {
    "word": lambda chance: chance.one(NOUNS),
    "number": lambda chance: str(chance.whole((1, 99999))),
    "year": lambda chance: str(chance.whole((1994, 2026))),
    "code": lambda chance: code(chance, 5, 9),
    "tilde": lambda chance: "~" + chance.one(SURNAMES).lower(),
    "escape": lambda chance: f"{chance.one(NOUNS)}%20{chance.one(NOUNS)}",
    "name": lambda chance: chance.one(SURNAMES).lower(),
    "date": lambda chance: f"{chance.whole((1999, 2026))}/{chance.whole((1, 12)):02}/{chance.whole((1, 28)):02}",
    "capital": lambda chance: chance.one(NOUNS).capitalize() + chance.one(NOUNS).capitalize(),
}


def _repository(chance: Chance) -> str:
    host = chance.one(("github.com", "github.com", "github.com", "gitlab.com", "codeberg.org"))
    more = chance.one(("", "", "/wiki", "/releases", f"/issues/{chance.whole((1, 4000))}", "/blob/main/README.md"))
    return f"{host}/{chance.one(NOUNS)}{chance.one(('', '-', 'hq'))}/{_joined_words(chance)}{more}"


def _encyclopedia(chance: Chance) -> str:
    title = "_".join([chance.one(ADJECTIVES).capitalize(), *(chance.one(NOUNS) for _ in range(chance.whole((1, 3))))])
    title = chance.one((title, title, f"{chance.one(SURNAMES)}%27s_{chance.one(NOUNS)}", chance.one(CITIES)))
    return f"{chance.one(_LANGUAGES)}.wikipedia.org/wiki/{title}"


_KNOWN: tuple[Callable[[Chance], str], ...] = (
    _repository,
    _repository,
    _encyclopedia,
    lambda chance: f"{chance.one(('doi.org', 'doi.org', 'dx.doi.org'))}/{doi(chance)}",
    lambda chance: f"arxiv.org/abs/{chance.whole((7, 25)):02}{chance.whole((1, 12)):02}.{chance.below(20000):05}",
    lambda chance: f"{chance.one(_SHORTENERS)}/{code(chance, 6, 8)}",
    lambda chance: f"{chance.one(_SHORTENERS)}/{code(chance, 6, 8)}",
    lambda chance: f"pypi.org/project/{chance.one(NOUNS)}-{chance.one(NOUNS)}",
    lambda chance: f"docs.python.org/3/library/{chance.one(NOUNS)}.html#{chance.one(NOUNS)}.{chance.one(VERBS)}",
    lambda chance: f"stackoverflow.com/questions/{chance.whole((10000, 79999999))}/{_joined_words(chance)}",
    lambda chance: f"tools.ietf.org/html/rfc{chance.whole((700, 9400))}",
    lambda chance: f"archive.org/details/{_joined_words(chance)}{chance.whole((1, 99)):02}",
)


@cache
def _international() -> tuple[str, ...]:
    """Hosts with letters beyond ASCII: spelled with them where every font has those, and as machines do (RFC 3492)."""
    latin = [f"{word}.{end}" for words, ends in _LATIN_HOSTS for word in words.split() for end in ends.split()]
    others = [f"{word}.{end}" for words, ends in _OTHER_HOSTS for word in words.split() for end in ends.split()]
    # The codec follows IDNA 2003 with tables of its own, so that every Python spells alike.
    return (*latin, *(host.encode("idna").decode() for host in (*latin, *latin, *others)))
