import { Link } from "../../components/link";
import { Severity } from "../../components/status";
import type { TroubleLine } from "../../model/overview";
import { number } from "../../text/format";
import { t, tCode } from "../../text/text";
import { useDeskCounts } from "../desk/use-desk";

interface Line {
  kind: string;
  act: number;
  watch: number;
  to: string;
}

/** Open cases by kind; without the desk, what the deliveries themselves say. */
export function Trouble({ lines }: { lines: TroubleLine[] }) {
  const desk = useDeskCounts();
  const rows: Line[] = desk
    ? desk.kinds.map(({ kind, act, watch }) => ({ kind, act, watch, to: `/exceptions?kind=${kind}` }))
    : lines.map(({ kind, severity, count }) => ({
      kind, act: severity === "red" ? count : 0, watch: severity === "amber" ? count : 0, to: `/deliveries?trouble=${kind}&sort=behind`,
    }));
  rows.sort((a, b) => b.act + b.watch - a.act - a.watch);
  const act = rows.reduce((sum, row) => sum + row.act, 0);
  const watch = rows.reduce((sum, row) => sum + row.watch, 0);
  const highest = Math.max(1, ...rows.map((row) => row.act + row.watch));
  return (
    <section className="panel cases">
      <header>
        <h2>{desk ? t("cases.title") : t("trouble.title")}</h2><span className="dim small num">{number(act + watch)}</span>
        <div className="end small"><span className="sev red"><Severity level="red" />{t("cases.act", { n: number(act) })}</span><span className="sev amber"><Severity level="amber" />{t("cases.watch", { n: number(watch) })}</span></div>
      </header>
      <ul>
        {rows.map((row) => (
          <li key={row.kind}>
            <Link to={row.to}>
              <span>{tCode("case", row.kind)}</span>
              <Bars act={row.act / highest} watch={row.watch / highest} />
              <span className="num red">{row.act > 0 && row.watch > 0 ? number(row.act) : ""}</span>
              <b className="num">{number(row.act + row.watch)}</b>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Solid is to act on, hollow is to watch. */
function Bars({ act, watch }: { act: number; watch: number }) {
  const width = 96;
  const red = act * width;
  return (
    <svg className="hb" viewBox={`0 0 ${width + 2} 8`} aria-hidden="true">
      {act > 0 && <rect className="r" width={Math.max(red, 3)} height="8" rx="2" />}
      {watch > 0 && <rect className="a" x={(act > 0 ? Math.max(red, 3) + 2 : 0) + 0.75} y="0.75" width={Math.max(watch * width - 1.5, 3)} height="6.5" rx="2" />}
    </svg>
  );
}
