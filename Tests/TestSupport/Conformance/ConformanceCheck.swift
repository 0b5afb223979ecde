import Simulation
import Testing
import WaybillEngine

/// One thing that every adapter of a port must do, as a test argument: `@Test(arguments: EventLogConformance.checks)`.
package struct ConformanceCheck<Home: Sendable>: Sendable, CustomTestStringConvertible {
    package let name: String
    package let run: @Sendable (Home) async throws -> Void

    package init(_ name: String, _ run: @escaping @Sendable (Home) async throws -> Void) {
        self.name = name
        self.run = run
    }

    package var testDescription: String { name }
}

/// Where one log lives: a suite opens it, and opens it again as a restart would.
package protocol LogHome: Sendable {
    /// The log of this home; the same records each time.
    func open(partitions: Int, time: any TimeSource) async throws -> any EventLog
}

/// Where one store lives.
package protocol StoreHome: Sendable {
    static var partitions: Int { get }
    func open() async throws -> any WholeStore
}

/// Where answers are kept.
package protocol AnswersHome: Sendable {
    func open() async throws -> any IdempotencyStore
}
