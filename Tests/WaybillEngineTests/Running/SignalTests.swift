import Synchronization
import TestSupport
import Testing
import WaybillEngine

/// A wake-up is never lost: a test that loses one hangs, and its time limit says so.
@Suite(.timeLimit(.minutes(10))) struct SignalTests {
    private final class Count: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increment() { count.withLock { $0 += 1 } }
    }

    @Test func aFireBeforeTheWaitIsNotLost() async {
        let signal = Signal()
        signal.fire()
        await signal.wait()
    }

    @Test func manyFiresWakeOnce() async {
        let signal = Signal()
        for _ in 0..<100 { signal.fire() }
        await signal.wait()
        let second = Task { await signal.wait() }
        second.cancel()
        await second.value
    }

    @Test func everyoneWhoWaitsIsWoken() async {
        let signal = Signal()
        let woken = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await signal.wait()
                    woken.increment()
                }
            }
            // Who has not begun to wait yet needs another one.
            while woken.value < 50 {
                signal.fire()
                await Task.yield()
            }
        }
        #expect(woken.value == 50)
    }

    @Test func cancellingEndsTheWait() async {
        let signal = Signal()
        for round in 0..<200 {
            let waiter = Task { await signal.wait() }
            if round.isMultiple(of: 2) { await Task.yield() }
            waiter.cancel()
            await waiter.value
        }
        signal.fire()
        await signal.wait()
    }

    /// One adds and fires, the other waits until it has seen all: the last wake-up of each round decides.
    @Test func noWakeUpIsLostBetweenThreads() async {
        let signal = Signal()
        let produced = Count()
        let rounds = 20_000
        async let consumer: Int = {
            var wakes = 0
            while produced.value < rounds {
                await signal.wait()
                wakes += 1
            }
            return wakes
        }()
        for number in 0..<rounds {
            produced.increment()
            signal.fire()
            if number.isMultiple(of: 64) { await Task.yield() }
        }
        #expect(await consumer <= rounds + 1)
    }

    @Test func aBoundedWaitEndsByItself() async {
        await Signal().wait(atMost: .milliseconds(1))
        let signal = Signal()
        signal.fire()
        await signal.wait(atMost: .seconds(3600))
    }
}
