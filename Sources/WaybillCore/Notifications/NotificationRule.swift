/// One line of who is told what: on these occasions, under these conditions, this audience, by the first of these
/// channels that reaches it.
package struct NotificationRule: Hashable, Sendable {
    package var id: String
    package var occasions: [Occasion.Kind]
    package var audience: Audience
    /// Preferred first; the others are fallbacks.
    package var channels: [Channel]
    /// Where an audience other than the recipient is reached: a mailbox, a number, a chat's webhook.
    package var to: String?
    package var conditions = Conditions()
    /// The template; the occasion's own where absent.
    package var template: String?
    /// Quiet hours and caps do not hold it back.
    package var isUrgent = false
    package var isEnabled = true

    /// Each list narrows where it is not empty.
    package struct Conditions: Hashable, Sendable {
        package var carriers: [String] = []
        package var countries: [String] = []
        package var reasons: [Reason] = []

        package init() {}

        /// - Parameter country: of the destination.
        func hold(_ delivery: FoldedState, country: String?, reason: Reason?) -> Bool {
            func allows(_ list: [String], _ value: String?) -> Bool {
                list.isEmpty || value.map { value in list.contains { $0.hasSameBytes(as: value) } } ?? false
            }
            return allows(carriers, delivery.carrier) && allows(countries, country)
                && (reasons.isEmpty || reason.map(reasons.contains) ?? false)
        }
    }

    package init(_ id: String, on occasions: [Occasion.Kind], tell audience: Audience, by channels: [Channel]) {
        self.id = id
        self.occasions = occasions
        self.audience = audience
        self.channels = channels
    }

    package func applies(to occasion: Occasion, of delivery: FoldedState, country: String?, reason: Reason?) -> Bool {
        isEnabled && occasions.contains(occasion.kind)
            && conditions.hold(delivery, country: country, reason: reason)
    }

    package func templateName(for occasion: Occasion.Kind) -> String { template ?? occasion.name }
}

extension NotificationRule {
    /// The rules that hold where a merchant has not replaced them by one of the same id.
    /// - Parameter support: the mailbox of the support desk; without one nobody there is written to.
    package static func standard(support: String? = nil) -> [NotificationRule] {
        let told: [Milestone] = [
            .dispatched, .outForDelivery, .delivered, .delayed, .attemptFailed, .availableForPickup, .exception,
            .returned, .corrected,
        ]
        var rules = told.map { milestone in
            NotificationRule(
                "recipient-" + milestone.rawValue, on: [.milestone(milestone)], tell: .recipient,
                by: [.email, .sms, .push])
        }
        guard let support else { return rules }
        var desk = NotificationRule(
            "support-trouble", on: [.milestone(.delayed), .milestone(.exception), .opened(.late), .opened(.stalled)],
            tell: .support, by: [.email])
        desk.to = support
        desk.template = "support"
        rules.append(desk)
        return rules
    }

    /// The standard rules with a merchant's own laid over them, by id.
    package static func inForce(standard: [NotificationRule], own: [NotificationRule]) -> [NotificationRule] {
        let replaced = Set(own.map(\.id))
        return standard.filter { !replaced.contains($0.id) } + own
    }
}
