import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// The files of an embedded installation, opened and locked.
struct EmbeddedInstallation {
    let directory: StorageDirectory
    let log: EmbeddedLog
    let store: EmbeddedStore

    /// - Parameter partitions: of the installation, where it is known; else as configured.
    /// - Parameter acceptsLogEnd: go on although the log ends before what the state has consumed.
    init(
        _ configuration: Configuration, partitions: Int? = nil, acceptsLogEnd: Bool = false, owner: String
    ) async throws(StorageError) {
        let count = partitions ?? configuration.partitions
        directory = try StorageDirectory(
            configuration.data, owner: "\(owner), pid \(ProcessInfo.processInfo.processIdentifier)")
        log = try EmbeddedLog(directory, partitions: count, time: SystemTime(), durability: configuration.durability)
        store = try EmbeddedStore(
            directory, partitions: count, feedID: SystemTokens.seed(), durability: configuration.durability)
        let consumed = try await store.progress().claims.map(\.offset).min() ?? 1
        guard consumed > log.nextOffset else { return }
        guard acceptsLogEnd else {
            throw .damaged(
                "the log ends at offset \(log.nextOffset - 1), but the state has consumed up to "
                    + "\(consumed - 1): the files are "
                    + "not of one backup, or the log has lost its end. Restore both together, or run "
                    + "`waybill migrate --accept-log-end` to go on with what the state knows")
        }
        try await log.resume(at: consumed)
    }
}
