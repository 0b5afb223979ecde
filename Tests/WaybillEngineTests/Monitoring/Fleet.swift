import TestSupport
import WaybillCore
import WaybillEngine

/// Deliveries with known truth: what really happened to each, and what its sources told of it, and when.
struct Fleet {
    /// What goes wrong.
    enum Trouble: CaseIterable {
        case none
        /// Never handed over, never scanned, or never heard of again after a hub.
        case notHandedOver, notTakenIn, silent
        /// One scan is missing; the parcel moves on as it should.
        case lostScan
        /// Too slow for its promise.
        case slow
        /// Handed over on a Friday and scanned on Monday: nobody works in between.
        case weekend
        /// The vehicle's positions stop; the parcel does not.
        case lostPositions
        /// A scan at a hub long after the delivery, or soon after it.
        case contradiction, slowScanner
        case attempt, exception, held, returned
    }

    struct Delivery {
        var key: DeliveryKey
        var trouble: Trouble
        var history: [HistoryEntry]
        /// Kinds that a perfect monitor would open.
        var truth: Set<CaseKind>
        /// Kinds that are neither right nor wrong here.
        var either: Set<CaseKind> = []
        /// When the carrier says that something is wrong; nil where it never does.
        var admittedAt: Timestamp?
        /// When the trouble can be seen by who knows everything.
        var promise: Timestamp
    }

    /// A Monday.
    static let start = Timestamp(seconds: 1_764_547_200)

    static func delivery(_ number: Int, seed: UInt64) -> Delivery {
        var maker = Maker(number: number, chance: Chance(seed: seed, number: number))
        return maker.make()
    }

    /// Makes one life step by step.
    private struct Maker {
        let number: Int
        var chance: Chance
        var now = Fleet.start
        var history: [HistoryEntry] = []
        var key: DeliveryKey { SampleEvents.key("F-\(number)") }

        /// About 30 % have some trouble.
        mutating func trouble() -> Trouble {
            guard chance.oneIn(3) else { return .none }
            return chance.pick(Array(Trouble.allCases.dropFirst()))
        }

        mutating func tell(
            _ type: EventType, after hours: Double, delay minutes: Int? = nil,
            _ change: (inout Event) -> Void = { _ in }
        ) {
            now = now.advanced(bySeconds: Int64(hours * 3600))
            var event = Event(
                id: EventID(trusted: "\(number)-\(history.count)"), type: type, deliveryID: key.deliveryID,
                occurredAt: now)
            change(&event)
            let late = minutes ?? chance.number(in: 0...40)
            let last = history.last?.receivedAt ?? now
            history.append(
                HistoryEntry(
                    event: event, sequence: Int64(history.count + 1),
                    receivedAt: max(last, now.advanced(bySeconds: Int64(late) * 60))))
        }

        /// On to the next hour in which somebody works: Monday to Friday.
        mutating func work() {
            while WorkingCalendar.weekday(of: now.dayNumber) > 4 { now = now.advanced(bySeconds: 86_400) }
        }

