import Simulation
import Testing
import WaybillCore

@Suite struct LifeTests {
    static let count = 20_000
    static let scenario = Scenario(deliveries: count, seed: 20)
    static let lives = (0..<count).map {
        Life(number: $0, orderedAt: scenario.start.advanced(bySeconds: Int64($0 * 60)), in: scenario.world)
    }

    @Test func livesObeyCausality() {
        for life in Self.lives {
            let lived = life.steps.filter { !$0.isRepetition }.sorted { $0.ordinal < $1.ordinal }
            #expect(lived.first?.type == .created)
            #expect(lived.first?.occurredAt == life.consignment.orderedAt)
            for (before, after) in zip(lived, lived.dropFirst()) {
                #expect(before.occurredAt <= after.occurredAt)
                #expect(before.ordinal < after.ordinal)
            }
            for step in life.steps {
                #expect(step.publishedAt >= step.occurredAt)
                #expect(step.publishedAt <= life.consignment.orderedAt.advanced(bySeconds: Life.longest))
            }
        }
    }

    @Test func aCorrectionNamesAnEarlierEventOfItsLife() {
        var corrections = 0
        for life in Self.lives {
            let known = Set(life.steps.map(\.memento))
            for step in life.steps {
                guard case .takesBack(let memento, _) = step.content else { continue }
                corrections += 1
                #expect(known.contains(memento))
                #expect(memento.ordinal < step.ordinal)
            }
        }
        #expect(corrections > 100)
    }

    @Test func sharesAreMet() {
        let shares = Self.scenario.world.shares
        expect(share { $0.contains(.cancelled) }, near: shares.cancelled)
        expect(share { $0.contains(.delivered) }, near: 0.945)
        expect(share { $0.contains(.returned) }, near: 0.031)
        expect(share { $0.contains(.availableForPickup) }, near: shares.pickupPoint)
        expect(share { $0.contains(.deliveryAttempted) }, near: shares.firstAttemptFails)
        expect(share { $0.contains(.delayed) }, near: 0.1)
        expect(share { $0.contains(.position) }, near: shares.tracked)
        expect(share { $0.contains(.customsHeld) }, near: 0.012)
    }

    @Test func tellingSharesAreMet() {
        let shares = Self.scenario.world.shares
        let steps = Self.lives.flatMap(\.steps).filter { $0.type != .position }
        let first = steps.filter { !$0.isRepetition }
        let late = first.filter { $0.publishedAt >= $0.occurredAt.advanced(bySeconds: 3600) }
        expect(Double(steps.count - first.count) / Double(first.count), near: shares.duplicate)
        expect(Double(late.count) / Double(first.count), near: shares.late)
        expect(Double(Self.lives.flatMap(\.steps).count) / Double(Self.count), near: Scenario.eventsPerDelivery)
    }

    @Test func aboutNineInTenArriveInTime() {
        let arrived = Self.lives.compactMap { life in
            life.steps.first { $0.type == .delivered }.map { $0.occurredAt <= life.consignment.promised.latest }
        }
        let share = Double(arrived.count { $0 }) / Double(arrived.count)
        #expect((0.85...0.96).contains(share), "on time: \(share)")
    }

    @Test func everyTypeThatAPersonOrCarrierSaysIsHeard() {
        let heard = Set(Self.lives.flatMap(\.steps).map(\.type))
        #expect(Set(EventType.allCases).subtracting(heard) == [.expired])
    }

    private func share(_ holds: (Set<EventType>) -> Bool) -> Double {
        Double(Self.lives.count { holds(Set($0.steps.map(\.type))) }) / Double(Self.count)
    }

    /// Within a fifth, and within half a hundredth for rare things.
    private func expect(_ share: Double, near aim: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(abs(share - aim) <= max(0.2 * aim, 0.005), "\(share), not \(aim)", sourceLocation: sourceLocation)
    }
}
