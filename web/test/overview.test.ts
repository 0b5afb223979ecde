import assert from "node:assert/strict";
import { test } from "node:test";
import { overview, troublesOf } from "../src/model/overview";
import { arrivals } from "../src/model/places";
import { HOUR, iso, NOW, row } from "./samples";

const TODAY = NOW - 14 * HOUR;
const window = (from: number, to: number) => ({ earliest: iso(from), latest: iso(to) });

const ROWS = [
  row("in-time", "delivered", { delivered_at: iso(NOW - 2 * HOUR), promised: window(NOW - 4 * HOUR, NOW) }),
  row("too-late", "delivered", { delivered_at: iso(NOW - HOUR / 2), promised: window(NOW - 9 * HOUR, NOW - 5 * HOUR), place: "pickup_point" }),
  row("moved", "delivered", {
    delivered_at: iso(NOW - HOUR / 2), promised: window(NOW - HOUR, NOW + HOUR), promised_original: window(NOW - 9 * HOUR, NOW - 8 * HOUR),
  }),
  row("yesterday", "delivered", { delivered_at: iso(TODAY - 3 * HOUR), promised: window(TODAY - 9 * HOUR, TODAY - 2 * HOUR) }),
  row("overdue", "in_transit", { promised: window(NOW - 9 * HOUR, NOW - HOUR), destination: { city: "Leipzig", country: "DE" } }),
  row("tonight", "out_for_delivery", { promised: window(NOW, NOW + 3 * HOUR), destination: { city: "Leipzig", country: "DE" } }),
  row("next week", "created", { promised: window(NOW + 90 * HOUR, NOW + 99 * HOUR) }),
  row("back", "returning", { promised: window(NOW - 9 * HOUR, NOW - 3 * HOUR) }),
];

test("the numbers of the overview add up", () => {
  const numbers = overview(ROWS, NOW, TODAY);
  assert.equal(numbers.total, 8);
  assert.equal(numbers.active, 4);
  assert.equal(Object.values(numbers.byStatus).reduce((sum, n) => sum + n, 0), numbers.total);
  assert.equal(numbers.deliveredToday, 3);
  assert.equal(numbers.inTimeToday, 1, "judged by the first promise, not the one that was moved");
  assert.equal(numbers.overdue, 2);
  assert.equal(numbers.dueToday, 2, "what goes back is not due");
  assert.equal(numbers.atRisk, 1);
  const bars = numbers.hours.reduce((sum, bar) => sum + bar.inTime + bar.late, 0);
  assert.equal(bars, numbers.deliveredToday);
  const lines = numbers.carriers.reduce((sum, line) => sum + line.delivered, 0);
  assert.equal(lines, numbers.deliveredToday);
  assert.equal(numbers.carriers.reduce((sum, line) => sum + line.due, 0), numbers.dueToday);
  assert.equal(numbers.usualOnTime, 1);
  assert.equal(numbers.lastHour.delivered, 2);
  assert.equal(numbers.lastHour.collected, 1);
});

test("the map shows as many as are due, and says how many it cannot place", () => {
  const due = overview(ROWS, NOW, TODAY).dueToday;
  const all = arrivals(ROWS, () => [12.2, 51.4], NOW, TODAY);
  assert.equal(all.clusters.reduce((sum, one) => sum + one.count, 0), due);
  assert.equal(all.clusters[0]?.atRisk, 1);
  const none = arrivals(ROWS, () => undefined, NOW, TODAY);
  assert.equal(none.unplaced, due);
});

test("trouble is told from the delivery alone", () => {
  assert.deepEqual(troublesOf(row("a", "on_hold", { promised: window(NOW - 2 * HOUR, NOW - HOUR) }), NOW), ["late", "on_hold"]);
  assert.deepEqual(troublesOf(row("b", "delivered", { promised: window(NOW - 2 * HOUR, NOW - HOUR) }), NOW), []);
});
