import TestSupport
import Testing

/// PostgreSQL behind every port, judged by the suites that every backend must pass.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct PostgresConformanceTests {
    private func run<Home>(_ check: ConformanceCheck<Home>) async throws {
        let home = try await PostgresStoreHome()
        guard let suited = home as? Home else {
            Issue.record("not a home for \(check.name)")
            return
        }
        do { try await check.run(suited) } catch {
            await home.close()
            throw error
        }
        await home.close()
    }

    @Test(arguments: TrackingStoreConformance.checks)
    func tracking(_ check: TrackingStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: ReadStoreConformance.checks)
    func reading(_ check: ReadStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: DeadLetterStoreConformance.checks)
    func deadLetters(_ check: DeadLetterStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: DeskStoreConformance.checks)
    func desk(_ check: DeskStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: PersonalStoreConformance.checks)
    func personalData(_ check: PersonalStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: MaintenanceStoreConformance.checks)
    func maintenance(_ check: MaintenanceStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: MessageStoreConformance.checks)
    func messages(_ check: MessageStoreConformance.Check) async throws { try await run(check) }

    @Test(arguments: IdempotencyStoreConformance.checks)
    func answers(_ check: IdempotencyStoreConformance.Check) async throws { try await run(check) }
}
