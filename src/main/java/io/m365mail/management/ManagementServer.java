package io.m365mail.management;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.m365mail.config.BundleConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port: health, metrics, and the API behind the commands. On loopback it needs no credentials, but it
 * refuses what a web page in a browser of this machine could send (a foreign Host or Origin); elsewhere every request but
 * health needs the bearer token. Errors are JSON with one sentence.
 */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final int THREADS = 4;
    static final JsonMapper JSON = new JsonMapper();

    private final BundleConfig.Management config;
    private final Api api;
    private final Observe observe;
    private HttpServer server;
    private ExecutorService threads;

    public ManagementServer(BundleConfig.Management config, Api api, Observe observe) {
        this.config = config;
        this.api = api;
        this.observe = observe;
    }

    /** @throws IOException when the port is taken, with the key to change */
    public void start() throws IOException {
        var address = new InetSocketAddress(InetAddress.getByName(config.address()), config.port());
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException(
                    "The management port " + config.address() + ":" + config.port() + " cannot be opened ("
                            + e.getMessage() + "): is another instance running? Else change m365.management.port",
                    e);
        }
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "m365-management");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/observe/", x -> answer(x, observe::handle, false));
        server.createContext("/api/", x -> answer(x, api::handle, true));
        server.start();
    }

    /** The port in use: the configured one, or the free one that 0 took. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** What a handler answers. */
    record Response(int status, String contentType, byte[] body) {
        static Response json(int status, Object value) throws IOException {
            return new Response(status, "application/json", JSON.writeValueAsBytes(value));
        }

        static Response error(int status, String sentence) throws IOException {
            return json(status, Map.of("error", sentence));
        }

        static Response text(String type, String text) {
            return new Response(200, type, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    interface Handler {
        Response handle(HttpExchange exchange) throws Exception;
    }

    private void answer(HttpExchange x, Handler handler, boolean needsToken) throws IOException {
        try (x) {
            Response response;
            try {
                Response refusal = refusal(x, needsToken);
                response = refusal != null ? refusal : handler.handle(x);
            } catch (IllegalStateException | IllegalArgumentException e) {
                response = Response.error(409, String.valueOf(e.getMessage()));
            } catch (Exception e) {
                LOG.warn("{} {} failed", x.getRequestMethod(), x.getRequestURI().getPath(), e);
                response = Response.error(500, "This failed; the log of the bundle says why");
            }
            x.getResponseHeaders().set("Content-Type", response.contentType());
            x.getResponseHeaders().set("Cache-Control", "no-store");
            x.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            x.sendResponseHeaders(response.status(), response.body().length == 0 ? -1 : response.body().length);
            x.getResponseBody().write(response.body());
        }
    }

    private Response refusal(HttpExchange x, boolean needsToken) throws IOException {
        if (config.token() != null) {
            String given = x.getRequestHeaders().getFirst("Authorization");
            byte[] expected = ("Bearer " + config.token().reveal()).getBytes(StandardCharsets.UTF_8);
            boolean right = given != null && MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
            return right || !needsToken
                    ? null
                    : Response.error(401, "The API needs the token of m365.management.token as bearer token");
        }
        if (!isLocalName(x.getRequestHeaders().getFirst("Host"))
                || x.getRequestHeaders().containsKey("Origin")) {
            return Response.error(403, "Without m365.management.token only this machine's own programs are answered");
        }
        return null;
    }

    private boolean isLocalName(String host) {
        if (host == null) {
            return false;
        }
        String name = host.replaceAll(":\\d+$", "");
        return name.equals("localhost")
                || name.equals("127.0.0.1")
                || name.equals("[::1]")
                || name.equals(config.address());
    }
}
