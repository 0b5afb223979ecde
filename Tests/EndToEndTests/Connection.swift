import Foundation
import Glibc

/// Why a connection gave no answer. Only `refused` is sure that nothing reached the server.
enum ConnectionError: Error, Hashable {
    case refused
    case closed
    case timedOut
    case notHTTP(String)
}

/// One TCP connection to the server, with every wait bounded. Bytes go out exactly as given: tests can send anything.
final class Connection {
    let descriptor: Int32
    private let seconds: Double
    private var buffer: [UInt8] = []
    private var position = 0

    init(port: Int, seconds: Double = 30) throws {
        self.seconds = seconds
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ConnectionError.refused }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else {
            close(descriptor)
            throw ConnectionError.refused
        }
    }

    deinit { close(descriptor) }

    // MARK: Bytes

    func send(_ bytes: some Collection<UInt8>) throws {
        let deadline = Deadline(seconds: seconds)
        let all = Array(bytes)
        var sent = 0
        while sent < all.count {
            let count = all.withUnsafeBytes { raw in
                Glibc.send(descriptor, raw.baseAddress! + sent, raw.count - sent, Int32(MSG_NOSIGNAL) | dontWait)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, deadline)
            } else if errno != EINTR {
                throw ConnectionError.closed
            }
        }
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether the server closes the connection, discarding what it still sends.
    func isClosedByServer(within seconds: Double) -> Bool {
        let deadline = Deadline(seconds: seconds)
        do {
            while true { try fill(deadline) }
        } catch ConnectionError.closed { return true } catch { return false }
    }

    /// Waits for more bytes and keeps them.
    private func fill(_ deadline: Deadline) throws {
        if position > 0 {
            buffer.removeFirst(position)
            position = 0
        }
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { raw in
                let count = recv(descriptor, raw.baseAddress, raw.count, dontWait)
                if count > 0 { buffer.append(contentsOf: raw[0..<count]) }
                return count
            }
            if count > 0 { return }
            guard count < 0, errno == EAGAIN || errno == EINTR else { throw ConnectionError.closed }
            try wait(for: POLLIN, deadline)
        }
    }

    private var dontWait: Int32 { Int32(MSG_DONTWAIT) }

    private func wait(for events: Int32, _ deadline: Deadline) throws {
        var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let ready = poll(&request, 1, deadline.milliseconds)
        guard ready != 0 else { throw ConnectionError.timedOut }
    }

    // MARK: Answers

    /// The status line and the header fields of the next answer; `100 Continue` is passed over.
    func readHead(within seconds: Double? = nil) throws -> ResponseHead {
        let deadline = Deadline(seconds: seconds ?? self.seconds)
        while true {
            let lines = try readHeadLines(deadline)
            guard let head = ResponseHead(lines: lines) else {
                throw ConnectionError.notHTTP(lines.first ?? "")
            }
            if head.status != 100 { return head }
        }
    }

    private func readHeadLines(_ deadline: Deadline) throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try readLine(deadline)
            if line.isEmpty, !lines.isEmpty { return lines }
            lines.append(line)
        }
    }

    private func readLine(_ deadline: Deadline) throws -> String {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = buffer[position..<end]
                position = end + 1
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            searched = buffer.count - position
            try fill(deadline)
        }
    }

    private func read(_ count: Int, _ deadline: Deadline) throws -> [UInt8] {
        while buffer.count - position < count { try fill(deadline) }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }

    /// The next part of a chunked body, or nil at its end.
    func readChunk(within seconds: Double? = nil) throws -> [UInt8]? {
        let deadline = Deadline(seconds: seconds ?? self.seconds)
        let line = try readLine(deadline)
        guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else { throw ConnectionError.notHTTP(line) }
        let bytes = try read(size, deadline)
        _ = try readLine(deadline)
        return size == 0 ? nil : bytes
    }

    /// The whole body that belongs to a head.
    func readBody(_ head: ResponseHead) throws -> [UInt8] {
        if [204, 304].contains(head.status) { return [] }
        if let length = head["content-length"].flatMap({ Int($0) }) {
            return try read(length, Deadline(seconds: seconds))
        }
        var body: [UInt8] = []
        if head["transfer-encoding"]?.lowercased() == "chunked" {
            while let chunk = try readChunk() { body += chunk }
            return body
        }
        do {
            let deadline = Deadline(seconds: seconds)
            while true { try fill(deadline) }
        } catch ConnectionError.closed {}
        body = Array(buffer[position...])
        position = buffer.count
        return body
    }

    func readResponse(isHead: Bool = false) throws -> Response {
        let head = try readHead()
        return Response(head: head, body: isHead ? [] : try readBody(head))
    }
}
