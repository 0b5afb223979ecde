import de from "./de.json";
import en from "./en.json";

export type TextKey = keyof typeof en;
export type Language = "en" | "de";

const TEXTS: Record<Language, Record<string, string>> = { en, de };

/** English unless the viewer chose German or the browser prefers it. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem("waybill.language");
  if (kept === "en" || kept === "de") return kept;
  return navigator.languages?.[0]?.toLowerCase().startsWith("de") ? "de" : "en";
}

let current: Language = typeof localStorage === "undefined" ? "en" : preferredLanguage();

export const language = (): Language => current;

/** Regional forms that write clocks with 24 hours and days before months. */
export const locale = (): string => (current === "de" ? "de-DE" : "en-GB");

export function setLanguage(next: Language): void {
  current = next;
  localStorage.setItem("waybill.language", next);
  document.documentElement.lang = next;
}

export type Values = Record<string, string | number>;

/** The text of a key; `{name}` is replaced. With `n`, `key.one` is used for one where it exists. */
export function t(key: TextKey, values: Values = {}): string {
  const texts = TEXTS[current];
  const single = values["n"] === 1 || values["n"] === "1" ? texts[`${key}.one`] : undefined;
  return fill(single ?? texts[key] ?? key, values);
}

/** For keys that are made of codes of the API; a code that has no text is shown as it is. */
export function tCode(group: string, code: string): string {
  return TEXTS[current][`${group}.${code}`] ?? code.replaceAll("_", " ");
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
