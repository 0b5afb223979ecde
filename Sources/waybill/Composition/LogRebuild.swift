import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// Folds the whole log into a scratch store beside the real one, then compares the two or takes the scratch over.
struct LogRebuild {
    private let installation: EmbeddedInstallation

    init(_ installation: EmbeddedInstallation) { self.installation = installation }

    func run(verify: Bool) async throws -> RebuildReport {
        let log = installation.log
        guard try await log.beginsAtFirstRecord() else {
            throw StorageError.unavailable(
                "the log no longer begins at its first record (retention has removed some); rebuild "
                    + "from the history instead"
            )
        }
        let path = installation.directory.path + "/rebuild"
        try? FileManager.default.removeItem(atPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try StorageDirectory(path, owner: "waybill rebuild")
        let scratch = try EmbeddedStore(
            directory, partitions: log.partitionCount, feedID: SystemTokens.seed(), durability: .full)
        try await fold(log, into: scratch)
        var report = try await Rebuilding(store: scratch).verify()
        report.differences += try await Rebuilding.differences(between: installation.store, and: scratch)
        if !verify { try await installation.store.takeOver(from: directory.statePath) }
        return report
    }

    private func fold(_ log: EmbeddedLog, into scratch: EmbeddedStore) async throws {
        let silence = Silence()
        let tracking = Tracking(
            log: log, store: scratch, outlet: LiveFeed(observer: silence), time: SystemTime(), observer: silence)
        while try await tracking.step() == .worked {}
    }
}

/// Hears nothing.
struct Silence: Observer {
    func observe(_ observation: Observation) {}
}
