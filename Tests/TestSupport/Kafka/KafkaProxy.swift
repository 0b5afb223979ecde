import Foundation
import Glibc
import Synchronization

/// Stands between clients and the test broker.
///
/// It holds back empty answers to fetches, as a real broker does and this one does not: a client would ask again at
/// once, for ever. And it is the network: it can be slow, silent or cut.
package final class KafkaProxy: Sendable {
    package enum Weather: Sendable, Equatable {
        case calm
        /// Every answer takes that much longer.
        case slow(milliseconds: Int32)
        /// Connections stay, and nothing comes through.
        case silent
        /// Connections are closed, and new ones are closed at once.
        case cut
    }

    private struct State {
        var weather = Weather.calm
        var descriptors: Set<Int32> = []
        var isClosed = false
    }

    package let port: Int
    private let upstream: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// A real broker keeps a fetch until there is something; this one is asked again so often.
    private static let askAgainMilliseconds: Int32 = 2

    /// - Parameter upstream: the broker's port on this machine.
    package init(to upstream: Int) throws {
        self.upstream = upstream
        (listener, port) = try Socket.listen()
        let thread = Thread { [listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                self.begin(client)
            }
        }
        thread.start()
    }

    /// In front of the shared broker.
    package static let shared = Result { try KafkaProxy(to: KafkaBroker.shared.get().port) }

    package var address: String { "127.0.0.1:\(port)" }

    package var weather: Weather {
        get { state.withLock { $0.weather } }
        set {
            state.withLock { $0.weather = newValue }
            if newValue == .cut { dropConnections() }
        }
    }

    /// Cuts what is connected now; new connections are welcome.
    package func dropConnections() {
        state.withLock { state in for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        shutdown(listener, Int32(SHUT_RDWR))
        dropConnections()
    }

    // MARK: One connection

    private func begin(_ client: Int32) {
        guard weather != .cut, let server = Socket.connect(upstream) else {
            Glibc.close(client)
            return
        }
        Socket.setNoDelay(client)
        state.withLock { $0.descriptors.formUnion([client, server]) }
        Thread {
            self.serve(Connection(descriptor: client), Connection(descriptor: server))
            self.state.withLock { $0.descriptors.subtract([client, server]) }
            // Processes that were started meanwhile may hold the descriptors as well: closing alone would tell nobody.
            for descriptor in [client, server] {
                shutdown(descriptor, Int32(SHUT_RDWR))
                Glibc.close(descriptor)
            }
        }.start()
    }

    /// One request at a time, as brokers answer them.
    private func serve(_ client: Connection, _ server: Connection) {
        while let request = client.readFrame(), letThrough(), let answer = ask(server, request) {
            guard letThrough(), client.write(answer) else { return }
        }
    }

    private func ask(_ server: Connection, _ request: KafkaFrame) -> KafkaFrame? {
        let api = request.api
        let patience = api == .fetch ? Deadline(seconds: Double(request.longestWait) / 1000) : Deadline(seconds: 0)
        while true {
            guard server.write(request), var answer = server.readFrame() else { return nil }
            if api == .fetch, answer.isEmptyFetch(version: request.version), !patience.hasPassed {
                _ = poll(nil, 0, Self.askAgainMilliseconds)
                continue
            }
            if api == .metadata || api == .findCoordinator { answer.replacePort(upstream, by: port) }
            return answer
        }
    }

    /// Waits for as long as the weather wants; false when the connection is to end.
    private func letThrough() -> Bool {
        var hasWaited = false
        while true {
            let (weather, isClosed) = state.withLock { ($0.weather, $0.isClosed) }
            switch weather {
            case _ where isClosed: return false
            case .calm: return true
            case .cut: return false
            case .slow(let milliseconds):
                if hasWaited { return true }
                hasWaited = true
                _ = poll(nil, 0, milliseconds / 2)
            case .silent: _ = poll(nil, 0, 10)
            }
        }
    }
}

/// Reads and writes frames, blocking.
private struct Connection {
    let descriptor: Int32

    /// Nil at the end of the connection.
    func readFrame() -> KafkaFrame? {
        guard let head = read(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        return read(length).map(KafkaFrame.init)
    }

    private func read(_ count: Int) -> [UInt8]? {
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let received = recv(descriptor, buffer.baseAddress! + filled, count - filled, 0)
                guard received > 0 else {
                    isWhole = false
                    return
                }
                filled += received
            }
        }
        return isWhole ? bytes : nil
    }

    func write(_ frame: KafkaFrame) -> Bool {
        var bytes = withUnsafeBytes(of: Int32(frame.bytes.count).bigEndian) { Array($0) }
        bytes += frame.bytes
        return bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = send(
                    descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}
