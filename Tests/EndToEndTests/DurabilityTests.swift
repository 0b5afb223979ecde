import Foundation
import Testing

extension EndToEnd {
    /// `kill -9` cannot show that a byte was on the disk, since the kernel lives on. The system calls can.
    @Suite("Durable before accepted") struct DurabilityTests {
        let directory: TemporaryDirectory
        static let posts = 1000
        static let hasStrace = (try? Run("strace", ["-V"]))?.exit == .code(0)

        init() throws { directory = try TemporaryDirectory() }

        @Test(.enabled(if: hasStrace || Scale.isCI, "needs strace"))
        func everyAnswerFollowsASyncOfTheLog() throws {
            let check = try traced(environment: [:])
            #expect(check.violations.isEmpty, "\(check.violations.count): \(check.violations.prefix(3))")
            #expect(check.proven == Self.posts)
            SoakReport.add("Durable before accepted", [("answers", "\(Self.posts)"), ("proven", "\(check.proven)")])
        }

        /// The check has teeth: without syncs it must object.
        @Test(.enabled(if: hasStrace || Scale.isCI, "needs strace"))
        func theCheckFailsWhenSynchronousIsOff() throws {
            let check = try traced(environment: ["WAYBILL_UNSAFE_SYNCHRONOUS": "off"])
            #expect(check.violations.count > Self.posts / 2, "only \(check.violations.count) violations")
        }

        private func traced(environment: [String: String]) throws -> DurabilityCheck {
            #expect(Self.hasStrace, "strace is missing")
            let file = directory.url.appending(path: "trace")
            let server = try ServerProcess.started(
                in: directory, environment: environment, wrapper: SystemCallTrace.wrapper(writing: file))
            let pid = try #require(server.pid)
            let ids = (0..<Self.posts).map(DurabilityCheck.id)
            // Half from one connection, each answer before the next post; half from five at once.
            try post(Array(ids[..<500]), to: server)
            _ = try Workers.map(5) { worker in
                try post(Array(ids[(500 + worker * 100)..<(600 + worker * 100)]), to: server)
            }
            #expect(try server.stop(within: 60) == .code(0))
            let text = try eventually("the end of the trace") {
                let text = try? String(contentsOf: file, encoding: .utf8)
                return text.flatMap { $0.contains("\(pid) ") && $0.contains("+++ exited with") ? $0 : nil }
            }
            let trace = SystemCallTrace(parsing: text)
            #expect(trace.unreadable.count < 5, "\(trace.unreadable.prefix(3))")
            return DurabilityCheck(trace, ids: ids)
        }

        private func post(_ ids: [String], to server: ServerProcess) throws {
            let client = server.client()
            for (index, id) in ids.enumerated() {
                let event: JSON = [
                    "id": .string(id), "type": "arrived_at_hub", "delivery_id": .string("T-\(index % 50)"),
                    "occurred_at": "2026-01-02T03:04:05Z", "location": ["city": "Leipzig", "country": "DE"],
                ]
                let response = try client.post("/v1/events", event)
                #expect(response.status == 202, "\(response.summary)")
            }
        }
    }
}
