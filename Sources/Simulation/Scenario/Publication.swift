import WaybillCore

/// One thing that a source says at one moment of a scenario.
package struct Publication: Sendable {
    /// What is remarkable about it, for counting.
    package struct Traits: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Nothing was said about this delivery before.
        package static let firstOfDelivery = Traits(rawValue: 1)
        /// This role (`orders`, ...) said nothing about this delivery before.
        package static let firstOfRole = Traits(rawValue: 16)
        /// Said before in the same words.
        package static let repetition = Traits(rawValue: 2)
        /// An hour or more after it happened.
        package static let late = Traits(rawValue: 4)
        /// Something that happened after it was said before it.
        package static let outOfOrder = Traits(rawValue: 8)
    }

    package let consignment: Consignment
    package let step: Step
    package let traits: Traits
    private let world: Surroundings

    init(_ step: Step, of consignment: Consignment, _ traits: Traits, in world: Surroundings) {
        self.step = step
        self.consignment = consignment
        self.traits = traits
        self.world = world
    }

    /// When it is said, in the scenario's time.
    package var instant: Timestamp { step.publishedAt }

    /// Nil for what is to be accepted.
    package var spoilage: Spoilage? { step.spoilage }

    /// What is said, before any spoiling.
    package var event: Event { Telling(world: world, consignment: consignment).event(of: step) }

    /// Writes one line of NDJSON, without its end.
    package func write(to json: inout JSONWriter) {
        if let spoilage = step.spoilage {
            spoilage.write(event, to: &json)
        } else {
            EventEncoder.write(event, to: &json)
        }
    }
}
