/**
 * From what Tesseract read to a link. The rules are those of `evaluate/url.py`; one table tests both
 * (`web/tests/url_cases.json`).
 *
 * `extract` is anchored: the text begins at a detected prefix, so its head must be a scheme or `www.`, however it was
 * misread (`htlps:/`, `https:ll`, `hitps`, `wvw.`). What is not like one is no link.
 */

const PREFIXES = ["https://www.", "http://www.", "https://", "http://", "ftp://", "tcp://", "www."];
const STRAY = 3;
const CLOSERS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
  [">", "<"],
]);
const OPENERS = new Set(CLOSERS.values());
const TRAILING = ".,;:!?'\"…·";
const QUOTES = /[\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"'`\u00b4]/g;
const INVISIBLE = /\u00ad|[\u200b-\u200d\u2060]|\ufeff/g;
/** A long dash, with the short one that an engine may see beside it: in an address both are one hyphen. */
const DASHES = /-?[\u2010-\u2015\u2212]+-?/g;
const END = /[\s<>{}^\\]|[\u2018-\u201f\u00ab\u00bb"]|(?<=[A-Za-z0-9])(?=https?:\/\/)/;
const OTHER_SCHEMES =
  /^[^\p{L}\p{N}_]{0,3}?((?:file|ftps|git|irc|ldap|nfs|rsync|rtsp|sftp|smb|ssh|svn|telnet|wss?):\/\/)/iu;
const ALNUM = /[\p{L}\p{N}]/u;

/** What the head of a text says. */
export interface Extracted {
  /** The scheme or `www.` as it should be; empty where there is none. */
  readonly prefix: string;
  /** Prefix and all that follows up to the link's end, with punctuation that may not belong to it. */
  readonly whole: string;
  /** How badly the prefix was read: 0 letter by letter, more the worse. It tells how much the rest can be trusted. */
  readonly doubt: number;
  /** Whether the text ends with `whole`. */
  readonly atEnd: boolean;
}

export const NOTHING: Extracted = { prefix: "", whole: "", doubt: 99, atEnd: false };

/** The link; empty where there is none. */
export function linkOf(found: Extracted): string {
  const link = trimmed(found.whole);
  return link.length > found.prefix.length ? link : "";
}

/** The link that a text begins with; `NOTHING` where it begins with none. */
export function extract(read: string): Extracted {
  const text = read.replace(INVISIBLE, "").trim();
  const head = headOf(text);
  if (!head) return NOTHING;
  const rest = text.slice(head.stop).replace(DASHES, "-");
  const body = untilClosed(hostRepaired((rest.split(END, 1)[0] ?? "").replaceAll("|", "l")));
  const plain = [head.prefix, head.prefix.toUpperCase(), capitalised(head.prefix)];
  const doubt = plain.includes(text.slice(head.start, head.stop)) ? 0 : 1 + head.cost;
  return { prefix: head.prefix, whole: prefixAsRead(text, head) + body, doubt, atEnd: body.length === rest.length };
}

/** A prefix at the head of a text: which one, where it begins and ends, and how badly it was read. */
interface Head {
  readonly prefix: string;
  readonly start: number;
  readonly stop: number;
  readonly cost: number;
}

/** The prefix nearest to the head of the text, null where none is near. */
function headOf(text: string): Head | null {
  const other = OTHER_SCHEMES.exec(text);
  if (other?.[1]) {
    const start = other[0].length - other[1].length;
    return { prefix: other[1].toLowerCase(), start, stop: other[0].length, cost: 0 };
  }
  // Letters explained by a long prefix outweigh a few misread ones.
  const rank = (head: Head) => head.cost + head.start - 1.3 * head.prefix.length;
  let best: Head | null = null;
  for (const head of candidates(text)) {
    if (head.cost > allowed(head.prefix) || swallows(text, head)) continue;
    const gain = best ? rank(best) - rank(head) : 1;
    if (gain > 0 || (gain === 0 && best && head.stop < best.stop)) best = head;
  }
  return best;
}

function* candidates(text: string): Generator<Head> {
  for (let start = 0; start <= Math.min(STRAY, text.length); start += 1) {
    if (ALNUM.test(text.slice(0, start))) return;
    for (const prefix of PREFIXES) {
      for (let length = Math.max(prefix.length - 3, 2); length < prefix.length + 3; length += 1) {
        yield { prefix, start, stop: start + length, cost: costOf(text.slice(start, start + length), prefix) };
      }
    }
  }
}

/** Whether the `www.` behind a scheme would be made of another host: of `www-x.org`, `wwf.org`, `wiki.org`. */
function swallows(text: string, head: Head): boolean {
  return head.prefix.endsWith("/www.") && !/[vwaun]{2,4}[.,:]$/.test(text.slice(head.start, head.stop).toLowerCase());
}

/** Edit distance after merging look-alikes; a wrong letter costs 3, one too many or too few 2. */
function costOf(read: string, prefix: string): number {
  const [one, other] = [lookAlikesMerged(read), lookAlikesMerged(prefix)];
  let row = Array.from({ length: other.length + 1 }, (_, i) => 2 * i);
  for (const letter of one) {
    const above = row;
    row = [above[0]! + 2];
    for (let i = 0; i < other.length; i += 1) {
      const change = above[i]! + (letter === other[i] ? 0 : 3);
      row.push(Math.min(change, above[i + 1]! + 2, row[i]! + 2));
    }
  }
  return row.at(-1)!;
}

function lookAlikesMerged(text: string): string {
  return text
    .replace(/[I1|!/\\ij]/g, "l")
    .replaceAll("0", "o")
    .replaceAll(";", ":")
    .replaceAll(",", ".")
    .toLowerCase()
    .replaceAll("vv", "w");
}

/** How much may be misread: about one character in three. */
function allowed(prefix: string): number {
  return (
    new Map([
      [4, 3],
      [6, 3],
      [7, 6],
    ]).get(prefix.length) ?? 8
  );
}

/**
 * The prefix, in capitals where it was printed so. `w` and `W` look the same but for their size, so the letters behind
 * `www.` have their say.
 */
function prefixAsRead(text: string, head: Head): string {
  const www = head.prefix.endsWith("www.") ? "www." : "";
  let scheme = head.prefix.slice(0, head.prefix.length - www.length);
  const read = text.slice(head.start, head.stop - www.length);
  if (mostlyCapitals(read)) scheme = scheme.toUpperCase();
  else if (read === capitalised(scheme)) scheme = read;
  const around = text.slice(head.stop - www.length, head.stop + 6);
  return scheme + (mostlyCapitals(around) ? www.toUpperCase() : www);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

function mostlyCapitals(text: string): boolean {
  return (text.match(/\p{Lu}/gu)?.length ?? 0) > (text.match(/\p{Ll}/gu)?.length ?? 0);
}

function hostRepaired(body: string): string {
  const end = body.search(/[/?#]|$/);
  return body.slice(0, end).replace(/,(?=[\p{L}\p{N}_])/gu, ".") + body.slice(end);
}

/** The part before the first bracket that has no partner in it. */
function untilClosed(body: string): string {
  const waiting: number[] = [];
  for (let place = 0; place < body.length; place += 1) {
    const character = body[place]!;
    const opener = CLOSERS.get(character);
    if (OPENERS.has(character)) waiting.push(place);
    else if (opener && body[waiting.pop() ?? -1] !== opener) return body.slice(0, place);
  }
  return waiting.length ? body.slice(0, waiting[0]) : body;
}

/** A link without trailing punctuation and without closing brackets that nothing in it opened. */
export function trimmed(link: string): string {
  const last = link.at(-1);
  if (last === undefined) return link;
  const opener = CLOSERS.get(last);
  const unbalanced = opener !== undefined && link.split(last).length > link.split(opener).length;
  return TRAILING.includes(last) || unbalanced ? trimmed(link.slice(0, -1)) : link;
}

/** The address that a browser would go to, null where it would go nowhere. A bare `www.` is completed by `http:`. */
export function addressOf(link: string): URL | null {
  const text = trimmed(link.normalize("NFKC").replace(INVISIBLE, "").replace(QUOTES, "").trim());
  try {
    return new URL(/^www\./i.test(text) ? `http://${text}` : text);
  } catch {
    return null;
  }
}

/** Whether it leads somewhere: it is an address, and its host has a dot or is `localhost`. */
export function isAddress(link: string): boolean {
  const host = addressOf(link)?.hostname ?? "";
  return host === "localhost" || /^([^.]+(\.[^.]+)*\.[^.]{2,}\.?|\d+(\.\d+){3})$/.test(host);
}

const OPENABLE = new Set(["http:", "https:", "ftp:"]);

/** Where a link may be opened: http, https and ftp alone, `www.` by https. Null for what stays plain text. */
export function destination(link: string): string | null {
  const address = addressOf(/^www\./i.test(link) ? `https://${link}` : link);
  return address && OPENABLE.has(address.protocol) && isAddress(link) ? address.href : null;
}
