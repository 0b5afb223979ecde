import WaybillEngine

/// Where reading a partition may begin, judged by where the log begins and ends.
enum LogStart: Equatable, Sendable {
    case at(Int64)
    /// Retention was faster than the reader: reading goes on behind the gap.
    case after(LogGap)
    /// Not the log that was known.
    case refused(String)

    init(partition: Int, asked: Int64, first: Int64, end: Int64) {
        if asked > end {
            self = .refused(
                """
                partition \(partition) was read up to offset \(asked), but its log ends at \(end): this is not the log \
                that was known, or the brokers lost what they had acknowledged. \(Self.remedy)
                """)
        } else if asked < first {
            self = .after(LogGap(partition: partition, missing: asked..<first))
        } else {
            self = .at(asked)
        }
    }

    static let remedy = "Run `waybill topics --accept-new-log` to read on from what is there now."
}

/// Which brokers' log the store has consumed.
package enum LogIdentity {
    /// Why the log must not be read on, as a sentence that says what to do; nil when it may.
    ///
    /// - Parameters:
    ///   - recorded: the cluster id that was recorded when the store was first used; nil before that.
    ///   - current: the id that the brokers give (`Topics.check`).
    ///   - claims: how far the store has come. A store that has consumed nothing takes any log.
    package static func fault(recorded: String?, current: String?, claims: [Claim]) -> String? {
        guard let recorded, let current, recorded != current, claims.contains(where: { $0.offset > 0 }) else {
            return nil
        }
        return """
            the store has read the log of cluster \(recorded), but these brokers are cluster \(current): this is not \
            the log that was known. \(LogStart.remedy)
            """
    }
}
