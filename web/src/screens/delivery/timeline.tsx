import { Fragment, useState } from "react";
import type { EventType, Status, TimelineEntry } from "../../api/generated";
import { Icon, type IconName } from "../../components/icon";
import { GLYPHS } from "../../components/status";
import { type Row, time } from "../../model/row";
import { clock, clockSeconds, day, duration, moment, otherZone, startOfDay, window as span } from "../../text/format";
import { t, tCode } from "../../text/text";

const LATE = 60_000;
const DAY = 86_400_000;

const STATUS_OF: Partial<Record<EventType, Status>> = {
  created: "created", dispatched: "dispatched", picked_up: "dispatched", departed_hub: "in_transit", in_transit: "in_transit",
  arrived_at_hub: "in_transit", held: "on_hold", customs_held: "on_hold", customs_cleared: "in_transit", released: "in_transit",
  out_for_delivery: "out_for_delivery", delivery_attempted: "attempt_failed", available_for_pickup: "available_for_pickup",
  exception: "exception", returning: "returning", cancelled: "cancelled", delivered: "delivered", returned: "returned", expired: "expired",
};

const ICON_OF: Partial<Record<EventType, IconName>> = {
  note: "note", correction: "undo", eta_changed: "clock", delayed: "late", rescheduled: "cal", redirected: "pin", updated: "gear",
};

/** What happened, newest first, by both clocks: when it happened, and how much later it was heard. */
export function Timeline({ events, row, now, onCorrect }: { events: TimelineEntry[]; row: Row; now: number; onCorrect: (event: { id: string; title: string }) => void }) {
  const [open, setOpen] = useState<string | null>(null);
  const [knownAt, setKnownAt] = useState(0);
  const heard = [...new Set(events.map((event) => time(event.received_at) ?? 0))].sort((a, b) => a - b);
  const shown = [...events].filter((event) => knownAt === 0 || (time(event.received_at) ?? 0) <= knownAt).reverse();
  let last = 0;
  return (
    <section className="panel tl" aria-label={t("timeline.title")}>
      <header>
        <h2>{t("timeline.title")}</h2><span className="dim small">{t("timeline.count", { n: shown.length })}</span>
        <div className="end knownat">
          <label className="small dim" htmlFor="known-at"><Icon name="clock" small />{t("timeline.knownAt")}</label>
          <select id="known-at" className="select" value={knownAt} onChange={(event) => setKnownAt(Number(event.target.value))}>
            <option value={0}>{t("timeline.knownNow")}</option>
            {heard.slice(0, -1).reverse().slice(0, 40).map((at) => <option key={at} value={at}>{moment(at, now)}:{String(new Date(at).getSeconds()).padStart(2, "0")}</option>)}
          </select>
        </div>
      </header>
      <div className="cols dim small" aria-hidden="true"><span>{t("timeline.happened")}</span><span>{t("timeline.heard")}</span></div>
      <ol>
        {shown.map((event, i) => {
          const at = time(event.occurred_at) ?? 0;
          const newDay = startOfDay(at) !== startOfDay(last) || i === 0;
          last = at;
          return (
            <Fragment key={event.id}>
              {newDay && <li className="day"><span>{startOfDay(at) === startOfDay(now) ? `${t("time.Today")}, ` : ""}{day(at)}</span></li>}
              <Entry event={event} row={row} now={now} isLast={i === shown.length - 1} isOpen={open === event.id} onOpen={() => setOpen(open === event.id ? null : event.id ?? null)} onCorrect={onCorrect} />
            </Fragment>
          );
        })}
      </ol>
    </section>
  );
}

interface EntryProps {
  event: TimelineEntry;
  row: Row;
  now: number;
  isLast: boolean;
  isOpen: boolean;
  onOpen: () => void;
  onCorrect: (event: { id: string; title: string }) => void;
}

