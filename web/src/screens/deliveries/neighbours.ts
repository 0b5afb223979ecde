import type { Row } from "../../model/row";

let ids: string[] = [];
let name = "";
let path = "/deliveries";

/** The list somebody came from, so that the delivery's page can go to the next one. */
export function rememberList(rows: Row[], title: string, from: string): void {
  ids = rows.length > 20_000 ? [] : rows.map((row) => row.id);
  name = title;
  path = from;
}

export function neighbours(id: string): { name: string; path: string; index: number; count: number; previous: string | null; next: string | null } {
  const index = ids.indexOf(id);
  return { name, path, index, count: ids.length, previous: index > 0 ? ids[index - 1] ?? null : null, next: index >= 0 ? ids[index + 1] ?? null : null };
}
