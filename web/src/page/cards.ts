/** The list of links: each with the print it was read from, a button to open and one to copy. */

import type { Reading } from "../read/reading";
import { type Find, findOf, isAlike, isBetter, parts } from "./finds";
import { WORDS } from "./words";

interface Card {
  readonly item: HTMLLIElement;
  find: Find;
  /** Boxes that show this link. */
  readonly marks: Set<number>;
}

export class Cards {
  private cards: Card[] = [];

  constructor(
    private readonly list: HTMLElement,
    private readonly say: (sentence: string) => void,
    private readonly point: (mark: number | null) => void,
  ) {}

  get count(): number {
    return this.cards.length;
  }

  clear(): void {
    this.cards = [];
    this.list.replaceChildren();
  }

  /**
   * Shows what was read; returns false where that was nothing.
   *
   * @param mark the box that it was read behind
   * @param inView boxes that are seen now: links that look alike but stand there side by side are two links
   */
  add(reading: Reading, print: ImageBitmap | null, mark: number, inView: ReadonlySet<number>): boolean {
    const find = findOf(reading);
    if (!find) return false;
    const known = this.cards.find((card) => card.marks.has(mark)) ?? this.sameAs(find, mark, inView);
    if (!known) {
      const card: Card = { item: document.createElement("li"), find, marks: new Set([mark]) };
      this.pointFrom(card);
      this.cards.push(card);
      this.fill(card, print);
      this.list.append(card.item);
      return true;
    }
    known.marks.add(mark);
    const news = find.link !== known.find.link || find.unsure !== known.find.unsure;
    // Nothing changes under a finger that is about to open it.
    if (news && isBetter(reading, known.find.reading) && !known.item.matches(":hover, :focus-within")) {
      known.find = find;
      this.fill(known, print);
    }
    return true;
  }

  /** Takes note of what another look at a link said. */
  judge(reading: Reading): void {
    const find = findOf(reading);
    const card = this.cards.find((each) => each.find.link === reading.link && each.find.reading.agreed === null);
    if (!find || !card) return;
    const isNews = find.unsure !== card.find.unsure;
    card.find = find;
    if (isNews) this.fill(card, null);
  }

  private sameAs(find: Find, mark: number, inView: ReadonlySet<number>): Card | undefined {
    return this.cards.find((card) => {
      if (card.find.link === find.link) return true;
      const elsewhere = [...card.marks].some((each) => each !== mark && inView.has(each));
      return !elsewhere && (card.find.unsure || find.unsure) && isAlike(card.find.link, find.link);
    });
  }

  private fill(card: Card, print: ImageBitmap | null): void {
    const { find, item } = card;
    item.className = find.unsure ? "card unsure" : "card";
    item.replaceChildren(
      ...(print ? [drawn(print)] : item.querySelectorAll("canvas")),
      spelled(find.link),
      ...find.notes.map(note),
      this.buttons(find),
    );
  }

  /** Who looks at a card, with a pointer or by the keyboard, sees where in the picture it comes from. */
  private pointFrom({ item, marks }: Card): void {
    for (const begin of ["pointerenter", "focusin"]) {
      item.addEventListener(begin, () => this.point([...marks].at(-1) ?? null));
    }
    for (const end of ["pointerleave", "focusout"]) item.addEventListener(end, () => this.point(null));
  }

  private buttons(find: Find): HTMLElement {
    const row = element("div", "buttons");
    if (find.opens) {
      const open = element("a", "button primary", "Open");
      open.href = find.opens;
      open.target = "_blank";
      open.rel = "noopener noreferrer";
      open.setAttribute("aria-label", `Open ${find.link}`);
      row.append(open);
    }
    const copy = element("button", "button", "Copy");
    copy.type = "button";
    copy.setAttribute("aria-label", `Copy ${find.link}`);
    copy.addEventListener("click", () => void this.copy(find.link, copy));
    row.append(copy);
    return row;
  }

  private async copy(link: string, button: HTMLButtonElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      this.say(WORDS.notCopied);
      return;
    }
    this.say(WORDS.copied);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1600);
  }
}

function drawn(print: ImageBitmap): HTMLCanvasElement {
  const canvas = element("canvas", "print");
  canvas.width = print.width;
  canvas.height = print.height;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The print that this was read from");
  canvas.getContext("2d")?.drawImage(print, 0, 0);
  return canvas;
}

function spelled(link: string): HTMLElement {
  const [scheme, host, rest] = parts(link);
  const text = element("p", "link");
  text.append(scheme, element("strong", "", host), rest);
  return text;
}

function note(sentence: string): HTMLElement {
  return element("p", "note", sentence);
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