function Entry({ event, row, now, isLast, isOpen, onOpen, onCorrect }: EntryProps) {
  const at = time(event.occurred_at) ?? 0;
  const heard = time(event.received_at) ?? at;
  const lag = heard - at;
  const late = event.flags.includes("late_arrival");
  const undone = event.effect === "corrected";
  const title = tCode("event", event.type);
  const place = event.location?.name ?? event.location?.city;
  const words = <><b>{title}</b>{event.reason ? `: ${tCode("reason", event.reason)}` : ""}{place ? `, ${place}` : ""}</>;
  return (
    <li className={`${undone ? "undone" : ""} ${isLast ? "last" : ""} ${isOpen ? "open" : ""}`} data-event={event.id}>
      <time dateTime={event.occurred_at}>{clock(at)}</time>
      <span className={`lag ${late ? "hot" : ""}`} title={t("timeline.lag", { at: clockSeconds(heard) })}>{lag >= LATE ? `+${duration(lag >= DAY ? Math.floor(lag / DAY) * DAY : lag)}` : duration(Math.max(0, lag))}</span>
      <Node event={event} undone={undone} />
      <div>
        <p>
          <button type="button" className="linkish plain" aria-expanded={isOpen} onClick={onOpen}>{undone ? <s>{words}</s> : words}</button>
          {late && <span className="tag acc"><Icon name="late" />{t("timeline.late", { at: moment(heard, now) })}</span>}
          {undone && <span className="tag">{t("timeline.corrected")}</span>}
          {event.effect === "contradiction" && <span className="tag red">{t("timeline.contradiction")}</span>}
          {event.flags.includes("before_created") && <span className="tag">{t("timeline.beforeCreated")}</span>}
        </p>
        <p className="x">{explain(event, now)}</p>
        {isOpen && <Raw event={event} row={row} heard={heard} onCorrect={undone || event.type === "correction" ? null : () => event.id && onCorrect({ id: event.id, title })} />}
      </div>
    </li>
  );
}

function Node({ event, undone }: { event: TimelineEntry; undone: boolean }) {
  const status = STATUS_OF[event.type];
  if (undone) return <i className="nd"><Icon name="strike" small /></i>;
  if (ICON_OF[event.type] || !status) return <i className={`nd ${event.type === "delayed" ? "amber" : ""}`}><Icon name={ICON_OF[event.type] ?? "clock"} small /></i>;
  return <i className={`nd st-${GLYPHS[status]}`}><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><use href={`#st-${GLYPHS[status]}`} /></svg></i>;
}

/** The second line: what the event says beyond its title, and who said it. */
function explain(event: TimelineEntry, now: number): string {
  const parts: string[] = [];
  const free = event as TimelineEntry & { text?: unknown };
  if (typeof free.text === "string") parts.push(`“${free.text}”`);
  if (event.detail) parts.push(event.detail);
  if (event.eta) parts.push(t("timeline.eta", { window: span({ from: time(event.eta.earliest), to: time(event.eta.latest) ?? 0 }, now) }));
  if (event.promised && event.type !== "created") parts.push(t("timeline.promised", { window: span({ from: time(event.promised.earliest), to: time(event.promised.latest) ?? 0 }, now) }));
  if (event.place) parts.push(tCode("place", event.place));
  if (event.corrects) parts.push(t("timeline.corrects", { why: tCode("why", event.why ?? "") }));
  const who = event.actor ? `${event.actor}, ${event.source ?? ""}` : event.source;
  return [parts.join("; "), who].filter(Boolean).join(" · ");
}

/** What the source said, and how the time is known. */
function Raw({ event, row, heard, onCorrect }: { event: TimelineEntry; row: Row; heard: number; onCorrect: (() => void) | null }) {
  const free = event as TimelineEntry & { original_time?: unknown; zone?: unknown; zone_known?: unknown };
  const at = time(event.occurred_at) ?? 0;
  const zone = otherZone(event.location?.country ?? row.country, at);
  const said = [event.raw_code, event.detail ? `“${event.detail}”` : ""].filter(Boolean).join(" ");
  return (
    <>
      <dl className="raw">
        {said && <><dt>{t("raw.said")}</dt><dd className="mono">{said}</dd></>}
        {typeof free.original_time === "string" && <><dt>{t("raw.time")}</dt><dd className="mono">{free.original_time}</dd></>}
        {zone && <><dt>{t("raw.there")}</dt><dd>{clock(at, zone)}, {zone}</dd></>}
        {typeof free.zone === "string" && <><dt>{t("raw.zone")}</dt><dd>{free.zone}{typeof free.zone_known === "string" ? `, ${free.zone_known}` : ""}</dd></>}
        <dt>{t("raw.happened")}</dt><dd className="mono">{event.occurred_at}</dd>
        <dt>{t("raw.heard")}</dt><dd>{day(heard)} {clockSeconds(heard)}{event.source ? `, ${event.source}` : ""}</dd>
        <dt>{t("raw.event")}</dt><dd className="mono">{event.id}, {t("raw.sequence", { n: event.sequence })}</dd>
      </dl>
      {onCorrect && <button type="button" className="btn quiet small" onClick={onCorrect}><Icon name="undo" />{t("action.correct")}</button>}
    </>
  );
}
