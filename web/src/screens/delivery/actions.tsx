import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/icon";
import { useLive } from "../../live/use-live";
import { type ActionKind, obstacle } from "../../model/actions";
import type { Row } from "../../model/row";
import { t } from "../../text/text";

export function Actions({ row, onAction }: { row: Row; onAction: (kind: ActionKind) => void }) {
  const { link } = useLive();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event): void => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("mousedown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("mousedown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  const off = (kind: ActionKind): boolean => obstacle(kind, row) !== null;
  const choose = (kind: ActionKind): void => {
    setOpen(false);
    onAction(kind);
  };
  return (
    <div className="acts" title={link.kind === "cut" ? t("delivery.actionsWhileCut") : undefined}>
      <button type="button" className="btn primary" onClick={() => onAction("note")}><Icon name="note" />{t("action.note")} <kbd>n</kbd></button>
      <button type="button" className="btn" disabled={off("reschedule")} onClick={() => onAction("reschedule")}><Icon name="cal" />{t("action.reschedule")} <kbd>d</kbd></button>
      <button type="button" className="btn" disabled={off("redirect")} onClick={() => onAction("redirect")}><Icon name="pin" />{t("action.redirect")}</button>
      <div className="menubox" ref={box}>
        <button type="button" className="btn icon" aria-expanded={open} aria-label={t("action.more")} onClick={() => setOpen(!open)}><Icon name="more" /></button>
        {open && (
          <div className="menu right">
            <button type="button" disabled={off("mark_delivered")} onClick={() => choose("mark_delivered")}>{t("action.markDelivered")}</button>
            <button type="button" className="danger" disabled={off("cancel")} onClick={() => choose("cancel")}>{t("action.cancelDelivery")}</button>
          </div>
        )}
      </div>
    </div>
  );
}
