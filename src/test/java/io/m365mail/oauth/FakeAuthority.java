package io.m365mail.oauth;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A token endpoint on loopback that answers as it is told: by default with {@code token-1}, {@code token-2}, … */
public final class FakeAuthority implements AutoCloseable {
    public final List<Map<String, String>> requests = new CopyOnWriteArrayList<>();
    /** The next answers; null for a token. */
    public volatile int status = 200;

    public volatile String body;
    public volatile long expiresIn = 3600;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public FakeAuthority() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> fields = parse(form);
            fields.put("path", exchange.getRequestURI().getPath());
            requests.add(fields);
            String answer = body != null
                    ? body
                    : "{\"token_type\":\"Bearer\",\"expires_in\":" + expiresIn + ",\"access_token\":\"token-"
                            + requests.size() + "\"}";
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers from now on with an Entra error. */
    public void fail(int httpStatus, String error, String description) {
        status = httpStatus;
        body = "{\"error\":\"" + error + "\",\"error_description\":\"" + description + "\"}";
    }

    public void succeed() {
        status = 200;
        body = null;
    }

    private static Map<String, String> parse(String form) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : form.split("&")) {
            String[] parts = pair.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
