/// The transition table as a picture and in Markdown, for `docs/lifecycle.md`: generated, so never out of date.
package enum LifecycleDiagram {
    /// Statuses that every type of event treats alike. `nil` stands for a delivery that nothing is known of yet.
    private struct Row {
        var statuses: [Status?]
        var sets: [EventType] = []
        var setsWithContradiction: [EventType] = []
        var kept: [EventType] = []
        var contradicts: [EventType] = []

        var name: String { statuses.map { $0?.rawValue ?? "none" }.joined(separator: ", ") }

        /// An id that Mermaid takes.
        var node: String { statuses.first??.rawValue ?? "none" }
    }

    /// The types that ask for a status; `expired` is laid over the result and has no row.
    private static let asking = EventType.allCases.filter { $0.status != nil }

    private static var rows: [Row] {
        var rows: [Row] = []
        let statuses: [Status?] = [nil] + Status.allCases.filter { $0 != .expired }.map { $0 }
        for status in statuses {
            let row = row(of: status)
            let same = rows.firstIndex {
                $0.sets == row.sets && $0.setsWithContradiction == row.setsWithContradiction && $0.kept == row.kept
            }
            // What comes before the first event stays on its own.
            if let same, rows[same].statuses != [nil] { rows[same].statuses.append(status) } else { rows.append(row) }
        }
        return rows
    }

    private static func row(of status: Status?) -> Row {
        var row = Row(statuses: [status])
        for type in asking {
            switch TransitionTable.transition(from: status, on: type) {
            case .sets: row.sets.append(type)
            case .setsWithContradiction: row.setsWithContradiction.append(type)
            case .kept: row.kept.append(type)
            case .contradicts: row.contradicts.append(type)
            case .provisional: break
            }
        }
        return row
    }

    // MARK: The picture

    /// A Mermaid `stateDiagram-v2`: one node for statuses that behave alike, one arrow for all ways between two nodes.
    package static var mermaid: String {
        let rows = rows
        var lines = ["stateDiagram-v2"]
        for row in rows where row.statuses != [nil] {
            lines.append("    state \"\(row.name)\" as \(row.node)")
        }
        for row in rows {
            let from = row.statuses == [nil] ? "[*]" : row.node
            for target in rows where target.statuses != [nil] {
                var labels = statuses(row.sets, in: target)
                if row.statuses == [nil], labels == target.statuses.compactMap({ $0?.rawValue }) { labels = [] }
                labels += statuses(row.setsWithContradiction, in: target).map { "\($0) with a contradiction" }
                guard !labels.isEmpty || row.statuses == [nil] else { continue }
                let label = labels.isEmpty ? "" : ": \(labels.joined(separator: ", "))"
                lines.append("    \(from) --> \(target.node)\(label)")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The statuses among the target's that these types ask for, each once.
    private static func statuses(_ types: [EventType], in target: Row) -> [String] {
        let asked = Set(types.compactMap(\.status))
        return target.statuses.compactMap { $0 }.filter(asked.contains).map(\.rawValue)
    }

    // MARK: The table

    /// A Markdown table: what each type of event does in each status.
    package static var table: String {
        var lines = [
            "| status now | sets the status | kept, no effect on it | kept, and a contradiction |", "|---|---|---|---|",
        ]
        for row in rows {
            let names = row.statuses.map { $0.map { "`\($0.rawValue)`" } ?? "none" }.joined(separator: ", ")
            let against = row.setsWithContradiction.map { "`\($0.rawValue)`, with a contradiction" }
            let sets = ([list(row.sets)] + against).filter { !$0.isEmpty }.joined(separator: "; ")
            lines.append("| \(names) | \(sets) | \(list(row.kept)) | \(list(row.contradicts)) |")
        }
        return lines.joined(separator: "\n")
    }

    /// The types by name, or by what is missing where that is shorter.
    private static func list(_ types: [EventType]) -> String {
        let missing = asking.filter { !types.contains($0) }
        if missing.isEmpty { return "every type with a status" }
        if missing.count < 4 { return "every type with a status but \(names(missing))" }
        return names(types)
    }

    private static func names(_ types: [EventType]) -> String {
        types.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }

    /// What stands between the marks of `docs/lifecycle.md`.
    package static var markdown: String { "```mermaid\n\(mermaid)\n```\n\n\(table)\n" }
}
