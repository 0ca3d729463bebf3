import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Sends from its first thread, then from virtual threads, and says from which: a JSON line for each, {"length", "unit"},
 * where 0 is none. Waits for a line first, by when somebody may have looked at it. Virtual threads are made by reflection,
 * so that a compiler that does not know them will do.
 */
public final class VirtualThreads {
    private static Socket client;
    private static DataInputStream server;

    private static synchronized void send(int length, long unit) {
        try {
            System.out.println("{\"length\": " + length + ", \"unit\": " + unit + "}");
            client.getOutputStream().write(new byte[length]);
            server.readFully(new byte[length]);
        } catch (java.io.IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.in.read();
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        server = new DataInputStream(listener.accept().getInputStream());
        send(17_099, 0);
        Class<?> builder = Class.forName("java.lang.Thread$Builder");
        Thread[] threads = new Thread[8];
        for (int index = 0; index < threads.length; index++) {
            int length = 17_100 + index;
            Runnable work = () -> send(length, Thread.currentThread().getId());
            threads[index] = (Thread) builder.getMethod("start", Runnable.class).invoke(
                Thread.class.getMethod("ofVirtual").invoke(null), work);
        }
        for (Thread thread : threads) thread.join();
    }
}
