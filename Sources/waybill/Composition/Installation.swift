import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// The files of an embedded installation, opened and locked.
struct Installation {
    let directory: StorageDirectory
    let log: EmbeddedLog
    let store: EmbeddedStore

    /// - Parameter partitions: of the installation, where it is known; else as configured.
    init(_ configuration: Configuration, partitions: Int? = nil, owner: String) throws(StorageError) {
        let count = partitions ?? configuration.partitions
        directory = try StorageDirectory(
            configuration.data, owner: "\(owner), pid \(ProcessInfo.processInfo.processIdentifier)")
        log = try EmbeddedLog(directory, partitions: count, time: SystemTime(), durability: configuration.durability)
        store = try EmbeddedStore(
            directory, partitions: count, feedID: SystemTokens.seed(), durability: configuration.durability)
    }
}
