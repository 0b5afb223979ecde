import Foundation
import Glibc
import Synchronization

/// From "accepted" to seen on the live stream, at a steady 1,000 events a second that does not wait for answers.
struct StreamSection {
    let seconds: Double
    private let rate = 1000
    private let senders = 20

    func run(_ report: Report) throws {
        report.begin("From accepted to seen on the stream, 1,000 events/s")
        let server = try Server.started()
        let count = Int(seconds * Double(rate))
        let accepted = Mutex([Double](repeating: 0, count: count))
        let seen = Mutex([Double](repeating: 0, count: count))
        let stream = try Session(port: server.port)
        stream.request = Array("GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n".utf8)
        try stream.send()
        let start = MonotonicClock.microseconds + 500_000
        let end = start + (seconds + 15) * 1e6
        let port = server.port
        let descriptor = stream.descriptor
        let group = DispatchGroup()
        Self.thread(group) { Self.watch(descriptor, count, until: end, seen) }
        for sender in 0..<senders {
            Self.thread(group) { [senders, rate] in
                Self.send(from: sender, every: senders, rate, count, port, start, accepted)
            }
        }
        group.wait()
        close(descriptor)
        let times = zip(accepted.withLock { $0 }, seen.withLock { $0 }).filter { $0 > 0 && $1 > 0 }.map { $1 - $0 }
        if times.count < count { report.note("\(count - times.count) of \(count) events were not seen") }
        let latencies = Latencies(times.map { max($0, 0) })
        report.add(
            Figure(
                name: "accepted to seen", measured: latencies.text, aim: "p99 under 50 ms",
                isMet: times.count == count && latencies.percentile(0.99) < 50_000))
    }

    private static func thread(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread {
            body()
            group.leave()
        }.start()
    }

    /// Sends events `first`, `first + step`, ... each at its own instant.
    private static func send(
        from first: Int, every step: Int, _ rate: Int, _ count: Int, _ port: Int, _ start: Double,
        _ accepted: borrowing Mutex<[Double]>
    ) {
        guard let session = try? Session(port: port) else { return }
        defer { close(session.descriptor) }
        var requests = EventRequests(EventSource(deliveries: 5000, run: 4), batch: 1, port: port)
        for number in stride(from: first, to: count, by: step) {
            MonotonicClock.sleep(until: start + Double(number) * 1e6 / Double(rate))
            requests.write(from: number, to: &session.request)
            guard (try? session.send()) != nil else { return }
            while (try? session.receive()) == false {}
            let now = MonotonicClock.microseconds
            if session.isSuccess { accepted.withLock { $0[number] = now } }
        }
    }

    /// Notes when each event's id first comes by.
    private static func watch(_ descriptor: Int32, _ count: Int, until end: Double, _ seen: borrowing Mutex<[Double]>) {
        var buffer: [UInt8] = []
        var found = 0
        let mark = Array("\"id\":\"b-004-".utf8)
        while found < count, MonotonicClock.microseconds < end {
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 1000) > 0 else { continue }
            var piece = [UInt8](repeating: 0, count: 65_536)
            let received = recv(descriptor, &piece, piece.count, 0)
            guard received > 0 else { return }
            let now = MonotonicClock.microseconds
            buffer += piece[..<received]
            var searched = 0
            while let at = buffer[searched...].firstRange(of: mark), at.upperBound + 16 <= buffer.count {
                let digits = buffer[at.upperBound..<at.upperBound + 16]
                let number = digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
                searched = at.upperBound + 16
                let isNew = seen.withLock { times in
                    guard number < count, times[number] == 0 else { return false }
                    times[number] = now
                    return true
                }
                if isNew { found += 1 }
            }
            buffer.removeFirst(max(searched, buffer.count - mark.count - 16))
        }
    }
}
