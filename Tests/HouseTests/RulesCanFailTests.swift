import Testing

/// Every rule meets a violation that was planted for it: a rule that cannot fail keeps nothing.
@Suite struct RulesCanFailTests {
    private func source(_ text: String, at path: String = "Sources/WaybillCore/Planted.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    // MARK: Reading

    @Test func stringsAndCommentsAreNotCode() {
        let text = """
            let a = "try! \\(Date()) fatalError" // try!
            let b = #"try! \\(Date()) "quoted" "# /* try! /* try! */ try! */ + c
            let d = \"\"\"
                try! " \\(as!)
                \"\"\"
            """
        let file = source(text)
        #expect(file.codeLines[0].contains("Date()"), "code inside an interpolation stays")
        #expect(!file.codeLines[1].contains("Date()"))
        #expect(file.codeLines[1].contains("+ c"))
        #expect(!file.codeLines.contains { $0.contains("try!") || $0.contains("fatalError") })
        #expect(file.codeLines[3].contains("as!"))
        #expect(file.codeLines.map(\.utf8.count) == file.lines.map(\.utf8.count))
    }

    @Test func functionsAreMeasured() {
        let text = """
            protocol P { func requirement() async throws -> Int
                var property: Int { get } }
            struct S: P {
                let stored = [1].map { $0 }
                func short() {}
                func long(
                    a: (Int) -> Void = { _ in },
                    b: [String: Int]
                ) async throws -> Int
                where A: B {
                    if a { b() }
                    return c
                }
                init() {
                }
                var computed: Int {
                    3
                }
                func after() { self.init() }
            }
            """
        let found = source(text).functions.map { "\($0.name) \($0.line) \($0.length)" }
        #expect(
            found == ["property 2 1", "short 5 1", "long 6 8", "init 14 2", "computed 16 3", "after 19 1"])
    }

    @Test func importsAreRead() {
        let text = """
            import A
            @preconcurrency import B
            package import struct C.D
            @testable import E
            // import F
            let important = 1
            """
        #expect(source(text).imports.map(\.module) == ["A", "B", "C", "E"])
    }

    @Test func enumCasesAreRead() {
        let text = """
            package enum Code: String, CaseIterable {
                case validation, conflict
                case notFound = "not_found" // "other"
                var title: String {
                    switch self { case .validation: "x" default: "y" }
                }
            }
            enum Other: String { case z }
            """
        #expect(source(text).rawValues(ofEnum: "Code") == ["validation", "conflict", "not_found"])
        #expect(source(text).rawValues(ofEnum: "Missing") == nil)
    }

    // MARK: Rules

