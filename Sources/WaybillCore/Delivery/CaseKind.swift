/// Something a person may have to act on. The raw value is the wire name.
package enum CaseKind: String, CaseIterable, Sendable {
    case notDispatched = "not_dispatched"
    case notScanned = "not_scanned"
    case stalled, delayed
    case etaRisk = "eta_risk"
    case late
    case failedAttempt = "failed_attempt"
    case exception
    case onHold = "on_hold"
    case returning, contradiction
}
