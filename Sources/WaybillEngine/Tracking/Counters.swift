import WaybillCore

/// The counters behind `GET /v1/stats`, moved by the same transaction that moves the states.
package enum Counters {
    package static let deliveredInTime = "delivered_in_time"
    package static let deliveredLate = "delivered_late"

    package static func status(_ status: Status) -> String { "status:\(status.rawValue)" }

    /// What one delivery contributes.
    package static func contribution(of folded: FoldedState) -> [(name: String, amount: Int64)] {
        var amounts = [(name: status(folded.status), amount: Int64(1))]
        guard folded.status.isTerminal else { return amounts }
        if folded.status == .delivered, let deliveredAt = folded.deliveredAt, let promise = folded.accountablePromise {
            amounts.append((deliveredAt <= promise.latest ? deliveredInTime : deliveredLate, 1))
        }
        return amounts + ReportCell.contribution(of: folded) + ArrivalModel.contribution(of: folded)
    }

    static func move(
        from old: FoldedState?, to new: FoldedState, merchant: MerchantID, in counters: inout [CounterKey: Int64]
    ) {
        if let old, old.status == new.status, !new.status.isTerminal { return }
        if let old {
            for (name, amount) in contribution(of: old) {
                counters[CounterKey(merchant: merchant, name: name), default: 0] -= amount
            }
        }
        for (name, amount) in contribution(of: new) {
            counters[CounterKey(merchant: merchant, name: name), default: 0] += amount
        }
    }
}
