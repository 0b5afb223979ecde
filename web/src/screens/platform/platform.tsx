import { Page } from "../../components/page";
import { Failed } from "../../components/states";
import { Severity } from "../../components/status";
import { Meter, Sparkline } from "../../components/svg";
import type { SourceActivity } from "../../live/ledger";
import { useLive, useLiveSource, useNow } from "../../live/use-live";
import { clock, duration, number } from "../../text/format";
import { t } from "../../text/text";
import { DeadLetters } from "./dead-letters";
import { useLagHistory } from "./use-lag";

const UNUSUAL = 6;
const WATCH = 3;

/** Whether the platform keeps up: lag in seconds, silence of each source against its usual, what could not be used. */
export function PlatformScreen() {
  const view = useLive();
  const { ledger } = useLiveSource();
  const now = useNow(1_000);
  const lags = useLagHistory(view.stats);
  if (view.phase === "failed" && view.problem) return <Page name="platform" title={t("nav.platform")}><Failed problem={view.problem} /></Page>;
  const stats = view.stats;
  const sum = ledger.sum(now);
  const dead = stats?.dead_letters ?? 0;
  return (
    <Page name="platform" title={t("nav.platform")}>
      <section className="panel sums" aria-label={t("overview.now")}>
        <div><h2>{t("platform.behind")}</h2><p className="metric" data-figure="lag">{stats?.lag ? number(stats.lag.seconds, 1) : "–"} <small>s</small></p><p className="sub">{t("platform.behind.records", { n: number(stats?.lag?.records ?? 0) })}</p><Sparkline values={lags} width={120} /></div>
        <div><h2>{t("platform.events")}</h2><p className="metric">{number(stats?.events_per_second ?? 0, 1)} <small>/s</small></p><p className="sub">{t("platform.events.sub")}</p><Sparkline values={ledger.rates(now)} width={180} /></div>
        <div><h2>{t("platform.heard")}</h2><p className="metric">{number(sum.updates + sum.positions)}</p><p className="sub">{t("platform.heard.sub", { at: clock(ledger.openedAt), late: number(sum.late) })}</p></div>
        <div><h2>{t("platform.dead")}</h2><p className="metric">{dead > 0 && <Severity level="amber" />}{number(dead)}</p><p className="sub">{dead > 0 ? t("platform.dead.open") : t("platform.dead.none")}</p></div>
        <div><h2>{t("platform.deliveries")}</h2><p className="metric">{number(view.total)}</p><p className="sub">{view.complete ? t("platform.held.all") : t("platform.held", { n: number(view.version) })}</p></div>
      </section>
      <Sources activity={ledger.activity(now)} now={now} openedAt={ledger.openedAt} />
      <Parts />
      <DeadLetters open={dead} />
    </Page>
  );
}

function Sources({ activity, now, openedAt }: { activity: SourceActivity[]; now: number; openedAt: number }) {
  return (
    <section className="panel src">
      <header><h2>{t("sources.title")}</h2><span className="dim small">{t("sources.meta", { at: clock(openedAt) })}</span></header>
      {activity.length === 0 ? <p className="body mid">{t("sources.none")}</p> : (
        <table className="tb fold">
          <thead><tr><th>{t("sources.source")}</th><th className="r">{t("sources.newest")}</th><th className="r">{t("sources.usual")}</th><th className="c-b"><span className="sr">{t("sources.bar")}</span></th><th className="r">{t("sources.count")}</th></tr></thead>
          <tbody>{activity.slice(0, 14).map((one) => <SourceRow key={one.source} one={one} now={now} />)}</tbody>
        </table>
      )}
    </section>
  );
}

function SourceRow({ one, now }: { one: SourceActivity; now: number }) {
  const age = now - one.heardAt;
  const ratio = one.usual === null ? 0 : age / Math.max(one.usual, 1_000);
  const level = ratio > UNUSUAL && age > 60_000 ? "red" : ratio > WATCH && age > 20_000 ? "amber" : null;
  return (
    <tr>
      <td className="med">{one.source}</td>
      <td className={`r ${level ? `${level} med` : ""}`}>{level && <Severity level={level} />}{t("sources.ago", { age: duration(age) })}</td>
      <td className="r mid">{one.usual === null ? "–" : duration(Math.max(one.usual, 100))}</td>
      <td className="c-b"><Meter share={ratio / 10} className={level === "red" ? "bad" : level === "amber" ? "warn" : ""} /></td>
      <td className="r">{number(one.count)}</td>
    </tr>
  );
}

/** What this page can see of the parts: it judges them by what reaches it. */
function Parts() {
  const view = useLive();
  const lag = view.stats?.lag?.seconds ?? 0;
  const parts: { name: string; good: boolean | null; state: string; detail: string }[] = [
    { name: t("parts.api"), good: view.phase !== "failed", state: view.phase === "failed" ? t("parts.gone") : t("parts.ready"), detail: t("parts.api.detail") },
    { name: t("parts.stream"), good: view.link.kind !== "cut", state: view.link.kind === "cut" ? t("parts.cut") : t("parts.ready"), detail: t("parts.stream.detail") },
    { name: t("parts.tracker"), good: lag < 5, state: lag < 5 ? t("parts.ready") : t("parts.behind"), detail: t("first.tracker.lag", { n: number(lag, 1) }) },
  ];
  return (
    <section className="panel roles">
      <header><h2>{t("parts.title")}</h2><span className="end dim small">{t("parts.meta")}</span></header>
      <ul>{parts.map((part) => <li key={part.name}><i className={`h ${part.good ? "" : "warn"}`} /><span className="med">{part.name}</span><span className="tag">{part.state}</span><span /><span className="mid">{part.detail}</span></li>)}</ul>
    </section>
  );
}
