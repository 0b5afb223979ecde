import Simulation
import TestSupport
import Testing
import WaybillEngine

/// The model in memory passes what real backends must pass, so that it can stand in for them.
@Suite(.timeLimit(.minutes(10))) struct WorldConformanceTests {
    @Test(arguments: EventLogConformance.checks)
    func log(_ check: EventLogConformance.Check) async throws { try await check.run(WorldLogHome()) }

    @Test(arguments: RetainedLogConformance.checks)
    func retention(_ check: RetainedLogConformance.Check) async throws { try await check.run(WorldLogHome()) }

    @Test(arguments: TrackingStoreConformance.checks)
    func tracking(_ check: TrackingStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: ReadStoreConformance.checks)
    func reading(_ check: ReadStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: DeadLetterStoreConformance.checks)
    func deadLetters(_ check: DeadLetterStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: DeskStoreConformance.checks)
    func desk(_ check: DeskStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: PersonalStoreConformance.checks)
    func personalData(_ check: PersonalStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: MaintenanceStoreConformance.checks)
    func maintenance(_ check: MaintenanceStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }

    @Test(arguments: IdempotencyStoreConformance.checks)
    func answers(_ check: IdempotencyStoreConformance.Check) async throws { try await check.run(WorldStoreHome()) }
}

/// A log in memory lives as long as its home.
actor WorldLogHome: LogHome {
    private var log: WorldLog?

    func open(partitions: Int, time: any TimeSource) -> LogUnderTest {
        let log = log ?? WorldLog(partitions: partitions, time: time)
        self.log = log
        return LogUnderTest(log)
    }
}

struct WorldStoreHome: StoreHome, AnswersHome {
    static let partitions = 3
    private let store = WorldStore(partitions: Self.partitions)

    func open() async throws -> any WholeStore { store }
    func open() async throws -> any IdempotencyStore { store }
}
