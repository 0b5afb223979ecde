import Simulation
import UnixSignals
import WaybillCore

/// One run against a server: the next batch is made while the last one is on its way.
struct PostingRun: Sendable {
    private let scenario: Scenario
    private let role: Role?
    private let poster: any EventTaker
    private let pace: Pace
    private let showsProgress: Bool
    private var report = Report()

    init(_ scenario: Scenario, of role: Role?, by poster: any EventTaker, at pace: Pace, showsProgress: Bool) {
        self.scenario = scenario
        self.role = role
        self.poster = poster
        self.pace = pace
        self.showsProgress = showsProgress
    }

    var words: [String] { report.words }
    var faults: [String] { report.faults }

    /// Ctrl-C and SIGTERM end the run early: the batch in hand is finished, and the report is of what was done.
    mutating func untilDoneOrInterrupted() async {
        let run = self
        report = await withTaskGroup(of: Report?.self) { group in
            group.addTask { await run.postAll() }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
                return nil
            }
            var report = Report()
            while let ended = await group.next() {
                group.cancelAll()
                if let ended {
                    report = ended
                    break
                }
            }
            return report
        }
    }

    private func postAll() async -> Report {
        var lines = EventLines(scenario, of: role)
        var report = Report()
        var progress = ProgressLine(from: scenario.start, to: scenario.end, isShown: showsProgress)
        var next = lines.next(pace.batch)
        while let batch = next, !Task.isCancelled {
            let tally = lines.tally
            async let outcome = send(batch)
            next = lines.next(pace.batch)
            report.add(await outcome, to: batch)
            report.tally = tally
            report.seconds = pace.secondsSinceStart
            progress.show(report, reached: batch.reached)
            if report.isOver { break }
            try? await pace.wait(after: tally.lines)
        }
        report.wasInterrupted = next != nil && !report.isOver
        progress.erase()
        return report
    }

    /// Not cancelled with the run, so that an interrupted run knows what became of its last batch.
    private func send(_ batch: EventLines.Batch) async -> Report.Outcome {
        await Task {
            do {
                let (answer, retries) = try await poster.post(batch.bytes)
                return .answered(answer, retries: retries)
            } catch {
                return .undelivered(Report.words(for: error))
            }
        }.value
    }
}
