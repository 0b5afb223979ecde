import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../text/text";

/** A dialog of the browser's own: focus goes in, stays in, and goes back to whoever opened it. */
export function Dialog({ title, onClose, children, footer }: { title: string; onClose: () => void; children: ReactNode; footer: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    if (element && !element.open) element.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onCancel={(event) => (event.preventDefault(), onClose())}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" className="btn quiet icon" onClick={onClose} aria-label={t("action.close")}>×</button>
      </header>
      <div className="dialog-body">{children}</div>
      <footer>{footer}</footer>
    </dialog>
  );
}
