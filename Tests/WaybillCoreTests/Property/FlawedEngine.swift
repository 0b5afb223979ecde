import TestSupport
import WaybillCore

/// A mistake that a fold could plausibly make.
enum Flaw: String, CaseIterable, Sendable {
    case none
    /// After a correction the frontier is the greatest key of what is left in force.
    case frontierLoweredByCorrection
    /// The fast path is taken although a correction waits for its target.
    case pendingCorrectionIgnored
    /// Whatever comes last wins.
    case lastArrivalWins
    /// Ids are compared and ordered as Swift strings, by canonical equivalence.
    case idsComparedAsStrings
    case duplicatesAppliedTwice
    case expiredCountedThoughNotLast
    case correctionOfCorrectionHonoured
}

/// A small engine over the reference fold's own steps, with a fast path of its own and one flaw: it shows that the
/// any-order check can fail.
struct FlawedEngine: ArrivalEngine {
    private let flaw: Flaw
    private var accepted: [Event] = []
    /// The events in force in the order they are walked: the whole state, since every attribute follows from it.
    private var walk: [Event] = []
    private var frontier: Event?
    private(set) var sequence: Int64 = 0

    init(_ flaw: Flaw) { self.flaw = flaw }

    mutating func restart() {}

    mutating func arrive(_ event: Event) -> Arrival {
        if flaw != .duplicatesAppliedTwice, let known = accepted.first(where: { isSame($0.id, event.id) }) {
            return EventEncoder.content(of: known) == EventEncoder.content(of: event) ? .duplicate : .conflict
        }
        let isFast = isFast(event)
        accepted.append(event)
        sequence += 1
        if isFast {
            walk.append(event)
            frontier = event
        } else {
            foldAgain()
        }
        return .applied
    }

    private func isFast(_ event: Event) -> Bool {
        guard event.type != .correction, event.type != .expired else { return false }
        if flaw == .lastArrivalWins { return true }
        if flaw != .pendingCorrectionIgnored, ReferenceFold.waits(accepted) { return false }
        guard let frontier else { return true }
        return precedes(frontier, event)
    }

    private mutating func foldAgain() {
        walk = ReferenceFold.inForce(accepted, honouringAllCorrections: flaw == .correctionOfCorrectionHonoured)
        if flaw != .lastArrivalWins { walk.sort(by: precedes) }
        let kept = accepted.filter { $0.type != .expired }
        frontier = (flaw == .frontierLoweredByCorrection ? walk : kept).max(by: precedes)
    }

    private func precedes(_ left: Event, _ right: Event) -> Bool {
        guard flaw == .idsComparedAsStrings else { return left.sortKey < right.sortKey }
        if left.occurredAt != right.occurredAt { return left.occurredAt < right.occurredAt }
        if left.type.rank != right.type.rank { return left.type.rank < right.type.rank }
        return left.id.text < right.id.text
    }

    private func isSame(_ left: EventID, _ right: EventID) -> Bool {
        flaw == .idsComparedAsStrings ? left.text == right.text : left == right
    }

    var summary: StateSummary {
        var state = ReferenceFold.state(
            walking: walk, knowing: accepted, expiredMustBeLast: flaw != .expiredCountedThoughNotLast)
        state.frontier = frontier
        return state.summary
    }

    var canonical: [UInt8] { Array(summary.description.utf8) }
}
