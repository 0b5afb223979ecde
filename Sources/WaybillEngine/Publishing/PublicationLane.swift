import WaybillCore

/// The way of one partition's updates to their topic: in order of position, none left out, a suffix perhaps twice.
struct PublicationLane {
    let partition: Int
    /// The epoch under which this process owns the partition.
    let epoch: Int64
    /// The last position that the store has: nothing beyond it exists.
    private(set) var committed: Int64
    /// Every update up to here is known to be on the topic; nil until the store has said so.
    private(set) var published: Publication?
    /// The mark as the store has it.
    private var marked: Publication?
    /// Updates that follow each other, and the last one published, without a hole.
    private(set) var waiting: [FeedUpdate] = []
    var hasDeadLetters = true

    init(_ claim: Claim) {
        partition = claim.partition
        epoch = claim.epoch
        committed = claim.position
    }

    /// Updates are committed that are not in memory.
    var isBehind: Bool { (published?.position ?? 0) + Int64(waiting.count) < committed }

    mutating func begin(at stored: Publication) {
        guard published == nil, stored.epoch == epoch else { return }
        published = stored
        marked = stored
        waiting.removeAll { $0.at.position <= stored.position }
    }

    /// Takes a committed update if it follows what is there; else it is read from the store in its turn.
    mutating func take(_ update: FeedUpdate, hasRoom: Bool) {
        let next = (published?.position ?? committed) + Int64(waiting.count) + 1
        committed = max(committed, update.at.position)
        if hasRoom, published != nil, update.at.position == next { waiting.append(update) }
    }

    /// What the store has beyond what is in memory.
    mutating func refill(_ updates: [FeedUpdate]) {
        for update in updates where update.at.position == (published?.position ?? 0) + Int64(waiting.count) + 1 {
            waiting.append(update)
        }
    }

    /// - Parameter position: of the last of the first waiting ones that is durable. A lane that began anew meanwhile
    ///   sends them once more.
    mutating func sent(upTo position: Int64) {
        guard var mark = published else { return }
        mark.position = max(mark.position, position)
        published = mark
        waiting.removeAll { $0.at.position <= position }
    }

    mutating func sentDeadLetter(_ id: Int64) { published?.deadLetter = id }

    /// The mark that the store should have by now; nil when it has it.
    var due: Publication? { published == marked ? nil : published }

    mutating func hasMarked(_ mark: Publication) { marked = mark }
}
