#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The few functions of the C library's mathematics that the simulation needs.
///
/// Their last bit may differ between C libraries, so nothing keeps more than whole seconds or kilometres of a result.
enum Elementary {
    static func sine(degrees: Double) -> Double { sin(degrees * .pi / 180) }
    static func cosine(degrees: Double) -> Double { cos(degrees * .pi / 180) }
    static func cosine(turns: Double) -> Double { cos(turns * 2 * .pi) }
    static func arcSine(_ value: Double) -> Double { asin(value) }
    static func exponential(_ value: Double) -> Double { exp(value) }
    static func logarithm(_ value: Double) -> Double { log(value) }
}
