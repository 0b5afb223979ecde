import TestSupport
import WaybillCore
import WaybillEngine

/// How well arrivals are foretold that nobody has seen yet.
struct Calibration: CustomStringConvertible {
    private(set) var predicted = 0
    private(set) var inside = 0
    private var missed = 0.0
    private var missedByPromise = 0.0
    private var missedByMedian = 0.0

    /// The deliveries that events tell, as they stand at the end.
    static func deliveries(_ events: [Event]) -> [FoldedState] {
        Dictionary(grouping: events, by: \.key).values.map { Fold.state(of: $0) }
            .filter { $0.status == .delivered && $0.createdAt != nil }
    }

    /// - Parameter deliveries: all of them; in time order, the first two thirds are learned from.
    init(_ deliveries: [FoldedState]) {
        let sorted = deliveries.sorted { ($0.createdAt ?? .distantFuture) < ($1.createdAt ?? .distantFuture) }
        let split = sorted.count * 2 / 3
        var counts: [String: Int64] = [:]
        var durations: [Int64] = []
        for delivery in sorted[..<split] {
            for (name, amount) in ArrivalModel.contribution(of: delivery) { counts[name, default: 0] += amount }
            durations.append(Self.minutes(from: delivery.createdAt, to: delivery.deliveredAt))
        }
        durations.sort()
        let median = durations.isEmpty ? 0 : durations[durations.count / 2]
        let model = ArrivalModel(counters: counts.map { (name: $0.key, count: $0.value) })
        for delivery in sorted[split...] { judge(delivery, model, median) }
    }

    /// What is known when it was handed over, or else ordered.
    private mutating func judge(_ delivery: FoldedState, _ model: ArrivalModel, _ median: Int64) {
        guard let created = delivery.createdAt, let arrived = delivery.deliveredAt else { return }
        var known = delivery
        known.reducedStatus = delivery.dispatchedAt == nil ? .created : .dispatched
        known.deliveredAt = nil
        known.outForDeliveryAt = nil
        let now = delivery.dispatchedAt ?? created
        guard let prediction = model.prediction(for: known, at: now) else { return }
        predicted += 1
        let window = prediction.window(at: now)
        if window.earliest <= arrived, arrived <= window.latest { inside += 1 }
        missed += Double(abs(Self.minutes(from: prediction.median(at: now), to: arrived)))
        let promise = delivery.promised?.latest ?? created.advanced(bySeconds: median * 60)
        missedByPromise += Double(abs(Self.minutes(from: promise, to: arrived)))
        missedByMedian += Double(abs(Self.minutes(from: created, to: arrived) - median))
    }

    private static func minutes(from start: Timestamp?, to end: Timestamp?) -> Int64 {
        guard let start, let end else { return 0 }
        return (end.microseconds - start.microseconds) / 60_000_000
    }

    var coverage: Double { Double(inside) / Double(max(1, predicted)) }
    /// Mean absolute errors, in hours.
    var error: Double { missed / 60 / Double(max(1, predicted)) }
    var errorOfPromise: Double { missedByPromise / 60 / Double(max(1, predicted)) }
    var errorOfMedian: Double { missedByMedian / 60 / Double(max(1, predicted)) }

    var description: String {
        func round(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return "\(predicted) predicted, \(round(coverage * 100)) % in the window, off by \(round(error)) h "
            + "(promise \(round(errorOfPromise)) h, overall median \(round(errorOfMedian)) h)"
    }
}
