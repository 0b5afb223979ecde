import EmbeddedStorage
import Foundation
import GRDB
import Simulation
import TestSupport
import Testing
import WaybillEngine

/// What `waybill doctor` finds in files that are well, and in files that are not.
@Suite(.timeLimit(.minutes(10))) struct DoctorTests {
    private let home: EmbeddedStoreHome
    private var path: String { home.directory.path }

    init() throws { home = try EmbeddedStoreHome() }

    /// An installation with some deliveries, a dead letter and unread records; closed again.
    private func furnish() async throws {
        let log = try EmbeddedLog(home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        let store = try home.store()
        let observer = RecordingObserver()
        let tracking = Tracking(
            log: log, store: store, outlet: LiveFeed(observer: observer), time: VirtualTime(), observer: observer)
        let events = SampleEvents.scenario(deliveries: 30, seed: 5)
        try await log.append(events.map(SampleEvents.record))
        try await log.append([NewRecord(key: SampleEvents.key("D-1"), value: Array("poison".utf8))])
        while try await tracking.step() == .worked {}
        try await log.append(events.prefix(3).map(SampleEvents.record))
    }

    @Test func healthyFilesHaveNoFault() async throws {
        try await furnish()
        let findings = EmbeddedDoctor.examine(path)
        #expect(!findings.contains { $0.isFault }, "\(findings)")
        let text = findings.map(\.text).joined(separator: "\n")
        #expect(text.contains("log.db: integrity ok") && text.contains("state.db: integrity ok"))
        #expect(text.contains("30 deliveries") && text.contains("1 open dead letters"))
        #expect(text.contains("3 records wait for the tracker"))
        #expect(text.contains("in use by a test"))
    }

    @Test func anEmptyDirectoryIsAFault() throws {
        let findings = EmbeddedDoctor.examine(try TemporaryDirectory().path)
        #expect(findings.count { $0.isFault } == 2)
        #expect(findings.contains { $0.text == "log.db is missing" })
    }

    @Test(arguments: ["log.db", "state.db"])
    func aTornFileIsAFault(name: String) async throws {
        try await furnish()
        let file = path + "/" + name
        try checkpoint(file)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(bytes.count > 20_000)
        for index in stride(from: 5000, to: bytes.count, by: 3) { bytes[index] ^= 0x5A }
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(EmbeddedDoctor.examine(path).contains { $0.isFault && $0.text.contains(name) })
    }

    @Test func filesOfDifferentBackupsAreAFault() async throws {
        try await furnish()
        for name in ["log.db", "log.db-wal", "log.db-shm"] {
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
        let log = try EmbeddedLog(home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        try await log.append([NewRecord(key: SampleEvents.key("D-1"), value: Array("1".utf8))])
        let faults = EmbeddedDoctor.examine(path).filter(\.isFault)
        #expect(faults.count == 1 && faults[0].text.contains("not of one backup"))
    }

    @Test func theStateHashIsOfTheSetOfEvents() async throws {
        try await furnish()
        let hash = try EmbeddedDoctor.stateHash(path)
        let other = try EmbeddedStoreHome()
        let tracked = TrackedStore(try other.store(), partitions: EmbeddedStoreHome.partitions)
        try await tracked.take(SampleEvents.scenario(deliveries: 30, seed: 5).reversed(), batch: 11)
        #expect(try EmbeddedDoctor.stateHash(other.directory.path) == hash)
        try await tracked.take([SampleEvents.event(.note, "one-more", of: "D-1")])
        #expect(try EmbeddedDoctor.stateHash(other.directory.path) != hash)
    }

    /// Moves everything from the WAL into the file, so that damage to the file is damage to what is read.
    private func checkpoint(_ file: String) throws {
        let queue = try DatabaseQueue(path: file)
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
}
