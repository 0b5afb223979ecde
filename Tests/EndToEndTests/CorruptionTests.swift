import Foundation
import Testing

extension EndToEnd {
    /// Bits that flip on the disk: a recovered prefix or a refusal, never wrong rows and never a crash.
    @Suite("Flipped bits") struct CorruptionTests {
        let directory: TemporaryDirectory
        static let files = ["log.db", "log.db-wal", "state.db", "state.db-wal"]

        init() throws { directory = try TemporaryDirectory() }

        @Test func aPrefixOrARefusal() throws {
            let seed = Scale.seed(77)
            var random = Seeded(seed)
            let server = try ServerProcess.started(in: directory)
            try fill(server, &random)
            let truth = try ServedRows(server.client())
            try server.kill9()
            let exported = try ExportedRows(exporting: copy(server.directory, "intact"))
            #expect(
                exported.refusal == nil && exported.count == truth.events, "\(exported.refusal ?? "") \(exported.count)"
            )

            var refused = 0
            var served = 0
            let copies = Scale.pick(test: 100, soak: 500)
            for number in 0..<copies {
                let damaged = try copy(server.directory, "copy-\(number)")
                defer { try? FileManager.default.removeItem(at: damaged) }
                let flips = try flip(random.chance(70) ? 1 : 8, in: damaged, &random)
                let place = "seed \(seed), copy \(number), \(flips)"
                try examine(damaged, exported, place, &refused)
                if number % 8 == 0 { try serve(damaged, truth, place, &served) }
            }
            SoakReport.add(
                "Flipped bits",
                [
                    ("copies", "\(copies)"), ("refused by doctor", "\(refused)"), ("served", "\(served)"),
                    ("seed", "\(seed)"),
                ])
        }

        // MARK: Making and damaging

        /// Rows in the database files (a clean stop) and rows in the write-ahead logs (a kill).
        private func fill(_ server: ServerProcess, _ random: inout Seeded) throws {
            for round in 0..<2 {
                let client = server.client()
                for number in 0..<25 {
                    let events = (0..<20).map { event("\(round)-\(number)-\($0)", &random) }
                    let response = try client.post("/v1/events", ["events": .array(events)])
                    #expect(response.status == 202, "\(response.summary)")
                }
                try server.waitUntilCaughtUp()
                guard round == 0 else { break }
                #expect(try server.stop() == .code(0))
                try server.start()
            }
        }

        private func event(_ id: String, _ random: inout Seeded) -> JSON {
            let types: [JSON] = ["created", "dispatched", "in_transit", "out_for_delivery", "delivered", "note"]
            return [
                "id": .string(id), "type": random.pick(types), "delivery_id": .string("C-\(random.below(80))"),
                "occurred_at": .string("2026-01-\(10 + random.below(18))T03:04:05Z"),
                "detail": .string("text of \(id)"),
            ]
        }

        private func copy(_ source: URL, _ name: String) throws -> URL {
            let target = directory.url.appending(path: name)
            try FileManager.default.copyItem(at: source, to: target)
            return target
        }

        /// Flips so many bits of one file and says where.
        private func flip(_ count: Int, in directory: URL, _ random: inout Seeded) throws -> String {
            let present = Self.files.filter { size($0, directory) > 0 }
            let name = random.pick(present)
            let file = directory.appending(path: name)
            var bytes = try Data(contentsOf: file)
            var places: [Int] = []
            for _ in 0..<count {
                let place = random.below(bytes.count)
                bytes[place] ^= 1 << UInt8(random.below(8))
                places.append(place)
            }
            try bytes.write(to: file)
            return "\(name) of \(bytes.count) bytes at \(places)"
        }

        private func size(_ name: String, _ directory: URL) -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory.appending(path: name).path)
            return (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }

        // MARK: Judging

        private func examine(_ damaged: URL, _ truth: ExportedRows, _ place: String, _ refused: inout Int) throws {
            let doctor = try Run(Repository.binary, ["doctor", "--data", damaged.path])
            #expect(!doctor.exit.isCrash, "\(place): doctor \(doctor.said)")
            if doctor.exit != .code(0) {
                refused += 1
                #expect(!(doctor.stdout + doctor.stderr).isEmpty, "\(place): a refusal without a word")
            }
            let export = try ExportedRows(exporting: damaged)
            #expect(!export.crashed, "\(place): export \(export.refusal ?? "")")
            if let wrong = export.firstNotAPrefix(of: truth) { Issue.record("\(place): \(wrong)") }
        }

        /// Starts a server on the damaged copy: what it serves is true, and it goes on working.
        private func serve(_ damaged: URL, _ truth: ServedRows, _ place: String, _ served: inout Int) throws {
            let server = try ServerProcess(directory: damaged)
            do { try server.start(within: 20) } catch let refusal as ServerProcess.DidNotStart {
                #expect(server.current.map { !($0.isCrash) } ?? true, "\(place): \(refusal)")
                #expect(!server.errorText.isEmpty, "\(place): a refusal without a word")
                return
            } catch is TimedOut {
                // One service met what is damaged: the process lives, is not ready, and says why.
                #expect(server.errorText.contains("damaged"), "\(place): \(server.errorText)")
            }
            served += 1
            // What the state lost is applied again from the log; a refusal to go on shows in what is read next.
            try? server.waitUntilCaughtUp(within: 10)
            if let wrong = try truth.firstWrong(server.client()) { Issue.record("\(place): \(wrong)") }
            if server.isReady { try expectItStillWorks(server, place) }
            let exit = try server.stop()
            #expect(!exit.isCrash, "\(place): \(exit)")
        }

        /// Or says that it cannot: what it accepts must be applied even if the log lost its end.
        private func expectItStillWorks(_ server: ServerProcess, _ place: String) throws {
            let client = server.client()
            for number in 0..<24 {
                let id = "after-\(number)"
                let event: JSON = [
                    "id": .string(id), "type": "created", "delivery_id": .string(id),
                    "occurred_at": "2026-02-01T00:00:00Z",
                ]
                let response = try client.post("/v1/events", event)
                guard response.status == 202 else {
                    #expect(response.status == 503, "\(place): \(response.summary)")
                    return
                }
                try eventually("\(place): \(id) to be applied", within: 10) {
                    let status = try client.get("/v1/deliveries/\(id)").status
                    return status == 200 || status >= 500 || !server.isReady ? () : nil
                }
            }
        }
    }
}

extension Program {
    /// Whether it has ended by a signal.
    var isCrash: Bool { (try? wait(within: 1))?.isCrash ?? false }
}
