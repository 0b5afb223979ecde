import Foundation
import Simulation
import Testing

/// The functions of `Elementary` beside those of the C library.
@Suite struct ElementaryTests {
    @Test func anglesAgree() {
        for degrees in stride(from: -720.0, through: 720, by: 0.37) {
            #expect(abs(Elementary.sine(degrees: degrees) - sin(degrees * .pi / 180)) < 1e-11)
            #expect(abs(Elementary.cosine(degrees: degrees) - cos(degrees * .pi / 180)) < 1e-11)
            #expect(abs(Elementary.cosine(turns: degrees / 360) - cos(degrees * .pi / 180)) < 1e-11)
        }
        for value in stride(from: -1.0, through: 1, by: 0.001) {
            #expect(abs(Elementary.arcSine(value) - asin(value)) < 1e-7)
        }
    }

    @Test func powersAgree() {
        for value in stride(from: -40.0, through: 40, by: 0.013) {
            let power = exp(value)
            #expect(abs(Elementary.exponential(value) / power - 1) < 1e-11)
            #expect(abs(Elementary.logarithm(power) - value) < 1e-11)
        }
    }
}
