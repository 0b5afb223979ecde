import { useSyncExternalStore } from "react";

export interface Route {
  /** `overview`, `deliveries`, ... */
  screen: string;
  /** What follows the screen's name: the id of a delivery or case, percent-decoded. */
  subject: string | null;
  query: URLSearchParams;
  text: string;
}

const listeners = new Set<() => void>();
let current = parse();

window.addEventListener("popstate", () => changed());

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  changed();
  if (!options.replace) window.scrollTo(0, 0);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => current);
}

/** Changes some of the query and leaves the rest; an empty value removes. */
export function setQuery(values: Record<string, string>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ""), { replace: true });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed(): void {
  current = parse();
  for (const listener of listeners) listener();
}

function parse(): Route {
  const [, screen = "", ...rest] = location.pathname.split("/");
  return {
    screen: screen || "overview",
    subject: rest.length > 0 && rest[0] ? decode(rest.join("/")) : null,
    query: new URLSearchParams(location.search),
    text: location.pathname + location.search,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
