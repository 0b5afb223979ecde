import WaybillCore

/// The lives that have begun and have more to tell, ordered by what they tell next: a binary heap.
///
/// It holds one small entry for each life; the lives themselves stay where they are, and their places are used again.
struct OpenLives {
    private struct Entry {
        let instant: Timestamp
        let number: Int
        let slot: Int

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.instant == rhs.instant ? lhs.number < rhs.number : lhs.instant < rhs.instant
        }
    }

    private var heap: [Entry] = []
    private var lives: [Telltale] = []
    private var free: [Int] = []

    var count: Int { heap.count }

    /// When the next thing is told.
    var next: Timestamp? { heap.first?.instant }

    mutating func add(_ life: Life) {
        let telltale = Telltale(life)
        guard let instant = telltale.next else { return }
        let slot = free.popLast() ?? lives.count
        if slot == lives.count { lives.append(telltale) } else { lives[slot] = telltale }
        heap.append(Entry(instant: instant, number: life.consignment.number, slot: slot))
        siftUp(from: heap.count - 1)
    }

    /// Tells the next thing of all lives. The heap must not be empty.
    mutating func tell(in world: Surroundings) -> Publication {
        let top = heap[0]
        let publication = lives[top.slot].tell(in: world)
        if let instant = lives[top.slot].next {
            heap[0] = Entry(instant: instant, number: top.number, slot: top.slot)
        } else {
            free.append(top.slot)
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
        }
        if !heap.isEmpty { siftDown() }
        return publication
    }

    private mutating func siftUp(from index: Int) {
        var index = index
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func siftDown() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}

/// A life that is being told: how far, and the latest thing that was told.
private struct Telltale {
    private let life: Life
    private var told = 0
    private var latest = Timestamp(microseconds: .min)
    /// The roles that have spoken, a bit for each.
    private var heard: UInt8 = 0

    init(_ life: Life) { self.life = life }

    var next: Timestamp? { told < life.steps.count ? life.steps[told].publishedAt : nil }

    mutating func tell(in world: Surroundings) -> Publication {
        let step = life.steps[told]
        var traits: Publication.Traits = told == 0 ? .firstOfDelivery : []
        told += 1
        let role = step.source.role.bit
        if heard & role == 0 { traits.insert(.firstOfRole) }
        heard |= role
        if step.isRepetition {
            traits.insert(.repetition)
        } else if step.spoilage == nil {
            if step.publishedAt >= step.occurredAt.advanced(bySeconds: 3600) { traits.insert(.late) }
            if step.occurredAt < latest { traits.insert(.outOfOrder) }
            latest = max(latest, step.occurredAt)
        }
        return Publication(step, of: life.consignment, traits, in: world)
    }
}
