import type { Cluster } from "../model/overview";
import type { Projection, XY } from "./projection";

export interface Placed {
  name: string;
  at: XY;
  count: number;
  atRisk: number;
  r: number;
}

/** The area follows the count; the smallest still holds its number. */
export const radiusOf = (count: number, most: number): number => Math.max(9.5, 19.5 * Math.sqrt(count / Math.max(most, 1)));

/** Clusters nearer than `distance` become one, named after the greatest; at most `shown` are left. */
export function mergeClusters(clusters: Cluster[], project: Projection, shown: number, distance: number): Placed[] {
  for (let reach = distance; ; reach *= 1.35) {
    const placed = merge(clusters, project, reach);
    if (placed.length > shown && reach <= 1_000) continue;
    const largest = Math.max(1, ...placed.map((one) => one.count));
    return placed.map((one) => ({ ...one, r: radiusOf(one.count, largest) }));
  }
}

function merge(clusters: Cluster[], project: Projection, reach: number): Placed[] {
  const placed: Placed[] = [];
  for (const cluster of clusters) {
    const at = project(cluster.point);
    const near = placed.find((one) => Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < reach);
    if (near) {
      near.count += cluster.count;
      near.atRisk += cluster.atRisk;
    } else {
      placed.push({ name: cluster.name, at, count: cluster.count, atRisk: cluster.atRisk, r: 0 });
    }
  }
  return placed;
}

export interface Label {
  name: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const LETTER = 6;

/** A name below, beside or above its circle, wherever nothing is; a name with no free place is left out. */
export function placeLabels(placed: Placed[], width: number, height: number): Label[] {
  const taken: Box[] = placed.map(({ at: [x, y], r }) => ({ x0: x - r - 2, y0: y - r - 2, x1: x + r + 2, y1: y + r + 2 }));
  const labels: Label[] = [];
  for (const { name, at: [x, y], r } of placed) {
    const w = name.length * LETTER;
    const candidates: [Label, Box][] = [
      [{ name, x, y: y + r + 13, anchor: "middle" }, box(x - w / 2, y + r + 4, w)],
      [{ name, x: x + r + 5, y: y + 4, anchor: "start" }, box(x + r + 4, y - 5, w)],
      [{ name, x: x - r - 5, y: y + 4, anchor: "end" }, box(x - r - 4 - w, y - 5, w)],
      [{ name, x, y: y - r - 6, anchor: "middle" }, box(x - w / 2, y - r - 15, w)],
    ];
    const free = candidates.find(([, b]) => b.x0 > 2 && b.x1 < width - 2 && b.y0 > 2 && b.y1 < height - 2 && !taken.some((other) => overlap(b, other)));
    if (!free) continue;
    labels.push(free[0]);
    taken.push(free[1]);
  }
  return labels;
}

const box = (x: number, y: number, w: number): Box => ({ x0: x, y0: y, x1: x + w, y1: y + 11 });

const overlap = (a: Box, b: Box): boolean => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
