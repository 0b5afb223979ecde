export type Theme = "system" | "light" | "dark";

export function theme(): Theme {
  const kept = localStorage.getItem("waybill.theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setTheme(next: Theme): void {
  if (next === "system") {
    localStorage.removeItem("waybill.theme");
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem("waybill.theme", next);
    document.documentElement.dataset["theme"] = next;
  }
}

export function toggleTheme(): void {
  const dark = theme() === "dark" || (theme() === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  setTheme(dark ? "light" : "dark");
}

/** The name that one's own actions carry. */
export const actor = (): string => localStorage.getItem("waybill.actor") ?? "";

export const setActor = (name: string): void => localStorage.setItem("waybill.actor", name);
