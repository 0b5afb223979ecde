import Foundation
import Simulation

/// What a run did and what the server made of it, in numbers and in words.
struct Report: Sendable {
    /// What became of one batch.
    enum Outcome: Sendable {
        case answered(EventPoster.Answer, retries: Int)
        case undelivered(String)
    }

    var tally = Tally()
    var seconds = 0.0
    var wasInterrupted = false
    private(set) var accepted = 0
    /// Refused by the server, by code.
    private(set) var rejected: [String: Int] = [:]
    private(set) var isOver = false
    private var unexpected = 0
    private var firstUnexpected = ""
    private var wronglyAccepted = 0
    private var batchesSentAgain = 0
    private var undelivered = 0
    private var whyUndelivered = ""

    var rejectedCount: Int { rejected.values.reduce(0, +) }

    mutating func add(_ outcome: Outcome, to batch: EventLines.Batch) {
        switch outcome {
        case .undelivered(let why):
            undelivered += batch.count
            whyUndelivered = why
            isOver = true
        case .answered(let answer, let retries):
            accepted += answer.accepted
            if retries > 0 { batchesSentAgain += 1 }
            var refused = Set<Int>()
            for rejection in answer.rejected {
                rejected[rejection.code, default: 0] += 1
                refused.insert(rejection.index)
                guard batch.spoilages.indices.contains(rejection.index), batch.spoilages[rejection.index] == nil
                else { continue }
                unexpected += 1
                if unexpected == 1 { firstUnexpected = "\(rejection.code): \(rejection.detail ?? "")" }
            }
            wronglyAccepted += batch.spoilages.indices.count {
                guard let spoilage = batch.spoilages[$0] else { return false }
                return !spoilage.isFoundLater && !refused.contains($0)
            }
        }
    }

    var words: [String] {
        var lines = wasInterrupted ? ["Interrupted. Until then:"] : []
        lines += tally.words
        let rate = seconds > 0 ? Int(Double(tally.lines) / seconds) : 0
        lines.append(
            "In \(String(format: "%.1f", seconds)) s (\(rate)/s) the server accepted \(accepted) and refused "
                + "\(rejectedCount)" + (rejected.isEmpty ? "." : " (\(Self.list(rejected))).")
        )
        if batchesSentAgain > 0 {
            lines.append(
                "\(batchesSentAgain) requests were sent again, since the server was not ready or the connection broke. "
                    + "Their ids were the same, so what had arrived before counts as a duplicate.")
        }
        return lines
    }

    /// What should not have happened; not empty means that the run failed.
    var faults: [String] {
        var faults: [String] = []
        if undelivered > 0 {
            faults.append("Stopped: \(undelivered) events could not be delivered. \(whyUndelivered)")
        }
        if unexpected > 0 {
            faults.append("\(unexpected) good events were refused. The first: \(firstUnexpected)")
        }
        if wronglyAccepted > 0 {
            faults.append("\(wronglyAccepted) events that must be refused were accepted.")
        }
        return faults
    }

    /// To standard error: standard output is for events.
    static func say(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined())
    }

    /// What cannot be said to a closed standard error is not said.
    static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    static func words(for error: any Error) -> String {
        switch error {
        case EventPoster.Failure.unavailable(let attempts, let last):
            "The server did not take them in \(attempts) attempts; the last one: \(last)."
        case EventPoster.Failure.refused(let status, let detail): "The server answered \(status) \(detail)."
        default: "\(error)."
        }
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
