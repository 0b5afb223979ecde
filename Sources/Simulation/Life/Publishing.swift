import WaybillCore

/// When each thing is said: seconds after it happened, or hours, or twice.
enum Publishing {
    /// The steps with their times of telling and their repetitions, in the order of telling.
    static func schedule(
        _ steps: [Step], of consignment: Consignment, in world: Surroundings, dice: SeededGenerator
    ) -> [Step] {
        var dice = dice
        var told: [Step] = []
        told.reserveCapacity(steps.count + 4)
        for var step in steps {
            step.publishedAt = later(step.occurredAt, by: delay(of: step, world.shares, &dice))
            told.append(step)
            guard step.type != .position else { continue }
            if dice.chance(world.shares.duplicate) {
                var repetition = step
                repetition.isRepetition = true
                repetition.publishedAt = later(step.publishedAt, by: 1 + dice.exponential(mean: 600))
                told.append(repetition)
            }
            if dice.chance(world.shares.spoiled) {
                var spoiled = step
                spoiled.spoilage = dice.pick(Spoilage.allCases)
                spoiled.publishedAt = later(step.publishedAt, by: 60 + dice.exponential(mean: 60))
                told.append(spoiled)
            }
        }
        let deadline = consignment.orderedAt.advanced(bySeconds: Life.longest)
        told.removeAll { $0.publishedAt > deadline }
        told.sort { ($0.publishedAt, $0.ordinal) < ($1.publishedAt, $1.ordinal) }
        return told
    }

    /// In seconds. Most sources speak within seconds; the rest say so in `Shares`.
    private static func delay(of step: Step, _ shares: Shares, _ dice: inout SeededGenerator) -> Double {
        let usual = dice.exponential(mean: 2)
        if step.type == .position { return usual }
        if dice.chance(shares.late) { return min(3 * 86_400, dice.logNormal(median: 3 * 3600, sigma: 1)) }
        if dice.chance(shares.overtaken) { return dice.uniform(120...2400) }
        return usual
    }

    private static func later(_ instant: Timestamp, by seconds: Double) -> Timestamp {
        instant.advanced(byMicroseconds: Int64(seconds * 1000) * 1000)
    }
}
