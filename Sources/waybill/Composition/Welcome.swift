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
        guard let api, let admin else { return }
        let host = configuration.http.host
        Console.say(
            """
            Waybill \(Waybill.version) is serving.
              API     http://\(host):\(api)/   (this page shows live numbers; /openapi.yaml describes the calls)
              admin   http://\(host):\(admin)/ready   /live   /metrics
              data    \(configuration.data)
            Stop it with Ctrl-C.
            """)
    }
}

/// Words for a person at a terminal.
enum Console {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
