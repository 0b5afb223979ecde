import type { Span } from "../model/row";
import { locale, t } from "./text";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let format = cache.get(key);
  if (!format) cache.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
  return format;
}

const numbers = new Map<string, Intl.NumberFormat>();

export function number(value: number, digits = 0): string {
  const key = `${locale()}${digits}`;
  let format = numbers.get(key);
  if (!format) {
    numbers.set(key, (format = new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })));
  }
  return format.format(value);
}

/** With a sign, and a minus that is as wide as a plus. */
export const signed = (value: number): string => (value > 0 ? `+${number(value)}` : value < 0 ? `−${number(-value)}` : "0");

export const percent = (share: number): string => number(share * 100, 1);

/** `14:32` */
export const clock = (at: number, zone?: string): string =>
  dates({ hour: "2-digit", minute: "2-digit", hour12: false, ...inZone(zone) }).format(at);

/** `14:32:05` */
export const clockSeconds = (at: number): string =>
  dates({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(at);

/** `Mon 23 Nov` */
export const day = (at: number, zone?: string): string =>
  dates({ weekday: "short", day: "numeric", month: "short", ...inZone(zone) }).format(at).replace(",", "");

/** `23 Nov 14:32`, the day left out where it is today. */
export function moment(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clock(at);
  return `${dates({ day: "numeric", month: "short" }).format(at)} ${clock(at)}`;
}

/** `16:10–16:50`, with the day unless it is today. */
export function window(span: Span, now: number): string {
  const sameDay = span.from === null || startOfDay(span.from) === startOfDay(span.to);
  if (!sameDay) return `${moment(span.from as number, now)} – ${moment(span.to, now)}`;
  const clocks = span.from === null || span.from === span.to ? clock(span.to) : `${clock(span.from)}–${clock(span.to)}`;
  return startOfDay(span.to) === startOfDay(now) ? clocks : `${shortDay(span.to, now)} ${clocks}`;
}

/** For a table: `tomorrow`, else `23 Nov`. */
function shortDay(at: number, now: number): string {
  const name = dayName(at, now);
  return name === day(at) ? dates({ day: "numeric", month: "short" }).format(at) : name;
}

/** `today`, `tomorrow`, `yesterday` or `Mon 23 Nov`. */
export function dayName(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.tomorrow");
  if (days === -1) return t("time.yesterday");
  return day(at);
}

/** `28 min`, `2 h 45 min`, `3 d 4 h`; never longer than two parts. */
export function duration(milliseconds: number): string {
  const ms = Math.abs(milliseconds);
  if (ms < 1_000) return t("time.seconds", { n: number(ms / 1000, 1) });
  if (ms < MINUTE) return t("time.seconds", { n: Math.round(ms / 1000) });
  if (ms < HOUR) return t("time.minutes", { n: Math.round(ms / MINUTE) });
  if (ms < DAY) {
    const minutes = Math.round((ms % HOUR) / MINUTE);
    return minutes === 0 || minutes === 60
      ? t("time.hours", { n: Math.round(ms / HOUR) })
      : `${t("time.hours", { n: Math.floor(ms / HOUR) })} ${t("time.minutes", { n: minutes })}`;
  }
  const hours = Math.floor((ms % DAY) / HOUR);
  return hours === 0 ? t("time.days", { n: Math.floor(ms / DAY) }) : `${t("time.days", { n: Math.floor(ms / DAY) })} ${t("time.hours", { n: hours })}`;
}

export function startOfDay(at: number): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Zones of countries that have one. A zone is never guessed for the others. */
const ZONES: Record<string, string> = {
  DE: "Europe/Berlin", FR: "Europe/Paris", NL: "Europe/Amsterdam", BE: "Europe/Brussels", PL: "Europe/Warsaw", CZ: "Europe/Prague",
  AT: "Europe/Vienna", CH: "Europe/Zurich", IT: "Europe/Rome", DK: "Europe/Copenhagen", SE: "Europe/Stockholm", GB: "Europe/London",
  IE: "Europe/Dublin", NO: "Europe/Oslo", FI: "Europe/Helsinki", LU: "Europe/Luxembourg", HU: "Europe/Budapest", GR: "Europe/Athens",
};

/** The delivery's own zone where its clock shows another time than the viewer's. */
export function otherZone(country: string, at: number): string | null {
  const zone = ZONES[country];
  return zone && clock(at, zone) !== clock(at) ? zone : null;
}

const inZone = (zone: string | undefined): Intl.DateTimeFormatOptions => (zone ? { timeZone: zone } : {});
