import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settingsOf } from "../src/eye/settings";
import { type Box, overlap, suppressed } from "../src/eye/suppression";
import { glance, isCutOff, look } from "../src/eye/windows";

const box = (x: number, y: number, width = 40, height = 12): Box => ({ x, y, width, height });
const size = (least: number) =>
  fc.record({ width: fc.integer({ min: least, max: 6000 }), height: fc.integer({ min: least, max: 6000 }) });

describe("suppression", () => {
  test("keeps the better of two that overlap, and both where they do not", () => {
    const found = [
      { box: box(0, 0), score: 0.6 },
      { box: box(2, 0), score: 0.9 },
      { box: box(0, 30), score: 0.5 },
    ];
    expect(suppressed(found, 0.5)).toEqual([found[1], found[2]]);
  });

  test("the limit itself is no more than the limit", () => {
    const found = [
      { box: box(0, 0, 30, 10), score: 0.9 },
      { box: box(10, 0, 30, 10), score: 0.8 },
    ];
    expect(overlap(found[0]!.box, found[1]!.box)).toBe(0.5);
    expect(suppressed(found, 0.5)).toHaveLength(2);
    expect(suppressed(found, 0.49)).toHaveLength(1);
  });

  test("what is kept does not overlap, and what is dropped overlaps something better", () => {
    const boxes = fc.array(
      fc.record({
        box: fc.record({
          x: fc.integer({ min: 0, max: 90 }),
          y: fc.integer({ min: 0, max: 90 }),
          width: fc.integer({ min: 1, max: 60 }),
          height: fc.integer({ min: 1, max: 30 }),
        }),
        score: fc.float({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(boxes, (found) => {
        const kept = suppressed(found, 0.5);
        for (const [i, one] of kept.entries()) {
          for (const other of kept.slice(i + 1)) expect(overlap(one.box, other.box)).toBeLessThanOrEqual(0.5);
        }
        for (const one of found) {
          const better = kept.some((other) => other.score >= one.score && overlap(one.box, other.box) > 0.5);
          expect(kept.includes(one) || better).toBe(true);
        }
      }),
    );
  });
});

describe("windows", () => {
  const input = { width: 640, height: 640 };

  test("a glance has all of the picture, as large as fits", () => {
    fc.assert(
      fc.property(size(16), (picture) => {
        const [window] = glance(picture, input, 2);
        expect(Math.max(picture.width * window!.scale, picture.height * window!.scale)).toBeLessThanOrEqual(640.001);
        expect(window!.scale).toBeLessThanOrEqual(2);
      }),
    );
  });

  test("a close look has every prefix whole in some window", () => {
    fc.assert(
      fc.property(
        size(200),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (picture, x, y) => {
          const windows = [...glance(picture, input, 2), ...look(picture, input, 1024, 2)];
          const scale = Math.max(...windows.map((each) => each.scale));
          const prefix = box(0, 0, 80 / scale, 20 / scale);
          const placed = { ...prefix, x: x * (picture.width - prefix.width), y: y * (picture.height - prefix.height) };
          const whole = windows.filter(
            (each) =>
              placed.x >= each.x - 0.01 &&
              placed.y >= each.y - 0.01 &&
              placed.x + placed.width <= each.x + each.width + 0.01 &&
              placed.y + placed.height <= each.y + each.height + 0.01,
          );
          expect(whole.some((each) => !isCutOff(placed, each, picture))).toBe(true);
        },
      ),
    );
  });

  test("a box at the border of its window is cut off, unless the picture ends there too", () => {
    const picture = { width: 1280, height: 640 };
    const left = { x: 0, y: 0, width: 640, height: 640, scale: 1 };
    expect(isCutOff(box(600, 100), left, picture)).toBe(true);
    expect(isCutOff(box(590, 100), left, picture)).toBe(false);
    expect(isCutOff(box(0, 100), left, picture)).toBe(false);
    expect(isCutOff(box(640, 100), { ...left, x: 640 }, picture)).toBe(true);
    expect(isCutOff(box(1240, 100), { ...left, x: 640 }, picture)).toBe(false);
  });
});

describe("signature.json", () => {
  const input = { image: "float32 [1, 512, 768, 3], RGB in 0…255" };

  test("says the size; the rest has defaults", () => {
    expect(settingsOf({ input })).toEqual({
      height: 512,
      width: 768,
      pageWidth: 1024,
      maxUpscale: 2,
      minScore: 0.5,
      iou: 0.5,
    });
  });

  test("is followed where it says more", () => {
    expect(settingsOf({ input, score_threshold: 0.35, width_px: 900 })).toMatchObject({
      minScore: 0.35,
      pageWidth: 900,
    });
  });

  test("without a size is no signature", () => {
    expect(() => settingsOf({})).toThrow(/size/);
  });
});
