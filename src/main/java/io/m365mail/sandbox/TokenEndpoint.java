package io.m365mail.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The token endpoint over HTTP on loopback: reads requests, lets {@link TokenService} decide, writes JSON, logs. */
final class TokenEndpoint implements Endpoint {
    private static final Pattern PATH = Pattern.compile("/([^/]{1,100})/oauth2/v2\\.0/token");
    private static final int MAX_BODY = 64 << 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int wanted;
    private final TokenService service;
    private final TokenFaults faults;
    private final SandboxLog log;
    private final Clock clock;
    private HttpServer server;
    private ExecutorService threads;

    TokenEndpoint(int port, TokenService service, TokenFaults faults, SandboxLog log, Clock clock) {
        this.wanted = port;
        this.service = service;
        this.faults = faults;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "token";
    }

    @Override
    public void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), wanted), 0);
        threads = Executors.newFixedThreadPool(4, task -> {
            var thread = new Thread(task, "sandbox-token");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    /** What clients take for {@code https://login.microsoftonline.com}. */
    String authority() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
            if (!path.matches() || !exchange.getRequestMethod().equals("POST")) {
                exchange.sendResponseHeaders(path.matches() ? 405 : 404, -1);
                return;
            }
            Map<String, String> form = form(exchange);
            TokenFaults.TokenFault fault = faults.poll();
            if (fault != null) {
                TimeUnit.NANOSECONDS.sleep(fault.delay().toNanos());
            }
            String credential = form.containsKey("client_assertion")
                    ? "assertion"
                    : form.containsKey("client_secret") ? "secret" : "none";
            answer(exchange, path.group(1), form, fault, credential);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the endpoint closes; the exchange is dropped
        }
    }

    private void answer(
            HttpExchange exchange,
            String tenant,
            Map<String, String> form,
            TokenFaults.TokenFault fault,
            String credential)
            throws IOException {
        int status = 200;
        String error = null;
        ObjectNode body;
        try {
            if (fault != null && fault.status() != 0) {
                if (fault.retryAfter() > 0) {
                    exchange.getResponseHeaders().add("Retry-After", String.valueOf(fault.retryAfter()));
                }
                throw new EntraError(fault.status(), fault.error(), 0, "The sandbox was asked to fail.");
            }
            body = success(service.request(tenant, form, audiences(tenant)));
        } catch (EntraError e) {
            status = e.status();
            error = e.code();
            body = failure(e);
        }
        log.tokenRequested(new SandboxEvents.TokenRequest(
                clock.instant(), tenant, form.get("client_id"), credential, status, error));
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().add("Cache-Control", "no-store, no-cache");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Set<String> audiences(String tenant) {
        String path = "/" + tenant + "/oauth2/v2.0/token";
        return Set.of(
                authority() + path,
                "http://localhost:" + port() + path,
                authority() + "/" + tenant + "/v2.0",
                "https://login.microsoftonline.com" + path,
                "https://login.microsoftonline.com/" + tenant + "/v2.0");
    }

    private static ObjectNode success(AccessTokens.Issued issued) {
        return JSON.createObjectNode()
                .put("token_type", "Bearer")
                .put("expires_in", issued.lifetime())
                .put("ext_expires_in", issued.lifetime())
                .put("access_token", issued.token());
    }

    private ObjectNode failure(EntraError e) {
        String trace = UUID.randomUUID().toString();
        String correlation = UUID.randomUUID().toString();
        String time = clock.instant().toString();
        ObjectNode node = JSON.createObjectNode()
                .put("error", e.error())
                .put(
                        "error_description",
                        e.getMessage() + " Trace ID: " + trace + " Correlation ID: " + correlation + " Timestamp: "
                                + time);
        if (e.number() != 0) {
            node.putArray("error_codes").add(e.number());
        }
        return node.put("timestamp", time).put("trace_id", trace).put("correlation_id", correlation);
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
        var form = new HashMap<String, String>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return form;
    }

    private static String decode(String s) {
        try {
            return URLDecoder.decode(s, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return s; // a stray percent sign: taken as it stands, and refused where it does not fit
        }
    }
}
