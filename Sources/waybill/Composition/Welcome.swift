import Foundation

/// Says where the doors are, once both are open.
actor Welcome {
    private let configuration: Configuration
    private var api: Int?
    private var admin: Int?

    init(_ configuration: Configuration) { self.configuration = configuration }

    func apiIsListening(on port: Int) {
        api = port
        greet()
    }

    func adminIsListening(on port: Int) {
        admin = port
        greet()
    }

    private func greet() {
        guard let admin, api != nil || !hasAPI else { return }
        let host = configuration.http.host
        var lines = ["Waybill \(Waybill.version) is serving."]
        if let api {
            lines.append(
                "  API     http://\(host):\(api)/   (this page shows live numbers; /openapi.yaml describes the calls)")
        }
        lines.append("  admin   http://\(host):\(admin)/ready   /live   /metrics")
        switch configuration.profile {
        case .embedded: lines.append("  data    \(configuration.data)")
        case .cluster(let cluster):
            lines.append("  roles   \(cluster.roles.map(\.rawValue).sorted().joined(separator: ", "))")
            lines.append("  log     \(cluster.kafka)")
        }
        Console.say((lines + ["Stop it with Ctrl-C."]).joined(separator: "\n"))
    }

    private var hasAPI: Bool {
        if case .cluster(let cluster) = configuration.profile { cluster.roles.contains(.api) } else { true }
    }
}

/// Words for a person at a terminal.
enum Console {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
