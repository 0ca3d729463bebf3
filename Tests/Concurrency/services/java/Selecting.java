import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One thread reads all connections; a pool's threads make the calls, blocking, and write the answers. */
final class Selecting {
    private final ExecutorService pool;
    private final ThreadLocal<Shop.SocketCaller> caller = ThreadLocal.withInitial(Shop.SocketCaller::new);

    Selecting(int threads) {
        pool = Executors.newFixedThreadPool(threads);
    }

    void run() throws Exception {
        Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println("listening " + listener.socket().getLocalPort());
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        while (true) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isAcceptable()) {
                    SocketChannel connection = listener.accept();
                    connection.configureBlocking(false);
                    connection.socket().setTcpNoDelay(true);
                    connection.register(selector, SelectionKey.OP_READ);
                } else {
                    read((SocketChannel) key.channel(), buffer);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /** A request comes whole, in one segment: it is short, and its sender waits for the answer before the next. */
    private void read(SocketChannel connection, ByteBuffer buffer) throws Exception {
        buffer.clear();
        if (connection.read(buffer) < 0) {
            connection.close();
            return;
        }
        String head = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
        pool.submit(() -> answer(connection, head.split(" ")[1]));
    }

    private Void answer(SocketChannel connection, String path) {
        try {
            Shop.work(path, caller.get());
            connection.write(ByteBuffer.wrap(Shop.ANSWER));
        } catch (Exception problem) {
            problem.printStackTrace();
        }
        return null;
    }
}
