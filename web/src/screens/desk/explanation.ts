import type { DeskCase } from "../../api/desk";
import { moment } from "../../text/format";

/** What the rule compared with, in one line. */
export const explanationText = (one: DeskCase): string => one.explanation?.threshold ?? "";

/** What the rule looked at, as name and value; times in the viewer's zone. */
export function explanationInputs(one: DeskCase, now: number): [string, string][] {
  return Object.entries(one.explanation?.inputs ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name.replaceAll("_", " "), plain(value, now)]);
}

function plain(value: unknown, now: number): string {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return moment(Date.parse(value), now);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
