import { useMemo, useState } from "react";
import { useLiveSource } from "../../live/use-live";
import { arrivals, lanes, lastSeen } from "../../model/places";
import { duration, number } from "../../text/format";
import { t, tCode } from "../../text/text";
import { ClusterMap } from "../../map/cluster-map";
import { inRegion } from "../../map/projection";
import type { Point } from "../../model/row";

type Layer = "arrivals" | "vehicles" | "seen";

/** Where it is happening, on an outline that needs no tiles. */
export function MapPanel({ version, now, today }: { version: number; now: number; today: number }) {
  const { replica } = useLiveSource();
  const [layer, setLayer] = useState<Layer>("arrivals");
  const data = useMemo(() => {
    const cityOf = replica.cityOf.bind(replica);
    const due = arrivals(replica.rows.values(), cityOf, now, today);
    return {
      due,
      lanes: lanes(replica.rows.values(), cityOf),
      seen: layer === "seen" ? lastSeen(replica.rows.values(), now) : null,
      vehicles: layer === "vehicles" ? [...replica.vehicles].map(([id, fix]) => ({ id, point: fix.point, age: now - fix.at })) : [],
      served: new Set([...replica.rows.values()].map((row) => row.country)),
      frame: frameOf([...replica.cities.values()]),
    };
  }, [version, layer, today]);
  const all = layer === "seen" ? data.seen?.clusters ?? [] : layer === "arrivals" ? data.due.clusters : [];
  const total = all.reduce((sum, one) => sum + one.count, 0);
  const risk = all.reduce((sum, one) => sum + one.atRisk, 0);
  const clusters = all.filter((one) => inRegion(one.point));
  const away = total - clusters.reduce((sum, one) => sum + one.count, 0);
  const unplaced = layer === "seen" ? data.seen?.unplaced ?? 0 : data.due.unplaced;
  const worst = data.lanes.find((lane) => lane.delayed > 0 && lane.minutes > 0 && inRegion(lane.from) && inRegion(lane.to));
  const titles = { arrivals: t("map.arrivals.title"), vehicles: t("map.vehicles.title"), seen: t("map.seen.title") };
  const summary = layer === "vehicles" ? t("map.vehicles.sum", { n: number(data.vehicles.length) })
    : t("map.sum", { n: number(total), areas: number(all.length) }) + (away > 0 ? t("map.away", { n: number(away) }) : "") + (unplaced > 0 ? ` ${t("map.unplaced", { n: number(unplaced) })}` : "");
  return (
    <section className="panel mapp">
      <header>
        <h2>{titles[layer]}</h2><span className="dim small">{summary}</span>
        <div className="end">
          <div className="seg hide-s" role="group" aria-label={t("map.layer")}>
            {(["arrivals", "vehicles", "seen"] as const).map((one) => (
              <button key={one} type="button" aria-pressed={layer === one} onClick={() => setLayer(one)}>{t(`map.${one}`)}</button>
            ))}
          </div>
        </div>
      </header>
      <div className="mapbox">
        <ClusterMap
          clusters={clusters} lanes={layer === "arrivals" ? data.lanes.filter((lane) => inRegion(lane.from) && inRegion(lane.to)) : []} vehicles={data.vehicles.filter((one) => inRegion(one.point))} served={data.served} frame={data.frame}
          callout={layer === "arrivals" && worst ? { lane: worst, title: `+${duration(worst.minutes * 60_000)}${worst.reason ? `, ${tCode("reason", worst.reason)}` : ""}`, detail: t("map.onLane", { n: number(worst.count) }) } : null}
          label={`${titles[layer]}: ${summary}, ${t("map.risk", { n: number(risk) })}`}
        />
        <div className="legend">
          {layer === "vehicles"
            ? <span><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle className="veh" cx="8" cy="8" r="4" /></svg>{t("map.legend.vehicle")}</span>
            : <><span><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle className="cl" cx="8" cy="8" r="6.5" /></svg>{layer === "seen" ? t("map.legend.seen") : t("map.legend.due")}</span>
              <span><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle className="cl" cx="8" cy="8" r="6.5" /><path className="risk" d="M8 1.5A6.5 6.5 0 0 1 14.5 8" /></svg>{t("map.legend.risk")}</span></>}
          {layer === "arrivals" && <><span><svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true"><path className="lane" d="M0 4h22" strokeWidth="2.5" /></svg>{t("map.legend.lane")}</span>
            <span><svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true"><path className="lane bad" d="M0 4h22" strokeWidth="2.5" /></svg>{t("map.legend.bad")}</span></>}
        </div>
      </div>
    </section>
  );
}

/** The middle nineteen twentieths of the places in each direction: a far island does not make all else small. */
function frameOf(points: Point[]): Point[] {
  const inside = points.filter(inRegion);
  const cut = (values: number[]): [number, number] => {
    const sorted = [...values].sort((a, b) => a - b);
    const spare = Math.floor(sorted.length / 40);
    return [sorted[spare] ?? 0, sorted[sorted.length - 1 - spare] ?? 0];
  };
  if (inside.length < 2) return inside;
  const [west, east] = cut(inside.map(([lon]) => lon));
  const [south, north] = cut(inside.map(([, lat]) => lat));
  return inside.filter(([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north);
}
