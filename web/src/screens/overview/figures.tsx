import { Link } from "../../components/link";
import { Severity } from "../../components/status";
import { Sparkline } from "../../components/svg";
import type { LiveView } from "../../live/live";
import { useLiveSource } from "../../live/use-live";
import type { Overview } from "../../model/overview";
import { duration, number, percent } from "../../text/format";
import { t } from "../../text/text";
import { useDeskCounts } from "../desk/use-desk";

/** The strip of figures: five answers, each with one comparison. */
export function Figures({ numbers, view, now }: { numbers: Overview; view: LiveView; now: number }) {
  const { ledger } = useLiveSource();
  const rates = ledger.rates(now);
  const sum = ledger.sum(now);
  const span = Math.max(sum.span / 1000, 1);
  return (
    <section className="kpis panel" aria-label={t("overview.now")}>
      <div>
        <h2>{t("overview.active")}</h2>
        <p className="metric" data-figure="active">{number(numbers.active)}</p>
        <p className="sub">{view.complete ? t("overview.active.of", { n: number(numbers.total) }) : t("overview.active.part", { n: number(numbers.total), all: number(view.total) })}</p>
      </div>
      <Act numbers={numbers} />
      <OnTime numbers={numbers} />
      <div>
        <h2>{t("overview.delivered")}</h2>
        <p className="metric" data-figure="delivered">{number(numbers.deliveredToday)}</p>
        <p className="sub">{t("overview.due", { n: number(numbers.dueToday), risk: number(numbers.atRisk) })}</p>
      </div>
      <div className="ev">
        <h2>{t("overview.events")}</h2>
        <p className="metric">{number(ledger.rate(now), ledger.rate(now) < 10 ? 1 : 0)} <small>/s</small></p>
        <p className="sub">{t("overview.events.sum", { scans: number(sum.updates), positions: number(sum.positions), span: duration(span * 1000) })}</p>
        <Sparkline values={rates} />
      </div>
    </section>
  );
}

function Act({ numbers }: { numbers: Overview }) {
  const desk = useDeskCounts();
  if (desk) {
    return (
      <div>
        <h2>{t("overview.act")}</h2>
        <p className="metric">{desk.act > 0 && <Severity level="red" />}{number(desk.act)}</p>
        <p className="sub"><Link to="/exceptions?tab=nobody">{t("overview.act.nobody", { n: number(desk.nobody) })}</Link></p>
      </div>
    );
  }
  return (
    <div>
      <h2>{t("overview.overdue")}</h2>
      <p className="metric" data-figure="overdue">{numbers.overdue > 0 && <Severity level="red" />}{number(numbers.overdue)}</p>
      <p className="sub">{numbers.overdue > 0 ? <Link to="/deliveries?trouble=late&sort=behind&view=late">{t("overview.overdue.show")}</Link> : t("overview.overdue.none")}</p>
    </div>
  );
}

function OnTime({ numbers }: { numbers: Overview }) {
  const share = numbers.deliveredToday === 0 ? null : numbers.inTimeToday / numbers.deliveredToday;
  const usual = numbers.usualOnTime;
  const points = share !== null && usual !== null ? (share - usual) * 100 : null;
  return (
    <div>
      <h2>{t("overview.ontime")}</h2>
      <p className="metric">{share === null ? "–" : percent(share)} {share !== null && <small>%</small>}</p>
      <p className="sub">
        {points !== null && Math.abs(points) >= 0.05 && (
          <><span className={`delta ${points >= 0 ? "green" : "red"}`}>
            <svg viewBox="0 0 10 10" aria-hidden="true"><path d={points >= 0 ? "M5 1.5 9 8H1z" : "M5 8.5 1 2h8z"} fill="currentColor" /></svg>
            {t("overview.points", { n: number(Math.abs(points), 1) })}
          </span> {points >= 0 ? t("overview.over30") : t("overview.under30")}</>
        )}
        {points === null && usual !== null && t("overview.ontime.usual", { n: percent(usual) })}
        {usual === null && t("overview.ontime.none")}
      </p>
    </div>
  );
}
