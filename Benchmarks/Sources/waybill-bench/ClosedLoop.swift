import CLinux
import Glibc

/// What a load made and how it was answered.
struct LoadResult {
    var requests = 0
    /// Answers that were not 2xx.
    var refused = 0
    /// The first of them.
    var firstRefusal = ""
    var seconds = 0.0
    var microseconds: [Double] = []

    var perSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }
    var latencies: Latencies { Latencies(microseconds) }
}

/// Many kept-alive connections on one thread over epoll, each with one request in flight: as light as a load can be,
/// since it shares the processors with what it measures.
struct ClosedLoop {
    let port: Int
    var connections = 64

    struct CannotConnect: Error {}

    /// Runs until `next` gives no more requests.
    /// - Parameter next: writes the next request into the buffer; false when there is none.
    func run(_ next: (inout [UInt8]) -> Bool) throws -> LoadResult {
        let poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        defer { close(poller) }
        var sessions: [Int32: Session] = [:]
        for _ in 0..<connections {
            let session = try Session(port: port)
            sessions[session.descriptor] = session
            var interest = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: session.descriptor))
            epoll_ctl(poller, EPOLL_CTL_ADD, session.descriptor, &interest)
        }
        defer { sessions.keys.forEach { close($0) } }

        var result = LoadResult()
        let start = MonotonicClock.microseconds
        var busy = 0
        for session in sessions.values where next(&session.request) {
            busy += 1
            try session.send()
        }
        var ready = [epoll_event](repeating: epoll_event(), count: connections)
        while busy > 0 {
            let count = epoll_wait(poller, &ready, Int32(connections), 10_000)
            guard count > 0 else { throw CannotConnect() }
            for event in ready.prefix(Int(count)) {
                guard let session = sessions[event.data.fd], try session.receive() else { continue }
                result.requests += 1
                result.microseconds.append(MonotonicClock.microseconds - session.sentAt)
                if !session.isSuccess {
                    if result.refused == 0 { result.firstRefusal = session.answer }
                    result.refused += 1
                }
                if next(&session.request) { try session.send() } else { busy -= 1 }
            }
        }
        result.seconds = (MonotonicClock.microseconds - start) / 1e6
        return result
    }

    /// Runs for so long.
    func run(seconds: Double, _ write: (inout [UInt8]) -> Void) throws -> LoadResult {
        let end = MonotonicClock.microseconds + seconds * 1e6
        return try run { request in
            guard MonotonicClock.microseconds < end else { return false }
            write(&request)
            return true
        }
    }
}

/// One connection with one request in flight.
final class Session {
    let descriptor: Int32
    var request: [UInt8] = []
    private(set) var sentAt = 0.0
    private var input = [UInt8](repeating: 0, count: 65_536)
    private var received = 0

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw ClosedLoop.CannotConnect() }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends the whole request; the socket blocks, so a large one may wait for the server to read.
    func send() throws {
        sentAt = MonotonicClock.microseconds
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ClosedLoop.CannotConnect() }
            sent += count
        }
    }

    /// Reads what has come; true when the answer is whole.
    func receive() throws -> Bool {
        // The last byte stays 0, so that a search for text ends.
        if received == input.count - 1 { input += [UInt8](repeating: 0, count: input.count) }
        let count = input.withUnsafeMutableBytes {
            recv(descriptor, $0.baseAddress?.advanced(by: received), $0.count - received - 1, 0)
        }
        guard count > 0 else { throw ClosedLoop.CannotConnect() }
        received += count
        guard
            let length = input.withUnsafeBytes({ Self.answerLength(UnsafeRawBufferPointer(rebasing: $0[..<received])) }
            ),
            received >= length
        else { return false }
        answerBytes = received
        received = 0
        return true
    }

    private var answerBytes = 0

    /// `HTTP/1.1 2xx`
    var isSuccess: Bool { input[9] == UInt8(ascii: "2") }
    var answer: String { String(decoding: input[..<answerBytes], as: UTF8.self) }

    /// Bytes of the whole answer, once its head is there; every answer here has a `Content-Length`.
    private static func answerLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let end = memmem(base, bytes.count, "\r\n\r\n", 4) else { return nil }
        let head = end - UnsafeMutableRawPointer(mutating: base) + 4
        guard let field = strcasestr(base.assumingMemoryBound(to: CChar.self), "content-length:") else { return head }
        return head + Int(strtol(field + 15, nil, 10))
    }
}

enum MonotonicClock {
    static var microseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    static func sleep(until target: Double) {
        let rest = target - microseconds
        if rest > 0 { usleep(UInt32(rest)) }
    }
}
