import { describe, expect, test } from "vitest";
import { SMALL, Stillness, shiftBetween } from "../src/page/motion";
import { Tracks } from "../src/page/tracks";

/** A view of a page's grey stripes and blots, moved by so many pixels. */
function view(x: number, y: number, noise = 0): Uint8ClampedArray {
  const height = 54;
  return Uint8ClampedArray.from({ length: SMALL * height }, (_, i) => {
    const [column, row] = [(i % SMALL) + x, Math.floor(i / SMALL) + y];
    const page = 150 + 40 * Math.sin(row * 0.9) + 30 * Math.sin(column * 0.35 + Math.sin(row * 0.2));
    return page + noise * Math.sin(i * 12.9898 + x * 78.233) * 2;
  });
}

describe("motion", () => {
  test("is told about right in pixels", () => {
    expect(shiftBetween(view(0, 0), view(0, 0), SMALL)).toBe(0);
    expect(shiftBetween(view(0, 0), view(0, 0.5), SMALL)).toBeGreaterThan(0.3);
    expect(shiftBetween(view(0, 0), view(0, 0.5), SMALL)).toBeLessThan(0.7);
    expect(shiftBetween(view(0, 0), view(0, 0.1), SMALL)).toBeLessThan(0.15);
  });

  test("a view is steady only when held for a while, and a hand may tremble", () => {
    const stillness = new Stillness();
    const steady = [0, 1.5, 3, 3.1, 3, 3.1, 3.05, 3, 3.1, 3, 3, 4.5].map((y, i) =>
      stillness.next(view(0, y, 1), SMALL, i * 50),
    );
    expect(steady).toEqual([...new Array<boolean>(8).fill(false), true, true, true, false]);
  });
});

describe("tracks", () => {
  const at = (x: number, y: number) => ({ box: { x, y, width: 60, height: 16 }, score: 0.9 });

  test("a prefix keeps its number while the camera moves", () => {
    const tracks = new Tracks();
    tracks.update([at(100, 100), at(100, 180)], 0);
    tracks.update([at(130, 182), at(130, 102)], 100);
    expect(tracks.shown().map(({ id, box }) => [id, box.x, box.y])).toEqual([
      [1, 130, 102],
      [2, 130, 182],
    ]);
  });

  test("a box that is missed for a frame moves along with the others, and is gone after a while", () => {
    const tracks = new Tracks();
    tracks.update([at(100, 100), at(100, 180)], 0);
    tracks.update([at(100, 100), at(100, 180)], 100);
    tracks.update([at(110, 95)], 200);
    expect(tracks.shown().map(({ box }) => [box.x, box.y])).toEqual([
      [110, 95],
      [110, 175],
    ]);
    tracks.update([at(110, 95)], 2000);
    expect(tracks.shown().map(({ id }) => id)).toEqual([1]);
  });

  test("what is seen once is not shown", () => {
    const tracks = new Tracks();
    tracks.update([at(100, 100)], 0);
    tracks.update([at(400, 300)], 100);
    expect(tracks.shown()).toEqual([]);
  });
});
