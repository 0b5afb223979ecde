import { Link } from "../../components/link";
import type { CarrierLine } from "../../model/overview";
import { number, percent } from "../../text/format";
import { t } from "../../text/text";

/** Each carrier's day against its own 30 days. */
export function CarrierTable({ lines }: { lines: CarrierLine[] }) {
  return (
    <section className="panel carr">
      <header><h2>{t("carriers.title")}</h2></header>
      <table className="tb carriers">
        <thead><tr><th>{t("carriers.carrier")}</th><th className="r only-w">{t("carriers.due")}</th><th className="r">{t("carriers.delivered")}</th><th className="r">{t("carriers.late")}</th><th className="r">{t("carriers.ontime")}</th><th className="r">{t("carriers.usual")}</th></tr></thead>
        <tbody>
          {lines.slice(0, 8).map((line) => {
            const share = line.delivered === 0 ? null : (line.delivered - line.late) / line.delivered;
            const worse = share !== null && line.usual !== null && line.delivered >= 5 && share < line.usual - 0.01;
            return (
              <tr key={line.carrier}>
                <td><Link className="id" to={`/deliveries?carrier=${encodeURIComponent(line.carrier)}`}>{line.carrier}</Link></td>
                <td className="r only-w">{number(line.due)}</td>
                <td className="r">{number(line.delivered)}</td>
                <td className="r">{number(line.late)}</td>
                <td className={`r med ${worse ? "red" : ""}`}>{share === null ? "–" : `${percent(share)} %`}</td>
                <td className="r dim">{line.usual === null ? "–" : `${percent(line.usual)} %`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
