import WaybillCore

/// One delivery's seeded life: everything that will be said about it, and when.
///
/// A pure function of the surroundings and the delivery's number; other lives and the services played do not matter.
package struct Life: Sendable {
    package let consignment: Consignment
    /// In the order of telling. Sort by `occurredAt` and `ordinal` for the order of true time.
    package let steps: [Step]

    /// Nothing is told later than this after the order, in seconds. It bounds the lives that are open at once.
    package static let longest: Int64 = 45 * 86_400

    package init(number: Int, orderedAt: Timestamp, in world: Surroundings) {
        let seed = world.seed.stream("delivery", number)
        var dice = seed.stream("consignment")
        let consignment = Consignment(number: number, orderedAt: orderedAt, in: world, &dice)
        var planner = LifePlanner(consignment, in: world, dice: seed.stream("events"))
        planner.live()
        self.consignment = consignment
        steps = Publishing.schedule(planner.steps, of: consignment, in: world, dice: seed.stream("telling"))
    }
}
