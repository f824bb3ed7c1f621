"""Each kind of wrong value, as a user may type it, and the sentence that they read."""

from __future__ import annotations

import hydra
import pytest

from conf.app import composed
from conf.mistakes import explain
from conf.overrides import opened
from conf.schema.data_merge import MergeConfig
from conf.schema.data_pdf import PdfConfig
from conf.schema.synth import SynthConfig
from conf.verbs import dispatch

INTERVAL = "x-height of the body text in the picture, pixels [2 to 80]"


def said(*overrides: str) -> str:
    with pytest.raises(Exception) as refused:
        composed("synth", SynthConfig, overrides)
    return explain(refused.value, SynthConfig) or ""


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("cam=scan", "There is no key cam; did you mean camera?"),
        ("x_height_px=12", "There is no key x_height_px; did you mean camera.x_height_px?"),
        ("camera.tilt=3", "There is no key camera.tilt; did you mean camera.tilt_deg"),
        ("link.scheme=https", "There is no key link.scheme; did you mean link.schemes or link.scheme_weights?"),
        ("+seed=4", "seed is there already; leave out the +."),
        ("camera=", "camera= is not known; it can be: none, phone, rough, scan."),
        ("camera=scan,phone", "camera=scan,phone names several values; write one, or add --multirun"),
        ("count", "'count' is not understood: write key=value, with no blank at the sign."),
        ("count=0", "count=0 is out of range: 1 to 100,000,000."),
        ("count=1.5", "count must be a whole number, not 1.5. It is: pages to render [1 to 100,000,000]."),
        ("camera.x_height_px=big", f"camera.x_height_px must be two numbers, [low,high], not big. It is: {INTERVAL}"),
        ("camera.x_height_px=[30,8]", "camera.x_height_px=[30,8] is no interval: write [low,high], the lower first."),
        ("camera.x_height_px=[1,8]", "camera.x_height_px=1 is out of range: 2 to 80."),
        ("camera.x_height_px={a: 1}", f"camera.x_height_px must be two numbers, [low,high]. It is: {INTERVAL}."),
        ("link.schemes=gopher", "link.schemes='gopher' is not one of https, http, ftp, tcp, www."),
        ("page.figures_per_page=1.5", "page.figures_per_page must be two whole numbers, [low,high], not 1.5."),
        ("ground.kind_weights.wood=-1", "ground.kind_weights.wood=-1 is out of range: at least 0."),
        ("ground.kind_weights=wood", "ground.kind_weights must be a mapping, {name: value}."),
        ("show=maybe", "show must be true or false, not maybe."),
        ("out=a (1)", "'out=a (1)' is not understood: write key=value, close brackets and quotes, and put text with"),
        ("out=${nope}", "out: Interpolation key 'nope' not found."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_the_words_of_the_help(override: str, sentence: str) -> None:
    assert said(override).startswith(sentence)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("camera.x_height_px=12", [12.0, 12.0]),
        ("camera.x_height_px=8,30", [8.0, 30.0]),
        ("camera.x_height_px=[8,30]", [8.0, 30.0]),
        ("camera.tilt_deg=-3", [-3.0, -3.0]),
        ("link.schemes=https", ["https"]),
        ("link.schemes=https,ftp", ["https", "ftp"]),
        ("font.packages='font lato'", ["font lato"]),
    ],
)
def test_brackets_are_not_needed_where_a_list_is_meant(typed: str, meant: list[object]) -> None:
    config = composed("synth", SynthConfig, [typed])
    group, key = typed.partition("=")[0].split(".")
    assert getattr(getattr(config, group), key) == meant


def test_commas_part_the_runs_of_a_sweep() -> None:
    typed = ["camera.x_height_px=8,12", "link.schemes=https,[ftp,tcp]", "camera=scan,phone", "link.schemes=https,ftp"]
    assert opened(typed, SynthConfig, sweep=True) == [
        "camera.x_height_px=[8,8],[12,12]", "link.schemes=https,[ftp,tcp]", "camera=scan,phone",
        "link.schemes=[https],[ftp]",
    ]  # fmt: skip


def test_a_mapping_takes_new_entries_and_other_arguments_stay() -> None:
    typed = ["classes={http: link}", "classes.www=link", "sources=sets/a", "--cfg", "job", "shards=false"]
    assert opened(typed, MergeConfig) == [
        "++classes={http: link}", "++classes.www=link", "sources=[sets/a]", "--cfg", "job", "shards=false"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("out=~/sets", "out=/home/me/sets"),
        ("out='~/my sets'", "out='/home/me/my sets'"),
        ("sources=~/a,~/b", "sources=[/home/me/a,/home/me/b]"),
        ('sources=[~/a,"~/b"]', 'sources=[/home/me/a,"/home/me/b"]'),
        ("--config-dir=~/conf", "--config-dir=/home/me/conf"),
        ("out=sets~/a", "out=sets~/a"),
        ("~shards", "~shards"),
        ("out=~you/sets", "out=~you/sets"),
    ],
)
def test_a_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, typed: str, meant: str) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert opened([typed], MergeConfig) == [meant]


def test_ctrl_c_before_a_command_has_begun_is_one_word(capsys: pytest.CaptureFixture[str]) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as left:
        dispatch("synth", "Renders.", {}, otherwise=stopped)
    assert left.value.code == 130 and capsys.readouterr().err == "\nStopped.\n"


def test_a_sentence_is_not_made_up_for_a_fault_of_ours() -> None:
    assert explain(ZeroDivisionError("ours"), SynthConfig) is None
    assert explain(hydra.errors.HydraException("something else\nin two lines"), SynthConfig) == "something else."


@pytest.mark.parametrize(("override", "advised"), [("pages=1-20,35", True), ("width_px=64,128", False)])
def test_a_comma_within_a_text_is_quoted(override: str, advised: bool) -> None:
    with pytest.raises(Exception) as refused:
        composed("data_pdf", PdfConfig, ["source=books", override])
    sentence = explain(refused.value, PdfConfig) or ""
    assert sentence.startswith(f"{override} names several values; write one, or add --multirun")
    assert sentence.endswith("""Where the comma is part of a text, quote it: 'pages="1-20,35"'.""") == advised
    assert composed("data_pdf", PdfConfig, ["source=books", 'pages="1-20,35"']).pages == "1-20,35"
