import { useState } from "react";
import type { DeskCase } from "../../api/desk";
import { Dialog } from "../../components/dialog";
import { t, tCode } from "../../text/text";

const CAUSES = ["solved", "customer_informed", "carrier_informed", "wrong_alarm", "duplicate", "other"];

/** Every closed case has a cause. */
export function ResolveDialog({ one, onClose, onResolve }: { one: DeskCase; onClose: () => void; onResolve: (cause: string, note: string) => void }) {
  const [cause, setCause] = useState("solved");
  const [note, setNote] = useState("");
  return (
    <Dialog title={t("resolve.title", { kind: tCode("case", one.kind), id: one.delivery_id })} onClose={onClose}
      footer={<><button type="button" className="btn" onClick={onClose}>{t("action.cancel")}</button><button type="button" className="btn primary" onClick={() => onResolve(cause, note)}>{t("desk.resolve")}</button></>}>
      <div className="fields">
        <div><label className="f" htmlFor="resolve-cause">{t("resolve.cause")}</label><select id="resolve-cause" className="select" value={cause} onChange={(e) => setCause(e.target.value)}>{CAUSES.map((code) => <option key={code} value={code}>{tCode("cause", code)}</option>)}</select></div>
        <div><label className="f" htmlFor="resolve-note">{t("resolve.note")}</label><textarea id="resolve-note" className="input" rows={3} value={note} onChange={(e) => setNote(e.target.value)} /></div>
      </div>
    </Dialog>
  );
}
