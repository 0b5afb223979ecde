import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The live feed: bounded, never waiting, and honest about what a watcher has missed.
@Suite(.timeLimit(.minutes(1))) struct LiveFeedTests {
    private let observer = RecordingObserver()
    private let feed: LiveFeed
    private let start = FeedCursor(feedID: 1, positions: [0, 0])

    init() {
        feed = LiveFeed(observer: observer)
        feed.begin(at: start)
    }

    /// Updates of one delivery, at successive places of partition 0.
    private func updates(_ count: Int, after position: Int64 = 0) -> [Update] {
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        return (0..<count).compactMap { number in
            let event = SampleEvents.event(.note, "n\(number)", minute: Int64(number))
            guard case .applied(let applied) = application.apply(event, receivedAt: SampleEvents.start) else {
                return nil
            }
            return Update(at: FeedPosition(partition: 0, position: position + Int64(number) + 1), applied: applied)
        }
    }

    private func publish(_ count: Int, after position: Int64) {
        feed.publish(CommittedBatch(updates: updates(count, after: position), positions: []))
    }

    @Test func everySubscriberSeesEverythingInOrder() async throws {
        let subscriptions = try (0..<3).map { _ in try #require(feed.subscribe()) }
        for batch in 0..<10 { publish(5, after: Int64(batch * 5)) }
        feed.close()
        for subscription in subscriptions {
            var positions: [Int64] = []
            for await items in subscription.batches {
                for item in items {
                    guard case .update(let update) = item.content else { continue }
                    positions.append(update.at.position)
                    #expect(item.cursor.positions == [update.at.position, 0] && item.cursorText == item.cursor.text)
                }
            }
            #expect(positions == Array(1...50))
        }
        #expect(feed.cursor?.positions == [50, 0])
    }

    /// Nobody reads here: publishing must neither wait nor keep everything.
    @Test func aSlowSubscriberIsDroppedAndNeverWaitedFor() async throws {
        let slow = try #require(feed.subscribe())
        let batches = Limits.subscriberBacklog
        for batch in 0..<batches { publish(2, after: Int64(batch * 2)) }
        #expect(observer.count { if case .subscriberDropped = $0 { true } else { false } } == 1)
        #expect(feed.cursor?.positions == [Int64(batches * 2), 0])
        var witness = FeedWitness(from: start)
        for await items in slow.batches { witness.see(items) }
        #expect(witness.problems == [], "what it did get is whole")
        #expect(witness.seen.count == Limits.subscriberBacklog, "updates are counted, however they are batched")
        let counts = observer.observations.compactMap { if case .subscribed(let count) = $0 { count } else { nil } }
        #expect(counts.last == 0, "a dropped subscriber is not counted")
    }

    @Test func aSlowSubscriberDoesNotHoldUpTheOthers() async throws {
        let slow = try #require(feed.subscribe())
        let quick = try #require(feed.subscribe())
        var iterator = quick.batches.makeAsyncIterator()
        for batch in 0..<300 {
            publish(20, after: Int64(batch * 20))
            let items = await iterator.next()
            #expect(items?.count == 20)
        }
        #expect(observer.count { if case .subscriberDropped = $0 { true } else { false } } == 1)
        withExtendedLifetime(slow) {}
    }

    @Test func whoMissedSomethingIsDropped() async throws {
        let subscription = try #require(feed.subscribe())
        publish(3, after: 0)
        // A commit of unknown outcome was one after all: positions 4 and 5 were never published.
        feed.begin(at: FeedCursor(feedID: 1, positions: [5, 0]))
        publish(2, after: 5)
        var witness = FeedWitness(from: start)
        for await items in subscription.batches { witness.see(items) }
        #expect(witness.problems == [] && witness.seen.count == 3)
        let counts = observer.observations.compactMap { if case .subscribed(let count) = $0 { count } else { nil } }
        #expect(counts.last == 0, "a dropped subscriber is not counted")
    }

    @Test func beginningWhereItStoodDropsNobody() async throws {
        let subscription = try #require(feed.subscribe())
        publish(3, after: 0)
        feed.begin(at: FeedCursor(feedID: 1, positions: [3, 0]))
        publish(2, after: 3)
        feed.close()
        var witness = FeedWitness(from: start)
        for await items in subscription.batches { witness.see(items) }
        #expect(witness.seen.count == 5 && witness.problems == [])
    }

    @Test func subscribersAreBoundedAndEndWithTheFeed() async throws {
        let subscriptions = (0..<Limits.subscribers).compactMap { _ in feed.subscribe() }
        #expect(subscriptions.count == Limits.subscribers)
        #expect(feed.subscribe() == nil)
        feed.unsubscribe(subscriptions[0].id)
        let last = try #require(feed.subscribe())
        feed.close()
        for subscription in subscriptions.dropFirst() + [last] {
            for await _ in subscription.batches { Issue.record("nothing was published") }
        }
        #expect(feed.subscribe() == nil, "closed")
    }

    @Test func aWaitIsWokenByEachCommit() async throws {
        let signal = feed.commitSignal()
        publish(1, after: 0)
        await signal.wait()
        publish(1, after: 1)
        await signal.wait()
        feed.giveBack(signal)
    }

    @Test func anUpdateConcernsWhoMatchesBeforeOrAfterIt() throws {
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        var items: [FeedItem] = []
        for event in SampleEvents.life(of: "D-1") {
            guard case .applied(let applied) = application.apply(event, receivedAt: SampleEvents.start) else {
                continue
            }
            items.append(
                FeedItem(update: Update(at: FeedPosition(partition: 0, position: 1), applied: applied), cursor: start))
        }
        func shown(_ status: Status) -> [Int] {
            var filter = DeliveryFilter()
            filter.statuses = [status]
            return items.indices.filter { items[$0].concerns(.default, filter) }
        }
        #expect(shown(.created) == [0, 1], "it enters and it leaves")
        #expect(shown(.outForDelivery) == [4, 5])
        #expect(shown(.delivered) == [5])
        #expect(shown(.cancelled).isEmpty)
        #expect(items.allSatisfy { $0.concerns(.default, DeliveryFilter()) })
        #expect(!items.contains { $0.concerns(MerchantID(trusted: "other"), DeliveryFilter()) })
    }
}