    @Test(arguments: BannedWord.all.indices)
    func bannedWordIsSeen(rule: Int) {
        let word = BannedWord.all[rule]
        let folder = word.scope[0]
        let path = folder + (folder == "Sources/" ? "WaybillCore/Planted.swift" : "Planted.swift")
        #expect(word.violations(source("\n" + word.planted, at: path)).map(\.line) == [2])
        #expect(word.violations(source("let fine = 1 // try", at: path)).isEmpty)
        if !word.readsEverything { #expect(word.violations(source("// " + word.planted, at: path)).isEmpty) }
        for allowed in word.allowed.keys {
            #expect(word.violations(source(word.planted, at: allowed + "Planted.swift")).isEmpty)
        }
    }

    @Test func aClockThatWasHandedInIsFine() throws {
        let rule = try #require(BannedWord.all.first { $0.name == ".now" })
        for fine in ["let now = time.now()", "guard clock.now < deadline else {", "func now() -> Timestamp"] {
            #expect(rule.violations(source(fine)).isEmpty)
        }
        for banned in ["let a: Date = .now", "f(.now)", "SuspendingClock().now", "NIODeadline.now()"] {
            #expect(rule.violations(source(banned)).count == 1)
        }
    }

    @Test func lengthsAreSeen() {
        let lines = Array(repeating: "let a = 1", count: LengthRules.fileLines)
        #expect(LengthRules.longFiles(source(lines.joined(separator: "\n"))).isEmpty)
        #expect(LengthRules.longFiles(source((lines + ["let b = 1"]).joined(separator: "\n"))).count == 1)
        let body = Array(repeating: "    f()", count: LengthRules.functionLines - 1).joined(separator: "\n")
        #expect(LengthRules.longFunctions(source("func f() {\n\(body)\n}")).map(\.line) == [1])
        #expect(LengthRules.longFunctions(source("func f() {\n\(body.dropFirst(8))\n}")).isEmpty)
        let wide = String(repeating: "a", count: LengthRules.columns)
        #expect(LengthRules.longLines(source(wide)).isEmpty)
        #expect(LengthRules.longLines(source("\n" + wide + "a")).map(\.line) == [2])
    }

    @Test func importsAreJudged() {
        #expect(ImportRule.violations(source("import Foundation")).count == 1)
        #expect(ImportRule.violations(source("import OrderedCollections")).isEmpty)
        let crossing = source("import EmbeddedStorage", at: "Sources/HTTPAPI/Planted.swift")
        #expect(ImportRule.violations(crossing).first?.message.contains("adapters never import each other") == true)
        #expect(ImportRule.violations(source("import A", at: "Sources/Unlisted/Planted.swift")).count == 1)
    }

    @Test func allowListsKeepTheFloors() {
        for (target, modules) in ImportRule.allowed where ImportRule.adapters.contains(target) {
            #expect(modules.isDisjoint(with: ImportRule.adapters), "\(target) is allowed another adapter")
        }
    }

    @Test func emptyNamesAreSeen() {
        #expect(NameRule.violations(source("", at: "Sources/WaybillCore/StringUtils.swift")).count == 1)
        #expect(NameRule.violations(source("", at: "Sources/WaybillCore/Timestamp.swift")).isEmpty)
    }

    @Test func differencesAreSeen() {
        let found = DocumentRules.difference(["a", "b"], "code", ["b", "c"], "docs")
        #expect(found == ["`a` is in code, not in docs", "`c` is in docs, not in code"])
    }

    @Test func brokenLinksAreSeen() {
        let text = "[a](../README.md) [b](gone.md#x)\n[c](https://example.com) [d](#here)"
        let document = Markdown(path: "docs/planted.md", text: text)
        let found = DocumentRules.brokenLinks(document) { $0 == "README.md" }
        #expect(found.map(\.message) == ["gone.md is not there"])
    }

    @Test func outsidePathsAreSeen() {
        #expect(DocumentRules.outsidePaths(path: "a", text: "see ../sha" + "red/x").count == 1)
        #expect(DocumentRules.outsidePaths(path: "a", text: "see docs/events.md").isEmpty)
    }

    @Test func tablesAreRead() {
        let text = "# A\n## Codes\n| code | b |\n|---|---|\n| `x` | `y` |\n### Deeper\n| `z` | |\n## Next\n| `no` | |"
        let document = Markdown(path: "docs/planted.md", text: text)
        #expect(document.firstColumn(under: "Codes") == ["x", "z"])
        #expect(document.quotedWords(under: "Codes") == ["x", "y", "z"])
    }

    @Test func strangeVariablesAreSeen() {
        let text = "WAYBILL_ADMIN_PORT: 1\nWAYBILL_DATABASE_FILE: a\nx: ${WAYBILL_DATABSE_FILE:-}\n# WAYBILL_HOSTS\n"
        let keys = ["admin-port", "database", "host"]
        let found = Deployment.strangeVariables([("deploy/planted.yaml", text)], keys: keys)
        #expect(
            found == [
                "deploy/planted.yaml sets WAYBILL_DATABSE_FILE, which is no key",
                "deploy/planted.yaml sets WAYBILL_HOSTS, which is no key",
            ])
    }

    @Test func topicsAreRead() throws {
        let yaml = "channels: {a: {address: delivery-events}, b: {address: gone}, c: {}}"
        #expect(try Deployment.topics(asyncAPI: yaml) == ["delivery-events", "gone"])
    }

    @Test func poorDescriptionsAreSeen() throws {
        let yaml = """
            openapi: 3.1.0
            paths:
              /a/{id}:
                post:
                  responses:
                    "400": { $ref: "#/components/responses/Gone" }
                    "409": { description: none }
            components:
              schemas:
                Alone: { type: object }
            """
        let found = OpenAPIRules.violations(try OpenAPIDocument(yaml: yaml))
        for expected in [
            "#/components/responses/Gone leads nowhere", "#/components/schemas/Alone is not used",
            "POST /a/{id} has no operationId", "POST /a/{id} lists no 415", "POST /a/{id} lists no 404",
            "POST /a/{id} answers 409 with something that is no Problem",
            "POST /a/{id} has no requestBody, so no content type guards it",
        ] {
            #expect(found.contains(expected))
        }
    }
}
