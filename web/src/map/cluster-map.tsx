import { useMemo } from "react";
import { arc } from "../components/svg";
import type { Cluster, Lane } from "../model/overview";
import type { Point } from "../model/row";
import { number } from "../text/format";
import { t } from "../text/text";
import { outlines, useBasemap } from "./basemap";
import { mergeClusters, placeLabels } from "./layout";
import { fit, type Projection, type XY } from "./projection";

interface ClusterMapProps {
  clusters: Cluster[];
  lanes: Lane[];
  vehicles: { id: string; point: Point; age: number }[];
  served: ReadonlySet<string>;
  /** What must be inside, so that the map stays where it is while numbers change. */
  frame: Point[];
  callout: { lane: Lane; title: string; detail: string } | null;
  label: string;
}

/** Drawn twice, for a wide and for a narrow screen: text keeps its size. */
export function ClusterMap(props: ClusterMapProps) {
  return (
    <>
      <Drawing {...props} width={680} height={470} kind="wide" shown={24} />
      <Drawing {...props} width={366} height={300} kind="narrow" shown={9} />
    </>
  );
}

function Drawing({ clusters, lanes, vehicles, served, frame, callout, label, width, height, kind, shown }: ClusterMapProps & { width: number; height: number; kind: string; shown: number }) {
  const map = useBasemap();
  const key = frame.length;
  const project = useMemo(() => fit(frame, width, height - (kind === "wide" ? 40 : 0), kind === "wide" ? 44 : 34), [key, width, height, kind]);
  const servedKey = [...served].sort().join();
  const paths = useMemo(() => (map ? outlines(map, project, served, width, height) : null), [map, project, servedKey]);
  const merged = mergeClusters(clusters, project, shown, kind === "narrow" ? 34 : 26);
  const labels = placeLabels(merged, width, kind === "wide" ? height - 46 : height);
  return (
    <svg className={`map ${kind}`} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <rect className="sea" width={width} height={height} />
      {paths && <><path className="land" d={paths.land} /><path className="land served" d={paths.served} /></>}
      <g className="lanes">{(kind === "wide" ? lanes : lanes.filter((lane) => lane.delayed > 0)).map((lane) => <LanePath key={lane.label} lane={lane} project={project} />)}</g>
      <g className="clusters">
        {merged.map((cluster) => {
          const [x, y] = cluster.at;
          const { r } = cluster;
          return (
            <g key={cluster.name}>
              <title>{t("map.cluster", { name: cluster.name, n: number(cluster.count), risk: number(cluster.atRisk) })}</title>
              <circle className="cl" cx={x} cy={y} r={r} />
              {cluster.atRisk > 0 && <path className="risk" d={arc([x, y], r, cluster.atRisk / cluster.count)} />}
              <text className="v" x={x} y={y + 4}>{number(cluster.count)}</text>
            </g>
          );
        })}
      </g>
      <g className="vehicles">{vehicles.map(({ id, point, age }) => {
        const [x, y] = project(point);
        return <circle key={id} className={`veh ${age > 600_000 ? "old" : ""}`} cx={x} cy={y} r="4"><title>{id}</title></circle>;
      })}</g>
      {labels.map(({ name, x, y, anchor }) => <text key={name} className="city" x={x} y={y} textAnchor={anchor}>{name}</text>)}
      {callout && kind === "wide" && <Callout {...callout} project={project} width={width} height={height} />}
    </svg>
  );
}

function LanePath({ lane, project }: { lane: Lane; project: Projection }) {
  const { from, to, bend } = bowed(project(lane.from), project(lane.to));
  const bad = lane.delayed > 0 && lane.minutes > 0;
  return (
    <g>
      <path className={`lane ${bad ? "bad" : ""}`} d={`M${xy(from)}Q${xy(bend)} ${xy(to)}`} strokeWidth={Math.min(4, 1.6 + Math.sqrt(lane.count) / 4)}><title>{`${lane.label}: ${number(lane.count)}`}</title></path>
      <circle className={`end ${bad ? "bad" : ""}`} cx={from[0]} cy={from[1]} r="2.5" /><circle className={`end ${bad ? "bad" : ""}`} cx={to[0]} cy={to[1]} r="2.5" />
    </g>
  );
}

/** A slight bow tells the two directions of a lane apart. */
function bowed(from: XY, to: XY): { from: XY; to: XY; bend: XY } {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return { from, to, bend: [(from[0] + to[0]) / 2 + dy * 0.14, (from[1] + to[1]) / 2 - dx * 0.14] };
}

const xy = ([x, y]: XY): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

function Callout({ lane, title, detail, project, width, height }: { lane: Lane; title: string; detail: string; project: Projection; width: number; height: number }) {
  const { bend } = bowed(project(lane.from), project(lane.to));
  const w = Math.max(title.length * 6.1, detail.length * 5.6) + 20;
  const x = Math.min(Math.max(bend[0] + 12, 6), width - w - 6);
  const y = Math.min(Math.max(bend[1] - 17, 6), height - 80);
  return (
    <g className="lanetag">
      <rect x={x} y={y} width={w} height="34" rx="6" />
      <text x={x + 9} y={y + 14} className="b">{title}</text>
      <text x={x + 9} y={y + 28}>{detail}</text>
    </g>
  );
}
