package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times as people here write them: in the machine's zone, to the second. */
final class Times {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private Times() {}

    /** A time of the API (ISO 8601, or milliseconds since 1970); empty where there is none. */
    static String local(JsonNode time, ZoneId zone) {
        if (time.isMissingNode() || time.isNull()) {
            return "";
        }
        try {
            Instant at = time.isNumber() ? Instant.ofEpochMilli(time.asLong()) : Instant.parse(time.asText());
            return LOCAL.format(at.atZone(zone));
        } catch (DateTimeException e) {
            return time.asText();
        }
    }

    /** The two largest units: {@code 3 d 4 h}, {@code 12 min 5 s}. */
    static String span(Duration d) {
        if (d.toDays() > 0) {
            return d.toDays() + " d " + d.toHoursPart() + " h";
        }
        if (d.toHours() > 0) {
            return d.toHours() + " h " + d.toMinutesPart() + " min";
        }
        return d.toMinutes() > 0 ? d.toMinutes() + " min " + d.toSecondsPart() + " s" : d.toSeconds() + " s";
    }
}
