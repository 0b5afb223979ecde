import TestSupport
import Testing
import WaybillCore

/// What people are told: each milestone once, the recurring ones at each occurrence, late news only where it matters.
@Suite struct MilestoneTests {
    static let stories: [(name: String, events: [Event], announced: [String])] = [
        (
            "a plain life",
            [
                .at(0, .created), .at(1, .dispatched), .at(2, .departedHub), .at(3, .arrivedAtHub),
                .at(4, .outForDelivery),
                .at(5, .delivered),
            ], ["created", "dispatched", "in_transit", "-", "out_for_delivery", "delivered"]
        ),
        (
            "in transit again after a stop is no news",
            [
                .at(0, .inTransit), .at(1, .held), .at(2, .released), .at(3, .exception), .at(4, .inTransit),
            ], ["in_transit", "-", "-", "exception", "-"]
        ),
        (
            "recurring ones at each occurrence",
            [
                .at(0, .outForDelivery), .at(1, .deliveryAttempted), .at(2, .outForDelivery),
                .at(3, .deliveryAttempted),
                .at(4, .deliveryAttempted), .at(5, .exception), .at(6, .inTransit), .at(7, .exception),
            ],
            [
                "out_for_delivery", "attempt_failed", "out_for_delivery", "attempt_failed", "attempt_failed",
                "exception",
                "in_transit", "exception",
            ]
        ),
        (
            "the others once",
            [
                .at(0, .availableForPickup), .at(1, .held), .at(2, .availableForPickup), .at(3, .returning),
                .at(4, .exception),
                .at(5, .returning), .at(6, .returned),
            ], ["available_for_pickup", "-", "-", "returning", "exception", "-", "returned"]
        ),
        (
            "a delay when it opens, not while it is open",
            [
                .at(0, .created), .at(1, .delayed), .at(2, .delayed), .at(3, .delivered), .at(4, .delayed),
            ], ["created", "delayed", "-", "delivered", "-"]
        ),
        ("provisional, then created", [.at(0, .note), .at(1, .created)], ["-", "created"]),
        (
            "details are no milestone",
            [
                .at(0, .created), .at(1, .updated), .at(2, .note), .at(3, .created, id: "second"), .at(4, .customsHeld),
            ], ["created", "-", "-", "-", "-"]
        ),
        (
            "a contradiction is no milestone", [.at(0, .delivered), .at(1, .inTransit), .at(2, .delivered)],
            ["delivered", "-", "-"]
        ),
        ("delivered after cancelled", [.at(0, .cancelled), .at(1, .delivered)], ["cancelled", "delivered"]),
        (
            "corrected once, then any again",
            [
                .at(0, .created), .at(5, .delivered, id: "d"), .correcting("d", at: 6), .at(7, .delivered, id: "d2"),
            ], ["created", "delivered", "corrected", "delivered"]
        ),
        (
            "a correction of what was not announced",
            [
                .at(0, .inTransit), .at(1, .arrivedAtHub, id: "a"), .correcting("a", at: 2),
            ], ["in_transit", "-", "-"]
        ),
        (
            "a second correction of the same event",
            [
                .at(0, .delivered, id: "d"), .correcting("d", at: 1), NastySets.correction("again", of: "d", 2),
            ], ["delivered", "corrected", "-"]
        ),
        ("a correction that comes first", [.correcting("d", at: 1), .at(0, .delivered, id: "d")], ["-", "-"]),
        (
            "late news that is old",
            [
                .at(0, .created), .at(5, .outForDelivery), .at(3, .dispatched), .at(4, .exception),
            ], ["created", "out_for_delivery", "-", "-"]
        ),
        (
            "nobody is told out for delivery after delivered",
            [
                .at(5, .delivered), .at(4, .outForDelivery), .at(3, .deliveryAttempted), .at(2, .delayed),
            ], ["delivered", "-", "-", "-"]
        ),
        (
            "late news that matters", [.at(0, .created), .at(9, .note), .at(5, .delivered)],
            ["created", "-", "delivered"]
        ),
        ("late cancelled", [.at(0, .created), .at(9, .note), .at(5, .cancelled)], ["created", "-", "cancelled"]),
        ("late delivered that changes nothing", [.at(9, .delivered), .at(5, .delivered)], ["delivered", "-"]),
        (
            "expired tells nobody, reviving neither",
            [
                .at(0, .inTransit, id: "a"), NastySets.expired(after: "a", 30), .at(24 * 31, .note),
            ], ["in_transit", "-", "-"]
        ),
    ]

    @Test(arguments: stories.indices)
    func announces(index: Int) throws {
        let story = Self.stories[index]
        #expect(try Story.milestones(story.events) == story.announced, "\(story.name)")
    }

    @Test func aLateOneIsMarkedSo() throws {
        var story = Story()
        #expect(try !story.tell(.at(1, .created)).isLate)
        #expect(try !story.tell(.at(5, .inTransit)).isLate)
        #expect(try story.tell(.at(3, .dispatched)).isLate)
        #expect(try !story.tell(.correcting("created-1", at: 0)).isLate)
        #expect(try !story.tell(.at(5, .held)).isLate)
    }

    /// Announcements survive a restart: nothing is told twice.
    @Test func restartsDoNotRepeat() throws {
        let events: [Event] = [
            .at(0, .created), .at(1, .inTransit), .at(2, .held), .at(3, .released), .at(4, .delivered),
        ]
        var delivery = RestartingDelivery()
        var told: [Milestone] = []
        for event in events {
            try delivery.restart()
            if case .applied(let applied) = delivery.offer(event), let milestone = applied.milestone {
                told.append(milestone)
            }
            try delivery.restart()
            guard case .duplicate = delivery.offer(event) else {
                Issue.record("\(event.id) was applied twice")
                return
            }
        }
        #expect(told == [.created, .inTransit, .delivered])
    }

    @Test func namesAreTheDomains() {
        #expect(
            Milestone.allCases.map(\.rawValue) == [
                "created", "dispatched", "in_transit", "out_for_delivery", "available_for_pickup", "attempt_failed",
                "delayed",
                "exception", "delivered", "returning", "returned", "cancelled", "corrected",
            ])
        #expect(Milestone.allCases.filter(\.survivesLateArrival) == [.delivered, .returned, .cancelled])
    }
}
