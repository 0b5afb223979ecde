import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// What sources and foreign producers say, of a seed: few deliveries, few instants, so that everything meets.
struct Traffic {
    private var dice: SeededGenerator
    /// Everything said so far, to be said again.
    private var said: [Event] = []
    private var numbers: [DeliveryKey: Int] = [:]
    private let keys: [DeliveryKey]

    init(seed: UInt64, deliveries: Int) {
        dice = SeededGenerator(seed: seed).stream("traffic")
        let merchants = [MerchantID.default, MerchantID(trusted: "other")]
        keys = (0..<deliveries).map { SampleEvents.key("D-\($0)", merchants[$0 % 2]) }
    }

    private static let types: [EventType] = EventType.allCases.filter { $0 != .expired && $0 != .correction }

    /// One event: new, or one said before, or another under a known id.
    mutating func event() -> Event {
        if !said.isEmpty, dice.chance(0.2) {
            var event = dice.pick(said)
            if dice.chance(0.15) { event.detail = "another \(dice.integer(below: 3))" }
            return event
        }
        let key = dice.pick(keys)
        numbers[key, default: 0] += 1
        let type = dice.chance(0.08) ? .correction : dice.chance(0.06) ? .expired : dice.pick(Self.types)
        var event = SampleEvents.event(
            type, "e\(numbers[key] ?? 0)", of: key.deliveryID.text, merchant: key.merchant,
            minute: Int64(dice.integer(below: 12)))
        complete(&event)
        said.append(event)
        return event
    }

    /// What each type must say.
    private mutating func complete(_ event: inout Event) {
        // Also of events that have not come, and of corrections.
        let known = EventID(trusted: "e\(1 + dice.integer(below: (numbers[event.key] ?? 1) + 2))")
        switch event.type {
        case .correction: event.correction = Correction(corrects: known, why: .didNotOccur)
        case .expired:
            event.after = known
            event.id = EventID(trusted: "expired:\(known.text)")
        case .created, .updated:
            event.details = [
                .carrier("c\(dice.integer(below: 3))"),
                .promised(Window(latest: SampleEvents.start.advanced(bySeconds: 300))),
            ]
        case .rescheduled:
            event.details = [
                .promised(Window(latest: SampleEvents.start.advanced(bySeconds: Int64(dice.integer(below: 900)))))
            ]
        case .redirected: event.details = [.destination(JSONFragment(trusted: #"{"city":"Leipzig"}"#))]
        case .etaChanged:
            event.eta = ETA(
                window: Window(latest: SampleEvents.start.advanced(bySeconds: 400)),
                source: dice.pick(ETASource.allCases))
        default: break
        }
    }

    /// A record that no source of ours would write.
    mutating func poison() -> (key: String, value: [UInt8]) {
        let key = dice.pick(keys)
        let good = SampleEvents.event(
            .note, "poison-\(dice.integer(below: 1000))", of: key.deliveryID.text, merchant: key.merchant)
        switch dice.integer(below: 7) {
        case 0: return (key.text, Array("{".utf8))
        case 1: return (key.text, [0xFF, 0xFE, 0])
        case 2: return ("no slash at all", EventEncoder.bytes(of: good))
        case 3: return (key.text + "x", EventEncoder.bytes(of: good))
        case 4:
            var future = good
            future.occurredAt = Scenario.fixedEnd.advanced(bySeconds: 40 * 86_400)
            return (key.text, EventEncoder.bytes(of: future))
        case 5: return (key.text, Array(EventEncoder.bytes(of: good).dropLast()) + Array(#","phone":"+49"}"#.utf8))
        default: return (key.text, Array("[".utf8) + Array(repeating: UInt8(ascii: "["), count: 5000))
        }
    }
}
