"""What chance chooses for a page follows the configuration, and each printed prefix is in the truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conf import UserError
from conf.schema.link import DECOYS, LinkConfig
from conf.schema.synth import SynthConfig
from synth import fonts, words
from synth.chance import Chance
from synth.fonts import faces
from synth.recipe import BLACK, Link, Recipe, Span, Word
from synth.sample import sample
from synth.sampling.formulas import SIGNS
from synth.sampling.inserts import Inserts
from tests.synth.conftest import Compose

PAGES = ("textbook", "paperback", "manual", "magazine", "paper", "notes", "receipt", "card")


def _recipes(config: SynthConfig, count: int) -> Iterator[Recipe]:
    return (sample(config, index) for index in range(count))


def _texts(recipe: Recipe) -> Iterator[tuple[Span, ...]]:
    """Everything printed on a page, in spans that touch each other."""

    def spans(word: Word) -> tuple[Span, ...]:
        return (Span(word),) if isinstance(word, str) else word

    for block in (*recipe.blocks, *recipe.footnotes):
        yield (Span(block.label),)
        yield from block.lines
        yield from ((*term.spans, Span(term.raised), Span(term.lowered), *term.under) for term in block.formula)
        yield from (spans(word) for row in block.cells for cell in row for word in cell)
        yield from (spans(word) for word in block.words)
    yield (Span(recipe.layout.running_head or ""),)


def _kinds(recipe: Recipe) -> Counter[str]:
    return Counter(block.kind for block in (*recipe.blocks, *recipe.footnotes))


@pytest.mark.parametrize("count", [60, pytest.param(600, marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", PAGES)
def test_each_link_is_printed_once_and_no_prefix_without_a_link(composed: Compose, page: str, count: int) -> None:
    config = composed(f"page={page}", "link=dense", "link.decoys_per_page=[0,12]")
    for recipe in _recipes(config, count):
        printed: list[int] = []
        for touching in _texts(recipe):
            rest = "".join("\0" if span.link is not None else span.text for span in touching)
            assert not words.PREFIX.search(rest), rest
            assert set(rest) <= words.PRINTABLE | {" ", "\0", *SIGNS}, rest
            for span in touching:
                if span.link is not None:
                    printed.append(span.link)
                    assert span.text == recipe.links[span.link].text
        assert sorted(printed) == list(range(len(recipe.links)))


def test_links_stand_in_the_kind_of_block_that_they_are_chosen_for(composed: Compose) -> None:
    config = composed("page=paper", "link=dense", "page.code_share=0.5", "link.place_weights={text:1,footnote:1,"
                      "bibliography:1,code:1,table:1,caption:1}")  # fmt: skip
    kinds = {"footnote": {"footnote"}, "bibliography": {"entry"}, "code": {"code"}, "table": {"table"},
             "caption": {"caption"}, "text": {"paragraph", "item", "quote"}}  # fmt: skip
    seen: Counter[str] = Counter()
    for recipe in _recipes(config, 150):
        for block in (*recipe.blocks, *recipe.footnotes):
            alone = replace(recipe, blocks=(block,), footnotes=())
            for span in (span for touching in _texts(alone) for span in touching if span.link is not None):
                place = recipe.links[span.link or 0].place
                assert block.kind in kinds[place]
                seen[place] += 1
    assert min(seen[place] for place in kinds) > 20


def test_schemes_are_those_asked_for_in_their_shares(composed: Compose) -> None:
    config = composed("link=dense", "link.schemes=[https,ftp]", "link.scheme_weights={https:3,ftp:1}")
    counted = Counter(link.scheme for recipe in _recipes(config, 150) for link in recipe.links)
    assert set(counted) == {"https", "ftp"}
    assert 2.4 < counted["https"] / counted["ftp"] < 3.8


def test_looks_come_in_their_shares_and_the_links_of_a_page_look_alike(composed: Compose) -> None:
    pages = [recipe.links for recipe in _recipes(composed("link.per_page=[3,5]", "link.empty_share=0"), 350)]
    texts = [link for links in pages for link in links if link.place == "text"]

    def share(trait: list[bool]) -> float:
        return sum(trait) / len(trait)

    assert 0.15 < share([link.ink[2] > link.ink[0] or link.ink[0] > 0.1 for link in texts]) < 0.25
    assert 0.12 < share([link.bracket != "" for link in texts]) < 0.20
    assert 0.03 < share([link.underline != "none" for link in texts]) < 0.09
    assert 0.004 < share([link.hyphen for link in texts]) < 0.02
    assert 0.13 < share([link.style == "italic" for link in texts]) < 0.23
    assert share([len({link.ink for link in links}) == 1 for links in pages]) > 0.6


@pytest.mark.parametrize(
    ("key", "kind"),
    [("footnote_share", "footnote"), ("code_share", "code"), ("table_share", "table"), ("bibliography_share", "entry")],
)
def test_a_page_has_what_its_shares_say(composed: Compose, key: str, kind: str) -> None:
    alone = "page.bibliography_alone_share=0"
    for share, least, most in ((0.0, 0, 0), (1.0, 0.85, 1), (0.4, 0.22, 0.56)):
        config = composed(f"page.{key}={share}", alone, "link=none")
        assert least <= sum(_kinds(recipe)[kind] > 0 for recipe in _recipes(config, 70)) / 70 <= most


def test_layouts_follow_the_configuration(composed: Compose) -> None:
    styles = "page.heading_style_weights={bold:0,roman:0,smallcaps:0,italic:1}"
    shares = (f"page.{key}" for key in ("two_column_share=1", "heading_centred_share=1", "page_number_share=0"))
    config = composed(
        "page=magazine", "page.script_share=0", "page.body_pt=[9,9.5]", "page.tracked_share=0", styles, *shares
    )
    for recipe in _recipes(config, 30):
        layout = recipe.layout
        assert layout.columns == 2 and 9 <= layout.body_pt <= 9.5 and layout.tracking == 0
        assert (
            layout.heading_style == "italic"
            and layout.heading_centred
            and layout.page_number is None
            and layout.folio == "none"
        )
        assert (layout.indent == 0) != (layout.paragraph_gap == 0)


def test_script_families_set_the_share_of_pages_asked_for(composed: Compose) -> None:
    def kinds(*overrides: str) -> Counter[str]:
        config = composed("page=notes", *overrides)
        families = fonts.library(config.font)
        layouts = [recipe.layout for recipe in _recipes(config, 60)]
        scripts = [layout for layout in layouts if families[layout.body_family].kind == "script"]
        assert not any(layout.justified or layout.tracking for layout in scripts)
        return Counter(families[layout.body_family].kind for layout in layouts)

    assert kinds("page.script_share=0")["script"] == 0
    assert 12 <= kinds("page.script_share=0.4")["script"] <= 36
    alone = kinds("page.script_share=1", "page.sans_share=0", "page.mono_share=0", "font.exclude=[Caveat*,Kalam,Dan*]")
    assert alone == {"serif": 60}  # no script is left


def test_an_ordinary_page_has_words_enough_to_fill_it(composed: Compose) -> None:
    plain = ("page.figure_share=0", "page.table_share=0", "page.bibliography_share=0", "page.code_share=0")
    for recipe in _recipes(composed("page=textbook", *plain), 60):
        assert sum(len(block.words) for block in recipe.blocks) > 300


def test_numbers_run_on_and_marks_stand_for_each_note_in_order(composed: Compose) -> None:
    config = composed("page.footnote_share=1", "page.list_share=0.5", "page.bibliography_share=0")
    nested = set()
    for recipe in _recipes(config, 60):
        raised = ["".join(span.text for span in word if span.style == "superscript") for block in recipe.blocks
                  for word in block.words if not isinstance(word, str)]  # fmt: skip
        marks = [int(mark) for together in raised if together for mark in together.split(",")]
        assert marks == list(range(1, len(recipe.footnotes) + 1))
        assert [note.label for note in recipe.footnotes] == [str(mark) for mark in marks]
        counted: dict[int, list[str]] = {}
        for block in recipe.blocks:
            if block.kind != "item":
                counted = {}
                continue
            if block.level == 1:
                counted[2] = []  # what is nested begins anew
            labels = counted.setdefault(block.level, [])
            labels.append(block.label.strip("().").translate(str.maketrans("abcde", "12345")))
            assert labels in ([labels[0]] * len(labels), [str(n + 1) for n in range(len(labels))])
            nested.add(block.level)
    assert nested == {1, 2}


def test_tables_have_lines_around_each_cell_in_their_share(composed: Compose) -> None:
    rules = Counter(recipe.layout.table_rules for recipe in _recipes(composed("page.table_grid_share=0.3"), 60))
    assert 8 <= rules["grid"] <= 30 and rules["book"] == 60 - rules["grid"]


def test_formulas_stand_where_one_reckons_and_in_signs_that_the_type_has(composed: Compose) -> None:
    config = composed("page=paper", "page.equation_share=1", "page.bibliography_share=0")
    families, kinds = fonts.library(config.font), Counter[str]()
    for recipe in _recipes(config, 40):
        family = families[recipe.layout.body_family]
        for block in (block for block in recipe.blocks if block.kind == "equation"):
            for span in (span for term in block.formula for span in (*term.spans, *term.under)):
                assert family.font(span.style).has(span.text)
                kinds[span.style] += 1
            assert all(family.font("roman").has(term.raised + term.lowered) for term in block.formula)
            kinds["fraction"] += any(term.under for term in block.formula)
    assert min(kinds[kind] for kind in ("italic", "roman", "large", "superscript", "fraction")) > 5
    novels = composed("page.equation_share=1", "page.technical_share=0", "page.code_share=0", "page.table_share=0")
    assert all(block.kind != "equation" for recipe in _recipes(novels, 20) for block in recipe.blocks)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_notes_stand_on_their_share_of_pages(composed: Compose, share: float) -> None:
    config = composed(f"page.aside_share={share}", "page.bibliography_share=0", "page.aside_coloured_share=1")
    recipes = list(_recipes(config, 40))
    noted = sum(any(block.kind == "aside" for block in recipe.blocks) for recipe in recipes)
    assert noted == 40 * share if share in (0, 1) else 10 <= noted <= 30
    assert all(recipe.layout.aside_ink != BLACK for recipe in recipes)


@pytest.mark.parametrize("bracket", ["", "("])
def test_no_link_and_no_look_alike_tears_a_clause_apart(bracket: str) -> None:
    clauses = ["Dr. Low saw it first,", "as all of them knew;", "then it was gone.", "Nobody came back.", "Why not?"]
    config = LinkConfig(decoys_per_page=[1, 2], decoy_weights={k: float(k != "underlined") for k in DECOYS})
    link = Link("https://example.org", "https://", "https", "roman", BLACK, bracket=bracket)
    places = set()
    for number in range(300):
        said: list[Word] = [*" ".join(clauses).split()]
        letters = Inserts(config, {0: link}, 1, 10.0, Chance(0, number, "places")).put(said, 10.0)
        text = " ".join(w if isinstance(w, str) else "".join(span.text for span in w) for w in said)
        assert all(clause.rstrip(",;.?") in re.sub(r"(?<=[a-z.,])1\b", "", text) for clause in clauses), text
        assert text.count("https://example.org") == 1
        assert abs(len(text) - len(" ".join(clauses)) - letters) <= 3
        places.add(text.index("https"))
    assert len(places) > 10


def test_other_links_leave_the_layout_as_it_was(composed: Compose) -> None:
    dense, none = composed("link=dense"), composed("link=none", "camera=scan")
    for index in range(20):
        some, other = sample(dense, index), sample(none, index)
        assert some.layout == other.layout and some.paper == other.paper


def test_a_recipe_depends_on_nothing_but_configuration_seed_and_index(composed: Compose) -> None:
    config = composed("page=paper")
    once = [sample(config, index) for index in range(12)]
    assert [sample(config, index) for index in reversed(range(12))] == once[::-1]
    assert sample(replace(config, seed=1), 0) != once[0] != once[1]


def test_a_users_text_fills_the_page_without_its_links(composed: Compose, tmp_path: Path) -> None:
    text = tmp_path / "novel.txt"
    text.write_text("Call me Ishmael. See https://example.org now. Some years ago I sailed.")
    config = composed(f"page.text_file={text}", "link=none", "link.decoys_per_page=[0,0]", "page.emphasis_share=0")
    said = {word for block in sample(config, 0).blocks if block.kind == "paragraph" for word in block.words}
    assert said == {"Call", "me", "Ishmael.", "Some", "years", "ago", "I", "sailed."}


def test_a_users_letters_choose_the_fonts(composed: Compose, tmp_path: Path) -> None:
    text = tmp_path / "novel.txt"
    text.write_text("Все счастливые семьи похожи друг на друга.")
    config = composed(f"page.text_file={text}", "link.decoys_per_page=[0,0]")
    families = fonts.library(config.font)
    for recipe in _recipes(config, 20):
        named = {recipe.layout.body_family, recipe.layout.heading_family, recipe.layout.mono_family}
        assert all(not faces.lacking(f, set("Всечтливый")) for name in named for f in families[name].fonts.values())
    assert any("счастливые" in block.words for block in recipe.blocks)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("camera.tilt_deg=[-200,0]", "camera.tilt_deg=-200 is out of range: -180 to 180."),
        ("camera.tilt_deg=[5,-5]", "camera.tilt_deg=[5,-5] is no interval"),
        ("link.schemes=[gopher]", "link.schemes='gopher' is not one of"),
        ("link.schemes=[]", "link.schemes is empty"),
        ("link.scheme_weights.gopher=1", "link.scheme_weights has no entry gopher"),
        ("link.decoy_weights.joke=1", "link.decoy_weights has no entry joke"),
        ("link.place_weights.margin=1", "link.place_weights has no entry margin"),
        ("link.long_length=30", "link.long_length=30 must exceed link.median_length"),
        ("page.script_share=0.9", "page.sans_share, mono_share and script_share together exceed 1"),
        ("page.figure_weights.map=1", "page.figure_weights has no entry map"),
        ("page.kind=poster", "page.kind='poster' is not one of book, receipt, card."),
        ("page.margin_pt=[300,300]", "leaves too little of a page"),
        ("show=true", "show=true needs index=N"),
    ],
)
def test_values_out_of_range_are_refused_by_name(composed: Compose, override: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        composed(override)
    assert sentence in str(refused.value)
