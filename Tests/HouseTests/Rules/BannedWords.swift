/// A call or word that does not belong in some part of the repository, and what to use instead.
struct BannedWord: Sendable {
    let name: String
    let pattern: @Sendable (Substring) -> Bool
    /// Path prefixes it is banned under.
    let scope: [String]
    let instead: String
    /// Paths (or folders) where it is right after all, each with its reason.
    var allowed: [String: String] = [:]
    /// Comments and strings count as well.
    var readsEverything = false
    /// A line that breaks this rule: the rule's own test plants it.
    let planted: String

    func violations(_ file: SourceFile) -> [Violation] {
        guard scope.contains(where: file.path.hasPrefix), !allowed.keys.contains(where: file.path.hasPrefix) else {
            return []
        }
        let lines = readsEverything ? file.lines : file.codeLines
        return lines.enumerated().compactMap { index, line in
            guard pattern(line) else { return nil }
            return Violation(path: file.path, line: index + 1, message: "\(name): \(instead)")
        }
    }
}

extension BannedWord {
    /// Where the outcome must be a function of the input: no clock, no chance.
    private static let pure = [
        "Sources/", "Tests/WaybillCoreTests/", "Tests/WaybillEngineTests/", "Tests/TestSupport/",
    ]
    private static let everywhere = ["Sources/", "Tests/", "Benchmarks/"]
    private static let program = "the program is where the world is let in"

    static let all: [BannedWord] = clockAndChance + escapeHatches + shape

    private static let clockAndChance = [
        BannedWord(
            name: "Date()", pattern: { $0.contains(#/\bDate\(\)/#) }, scope: pure,
            instead: "take a `Timestamp` as a parameter", planted: "let now = Date()"),
        BannedWord(
            name: ".now",
            pattern: { $0.contains(#/\b[A-Z]\w*(?:\(\))?\.now\b|(?:^|[\s(,=:])\.now\b/#) }, scope: pure,
            instead: "take the time, or a clock, as a parameter", allowed: ["Sources/waybill/": program],
            planted: "let start = ContinuousClock.now"),
        BannedWord(
            name: "UUID()", pattern: { $0.contains(#/\bUUID\(\)/#) }, scope: pure,
            instead: "take an id, or a source of ids, as a parameter", planted: "let id = UUID().uuidString"),
        BannedWord(
            name: ".random",
            pattern: {
                $0.contains(#/\.random(?:Element)?\((?!.*using)|\.shuffled?\(\)|\bSystemRandomNumberGenerator\b/#)
            },
            scope: pure, instead: "take a seeded generator as a parameter", allowed: ["Sources/waybill/": program],
            planted: "let coin = Bool.random()"),
        BannedWord(
            name: "sleep", pattern: { $0.contains(#/\bTask\.sleep|\bThread\.sleep|\b[un]?sleep\(/#) },
            scope: ["Tests/"], instead: "wait for an observation or an answer",
            planted: "try await Task.sleep(for: .seconds(1))"),
    ]

    private static let escapeHatches = [
        BannedWord(
            name: "try!", pattern: { $0.contains(#/\btry!/#) }, scope: everywhere,
            instead: "throw, or `#require` in a test", planted: "let text = try! read()"),
        BannedWord(
            name: "as!", pattern: { $0.contains(#/\bas!/#) }, scope: everywhere,
            instead: "`as?` and a decision", planted: "let text = value as! String"),
        BannedWord(
            name: "fatalError", pattern: { $0.contains(#/\bfatalError\b/#) }, scope: everywhere,
            instead: "`precondition` with the sentence that is not true", planted: "fatalError()"),
        BannedWord(
            name: "unchecked Sendable",
            pattern: { $0.contains(#/@unchecked\s+Sendable|nonisolated\(unsafe\)/#) }, scope: everywhere,
            instead: "a `Mutex`, an actor or a value",
            allowed: [
                "Sources/KafkaLog/Librdkafka/KafkaHandle.swift": "librdkafka's handles are safe from any thread"
            ],
            planted: "final class Handle: @unchecked Sendable {}"),
    ]

    private static let shape = [
        BannedWord(
            name: "print", pattern: { $0.contains(#/(?:^|[^.\w])(?:print|debugPrint|dump|NSLog)\(/#) },
            scope: ["Sources/"], instead: "an `Observation`",
            allowed: ["Sources/waybill/": "a command line talks to the person who called it"],
            planted: "print(delivery)"),
        BannedWord(
            name: "Logger", pattern: { $0.contains(#/\bLogger\(/#) }, scope: ["Sources/"],
            instead: "an `Observation`; the program makes the one logger",
            allowed: ["Sources/waybill/": "the program makes the one logger"], planted: "let log = Logger(label: label)"
        ),
        BannedWord(
            name: "public", pattern: { $0.contains(#/^\s*(?:@\w+\s+)*(?:public|open)\s+\w/#) }, scope: ["Sources/"],
            instead: "`package`: this is a program, not a library",
            planted: "public struct Delivery {}"),
        BannedWord(
            name: "unfinished work", pattern: { $0.contains(#/\b(?:TO[D]O|FIX[M]E|XX[X])\b/#) }, scope: everywhere,
            instead: "do it, or write it down where work is planned", readsEverything: true,
            planted: "// TO" + "DO: later"),
    ]
}
