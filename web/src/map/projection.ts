import type { Point } from "../model/row";

export type XY = readonly [x: number, y: number];
export type Projection = (point: Point) => XY;

const RAD = Math.PI / 180;
const SOUTHERN = 43 * RAD;
const NORTHERN = 58 * RAD;
const MERIDIAN = 10;

const n = Math.log(Math.cos(SOUTHERN) / Math.cos(NORTHERN)) / Math.log(Math.tan(Math.PI / 4 + NORTHERN / 2) / Math.tan(Math.PI / 4 + SOUTHERN / 2));
const F = (Math.cos(SOUTHERN) * Math.pow(Math.tan(Math.PI / 4 + SOUTHERN / 2), n)) / n;

/** Lambert's conformal conic for Europe: shapes look as they do in an atlas. */
export function conic([lon, lat]: Point): XY {
  const rho = F / Math.pow(Math.tan(Math.PI / 4 + (Math.min(lat, 89) * RAD) / 2), n);
  const theta = n * (lon - MERIDIAN) * RAD;
  return [rho * Math.sin(theta), rho * Math.cos(theta)];
}

/** The region that the outline covers; what lies outside is counted and not drawn. */
export const inRegion = ([lon, lat]: Point): boolean => lon >= -26 && lon <= 46 && lat >= 32 && lat <= 72;

/** A projection in which all points lie inside the box, with a margin. Never closer than `span` degrees or so. */
export function fit(points: Point[], width: number, height: number, margin: number, span = 7): Projection {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const point of points.length > 0 ? points : [[2, 46], [18, 54]] as Point[]) {
    const [x, y] = conic(point);
    xs.push(x);
    ys.push(y);
  }
  const smallest = span * RAD * 0.7;
  const [x0, x1] = widened(Math.min(...xs), Math.max(...xs), smallest);
  const [y0, y1] = widened(Math.min(...ys), Math.max(...ys), smallest * (height / width));
  const scale = Math.min((width - 2 * margin) / (x1 - x0), (height - 2 * margin) / (y1 - y0));
  const left = width / 2 - ((x0 + x1) / 2) * scale;
  const top = height / 2 - ((y0 + y1) / 2) * scale;
  return (point) => {
    const [x, y] = conic(point);
    return [left + x * scale, top + y * scale];
  };
}

function widened(low: number, high: number, smallest: number): [number, number] {
  const missing = smallest - (high - low);
  return missing > 0 ? [low - missing / 2, high + missing / 2] : [low, high];
}
