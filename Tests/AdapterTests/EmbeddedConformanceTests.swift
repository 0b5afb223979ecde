import TestSupport
import Testing

/// SQLite behind every port, judged by the suites that every backend must pass.
@Suite(.timeLimit(.minutes(10))) struct EmbeddedConformanceTests {
    @Test(arguments: EventLogConformance.checks)
    func log(_ check: EventLogConformance.Check) async throws { try await check.run(EmbeddedLogHome()) }

    @Test(arguments: RetainedLogConformance.checks)
    func retention(_ check: RetainedLogConformance.Check) async throws { try await check.run(EmbeddedLogHome()) }

    @Test(arguments: TrackingStoreConformance.checks)
    func tracking(_ check: TrackingStoreConformance.Check) async throws { try await check.run(EmbeddedStoreHome()) }

    @Test(arguments: ReadStoreConformance.checks)
    func reading(_ check: ReadStoreConformance.Check) async throws { try await check.run(EmbeddedStoreHome()) }

    @Test(arguments: DeadLetterStoreConformance.checks)
    func deadLetters(_ check: DeadLetterStoreConformance.Check) async throws {
        try await check.run(EmbeddedStoreHome())
    }

    @Test(arguments: DeskStoreConformance.checks)
    func desk(_ check: DeskStoreConformance.Check) async throws { try await check.run(EmbeddedStoreHome()) }

    @Test(arguments: PersonalStoreConformance.checks)
    func personalData(_ check: PersonalStoreConformance.Check) async throws { try await check.run(EmbeddedStoreHome()) }

    @Test(arguments: MaintenanceStoreConformance.checks)
    func maintenance(_ check: MaintenanceStoreConformance.Check) async throws {
        try await check.run(EmbeddedStoreHome())
    }

    @Test(arguments: MessageStoreConformance.checks)
    func messages(_ check: MessageStoreConformance.Check) async throws { try await check.run(EmbeddedStoreHome()) }

    @Test(arguments: IdempotencyStoreConformance.checks)
    func answers(_ check: IdempotencyStoreConformance.Check) async throws { try await check.run(EmbeddedLogHome()) }
}
