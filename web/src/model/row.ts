import type { Delivery, EventType, HandoverPlace, Reason, Status } from "../api/generated";

/** What the screens keep of a delivery: times as milliseconds, nothing that they do not show. */
export interface Row {
  id: string;
  sequence: number;
  status: Status;
  reason: Reason | null;
  carrier: string;
  order: string;
  tracking: string;
  city: string;
  country: string;
  origin: string;
  promised: Span | null;
  /** What on-time is judged against. */
  firstPromise: Span | null;
  expected: Span | null;
  delayMinutes: number | null;
  delayReason: Reason | null;
  delaySince: number | null;
  attempts: number;
  place: HandoverPlace | null;
  lastType: EventType | null;
  lastAt: number;
  lastPlace: string;
  lastCity: string;
  last: Point | null;
  start: Point | null;
  createdAt: number | null;
  dispatchedAt: number | null;
  outAt: number | null;
  deliveredAt: number | null;
  returnedAt: number | null;
  cancelledAt: number | null;
  cases: string[];
  contradiction: boolean;
  updatedAt: number;
}

export interface Span {
  from: number | null;
  to: number;
}

export type Point = readonly [lon: number, lat: number];

export const FINAL: ReadonlySet<Status> = new Set<Status>(["delivered", "returned", "cancelled", "expired"]);

export function rowOf(d: Delivery): Row {
  return {
    id: d.id,
    sequence: d.sequence,
    status: d.status,
    reason: d.reason,
    carrier: d.carrier ?? "",
    order: d.order_reference ?? "",
    tracking: d.tracking_number ?? "",
    city: d.destination?.city ?? "",
    country: d.destination?.country ?? "",
    origin: d.origin?.city ?? "",
    promised: span(d.promised),
    firstPromise: span(d.promised_original ?? d.promised),
    expected: span(d.eta),
    delayMinutes: d.delay?.minutes ?? null,
    delayReason: d.delay?.reason ?? null,
    delaySince: time(d.delay?.since),
    attempts: d.attempts,
    place: d.place ?? null,
    lastType: d.last_event?.type ?? null,
    lastAt: time(d.last_event?.occurred_at) ?? 0,
    lastPlace: d.last_location?.name ?? d.last_location?.city ?? "",
    lastCity: d.last_location?.city ?? "",
    last: point(d.last_location),
    start: point(d.origin),
    createdAt: time(d.created_at),
    dispatchedAt: time(d.dispatched_at),
    outAt: time(d.out_for_delivery_at),
    deliveredAt: time(d.delivered_at),
    returnedAt: time(d.returned_at),
    cancelledAt: time(d.cancelled_at),
    cases: d.open_cases,
    contradiction: d.contradiction !== null,
    updatedAt: time(d.updated_at) ?? 0,
  };
}

export const isActive = (row: Row): boolean => !FINAL.has(row.status);

/** The end of the window it is expected in: the estimate, else the promise. */
export const dueAt = (row: Row): number | null => row.expected?.to ?? row.promised?.to ?? null;

/** Milliseconds behind the promise: what is certain by now, or what the estimate says. Zero or less is in time. */
export function behind(row: Row, now: number): number {
  if (!row.promised || !isActive(row)) return 0;
  const overdue = now - row.promised.to;
  const expected = row.expected ? row.expected.to - row.promised.to : 0;
  return Math.max(overdue, expected);
}

export const isLate = (row: Row, now: number): boolean => isActive(row) && row.promised !== null && row.promised.to < now;

export function time(text: string | null | undefined): number | null {
  if (!text) return null;
  const value = Date.parse(text);
  return Number.isNaN(value) ? null : value;
}

function span(window: { earliest?: string | null; latest: string } | null | undefined): Span | null {
  const to = time(window?.latest);
  return to === null ? null : { from: time(window?.earliest), to };
}

export function point(place: { lat?: number; lon?: number } | null | undefined): Point | null {
  return place?.lat !== undefined && place.lon !== undefined ? [place.lon, place.lat] : null;
}