        mutating func make() -> Delivery {
            let trouble = trouble()
            let day = trouble == .weekend ? 4 : chance.number(in: 0...4)
            now = Fleet.start.advanced(bySeconds: Int64(chance.number(in: 0..<8) * 7 + day) * 86_400)
                .advanced(bySeconds: Int64(chance.number(in: 6 * 3600..<18 * 3600)))
            let express = chance.oneIn(4)
            let promise = WorkingCalendar.weekdays.instant(after: (express ? 60 : 100) * 3600, from: now)
            tell(.created, after: 0, delay: 0) { event in
                event.details = [
                    .promised(Window(latest: promise)), .carrier(express ? "swift" : "slow"),
                    .destination(JSONFragment(trusted: #"{"country":"DE"}"#)),
                    .origin(JSONFragment(trusted: #"{"country":"DE"}"#)),
                ]
            }
            var delivery = Delivery(key: key, trouble: trouble, history: [], truth: [], promise: promise)
            journey(&delivery, express)
            delivery.history = history
            return delivery
        }

        mutating func hours(_ from: Int, _ to: Int) -> Double { Double(chance.number(in: from * 60...to * 60)) / 60 }

        mutating func journey(_ delivery: inout Delivery, _ express: Bool) {
            let trouble = delivery.trouble
            guard trouble != .notHandedOver else { return vanish(&delivery, .notDispatched) }
            tell(.dispatched, after: hours(1, 10))
            work()
            guard trouble != .notTakenIn else { return vanish(&delivery, .notScanned) }
            tell(.arrivedAtHub, after: hours(2, 9))
            work()
            let slow = express ? 1 : 2
            if trouble != .lostScan { tell(.departedHub, after: hours(2, 6 * slow)) }
            work()
            guard trouble != .silent else { return vanish(&delivery, .stalled) }
            middle(&delivery)
            tell(.arrivedAtHub, after: hours(4, 8 * slow))
            work()
            last(&delivery)
        }

        mutating func middle(_ delivery: inout Delivery) {
            switch delivery.trouble {
            case .slow: crawl(&delivery)
            case .exception:
                delivery.truth.insert(.exception)
                tell(.exception, after: hours(1, 6))
                tell(.inTransit, after: hours(2, 20))
                delivery.either = [.late, .stalled, .etaRisk]
            case .held:
                delivery.truth.insert(.onHold)
                tell(.held, after: hours(1, 6))
                tell(.released, after: hours(2, 20))
                delivery.either = [.late, .stalled, .etaRisk]
            case .lostPositions:
                for _ in 0..<3 {
                    tell(.position, after: 0) { $0.location = JSONFragment(trusted: #"{"lat":51.5,"lon":12.25}"#) }
                    history.removeLast()
                }
            default: break
            }
            work()
        }

        /// A leg that takes days; the carrier says so late, if at all.
        mutating func crawl(_ delivery: inout Delivery) {
            delivery.truth.insert(.late)
            delivery.either = [.stalled, .etaRisk, .delayed]
            let end = delivery.promise.advanced(bySeconds: Int64(chance.number(in: 4...60)) * 3600)
            let admits = chance.oneIn(2)
            if admits {
                now = delivery.promise.advanced(bySeconds: Int64(chance.number(in: -4...30)) * 3600)
                delivery.truth.insert(.delayed)
                delivery.either = [.stalled, .etaRisk]
                tell(.delayed, after: 0)
                delivery.admittedAt = history.last?.receivedAt
            }
            now = max(now, end)
        }

        mutating func last(_ delivery: inout Delivery) {
            if delivery.trouble == .attempt {
                delivery.truth.insert(.failedAttempt)
                tell(.outForDelivery, after: hours(1, 3))
                tell(.deliveryAttempted, after: hours(1, 5))
                tell(.outForDelivery, after: hours(12, 20))
                delivery.either = [.late, .stalled, .etaRisk]
            }
            if delivery.trouble == .returned {
                delivery.truth.insert(.returning)
                tell(.returning, after: hours(1, 9))
                tell(.returned, after: hours(20, 60))
                delivery.either = [.late, .stalled, .etaRisk]
                return
            }
            tell(.outForDelivery, after: hours(1, 5))
            tell(.delivered, after: hours(1, 6))
            let arrived = now
            if arrived > delivery.promise { delivery.truth.insert(.late) } else { delivery.truth.remove(.late) }
            if delivery.trouble == .contradiction || delivery.trouble == .slowScanner {
                delivery.truth.insert(.contradiction)
                tell(.arrivedAtHub, after: delivery.trouble == .contradiction ? hours(60, 90) : hours(1, 20))
            }
        }

        /// Nothing more is heard until the carrier admits it, days after the promise.
        mutating func vanish(_ delivery: inout Delivery, _ kind: CaseKind) {
            delivery.truth = [kind, .late, .exception]
            delivery.either = [.etaRisk, .stalled, .notScanned]
            now = max(now, delivery.promise).advanced(bySeconds: Int64(chance.number(in: 24...96)) * 3600)
            tell(.exception, after: 0) { $0.reason = .lost }
            delivery.admittedAt = history.last?.receivedAt
        }
    }
}
