import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// Three trackers with their publishers and an API that follows, over one store, one log and one group that moves
/// partitions between them: asked back, torn away from one that does not know yet, and through crashes. Then the world
/// heals, and everything must be as if one tracker had read the log in peace.
final class SimulatedGroup {
    /// One process.
    struct Tracker {
        var tracking: Tracking
        var publishing: Publishing
    }

    static let members = 3

    let seed: UInt64
    private let bug: PlantedBug?
    private var dice: SeededGenerator
    private var traffic: Traffic
    let time = VirtualTime()
    let log: WorldLog
    let store: WorldStore
    let topics: WorldTopics
    private let group: WorldGroup
    private let groupOffsets = FlawedReader.GroupOffsets()
    private let flawed: FlawedStore
    private let faultyStore: FaultyStore
    let faults: FaultPlan
    private let ingest: Ingest
    private let observer = RecordingObserver()
    private var trackers: [Tracker] = []
    let feed: LiveFeed
    private let following: Following
    private(set) var watchers: [(subscription: LiveFeed.Subscription, witness: FeedWitness)] = []
    private(set) var acknowledged: [Event] = []

    init(seed: UInt64, rates: FaultRates = .rough, bug: PlantedBug? = nil) {
        self.seed = seed
        self.bug = bug
        dice = SeededGenerator(seed: seed)
        let partitions = 2 + dice.integer(below: 4)
        traffic = Traffic(seed: seed, deliveries: 2 + dice.integer(below: 8))
        log = WorldLog(partitions: partitions, time: time)
        store = WorldStore(partitions: partitions, feedID: seed)
        topics = WorldTopics(partitions: partitions, seed: seed, rates: rates)
        group = WorldGroup(log, members: Self.members)
        faults = FaultPlan(seed: seed, rates: rates, time: time)
        flawed = FlawedStore(store, bug: bug, seed: seed)
        faultyStore = FaultyStore(store, tracking: flawed, publication: flawed, faults)
        let appended: any EventLog =
            bug == .acknowledgedBeforeDurable ? FlawedLog(log, seed: seed) : FaultyLog(log, faults)
        ingest = Ingest(
            log: appended, personal: store, time: time, ids: EventIDs(time: time, seed: seed), observer: observer)
        feed = LiveFeed(observer: observer)
        following = Following(source: topics.reader(), store: faultyStore, feed: feed, observer: observer)
        trackers = (0..<Self.members).map(process)
        for partition in 0..<partitions { group.move(partition, to: dice.integer(below: Self.members)) }
    }

    /// Writes of trackers that had lost their claim and tried all the same.
    var refusedCommits: Int { flawed.refused }
    var lostClaims: Int { observer.count { if case .claimLost = $0 { true } else { false } } }
    var zombieWrites: [String] { flawed.problems }

    /// A process of this member begins; the one before is gone, whatever it had in hand.
    private func process(_ member: Int) -> Tracker {
        let faulty = FaultyLog(group.reader(member), faults)
        let reader: any LogReader = bug == .startAtGroupOffset ? FlawedReader(faulty, groupOffsets) : faulty
        let sink: any UpdateSink = bug == .markBeforeDeliveryReport ? FlawedSink(base: topics) : topics
        let publishing = Publishing(
            store: faultyStore, sink: sink, partitions: log.partitionCount, observer: observer)
        let tracking = Tracking(log: reader, store: faultyStore, outlet: publishing, time: time, observer: observer)
        return Tracker(tracking: tracking, publishing: publishing)
    }

    // MARK: Turns

    func live(turns: Int) async throws {
        for _ in 0..<turns { try await turn() }
    }

    private func turn() async throws {
        let member = dice.integer(below: Self.members)
        let partition = dice.integer(below: log.partitionCount)
        switch dice.integer(below: 24) {
        case 0, 1, 2: try await offer((0...dice.integer(below: 4)).map { _ in traffic.event() })
        case 3: log.put([traffic.poison()])
        case 4: time.advance(bySeconds: Int64(dice.integer(below: 100)) - 20)
        case 5: group.move(partition, to: member)
        case 6: group.seize(partition, for: member)
        case 7: group.tell(member)
        case 8: if dice.chance(0.3) { trackers[member] = process(member) }
        case 9: watch()
        case 10, 11: try await hopefully { _ = try await following.step() }
        case 12, 13, 14, 15, 16: try await hopefully { _ = try await trackers[member].publishing.step() }
        default: try await hopefully { _ = try await trackers[member].tracking.step() }
        }
    }

    /// Storage may fail: another turn tries again.
    private func hopefully(_ body: () async throws -> Void) async throws {
        do { try await body() } catch { guard error is StorageError else { throw error } }
    }

    private func offer(_ events: [Event]) async throws {
        for (merchant, mine) in Dictionary(grouping: events, by: \.merchant) {
            let body = Array(mine.map(EventEncoder.bytes).joined(separator: [10]))
            do {
                let receipt = try await ingest.accept(EventRequest(body: body, form: .lines), merchant: merchant)
                let refused = Set(receipt.rejected.map(\.index))
                acknowledged += mine.indices.filter { !refused.contains($0) }.map { mine[$0] }
            } catch {
                guard case IngestError.storage = error else { throw error }
            }
        }
    }

    private func watch() {
        guard watchers.count < 3, let cursor = feed.cursor, let subscription = feed.subscribe() else { return }
        watchers.append((subscription, FeedWitness(from: cursor)))
    }

    // MARK: Healing

    /// Nothing fails any more, and everybody is told what is not his.
    func heal() async throws {
        faults.heal()
        topics.heal()
        for member in 0..<Self.members { group.tell(member) }
    }

    /// Everybody gives everything back, and each partition goes to one member.
    func assignAnew() async throws {
        group.dissolve()
        for tracker in trackers {
            for _ in 0..<3 { try await hopefully { _ = try await tracker.tracking.step() } }
        }
        for partition in 0..<log.partitionCount { group.move(partition, to: dice.integer(below: Self.members)) }
    }

    /// Partitions that some tracker holds under the latest epoch.
    func heldPartitions() async throws -> Set<Int> {
        let held = trackers.flatMap(\.tracking.claims)
        let stored = try await store.progress().claims
        return Set(
            stored.filter { claim in held.contains { $0.partition == claim.partition && $0.epoch == claim.epoch } }.map(
                \.partition))
    }

    /// - Returns: whether everything came to rest.
    func settle() async throws -> Bool {
        for _ in 0..<1000 {
            var isAtRest = true
            for tracker in trackers {
                for service in [tracker.tracking, tracker.publishing] as [any SteppedService] {
                    do { if try await service.step() == .worked { isAtRest = false } } catch {
                        guard error is StorageError else { throw error }
                        isAtRest = false
                    }
                }
            }
            if isAtRest {
                for _ in 0..<2 { _ = try await following.step() }
                return true
            }
        }
        return false
    }
}
