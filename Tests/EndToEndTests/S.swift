import Testing
import Yams
import AsyncHTTPClient
@Suite struct S { @Test func t() {} }
