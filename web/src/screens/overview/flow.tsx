import type { Status } from "../../api/generated";
import { Link } from "../../components/link";
import { GLYPHS, StatusLabel } from "../../components/status";
import { useLiveSource } from "../../live/use-live";
import type { Overview } from "../../model/overview";
import { duration, number, signed } from "../../text/format";
import { t } from "../../text/text";

const PATH: Status[] = ["created", "dispatched", "in_transit", "out_for_delivery"];
const OFF: Status[] = ["available_for_pickup", "attempt_failed", "on_hold", "exception", "returning"];

/** Where the active ones are: the usual path first, then what left it. */
export function Flow({ numbers, now }: { numbers: Overview; now: number }) {
  const { ledger } = useLiveSource();
  const sum = ledger.sum(now);
  const change = (status: Status): number => (sum.entered[status] ?? 0) - (sum.left[status] ?? 0);
  return (
    <section className="panel flow" aria-label={t("flow.title")}>
      <header><h2>{t("flow.title")}</h2><span className="dim small">{t("flow.meta", { n: number(numbers.active), span: duration(Math.max(sum.span, 60_000)) })}</span></header>
      <Bar numbers={numbers} />
      <ol className="path">
        {PATH.map((status, i) => (
          <li key={status}>
            <Link className="cover" to={`/deliveries?status=${status}`} aria-label={t("flow.show", { status: t(`status.${status}` as never) })} />
            <StatusLabel status={status} />
            <b className="num" data-status={status}>{number(numbers.byStatus[status])}</b>
            <span className="d num">{signed(change(status))}</span>
            {i < PATH.length && <Hop n={sum.left[status] ?? 0} />}
          </li>
        ))}
        <li>
          <StatusLabel status="delivered" label={t("flow.delivered")} />
          <b className="num">{number(numbers.deliveredToday)}</b>
          <span className="d num">{signed(sum.entered.delivered ?? 0)}</span>
        </li>
      </ol>
      <ul className="off" aria-label={t("flow.off")}>
        {OFF.map((status) => (
          <li key={status}>
            <Link className="cover" to={`/deliveries?status=${status}`} aria-label={t("flow.show", { status: t(`status.${status}` as never) })} />
            <StatusLabel status={status} /><b className="num" data-status={status}>{number(numbers.byStatus[status])}</b><span className="d num">{signed(change(status))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Hop({ n }: { n: number }) {
  return (
    <span className="hop num"><em>{number(n)}</em>
      <svg viewBox="0 0 34 8" aria-hidden="true"><path d="M0 4h32M28.5 1 32 4l-3.5 3" /></svg>
      <span className="sr">{t("flow.moved")}</span>
    </span>
  );
}

/** One line, divided by status. Drawn in SVG, so that no style is inline. */
function Bar({ numbers }: { numbers: Overview }) {
  const shown = [...PATH, ...OFF].filter((status) => numbers.byStatus[status] > 0);
  const gap = 2;
  const width = 1000 - gap * Math.max(shown.length - 1, 0);
  const floor = 5;
  const total = shown.reduce((sum, status) => sum + numbers.byStatus[status], 0);
  const spare = width - floor * shown.length;
  let x = 0;
  return (
    <svg className="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
      {shown.map((status) => {
        const w = floor + (spare * numbers.byStatus[status]) / Math.max(total, 1);
        const rect = <rect key={status} className={`b-${GLYPHS[status]}`} x={x} width={w} height="8" rx="2" />;
        x += w + gap;
        return rect;
      })}
    </svg>
  );
}
