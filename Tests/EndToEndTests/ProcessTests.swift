import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The program as a process: how it starts, refuses to start, holds its deadlines and ends.
    @Suite("The process") struct ProcessTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        private let event: JSON = [
            "id": "p-1", "type": "note", "delivery_id": "P-1", "occurred_at": "2026-01-01T00:00:00Z",
        ]

        @Test func itSaysWhereItIs() throws {
            let server = try ServerProcess.started(in: directory)
            #expect((server.outputText + server.errorText).contains("127.0.0.1:\(server.port)"))
            let admin = Client(port: server.adminPort)
            #expect(try admin.get("/live").status == 200)
            let metrics = try admin.get("/metrics")
            #expect(metrics.status == 200 && metrics.text.contains("waybill_"))
            #expect(try server.client().get("/metrics").status == 404, "metrics on the public port")
        }

        @Test func portZeroIsChosenAndPrinted() throws {
            let server = try Program(
                Repository.binary,
                ["serve", "--data", directory.url.appending(path: "zero").path, "--port", "0", "--admin-port", "0"],
                output: directory.url.appending(path: "zero-log"))
            defer { server.end() }
            let port = try eventually("the address") {
                (server.outputText + server.errorText).firstMatch(of: /127\.0\.0\.1:([1-9]\d*)/).flatMap { Int($0.1) }
            }
            #expect(port > 0)
        }

        @Test func terminationDrainsUnderLoad() throws {
            let server = try ServerProcess.started(in: directory)
            let ledger = try Ledger(file: directory.url.appending(path: "ledger"))
            let gate = Gate()
            let load = KillLoad(ledger: ledger, gate: gate, port: server.port, seed: 5)
            let clients = Workers(6) { load.run(worker: $0) }
            defer { clients.join() }
            defer { gate.finish() }
            try eventually("load") { ledger.ackedCount > 200 ? () : nil }
            let stream = try SSEClient(port: server.port)
            #expect(try server.stop(within: 20) == .code(0))
            gate.finish()
            clients.join()
            _ = stream
            #expect(load.strangeAnswers.isEmpty, "\(load.strangeAnswers.prefix(3))")
            try server.start()
            try server.waitUntilCaughtUp()
            let verdict = try Verdict(ledger: ledger, found: Timelines(of: server.client()).marks)
            #expect(verdict.isClean, "\(verdict)")
        }

        @Test func aSecondProcessIsTurnedAway() throws {
            let server = try ServerProcess.started(in: directory)
            let second = try ServerProcess(directory: server.directory, log: directory.url.appending(path: "second"))
            try second.launch()
            let exit = try #require(try second.current?.wait(within: 20))
            #expect(exit != .code(0) && !exit.isCrash, "\(exit)")
            #expect(second.errorText.contains(server.directory.path), "\(second.errorText)")
            #expect(server.isReady)
        }

        @Test func anyOtherAddressNeedsAToken() throws {
            let data = directory.url.appending(path: "open")
            let arguments = ["serve", "--data", data.path, "--host", "0.0.0.0", "--port", "0", "--admin-port", "0"]
            let run = try Run(Repository.binary, arguments, within: 20)
            #expect(run.exit != .code(0) && !run.exit.isCrash)
            #expect(run.stderr.contains("WAYBILL_API_TOKEN"), "\(run.said)")
        }

        @Test func wrongSettingsAreAllNamedAtOnce() throws {
            let run = try Run(
                Repository.binary, ["serve", "--port", "70000", "--partitions", "0", "--profile", "nonsense"],
                within: 20)
            #expect(run.exit != .code(0) && !run.exit.isCrash)
            for word in ["port", "partitions", "profile"] { #expect(run.stderr.contains(word), "\(run.said)") }
        }

        @Test func aSlowHeaderIsCutOff() throws {
            let server = try ServerProcess.started(in: directory, environment: ["WAYBILL_HEADER_SECONDS": "1"])
            let connection = try Connection(port: server.port)
            try connection.send(Array("POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".utf8))
            try expectCutOff(connection, drip: "y", server)
        }

        @Test func aSlowBodyIsCutOff() throws {
            let server = try ServerProcess.started(in: directory, environment: ["WAYBILL_BODY_SECONDS": "1"])
            let connection = try Connection(port: server.port)
            let head =
                "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Type: application/json\r\n"
            try connection.send(Array((head + "Content-Length: 100000\r\n\r\n{").utf8))
            try expectCutOff(connection, drip: " ", server)
        }

        /// A byte now and then must not keep the connection open, and others are served meanwhile.
        private func expectCutOff(_ connection: Connection, drip: Character, _ server: ServerProcess) throws {
            let cut = try eventually("the end of a slow connection", within: 15) {
                do { try connection.send(drip.utf8) } catch { return true }
                let others = try server.client().get("/v1/stats").status
                #expect(others == 200)
                return connection.isClosedByServer(within: 0.1) ? true : nil
            }
            #expect(cut)
        }
    }
}
