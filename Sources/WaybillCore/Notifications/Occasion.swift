/// Something that somebody may be told about: a milestone of a delivery, or a case that was opened.
package struct Occasion: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case milestone(Milestone)
        case opened(CaseKind)
        /// An event that announces nothing: only endpoints that ask for everything hear of it.
        case update
    }

    package var kind: Kind
    /// Tells occasions of one kind apart: the id of the announcing event or of the case.
    package var instance: String
    /// When it happened, by the source's clock.
    package var at: Timestamp

    package init(_ kind: Kind, instance: String, at: Timestamp) {
        self.kind = kind
        self.instance = instance
        self.at = at
    }

    /// The name in rules, templates and the ledger: `delivered`, `case.late`, `updated`.
    package var name: String { kind.name }

    /// How old the news may be when it goes out to a person, in seconds.
    package var staleAfterSeconds: Int64 {
        switch kind {
        case .milestone(.outForDelivery): 12 * 3600
        case .milestone(.delivered), .milestone(.availableForPickup), .milestone(.corrected): 72 * 3600
        default: 48 * 3600
        }
    }
}

extension Occasion.Kind {
    package var name: String {
        switch self {
        case .milestone(let milestone): milestone.rawValue
        case .opened(let kind): "case." + kind.rawValue
        case .update: "updated"
        }
    }

    package init?(_ name: String) {
        if name == "updated" {
            self = .update
        } else if name.hasPrefix("case."), let kind = CaseKind(rawValue: String(name.dropFirst(5))) {
            self = .opened(kind)
        } else if let milestone = Milestone(rawValue: name) {
            self = .milestone(milestone)
        } else {
            return nil
        }
    }

    /// Every occasion that a rule can name.
    package static let all: [Self] =
        Milestone.allCases.map(Self.milestone) + CaseKind.allCases.map(Self.opened) + [.update]
}
