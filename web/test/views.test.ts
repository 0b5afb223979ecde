import assert from "node:assert/strict";
import { test } from "node:test";
import { toCSV } from "../src/screens/deliveries/csv";
import { compare, filterOf, matches, type Sort } from "../src/model/views";
import { HOUR, iso, NOW, row } from "./samples";

const filter = (query: string) => filterOf(new URLSearchParams(query));

test("a filter lives in the URL", () => {
  assert.deepEqual(filter("status=delivered,nonsense,created").statuses, ["created", "delivered"]);
  assert.ok(!filter("status=active").statuses.includes("returned"));
  assert.equal(filter("promised=never").promised, "");
});

test("text finds ids, numbers with spaces, orders and places", () => {
  const one = row("WB-7-000131", "in_transit", { tracking_number: "HX4471098263", order_reference: "LO-20931", destination: { city: "München", country: "DE" } });
  for (const text of ["wb-7-000131", "HX 4471 0982", "lo-2093", "münch", "hanse"]) assert.ok(matches(one, filter(`q=${encodeURIComponent(text)}`), NOW), text);
  assert.ok(!matches(one, filter("q=Leipzig"), NOW));
});

test("every order is total: rows never change places by themselves", () => {
  const rows = ["a", "b", "c", "d"].map((id, i) => row(id, "in_transit", { promised: { latest: iso(NOW - (i % 2) * HOUR) } }));
  for (const sort of ["behind", "-created", "created", "promised", "-promised", "-heard", "id"] as Sort[]) {
    const once = [...rows].sort(compare(sort, NOW)).map((one) => one.id);
    const again = [...rows].reverse().sort(compare(sort, NOW)).map((one) => one.id);
    assert.deepEqual(once, again, sort);
  }
});

test("a spreadsheet gets text and not formulas", () => {
  const text = toCSV([row("=1+1", "created", { carrier: 'A "B", C', destination: { city: "line\nbreak", country: "DE" } })]);
  const line = text.split("\r\n")[1] ?? "";
  assert.ok(line.startsWith("'=1+1,created,"), line);
  assert.ok(line.includes('"A ""B"", C"') && text.includes('"line\nbreak"'));
});
