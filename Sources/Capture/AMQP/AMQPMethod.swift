/// The methods of AMQP 0-9-1 with RabbitMQ's extensions: class and method number in one.
///
/// https://www.rabbitmq.com/amqp-0-9-1-reference
enum AMQPMethod: UInt32 {
    case connectionStart = 0x0A_000A
    case connectionStartOk = 0x0A_000B
    case connectionSecure = 0x0A_0014
    case connectionSecureOk = 0x0A_0015
    case connectionTune = 0x0A_001E
    case connectionTuneOk = 0x0A_001F
    case connectionOpen = 0x0A_0028
    case connectionOpenOk = 0x0A_0029
    case connectionClose = 0x0A_0032
    case connectionCloseOk = 0x0A_0033
    case connectionBlocked = 0x0A_003C
    case connectionUnblocked = 0x0A_003D
    case connectionUpdateSecret = 0x0A_0046
    case connectionUpdateSecretOk = 0x0A_0047
    case channelOpen = 0x14_000A
    case channelOpenOk = 0x14_000B
    case channelFlow = 0x14_0014
    case channelFlowOk = 0x14_0015
    case channelClose = 0x14_0028
    case channelCloseOk = 0x14_0029
    case accessRequest = 0x1E_000A
    case accessRequestOk = 0x1E_000B
    case exchangeDeclare = 0x28_000A
    case exchangeDeclareOk = 0x28_000B
    case exchangeDelete = 0x28_0014
    case exchangeDeleteOk = 0x28_0015
    case exchangeBind = 0x28_001E
    case exchangeBindOk = 0x28_001F
    case exchangeUnbind = 0x28_0028
    case exchangeUnbindOk = 0x28_0033
    case queueDeclare = 0x32_000A
    case queueDeclareOk = 0x32_000B
    case queueBind = 0x32_0014
    case queueBindOk = 0x32_0015
    case queuePurge = 0x32_001E
    case queuePurgeOk = 0x32_001F
    case queueDelete = 0x32_0028
    case queueDeleteOk = 0x32_0029
    case queueUnbind = 0x32_0032
    case queueUnbindOk = 0x32_0033
    case basicQos = 0x3C_000A
    case basicQosOk = 0x3C_000B
    case basicConsume = 0x3C_0014
    case basicConsumeOk = 0x3C_0015
    case basicCancel = 0x3C_001E
    case basicCancelOk = 0x3C_001F
    case basicPublish = 0x3C_0028
    case basicReturn = 0x3C_0032
    case basicDeliver = 0x3C_003C
    case basicGet = 0x3C_0046
    case basicGetOk = 0x3C_0047
    case basicGetEmpty = 0x3C_0048
    case basicAck = 0x3C_0050
    case basicReject = 0x3C_005A
    case basicRecoverAsync = 0x3C_0064
    case basicRecover = 0x3C_006E
    case basicRecoverOk = 0x3C_006F
    case basicNack = 0x3C_0078
    case confirmSelect = 0x55_000A
    case confirmSelectOk = 0x55_000B
    case txSelect = 0x5A_000A
    case txSelectOk = 0x5A_000B
    case txCommit = 0x5A_0014
    case txCommitOk = 0x5A_0015
    case txRollback = 0x5A_001E
    case txRollbackOk = 0x5A_001F

    /// The number of the class of methods that are about contents.
    static let basicClass: UInt16 = 60

    /// Who sends it; nil where both may.
    var sender: Side? {
        switch self {
        case .connectionStart, .connectionSecure, .connectionTune, .connectionOpenOk, .connectionBlocked,
            .connectionUnblocked, .connectionUpdateSecretOk, .channelOpenOk, .accessRequestOk, .exchangeDeclareOk,
            .exchangeDeleteOk, .exchangeBindOk, .exchangeUnbindOk, .queueDeclareOk, .queueBindOk, .queuePurgeOk,
            .queueDeleteOk, .queueUnbindOk, .basicQosOk, .basicConsumeOk, .basicReturn, .basicDeliver, .basicGetOk,
            .basicGetEmpty, .basicRecoverOk, .confirmSelectOk, .txSelectOk, .txCommitOk, .txRollbackOk:
            .responder
        case .connectionClose, .connectionCloseOk, .channelFlow, .channelFlowOk, .channelClose, .channelCloseOk,
            .basicCancel, .basicCancelOk, .basicAck, .basicNack:
            nil
        default: .requester
        }
    }

