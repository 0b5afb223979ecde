import Foundation
import TestSupport
import Testing
import WaybillCore

/// `docs/lifecycle.md` shows the table that is built in.
@Suite struct LifecycleDocumentTests {
    private static let page = Fixture.repository.appendingPathComponent("docs/lifecycle.md")
    private static let begin = "<!-- generated from TransitionTable: begin -->\n"
    private static let end = "<!-- generated from TransitionTable: end -->"

    @Test func thePageShowsTheTable() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin)).upperBound
        let end = try #require(text.range(of: Self.end)).lowerBound
        let expected = LifecycleDiagram.markdown
        if ProcessInfo.processInfo.environment["WAYBILL_WRITE_DOCS"] == "1" {
            try Data((text[..<start] + expected + text[end...]).utf8).write(to: Self.page)
            return
        }
        #expect(
            text[start..<end] == expected,
            "out of date: WAYBILL_WRITE_DOCS=1 swift test --filter LifecycleDocumentTests writes it"
        )
    }

    @Test func everyStatusAndTypeIsThere() {
        for status in Status.allCases where status != .expired {
            #expect(LifecycleDiagram.table.contains("`\(status.rawValue)`"))
            #expect(LifecycleDiagram.mermaid.contains(status.rawValue))
        }
        #expect(LifecycleDiagram.mermaid.hasPrefix("stateDiagram-v2\n"))
        #expect(LifecycleDiagram.mermaid.contains("cancelled --> delivered: delivered with a contradiction"))
    }
}
