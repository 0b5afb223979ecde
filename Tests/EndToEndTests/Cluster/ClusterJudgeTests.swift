import Foundation
import TestSupport
import Testing
import WaybillCore

extension EndToEnd {
    /// The judge of clusters is judged: what is right passes, and each harm is called by its name.
    @Suite("The judge of clusters can fail") struct ClusterJudgeTests {
        enum Harm: String, CaseIterable {
            case lostEffect, lostOffer, notInTheLog, neverOffered, secondEffect, otherContent, hole, swapped
            case stateByArrival, updateLeftOut, updateReworded, letterForgotten, letterUntold

            var fault: ClusterVerdict.Fault {
                switch self {
                case .lostEffect, .lostOffer, .letterForgotten: .lost
                case .notInTheLog, .neverOffered: .phantom
                case .secondEffect: .duplicate
                case .otherContent, .updateReworded: .mutated
                case .hole: .gap
                case .swapped: .inversion
                case .stateByArrival: .wrongState
                case .updateLeftOut, .letterUntold: .unseen
                }
            }
        }

        @Test func whatIsRightPasses() throws {
            let subject = try Subject()
            #expect(subject.verdict.isClean, "\(subject.verdict)")
        }

        @Test(arguments: Harm.allCases) func eachHarmIsNamed(_ harm: Harm) throws {
            var subject = try Subject()
            subject.suffer(harm)
            #expect(subject.verdict.found[harm.fault] != nil, "\(harm): \(subject.verdict)")
        }
    }
}

/// Thirty events of two deliveries on one partition, a poison record, and all that must have become of them.
private struct Subject {
    private let directory: TemporaryDirectory
    private let ledger: Ledger
    private var offered: [String: Event] = [:]
    private var truth: ClusterTruth

    init() throws {
        directory = try TemporaryDirectory()
        ledger = try Ledger(file: directory.url.appending(path: "ledger"))
        let events = (0..<30).map(Self.event)
        var log: [KafkaTopics.Record] = []
        var history: [ClusterTruth.Applied] = []
        var updates: [KafkaTopics.Record] = []
        var sequences: [String: Int] = [:]
        for (number, event) in events.enumerated() {
            let key = event.key.text
            sequences[key, default: 0] += 1
            log.append(Self.record(number, key, String(decoding: EventEncoder.bytes(of: event), as: UTF8.self)))
            history.append(
                ClusterTruth.Applied(
                    partition: 0, position: number + 1, key: key, sequence: sequences[key] ?? 0, event: event))
            updates.append(Self.record(number, key, #"{"partition":0,"position":\#(number + 1)}"#))
            offered[event.detail ?? ""] = event
        }
        log.append(Self.record(30, "default/D-0", "poison"))
        let states = Dictionary(grouping: events, by: \.key.text).mapValues { events in
            (sequence: events.count, summary: Fold.state(of: events).summary)
        }
        truth = ClusterTruth(
            log: log, updates: updates, history: [history] + Array(repeating: [], count: 5), states: states,
            letters: ["0/30"], publishedLetters: ["0/30"])
        ledger.offer(offered.map { ($0.key, $0.value.deliveryID.text) })
        ledger.record(.acked, Array(offered.keys))
    }

    var verdict: ClusterVerdict { ClusterVerdict(ledger: ledger, truth, offered: offered) }

    mutating func suffer(_ harm: EndToEnd.ClusterJudgeTests.Harm) {
        switch harm {
        case .lostEffect: truth.history[0].remove(at: 7)
        case .lostOffer:
            ledger.offer([("nowhere", "D-0")])
            ledger.record(.acked, ["nowhere"])
        case .notInTheLog: truth.log.remove(at: 7)
        case .neverOffered:
            truth.history[0][7].event.detail = "a mark of nobody"
        case .secondEffect: truth.history[0].append(truth.history[0][3])
        case .otherContent: truth.history[0][7].event.source = "somebody else"
        case .hole: for index in 10..<30 { truth.history[0][index].position += 1 }
        case .swapped:
            truth.history[0].swapAt(4, 9)
            truth.history[0][4].position = 5
            truth.history[0][9].position = 10
        case .stateByArrival:
            let arrived = truth.history[0].filter { $0.key == "default/D-0" }.enumerated().map { number, applied in
                var event = applied.event
                event.occurredAt = Timestamp(seconds: 1_760_000_000 + Int64(number))
                return event
            }
            truth.states["default/D-0"]?.summary = Fold.state(of: arrived).summary
        case .updateLeftOut: truth.updates.remove(at: 12)
        case .updateReworded:
            truth.updates.append(Self.record(30, "default/D-0", #"{"partition":0,"position":30,"again":true}"#))
        case .letterForgotten: truth.letters = []
        case .letterUntold: truth.publishedLetters = []
        }
    }

    private static func event(_ number: Int) -> Event {
        let types: [EventType] = [.created, .dispatched, .inTransit, .outForDelivery, .delivered, .exception]
        var event = Event(
            id: EventID(trusted: "id-\(number)"), type: types[(number / 2) % types.count],
            deliveryID: DeliveryID(trusted: "D-\(number % 2)"),
            occurredAt: Timestamp(seconds: 1_760_000_000 + Int64(number * 7919 % 1000)))
        event.detail = "mark-\(number)"
        event.source = "tests/judge"
        return event
    }

    private static func record(_ number: Int, _ key: String, _ value: String) -> KafkaTopics.Record {
        KafkaTopics.Record(
            partition: 0, offset: number, time: 1_770_000_000_000, key: key, value: value)
    }
}
