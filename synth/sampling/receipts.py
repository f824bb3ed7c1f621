"""What stands on a till's receipt, from the shop's name down to the thanks, with prices that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conf.schema.page import PageConfig
from synth import manual
from synth.chance import Chance
from synth.recipe import Block, Figure, Layout, Link, Span, Word
from synth.sampling import business

_RULES = ("-", "-", "-", "=", "*", "_", "- ", ".", "line", "line", "")
_TITLES = ("Tax Invoice", "Receipt", "Invoice", "Sales Receipt", "Cash Bill", "Simplified Tax Invoice", "Bill")
_FACTS = (
    "Date: {date}", "Time: {time}", "Date & Time: {date} {time}", "Cashier: {surname}", "Till: {small}",
    "Pos No: {small}", "Slip No.: {long}", "Table {small}", "Order #{number}", "Server: {Surname}", "Trans: {long}",
    "Terminal: T{small}", "Invoice No.: {letters}{long}", "Guests: {small}", "Member: {long}", "Store: {number}",
    "Pump {small}", "Ref : {long}", "Salesperson : {SURNAME}", "Doc No. : CS{long}", "Counter : {small}",
    "Bill#: V{long}", "REG #{small} {date} {time}",
)  # fmt: skip
_ITEMS = (
    "{Noun} {noun}", "{Adjective} {Noun}", "{NOUN} {NOUN} {number}G", "{Noun} Set {small}", "{Noun} w/ {Noun}",
    "{Noun} Pie", "Hot {Noun}", "{Noun} Tea", "{NOUN} {decimal}L", "{Noun} Juice (L)", "{noun}.{noun} {small}s",
    "{long} {Noun}", "{Noun}-{noun} Box", "{Surname} {Noun} {number}ML", "Fried {Noun}", "{NOUN} PAPER A4",
    "{Noun} Cream", "1/2 {Noun}", "Ice {Noun}", "{SURNAME} {NOUN} 2IN1", "Large {Noun}", "{Noun} Card (x{small})",
    "{Noun} Cable {decimal}M", "Combo {small}",
)  # fmt: skip
_HEADS = (
    ("Description", "Amount"), ("Item", "Qty", "Price", "Amt"), ("Qty Item", "Total"), ("Description", "Qty", "Total"),
    ("Item", "Price", "Amount"),
)  # fmt: skip
_CURRENCIES = ("", "", "", "RM ", "$", "RM", "GBP ", "EUR ", "$ ", "USD ")
_PAYMENTS = ("Cash", "Visa", "Mastercard", "Debit", "Card", "Cash Tendered", "Amount Paid", "VISA ***{number}")
_THANKS = (
    "Thank you!", "Thank you for shopping with us", "Thank You. Please Come Again.", "Please come again",
    "Have a nice day", "Goods sold are not returnable", "Goods sold are not refundable or exchangeable",
    "Keep this receipt for your records", "Exchange within {small} days with receipt",
    "We'd love to hear your feedback", "Be a card member", "and enjoy special discounts",
    "This is a computer generated receipt", "Customer copy", "No signature required", "You were served by {Surname}",
    "See you soon", "All prices include VAT", "Open daily {small}.00 - 22.00", "Customer Service Hotline: {phone}",
    "Items sold: {small}", "Your opinion matters", "*** PAID ***", "Approved", "Survey code: {letters}{long}",
    "Download our app from the Google Play or App Store", "Points earned: {number}", "Retain your receipt for returns",
    "Void where prohibited. See terms for details.", "Auth code: {long}", "{long}", "How are we doing?",
    "Tell us what you think", "Buy books online", "for a chance to win", "Free delivery over $30", "Visit:", "Web.",
    "*{number}-{long}*", "Win a voucher! Take our survey", "Wi-Fi password: {noun}{number}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Style:
    """What the lines of one receipt have in common: where heads and feet stand, its rules, how it writes money."""

    head: str
    foot: str
    rule: str
    currency: str
    tax: float
    item: str
    head_level: int


def blocks(
    page: PageConfig, layout: Layout, links: Sequence[Link], decoys: Sequence[str], chance: Chance
) -> list[Block]:
    """The receipt, its links and look-alikes of those kinds among the lines at head and foot."""
    style = _Style(
        head=chance.one(("centred", "centred", "centred", "centred", "left")),
        foot=chance.one(("centred", "centred", "centred", "left")),
        rule=chance.one(_RULES),
        currency=chance.one(_CURRENCIES),
        tax=chance.one((0.0, 0.06, 0.06, 0.07, 0.19, 0.2)),
        item=chance.one(("row", "counted", "two lines", "columns")),
        head_level=chance.one((0, 1, 1, 2, 2)),
    )
    special = [business.link_line(number, link, chance) for number, link in enumerate(links)]
    special += [business.decoy_line(kind, chance) for kind in decoys]
    at_head = [chance.share(0.25) for _ in special]
    found = _head(page, style, [line for line, head in zip(special, at_head, strict=True) if head], chance)
    found += _facts(style, chance)
    found += _sales(style, chance)
    found += _foot(page, style, [line for line, head in zip(special, at_head, strict=True) if not head], chance)
    return found


def _head(page: PageConfig, style: _Style, special: list[tuple[Word, ...]], chance: Chance) -> list[Block]:
    found = [_figure("logo", 0.3, chance, style.head)] if chance.share(0.5 * page.figure_share) else []
    found.append(_line(style.head, business.firm(chance), chance.share(0.3), level=style.head_level))
    lines = [_words(line) for line in business.address(chance)]
    if chance.share(0.5):
        lines.insert(0, _words(_filled("({number}{number}-{letters})", chance)))
    phones = f"{chance.one(('Tel: ', 'TEL : ', 'Tel/Fax: ', '', 'Phone '))}{business.phone(chance)}"
    lines.append(_words(phones))
    if chance.share(0.25):
        lines.append(_words(f"Fax: {business.phone(chance)}"))
    if chance.share(0.55):
        tax = chance.one(("GST ID: {long}{number}", "GST Reg No. {long}", "VAT {number} {long}", "(GST ID No: {long})"))
        lines.append(_words(_filled(tax, chance)))
    for line in special:
        lines.insert(chance.whole((max(len(lines) - 2, 1), len(lines))), line)
    return [*found, *(Block(style.head, line, level=0) for line in lines)]


def _facts(style: _Style, chance: Chance) -> list[Block]:
    """What sale it is."""
    found = [_rule(chance.one((style.rule, "")))]
    if chance.share(0.5):
        title = chance.one(_TITLES)
        found += [_line(style.head, title, chance.share(0.5), level=chance.one((0, 0, 3))), _rule("")]
    for _ in range(chance.whole((1, 4))):
        facts = [_filled(chance.one(_FACTS), chance) for _ in range(chance.one((1, 2, 2)))]
        wide = sum(map(len, facts)) > 34
        found += [_line("left", fact) for fact in facts] if wide or len(facts) == 1 else [_row(facts)]
    return [*found, _rule(style.rule)]


def _sales(style: _Style, chance: Chance) -> list[Block]:
    """Items, and what they come to."""
    found, total = list[Block](), 0.0
    if chance.share(0.5):
        found += [_row(chance.one(_HEADS), chance.share(0.3)), _rule(style.rule)]
    for _ in range(chance.one((1, 2, 2, 3, 3, 4, 5, 6, 8, 11))):
        count, price = chance.one((1, 1, 1, 1, 2, 3, chance.whole((2, 24)))), chance.whole((40, 6000)) / 100
        total += count * price
        found += _item(style, count, price, chance)
    found.append(_rule(chance.one((style.rule, style.rule, ""))))
    tax = style.tax * total
    sums = [("Subtotal", total)] if chance.share(0.6) else []
    sums += [(chance.one((f"GST {style.tax:.0%}", "Tax", "VAT", f"Service {style.tax:.0%}")), tax)] if tax else []
    sums += [(name, 0.0) for name in ("Discount", "Rounding Adj", "Total Rounded") if chance.share(0.25)]
    found += [_row((name, _money(style, value))) for name, value in sums]
    name = chance.one(
        ("Total", "Total", "TOTAL:", "Amount Due", "Total Sales (Inclusive of GST)", "Rounded Total (RM):")
    )
    found.append(_row((name, _money(style, total + tax)), chance.share(0.5), level=chance.one((0, 0, 0, 2, 1))))
    paid = -(-(total + tax) // 10) * 10 if chance.share(0.5) else total + tax
    found.append(_row((_filled(chance.one(_PAYMENTS), chance), _money(style, paid))))
    if paid > total + tax:
        found.append(_row(("Change", _money(style, paid - total - tax)), chance.share(0.2)))
    if chance.share(0.3):
        found += [_rule(style.rule), _row(("Tax Summary", "%", "Amt", "Tax"))]
        found.append(_row((f"{business.letters(chance, 2)}", f"{100 * style.tax:.0f}", f"{total:.2f}", f"{tax:.2f}")))
    return [*found, _rule(style.rule)]


def _item(style: _Style, count: int, price: float, chance: Chance) -> list[Block]:
    name, amount = _filled(chance.one(_ITEMS), chance), f"{count * price:.2f}"
    if style.item == "row":
        return [_row((name, _money(style, count * price)))]
    if style.item == "counted":
        return [_row((f"{count} {name}", amount))]
    if style.item == "two lines":
        code = [_line("left", business.digits(chance, 13))] if chance.share(0.3) else []
        return [*code, _line("left", name), _row((f"{count} X {price:.2f}", f"{amount} {business.letters(chance, 1)}"))]
    return [_row((name, str(count), f"{price:.2f}", amount))]


def _foot(page: PageConfig, style: _Style, special: list[tuple[Word, ...]], chance: Chance) -> list[Block]:
    lines = [_words(_filled(chance.one(_THANKS), chance)) for _ in range(chance.whole((1, 6)))]
    for line in special:
        lines.insert(chance.below(len(lines) + 1), line)
    small = -1 if chance.share(0.15) else 0
    found: list[Block] = []
    for line in lines:
        found += [_rule(chance.one((style.rule, "", "")))] if chance.share(0.15) else []
        found.append(Block(style.foot, line, level=small))
    if chance.share(0.5 * page.figure_share):
        found.insert(chance.one((0, len(found))), _figure("code", chance.one((0.3, 0.4, 0.7)), chance, "centred"))
    return found


def _figure(kind: str, width: float, chance: Chance, side: str) -> Block:
    """A mark or code; the wide one is a bar code."""
    aspect = chance.between((0.2, 0.45)) if width > 0.5 else 1.0
    return Block("figure", label=side, figure=Figure(kind, width, aspect, chance.seed()))


def _rule(sign: str) -> Block:
    return Block("rule", label=sign)


def _words(said: str, bold: bool = False) -> tuple[Word, ...]:
    return tuple((Span(word, "bold"),) if bold else word for word in said.split())


def _line(kind: str, said: str, bold: bool = False, level: int = 0) -> Block:
    return Block(kind, _words(said, bold), level=level)


def _row(cells: Sequence[str], bold: bool = False, level: int = 0) -> Block:
    return Block("row", cells=(tuple(_words(cell, bold) for cell in cells),), level=level)


def _money(style: _Style, value: float) -> str:
    return f"{style.currency}{value:,.2f}"


def _filled(frame: str, chance: Chance) -> str:
    """A frame with its slots filled, those too that only receipts have."""
    date = (chance.whole((1, 28)), chance.whole((1, 12)), chance.whole((2009, 2026)))
    slots = {
        "date": chance.one(("{0:02}/{1:02}/{2}", "{0:02}-{1:02}-{2}", "{2}-{1:02}-{0:02}", "{0}.{1}.{2}")).format(
            *date
        ),
        "time": f"{chance.below(24):02}:{chance.below(60):02}" + chance.one(("", "", f":{chance.below(60):02}", " PM")),
        "long": business.digits(chance, chance.whole((5, 10))),
        "letters": business.letters(chance, chance.whole((1, 3))),
        "phone": business.phone(chance),
    }
    for name, said in slots.items():
        frame = frame.replace(f"{{{name}}}", said)
    return manual.fill(frame, chance)
