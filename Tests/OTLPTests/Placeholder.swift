import Testing
@testable import OTLP
