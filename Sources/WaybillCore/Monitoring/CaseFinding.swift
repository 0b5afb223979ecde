/// Why a case is open: what the rule saw, what it compared it with, and what would end it.
package struct CaseFinding: Sendable {
    package enum Input: Sendable {
        case instant(Timestamp?)
        case number(Int64)
        case real(Double)
        case text(String?)
    }

    package var kind: CaseKind
    package var severity: CaseSeverity
    package var inputs: [(name: String, value: Input)]
    /// In words and numbers, such as "48 working hours without an event".
    package var threshold: String
    package var evidence: [EventID]
    package var clearsWhen: String
    /// The event that this occurrence is about, where it is about one.
    package var occasion: EventID?

    /// `{rule, version, inputs, threshold, evidence, clears_when}`.
    package func explanation(version: Int) -> JSONFragment {
        var json = JSONWriter(capacity: 384)
        json.object { json in
            json.member("rule", kind.rawValue)
            json.member("version", version)
            json.key("inputs")
            json.object { json in
                for input in inputs {
                    json.key(named: input.name)
                    input.value.write(to: &json)
                }
            }
            json.member("threshold", threshold)
            json.key("evidence")
            json.array(evidence) { json, id in json.value(id.text) }
            json.member("clears_when", clearsWhen)
        }
        return JSONFragment(trusted: json.text)
    }
}

extension CaseFinding.Input {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .instant(let instant): if let instant { json.value(instant) } else { json.null() }
        case .number(let number): json.value(number)
        case .real(let number): json.value(number)
        case .text(let text): if let text { json.value(text) } else { json.null() }
        }
    }
}
