import WaybillCore
import WaybillEngine

extension WorldStore: PublicationStore {
    package func published(_ partitions: [Int]) async throws(StorageError) -> [WaybillEngine.Publication] {
        state.withLock { state in
            partitions.map { partition in
                let mark = state.marks[partition] ?? (0, 0)
                return WaybillEngine.Publication(
                    partition: partition, epoch: state.progress.claims[partition].epoch, position: mark.position,
                    deadLetter: mark.letter)
            }
        }
    }

    package func markPublished(_ marks: [WaybillEngine.Publication]) async throws(StorageError) {
        state.withLock { state in
            for mark in marks where state.progress.claims[mark.partition].epoch == mark.epoch {
                let known = state.marks[mark.partition] ?? (0, 0)
                state.marks[mark.partition] = (
                    max(known.position, mark.position), max(known.letter, mark.deadLetter)
                )
            }
        }
    }

    package func deadLetters(
        ofPartition partition: Int, after id: Int64, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        state.withLock { state in
            Array(state.letters.lazy.filter { $0.letter.record.partition == partition && $0.id > id }.prefix(limit))
        }
    }
}
