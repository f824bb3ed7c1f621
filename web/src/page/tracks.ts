/**
 * Follows prefixes from frame to frame, so that boxes glide instead of flickering and each link is read once.
 *
 * A track is matched with the nearest box of the next frame, by overlap and by distance; all tracks move together when
 * the camera moves, so a track that was not seen is carried along with the others for a while.
 */
import { type Box, type Found, overlap } from "../eye/suppression";
import type { Reading } from "../read/reading";

export interface Track {
  readonly id: number;
  box: Box;
  /** When it was last found, milliseconds. */
  seen: number;
  /** Frames that it was found in. */
  frames: number;
  /** The best of its readings. */
  reading: Reading | null;
  /** Where its box was when that was read. */
  readAt: Box;
  /** How often it was read. */
  tries: number;
}

/** A track that was not found for so long is gone, milliseconds. */
const GONE_MS = 1200;
/** Centres of one prefix in two frames are at most so many heights of its box apart. */
const REACH = 3;
/** A box is shown and read from its second frame on: false alarms rarely come twice. */
const SURE_FRAMES = 2;

export class Tracks {
  private tracks: Track[] = [];
  private last = 0;

  /** Takes the boxes of the next frame, and the time in milliseconds. */
  update(found: readonly Found[], now: number): void {
    const pairs = matched(this.tracks, found);
    const shift = median(pairs.map(([track, { box }]) => [box.x - track.box.x, box.y - track.box.y]));
    const matchedTracks = new Set(pairs.map(([track]) => track));
    const matchedBoxes = new Set(pairs.map(([, each]) => each));
    for (const [track, { box }] of pairs) {
      track.box = box;
      track.seen = now;
      track.frames += 1;
    }
    for (const track of this.tracks) {
      if (!matchedTracks.has(track)) track.box = { ...track.box, x: track.box.x + shift[0], y: track.box.y + shift[1] };
    }
    for (const each of found) {
      if (matchedBoxes.has(each)) continue;
      this.last += 1;
      this.tracks.push({
        id: this.last,
        box: each.box,
        seen: now,
        frames: 1,
        reading: null,
        readAt: each.box,
        tries: 0,
      });
    }
    this.tracks = this.tracks.filter((track) => now - track.seen < GONE_MS);
  }

  /** Those seen often enough to be shown. */
  shown(): readonly Track[] {
    return this.tracks.filter((track) => track.frames >= SURE_FRAMES);
  }

  clear(): void {
    this.tracks = [];
  }
}

/** Where the link that was read behind a prefix stands now. */
export function piecesOf({ box, reading, readAt }: Track): Box[] {
  return (reading?.pieces ?? []).map((piece) => ({
    ...piece,
    x: piece.x + box.x - readAt.x,
    y: piece.y + box.y - readAt.y,
  }));
}

/** Pairs of tracks and boxes, the nearest first. */
function matched(tracks: readonly Track[], found: readonly Found[]): [Track, Found][] {
  const near = tracks
    .flatMap((track) => found.map((each) => ({ track, each, cost: costOf(track.box, each.box) })))
    .filter(({ cost }) => cost < REACH)
    .sort((a, b) => a.cost - b.cost);
  const [taken, used] = [new Set<Track>(), new Set<Found>()];
  const pairs: [Track, Found][] = [];
  for (const { track, each } of near) {
    if (taken.has(track) || used.has(each)) continue;
    taken.add(track);
    used.add(each);
    pairs.push([track, each]);
  }
  return pairs;
}

/** Distance of two boxes in heights, less where they overlap. */
function costOf(one: Box, other: Box): number {
  const across = one.x + one.width / 2 - other.x - other.width / 2;
  const down = one.y + one.height / 2 - other.y - other.height / 2;
  return Math.hypot(across, down) / Math.max(one.height, other.height) - overlap(one, other);
}

function median(shifts: readonly (readonly [number, number])[]): readonly [number, number] {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return [middle(shifts.map(([x]) => x)), middle(shifts.map(([, y]) => y))];
}
