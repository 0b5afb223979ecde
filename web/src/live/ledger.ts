import type { Status, Update } from "../api/generated";

const MINUTE = 60_000;
const KEPT_MINUTES = 60;

export interface SourceActivity {
  source: string;
  /** When the newest event was heard. */
  heardAt: number;
  count: number;
  /** The middle of the last pauses between events, in milliseconds; null before the third. */
  usual: number | null;
}

interface Source {
  heardAt: number;
  count: number;
  pauses: number[];
}

/** One minute of what was heard. */
interface Minute {
  at: number;
  updates: number;
  positions: number;
  late: number;
  corrections: number;
  windowsMoved: number;
  attemptsFailed: number;
  entered: Partial<Record<Status, number>>;
  left: Partial<Record<Status, number>>;
}

/** What was heard over the last hour, or since the page was opened, in minutes. Bounded: old minutes are dropped. */
export class Ledger {
  openedAt = Date.now();
  private minutes: Minute[] = [];
  private seconds: number[] = [];
  private secondsAt = 0;
  private readonly sources = new Map<string, Source>();

  begin(now: number): void {
    this.openedAt = now;
    this.minutes = [];
    this.seconds = [];
  }

  hear(update: Update, now: number): void {
    const minute = this.minute(now);
    minute.updates += 1;
    this.tick(now);
    if (update.late_arrival) minute.late += 1;
    const event = update.event as { type?: string; source?: string };
    if (event.type === "correction") minute.corrections += 1;
    if (event.type === "eta_changed") minute.windowsMoved += 1;
    if (event.type === "delivery_attempted") minute.attemptsFailed += 1;
    if (update.status !== update.previous_status) {
      minute.entered[update.status] = (minute.entered[update.status] ?? 0) + 1;
      if (update.previous_status) minute.left[update.previous_status] = (minute.left[update.previous_status] ?? 0) + 1;
    }
    this.hearSource(event.source ?? "", now);
  }

  hearPosition(now: number): void {
    this.minute(now).positions += 1;
    this.tick(now);
  }

  /** Events a second, newest last, for the last two minutes. */
  rates(now: number): number[] {
    this.advance(now);
    return this.seconds.slice(-120);
  }

  rate(now: number): number {
    const last = this.rates(now).slice(-11, -1);
    return last.length === 0 ? 0 : last.reduce((sum, n) => sum + n, 0) / last.length;
  }

  sum(now: number): Omit<Minute, "at"> & { span: number } {
    const kept = this.minutes.filter((minute) => minute.at > now - KEPT_MINUTES * MINUTE);
    const total = { ...empty(0), span: Math.min(now - this.openedAt, KEPT_MINUTES * MINUTE) };
    for (const minute of kept) {
      for (const key of ["updates", "positions", "late", "corrections", "windowsMoved", "attemptsFailed"] as const) total[key] += minute[key];
      add(total.entered, minute.entered);
      add(total.left, minute.left);
    }
    return total;
  }

  /** Most unusual silence first. */
  activity(now: number): SourceActivity[] {
    const all = [...this.sources].map(([source, s]) => ({
      source, heardAt: s.heardAt, count: s.count, usual: s.pauses.length < 3 ? null : median(s.pauses),
    }));
    const unusual = (a: SourceActivity) => (a.usual ? (now - a.heardAt) / Math.max(a.usual, 1_000) : 0);
    return all.sort((a, b) => unusual(b) - unusual(a) || a.source.localeCompare(b.source));
  }

  private hearSource(name: string, now: number): void {
    if (!name) return;
    const source = this.sources.get(name) ?? { heardAt: now, count: 0, pauses: [] };
    if (source.count > 0) source.pauses = [...source.pauses.slice(-30), now - source.heardAt];
    source.heardAt = now;
    source.count += 1;
    this.sources.set(name, source);
  }

  private minute(now: number): Minute {
    const at = Math.floor(now / MINUTE) * MINUTE;
    const last = this.minutes.at(-1);
    if (last?.at === at) return last;
    const fresh = empty(at);
    this.minutes = [...this.minutes.slice(-KEPT_MINUTES), fresh];
    return fresh;
  }

  private tick(now: number): void {
    this.advance(now);
    this.seconds[this.seconds.length - 1] = (this.seconds.at(-1) ?? 0) + 1;
  }

  private advance(now: number): void {
    const second = Math.floor(now / 1000);
    if (this.seconds.length === 0) this.secondsAt = second - 1;
    const missing = Math.min(second - this.secondsAt, 180);
    for (let i = 0; i < missing; i += 1) this.seconds.push(0);
    if (this.seconds.length > 300) this.seconds = this.seconds.slice(-180);
    this.secondsAt = second;
  }
}

const empty = (at: number): Minute => ({
  at, updates: 0, positions: 0, late: 0, corrections: 0, windowsMoved: 0, attemptsFailed: 0, entered: {}, left: {},
});

function add(into: Partial<Record<Status, number>>, from: Partial<Record<Status, number>>): void {
  for (const [status, n] of Object.entries(from) as [Status, number][]) into[status] = (into[status] ?? 0) + n;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
