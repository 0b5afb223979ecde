import { useEffect, useState } from "react";
import type { Point } from "../model/row";
import type { Projection } from "./projection";

/** Outlines as the build makes them: rings of differences in hundredths of a degree. */
export interface Basemap {
  credit: string;
  countries: Record<string, number[][]>;
}

declare const __BASEMAP__: string;

let loading: Promise<Basemap | null> | null = null;

function load(): Promise<Basemap | null> {
  const address = typeof __BASEMAP__ === "string" ? __BASEMAP__ : "";
  loading ??= address === "" ? Promise.resolve(null) : fetch(address).then((response) => (response.ok ? response.json() : null)).catch(() => null);
  return loading as Promise<Basemap | null>;
}

/** The outline under a map; null until it is there, and where the build has none. */
export function useBasemap(): Basemap | null {
  const [map, setMap] = useState<Basemap | null>(null);
  useEffect(() => {
    let wanted = true;
    void load().then((loaded) => wanted && setMap(loaded));
    return () => {
      wanted = false;
    };
  }, []);
  return map;
}

/** SVG paths of the land: countries that are served, and the others. */
export function outlines(map: Basemap, project: Projection, served: ReadonlySet<string>, width: number, height: number): { land: string; served: string } {
  const paths = { land: "", served: "" };
  for (const [code, rings] of Object.entries(map.countries)) {
    const kind = served.has(code) ? "served" : "land";
    for (const ring of rings) paths[kind] += path(ring, project, width, height);
  }
  return paths;
}

function path(ring: number[], project: Projection, width: number, height: number): string {
  let lon = 0;
  let lat = 0;
  let text = "";
  let visible = false;
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < ring.length; i += 2) {
    lon += ring[i] as number;
    lat += ring[i + 1] as number;
    const [x, y] = project([lon / 100, lat / 100] as Point);
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
    text += `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  visible = maxX >= 0 && minX <= width && maxY >= 0 && minY <= height;
  return visible ? `${text}Z` : "";
}
