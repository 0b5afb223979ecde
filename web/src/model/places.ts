import { dueAt, isActive, type Point, type Row } from "./row";
import { isAtRisk, type Cluster, type Lane } from "./overview";

const DAY = 86_400_000;
const LANES_SHOWN = 14;

/** Where arrivals are still due today, by city. Deliveries to places that no scan has located yet are counted apart. */
export function arrivals(
  rows: Iterable<Row>, cityOf: (row: Row) => Point | undefined, now: number, today: number,
): { clusters: Cluster[]; unplaced: number } {
  return group(rows, (row) => {
    const due = dueAt(row);
    if (!isActive(row) || row.status === "returning" || due === null || due >= today + DAY) return null;
    return { name: row.city, point: cityOf(row) };
  }, now);
}

/** Where active deliveries were last seen. */
export function lastSeen(rows: Iterable<Row>, now: number): { clusters: Cluster[]; unplaced: number } {
  return group(rows, (row) => (isActive(row) && row.lastAt > 0 ? { name: row.lastCity, point: row.last ?? undefined } : null), now);
}

function group(
  rows: Iterable<Row>, place: (row: Row) => { name: string; point: Point | undefined } | null, now: number,
): { clusters: Cluster[]; unplaced: number } {
  const clusters = new Map<string, Cluster>();
  let unplaced = 0;
  for (const row of rows) {
    const at = place(row);
    if (!at) continue;
    if (!at.point) {
      unplaced += 1;
      continue;
    }
    const known = clusters.get(at.name) ?? { name: at.name, point: at.point, count: 0, atRisk: 0 };
    known.count += 1;
    if (isAtRisk(row, now)) known.atRisk += 1;
    clusters.set(at.name, known);
  }
  return { clusters: [...clusters.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)), unplaced };
}

/** The busiest lanes of what is under way, and those that are delayed. */
export function lanes(rows: Iterable<Row>, cityOf: (row: Row) => Point | undefined): Lane[] {
  const all = new Map<string, Lane>();
  for (const row of rows) {
    const to = cityOf(row);
    if (!isActive(row) || !row.start || !to || row.origin === row.city) continue;
    const key = `${row.origin}→${row.city}`;
    const lane = all.get(key) ?? { from: row.start, to, label: `${row.origin} → ${row.city}`, count: 0, delayed: 0, minutes: 0, reason: null };
    lane.count += 1;
    if (row.delaySince !== null) {
      lane.delayed += 1;
      if ((row.delayMinutes ?? 0) >= lane.minutes) {
        lane.minutes = row.delayMinutes ?? 0;
        lane.reason = row.delayReason;
      }
    }
    all.set(key, lane);
  }
  const sorted = [...all.values()].sort((a, b) => b.delayed - a.delayed || b.count - a.count);
  return sorted.slice(0, LANES_SHOWN);
}
