import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../src/live/sse";

const STREAM = ': connected\nid: A\n\nid: B\nevent: update\ndata: {"a":1}\n\nevent: position\ndata: {"b":\ndata: 2}\n\n: alive\n\nid: C\nevent: reset\ndata: {}\n\n';

const EXPECTED = [
  { id: "A", event: "message", data: "" },
  { id: "B", event: "update", data: '{"a":1}' },
  { id: null, event: "position", data: '{"b":\n2}' },
  { id: "C", event: "reset", data: "{}" },
];

test("a stream is the same in whatever pieces it comes", () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < STREAM.length; at += size) events.push(...parser.push(STREAM.slice(at, at + size)));
    assert.deepEqual(events, EXPECTED, `pieces of ${size}`);
  }
});

test("line ends of either kind, and a half event that waits for its end", () => {
  const parser = new EventParser();
  assert.deepEqual(parser.push("data: x\r\n"), []);
  assert.deepEqual(parser.push("\r\n"), [{ id: null, event: "message", data: "x" }]);
});
