import type { DeskCase } from "../../api/desk";
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
  const explanation = typeof one.explanation === "object" && one.explanation ? one.explanation : {};
  const others = (one.viewers ?? []).filter(Boolean);
  return (
    <section className="casep" aria-label={t("desk.case")}>
      <div className="ch">
        <div className="l">
          <h2>{tCode("case", one.kind)}{row?.promised && one.kind === "late" ? `: ${t("desk.promisedBy", { at: moment(row.promised.to, now) })}` : ""}</h2>
          <p className="mid"><Link to={deliveryPath(one.delivery_id)}>{one.delivery_id}</Link>{row?.city ? ` ${t("desk.to", { city: row.city })}` : ""}{opened ? `, ${t("desk.opened", { at: moment(opened, now) })}` : ""}</p>
        </div>
        {one.due_at && <Sla due={Date.parse(one.due_at)} opened={opened} now={now} />}
      </div>
      {others.length > 0 && <p className="look"><Icon name="user" />{t("desk.looking", { who: others.join(", ") })}</p>}
      <div className="nba">
        <header><Icon name="bolt" /><h3>{t("desk.next")}</h3></header>
        <div className="nb">
          <p className="t"><b>{one.next_action ? tCode("next", one.next_action.action) : t(`next.kind.${one.kind}` as never)}</b></p>
          {one.next_action?.reason && <p className="mid">{one.next_action.reason}</p>}
          {one.next_action?.text && <blockquote>{one.next_action.text}</blockquote>}
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
        {explanationInputs(one).length > 0 && <><dt>{t("desk.inputs")}</dt><dd>{explanationInputs(one).map(([name, value]) => <span key={name} className="input-pair">{name} <b className="strong">{value}</b></span>)}</dd></>}
        {explanation.evidence && explanation.evidence.length > 0 && <><dt>{t("desk.evidence")}</dt><dd className="ev">{explanation.evidence.map((id) => <Link key={id} className="mono" to={deliveryPath(one.delivery_id)}>{String(id).slice(0, 18)}</Link>)}</dd></>}
        {explanation.clears_when && <><dt>{t("desk.clears")}</dt><dd>{explanation.clears_when}</dd></>}
      </dl>
      {one.history && one.history.length > 0 && (
        <><h3 className="sh">{t("desk.history")}</h3>
          <ul className="hist">{one.history.map((entry) => <li key={`${entry.at}${entry.change ?? ""}`}><time>{clock(Date.parse(entry.at))}</time><Icon name="clock" /><span>{tCode("caseChange", entry.change ?? "")} {entry.actor ?? ""} {entry.text ?? ""}</span></li>)}</ul></>
      )}
    </section>
  );
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
