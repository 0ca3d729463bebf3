/// How much of a socket's bytes is wanted from now on: what the live source writes into the kernel's mode table.
package struct SocketModeChange: Equatable, Sendable {
    /// The socket.
    package var socket: UInt64
    /// For bytes that it sends: a raw value of `interspan_mode`.
    package var send: UInt8
    /// For bytes that it receives: a raw value of `interspan_mode`.
    package var receive: UInt8
    /// With `INTERSPAN_MODE_LENGTHS`: the TCP sequence number behind the last byte that is not wanted.
    package var sendUntil: UInt32
    /// Likewise for bytes that it receives.
    package var receiveUntil: UInt32

    /// A change.
    package init(socket: UInt64, send: UInt8, receive: UInt8, sendUntil: UInt32 = 0, receiveUntil: UInt32 = 0) {
        self.socket = socket
        self.send = send
        self.receive = receive
        self.sendUntil = sendUntil
        self.receiveUntil = receiveUntil
    }
}
