import type { Delivery } from "../api/generated";
import { rowOf, type Point, type Row } from "../model/row";

/**
 * The deliveries as this page knows them.
 *
 * Every number on every screen is counted from here, so that a tile, a table and a map cannot disagree. Pages of the
 * list and updates of the stream come in any order: the greater sequence wins, and a repeat changes nothing.
 */
export class Replica {
  readonly rows = new Map<string, Row>();
  /** Where cities lie, learnt from scans: destinations carry no coordinates. */
  readonly cities = new Map<string, Point>();
  /** Last GPS fixes heard since the page was opened. */
  readonly vehicles = new Map<string, { at: number; point: Point }>();
  version = 0;

  /** Answers the row before, null for a new delivery, and undefined where nothing changed. */
  apply(delivery: Delivery): Row | null | undefined {
    const known = this.rows.get(delivery.id);
    if (known && known.sequence > delivery.sequence) return undefined;
    const row = rowOf(delivery);
    this.rows.set(row.id, row);
    this.learn(row.lastCity, delivery.last_location?.country, row.last);
    this.learn(row.origin, delivery.origin?.country, row.start);
    if (row.status === "delivered" || row.status === "returned") this.vehicles.delete(row.id);
    this.version += 1;
    return known ?? null;
  }

  fix(id: string, point: Point, at: number): void {
    const known = this.vehicles.get(id);
    if (known && known.at >= at) return;
    this.vehicles.set(id, { at, point });
    this.version += 1;
  }

  clear(): void {
    this.rows.clear();
    this.vehicles.clear();
    this.version += 1;
  }

  cityOf(row: Row): Point | undefined {
    return this.cities.get(cityKey(row.city, row.country));
  }

  private learn(city: string, country: string | undefined, point: Point | null): void {
    if (!city || !point) return;
    const key = cityKey(city, country ?? "");
    if (!this.cities.has(key)) this.cities.set(key, point);
  }
}

export const cityKey = (city: string, country: string): string => `${country}/${city}`;
