package io.m365mail.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.mail.AddressList;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.MailAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of a submission that keeps to the schema, checked for what a schema cannot say. Collects the mistakes. */
final class SubmissionFields {
    private final JsonNode root;
    private final List<Mistake> mistakes = new ArrayList<>();

    SubmissionFields(JsonNode root) {
        this.root = root;
    }

    /** Ends the work when there was any mistake so far. */
    void done() throws InvalidSubmissionException {
        if (!mistakes.isEmpty()) {
            throw new InvalidSubmissionException(mistakes);
        }
    }

    boolean has(String key) {
        return root.has(key);
    }

    JsonNode get(String key) {
        return root.path(key);
    }

    /** The text, or null. */
    String text(String key) {
        return root.path(key).textValue();
    }

    /** The text as it may stand in a header, or null. */
    String line(String key) {
        String value = text(key);
        checkLine(key, value);
        return value;
    }

    /** One address; its mistake noted and null returned where it is none. */
    MailAddress address(JsonNode value, String path) {
        List<MailAddress> found = AddressList.parse(value.asText());
        if (found.size() != 1) {
            String hint = found.isEmpty() ? "" : "; a name with a comma or semicolon needs quotes";
            mistakes.add(new Mistake(path, "must be just one address" + hint));
            return null;
        }
        String problem = Addresses.problem(found.get(0).address());
        if (problem != null) {
            mistakes.add(new Mistake(path, problem));
            return null;
        }
        checkLine(path, found.get(0).display());
        return found.get(0);
    }

    /** The addresses of a key that holds one or a list of them, or is not there. */
    List<MailAddress> addresses(String key) {
        JsonNode value = root.path(key);
        var found = new ArrayList<MailAddress>();
        if (value.isTextual()) {
            found.add(address(value, key));
        }
        for (int i = 0; i < (value.isArray() ? value.size() : 0); i++) {
            found.add(address(value.get(i), key + "[" + i + "]"));
        }
        found.removeIf(a -> a == null);
        return found;
    }

    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        root.path("headers").fields().forEachRemaining(field -> {
            String path = "headers." + field.getKey();
            String problem = HeaderRules.problem(field.getKey());
            if (problem != null) {
                mistakes.add(new Mistake(path, problem));
            }
            checkLine(path, field.getValue().textValue());
            headers.put(field.getKey(), field.getValue().textValue());
        });
        return headers;
    }

    Instant sendAt() {
        String value = text("sendAt");
        try {
            return value == null ? null : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            mistakes.add(new Mistake("sendAt", "is no such date and time; write it as 2026-11-22T07:00:00Z"));
            return null;
        }
    }

    private void checkLine(String path, String value) {
        String problem = value == null ? null : NewMessage.lineProblem(value);
        if (problem != null) {
            mistakes.add(new Mistake(path, problem));
        }
    }
}
