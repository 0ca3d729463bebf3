import Testing
@testable import Correlate
