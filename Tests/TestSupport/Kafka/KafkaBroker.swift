import Foundation
import Glibc
import Synchronization

/// A broker of its own for a test: noida-db, which speaks Kafka's protocol over TCP from memory.
///
/// It writes its state down once a second or so. Killed, or stopped under load, it forgets what it had acknowledged
/// last: as good as a real broker only after a few quiet seconds.
package final class KafkaBroker: Sendable {
    package let port: Int
    /// Nil for a broker that is somebody else's.
    private let directory: TemporaryDirectory?
    private let process: Mutex<ChildProcess?>

    package init() throws {
        directory = try TemporaryDirectory()
        port = try Socket.freePort()
        process = Mutex(nil)
        try start()
    }

    private init(foreign port: Int) {
        directory = nil
        self.port = port
        process = Mutex(nil)
    }

    /// One for all tests that only want a broker, each with topics of its own: the one that `WAYBILL_TEST_KAFKA` names
    /// (`127.0.0.1:port`), or one that is started for them.
    package static let shared = Result {
        guard let address = KafkaTools.foreignBroker else { return try KafkaBroker() }
        let parts = address.split(separator: ":")
        guard parts.count == 2, parts[0] == "127.0.0.1", let port = Int(parts[1]) else {
            throw NotInTime(description: "WAYBILL_TEST_KAFKA is \(address); a broker at 127.0.0.1:port is needed")
        }
        return KafkaBroker(foreign: port)
    }

    package var address: String { "127.0.0.1:\(port)" }

    /// Starts it (again), and returns when it takes connections.
    package func start() throws {
        guard let directory else { return }
        let arguments = ["start", "--only", "kafka", "--kafka-port", "\(port)", "--data-dir", directory.path]
        let started = try ChildProcess(KafkaTools.broker, arguments)
        process.withLock { $0 = started }
        let deadline = Deadline(seconds: 20)
        while !Socket.accepts(port) {
            guard !deadline.hasPassed else { throw NotInTime(description: "the broker does not take connections") }
            _ = poll(nil, 0, 10)
        }
    }

    /// Lets it save its data and waits for its end.
    package func stop() { end(SIGTERM) }

    /// As a power cut: the latest second is lost.
    package func kill() { end(SIGKILL) }

    /// Keeps it from doing anything until `SIGCONT`.
    package func send(_ signal: Int32) { process.withLock { $0?.send(signal) } }

    private func end(_ signal: Int32) {
        let ending = process.withLock { process in
            defer { process = nil }
            return process
        }
        ending?.send(signal)
        ending?.wait()
    }

    deinit { kill() }
}

/// As much of sockets as brokers and proxies on this machine need.
package enum Socket {
    package struct Failure: Error {
        let call: String
        let reason: String

        init(_ call: String) {
            self.call = call
            reason = String(cString: strerror(errno))
        }
    }

    /// A listening socket on a port that the system chose, with the port.
    package static func listen() throws -> (descriptor: Int32, port: Int) {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && Glibc.listen(descriptor, 128) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isBound else { throw Failure("bind") }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }

    package static func freePort() throws -> Int {
        let (descriptor, port) = try listen()
        close(descriptor)
        return port
    }

    /// A connection to a port of this machine; nil when nobody takes it.
    package static func connect(_ port: Int) -> Int32? {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) == 0 }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        setNoDelay(descriptor)
        return descriptor
    }

    static func accepts(_ port: Int) -> Bool {
        guard let descriptor = connect(port) else { return false }
        close(descriptor)
        return true
    }

    static func setNoDelay(_ descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
