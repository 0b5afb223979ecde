import { useMemo } from "react";
import type { Delivery, TimelineEntry } from "../../api/generated";
import { useLiveSource } from "../../live/use-live";
import { outlines, useBasemap } from "../../map/basemap";
import { placeLabels } from "../../map/layout";
import { fit, type XY } from "../../map/projection";
import { isActive, point, type Point, type Row, time } from "../../model/row";
import { moment } from "../../text/format";
import { t, tCode } from "../../text/text";

const WIDTH = 400;
const HEIGHT = 320;

interface Stop {
  name: string;
  at: Point;
  when: number;
  type: string;
}

/** Where it has been, from scan to scan, and where it goes. */
export function Path({ events, delivery, row, now }: { events: TimelineEntry[]; delivery: Delivery; row: Row; now: number }) {
  const { replica } = useLiveSource();
  const map = useBasemap();
  const stops = useMemo(() => stopsOf(events), [events]);
  const target = replica.cityOf(row) ?? null;
  const fix = isActive(row) ? replica.vehicles.get(row.id) : undefined;
  const points = [...stops.map((stop) => stop.at), ...(target ? [target] : []), ...(fix ? [fix.point] : [])];
  const key = points.join();
  const project = useMemo(() => fit(points, WIDTH, HEIGHT, 52, 5), [key]);
  const paths = useMemo(() => (map ? outlines(map, project, new Set([row.country, delivery.origin?.country ?? ""]), WIDTH, HEIGHT) : null), [map, project]);
  if (points.length === 0) return <section className="panel mp"><header><h2>{t("path.title")}</h2></header><p className="body dim">{t("path.none")}</p></section>;
  const places = stops.map((stop) => ({ stop, at: project(stop.at) }));
  const labels = placeLabels(places.map(({ stop, at }) => ({ name: stop.name, at, count: 1, atRisk: 0, r: 5 })), WIDTH, HEIGHT);
  const end = target ? project(target) : null;
  const lastStop = places.at(-1)?.at;
  const names = stops.map((stop) => stop.name).join(", ");
  return (
    <section className="panel mp">
      <header><h2>{t("path.title")}</h2><span className="dim small end">{fix ? t("path.fix", { at: moment(fix.at, now) }) : stops.length > 0 ? t("path.last", { at: moment(stops.at(-1)?.when ?? now, now) }) : ""}</span></header>
      <svg className="map path" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("path.label", { stops: names, city: row.city })}>
        <rect className="sea" width={WIDTH} height={HEIGHT} />
        {paths && <><path className="land" d={paths.land} /><path className="land served" d={paths.served} /></>}
        {places.slice(1).map(({ stop, at }, i) => <path key={`${stop.name}${stop.when}`} className="way" d={curve(places[i]?.at ?? at, at)} />)}
        {end && lastStop && isActive(row) && far(lastStop, end) && <path className="way todo" d={curve(lastStop, end)} />}
        {places.map(({ stop, at: [x, y] }) => <circle key={`${stop.name}${stop.when}`} className="stop" cx={x} cy={y} r="5"><title>{`${stop.name}, ${tCode("event", stop.type)} ${moment(stop.when, now)}`}</title></circle>)}
        {end && <Pin at={end} />}
        {fix && <circle className="veh" cx={project(fix.point)[0]} cy={project(fix.point)[1]} r="6"><title>{t("path.fix", { at: moment(fix.at, now) })}</title></circle>}
        {labels.map(({ name, x, y, anchor }) => <text key={name} className="city b" x={x} y={y} textAnchor={anchor}>{name}</text>)}
      </svg>
    </section>
  );
}

/** One stop a place, at its last scan; corrected scans are left out. */
function stopsOf(events: TimelineEntry[]): Stop[] {
  const stops: Stop[] = [];
  for (const event of events) {
    const at = point(event.location);
    const name = event.location?.city ?? event.location?.name;
    if (!at || !name || event.effect === "corrected") continue;
    const last = stops.at(-1);
    const stop = { name, at, when: time(event.occurred_at) ?? 0, type: event.type };
    if (last && last.name === name) stops[stops.length - 1] = stop;
    else stops.push(stop);
  }
  return stops;
}

const far = (a: XY, b: XY): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) > 12;

function curve(a: XY, b: XY): string {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  return `M${a[0].toFixed(1)} ${a[1].toFixed(1)}Q${((a[0] + b[0]) / 2 + dy * 0.12).toFixed(1)} ${((a[1] + b[1]) / 2 - dx * 0.12).toFixed(1)} ${b[0].toFixed(1)} ${b[1].toFixed(1)}`;
}

function Pin({ at: [x, y] }: { at: XY }) {
  return <g><path className="dest" d={`M${x} ${y - 2}m0 2l-6.5 -9.5a7.5 7.5 0 1 1 13 0z`} /><circle className="hole" cx={x} cy={y - 11} r="2.6" /></g>;
}
