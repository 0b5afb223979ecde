import WaybillCore

/// The counters behind `GET /v1/stats`, moved by the same transaction that moves the states.
package enum Counters {
    package static let deliveredInTime = "delivered_in_time"
    package static let deliveredLate = "delivered_late"

    package static func status(_ status: Status) -> String { "status:\(status.rawValue)" }

    /// What one delivery contributes.
    package static func contribution(of folded: FoldedState) -> [String] {
        var names = [status(folded.status)]
        if folded.status == .delivered, let deliveredAt = folded.deliveredAt, let promise = folded.accountablePromise {
            names.append(deliveredAt <= promise.latest ? deliveredInTime : deliveredLate)
        }
        return names
    }

    static func move(
        from old: FoldedState?, to new: FoldedState, merchant: MerchantID, in counters: inout [CounterKey: Int64]
    ) {
        if let old, old.status == new.status, new.status != .delivered { return }
        let before = old.map(contribution) ?? []
        let after = contribution(of: new)
        guard before != after else { return }
        for name in before { counters[CounterKey(merchant: merchant, name: name), default: 0] -= 1 }
        for name in after { counters[CounterKey(merchant: merchant, name: name), default: 0] += 1 }
    }
}
