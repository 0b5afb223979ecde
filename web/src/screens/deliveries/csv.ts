import type { Row } from "../../model/row";

const COLUMNS: [string, (row: Row) => string | number][] = [
  ["delivery_id", (row) => row.id],
  ["status", (row) => row.status],
  ["carrier", (row) => row.carrier],
  ["tracking_number", (row) => row.tracking],
  ["order_reference", (row) => row.order],
  ["destination_city", (row) => row.city],
  ["destination_country", (row) => row.country],
  ["promised_latest", (row) => instant(row.promised?.to ?? null)],
  ["expected_latest", (row) => instant(row.expected?.to ?? null)],
  ["delivered_at", (row) => instant(row.deliveredAt)],
  ["last_event", (row) => row.lastType ?? ""],
  ["last_event_at", (row) => instant(row.lastAt || null)],
  ["last_place", (row) => row.lastPlace],
];

/** RFC 4180. A field that a spreadsheet would take for a formula gets an apostrophe. */
export function toCSV(rows: Row[]): string {
  const lines = [COLUMNS.map(([name]) => name).join(",")];
  for (const row of rows) lines.push(COLUMNS.map(([, value]) => field(String(value(row)))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const instant = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());

export function saveFile(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