    /// The method of the client's that it answers.
    var answers: AMQPMethod? {
        switch self {
        case .connectionTune: .connectionStartOk
        case .connectionOpenOk: .connectionOpen
        case .connectionCloseOk: .connectionClose
        case .connectionUpdateSecretOk: .connectionUpdateSecret
        case .channelOpenOk: .channelOpen
        case .channelFlowOk: .channelFlow
        case .channelCloseOk: .channelClose
        case .accessRequestOk: .accessRequest
        case .exchangeDeclareOk: .exchangeDeclare
        case .exchangeDeleteOk: .exchangeDelete
        case .exchangeBindOk: .exchangeBind
        case .exchangeUnbindOk: .exchangeUnbind
        case .queueDeclareOk: .queueDeclare
        case .queueBindOk: .queueBind
        case .queuePurgeOk: .queuePurge
        case .queueDeleteOk: .queueDelete
        case .queueUnbindOk: .queueUnbind
        case .basicQosOk: .basicQos
        case .basicConsumeOk: .basicConsume
        case .basicCancelOk: .basicCancel
        case .basicGetOk, .basicGetEmpty: .basicGet
        case .basicRecoverOk: .basicRecover
        case .confirmSelectOk: .confirmSelect
        case .txSelectOk: .txSelect
        case .txCommitOk: .txCommit
        case .txRollbackOk: .txRollback
        default: nil
        }
    }

    /// Whether the server answers it when a client sends it.
    var isAnswered: Bool {
        switch self {
        case .connectionStartOk, .connectionOpen, .connectionClose, .connectionUpdateSecret, .channelOpen, .channelFlow,
            .channelClose, .accessRequest, .exchangeDeclare, .exchangeDelete, .exchangeBind, .exchangeUnbind,
            .queueDeclare, .queueBind, .queuePurge, .queueDelete, .queueUnbind, .basicQos, .basicConsume, .basicCancel,
            .basicGet, .basicRecover, .confirmSelect, .txSelect, .txCommit, .txRollback:
            true
        default: false
        }
    }

    /// Whether it makes an exchange also when it succeeds.
    var isOfInterest: Bool { self == .basicGet || self == .txCommit || self == .txRollback }

    /// What it is called: the method of a class alone where that is about messages, else with its class.
    var name: StaticString {
        switch self {
        case .connectionStartOk: "connection.start"
        case .connectionOpen: "connection.open"
        case .connectionClose: "connection.close"
        case .connectionUpdateSecret: "connection.update-secret"
        case .channelOpen: "channel.open"
        case .channelFlow: "channel.flow"
        case .channelClose: "channel.close"
        case .accessRequest: "access.request"
        case .exchangeDeclare: "exchange.declare"
        case .exchangeDelete: "exchange.delete"
        case .exchangeBind: "exchange.bind"
        case .exchangeUnbind: "exchange.unbind"
        case .queueDeclare: "queue.declare"
        case .queueBind: "queue.bind"
        case .queuePurge: "queue.purge"
        case .queueDelete: "queue.delete"
        case .queueUnbind: "queue.unbind"
        case .basicQos: "basic.qos"
        case .basicConsume: "basic.consume"
        case .basicCancel: "basic.cancel"
        case .basicRecover: "basic.recover"
        case .basicPublish: "publish"
        case .basicDeliver: "deliver"
        case .basicGet: "get"
        case .basicAck: "ack"
        case .basicReject: "reject"
        case .basicNack: "nack"
        case .confirmSelect: "confirm.select"
        case .txSelect: "tx.select"
        case .txCommit: "tx.commit"
        case .txRollback: "tx.rollback"
        default: "amqp"
        }
    }
}
