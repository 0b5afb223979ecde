import Foundation
import Testing
import WaybillCore

/// Documents agree with the code, and with each other.
@Suite struct DocumentTests {
    // MARK: The API

    @Test func theAPIIsDescribedWell() throws { expectNone(OpenAPIRules.violations(try OpenAPIDocument())) }

    @Test func theAPIIsDescribedOnce() throws {
        let link = Repository.root.appendingPathComponent("docs/openapi.yaml").path
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: link)
        #expect(target == "../" + OpenAPIDocument.path)
    }

    @Test func wordsOfTheAPIAreThoseOfTheCore() throws {
        let document = try OpenAPIDocument()
        func agree(_ values: [String], _ schema: String) {
            let described = document.values(at: "#/components/schemas/" + schema)
            expectNone(DocumentRules.difference(values, "WaybillCore", described, "openapi.yaml's \(schema)"))
        }
        agree(Status.allCases.map(\.rawValue), "Status")
        agree(EventType.allCases.map(\.rawValue), "EventType")
        agree(Reason.allCases.map(\.rawValue), "Reason")
        agree(HandoverPlace.allCases.map(\.rawValue), "HandoverPlace")
        agree(EventRejection.Code.allCases.map(\.rawValue), "Rejection/properties/code")
        agree(ETASource.allCases.map(\.rawValue), "ETA/properties/source")
        agree(Milestone.allCases.map(\.rawValue), "Milestone")
        agree(Timeline.Effect.allCases.map(\.rawValue), "TimelineEffect")
        agree(Timeline.Flag.allCases.map(\.rawValue), "TimelineFlag")
        agree(MessageState.allCases.map(\.rawValue), "NotificationState")
        agree(SuppressionReason.allCases.map(\.rawValue), "NotificationReason")
        agree(Channel.allCases.map(\.rawValue), "Channel")
        agree(Audience.allCases.map(\.rawValue), "Audience")
        agree(Correction.Why.allCases.map(\.rawValue), "CorrectAction/properties/why")
    }

    // MARK: Codes

    @Test func eventTypesAndCodesAreExplained() throws {
        let guide = try Markdown(path: "docs/events.md")
        func agree(_ values: [String], _ heading: String) {
            let explained = guide.firstColumn(under: heading)
            expectNone(DocumentRules.difference(values, "WaybillCore", explained, "docs/events.md, \(heading)"))
        }
        agree(EventType.allCases.map(\.rawValue), "Event types")
        agree(EventRejection.Code.allCases.map(\.rawValue), "Rejection codes")
        let ledger = try Markdown(path: "docs/notifications.md").firstColumn(under: "How it decides")
        let refusals = SuppressionReason.allCases.map(\.rawValue)
        expectNone(DocumentRules.difference(refusals, "WaybillCore", ledger, "docs/notifications.md"))
        let reasons = guide.quotedWords(under: "Reasons")
        expectNone(DocumentRules.difference(Reason.allCases.map(\.rawValue), "WaybillCore", reasons, "docs/events.md"))
    }

    @Test func problemCodesAreExplained() throws {
        let explained = try Markdown(path: "docs/problems.md").firstColumn(under: "Codes")
        let described = try OpenAPIDocument().values(at: "#/components/schemas/Problem/properties/code")
        expectNone(DocumentRules.difference(described, "openapi.yaml", explained, "docs/problems.md"))
        let declared = try rawValues(ofEnum: ["ProblemCode", "Code"], under: "Sources/HTTPAPI")
        expectNone(DocumentRules.difference(declared, "Sources/HTTPAPI", explained, "docs/problems.md"))
    }

    @Test func configurationKeysAreExplained() throws {
        let explained = try Markdown(path: "docs/configuration.md").firstColumn(under: "Keys")
        let declared = try rawValues(ofEnum: ["ConfigurationKey"], under: "Sources/waybill")
        expectNone(DocumentRules.difference(declared, "Sources/waybill", explained, "docs/configuration.md"))
    }

    /// The first `enum name: String` below a folder; throws when there is none, so that nothing passes unread.
    private func rawValues(ofEnum names: [String], under folder: String) throws -> [String] {
        let files = try Repository.swiftFiles().filter { $0.path.hasPrefix(folder + "/") }
        for name in names {
            for file in files {
                if let values = file.rawValues(ofEnum: name), !values.isEmpty { return values }
            }
        }
        throw Repository.Missing(path: "`enum \(names.joined(separator: "` or `enum ")): String` under \(folder)")
    }

    // MARK: Every document

    @Test func documentsAreThere() {
        for path in [
            "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/events.md", "docs/problems.md",
            "docs/configuration.md", "docs/deploying.md",
            "docs/notifications.md", "docs/operating.md", "docs/security.md",
        ] {
            #expect(Repository.exists(path), "\(path) is missing")
        }
    }

    @Test func linksLeadSomewhere() throws {
        let documents = try Repository.paths(under: "", suffixes: [".md"]).map { try Markdown(path: $0) }
        #expect(!documents.isEmpty)
        expectNone(documents.flatMap { DocumentRules.brokenLinks($0, exists: Repository.exists) })
    }

    @Test func nothingLeansOnPathsOutside() throws {
        let suffixes = [".md", ".swift", ".yaml", ".html", ".sh", "Makefile", ".ci/run", ".json"]
        let paths = Repository.paths(under: "", suffixes: suffixes)
        expectNone(try paths.flatMap { DocumentRules.outsidePaths(path: $0, text: try Repository.text($0)) })
    }

    @Test func theArchitectureFitsOneSitting() throws {
        #expect(try Markdown(path: "ARCHITECTURE.md").lines.count <= DocumentRules.architectureLines)
    }
}
