import Synchronization
import WaybillCore
import WaybillEngine

/// A clock that stands still until somebody moves it, also backwards.
package final class VirtualTime: TimeSource {
    private let instant: Mutex<Timestamp>

    package init(_ start: Timestamp = Scenario.fixedEnd) { instant = Mutex(start) }

    package func now() -> Timestamp { instant.withLock { $0 } }

    package func set(_ instant: Timestamp) { self.instant.withLock { $0 = instant } }

    package func advance(bySeconds seconds: Int64) {
        instant.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}
