import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, otherZone, signed } from "../src/text/format";
import { conic, fit, inRegion } from "../src/map/projection";
import { mergeClusters, placeLabels } from "../src/map/layout";
import { hexLines } from "../src/screens/platform/hex";
import { Ledger } from "../src/live/ledger";
import { delivery, NOW } from "./samples";

test("durations have two parts at most", () => {
  const cases: [number, string][] = [
    [400, "0.4 s"], [28 * 60_000, "28 min"], [165 * 60_000, "2 h 45 min"], [2 * 3_600_000, "2 h"], [59.9 * 60_000, "60 min"], [100 * 3_600_000, "4 d 4 h"],
  ];
  for (const [milliseconds, text] of cases) assert.equal(duration(milliseconds), text);
  assert.equal(signed(-84), "−84");
});

test("a zone is never guessed", () => {
  assert.equal(otherZone("US", NOW), null);
  assert.equal(otherZone("", NOW), null);
});

test("north is up, east is right, and everything fits", () => {
  const [hamburg, munich, warsaw] = [[10, 53.5], [11.6, 48.1], [21, 52.2]] as [number, number][];
  assert.ok(conic(hamburg as never)[1] < conic(munich as never)[1]);
  const project = fit([hamburg, munich, warsaw] as never, 600, 400, 40);
  for (const point of [hamburg, munich, warsaw]) {
    const [x, y] = project(point as never);
    assert.ok(x >= 39 && x <= 561 && y >= 39 && y <= 361, `${x} ${y}`);
  }
  assert.ok(inRegion([10, 50]) && !inRegion([-74, 40.7]));
});

test("clusters keep their sum when they merge, and names never overlap", () => {
  const clusters = Array.from({ length: 60 }, (_, i) => ({ name: `Town ${i}`, point: [5 + (i % 10), 45 + i / 10] as never, count: 60 - i, atRisk: i % 3 }));
  const project = fit(clusters.map((one) => one.point), 366, 300, 30);
  const merged = mergeClusters(clusters, project, 9, 30);
  assert.ok(merged.length <= 9);
  assert.equal(merged.reduce((sum, one) => sum + one.count, 0), clusters.reduce((sum, one) => sum + one.count, 0));
  const labels = placeLabels(merged, 366, 300);
  const boxes = labels.map((one) => [one.anchor === "middle" ? one.x - one.name.length * 3 : one.anchor === "end" ? one.x - one.name.length * 6 : one.x, one.y, one.name.length * 6] as const);
  for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(a[0] >= b[0] + b[2] || b[0] >= a[0] + a[2] || Math.abs(a[1] - b[1]) >= 10);
});

test("bytes are shown with their offset and what can be read of them", () => {
  assert.deepEqual(hexLines(Uint8Array.from([0x7b, 0x0a, 0x41])), ["00000000  7b 0a 41                                          |{.A|"]);
});

test("the ledger forgets what is older than an hour and never grows", () => {
  const ledger = new Ledger();
  ledger.begin(NOW);
  const update = (status: string) => ({ kind: "event", status, previous_status: "created", late_arrival: true, event: { type: "departed_hub", source: "hub" }, delivery: delivery("D", "in_transit") });
  for (let minute = 0; minute < 180; minute += 1) ledger.hear(update("in_transit") as never, NOW + minute * 60_000);
  const sum = ledger.sum(NOW + 179 * 60_000);
  assert.equal(sum.updates, 60);
  assert.equal(sum.entered.in_transit, 60);
  assert.ok(ledger.rates(NOW + 180 * 60_000).length <= 120);
  assert.equal(ledger.activity(NOW + 200 * 60_000)[0]?.usual, 60_000);
});
