/// How long deliveries took, by where they were going, with whom and from when on: what predictions are made of.
///
/// A group that is too thin gives way to a wider one.
package struct ArrivalModel: Sendable {
    /// From which moment a duration is counted.
    package enum Anchor: String, CaseIterable, Sendable {
        case created, dispatched
        case outForDelivery = "out_for_delivery"
        /// From the end of the promise, so it may be negative: what a promise is worth.
        case promise
    }

    /// Deliveries whose durations belong together; what is nil does not matter.
    package struct Group: Hashable, Sendable {
        package var anchor: Anchor
        package var weekday: Int?
        package var carrier: String?
        package var service: String?
        package var lane: String?

        package init(anchor: Anchor, weekday: Int?, carrier: String?, service: String?, lane: String?) {
            self.anchor = anchor
            self.weekday = weekday
            self.carrier = carrier
            self.service = service
            self.lane = lane
        }

        /// Itself, and ever wider ones, with words for what they have in common.
        fileprivate var widening: [(group: Group, words: String)] {
            let steps: [(WritableKeyPath<Group, String?>?, String)] = [
                (nil, "lane, carrier, service and weekday"), (nil, "lane, carrier and service"),
                (\.service, "lane and carrier"), (\.carrier, "lane"),
            ]
            var group = self
            var groups: [(Group, String)] = []
            for (index, (path, words)) in steps.enumerated() {
                if index == 1 { group.weekday = nil }
                if let path { group[keyPath: path] = nil }
                groups.append((group, words))
            }
            groups.append((Group(anchor: anchor, weekday: nil, carrier: carrier, service: nil, lane: nil), "carrier"))
            groups.append((Group(anchor: anchor, weekday: nil, carrier: nil, service: nil, lane: nil), "everything"))
            return groups
        }
    }

    /// Samples that a group needs before it is believed: the tenth part of so many is known to within a fifth, and on
    /// real shipments thinner groups foretold worse than the promise did.
    package static let enough: Int64 = 300

    private var sketches: [Group: QuantileSketch] = [:]
    private var distributions: [Group: Distribution] = [:]

    package init() {}

    /// Learns from finest groups.
    package init(_ cells: [(group: Group, bucket: Int, count: Int64)]) {
        for cell in cells {
            for wider in cell.group.widening {
                sketches[wider.group, default: QuantileSketch()].add(bucket: cell.bucket, times: cell.count)
            }
        }
        distributions = sketches.compactMapValues(Distribution.init)
    }

    /// The surest of what the delivery's moments give, each from the finest group that has enough samples; nil where
    /// none has.
    package func prediction(for delivery: FoldedState, at now: Timestamp) -> Prediction? {
        var best: Prediction?
        for (anchor, instant) in Self.anchors(of: delivery) {
            guard let (distribution, words) = finest(Self.group(delivery, anchor, instant)) else { continue }
            let prediction = Prediction(
                anchor: instant, distribution: distribution, basis: "\(words), from \(anchor.rawValue)")
            if best.map({ distribution.spread < $0.distribution.spread }) ?? true { best = prediction }
        }
        return best
    }

    private func finest(_ group: Group) -> (Distribution, String)? {
        for wider in group.widening {
            if let known = distributions[wider.group], known.total >= Double(Self.enough) {
                return (known, wider.words)
            }
        }
        return nil
    }

    // MARK: Samples

    /// What a delivered delivery teaches: one sample for each of its moments.
    package static func samples(of delivery: FoldedState) -> [(group: Group, minutes: Int64)] {
        guard delivery.status == .delivered, let deliveredAt = delivery.deliveredAt else { return [] }
        return anchors(of: delivery).map { anchor, instant in
            let minutes = (deliveredAt.microseconds - instant.microseconds).floorDivided(by: 60_000_000)
            return (group(delivery, anchor, instant), anchor == .promise ? minutes : max(0, minutes))
        }
    }

    /// The last moment that is known of its journey, and its promise.
    private static func anchors(of delivery: FoldedState) -> [(Anchor, Timestamp)] {
        var anchors: [(Anchor, Timestamp)] = []
        let isOver = delivery.status == .delivered
        if let instant = delivery.promised?.latest { anchors.append((.promise, instant)) }
        if let instant = delivery.outForDeliveryAt, isOver || delivery.status == .outForDelivery {
            anchors.append((.outForDelivery, instant))
            if !isOver { return anchors }
        }
        if let instant = delivery.dispatchedAt {
            anchors.append((.dispatched, instant))
            if !isOver { return anchors }
        }
        if let instant = delivery.createdAt { anchors.append((.created, instant)) }
        return anchors
    }

    private static func group(_ delivery: FoldedState, _ anchor: Anchor, _ instant: Timestamp) -> Group {
        Group(
            anchor: anchor, weekday: WorkingCalendar.weekday(of: instant.dayNumber), carrier: delivery.carrier ?? "",
            service: service(of: delivery), lane: Lane(delivery).text)
    }

    /// `metadata.service`, where the merchant says it.
    private static func service(of delivery: FoldedState) -> String {
        guard var text = delivery.metadata?.text else { return "" }
        return text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "service" ~= key, reader.peek() == UInt8(ascii: "\"") { return try reader.readString() }
                    _ = try reader.skipValue()
                }
            } catch { return "" }
            return ""
        }
    }
}
