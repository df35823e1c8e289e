package io.m365mail.management;

import com.sun.net.httpserver.HttpExchange;
import io.m365mail.management.ManagementServer.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/**
 * {@code /observe/health}, {@code /observe/health/live}, {@code /observe/health/ready} (503 when down) and {@code
 * /observe/metrics}. The checks are those of Camel's registry: its own of context and routes, and ours.
 */
public final class Observe {
    private final CamelContext camel;
    private final Metrics metrics;

    public Observe(CamelContext camel, Metrics metrics) {
        this.camel = camel;
        this.metrics = metrics;
    }

    Response handle(HttpExchange x) throws IOException {
        return switch (x.getRequestURI().getPath()) {
            case "/observe/metrics" -> Response.text("text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
            case "/observe/health" -> health(HealthCheckHelper.invoke(camel));
            case "/observe/health/live" -> health(HealthCheckHelper.invokeLiveness(camel));
            case "/observe/health/ready" -> health(HealthCheckHelper.invokeReadiness(camel));
            default ->
                Response.error(404, "There is /observe/health, /observe/health/live, /ready and /observe/metrics");
        };
    }

    private static Response health(Iterable<HealthCheck.Result> results) throws IOException {
        boolean up = true;
        List<Map<String, Object>> checks = new ArrayList<>();
        for (HealthCheck.Result r : results) {
            up &= r.getState() != HealthCheck.State.DOWN;
            var check = new LinkedHashMap<String, Object>();
            check.put("name", r.getCheck().getId());
            check.put("status", r.getState().name());
            r.getMessage().ifPresent(m -> check.put("message", m));
            checks.add(check);
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("status", up ? "UP" : "DOWN");
        body.put("checks", checks);
        return Response.json(up ? 200 : 503, body);
    }
}
