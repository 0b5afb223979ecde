import EmbeddedStorage
import Foundation
import KafkaLog
import WaybillCore
import WaybillEngine

/// Folds the whole log into a scratch store, then compares it with the real one, or puts its states in place.
struct LogRebuild {
    private let installation: Installation
    private let partitions: Int

    init(_ installation: Installation) {
        self.installation = installation
        partitions = installation.log.partitionCount
    }

    func run(verify: Bool) async throws -> RebuildReport {
        let parent = installation.embedded?.directory.path ?? FileManager.default.temporaryDirectory.path
        let path = parent + "/rebuild-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try StorageDirectory(path, owner: "waybill rebuild")
        let scratch = try EmbeddedStore(
            directory, partitions: partitions, feedID: SystemTokens.seed(), durability: .full)
        try await fold(into: scratch)
        var report = try await Rebuilding(store: scratch).verify()
        report.differences += try await Rebuilding.differences(between: installation.store, and: scratch)
        guard !verify else { return report }
        if let embedded = installation.embedded {
            try await embedded.store.takeOver(from: directory.statePath)
        } else if !report.differences.isEmpty {
            throw StorageError.unavailable(
                "the database differs from the log:\n" + report.differences.prefix(50).joined(separator: "\n")
                    + "\nrun `waybill rebuild` to fold its histories again; the log is only compared with")
        }
        return report
    }

    private func fold(into scratch: EmbeddedStore) async throws {
        if let cluster = installation.cluster {
            let scan = try await KafkaScan(cluster.kafka, partitions: partitions, time: SystemTime())
            guard scan.beginsAtFirstRecord else { throw Self.tooShort }
            let tracking = tracking(scan, scratch)
            repeat { _ = try await tracking.step() } while !scan.isDone(at: tracking.claims.offsets)
            try await tracking.drain()
            await scan.close()
        } else if let log = installation.embedded?.log {
            guard try await log.beginsAtFirstRecord() else { throw Self.tooShort }
            let tracking = tracking(log, scratch)
            while try await tracking.step() == .worked {}
        }
    }

    private func tracking(_ log: any LogReader, _ scratch: EmbeddedStore) -> Tracking {
        let silence = Silence()
        return Tracking(
            log: log, store: scratch, outlet: LiveFeed(observer: silence), time: SystemTime(), observer: silence)
    }

    private static let tooShort = StorageError.unavailable(
        "the log no longer begins at its first record (retention has removed some); rebuild from the history instead")
}

/// Hears nothing.
struct Silence: Observer {
    func observe(_ observation: Observation) {}
}
