internal import Capture

extension ConfigurationValueType<Network> {
    /// A range of addresses, or one address: `10.0.0.0/8`, `fd00::/8`, `10.0.0.7`.
    static var network: Self {
        .init(name: "address range", expectation: "a range of addresses such as 10.0.0.0/8 or fd00::/8") { text in
            Network(parsing: text)
        } format: { network in
            let longest = network.address.family == .ipv4 ? 32 : 128
            let text = network.address.addressText
            return network.prefix == longest ? text : "\(text)/\(network.prefix)"
        }
    }
}
