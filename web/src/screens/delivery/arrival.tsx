import type { TimelineEntry } from "../../api/generated";
import { isActive, type Row, type Span, time } from "../../model/row";
import { clock, day, dayName, duration, otherZone, startOfDay, window as span } from "../../text/format";
import { t, tCode } from "../../text/text";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When it comes, against what was promised, and why. */
export function Arrival({ row, events, now }: { row: Row; events: TimelineEntry[]; now: number }) {
  const eta = etaEvent(events);
  return (
    <section className="panel etap">
      <header>
        <h2>{headline(row, now)}</h2>
        {row.expected && isActive(row) && <span className="dim small end">{eta ? t("arrival.from", { source: eta.source ?? t("arrival.carrier"), at: clock(time(eta.occurred_at) ?? now) }) : t("arrival.carrier")}</span>}
      </header>
      <div className="body">
        {(row.promised || row.expected) && <><Bar row={row} now={now} width={640} kind="wide" /><Bar row={row} now={now} width={340} kind="narrow" /></>}
        <p className="why"><b className="strong">{t("arrival.why")}</b> {why(row, events, now)} <OwnClock row={row} /></p>
      </div>
    </section>
  );
}

function headline(row: Row, now: number): string {
  if (row.status === "delivered" && row.deliveredAt !== null) return t("arrival.delivered", { day: dayName(row.deliveredAt, now), at: clock(row.deliveredAt) });
  if (row.status === "returned" && row.returnedAt !== null) return t("arrival.returned", { day: dayName(row.returnedAt, now) });
  if (row.status === "cancelled") return t("arrival.cancelled");
  if (row.status === "available_for_pickup") return t("arrival.pickup", { place: row.lastPlace || row.city });
  const expected = row.expected ?? row.promised;
  if (!expected) return t("arrival.unknown");
  if (expected.to < now) return t("arrival.overdue", { window: span(expected, now) });
  return t(row.expected ? "arrival.expected" : "arrival.promised", { window: span(expected, now) });
}

function etaEvent(events: TimelineEntry[]): TimelineEntry | undefined {
  return [...events].reverse().find((event) => event.eta && event.effect !== "corrected");
}

/** The reason in a sentence, out of what the sources said; what nobody said is not made up. */
function why(row: Row, events: TimelineEntry[], now: number): string {
  const parts: string[] = [];
  const delayed = [...events].reverse().find((event) => event.type === "delayed" && event.effect !== "corrected");
  if (row.status === "delivered" && row.deliveredAt !== null && row.firstPromise) {
    parts.push(row.deliveredAt <= row.firstPromise.to ? t("why.inTime", { window: span(row.firstPromise, now) }) : t("why.afterPromise", { by: duration(row.deliveredAt - row.firstPromise.to), window: span(row.firstPromise, now) }));
    if (row.place) parts.push(t("why.place", { place: tCode("place", row.place) }));
  }
  if (delayed) {
    const place = delayed.location?.name ?? delayed.location?.city;
    parts.push(t(place ? "why.delayedAt" : "why.delayed", { reason: tCode("reason", delayed.reason ?? "unknown"), place: place ?? "", at: span({ from: null, to: time(delayed.occurred_at) ?? now }, now) }) + (delayed.detail ? ` “${delayed.detail}”.` : ""));
  }
  if (["attempt_failed", "exception", "on_hold", "returning"].includes(row.status)) parts.push(t("why.status", { status: tCode("status", row.status), reason: tCode("reason", row.reason ?? "unknown") }));
  if (isActive(row) && row.lastType && parts.length === 0) parts.push(t("why.last", { event: tCode("event", row.lastType), place: row.lastPlace ? `, ${row.lastPlace}` : "", ago: duration(Math.max(0, now - row.lastAt)) }));
  if (row.attempts > 0) parts.push(t("why.attempts", { n: row.attempts }));
  return parts.join(" ") || t("why.nothing");
}

/** The delivery's own clock, where it shows another time than the viewer's. */
function OwnClock({ row }: { row: Row }) {
  const expected = row.expected ?? row.promised;
  const zone = expected ? otherZone(row.country, expected.to) : null;
  if (!expected || !zone) return null;
  return <span className="dim">{t("arrival.own", { window: `${expected.from === null ? "" : `${clock(expected.from, zone)}–`}${clock(expected.to, zone)}`, zone })}</span>;
}

/** Promised, expected, now and what is overdue, on one scale. */
function Bar({ row, now, width, kind }: { row: Row; now: number; width: number; kind: string }) {
  const marks = [row.promised, row.expected].filter((one): one is Span => one !== null);
  const end = row.deliveredAt ?? (isActive(row) ? now : null);
  const all = [...marks.flatMap((one) => [one.from ?? one.to, one.to]), ...(end === null ? [] : [end])];
  let [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = Math.max((high - low) * 0.06, HOUR / 2);
  [low, high] = [low - pad, high + pad];
  const x = (at: number): number => ((at - low) / (high - low)) * width;
  const ticks = scale(low, high, kind === "wide" ? 9 : 5);
  const overdue = row.promised && end !== null && end > row.promised.to ? end : null;
  const w = (one: Span): number => Math.max(6, x(one.to) - x(one.from ?? one.to - HOUR));
  return (
    <svg className={`chart etab ${kind}`} viewBox={`0 0 ${width} 74`} role="img" aria-label={label(row, now)}>
      {ticks.map((at) => <g key={at}><path className="grid" d={`M${x(at)} 18V56`} /><text x={Math.min(Math.max(x(at), 18), width - 20)} y="70" textAnchor="middle">{high - low > 2 * DAY ? day(at).replace(/^\S+ /, "") : clock(at)}</text></g>)}
      {row.promised && <><rect className="prom" x={x(row.promised.from ?? row.promised.to - HOUR)} y="24" width={w(row.promised)} height="14" rx="3" />
        {w(row.promised) > 96 && <text className="in" x={x(row.promised.from ?? row.promised.to) + 7} y="35">{t("arrival.bar.promised")} {w(row.promised) > 150 ? span(row.promised, now) : ""}</text>}</>}
      {row.expected && isActive(row) && <rect className="eta" x={x(row.expected.from ?? row.expected.to - HOUR)} y={row.promised ? 41 : 24} width={w(row.expected)} height="9" rx="3" />}
      {overdue !== null && row.promised && <><path className="over" d={`M${x(row.promised.to)} 31H${x(overdue)}`} /><text className="red" x={Math.min(x(row.promised.to) + 4, width - 84)} y="15">{t("arrival.bar.late", { by: duration(overdue - row.promised.to) })}</text></>}
      {end !== null && <><path className="nowl" d={`M${x(end)} 20V56`} /><text className="b" x={Math.min(x(end) + 5, width - 58)} y="55">{row.deliveredAt !== null ? t("status.delivered") : t("arrival.bar.now")}</text></>}
    </svg>
  );
}

function label(row: Row, now: number): string {
  return [row.promised ? t("arrival.promised", { window: span(row.promised, now) }) : "", headline(row, now)].filter(Boolean).join("; ");
}

/** Round hours or days, at most so many. */
function scale(low: number, high: number, most: number): number[] {
  const step = [HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY].find((one) => (high - low) / one <= most) ?? 60 * DAY;
  const ticks: number[] = [];
  const origin = startOfDay(low);
  for (let at = origin + Math.ceil((low - origin) / step) * step; at <= high; at += step) ticks.push(at);
  return ticks;
}
