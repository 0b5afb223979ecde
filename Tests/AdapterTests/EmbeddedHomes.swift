import EmbeddedStorage
import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// An embedded log in a directory of its own, opened as often as a suite wants.
final class EmbeddedLogHome: LogHome, AnswersHome {
    let directory: StorageDirectory
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try StorageDirectory(temporary.path, owner: "a test")
    }

    func open(partitions: Int, time: any TimeSource) async throws -> LogUnderTest {
        LogUnderTest(try log(partitions: partitions, time: time))
    }

    func log(partitions: Int, time: any TimeSource) throws -> EmbeddedLog {
        try EmbeddedLog(directory, partitions: partitions, time: time, durability: .full)
    }

    func open() async throws -> any IdempotencyStore {
        try log(partitions: 2, time: VirtualTime())
    }
}

/// An embedded store in a directory of its own.
final class EmbeddedStoreHome: StoreHome {
    static let partitions = 4
    let directory: StorageDirectory
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try StorageDirectory(temporary.path, owner: "a test")
    }

    func open() async throws -> any WholeStore { try store() }

    func store() throws -> EmbeddedStore {
        try EmbeddedStore(directory, partitions: Self.partitions, feedID: 4711, durability: .full)
    }
}
