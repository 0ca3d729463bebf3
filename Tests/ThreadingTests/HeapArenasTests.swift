import Testing

import Threading

@Suite struct HeapArenasTests {
    @Test func theCLibraryTakesTheLimit() {
        #expect(HeapArenas.limit())
    }
}
