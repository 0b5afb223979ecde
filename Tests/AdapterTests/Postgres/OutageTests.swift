import Glibc
import PostgresStore
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Connections that die, servers that restart or stand still: nothing is lost, nobody hangs, and it goes on by itself.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct OutageTests {
    private let clock = ContinuousClock()

    private static func isUnavailable(_ body: () async throws -> Void) async -> Bool {
        do { try await body() } catch StorageError.unavailable { return true } catch { return false }
        return false
    }

    /// Repeats `body` until it does not throw.
    private func eventually<Value>(
        _ what: String, within limit: Duration = .seconds(20), _ body: () async throws -> Value
    ) async throws -> Value {
        let deadline = clock.now + limit
        while true {
            do { return try await body() } catch let error as StorageError {
                guard error.isRetriable, clock.now < deadline else { throw error }
                await Signal().wait(atMost: .milliseconds(20))
            }
        }
    }

    private func expect(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = clock.now + .seconds(20)
        while clock.now < deadline {
            if try await condition() { return }
            await Signal().wait(atMost: .milliseconds(10))
        }
        Issue.record("\(what): not within 20 seconds")
    }

    private func decision(_ home: PostgresStoreHome, _ events: [Event]) async throws -> TrackingCommit {
        let tracked = TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions)
        return try #require(try await tracked.decision(on: events))
    }

    /// Ends a commit that waits for this.
    private static func killCommits(waitingFor wait: String) -> String {
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%waybill_commit%' AND pid <> pg_backend_pid()
            AND \(wait) AND state = 'active'
        """
    }

    /// A commit waits for a standby that never comes, once the server's processes have all heard of the setting.
    private func makeCommitsWait(_ server: PostgresServer, _ home: PostgresStoreHome) async throws {
        try await home.sql("CREATE TABLE probe (n int)")
        try await server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try await server.sql("SELECT pg_reload_conf()")
        let probing = Task { while !Task.isCancelled { try await home.sql("INSERT INTO probe VALUES (1)") } }
        try await expect("commits wait") {
            try await home.sql(
                """
                SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
                WHERE query LIKE 'INSERT INTO probe%' AND wait_event = 'SyncRep'
                """) == "1"
        }
        // Its next one waits as well, until standbys are no longer asked for.
        probing.cancel()
    }

    // MARK: A commit whose outcome is not known

    /// Ended while it waits for its claims: nothing of it is there.
    @Test func aCommitThatDiedBeforeItsEndIsNotThere() async throws {
        let home = try await PostgresStoreHome()
        let commit = try await decision(home, SampleEvents.life(of: "D-1"))
        let store = try home.store {
            $0.timeouts.lock = 20_000
            $0.timeouts.statement = 20_000
            $0.timeouts.answer = 25_000
        }
        let before = try await TrackingStoreConformance.picture(store)
        let holder = SlowSQL(
            home, "BEGIN; SELECT count(*) FROM partition_claim; LOCK TABLE partition_claim; SELECT pg_sleep(60)")
        try await expect("the lock is held") { try await home.sql(SlowSQL.isSleepingSQL) == "1" }
        async let isLost = Self.isUnavailable { try await store.commit(commit) }
        try await expect("the commit was ended") {
            try await home.sql(Self.killCommits(waitingFor: "wait_event_type = 'Lock'")) == "1"
        }
        #expect(await isLost)
        try await holder.end()
        #expect(try await eventually("reading") { try await TrackingStoreConformance.picture(store) } == before)
        try await eventually("again") { try await store.commit(commit) }
        #expect(try await store.delivery(SampleEvents.key("D-1")).value?.arrival.sequence == 6)
        await home.close()
    }

    /// Ended when it was committed and only its answer was missing (it waits for a standby that never comes): all of it
    /// is there, and a tracker that reads its claims again sees it.
    @Test func aCommitWhoseAnswerWasLostIsThere() async throws {
        let server = try await PostgresServer.make(isDurable: true)
        let home = try await PostgresStoreHome(server)
        let commit = try await decision(home, SampleEvents.life(of: "D-1"))
        let store = try home.store { $0.timeouts.answer = 25_000 }
        _ = try await store.progress()
        try await makeCommitsWait(server, home)
        async let isLost = Self.isUnavailable { try await store.commit(commit) }
        try await expect("the commit was ended") {
            try await home.sql(Self.killCommits(waitingFor: "wait_event = 'SyncRep'")) == "1"
        }
        #expect(await isLost)
        try await server.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        try await server.sql("SELECT pg_reload_conf()")
        let progress = try await eventually("reading") { try await store.progress() }
        for claim in commit.next { #expect(progress.claims[claim.partition] == claim) }
        #expect(try await store.delivery(SampleEvents.key("D-1")).value?.arrival.sequence == 6)
        await home.close()
    }

    /// A tracker under a rain of ended sessions: every event is applied once.
    @Test func sessionsThatAreEndedAllTheTime() async throws {
        let home = try await PostgresStoreHome()
        let tracked = TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions)
        let events = SampleEvents.scenario(deliveries: 60, seed: RunSeed.value(of: "ended sessions"))
        try await tracked.log.append(events.map(SampleEvents.record))
        let killer = Task {
            var rounds = 0
            while !Task.isCancelled {
                try await home.sql(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """)
                rounds += 1
                await Signal().wait(atMost: .milliseconds(15))
            }
            return rounds
        }
        var settled = false
        for _ in 0..<400 where !settled {
            do {
                settled = try await tracked.tracking.step() != .worked
            } catch is StorageError { await Signal().wait(atMost: .milliseconds(10)) }
        }
        killer.cancel()
        #expect(try await killer.value > 0)
        _ = try await eventually("the rest") { try await tracked.settle() }
        for (key, mine) in Dictionary(grouping: TrackingStoreConformance.distinct(events), by: \.key) {
            let state = try await eventually("reading") { try await tracked.store.delivery(key).value }
            #expect(state?.folded.canonical == Fold.state(of: mine).canonical, "\(key)")
            #expect(state?.arrival.sequence == Int64(mine.count))
        }
        await home.close()
    }

    // MARK: Servers

    @Test func anIdleSessionThatWasEndedIsMadeAgainUnnoticed() async throws {
        let home = try await PostgresStoreHome()
        let store = try home.store { $0.readers = 1 }
        let before = try await store.progress()
        try await home.sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        try await expect("the session is gone") {
            try await home.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") == "1"
        }
        #expect(try await store.progress() == before)
        await home.close()
    }

    /// Nothing that a commit answered for is lost, and work goes on within seconds of the server's return.
    @Test func immediateRestartsUnderLoad() async throws {
        let server = try await PostgresServer.make(isDurable: true)
        let home = try await PostgresStoreHome(server)
        let tracked = TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions)
        var expected: [Event] = []
        for round in 0..<3 {
            let events = SampleEvents.scenario(deliveries: 20, seed: UInt64(round) + 100)
                .map { event in
                    var event = event
                    event.deliveryID = DeliveryID(trusted: "R\(round)-\(event.deliveryID.text)")
                    return event
                }
            expected += events
            try await tracked.log.append(events.map(SampleEvents.record))
            async let restart: Void = {
                try await server.stopImmediately()
                try await server.start()
            }()
            _ = try await eventually("round \(round)") { try await tracked.settle() }
            try await restart
            let answered = clock.now
            _ = try await eventually("ready", within: .seconds(10)) { try await tracked.store.progress() }
            #expect(clock.now - answered < .seconds(10))
        }
        _ = try await eventually("the rest") { try await tracked.settle() }
        for (key, mine) in Dictionary(grouping: TrackingStoreConformance.distinct(expected), by: \.key) {
            #expect(try await tracked.store.delivery(key).value?.arrival.sequence == Int64(mine.count), "\(key)")
        }
        await home.close()
    }

    /// A server that is gone says so at once, not after a timeout.
    @Test func aServerThatIsDownAnswersAtOnce() async throws {
        let server = try await PostgresServer.make()
        let home = try await PostgresStoreHome(server)
        let store = try home.store()
        _ = try await store.progress()
        try await server.stopImmediately()
        let began = clock.now
        for _ in 0..<20 { #expect(await Self.isUnavailable { _ = try await store.progress() }) }
        #expect(clock.now - began < .seconds(2))
        try await server.start()
        _ = try await eventually("back", within: .seconds(10)) { try await store.progress() }
        await home.close()
    }

    /// A server that stands still holds nobody for longer than it may, and what waits is bounded too.
    @Test func aServerThatStandsStillHoldsNobody() async throws {
        let server = try await PostgresServer.make()
        let home = try await PostgresStoreHome(server)
        let store = try home.store {
            $0.timeouts.answer = 600
            $0.timeouts.connect = 600
            $0.timeouts.checkout = 300
        }
        let commit = try await decision(home, SampleEvents.life(of: "D-1"))
        _ = try await store.progress()
        _ = try await store.claim([])
        try await server.pause(true)
        let began = clock.now
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<30 { group.addTask { await Self.isUnavailable { _ = try await store.progress() } } }
            group.addTask { await Self.isUnavailable { try await store.commit(commit) } }
            for await isUnavailable in group { #expect(isUnavailable) }
        }
        #expect(clock.now - began < .seconds(5))
        try await server.pause(false)
        _ = try await eventually("back", within: .seconds(10)) { try await store.progress() }
        // The commit whose answer nobody waited for may still be carried out, also between these two lines.
        do throws(StorageError) { try await store.commit(commit) } catch .superseded {
        } catch { try await eventually("again") { try await store.commit(commit) } }
        #expect(try await store.delivery(SampleEvents.key("D-1")).value?.arrival.sequence == 6)
        await home.close()
    }

    // MARK: Bounds

    @Test func aStatementThatTakesTooLongIsEnded() async throws {
        let home = try await PostgresStoreHome()
        let store = try home.store { $0.timeouts.statement = 300 }
        let holder = SlowSQL(home, "BEGIN; LOCK TABLE delivery; SELECT pg_sleep(60)")
        try await expect("the lock is held") { try await home.sql(SlowSQL.isSleepingSQL) == "1" }
        let began = clock.now
        #expect(await Self.isUnavailable { _ = try await store.delivery(SampleEvents.key("D-1")) })
        #expect(clock.now - began < .seconds(3))
        try await holder.end()
        let delivery = try await eventually("again") { try await store.delivery(SampleEvents.key("D-1")).value }
        #expect(delivery == nil)
        await home.close()
    }

    @Test func whoFindsAllConnectionsBusyHearsSoInTime() async throws {
        let home = try await PostgresStoreHome()
        let store = try home.store {
            $0.readers = 2
            $0.timeouts.checkout = 200
            $0.timeouts.lock = 4000
            $0.timeouts.statement = 4000
        }
        _ = try await store.progress()
        let holder = SlowSQL(home, "BEGIN; LOCK TABLE delivery; SELECT pg_sleep(60)")
        try await expect("the lock is held") { try await home.sql(SlowSQL.isSleepingSQL) == "1" }
        let busy = (0..<2).map { number in
            Task { try? await store.delivery(SampleEvents.key("D-\(number)")).value }
        }
        try await expect("both wait for the table") {
            try await home.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ) == "2"
        }
        let began = clock.now
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await Self.isUnavailable { _ = try await store.progress() } } }
            for await isUnavailable in group { #expect(isUnavailable) }
        }
        #expect(clock.now - began < .seconds(2))
        try await holder.end()
        for task in busy { _ = await task.value }
        _ = try await store.progress()
        await home.close()
    }
}

/// A session that holds something until it is told to end.
private final class SlowSQL: Sendable {
    static let isSleepingSQL = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND wait_event = 'PgSleep'
        """
    private let home: PostgresStoreHome
    private let task: Task<Void, Never>

    init(_ home: PostgresStoreHome, _ sql: String) {
        self.home = home
        task = Task { _ = try? await home.sql(sql) }
    }

    func end() async throws {
        try await home.sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()
            """)
    }
}
