import type { HourBar } from "../../model/overview";
import { number } from "../../text/format";
import { t } from "../../text/text";

const HEIGHT = 210;
const FLOOR = 188;
const LEFT = 34;

/** Deliveries of each hour of today, on time and late; a short tick is what is usual. Future hours have only the tick. */
export function HourChart({ hours, now }: { hours: HourBar[]; now: number }) {
  const late = hours.reduce((sum, bar) => sum + bar.late, 0);
  const all = hours.reduce((sum, bar) => sum + bar.late + bar.inTime, 0);
  return (
    <section className="panel ont">
      <header>
        <h2>{t("hours.title")}</h2>
        <div className="end legend">
          <span><i className="sw ok" />{t("hours.inTime")}</span><span><i className="sw late" />{t("hours.late")}</span><span><i className="sw ref" />{t("hours.usual")}</span>
        </div>
      </header>
      <div className="body">
        <Bars hours={hours} now={now} width={620} kind="wide" label={t("hours.label", { n: number(all), late: number(late) })} />
        <Bars hours={hours} now={now} width={340} kind="narrow" label={t("hours.label", { n: number(all), late: number(late) })} />
      </div>
    </section>
  );
}

function Bars({ hours, now, width, kind, label }: { hours: HourBar[]; now: number; width: number; kind: string; label: string }) {
  const highest = Math.max(4, ...hours.map((bar) => Math.max(bar.inTime + bar.late, bar.usual ?? 0)));
  const step = niceStep(highest);
  const top = Math.ceil(highest / step) * step;
  const y = (n: number): number => FLOOR - (n / top) * (FLOOR - 20);
  const slot = (width - LEFT) / hours.length;
  const bar = Math.min(28, slot * 0.62);
  const every = Math.ceil(18 / slot);
  const date = new Date(now);
  const first = hours[0]?.hour ?? 0;
  const nowX = LEFT + (date.getHours() - first + date.getMinutes() / 60) * slot;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return (
    <svg className={`chart ${kind}`} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      {ticks.map((n) => <g key={n}><path className="grid" d={`M${LEFT} ${y(n)}H${width}`} /><text x={LEFT - 6} y={y(n) + 4} textAnchor="end">{number(n)}</text></g>)}
      {hours.map((one, i) => {
        const x = LEFT + i * slot + (slot - bar) / 2;
        const sum = one.inTime + one.late;
        return (
          <g key={one.hour}>
            <title>{t("hours.bar", { from: one.hour, n: number(sum), late: number(one.late), usual: one.usual === null ? "–" : number(one.usual) })}</title>
            {one.inTime > 0 && <rect className="ok" x={x} y={y(one.inTime)} width={bar} height={FLOOR - y(one.inTime)} />}
            {one.late > 0 && <rect className="late" x={x} y={y(sum)} width={bar} height={y(one.inTime) - y(sum)} />}
            {one.usual !== null && one.usual > 0 && <path className="ref" d={`M${x - 3} ${y(one.usual)}h${bar + 6}`} />}
            {i % every === 0 && <text x={x + bar / 2} y={FLOOR + 15} textAnchor="middle">{String(one.hour).padStart(2, "0")}</text>}
          </g>
        );
      })}
      {nowX > LEFT && nowX < width && <path className="now" d={`M${nowX} 12V${FLOOR}`} />}
    </svg>
  );
}

/** 1, 2 or 5 times a power of ten, for three or four lines. */
function niceStep(highest: number): number {
  const rough = highest / 3;
  const power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10;
  return Math.max(1, step * power);
}
