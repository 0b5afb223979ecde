import Foundation
import Glibc
import Synchronization

/// What was offered to the server and what it said, kept outside of it and on disk before the next step is taken.
///
/// The server's own counters are never asked: this ledger judges. An offer is known by its *mark*, a text that is
/// written into the event and is unique in the run.
final class Ledger: Sendable {
    enum Outcome: String, Sendable {
        /// The server said "accepted": the event must be there, once.
        case acked
        /// The server said no, or could not be reached: the event must not be there.
        case refused
        /// No answer came: the event may be there, but at most once.
        case unknown
    }

    struct Offer: Sendable {
        let mark: String
        let deliveryID: String
        var outcome: Outcome?
    }

    private struct State {
        var offers: [String: Offer] = [:]
        var acked = 0
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    init(file: URL) throws {
        descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TimedOut(description: "cannot write \(file.path)") }
    }

    deinit { close(descriptor) }

    /// Events that will be sent next.
    func offer(_ events: [(mark: String, deliveryID: String)]) {
        state.withLock { state in
            for event in events where state.offers[event.mark] == nil {
                state.offers[event.mark] = Offer(mark: event.mark, deliveryID: event.deliveryID)
            }
        }
        append(events.map { "offer \($0.mark) \($0.deliveryID)\n" }.joined())
    }

    /// What became of them. An "accepted" is never taken back by a later attempt.
    func record(_ outcome: Outcome, _ marks: [String]) {
        append(marks.map { "\(outcome.rawValue) \($0)\n" }.joined())
        state.withLock { state in
            for mark in marks {
                let before = state.offers[mark]?.outcome
                guard before != .acked, !(before == .unknown && outcome == .refused) else { continue }
                state.offers[mark]?.outcome = outcome
                if outcome == .acked { state.acked += 1 }
            }
        }
    }

    var ackedCount: Int { state.withLock { $0.acked } }
    var offers: [String: Offer] { state.withLock { $0.offers } }

    private func append(_ text: String) {
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count && fdatasync(descriptor) == 0, "the ledger cannot be written")
    }
}

/// The findings of a run, by the names of guarantees that they break.
struct Verdict: CustomStringConvertible {
    /// Acknowledged, but not there.
    var lost: [String] = []
    /// There more than once.
    var duplicates: [String] = []
    /// There, but never offered, or refused.
    var phantoms: [String] = []
    /// Deliveries whose sequences are not 1, 2, 3, ...
    var gaps: [String] = []

    /// Compares the ledger with the marks found in the timelines.
    init(ledger: Ledger, found: [String: Int]) {
        let offers = ledger.offers
        for offer in offers.values where offer.outcome == .acked && found[offer.mark] == nil { lost.append(offer.mark) }
        for (mark, count) in found {
            if count > 1 { duplicates.append(mark) }
            if offers[mark] == nil || offers[mark]?.outcome == .refused { phantoms.append(mark) }
        }
    }

    var isClean: Bool { lost.isEmpty && duplicates.isEmpty && phantoms.isEmpty && gaps.isEmpty }

    var description: String {
        let parts = [("lost", lost), ("duplicates", duplicates), ("phantom", phantoms), ("gaps", gaps)]
        return parts.map { name, bad in
            "\(name)=\(bad.count)" + (bad.min().map { " (first: \($0))" } ?? "")
        }.joined(separator: " ")
    }
}
