import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { destination, extract, isAddress, linkOf, trimmed } from "../src/read/url";
import table from "./url_cases.json";

describe("the table that evaluate/url.py is tested by too", () => {
  test.each(table.extract)("$read", ({ read, link, prefix, whole, doubt, at_end }) => {
    const found = extract(read);
    expect(linkOf(found)).toBe(link);
    expect(found).toEqual({ prefix, whole, doubt, atEnd: at_end });
  });

  test.each(table.addresses)("$link leads somewhere: $leads_somewhere", ({ link, leads_somewhere }) => {
    expect(isAddress(link)).toBe(leads_somewhere);
  });
});

test.each([
  ["https://example.org/a", "https://example.org/a"],
  ["HTTP://EXAMPLE.ORG", "http://example.org/"],
  ["ftp://ftp.example.org", "ftp://ftp.example.org/"],
  ["www.example.org", "https://www.example.org/"],
  ["git://example.org/a.git", null],
  ["tcp://example.org:80", null],
  ["javascript://example.org/%0aalert(1)", null],
  ["file:///etc/passwd", null],
  ["https://example", null],
  ["https://", null],
])("%s opens %s", (link, opens) => {
  expect(destination(link)).toBe(opens);
});

test("a link read well comes out as it is", () => {
  const parts = fc.tuple(
    fc.constantFrom("https://", "http://", "ftp://", "www.", "https://www."),
    fc.stringMatching(/^[a-v][a-z0-9]{0,8}\.(org|com|net)(\/[a-z0-9]{1,8}){0,3}$/),
  );
  fc.assert(
    fc.property(parts, ([prefix, rest]) => {
      const found = extract(`${prefix}${rest}. And so on`);
      expect([linkOf(found), found.doubt]).toEqual([prefix + rest, 0]);
    }),
  );
});

test("no text breaks it, and trimming ends", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const link = linkOf(extract(text));
      expect(trimmed(link)).toBe(link);
      expect(["https:", "http:", "ftp:", undefined]).toContain(destination(link)?.match(/^\w+:/)?.[0]);
    }),
  );
});
