import Testing

/// The house rules, over every Swift file.
@Suite struct CodeRulesTests {
    let files: [SourceFile]

    init() throws { files = try Repository.swiftFiles() }

    @Test func theRepositoryWasFound() {
        #expect(files.contains { $0.path == "Sources/WaybillCore/Limits.swift" })
        #expect(files.contains { $0.path == "Tests/HouseTests/CodeRulesTests.swift" })
    }

    @Test func filesAreShort() { expectNone(files.flatMap(LengthRules.longFiles)) }
    @Test func functionsAreShort() { expectNone(files.flatMap(LengthRules.longFunctions)) }
    @Test func linesAreShort() { expectNone(files.flatMap(LengthRules.longLines)) }
    @Test func targetsImportOnlyWhatTheyMay() { expectNone(files.flatMap(ImportRule.violations)) }
    @Test func filesAreNamedAfterWhatIsInThem() { expectNone(files.flatMap(NameRule.violations)) }

    @Test(arguments: BannedWord.all.indices)
    func bannedWordsStayOut(rule: Int) { expectNone(files.flatMap(BannedWord.all[rule].violations)) }

    /// An exception whose reason is gone must go as well.
    @Test func exceptionsAreNeeded() {
        for exception in LengthRules.longFunctions.keys {
            let parts = exception.split(separator: ":").map(String.init)
            let function = files.first { $0.path == parts[0] }?.functions.first { $0.name == parts[1] }
            #expect((function?.length ?? 0) > LengthRules.functionLines, "\(exception) is no longer an exception")
        }
        for word in BannedWord.all {
            for path in word.allowed.keys where !path.hasSuffix("/") {
                #expect(files.contains { $0.path == path }, "\(word.name) is allowed in \(path), which is not there")
            }
        }
    }
}

/// Fails once, with every violation on a line of its own.
func expectNone(_ violations: [some CustomStringConvertible], sourceLocation: SourceLocation = #_sourceLocation) {
    let text = violations.map(\.description).joined(separator: "\n")
    #expect(violations.isEmpty, "\n\(text)", sourceLocation: sourceLocation)
}
