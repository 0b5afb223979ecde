import Dispatch
import Foundation
import WaybillCore

/// Says which addresses a name has.
package protocol Resolver: Sendable {
    /// Empty where there are none, or nobody knows within the time that an attempt has.
    func addresses(of host: String) async -> [IPAddress]
}

/// The system's resolver. It blocks, so it runs on threads of its own.
package struct SystemResolver: Resolver {
    private let queue = DispatchQueue(label: "waybill.resolver", attributes: .concurrent)
    /// Names that are looked up at once.
    private let room = DispatchSemaphore(value: 32)

    package init() {}

    package func addresses(of host: String) async -> [IPAddress] {
        await withCheckedContinuation { continuation in
            queue.async { [room] in
                room.wait()
                defer { room.signal() }
                continuation.resume(returning: Self.look(up: host))
            }
        }
    }

    private static func look(up host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee), !found.contains(address) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let socket = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: return nil
        }
    }
}
