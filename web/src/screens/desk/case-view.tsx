import { useEffect, useState } from "react";
import { call } from "../../api/client";
import type { DeskCase } from "../../api/desk";
import { actor } from "../../components/theme";
import { deliveryPath, Link } from "../../components/link";
import type { Row } from "../../model/row";
import { clock, duration, moment } from "../../text/format";
import { t, tCode } from "../../text/text";
import { Icon } from "../../components/icon";
import { arc } from "../../components/svg";
import { explanationInputs, explanationText } from "./explanation";

interface CaseViewProps {
  one: DeskCase;
  row: Row | undefined;
  now: number;
  onAssign: () => void;
  onSnooze: () => void;
  onResolve: () => void;
  onNote: () => void;
}

/** Why the case is open, out of what the rule itself said. */
export function CaseView({ one, row, now, onAssign, onSnooze, onResolve, onNote }: CaseViewProps) {
  const opened = one.opened_at ? Date.parse(one.opened_at) : null;
  const explanation = one.explanation ?? {};
  const changes = useChanges(one);
  return (
    <section className="casep" aria-label={t("desk.case")}>
      <div className="ch">
        <div className="l">
          <h2>{tCode("case", one.kind)}{row?.promised && one.kind === "late" ? `: ${t("desk.promisedBy", { at: moment(row.promised.to, now) })}` : ""}</h2>
          <p className="mid"><Link to={deliveryPath(one.delivery_id)}>{one.delivery_id}</Link>{row?.city ? ` ${t("desk.to", { city: row.city })}` : ""}{opened ? `, ${t("desk.opened", { at: moment(opened, now) })}` : ""}</p>
        </div>
        {one.escalates_at && <Sla due={Date.parse(one.escalates_at)} opened={opened} now={now} />}
      </div>
      {one.owner && one.owner !== actor() && <p className="look"><Icon name="user" />{t("desk.looking", { who: one.owner })}</p>}
      <div className="nba">
        <header><Icon name="bolt" /><h3>{t("desk.next")}</h3></header>
        <div className="nb">
          <p className="t"><b>{tCode("next.kind", one.kind)}</b></p>
          <div className="acts">
            <button type="button" className="btn primary" onClick={onAssign}>{t("desk.assign")} <kbd>a</kbd></button>
            <button type="button" className="btn" onClick={onSnooze}>{t("desk.snooze")} <kbd>s</kbd></button>
            <button type="button" className="btn" onClick={onNote}>{t("action.note")} <kbd>n</kbd></button>
            <button type="button" className="btn quiet" onClick={onResolve}>{t("desk.resolve")} <kbd>r</kbd></button>
          </div>
        </div>
      </div>
      <h3 className="sh">{t("desk.why")}</h3>
      <dl className="facts ex">
        {explanationText(one) && <><dt>{t("desk.said")}</dt><dd>{explanationText(one)}</dd></>}
        <dt>{t("desk.rule")}</dt><dd><span className="mono">{explanation.rule ?? one.kind}</span>{explanation.version !== undefined ? ` ${t("desk.version", { n: String(explanation.version) })}` : ""}</dd>
        {explanationInputs(one, now).length > 0 && <><dt>{t("desk.inputs")}</dt><dd>{explanationInputs(one, now).map(([name, value]) => <span key={name} className="input-pair">{name} <b className="strong">{value}</b></span>)}</dd></>}
        {explanation.evidence && explanation.evidence.length > 0 && <><dt>{t("desk.evidence")}</dt><dd className="ev">{explanation.evidence.map((id) => <Link key={id} className="mono" to={deliveryPath(one.delivery_id)}>{String(id).slice(0, 18)}</Link>)}</dd></>}
        {explanation.clears_when && <><dt>{t("desk.clears")}</dt><dd>{explanation.clears_when}</dd></>}
      </dl>
      {changes.length > 0 && (
        <><h3 className="sh">{t("desk.history")}</h3>
          <ul className="hist">{changes.map((change) => <li key={change.id}><time>{clock(Date.parse(change.at))}</time><Icon name={change.actor ? "user" : "clock"} /><span>{tCode("caseChange", change.case.change ?? "")}{change.actor ? ` (${change.actor})` : ""}{change.case.note ? `: “${change.case.note}”` : ""}</span></li>)}</ul></>
      )}
    </section>
  );
}

/** What happened to the case, newest first; read again when it changes. */
function useChanges(one: DeskCase): NonNullable<DeskCase["changes"]> {
  const [changes, setChanges] = useState<NonNullable<DeskCase["changes"]>>([]);
  useEffect(() => {
    let wanted = true;
    call<DeskCase>("GET /v1/cases/{id}", { path: { id: one.id } })
      .then(({ value }) => wanted && setChanges([...(value.changes ?? [])].reverse())).catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [one.id, one.version]);
  return changes;
}

function Sla({ due, opened, now }: { due: number; opened: number | null; now: number }) {
  const left = due - now;
  const share = opened === null || due <= opened ? 1 : Math.max(0, Math.min(1, left / (due - opened)));
  return (
    <div className="sla">
      <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="17" />{left > 0 && <path className="p flat" d={arc([20, 20], 17, share)} />}</svg>
      <p><b className={left < 0 ? "red" : ""}>{left < 0 ? t("desk.over", { by: duration(left) }) : t("desk.left", { left: duration(left) })}</b><span className="small dim">{t("desk.firstAction", { at: moment(due, now) })}</span></p>
    </div>
  );
}
