import EmbeddedStorage
import Foundation
import Simulation
import TestSupport
import Testing
import WaybillEngine

/// One directory, one process.
@Suite(.timeLimit(.minutes(10))) struct DirectoryTests {
    @Test func aSecondProcessIsToldWhoHoldsTheDirectory() throws {
        let temporary = try TemporaryDirectory()
        let first = try StorageDirectory(temporary.path, owner: "waybill serve, pid 17")
        #expect(StorageDirectory.holder(of: temporary.path) == "waybill serve, pid 17")
        do {
            _ = try StorageDirectory(temporary.path, owner: "waybill rebuild, pid 18")
            Issue.record("two processes hold one directory")
        } catch {
            guard case .unavailable(let detail) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(detail.contains("waybill serve, pid 17") && detail.contains(temporary.path))
        }
        #expect(StorageDirectory.holder(of: temporary.path) == "waybill serve, pid 17", "the loser changes nothing")
        withExtendedLifetime(first) {}
    }

    @Test func theLockIsFreeWhenTheHolderIsGone() throws {
        let temporary = try TemporaryDirectory()
        do { _ = try StorageDirectory(temporary.path, owner: "a long sentence about the first process") }
        #expect(StorageDirectory.holder(of: temporary.path) == nil)
        let second = try StorageDirectory(temporary.path, owner: "second")
        #expect(StorageDirectory.holder(of: second.path) == "second", "nothing is left of the longer line")
    }

    /// Whoever holds the log or the store holds the directory, whatever became of the value that opened it.
    @Test func theLogHoldsTheLock() async throws {
        let temporary = try TemporaryDirectory()
        let log = try EmbeddedLog(
            StorageDirectory(temporary.path, owner: "the log"), partitions: 2, time: VirtualTime(), durability: .full)
        #expect(StorageDirectory.holder(of: temporary.path) == "the log")
        #expect(throws: StorageError.self) { try StorageDirectory(temporary.path, owner: "another") }
        #expect(log.partitionCount == 2)
    }

    @Test func theStoreHoldsTheLock() async throws {
        let temporary = try TemporaryDirectory()
        let store = try EmbeddedStore(
            StorageDirectory(temporary.path, owner: "the store"), partitions: 2, feedID: 1, durability: .full)
        #expect(StorageDirectory.holder(of: temporary.path) == "the store")
        #expect(throws: StorageError.self) { try StorageDirectory(temporary.path, owner: "another") }
        #expect(try await store.progress().feedID == 1)
    }

    @Test func theDirectoryIsForItsOwnerAlone() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.path + "/a/b"
        let directory = try StorageDirectory(path, owner: "x")
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o077 } == 0)
    }

    @Test func aPlaceThatCannotBeADirectoryIsRefused() throws {
        let temporary = try TemporaryDirectory()
        #expect(FileManager.default.createFile(atPath: temporary.path + "/file", contents: nil))
        do {
            _ = try StorageDirectory(temporary.path + "/file", owner: "x")
            Issue.record("a file was taken for a directory")
        } catch {
            guard case .unavailable = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
