import Dispatch
import Foundation
import Synchronization

/// Runs an actor's jobs on one thread of its own: libpq blocks, and Swift's cooperative threads must not.
final class ThreadExecutor: SerialExecutor {
    /// What the thread holds: not the executor, which ends the thread when nobody needs it any more.
    private final class Inbox: Sendable {
        let jobs = Mutex<(waiting: [UnownedJob], isClosed: Bool)>(([], false))
        let arrived = DispatchSemaphore(value: 0)
    }

    private let inbox = Inbox()

    init(name: String) {
        let thread = Thread { [inbox, executor = Unowned(self)] in
            while true {
                inbox.arrived.wait()
                let (jobs, isClosed) = inbox.jobs.withLock { state in
                    defer { state.waiting.removeAll(keepingCapacity: true) }
                    return state
                }
                for job in jobs { job.runSynchronously(on: executor.reference) }
                if isClosed { return }
            }
        }
        thread.name = name
        thread.start()
    }

    /// The executor as its jobs name it, without keeping it alive.
    private struct Unowned: Sendable {
        let reference: UnownedSerialExecutor
        init(_ executor: ThreadExecutor) { reference = UnownedSerialExecutor(ordinary: executor) }
    }

    deinit {
        inbox.jobs.withLock { $0.isClosed = true }
        inbox.arrived.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        inbox.jobs.withLock { $0.waiting.append(job) }
        inbox.arrived.signal()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
