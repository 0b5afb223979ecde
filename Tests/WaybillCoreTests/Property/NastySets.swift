import TestSupport
import WaybillCore

/// Small sets picked by hand: each holds a trap that a plausible fold falls into.
enum NastySets {
    static let all: [(name: String, events: [Event])] =
        [
            (
                "a correction before its target",
                [
                    event("a", .created, 0), event("b", .delivered, 1), correction("c", of: "b", 2),
                    event("d", .inTransit, 3),
                ]
            ),
            (
                "a correction older than everything",
                [
                    event("a", .created, 5), event("b", .delivered, 6), correction("c", of: "b", 0),
                    event("d", .note, 7),
                ]
            ),
            (
                "a correction far in the future keeps the frontier up",
                [
                    event("a", .created, 0), correction("c", of: "a", 9), event("d", .inTransit, 3),
                    event("e", .delivered, 4),
                ]
            ),
            (
                "the last event is corrected and another comes below it",
                [
                    event("a", .created, 0), event("b", .delivered, 5), correction("c", of: "b", 1),
                    event("d", .inTransit, 3),
                ]
            ),
            (
                "a correction of a correction",
                [
                    event("a", .created, 0), event("b", .delivered, 1), correction("c", of: "b", 2),
                    correction("d", of: "c", 3),
                ]
            ),
            (
                "a correction of an expired",
                [
                    event("a", .created, 0), expired(after: "a", 9), correction("c", of: "expired:a", 10),
                ]
            ),
            (
                "two corrections of one event",
                [
                    event("a", .created, 0), event("b", .cancelled, 1), correction("c", of: "b", 2),
                    correction("d", of: "b", 3),
                    event("e", .inTransit, 4),
                ]
            ),
            (
                "two corrections that name each other",
                [
                    event("a", .inTransit, 0), correction("c", of: "d", 1), correction("d", of: "c", 2),
                ]
            ),
            ("a correction of itself", [event("a", .inTransit, 0), correction("c", of: "c", 1)]),
            (
                "a correction of something that never comes",
                [
                    event("a", .created, 0), correction("c", of: "nowhere", 1), event("b", .inTransit, 2),
                ]
            ),
            ("only corrections", [correction("c", of: "d", 0), correction("d", of: "nowhere", 1)]),
            (
                "everything is corrected, then it starts anew",
                [
                    event("a", .delivered, 0, place: .door), correction("c", of: "a", 1), event("b", .inTransit, 2),
                ]
            ),
            ("expired after the last", [event("a", .created, 0), event("b", .inTransit, 1), expired(after: "b", 30)]),
            (
                "expired after one that is not the last",
                [
                    event("a", .created, 0), event("b", .inTransit, 1), expired(after: "a", 30),
                ]
            ),
            (
                "expired after a terminal status",
                [event("a", .created, 0), event("b", .delivered, 1), expired(after: "b", 30)]
            ),
            (
                "expired becomes last by a correction",
                [
                    event("a", .created, 0), event("b", .inTransit, 1), expired(after: "a", 30),
                    correction("c", of: "b", 31),
                ]
            ),
            (
                "expired, then revived",
                [
                    event("a", .inTransit, 0), expired(after: "a", 30), event("b", .note, 31),
                    event("d", .delivered, 32),
                ]
            ),
            ("expired alone", [expired(after: "a", 30)]),
            (
                "ids that Swift holds equal",
                [
                    event("\u{E9}", .inTransit, 1), event("e\u{301}", .held, 1), event("z", .outForDelivery, 0),
                    event("\u{E8}", .customsHeld, 1),
                ]
            ),
            (
                "ids in byte order, not in Swift's order",
                [
                    event("\u{212B}", .held, 1, reason: .weather), event("\u{C5}", .customsHeld, 1, reason: .strike),
                    event("A\u{30A}", .held, 1, reason: .lost), event("Z", .held, 1),
                ]
            ),
            (
                "a correction names one of two ids that Swift holds equal",
                [
                    event("\u{E9}", .inTransit, 1), event("e\u{301}", .delivered, 2),
                    correction("c", of: "e\u{301}", 3),
                ]
            ),
        ] + lives

    private static let lives: [(name: String, events: [Event])] = [
        (
            "the same instant, by rank",
            [
                event("6", .created, 0), event("5", .dispatched, 0), event("4", .inTransit, 0), event("3", .held, 0),
                event("2", .released, 0), event("1", .outForDelivery, 0),
            ]
        ),
        (
            "the same instant and rank, by id",
            [
                event("b", .dispatched, 0), event("a", .pickedUp, 0), event("B", .pickedUp, 0, reason: .capacity),
            ]
        ),
        (
            "scans after delivered",
            [
                event("a", .delivered, 0), event("b", .inTransit, 1), event("c", .delivered, 2, place: .locker),
                event("d", .returned, 3), event("e", .delivered, 4),
            ]
        ),
        (
            "delivered after cancelled",
            [
                event("a", .created, 0), event("b", .cancelled, 1), event("c", .delivered, 2),
                event("d", .delivered, 3),
            ]
        ),
        (
            "returning and the moves it ignores",
            [
                event("a", .returning, 0), event("b", .inTransit, 1), event("c", .availableForPickup, 2),
                event("d", .deliveryAttempted, 3), event("e", .returning, 4, reason: .refused),
                event("f", .outForDelivery, 5),
            ]
        ),
        (
            "handover after a move",
            [
                event("a", .inTransit, 0), event("b", .dispatched, 1), event("c", .held, 2), event("d", .pickedUp, 3),
            ]
        ),
        (
            "provisional, completed late",
            [
                event("a", .updated, 0), event("b", .note, 1), event("c", .created, 2), event("d", .created, 3),
            ]
        ),
        (
            "provisional, created last of all",
            [event("a", .inTransit, 0), event("b", .delivered, 1), event("c", .created, 2)]
        ),
        (
            "a second created that is corrected",
            [
                event("a", .created, 0), event("b", .created, 1), correction("c", of: "a", 2),
                event("d", .dispatched, 3),
            ]
        ),
        ("before 2000", [event("a", .created, 0), event("b", .inTransit, -300_000)]),
        (
            "one microsecond apart",
            [
                microsecondLater(event("a", .held, 0)), event("b", .released, 0), event("c", .outForDelivery, 0),
            ]
        ),
    ]

    static func event(
        _ id: String, _ type: EventType, _ hours: Int64, reason: Reason? = nil, place: HandoverPlace? = nil
    ) -> Event {
        var event = Event(
            id: EventID(trusted: id), type: type, deliveryID: EventSets.key.deliveryID,
            occurredAt: EventSets.start.advanced(bySeconds: hours * 3600))
        event.reason = reason
        event.place = place
        return event
    }

    static func correction(_ id: String, of target: String, _ hours: Int64) -> Event {
        var event = event(id, .correction, hours)
        event.correction = Correction(corrects: EventID(trusted: target), why: .didNotOccur)
        return event
    }

    static func expired(after: String, _ days: Int64) -> Event {
        var event = event("expired:\(after)", .expired, days * 24)
        event.after = EventID(trusted: after)
        return event
    }

    private static func microsecondLater(_ event: Event) -> Event {
        var event = event
        event.occurredAt = event.occurredAt.advanced(byMicroseconds: 1)
        return event
    }
}
