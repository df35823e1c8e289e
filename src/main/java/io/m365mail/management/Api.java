package io.m365mail.management;

import com.sun.net.httpserver.HttpExchange;
import io.m365mail.dead.DeadLetters;
import io.m365mail.dead.ScheduledSubmissions;
import io.m365mail.handover.Handovers;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.management.ManagementServer.Response;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /api/…}: what the commands use. JSON out; messages in as RFC 5322 bytes. */
public final class Api {
    private static final int SHOWN_DEAD = 500;
    private static final int HEADER_SHOWN = 64 << 10;

    private final Supplier<Map<String, Object>> status;
    private final DeadLetters dead;
    private final Supplier<Long> deadCount;
    private final ApiSubmission submission;
    private final ScheduledSubmissions scheduled;
    private final ApiHandovers handovers;

    public Api(
            Supplier<Map<String, Object>> status,
            DeadLetters dead,
            Supplier<Long> deadCount,
            ApiSubmission submission,
            ScheduledSubmissions scheduled,
            Handovers handovers) {
        this.status = status;
        this.dead = dead;
        this.deadCount = deadCount;
        this.submission = submission;
        this.scheduled = scheduled;
        this.handovers = new ApiHandovers(handovers);
    }

    Response handle(HttpExchange x) throws Exception {
        String[] path =
                x.getRequestURI().getRawPath().substring("/api/".length()).split("/");
        for (int i = 0; i < path.length; i++) {
            path[i] = URLDecoder.decode(path[i].replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        String call = x.getRequestMethod() + " " + path[0] + (path.length > 1 ? "/" + path.length : "");
        return switch (call) {
            case "GET status" -> Response.json(200, status.get());
            case "GET dead" -> list(x);
            case "GET dead/2" -> show(path[1]);
            case "POST dead/2" -> path[1].equals("replay-all") ? replayAll() : unknown();
            case "POST dead/3" -> path[2].equals("replay") ? replay(path[1]) : unknown();
            case "DELETE dead/2" -> dead.drop(path[1]) ? Response.json(200, Map.of("dropped", 1)) : noLetter(path[1]);
            case "POST transports/3" ->
                handovers.handle(path[1], path[2], parameters(x, "reason"), parameters(x, "to"));
            case "POST submit" -> submit(x);
            case "GET scheduled" -> scheduled();
            case "DELETE scheduled/2" -> cancel(path[1]);
            default -> unknown();
        };
    }

    private Response list(HttpExchange x) throws IOException {
        List<String> limit = parameters(x, "limit");
        int most = limit.isEmpty() || !limit.get(0).matches("\\d{1,6}") ? SHOWN_DEAD : Integer.parseInt(limit.get(0));
        List<Map<String, Object>> items = new ArrayList<>();
        for (DeadLetter letter : dead.list(most)) {
            items.add(item(letter));
        }
        return Response.json(200, Map.of("total", deadCount.get(), "items", items));
    }

    private Response show(String id) throws IOException {
        Optional<DeadLetter> letter = dead.find(id);
        if (letter.isEmpty()) {
            return noLetter(id);
        }
        Map<String, Object> item = item(letter.get());
        item.put("headers", headers(letter.get()));
        return Response.json(200, item);
    }

    private Response replay(String id) throws IOException {
        return dead.replay(id) ? Response.json(200, Map.of("replayed", 1)) : noLetter(id);
    }

    /** The letters that there are now; one that cannot be replayed stays and is counted as left. */
    private Response replayAll() throws IOException {
        int replayed = 0;
        int left = 0;
        for (DeadLetter letter : dead.list(Integer.MAX_VALUE)) {
            try {
                replayed += dead.replay(letter.id()) ? 1 : 0;
            } catch (IllegalStateException e) {
                left++;
            }
        }
        return Response.json(200, Map.of("replayed", replayed, "left", left));
    }

    private Response submit(HttpExchange x) throws Exception {
        List<String> from = parameters(x, "from");
        List<String> to = parameters(x, "to");
        if (from.size() != 1 || to.isEmpty()) {
            return Response.error(400, "Name one from and at least one to in the query");
        }
        if (!from.get(0).isEmpty() && !Addresses.isValid(from.get(0))) {
            return Response.error(400, "from is not an address: " + Addresses.problem(from.get(0)));
        }
        try {
            return Response.json(200, Map.of("id", submission.submit(from.get(0), to, x.getRequestBody())));
        } catch (RefusedMessageException e) {
            return Response.error(e.isPermanent() ? 422 : 503, e.code() + " " + e.enhanced() + " " + e.getMessage());
        }
    }

    private Response scheduled() throws IOException {
        List<Map<String, Object>> items = new ArrayList<>();
        for (ScheduledSubmissions.Waiting w : scheduled.list()) {
            var item = new LinkedHashMap<String, Object>();
            item.put("id", w.id());
            item.put("submitterId", w.submitterId());
            item.put("sendAt", w.sendAt().toString());
            item.put("source", w.source());
            item.put("from", w.from());
            item.put("recipients", w.recipients());
            items.add(item);
        }
        return Response.json(200, Map.of("total", items.size(), "items", items));
    }

    /** @param id ours, or the submitter's with any characters */
    private Response cancel(String id) throws IOException {
        int cancelled = scheduled.cancel(id);
        return cancelled > 0
                ? Response.json(200, Map.of("cancelled", cancelled))
                : Response.error(
                        404,
                        "There is no scheduled message " + id.replaceAll("[^\\x21-\\x7e]", "?")
                                + "; if it was due, it has left");
    }

    private static Response unknown() throws IOException {
        return Response.error(404, "There is no such call; docs/api.md lists them");
    }

    private static Response noLetter(String id) throws IOException {
        return Response.error(404, "There is no dead letter " + id.replaceAll("[^A-Za-z0-9:-]", "?"));
    }

    private static List<String> parameters(HttpExchange x, String name) {
        String query = x.getRequestURI().getRawQuery();
        List<String> values = new ArrayList<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).equals(name)) {
                values.add(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static Map<String, Object> item(DeadLetter d) {
        var item = new LinkedHashMap<String, Object>();
        item.put("id", d.id());
        item.put("at", d.at().toString());
        item.put("source", d.source());
        item.put("transport", d.transport());
        item.put("submission", d.submissionId());
        item.put("from", d.envelope().from());
        List<Map<String, Object>> recipients = new ArrayList<>();
        for (int i = 0; i < d.envelope().recipients().size(); i++) {
            var r = new LinkedHashMap<String, Object>();
            r.put("address", d.envelope().recipients().get(i).address());
            if (i < d.causes().size()) {
                DeadLetter.Cause c = d.causes().get(i);
                r.put("reply", c.code() + (c.enhanced() == null ? "" : " " + c.enhanced()) + " " + c.text());
                r.put("stage", c.stage());
                r.put("server", c.server());
            }
            recipients.add(r);
        }
        item.put("recipients", recipients);
        item.put("reason", d.reason());
        item.put("copy", d.copy());
        item.put("attempts", d.attempts());
        item.put("size", d.content().size());
        item.put("subject", subject(d));
        return item;
    }

    private static String subject(DeadLetter d) {
        try {
            return HeaderBlock.parse(d.content())
                    .first("Subject")
                    .map(HeaderField::decoded)
                    .orElse("");
        } catch (IOException | RefusedMessageException e) {
            return "";
        }
    }

    private static String headers(DeadLetter d) throws IOException {
        String head = new String(d.content().head(HEADER_SHOWN), StandardCharsets.UTF_8);
        int end = head.indexOf("\r\n\r\n");
        return end < 0 ? head : head.substring(0, end);
    }
}
