/// What a cluster can be built with that is wrong: a run must notice each one. They live in decorators of this target,
/// where no shipped program can reach them.
enum PlantedBug: String, CaseIterable {
    case markBeforeDeliveryReport = "the published mark goes up before the delivery report"
    case markForgotten = "a new owner publishes from the store's end, not from the mark"
    case startAtGroupOffset = "reading begins where the group stands in Kafka, not where the store does"
    case epochNotCompared = "an epoch is claimed and not compared"
    case offsetOutsideTheTransaction = "the offset is committed apart from its effects"
    case lastArrivalWins = "the state follows the order of arrival"
    case poisonRetriedForEver = "a poison record is tried again and again"
    case acknowledgedBeforeDurable = "an append is acknowledged before it is durable"

    /// What the checkers must say; each bug shows in its own way.
    var symptom: String {
        switch self {
        case .markBeforeDeliveryReport, .markForgotten: "unseen"
        case .startAtGroupOffset, .offsetOutsideTheTransaction: "not ["
        case .epochNotCompared: "a zombie wrote"
        case .lastArrivalWins: ": state"
        case .poisonRetriedForEver: "stuck"
        case .acknowledgedBeforeDurable: "was acknowledged and is not in the log"
        }
    }
}
