import { useEffect, useRef } from "react";

export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

/** `?` lists them, so each has a name. */
const stack: KeyMap[] = [];
let prefix = "";
let prefixAt = 0;

export const keysAreOn = (): boolean => localStorage.getItem("waybill.keys") !== "off";

/**
 * Keys of a screen while it is mounted. The innermost map that knows a key gets it.
 *
 * Nothing happens while a field has the focus or a modifier is down. `g o` is two keys, one after the other.
 */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const map: KeyMap = new Proxy({}, { get: (_, key) => latest.current[String(key)], has: (_, key) => String(key) in latest.current });
    stack.push(map);
    return () => {
      stack.splice(stack.indexOf(map), 1);
    };
  }, []);
}

function handle(event: KeyboardEvent): void {
  if (event.key === "Escape") return void dispatch("Escape", event);
  if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
  if (event.target instanceof HTMLElement && event.key === "Enter" && event.target.closest("button, a, summary, [role=button]")) return;
  const key = event.shiftKey && event.key.length === 1 && /[a-z]/i.test(event.key) ? `Shift+${event.key.toLowerCase()}` : event.key;
  const chord = prefix && Date.now() - prefixAt < 1_500 ? `${prefix} ${key}` : "";
  prefix = "";
  if (chord && dispatch(chord, event)) return;
  if (key === "g") {
    prefix = "g";
    prefixAt = Date.now();
    return;
  }
  dispatch(key, event);
}

function dispatch(key: string, event: KeyboardEvent): boolean {
  for (const map of [...stack].reverse()) {
    if (!(key in map)) continue;
    event.preventDefault();
    map[key]?.(event);
    return true;
  }
  return false;
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox" && target.type !== "radio";
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

window.addEventListener("keydown", handle);
