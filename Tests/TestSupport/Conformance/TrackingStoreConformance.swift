import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for the tracker: one commit is one whole, and what is loaded is what was committed.
package enum TrackingStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("a new store begins at the beginning", beginsAtTheBeginning),
        Check("states and histories come back as they were committed", comesBack),
        Check("a commit and its offsets are one", commitIsWhole),
        Check("an unexpected progress changes nothing", supersededChangesNothing),
        Check("one of two racing commits wins", racingCommits),
        Check("a claim shuts out whoever owned the partition before", claiming),
        Check("a lost partition does not stop the others", losingOnePartition),
        Check("numbers are never given twice", numbers),
        Check("dead letters are kept with their bytes", deadLettersAreKept),
        Check("counters move and are never lost", countersMove),
        Check("the greatest fix is kept", greatestFixIsKept),
        Check("a delivery that is terminal for long is sealed", sealing),
        Check("an event of a sealed delivery is archived", sealedDeliveriesRefuse),
        Check("a delivery that is heard of again is not sealed", youngDeliveriesAreNotSealed),
        Check("what was sealed meanwhile is not changed", sealedMeanwhile),
        Check("everything survives a restart", survivesRestart),
        Check("restarts between batches do not change a state", restartsBetweenBatches),
    ]

    static func tracked(_ home: any StoreHome) async throws -> TrackedStore {
        TrackedStore(try await home.open(), partitions: type(of: home).partitions)
    }

    /// What must not change when nothing is committed.
    package static func picture(_ store: any WholeStore) async throws -> String {
        let progress = try await store.progress()
        var lines = ["\(progress)"]
        for (delivery, history) in try await store.stored(after: 0, limit: 10_000) {
            let state = delivery.state
            let ids = history.map { "\($0.sequence) \($0.event.id) \($0.receivedAt.microseconds)" }
            let folded = String(decoding: state.folded.canonical, as: UTF8.self)
            lines.append("\(delivery.number) \(state.key) \(delivery.isSealed) \(folded) \(state.arrival) \(ids)")
        }
        lines += try await store.allCounters().map { "\($0.key.merchant) \($0.key.name) \($0.value)" }.sorted()
        for state in [DeadLetterRow.State.open, .retried, .discarded] {
            lines.append("\(try await store.deadLetters(.default, state: state, before: nil, limit: 1000).map(\.id))")
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Loading

    private static func beginsAtTheBeginning(_ home: any StoreHome) async throws {
        let store = try await home.open()
        let progress = try await store.progress()
        #expect(progress.claims.map(\.partition) == Array(0..<type(of: home).partitions))
        #expect(progress.claims.allSatisfy { $0.position == 0 && $0.epoch == 0 })
        #expect(Set(progress.claims.map(\.offset)).count == 1)
        #expect(try await store.deliveries([SampleEvents.key("D-1")]).isEmpty)
        #expect(try await store.deliveries([]).isEmpty)
        #expect(try await store.histories([]).isEmpty)
        #expect(try await store.histories([1, 99]).isEmpty)
        #expect(try await store.seal(before: Scenario.fixedEnd) == 0)
    }

    private static func comesBack(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let events = SampleEvents.scenario(deliveries: 40, seed: 9)
        try await tracked.take(events, batch: 37)
        let expected = Dictionary(grouping: events, by: \.key)
        let stored = try await tracked.store.deliveries(Array(expected.keys) + [SampleEvents.key("never heard of")])
        #expect(stored.count == Set(events.filter { $0.type != .position }.map(\.key)).count)
        let histories = try await tracked.store.histories(stored.values.map(\.number))
        for (key, delivery) in stored {
            let distinct = distinct(expected[key, default: []])
            #expect(delivery.state.key == key && !delivery.isSealed && delivery.foldVersion == Fold.version)
            #expect(delivery.state.folded.canonical == Fold.state(of: distinct).canonical, "\(key)")
            let history = histories[delivery.number, default: []]
            #expect(history.map(\.sequence) == Array(1...Int64(distinct.count)))
            #expect(history.map { EventEncoder.content(of: $0.event) } == distinct.map(EventEncoder.content))
            #expect(delivery.state.arrival.sequence == Int64(distinct.count))
            #expect(delivery.state.arrival.updatedAt == history.last?.receivedAt)
        }
        #expect(Set(stored.values.map(\.number)).count == stored.count, "numbers are not shared")
    }

    /// The first telling of each event of the fold, in order.
    package static func distinct(_ events: [Event]) -> [Event] {
        var seen: Set<EventID> = []
        return events.filter { $0.type != .position && seen.insert($0.id).inserted }
    }

    // MARK: Commits

    private static func commitIsWhole(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.settle()
        let before = try await picture(tracked.store)
        let events = SampleEvents.life(of: "D-1") + [SampleEvents.event(.position, "p", of: "D-2")]
        let commit = try #require(try await tracked.decision(on: events))
        #expect(try await picture(tracked.store) == before, "nothing is there before the commit")
        try await tracked.store.commit(commit)
        let progress = try await tracked.store.progress()
        for claim in commit.next { #expect(progress.claims[claim.partition] == claim) }
        let delivery = try await tracked.store.delivery(SampleEvents.key("D-1"))
        #expect(delivery.value?.arrival.sequence == 6)
        #expect(delivery.cursor == progress.cursor, "a snapshot carries the position it was read at")
        #expect(try await tracked.store.position(SampleEvents.key("D-2"))?.id.text == "p")
        try await tracked.settle()
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1")).value?.arrival.sequence == 6, "not twice")
    }

    private static func supersededChangesNothing(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-0"))
        await #expect(throws: Never.self) { _ = try await tracked.tracking.step() }
        tracked.log.put([("default/D-0", Array("poison".utf8))])
        let commit = try #require(try await tracked.decision(on: SampleEvents.life(of: "D-1")))
        let before = try await picture(tracked.store)
        let changes: [(inout Claim) -> Void] = [
            { $0.offset += 1 }, { $0.offset -= 1 }, { $0.epoch += 1 }, { $0.epoch -= 1 },
        ]
        for change in changes {
            var wrong = commit
            change(&wrong.expected[wrong.expected.count - 1])
            await expectSuperseded { () async throws(StorageError) in try await tracked.store.commit(wrong) }
            #expect(try await picture(tracked.store) == before)
        }
        try await tracked.store.commit(commit)
        let after = try await picture(tracked.store)
        await expectSuperseded { () async throws(StorageError) in try await tracked.store.commit(commit) }
        #expect(try await picture(tracked.store) == after, "a commit is not applied twice")
    }

    private static func expectSuperseded(_ body: () async throws(StorageError) -> Void) async {
        do {
            try await body()
            Issue.record("a commit with another expected progress went through")
        } catch {
            guard case .superseded = error else {
                Issue.record("\(error), not superseded")
                return
            }
        }
    }

    private static func racingCommits(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let commit = try #require(try await tracked.decision(on: SampleEvents.life(of: "D-1")))
        let won = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { try await tracked.store.commit(commit) } catch { return false }
                    return true
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        #expect(try await tracked.store.histories([commit.changes[0].number]).values.first?.count == 6)
    }

    private static func claiming(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let late = try #require(try await tracked.decision(on: SampleEvents.life(of: "D-1")))
        let before = try await tracked.store.progress().claims
        let partitions = late.expected.map(\.partition)
        let mine = try await tracked.store.claim(Array(partitions.reversed()))
        #expect(mine.map(\.partition) == partitions.reversed(), "in the order asked for")
        for claim in mine {
            var raised = before[claim.partition]
            raised.epoch += 1
            #expect(claim == raised, "nothing but the epoch changes")
        }
        await expectSuperseded { () async throws(StorageError) in try await tracked.store.commit(late) }
        #expect(try await tracked.store.deliveries([SampleEvents.key("D-1")]).isEmpty)
        try await tracked.settle()
        #expect(tracked.observer.count { if case .claimLost = $0 { true } else { false } } == partitions.count)
        var commit = late
        for (index, partition) in partitions.enumerated() {
            let epoch = before[partition].epoch + 1
            commit.expected[index].epoch = epoch
            commit.next[index].epoch = epoch
        }
        try await tracked.store.commit(commit)
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1")).value?.arrival.sequence == 6)
    }

    /// A batch of several partitions of which one is somebody else's writes nothing; the next one goes on without it.
    private static func losingOnePartition(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-0"))
        let lives = (1...8).map { "D-\($0)" }
        try await tracked.log.append(lives.flatMap { SampleEvents.life(of: $0) }.map(SampleEvents.record))
        let lost = StableHash.partition(ofKey: SampleEvents.key("D-1").text, count: type(of: home).partitions)
        _ = try await tracked.store.claim([lost])
        while true {
            do { if try await tracked.tracking.step() != .worked { break } } catch is StorageError {}
        }
        for name in lives {
            let key = SampleEvents.key(name)
            let isLost = StableHash.partition(ofKey: key.text, count: type(of: home).partitions) == lost
            #expect(try await tracked.store.delivery(key).value?.arrival.sequence == (isLost ? nil : 6), "\(name)")
        }
        #expect(!tracked.tracking.claims.contains { $0.partition == lost })
    }

    private static func numbers(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        let known = try #require(try await tracked.store.deliveries([SampleEvents.key("D-1")]).values.first).number
        let store = tracked.store
        let taken = try await withThrowingTaskGroup(of: Range<Int64>.self) { group in
            for count in 1...20 { group.addTask { try await store.takeNumbers(count) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(taken.map(\.count).sorted() == Array(1...20))
        #expect(Set(taken.flatMap { $0 }).count == 210)
        #expect(taken.allSatisfy { $0.lowerBound > known })
    }

    // MARK: What a commit carries beside states

    private static func deadLettersAreKept(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let poison: [(key: String, value: [UInt8])] = [
            ("default/D-1", Array("not json".utf8)), ("default/D-1", [0xFF, 0x00]), ("default/D-1", []),
            ("no slash", EventEncoder.bytes(of: SampleEvents.event(.created, "x"))),
            ("other/D-1", EventEncoder.bytes(of: SampleEvents.event(.created, "y"))),
        ]
        tracked.log.put(poison)
        try await tracked.settle()
        let letters = try await tracked.store.deadLetters(.default, state: .open, before: nil, limit: 100)
        let foreign = try await tracked.store.deadLetters(
            try #require(MerchantID("other")), state: .open, before: nil, limit: 100)
        #expect(letters.count == 4 && foreign.count == 1)
        let all = letters + foreign
        #expect(Set(all.map(\.letter.record.value)) == Set(poison.map(\.value)))
        for row in all {
            let record = row.letter.record
            let original = try #require(tracked.log.records.first { $0.value == record.value })
            #expect(record.key == original.key && record.partition == original.partition)
            #expect(record.offset == original.offset && row.firstSeen == original.timestamp)
            #expect(!row.letter.rejection.detail.isEmpty)
        }
        #expect(foreign[0].letter.rejection.code == .keyMismatch && foreign[0].letter.rejection.id?.text == "y")
    }

    private static func countersMove(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let other = try #require(MerchantID("other"))
        for event in SampleEvents.life(of: "D-1") + SampleEvents.life(of: "D-1", merchant: other).dropLast(2) {
            try await tracked.take([event])
        }
        try await tracked.take([SampleEvents.event(.created, "c", of: "D-2", minute: 3)])
        let counters = try await tracked.store.allCounters()
            .filter { $0.value != 0 && $0.key.name < CounterName.firstOfMany }
        let expected: [CounterKey: Int64] = [
            CounterKey(merchant: .default, name: "status:delivered"): 1,
            CounterKey(merchant: .default, name: "status:created"): 1,
            CounterKey(merchant: other, name: "status:in_transit"): 1,
        ]
        #expect(counters == expected)
        let mine = try await tracked.store.counters(.default)
        #expect(mine.value["status:delivered"] == 1 && mine.value["status:in_transit", default: 0] == 0)
        #expect(mine.value["dead_letters"] == 0)
        #expect(mine.cursor == (try await tracked.store.progress()).cursor)
    }

    private static func greatestFixIsKept(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let key = SampleEvents.key("D-1")
        #expect(try await tracked.store.position(key) == nil)
        func fix(_ id: String, _ minute: Int64, _ latitude: Int) -> Event {
            SampleEvents.event(.position, id, minute: minute) {
                $0.location = JSONFragment(trusted: "{\"lat\":\(latitude),\"lon\":1}")
            }
        }
        let steps: [(Event, kept: String)] = [
            (fix("b", 5, 1), "b"), (fix("a", 4, 2), "b"), (fix("a", 5, 3), "b"), (fix("c", 5, 4), "c"),
            (fix("B", 5, 5), "c"), (fix("a", 6, 6), "a"), (fix("z", 5, 7), "a"),
        ]
        for (event, kept) in steps {
            try await tracked.take([event])
            #expect(try await tracked.store.position(key)?.id.text == kept)
        }
        let last = try #require(try await tracked.store.position(key))
        #expect(last.occurredAt == SampleEvents.event(.position, "a", minute: 6).occurredAt)
        #expect(last.location.text.contains("6") && last.key == key)
        try await tracked.take([fix("m", 7, 8), fix("n", 9, 9), fix("o", 8, 10)])
        #expect(try await tracked.store.position(key)?.id.text == "n", "also within one batch")
        #expect(try await tracked.store.delivery(key).value == nil, "a fix makes no delivery")
    }

    // MARK: Sealing

    private static func sealing(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-done") + SampleEvents.life(of: "D-open").dropLast())
        let instant = tracked.time.now()
        #expect(try await tracked.store.seal(before: instant) == 0, "not before its time")
        #expect(try await tracked.store.seal(before: instant.advanced(bySeconds: 1)) > 0)
        let stored = try await tracked.store.deliveries([SampleEvents.key("D-done"), SampleEvents.key("D-open")])
        let done = try #require(stored[SampleEvents.key("D-done")])
        let open = try #require(stored[SampleEvents.key("D-open")])
        #expect(done.isSealed && !open.isSealed)
        #expect(done.state.folded.status == .delivered, "the state stays")
        #expect(try await tracked.store.histories([done.number]).isEmpty)
        #expect(try await tracked.store.histories([open.number])[open.number]?.count == 5)
        #expect(try await tracked.store.seal(before: instant.advanced(bySeconds: 1)) == 0, "once")
        let slice = try await tracked.store.feed(
            after: FeedCursor(
                feedID: try await tracked.store.progress().feedID,
                positions: Array(repeating: 0, count: type(of: home).partitions)), limit: 100)
        #expect(slice.value.purged.max() ?? 0 > 0, "readers are told that something is gone")
    }

    private static func sealedDeliveriesRefuse(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        _ = try await tracked.store.seal(before: tracked.time.now().advanced(bySeconds: 1))
        let before = try await tracked.store.delivery(SampleEvents.key("D-1")).value
        try await tracked.take([SampleEvents.event(.returning, "late", minute: 500), SampleEvents.life(of: "D-1")[2]])
        let letters = try await tracked.store.deadLetters(.default, state: .open, before: nil, limit: 10)
        #expect(letters.map(\.letter.rejection.code) == [.archived, .archived])
        let after = try await tracked.store.delivery(SampleEvents.key("D-1")).value
        #expect(after?.folded.canonical == before?.folded.canonical && after?.arrival == before?.arrival)
    }

    private static func youngDeliveriesAreNotSealed(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        tracked.time.advance(bySeconds: 1000)
        try await tracked.take([SampleEvents.event(.note, "n", minute: 90)])
        #expect(try await tracked.store.seal(before: tracked.time.now().advanced(bySeconds: -500)) == 0)
        #expect(try await tracked.store.history(SampleEvents.key("D-1")).value?.count == 7)
        #expect(
            try await tracked.store.seal(before: tracked.time.now().advanced(bySeconds: 1)) > 0, "when its time comes")
        #expect(try await tracked.store.deliveries([SampleEvents.key("D-1")]).values.first?.isSealed == true)
    }

    /// Decided before the sealing, committed after it: nothing may be folded onto a history that is gone.
    private static func sealedMeanwhile(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        let late = [
            SampleEvents.event(.returning, "late", minute: 500), SampleEvents.event(.created, "new", of: "D-2"),
        ]
        let commit = try #require(try await tracked.decision(on: late))
        #expect(try await tracked.store.seal(before: tracked.time.now().advanced(bySeconds: 1)) > 0)
        let before = try await picture(tracked.store)
        await expectSuperseded { () async throws(StorageError) in try await tracked.store.commit(commit) }
        #expect(try await picture(tracked.store) == before, "nor is anything else of that batch there")
        try await tracked.settle()
        let letters = try await tracked.store.deadLetters(.default, state: .open, before: nil, limit: 10)
        #expect(letters.map(\.letter.rejection.code) == [.archived])
        #expect(try await tracked.store.delivery(SampleEvents.key("D-2")).value?.arrival.sequence == 1)
    }

    // MARK: Restarts

    private static func survivesRestart(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.scenario(deliveries: 15, seed: 4), batch: 20)
        tracked.log.put([("default/D-1", Array("poison".utf8))])
        try await tracked.settle()
        let before = try await picture(tracked.store)
        #expect(try await picture(try await home.open()) == before)
    }

    private static func restartsBetweenBatches(_ home: any StoreHome) async throws {
        let events = SampleEvents.scenario(deliveries: 12, seed: 21)
        let partitions = type(of: home).partitions
        let log = WorldLog(partitions: partitions, time: VirtualTime())
        for start in stride(from: 0, to: events.count, by: 25) {
            try await log.append(events[start..<min(start + 25, events.count)].map(SampleEvents.record))
            let observer = RecordingObserver()
            let tracking = Tracking(
                log: log, store: try await home.open(), outlet: LiveFeed(observer: observer), time: VirtualTime(),
                observer: observer)
            while try await tracking.step() == .worked {}
        }
        let store = try await home.open()
        for (key, mine) in Dictionary(grouping: distinct(events), by: \.key) {
            let state = try await store.delivery(key).value
            #expect(state?.folded.canonical == Fold.state(of: mine).canonical, "\(key)")
            #expect(state?.arrival.sequence == Int64(mine.count))
        }
    }
}
