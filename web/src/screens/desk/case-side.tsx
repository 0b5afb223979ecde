import type { DeskCase } from "../../api/desk";
import { deliveryPath, Link } from "../../components/link";
import { Severity, StatusLabel } from "../../components/status";
import type { Row } from "../../model/row";
import { moment, window as span } from "../../text/format";
import { t, tCode } from "../../text/text";

type What = "assign" | "snooze" | "resolve" | "note" | "reschedule";

const ACTIONS: [What, string, "desk.assign" | "desk.snooze.long" | "desk.resolve.long" | "action.note" | "action.reschedule"][] = [
  ["assign", "a", "desk.assign"], ["snooze", "s", "desk.snooze.long"], ["resolve", "r", "desk.resolve.long"], ["note", "n", "action.note"], ["reschedule", "d", "action.reschedule"],
];

/** The delivery behind the case, other cases of it, and every action with its key. */
export function CaseSide({ one, row, now, cases, onAct }: { one: DeskCase | undefined; row: Row | undefined; now: number; cases: Map<string, DeskCase>; onAct: (what: What) => void }) {
  if (!one) return <aside className="x" aria-label={t("desk.side")} />;
  const siblings = [...cases.values()].filter((other) => other.delivery_id === one.delivery_id && other.id !== one.id);
  return (
    <aside className="x" aria-label={t("desk.side")}>
      <section>
        <h3>{t("desk.delivery")}</h3>
        {row ? <>
          <div className="row"><StatusLabel status={row.status} pill /><span className="end"><Link to={deliveryPath(row.id)}>{t("desk.open")}</Link><kbd>o</kbd></span></div>
          <dl className="facts">
            <dt>{t("list.expected")}</dt><dd>{row.expected ? span(row.expected, now) : "–"}</dd>
            <dt>{t("list.promised")}</dt><dd>{row.promised ? span(row.promised, now) : "–"}</dd>
            <dt>{t("list.destination")}</dt><dd>{row.city} {row.country}</dd>
            <dt>{t("list.carrier")}</dt><dd>{row.carrier || "–"}</dd>
            <dt>{t("list.event")}</dt><dd>{row.lastType ? tCode("event", row.lastType) : "–"}, {moment(row.lastAt, now)}</dd>
          </dl>
        </> : <p className="dim">{one.delivery_id}</p>}
      </section>
      {siblings.length > 0 && (
        <section><h3>{t("desk.siblings")}</h3><ul className="sibs">{siblings.map((other) => <li key={other.id}><Severity level={other.severity} /><Link to={`/exceptions/${encodeURIComponent(other.id)}`}>{tCode("case", other.kind)}</Link></li>)}</ul></section>
      )}
      <section>
        <h3>{t("desk.actions")}</h3>
        <ul className="keys">{ACTIONS.map(([what, key, text]) => <li key={what}><button type="button" className="linkish plain" onClick={() => onAct(what)}>{t(text)}</button><kbd>{key}</kbd></li>)}</ul>
      </section>
    </aside>
  );
}
