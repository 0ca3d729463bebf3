import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A service in every way in which Java has them:
 * selector (one thread reads all connections and hands requests to a pool, whose threads call and answer), platform and
 * virtual (a thread for each connection), server (the JDK's HttpServer with a pool, and HttpURLConnection),
 * server-virtual (the same with a virtual thread for each request), client (HttpServer with a pool, and HttpClient,
 * which has a thread of its own).
 *
 * Every exchange has an id of its own in its path, /OPERATION/ID. The id of a call says nothing of the request that it
 * is made for: that stands only in the truth, a file with a line "CALL REQUEST" for each call.
 *
 * usage: Shop MODEL THREADS BACKEND_PORT TRUTH LONGEST_WAIT_MS
 */
public final class Shop {
    static final byte[] ANSWER =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndone\n".getBytes(StandardCharsets.US_ASCII);

    static int backend;
    static double longestWait;
    static OutputStream truth;

    /** Makes a call for a request. */
    interface Caller {
        void call(String operation, String request) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        String model = arguments[0];
        int threads = Integer.parseInt(arguments[1]);
        backend = Integer.parseInt(arguments[2]);
        truth = Files.newOutputStream(Path.of(arguments[3]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        longestWait = Double.parseDouble(arguments[4]);
        switch (model) {
            case "selector" -> new Selecting(threads).run();
            case "platform" -> perConnection(Executors.newCachedThreadPool());
            case "virtual" -> perConnection(virtualThreads());
            case "server" -> serve(Executors.newFixedThreadPool(threads), Shop::urlConnection);
            case "server-virtual" -> serve(virtualThreads(), Shop::urlConnection);
            case "client" -> serve(Executors.newFixedThreadPool(threads), httpClient());
            default -> throw new IllegalArgumentException(model);
        }
    }

    /** JDK 21's, by reflection: this is compiled by older ones as well. */
    static ExecutorService virtualThreads() throws Exception {
        return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    /** What a request wants. */
    static void work(String path, Caller caller) throws Exception {
        String operation = path.substring(1, path.indexOf('/', 1));
        String request = path.substring(path.indexOf('/', 1) + 1);
        pause();
        if (operation.equals("order")) {
            caller.call("stock", request);
            pause();
            caller.call("price", request);
        } else if (ThreadLocalRandom.current().nextBoolean()) {
            caller.call("price", request);
        }
        pause();
    }

    static void pause() throws InterruptedException {
        long nanoseconds = (long) (ThreadLocalRandom.current().nextDouble() * longestWait * 1e6);
        Thread.sleep(nanoseconds / 1_000_000, (int) (nanoseconds % 1_000_000));
    }

    /** The path of a new call, which is written down. */
    static String pathOfCall(String operation, String request) throws IOException {
        String id = String.format("%016x", ThreadLocalRandom.current().nextLong());
        byte[] line = (id + " " + request + "\n").getBytes(StandardCharsets.US_ASCII);
        synchronized (Shop.class) {
            truth.write(line);
        }
        return "/" + operation + "/" + id;
    }

    /** Reads a message to its end and gives its first line; null where there is none. */
    static String readMessage(InputStream input) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (true) {
            int count = input.read(buffer);
            if (count < 0) {
                return null;
            }
            head.write(buffer, 0, count);
            String text = head.toString(StandardCharsets.US_ASCII);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0 && text.length() >= end + 4 + lengthOf(text.substring(0, end))) {
                return text.substring(0, text.indexOf("\r\n"));
            }
        }
    }

    static int lengthOf(String head) {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Integer.parseInt(line.substring(15).trim());
            }
        }
        return 0;
    }

    /** Calls over one socket, whoever owns it. */
    static final class SocketCaller implements Caller {
        private Socket socket;

        @Override
        public void call(String operation, String request) throws Exception {
            if (socket == null) {
                socket = new Socket(InetAddress.getLoopbackAddress(), backend);
                socket.setTcpNoDelay(true);
            }
            String path = pathOfCall(operation, request);
            socket.getOutputStream().write(
                ("GET " + path + " HTTP/1.1\r\nHost: backend\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            if (readMessage(socket.getInputStream()) == null) {
                throw new IOException("no answer");
            }
        }
    }

    /** A thread of whatever kind for each connection. */
    static void perConnection(ExecutorService threads) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
            System.out.println("listening " + listener.getLocalPort());
            while (true) {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
                threads.submit(() -> converse(connection));
            }
        }
    }

    static Void converse(Socket connection) throws Exception {
        SocketCaller caller = new SocketCaller();
        try (connection) {
            String line;
            while ((line = readMessage(connection.getInputStream())) != null) {
                work(line.split(" ")[1], caller);
                connection.getOutputStream().write(ANSWER);
            }
        } catch (Exception problem) {
            problem.printStackTrace();
        }
        return null;
    }

    /** The JDK's own server. */
    static void serve(ExecutorService threads, Caller caller) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, caller));
        server.start();
        System.out.println("listening " + server.getAddress().getPort());
    }

    static void handle(HttpExchange exchange, Caller caller) throws IOException {
        try (exchange) {
            work(exchange.getRequestURI().getPath(), caller);
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (Exception problem) {
            problem.printStackTrace();
        }
    }

    static void urlConnection(String operation, String request) throws Exception {
        URL url = new URL("http", "127.0.0.1", backend, pathOfCall(operation, request));
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        try (InputStream body = connection.getInputStream()) {
            body.readAllBytes();
        }
    }

    static Caller httpClient() {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return (operation, request) -> client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + backend + pathOfCall(operation, request))).build(),
            HttpResponse.BodyHandlers.ofString());
    }
}
