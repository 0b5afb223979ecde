import type { Delivery } from "../../api/generated";
import { Link } from "../../components/link";
import { Severity } from "../../components/status";
import { troublesOf } from "../../model/overview";
import type { Row } from "../../model/row";
import { moment } from "../../text/format";
import { t, tCode } from "../../text/text";
import { useDesk } from "../desk/use-desk";
import { explanationText } from "../desk/explanation";

const RED = new Set(["late", "exception", "contradiction"]);

/** Open cases of this delivery; without the desk, what may need a person. */
export function Cases({ delivery, row, now }: { delivery: Delivery; row: Row; now: number }) {
  const desk = useDesk();
  const cases = [...desk.cases.values()].filter((one) => one.delivery_id === delivery.id);
  if (desk.state === "on") {
    return (
      <section className="panel opn">
        <header><h2>{t("opn.title")}</h2><span className="dim small">{cases.length}</span><Link className="end small" to={`/exceptions?q=${encodeURIComponent(delivery.id)}`}>{t("opn.desk")}</Link></header>
        {cases.length === 0 ? <p className="body dim">{t("opn.none")}</p> : (
          <ul>{cases.map((one) => (
            <li key={one.id}><Severity level={one.severity} />
              <div><b>{tCode("case", one.kind)}</b>{one.opened_at ? `, ${t("opn.since", { at: moment(Date.parse(one.opened_at), now) })}` : ""}<p className="x">{explanationText(one)}</p></div>
              <span className="small mid">{one.owner ?? ""}</span></li>
          ))}</ul>
        )}
      </section>
    );
  }
  const kinds = troublesOf(row, now);
  return (
    <section className="panel opn">
      <header><h2>{t("opn.trouble")}</h2></header>
      {kinds.length === 0 ? <p className="body dim">{t("opn.fine")}</p> : (
        <ul>{kinds.map((kind) => <li key={kind}><Severity level={RED.has(kind) ? "red" : "amber"} /><div><b>{tCode("case", kind)}</b><p className="x">{tCode("trouble", kind)}</p></div></li>)}</ul>
      )}
    </section>
  );
}
