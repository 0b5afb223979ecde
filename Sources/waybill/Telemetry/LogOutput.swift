import Foundation
import Logging
import WaybillCore

/// Where log lines go: standard error, as text for people or as JSON for machines.
enum LogOutput {
    static func logger(_ configuration: Configuration) -> Logger {
        var logger = Logger(label: "waybill") { label in
            switch configuration.logFormat {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = configuration.logLevel
        logger[metadataKey: "instance"] = "\(configuration.instance)"
        return logger
    }
}

/// One JSON object a line.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var writer = JSONWriter(capacity: 256)
        writer.object { json in
            json.member("time", SystemTime().now())
            json.member("level", event.level.rawValue)
            json.member("message", "\(event.message)")
            let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                json.key(named: key)
                json.value("\(value)")
            }
        }
        writer.newline()
        FileHandle.standardError.write(Data(writer.bytes))
    }
}

/// For a library that gives its logger new metadata with every request and seldom has anything to say: keeps none.
struct TerseLogHandler: LogHandler {
    private let logger: Logger
    var logLevel: Logger.Level

    init(_ logger: Logger, level: Logger.Level) {
        self.logger = logger
        logLevel = level
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        logger.log(
            level: event.level, event.message, metadata: event.metadata, source: event.source, file: event.file,
            function: event.function, line: event.line)
    }
}
