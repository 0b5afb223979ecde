#!/usr/bin/env python3
"""Counts what the replay must show, without any of Waybill's code.

usage: oracle.py scms-shipments.ndjson > scms-shipments.oracle.json

Every shipment has one `created` and one `delivered`. A delivery is late when `delivered_at` is after the end of
its promised window. The file is in the order in which the facts became known; the counts do not depend on it.
"""
import json
import sys
from datetime import datetime


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def main(path):
    lines, seen, deliveries = 0, {}, {}
    with open(path, encoding="utf-8") as events:
        for line in events:
            lines += 1
            event = json.loads(line)
            key = (event["merchant"], event["delivery_id"])
            if (key, event["id"]) in seen:
                assert seen[key, event["id"]] == event, "one id, two contents"
                continue
            seen[key, event["id"]] = event
            deliveries.setdefault(key, []).append(event)

    status, late, in_time = {}, 0, 0
    for events in deliveries.values():
        types = [event["type"] for event in events]
        assert sorted(types) == ["created", "delivered"], types
        status["delivered"] = status.get("delivered", 0) + 1
        created = next(event for event in events if event["type"] == "created")
        delivered = next(event for event in events if event["type"] == "delivered")
        if instant(delivered["occurred_at"]) > instant(created["promised"]["latest"]):
            late += 1
        else:
            in_time += 1

    counts = {
        "lines": lines,
        "events": len(seen),
        "deliveries": len(deliveries),
        "status": status,
        "delivered_late": late,
        "delivered_in_time": in_time,
    }
    print(json.dumps(counts, indent=1, sort_keys=True))


main(sys.argv[1])
