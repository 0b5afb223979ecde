import Foundation
import Testing

extension EndToEnd {
    /// A full disk stops acceptance, not reading, and ends when there is room again.
    @Suite("Disk full") struct DiskFullTests {
        let parent: TemporaryDirectory

        init() throws { parent = try TemporaryDirectory() }

        @Test(.enabled(if: Room.obstacle == nil || Scale.isCI, "needs a mount namespace"))
        func refusesWithStorageFullAndRecovers() throws {
            #expect(Room.obstacle == nil, "\(Room.obstacle ?? "")")
            let room = try Room(in: parent, megabytes: 48)
            let server = try ServerProcess(
                directory: URL(filePath: room.path).appending(path: "data"),
                log: parent.url.appending(path: "server"), wrapper: room.wrapper)
            try server.start()
            let ledger = try Ledger(file: parent.url.appending(path: "ledger"))
            var number = 0

            for _ in 0..<100 { #expect(try post(&number, server, ledger).status == 202) }
            try server.waitUntilCaughtUp()

            try room.fill("filler")
            let refusal = try eventually("a refusal on a full disk", within: 60) {
                let response = try post(&number, server, ledger)
                return response.status == 202 ? nil : response
            }
            #expect(refusal.status == 503, "\(refusal.summary)")
            #expect(refusal.problemCode == "storage_full", "\(refusal.summary)")
            #expect(refusal["retry-after"].flatMap { Int($0) } != nil, "no Retry-After")
            for _ in 0..<20 {
                let response = try post(&number, server, ledger)
                #expect(response.status == 503 && response.problemCode == "storage_full", "\(response.summary)")
            }
            try expectReads(server)

            room.remove("filler")
            try eventually("acceptance once there is room", within: 15) {
                try post(&number, server, ledger).status == 202 ? () : nil
            }
            for _ in 0..<100 { #expect(try post(&number, server, ledger).status == 202) }
            try server.waitUntilCaughtUp()
            try expectAllThere(server, ledger)

            #expect(try server.stop() == .code(0))
            let doctor = try Run(
                room.wrapper[0],
                Array(room.wrapper.dropFirst()) + [Repository.binary, "doctor", "--data", server.directory.path])
            #expect(doctor.exit == .code(0), "\(doctor.said)")
        }

        private func post(_ number: inout Int, _ server: ServerProcess, _ ledger: Ledger) throws -> Response {
            number += 1
            let mark = "full-\(number)"
            let deliveryID = "F-\(number % 40)"
            ledger.offer([(mark, deliveryID)])
            let event: JSON = [
                "id": .string(mark), "type": "in_transit", "delivery_id": .string(deliveryID),
                "occurred_at": "2026-01-02T03:04:05Z", "detail": .string(mark),
                "raw_code": .string(String(repeating: "x", count: 2000)),
            ]
            let response = try server.client().post("/v1/events", event)
            ledger.record(response.status == 202 ? .acked : .refused, [mark])
            return response
        }

        private func expectReads(_ server: ServerProcess) throws {
            let client = server.client()
            for path in ["/v1/deliveries/F-1", "/v1/deliveries/F-1/events", "/v1/deliveries?limit=10", "/v1/stats"] {
                let response = try client.get(path)
                #expect(response.status == 200, "\(path) on a full disk: \(response.summary)")
            }
        }

        private func expectAllThere(_ server: ServerProcess, _ ledger: Ledger) throws {
            let timelines = try Timelines(of: server.client())
            var verdict = Verdict(ledger: ledger, found: timelines.marks)
            verdict.gaps = timelines.gaps
            #expect(verdict.isClean, "\(verdict)")
        }
    }
}
