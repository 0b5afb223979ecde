import assert from "node:assert/strict";
import { test } from "node:test";
import { Replica } from "../src/live/replica";
import { delivery } from "./samples";

test("pages and updates in any order and any number of times give the same rows", () => {
  const states = [1, 2, 3, 4].map((sequence) => delivery("D-1", sequence === 4 ? "delivered" : "in_transit", { sequence }));
  const orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 3, 1, 0], [0, 3, 1, 2, 2]];
  for (const order of orders) {
    const replica = new Replica();
    for (const index of order) replica.apply(states[index] as never);
    assert.equal(replica.rows.get("D-1")?.status, "delivered", order.join());
    assert.equal(replica.rows.size, 1);
  }
});

test("what is older changes nothing, and says so", () => {
  const replica = new Replica();
  assert.equal(replica.apply(delivery("D-1", "in_transit", { sequence: 5 })), null);
  const version = replica.version;
  assert.equal(replica.apply(delivery("D-1", "created", { sequence: 4 })), undefined);
  assert.equal(replica.version, version);
});

test("places are learnt from scans and found for destinations", () => {
  const replica = new Replica();
  replica.apply(delivery("D-1", "in_transit", { last_location: { city: "Leipzig", country: "DE", lat: 51.4, lon: 12.2 } }));
  replica.apply(delivery("D-2", "created", { destination: { city: "Leipzig", country: "DE" } }));
  assert.deepEqual(replica.cityOf(replica.rows.get("D-2") as never), [12.2, 51.4]);
});
