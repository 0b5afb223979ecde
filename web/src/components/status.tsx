import type { Status } from "../api/generated";
import { t, tCode } from "../text/text";

/** The class and glyph of each status. */
export const GLYPHS: Record<Status, string> = {
  created: "created", dispatched: "dispatched", in_transit: "transit", out_for_delivery: "out", available_for_pickup: "pickup",
  attempt_failed: "attempt", on_hold: "hold", exception: "exception", delivered: "delivered", returning: "returning",
  returned: "returned", cancelled: "cancelled", expired: "expired",
};

export function StatusGlyph({ status }: { status: Status }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <use href={`#st-${GLYPHS[status]}`} />
    </svg>
  );
}

/** Glyph in colour, label in ink; as a pill in headings. */
export function StatusLabel({ status, pill = false, label }: { status: Status; pill?: boolean; label?: string }) {
  return (
    <span className={`st st-${GLYPHS[status]} ${pill ? "pill" : ""}`}>
      <StatusGlyph status={status} />
      <span className="lbl">{label ?? tCode("status", status)}</span>
    </span>
  );
}

/** Filled triangle: act. Hollow diamond: watch. */
export function Severity({ level, className = "" }: { level: "red" | "amber"; className?: string }) {
  return (
    <svg className={`${level} ${className}`} viewBox="0 0 16 16" width="14" height="14" role="img" aria-label={t(level === "red" ? "severity.act" : "severity.watch")}>
      <use href={`#sev-${level}`} />
    </svg>
  );
}
