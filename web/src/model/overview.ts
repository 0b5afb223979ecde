import type { Status } from "../api/generated";
import { behind, dueAt, FINAL, isActive, isLate, type Point, type Row } from "./row";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const USUAL_DAYS = 30;

export interface HourBar {
  hour: number;
  inTime: number;
  late: number;
  /** Middle of the same hour of the days before; null where there are none. */
  usual: number | null;
}

export interface CarrierLine {
  carrier: string;
  due: number;
  delivered: number;
  late: number;
  /** Share in time of the 30 days before; null where nothing was delivered. */
  usual: number | null;
}

export interface Overview {
  total: number;
  active: number;
  byStatus: Record<Status, number>;
  overdue: number;
  dueToday: number;
  atRisk: number;
  deliveredToday: number;
  inTimeToday: number;
  usualOnTime: number | null;
  lastHour: { created: number; dispatched: number; out: number; delivered: number; collected: number; delays: number; ended: number };
  usualHour: { delivered: number; delays: number; out: number; created: number } | null;
  hours: HourBar[];
  carriers: CarrierLine[];
  trouble: TroubleLine[];
}

export type TroubleKind = "late" | "delayed" | "attempt_failed" | "exception" | "on_hold" | "returning" | "contradiction";

export interface TroubleLine {
  kind: TroubleKind;
  severity: "red" | "amber";
  count: number;
}

export const emptyCounts = (): Record<Status, number> => ({
  created: 0, dispatched: 0, in_transit: 0, out_for_delivery: 0, available_for_pickup: 0, attempt_failed: 0, on_hold: 0,
  exception: 0, delivered: 0, returning: 0, returned: 0, cancelled: 0, expired: 0,
});

export const isAtRisk = (row: Row, now: number): boolean => isLate(row, now) || behind(row, now) > 0;

/** What may need a person, told from the delivery alone. */
export function troublesOf(row: Row, now: number): TroubleKind[] {
  const kinds: TroubleKind[] = [];
  if (row.contradiction) kinds.push("contradiction");
  if (!isActive(row)) return kinds;
  if (isLate(row, now)) kinds.push("late");
  if (row.delaySince !== null) kinds.push("delayed");
  if (row.status === "attempt_failed" || row.status === "exception" || row.status === "on_hold" || row.status === "returning") {
    kinds.push(row.status);
  }
  return kinds;
}

const TROUBLES: [TroubleKind, "red" | "amber"][] = [
  ["exception", "red"], ["late", "red"], ["contradiction", "red"], ["attempt_failed", "amber"], ["delayed", "amber"],
  ["on_hold", "amber"], ["returning", "amber"],
];

/** Everything on the overview, counted in one pass over one state of the rows. `today` is the viewer's midnight. */
export function overview(rows: Iterable<Row>, now: number, today: number): Overview {
  const count = new Counter(now, today);
  for (const row of rows) count.add(row);
  return count.result();
}

class Counter {
  private total = 0;
  private readonly byStatus = emptyCounts();
  private overdue = 0;
  private dueToday = 0;
  private atRisk = 0;
  private readonly hourly = new Map<number, { inTime: number; late: number; days: number[] }>();
  private readonly carriers = new Map<string, CarrierLine & { before: number; beforeInTime: number }>();
  private readonly hour = { created: 0, dispatched: 0, out: 0, delivered: 0, collected: 0, delays: 0, ended: 0 };
  private readonly past = { created: 0, delivered: 0, delays: 0, out: 0 };
  private oldest: number;
  private today_ = { delivered: 0, inTime: 0 };
  private before = { delivered: 0, inTime: 0 };
  private readonly troubles = new Map<TroubleKind, number>();

  constructor(private readonly now: number, private readonly today: number) {
    this.oldest = now;
  }

  add(row: Row): void {
    this.total += 1;
    this.byStatus[row.status] += 1;
    const { now } = this;
    for (const kind of troublesOf(row, now)) this.troubles.set(kind, (this.troubles.get(kind) ?? 0) + 1);
    const line = this.carrier(row.carrier);
    if (isActive(row)) {
      if (isLate(row, now)) this.overdue += 1;
      const due = dueAt(row);
      if (due !== null && due < this.today + DAY && row.status !== "returning") {
        this.dueToday += 1;
        line.due += 1;
        if (isAtRisk(row, now)) this.atRisk += 1;
      }
    }
    if (row.deliveredAt !== null && row.status === "delivered") this.addDelivered(row, row.deliveredAt, line);
    this.addHour(row);
  }

