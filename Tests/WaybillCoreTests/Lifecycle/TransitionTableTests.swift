import Testing
import WaybillCore

/// The whole table of the domain, written out by hand: every status now, by every type.
@Suite struct TransitionTableTests {
    /// One letter for each type, in this order:
    static let types: [EventType] = [
        .created, .dispatched, .pickedUp, .departedHub, .inTransit, .arrivedAtHub, .held, .customsHeld, .customsCleared,
        .released, .outForDelivery, .deliveryAttempted, .availableForPickup, .exception, .returning, .cancelled,
        .delivered, .returned,
    ]

    /// `S` sets the status, `k` kept, `X` kept and a contradiction, `C` sets it with a contradiction.
    ///
    ///     c d p  d i a  h c  c r  o a  a x  r c  d r
    static let table: [(Status?, String)] = [
        (nil, "S S S  S S S  S S  S S  S S  S S  S S  S S"),
        (.created, "k S S  S S S  S S  S S  S S  S S  S S  S S"),
        (.dispatched, "k S S  S S S  S S  S S  S S  S S  S S  S S"),
        (.inTransit, "k k k  S S S  S S  S S  S S  S S  S S  S S"),
        (.outForDelivery, "k k k  S S S  S S  S S  S S  S S  S S  S S"),
        (.availableForPickup, "k k k  S S S  S S  S S  S S  S S  S S  S S"),
        (.attemptFailed, "k k k  S S S  S S  S S  S S  S S  S S  S S"),
        (.onHold, "k S S  S S S  S S  S S  S S  S S  S S  S S"),
        (.exception, "k S S  S S S  S S  S S  S S  S S  S S  S S"),
        (.returning, "k k k  k k k  S S  k k  S k  k S  S S  S S"),
        (.delivered, "k X X  X X X  X X  X X  X X  X X  S X  k S"),
        (.returned, "k X X  X X X  X X  X X  X X  X X  X X  X k"),
        (.cancelled, "k X X  X X X  X X  X X  X X  X X  S k  C S"),
        (.expired, "k S S  S S S  S S  S S  S S  S S  S S  S S"),
    ]

    /// What each type asks for.
    static let asked: [EventType: Status] = [
        .created: .created, .dispatched: .dispatched, .pickedUp: .dispatched, .departedHub: .inTransit,
        .inTransit: .inTransit, .arrivedAtHub: .inTransit, .held: .onHold, .customsHeld: .onHold,
        .customsCleared: .inTransit, .released: .inTransit, .outForDelivery: .outForDelivery,
        .deliveryAttempted: .attemptFailed, .availableForPickup: .availableForPickup, .exception: .exception,
        .returning: .returning, .cancelled: .cancelled, .delivered: .delivered, .returned: .returned,
    ]

    @Test func theTableIsTheDomains() throws {
        for (status, row) in Self.table {
            let letters = row.filter { $0 != " " }
            #expect(letters.count == Self.types.count)
            for (type, letter) in zip(Self.types, letters) {
                let target = try #require(Self.asked[type])
                let expected: Transition =
                    switch letter {
                    case "S": .sets(target)
                    case "k": .kept
                    case "X": .contradicts
                    default: .setsWithContradiction(target)
                    }
                let actual = TransitionTable.transition(from: status, on: type)
                #expect(actual == expected, "\(status?.rawValue ?? "none") on \(type.rawValue)")
            }
        }
        #expect(Self.table.count == Status.allCases.count + 1)
    }

    @Test func typesWithoutAStatusChangeNone() {
        let silent = EventType.allCases.filter { Self.asked[$0] == nil }
        #expect(
            Set(silent) == [
                .updated, .delayed, .etaChanged, .rescheduled, .redirected, .note, .correction, .expired, .position,
            ])
        for type in silent {
            #expect(TransitionTable.transition(from: nil, on: type) == .provisional)
            for status in Status.allCases { #expect(TransitionTable.transition(from: status, on: type) == .kept) }
        }
    }

    @Test func ranksAndStatusesOfTypes() {
        let ranks: [[EventType]] = [
            [.created], [.updated], [.dispatched, .pickedUp], [.departedHub, .inTransit], [.arrivedAtHub],
            [.held, .customsHeld], [.customsCleared, .released], [.outForDelivery], [.deliveryAttempted],
            [.availableForPickup], [.exception], [.returning], [.cancelled], [.delivered], [.returned],
            [.delayed, .etaChanged, .rescheduled, .redirected, .note],
        ]
        for (rank, types) in ranks.enumerated() {
            for type in types { #expect(type.rank == rank, "\(type)") }
        }
        for type in EventType.allCases { #expect(type.status == Self.asked[type]) }
        #expect(Status.allCases.filter(\.isTerminal) == [.delivered, .returned, .cancelled])
    }
}
