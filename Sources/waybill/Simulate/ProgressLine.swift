import Foundation
import WaybillCore

/// One line on a terminal that tells how far a run is. Silent where standard error is not a terminal.
struct ProgressLine {
    private let start: Timestamp
    private let end: Timestamp
    private let isShown: Bool
    private var shownAt = -1.0

    init(from start: Timestamp, to end: Timestamp, isShown: Bool) {
        self.start = start
        self.end = end
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    /// `reached` is the scenario's time: how much of the simulated period has been told.
    mutating func show(_ report: Report, reached: Timestamp) {
        guard isShown, report.seconds - shownAt >= 0.2 else { return }
        shownAt = report.seconds
        let whole = Double(end.microseconds - start.microseconds)
        let done = min(1, max(0.001, Double(reached.microseconds - start.microseconds) / whole))
        let filled = Int(done * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let rate = Int(Double(report.tally.lines) / max(report.seconds, 0.001))
        let left = Int(report.seconds / done * (1 - done))
        let text =
            "[\(bar)] \(Int(done * 100)) %  \(rate)/s  accepted \(report.accepted)  "
            + "refused \(report.rejectedCount)  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        Report.write("\r\u{1B}[K" + text)
    }

    func erase() {
        if isShown { Report.write("\r\u{1B}[K") }
    }

    private static let width = 30
}
