import { useState } from "react";
import { ActionDialog } from "../../components/action-dialog";
import { Icon } from "../../components/icon";
import { useKeys } from "../../components/keys";
import { useLiveSource } from "../../live/use-live";
import type { ActionKind } from "../../model/actions";
import { number } from "../../text/format";
import { t } from "../../text/text";

/** What can be done to all that are selected. */
export function BulkBar({ ids, onClear }: { ids: string[]; onClear: () => void }) {
  const { replica } = useLiveSource();
  const [kind, setKind] = useState<ActionKind | null>(null);
  const rows = ids.flatMap((id) => replica.rows.get(id) ?? []);
  useKeys({ n: () => setKind("note"), d: () => setKind("reschedule") });
  return (
    <>
      <div className="bulk" role="region" aria-label={t("bulk.label")}>
        <span className="med num">{t("bulk.selected", { n: number(ids.length) })}</span><span className="sep" />
        <button type="button" className="btn primary" onClick={() => setKind("note")}><Icon name="note" />{t("action.note")} <kbd>n</kbd></button>
        <button type="button" className="btn" onClick={() => setKind("reschedule")}><Icon name="cal" />{t("action.reschedule")} <kbd>d</kbd></button>
        <button type="button" className="btn danger" onClick={() => setKind("cancel")}>{t("action.cancelDelivery")}</button><span className="sep" />
        <button type="button" className="btn quiet" onClick={onClear}>{t("action.clear")} <kbd>Esc</kbd></button>
      </div>
      {kind && <ActionDialog kind={kind} rows={rows} onClose={() => setKind(null)} />}
    </>
  );
}
