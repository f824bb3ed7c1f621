import { describe, expect, test } from "vitest";
import { findOf, isAlike, isBetter, parts } from "../src/page/finds";
import { WORDS } from "../src/page/words";
import type { Reading } from "../src/read/reading";

const piece = { x: 0, y: 0, width: 100, height: 10 };
const reading = (link: string, changes: Partial<Reading> = {}): Reading => ({
  link,
  doubt: 0,
  confidence: 0.9,
  agreed: true,
  firstLine: link,
  open: false,
  pieces: [piece],
  ...changes,
});

describe("what a person is told of a link", () => {
  test("one that was read well can be opened, and nothing need be said", () => {
    expect(findOf(reading("https://example.org/a"))).toMatchObject({
      opens: "https://example.org/a",
      notes: [],
      unsure: false,
    });
  });

  test.each([
    ["a misread prefix", { doubt: 3 }, WORDS.unsure],
    ["looks that disagree", { agreed: false }, WORDS.unsure],
    ["letters that Tesseract doubts", { confidence: 0.1 }, WORDS.unsure],
    ["two lines", { pieces: [piece, piece] }, WORDS.wrapped(2)],
    ["a full line", { open: true }, WORDS.open],
  ])("a warning for %s", (_, changes, sentence) => {
    expect(findOf(reading("https://example.org/a", changes))).toMatchObject({ notes: [sentence], unsure: true });
  });

  test("www. alone opens with https, and that is said", () => {
    const find = findOf(reading("www.example.org"));
    expect(find).toMatchObject({ opens: "https://www.example.org/", notes: [WORDS.bareWww], unsure: false });
  });

  test.each(["www.support", "https://example"])("%s is no whole address", (link) => {
    expect(findOf(reading(link))).toMatchObject({ unsure: true });
    expect(findOf(reading(link))?.notes[0]).toBe(WORDS.noAddress);
  });

  test("other schemes stay plain text", () => {
    expect(findOf(reading("git://example.org/a.git"))).toMatchObject({ opens: null, notes: [WORDS.plain("git://")] });
  });

  test("nothing read is nothing to show", () => {
    expect(findOf(reading(""))).toBeNull();
  });
});

test("of two readings the valid, then that without a warning, then the surer is better", () => {
  const good = reading("https://example.org/a");
  expect(isBetter(good, null)).toBe(true);
  expect(isBetter(reading(""), good)).toBe(false);
  expect(isBetter(good, reading("https://example"))).toBe(true);
  expect(isBetter(reading("https://example.org/b", { doubt: 2 }), good)).toBe(false);
  expect(isBetter(reading("https://example.org/b", { confidence: 0.95 }), good)).toBe(true);
  expect(isBetter(good, reading("https://example.org/a", { confidence: 0.95, agreed: false }))).toBe(true);
  expect(isBetter(good, good)).toBe(false);
});

test.each([
  ["https://example.org/reports/2019", "https://example.org/reports/2O19", true],
  ["https://example.org/reports/2019", "https://example.org/summary/2019", false],
  ["https://a.org/1", "https://b.org/2", false],
])("%s and %s may be one print: %s", (one, other, alike) => {
  expect(isAlike(one, other)).toBe(alike);
});

test.each([
  ["https://example.org:80/a?b#c", ["https://", "example.org:80", "/a?b#c"]],
  ["www.example.org", ["", "www.example.org", ""]],
])("the host of %s stands apart", (link, expected) => {
  expect(parts(link)).toEqual(expected);
});
