"""Listings of code: frames of a few languages with slots, full of slashes and colons that are no links.

In a frame, `§` stands where a link may be printed; frames without it make the rest of a listing.
"""

from __future__ import annotations

from collections.abc import Sequence

from conf.schema.page import PageConfig
from synth import manual
from synth.chance import Chance
from synth.recipe import Block, Link, Span

_LINK = "§"

_PARTS: dict[str, tuple[str, ...]] = {
    "python": (
        "import {noun}|from {noun} import {noun}, {noun}",
        "import http.client|import urllib.request",
        "class {Noun}{Noun}:|    \"\"\"The {adjective} {noun}.\"\"\"||    def {verb}(self, {noun}):|        "
        "return self.{noun}[{number}:]",
        "def {verb}_{noun}({noun}, size={number}):|    # {Verb} the {adjective} {noun}.|    for {noun} in range(size):|"
        "        {noun}.{verb}({noun})|    return {noun}",
        "scheme, rest = {noun}.split(\"://\", 1)|if \"//\" in rest:|    raise ValueError(rest)",
        "response = http.get({noun}, timeout={number})|print(response.{noun})",
        "{noun} = {noun}.{verb}({number} // {small})|assert {noun} != {decimal}",
    ),
    "shell": (
        "$ cd /usr/local/{noun}|$ {verb} --{noun}={number} {noun}.txt",
        "$ ls -l /etc/{noun}|-rw-r--r-- 1 root root {number} {noun}.conf",
        "$ grep -c {noun} /var/log/{noun}.log|{number}",
        "$ sudo apt-get install {noun}-{noun}|Reading package lists... Done",
        "for f in *.{noun}; do|    {verb} -o \"$f\" | sort // 2>/dev/null|done",
        "export {NOUN}_HOME=/opt/{noun}:/opt/{noun}|echo $?",
        "$ ssh {noun}@{noun}.local -p {number}|$ scp {noun}.tgz {noun}@{noun}:/tmp",
    ),
    "c": (
        "#include <{noun}.h>|#include \"{noun}/{noun}.h\"",
        "// {Verb} the {adjective} {noun}.|static int {verb}_{noun}(struct {noun} *{noun})|{|    int i = {number};||"
        "    while (i-- > 0)|        {noun}_{verb}({noun}, i);|    return 0;|}",
        "std::{noun}::{verb}(&{noun}, {number});  // {adjective} {noun}",
        "/* {Noun}: {verb} before {noun}. */|#define {NOUN}_{NOUN} 0x{number}",
        "printf(\"%s://%s:%d\\n\", {noun}, {noun}, {number});",
        "if ({noun} == NULL || {noun}->{noun} > {number}) {|    goto {noun};  // {verb}|}",
    ),
    "javascript": (
        "const {noun} = require('{noun}/{noun}');",
        "// {Verb} every {noun}|{noun}.forEach(({noun}) => {|  {noun}.{verb}({noun}, {number});|});",
        "function {verb}{Noun}({noun}, {noun}) {|  return {noun} + '://' + {noun}; // {adjective}|}",
        "http.get(options, (res) => {|  console.log(res.{noun});|});",
        "let {noun} = {noun} ? {number} : {decimal};",
        "if (!{noun}.match(/^[a-z]+:\\/\\//)) {|  throw new Error('{adjective} {noun}');|}",
    ),
    "markup": (
        "<div class=\"{noun} {noun}\">|  <p>{Noun} {noun}</p>|</div>",
        "<meta http-equiv=\"{noun}\" content=\"{number}\">",
        "<script src=\"//{noun}/{noun}.js\"></script>",
        "<ul id=\"{noun}\">|  <li>{Adjective} {noun}</li>|  <li>{Adjective} {noun}</li>|</ul>",
        "<!-- {Verb} the {noun} // {year} -->|<img src=\"/{noun}/{noun}.png\" alt=\"{noun}\"/>",
        "<{noun}:{noun} {noun}=\"{number}\"/>",
    ),
    "settings": (
        "[{noun}]|{noun} = {number}|{noun}_{noun} = {adjective}",
        "{noun}:|  {noun}: {number}|  {noun}: \"{adjective}\"|  - {noun}|  - {noun}",
        "# {Adjective} {noun}|proxy_protocol = https|port = {number}",
        "Listen {number}|DocumentRoot \"/srv/{noun}/{noun}\"",
        "database: jdbc:{noun}:{noun}@{noun}:{number}",
        "; {verb} the {noun}|path = C:\\{noun}\\{noun}",
    ),
}  # fmt: skip

_WITH_LINK: dict[str, tuple[str, ...]] = {
    "python": ("# See §", "URL = \"§\"", "# §", "requests.get('§')", "    # Taken from §|    pass", "open_page(\"§\")"),
    "shell": ("$ curl -O §", "$ wget §", "# §", "$ git clone §", "$ curl -s §|{number} {noun}", "curl §"),
    "c": ("// see §", " * §|*/", "// §", "    {verb}(\"§\");", "/* § */"),
    "javascript": ("// see §", "fetch('§');", "const {noun} = '§';", "// §", "  * @see §"),
    "markup": ("<a href=\"§\">", "<!-- § -->", "<link rel=\"{noun}\" href=\"§\">", "<{noun}>§</{noun}>"),
    "settings": ("{noun} = §", "# §", "  url: §", "base: \"§\"", "homepage = §"),
}  # fmt: skip


def listing(page: PageConfig, columns: int, links: Sequence[tuple[int, Link]], chance: Chance) -> Block:
    """A listing of lines that fit into so many columns, with these links (number and link) in it."""
    language = chance.pick(page.code_weights)
    frames = [chance.one(_PARTS[language]) for _ in range(chance.whole((1, 3)))]
    waiting = list(links)
    for _ in links:
        frames.insert(chance.below(len(frames) + 1), chance.one(_WITH_LINK[language]))
    lines = (line for frame in frames for line in manual.fill(frame, chance).split("|"))
    return Block("code", lines=tuple(_line(line, columns, waiting) for line in lines))


def _line(text: str, columns: int, waiting: list[tuple[int, Link]]) -> tuple[Span, ...]:
    """One line, its link put in, cut where it would be too long; a long link stands on it nearly alone."""
    before, is_link, after = text.partition(_LINK)
    if not is_link:
        return (Span(_cut(text, columns), "mono"),)
    number, link = waiting.pop(0)
    room = columns - len(link.text)
    if len(before) + len(after) > room:
        before, after = before[: max(room, 0)] if before.startswith(("#", "/")) else "", ""
    spans = (Span(before, "mono"), Span(link.text, "mono", number), Span(after, "mono"))
    return tuple(span for span in spans if span.text)


def _cut(text: str, columns: int) -> str:
    """A line no longer than that, without its last words where it was."""
    return text if len(text) <= columns else text[:columns].rpartition(" ")[0] or text[:columns]
