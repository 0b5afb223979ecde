import type { Status } from "../api/generated";
import { type TroubleKind, troublesOf } from "./overview";
import { behind, FINAL, isActive, type Row } from "./row";

export type Sort = "behind" | "-created" | "created" | "promised" | "-promised" | "-heard" | "id";

/** What a list is narrowed by. It lives in the URL, so that a view can be sent to somebody. */
export interface Filter {
  text: string;
  statuses: Status[];
  trouble: TroubleKind[];
  carriers: string[];
  /** ISO 3166-1 alpha-2. */
  countries: string[];
  lane: string;
  promised: "" | "past" | "today" | "tomorrow";
}

export interface View {
  id: string;
  /** Given by a person; built-in views have a text. */
  name?: string;
  text?: string;
  query: string;
}

const ACTIVE = "active";

export const BUILT_IN_VIEWS: View[] = [
  { id: "late", text: "views.late", query: "trouble=late,delayed&sort=behind" },
  { id: "attempts", text: "views.attempts", query: "status=attempt_failed&sort=behind" },
  { id: "hold", text: "views.hold", query: "status=on_hold" },
  { id: "out", text: "views.out", query: "status=out_for_delivery&sort=promised" },
];

export function savedViews(): View[] {
  try {
    return JSON.parse(localStorage.getItem("waybill.views") ?? "[]") as View[];
  } catch {
    return [];
  }
}

export function saveView(view: View): void {
  localStorage.setItem("waybill.views", JSON.stringify([...savedViews().filter((one) => one.id !== view.id), view]));
}

export function removeView(id: string): void {
  localStorage.setItem("waybill.views", JSON.stringify(savedViews().filter((one) => one.id !== id)));
}

export const viewPath = (view: View): string => `/deliveries?${view.query}&view=${encodeURIComponent(view.id)}`;

export function viewCount(view: View, rows: Iterable<Row>, now: number): number {
  const filter = filterOf(new URLSearchParams(view.query));
  let count = 0;
  for (const row of rows) if (matches(row, filter, now)) count += 1;
  return count;
}

export function filterOf(query: URLSearchParams): Filter {
  const list = (name: string): string[] => (query.get(name) ?? "").split(",").filter(Boolean);
  const promised = query.get("promised");
  return {
    text: (query.get("q") ?? "").trim(),
    statuses: statuses(list("status")),
    trouble: list("trouble") as TroubleKind[],
    carriers: (query.get("carrier") ?? "").split("|").filter(Boolean),
    countries: list("country"),
    lane: query.get("lane") ?? "",
    promised: promised === "past" || promised === "today" || promised === "tomorrow" ? promised : "",
  };
}

export const sortOf = (query: URLSearchParams): Sort => (query.get("sort") as Sort | null) ?? "-created";

export const isFiltered = (filter: Filter): boolean =>
  filter.text !== "" || filter.statuses.length + filter.trouble.length + filter.carriers.length + filter.countries.length > 0
  || filter.lane !== "" || filter.promised !== "";

const ALL: Status[] = [
  "created", "dispatched", "in_transit", "out_for_delivery", "available_for_pickup", "attempt_failed", "on_hold", "exception",
  "delivered", "returning", "returned", "cancelled", "expired",
];

export const STATUSES: readonly Status[] = ALL;

function statuses(codes: string[]): Status[] {
  if (codes.includes(ACTIVE)) return ALL.filter((status) => !FINAL.has(status));
  return ALL.filter((status) => codes.includes(status));
}

const DAY = 86_400_000;

export function matches(row: Row, filter: Filter, now: number): boolean {
  if (filter.statuses.length > 0 && !filter.statuses.includes(row.status)) return false;
  if (filter.carriers.length > 0 && !filter.carriers.includes(row.carrier)) return false;
  if (filter.countries.length > 0 && !filter.countries.includes(row.country)) return false;
  if (filter.lane !== "" && filter.lane !== `${row.origin} → ${row.city}`) return false;
  if (filter.trouble.length > 0) {
    const kinds = troublesOf(row, now);
    if (!filter.trouble.some((kind) => kinds.includes(kind))) return false;
  }
  if (filter.promised !== "" && !isPromised(row, filter.promised, now)) return false;
  return filter.text === "" || isNamed(row, filter.text.toLowerCase());
}

function isPromised(row: Row, when: "past" | "today" | "tomorrow", now: number): boolean {
  if (!row.promised) return false;
  if (when === "past") return isActive(row) && row.promised.to < now;
  const today = new Date(now).setHours(0, 0, 0, 0) + (when === "tomorrow" ? DAY : 0);
  return row.promised.to >= today && row.promised.to < today + DAY;
}

/** By the beginning of an id, number or order, or the name of a place or carrier. */
function isNamed(row: Row, text: string): boolean {
  const bare = text.replaceAll(" ", "");
  return row.id.toLowerCase().includes(bare) || row.tracking.toLowerCase().replaceAll(" ", "").includes(bare)
    || row.order.toLowerCase().includes(bare) || row.city.toLowerCase().startsWith(text) || row.carrier.toLowerCase().startsWith(text);
}

export function compare(sort: Sort, now: number): (a: Row, b: Row) => number {
  const byID = (a: Row, b: Row): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const far = Number.MAX_SAFE_INTEGER;
  switch (sort) {
    case "behind": return (a, b) => behind(b, now) - behind(a, now) || byID(a, b);
    case "created": return (a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || byID(a, b);
    case "-created": return (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || byID(b, a);
    case "promised": return (a, b) => (a.promised?.to ?? far) - (b.promised?.to ?? far) || byID(a, b);
    case "-promised": return (a, b) => (b.promised?.to ?? 0) - (a.promised?.to ?? 0) || byID(b, a);
    case "-heard": return (a, b) => b.updatedAt - a.updatedAt || byID(a, b);
    case "id": return byID;
  }
}