  private addDelivered(row: Row, at: number, line: CarrierLine & { before: number; beforeInTime: number }): void {
    const inTime = !row.firstPromise || at <= row.firstPromise.to;
    if (at >= this.today && at < this.today + DAY) {
      this.today_.delivered += 1;
      this.today_.inTime += inTime ? 1 : 0;
      line.delivered += 1;
      line.late += inTime ? 0 : 1;
      const bar = this.bar(new Date(at).getHours());
      if (inTime) bar.inTime += 1;
      else bar.late += 1;
    } else if (at < this.today && at >= this.today - USUAL_DAYS * DAY) {
      this.before.delivered += 1;
      this.before.inTime += inTime ? 1 : 0;
      line.before += 1;
      line.beforeInTime += inTime ? 1 : 0;
      const days = this.bar(new Date(at).getHours()).days;
      const index = Math.floor((this.today - at - 1) / DAY);
      days[index] = (days[index] ?? 0) + 1;
      if (at < this.oldest) this.oldest = at;
    }
  }

  private addHour(row: Row): void {
    const since = this.now - HOUR;
    const recent = (at: number | null): boolean => at !== null && at > since && at <= this.now;
    if (recent(row.createdAt)) this.hour.created += 1;
    if (recent(row.dispatchedAt)) this.hour.dispatched += 1;
    if (recent(row.outAt)) this.hour.out += 1;
    if (recent(row.delaySince)) this.hour.delays += 1;
    if (recent(row.returnedAt) || recent(row.cancelledAt)) this.hour.ended += 1;
    if (recent(row.deliveredAt)) {
      this.hour.delivered += 1;
      if (row.place === "pickup_point" || row.place === "locker") this.hour.collected += 1;
    }
    const day = (at: number | null): boolean => at !== null && at > this.now - 7 * DAY && at <= since;
    if (day(row.createdAt)) this.past.created += 1;
    if (day(row.deliveredAt)) this.past.delivered += 1;
    if (day(row.delaySince)) this.past.delays += 1;
    if (day(row.outAt)) this.past.out += 1;
  }

  private bar(hour: number): { inTime: number; late: number; days: number[] } {
    let bar = this.hourly.get(hour);
    if (!bar) this.hourly.set(hour, (bar = { inTime: 0, late: 0, days: [] }));
    return bar;
  }

  private carrier(name: string): CarrierLine & { before: number; beforeInTime: number } {
    let line = this.carriers.get(name);
    if (!line) {
      line = { carrier: name, due: 0, delivered: 0, late: 0, usual: null, before: 0, beforeInTime: 0 };
      this.carriers.set(name, line);
    }
    return line;
  }

  result(): Overview {
    const days = Math.min(USUAL_DAYS, Math.ceil((this.today - this.oldest) / DAY));
    const active = Object.entries(this.byStatus).reduce((sum, [status, n]) => sum + (FINAL.has(status as Status) ? 0 : n), 0);
    const week = Math.min(7 * DAY, this.now - this.oldest) / HOUR;
    const per = (n: number): number => Math.round(n / week);
    return {
      total: this.total,
      active,
      byStatus: this.byStatus,
      overdue: this.overdue,
      dueToday: this.dueToday,
      atRisk: this.atRisk,
      deliveredToday: this.today_.delivered,
      inTimeToday: this.today_.inTime,
      usualOnTime: this.before.delivered === 0 ? null : this.before.inTime / this.before.delivered,
      lastHour: this.hour,
      usualHour: week < 6 ? null
        : { delivered: per(this.past.delivered), delays: per(this.past.delays), out: per(this.past.out), created: per(this.past.created) },
      hours: this.bars(days),
      carriers: this.lines(),
      trouble: TROUBLES.map(([kind, severity]) => ({ kind, severity, count: this.troubles.get(kind) ?? 0 })),
    };
  }

  private bars(days: number): HourBar[] {
    const used = [...this.hourly.keys()];
    const first = Math.min(7, ...used);
    const last = Math.max(18, ...used);
    const bars: HourBar[] = [];
    for (let hour = first; hour <= last; hour += 1) {
      const bar = this.hourly.get(hour);
      bars.push({ hour, inTime: bar?.inTime ?? 0, late: bar?.late ?? 0, usual: days > 0 ? median(bar?.days ?? [], days) : null });
    }
    return bars;
  }

  private lines(): CarrierLine[] {
    return [...this.carriers.values()]
      .filter((line) => line.carrier !== "")
      .map(({ before, beforeInTime, ...line }) => ({ ...line, usual: before === 0 ? null : beforeInTime / before }))
      .sort((a, b) => b.delivered - a.delivered || b.due - a.due || a.carrier.localeCompare(b.carrier));
  }
}

/** The middle over so many days, where a day without a delivery counts as none. */
function median(values: number[], days: number): number {
  const all = Array.from({ length: days }, (_, i) => values[i] ?? 0).sort((a, b) => a - b);
  return all[Math.floor(all.length / 2)] ?? 0;
}

export interface Cluster {
  name: string;
  point: Point;
  count: number;
  atRisk: number;
}

export interface Lane {
  from: Point;
  to: Point;
  label: string;
  count: number;
  delayed: number;
  /** The longest delay on it, in minutes. */
  minutes: number;
  reason: string | null;
}
