import { useSyncExternalStore } from "react";
import { t } from "../text/text";
import { useKeys } from "./keys";

const SHOWN = 10_000;

interface Toast {
  id: number;
  text: string;
  severity: "done" | "lost";
  undo?: () => void;
}

let toast: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Says what one's own action came to. With `undo` it offers to take it back, for ten seconds. */
export function say(text: string, options: { undo?: () => void; severity?: "done" | "lost" } = {}): void {
  toast = { id: (toast?.id ?? 0) + 1, text, severity: options.severity ?? "done", ...(options.undo ? { undo: options.undo } : {}) };
  clearTimeout(timer);
  timer = setTimeout(hush, SHOWN);
  for (const listener of listeners) listener();
}

function hush(): void {
  toast = null;
  for (const listener of listeners) listener();
}

export function Toasts() {
  const shown = useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), () => toast);
  const undo = (): void => {
    const action = shown?.undo;
    hush();
    action?.();
  };
  useKeys(shown?.undo ? { u: undo } : {});
  return (
    <div className="toasts" role="status">
      {shown && (
        <div className="toast">
          {shown.severity === "lost" && <svg className="red" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><use href="#sev-red" /></svg>}
          <span>{shown.text}</span>
          {shown.undo
            ? <button type="button" className="btn quiet" onClick={undo}>{t("action.undo")} <kbd>u</kbd></button>
            : <button type="button" className="btn quiet icon" onClick={hush} aria-label={t("action.close")}>×</button>}
        </div>
      )}
    </div>
  );
}
