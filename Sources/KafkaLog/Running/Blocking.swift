import Dispatch
import Glibc
import WaybillEngine

/// Where questions to the brokers wait for their answers.
struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name) }

    /// Runs a call that blocks, one after another.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(KafkaFailure) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, KafkaFailure> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.mapError(\.storageError).get()
    }
}

/// Time that only runs forward, for deadlines inside this adapter.
enum Monotonic {
    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
