#!/usr/bin/env python3
"""Counts the `late` cases that a replay of shipments must show, without any of Waybill's code.

usage: cases_oracle.py scms-shipments.ndjson

The clock is driven by the data: it stands at the greatest `occurred_at` of the lines so far, the line about to be told
included. A delivery is found late when the clock has passed its promise before its `delivered` is told: it was delivered
late, or it was known late.
"""
import collections
import json
import sys
from datetime import datetime


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def main(path):
    clock, created, delivered = None, {}, {}
    found, late_by_carrier = set(), collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            at = instant(event["occurred_at"])
            clock = max(clock, at) if clock else at
            key = event["delivery_id"]
            (created if event["type"] == "created" else delivered)[key] = event
            # Whatever is told now was not known when the clock struck.
            if event["type"] == "delivered" and key in created and clock > instant(created[key]["promised"]["latest"]):
                found.add(key)
    late = {
        key for key, event in delivered.items()
        if instant(event["occurred_at"]) > instant(created[key]["promised"]["latest"])
    }
    for key in late:
        late_by_carrier[created[key].get("carrier", "")] += 1
    print(json.dumps({
        "found_late": len(found), "delivered_late": len(late), "delivered_late_and_not_found": len(late - found),
        "late_by_carrier": dict(sorted(late_by_carrier.items())),
    }, indent=1))


main(sys.argv[1])
